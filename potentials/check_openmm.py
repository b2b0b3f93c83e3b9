#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Energies per term of the molecules by OpenMM, as a reference for tests/potentials/test_molecules.py.

  potentials/check_openmm.py             energies.dat from frames.dump, in each folder
  potentials/check_openmm.py frames      first writes frames.dump anew, by LAMMPS; LMP names it (default lmp)

The dipeptide is read from its prmtop, the tetrapeptide from OpenMM's amber96.xml, and butane from its published parameters
below: angles, torsions and scaled pairs are found by OpenMM. Needs the Python package openmm.
"""

import io
import math
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import numpy as np
import openmm
from openmm import app, unit

HERE = pathlib.Path(__file__).resolve().parent
BASINS = {"butane": ("trans", "plus", "minus"), "alanine_dipeptide": ("c7eq", "c7ax"), "alanine_tetrapeptide": ("c7eq", "c7ax")}
TERMS = ("bond", "angle", "dihedral", "lj", "coulomb")

# Thermal frames: 10 or 7 of each basin, 3 ps apart
MD = """
include ${potentials}/${name}.lmp
velocity all create 600 ${seed}
fix thermostat all langevin 300 300 100 ${seed} gjf vhalf
fix integrate all nve
timestep 1.0
run 3000
reset_timestep 0
dump frames all custom 3000 ${basin}.dump id xu yu zu
dump_modify frames sort id format float %.4f
run $(3000*(v_frames-1))
"""

# kJ/mol and nm, k of k/2 (x - x0)^2; torsions in Ryckaert and Bellemans' form, from V1, V2, V3
OPLS = """<ForceField><AtomTypes>
<Type name="T" class="CT" element="C" mass="12.011"/><Type name="S" class="CT" element="C" mass="12.011"/>
<Type name="H" class="HC" element="H" mass="1.008"/></AtomTypes>
<Residues><Residue name="BUT">{atoms}{bonds}</Residue></Residues>
<HarmonicBondForce><Bond class1="CT" class2="CT" length="0.1529" k="224262.4"/>
<Bond class1="CT" class2="HC" length="0.109" k="284512.0"/></HarmonicBondForce>
<HarmonicAngleForce><Angle class1="CT" class2="CT" class3="CT" angle="{CCC:.12f}" k="488.2728"/>
<Angle class1="CT" class2="CT" class3="HC" angle="{CCH:.12f}" k="313.8"/>
<Angle class1="HC" class2="CT" class3="HC" angle="{HCH:.12f}" k="276.144"/></HarmonicAngleForce>
<RBTorsionForce>{torsions}</RBTorsionForce>
<NonbondedForce coulomb14scale="0.5" lj14scale="0.5">
<Atom type="T" charge="-0.18" sigma="0.35" epsilon="0.276144"/><Atom type="S" charge="-0.12" sigma="0.35" epsilon="0.276144"/>
<Atom type="H" charge="0.06" sigma="0.25" epsilon="0.12552"/></NonbondedForce></ForceField>"""
V = {"CT CT CT CT": (1.740, -0.157, 0.279), "CT CT CT HC": (0.0, 0.0, 0.366), "HC CT CT HC": (0.0, 0.0, 0.318)}
HYDROGENS = {1: (5, 6, 7), 2: (8, 9), 3: (10, 11), 4: (12, 13, 14)}


def butane():
    bonds = [(1, 2), (2, 3), (3, 4), *((c, h) for c, hydrogens in HYDROGENS.items() for h in hydrogens)]
    kinds = {k: "T" if k in (1, 4) else "S" if k < 5 else "H" for k in range(1, 15)}
    torsions = ""
    for classes, (v1, v2, v3) in V.items():
        c = [v2 + 0.5 * (v1 + v3), 0.5 * (3.0 * v3 - v1), -v2, -2.0 * v3]  # of cos^n(torsion - 180 degrees)
        c = [4.184 * x for x in (*c, 0.0, 0.0)]
        words = [f'class{k}="{word}"' for k, word in enumerate(classes.split(), 1)]
        words += [f'c{k}="{x:.12f}"' for k, x in enumerate(c)]
        torsions += f"<Proper {' '.join(words)}/>"
    atoms = "".join(f'<Atom name="A{k}" type="{kind}"/>' for k, kind in kinds.items())
    angles = {name: math.radians(degrees) for name, degrees in (("CCC", 112.7), ("CCH", 110.7), ("HCH", 107.8))}
    text = OPLS.format(**angles, atoms=atoms, torsions=torsions, bonds="".join(f'<Bond atomName1="A{i}" atomName2="A{j}"/>' for i, j in bonds))
    topology = app.Topology()
    residue = topology.addResidue("BUT", topology.addChain())
    added = {k: topology.addAtom(f"A{k}", app.Element.getBySymbol("H" if kind == "H" else "C"), residue) for k, kind in kinds.items()}
    for i, j in bonds:
        topology.addBond(added[i], added[j])
    system = app.ForceField(io.StringIO(text)).createSystem(topology)
    mix_geometrically(next(f for f in system.getForces() if isinstance(f, openmm.NonbondedForce)))
    return system


def mix_geometrically(force):
    """OpenMM takes the arithmetic mean of sigma, OPLS the geometric one: each pair gets an exception."""
    listed = {tuple(sorted(force.getExceptionParameters(k)[:2])): k for k in range(force.getNumExceptions())}
    for j in range(force.getNumParticles()):
        for i in range(j):
            (q1, s1, e1), (q2, s2, e2) = force.getParticleParameters(i), force.getParticleParameters(j)
            pair = [q1 * q2, (s1 * s2) ** 0.5, (e1 * e2) ** 0.5]
            if (k := listed.get((i, j))) is None:
                force.addException(i, j, *pair)
            elif force.getExceptionParameters(k)[4] != 0.0 * unit.kilojoule_per_mole:
                force.setExceptionParameters(k, i, j, 0.5 * pair[0], pair[1], 0.5 * pair[2])


def tetrapeptide():
    prmtop = app.AmberPrmtopFile(str(HERE / "alanine_tetrapeptide/alanine_tetrapeptide.prmtop"))  # for names and bonds alone
    return app.ForceField("amber96.xml").createSystem(prmtop.topology)


def system_of(name):
    if name == "butane":
        return butane()
    if name == "alanine_tetrapeptide":
        return tetrapeptide()
    return app.AmberPrmtopFile(str(HERE / name / f"{name}.prmtop")).createSystem()


def without(force, lj):
    """A copy with no Lennard-Jones energy, or with no charges."""
    copy = openmm.XmlSerializer.deserialize(openmm.XmlSerializer.serialize(force))
    for k in range(copy.getNumParticles()):
        q, s, e = copy.getParticleParameters(k)
        copy.setParticleParameters(k, *((q, s, 0.0) if lj else (0.0, s, e)))
    for k in range(copy.getNumExceptions()):
        i, j, q, s, e = copy.getExceptionParameters(k)
        copy.setExceptionParameters(k, i, j, *((q, s, 0.0) if lj else (0.0, s, e)))
    return copy


def split(system):
    """One force group a term, in the order of TERMS."""
    groups = {"HarmonicBondForce": 0, "HarmonicAngleForce": 1, "PeriodicTorsionForce": 2, "RBTorsionForce": 2}
    for k in reversed(range(system.getNumForces())):
        force = system.getForce(k)
        if isinstance(force, openmm.NonbondedForce):
            lj, coulomb = without(force, lj=False), without(force, lj=True)
            lj.setForceGroup(3)
            coulomb.setForceGroup(4)
            system.removeForce(k)
            system.addForce(lj)
            system.addForce(coulomb)
        elif force.getName() in groups:
            force.setForceGroup(groups[force.getName()])
        else:
            system.removeForce(k)  # CMMotionRemover


def energies(system, frames):
    split(system)
    context = openmm.Context(system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference"))
    for x in frames:
        context.setPositions(0.1 * x)
        states = (context.getState(getEnergy=True, groups={k}) for k in range(len(TERMS)))
        yield [state.getPotentialEnergy().value_in_unit(unit.kilocalorie_per_mole) for state in states]


def read_frames(path):
    parts = path.read_text().split("ITEM: ATOMS id xu yu zu\n")[1:]
    return [np.array([row.split()[1:4] for row in part.split("ITEM:")[0].splitlines()], dtype=float) for part in parts]


def write_frames(name, path):
    """20 frames, numbered, of all basins."""
    parts, counts = [], {2: (10, 10), 3: (7, 7, 6)}[len(BASINS[name])]
    for seed, (basin, count) in enumerate(zip(BASINS[name], counts), 41):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "in.md").write_text(MD)
            told = {"potentials": HERE, "name": name, "basin": basin, "seed": seed, "frames": count}
            command = shlex.split(os.environ.get("LMP", "lmp")) + ["-in", "in.md", "-log", "none", "-screen", "none"]
            subprocess.run(command + [word for key, value in told.items() for word in ("-var", key, str(value))], cwd=folder, check=True)
            parts += (pathlib.Path(folder) / f"{basin}.dump").read_text().split("ITEM: TIMESTEP\n")[1:]
    path.write_text("".join(f"ITEM: TIMESTEP\n{k}\n{part.split(chr(10), 1)[1]}" for k, part in enumerate(parts)))


def main():
    for name in BASINS:
        path = HERE / name / "frames.dump"
        if sys.argv[1:] == ["frames"]:
            write_frames(name, path)
        rows = list(energies(system_of(name), read_frames(path)))
        head = f"# {name}: kcal/mol of the frames of frames.dump, OpenMM {openmm.version.short_version}, by potentials/check_openmm.py\n"
        head += f"# {' '.join(TERMS)}\n"
        (path.parent / "energies.dat").write_text(head + "".join(" ".join(f"{x:.8f}" for x in row) + "\n" for row in rows))
        print(name, len(rows), "frames, mean", " ".join(f"{term} {x:.3f}" for term, x in zip(TERMS, np.mean(rows, axis=0))))


if __name__ == "__main__":
    main()
