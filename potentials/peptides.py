#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes alanine_dipeptide/ and alanine_tetrapeptide/: AMBER ff96 in vacuum, minima as LAMMPS data files.

  potentials/peptides.py alanine-dipeptide.prmtop

The prmtop is that of the Python package openmmtools (openmmtools/data/alanine-dipeptide-gbsa). The tetrapeptide is built
from amber96.xml of the Python package openmm. Needs both packages and ParmEd: pip install openmm openmmtools parmed.
"""

import pathlib
import shutil
import sys

import numpy as np
import openmm
import parmed
from openmm import app, unit

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
import amber_to_lammps  # noqa: E402
from geometry import place, torsion  # noqa: E402

# Rules of geometry.py; -C is an atom of the residue before.
CAP = {"CH3": (), "C": (1.522, "CH3"), "O": (1.229, "C", 120.4, "CH3"),
       **{f"HH3{k + 1}": (1.09, "CH3", 109.5, "C", 120.0 * k, "O") for k in range(3)}}
PEPTIDE = {"N": (1.335, "-C", 116.6, "-CH3 -CA", 180.0, "-O"), "H": (1.01, "N", 119.8, "-C", 180.0, "-O")}
ALANINE = {**PEPTIDE, "CA": (1.449, "N", 121.9, "-C", 0.0, "-O"), "C": (1.522, "CA", 110.1, "N", "phi", "-C"),
           "O": (1.229, "C", 120.4, "CA", "psi+180", "N"), "CB": (1.526, "CA", 109.7, "N", "phi-120", "-C"),
           "HA": (1.09, "CA", 109.5, "N", "phi+120", "-C"),
           **{f"HB{k + 1}": (1.09, "CB", 109.5, "CA", 60.0 + 120.0 * k, "N") for k in range(3)}}
METHYL = {**PEPTIDE, "CH3": (1.449, "N", 121.9, "-C", 0.0, "-O"),
          **{f"HH3{k + 1}": (1.09, "CH3", 109.5, "N", 60.0 + 120.0 * k, "-C") for k in range(3)}}
SYSTEMS = {  # (phi, psi) of each alanine
    "alanine_dipeptide": {"c7eq": [(-75, 75)], "c7ax": [(60, -60)], "c5": [(-150, 150)]},
    "alanine_tetrapeptide": {"c7eq": [(-75, 75)] * 3, "c7ax": [(-75, 75), (60, -60), (-75, 75)]},
}


def build(forcefield, torsions):
    """Topology, and positions in nm, in the order of atoms of the templates of the force field."""
    topology, positions, before, bond_to = app.Topology(), [], {}, None
    chain = topology.addChain()
    residues = [("ACE", CAP, (0, 0)), *(("ALA", ALANINE, pair) for pair in torsions), ("NME", METHYL, (0, 0))]
    for name, rules, (phi, psi) in residues:
        template = forcefield._templates[name]
        found = {f"-{key}": x for key, x in before.items() if key[0] != "-"}
        for atom, rule in rules.items():
            found[atom] = place(rule, found, phi, psi)
        residue = topology.addResidue(name, chain)
        atoms = {a.name: topology.addAtom(a.name, a.element, residue) for a in template.atoms}
        for i, j in template.bonds:
            topology.addBond(atoms[template.atoms[i].name], atoms[template.atoms[j].name])
        if bond_to:
            topology.addBond(bond_to, atoms["N"])
        positions += [0.1 * found[a.name] for a in template.atoms]
        before, bond_to = found, atoms.get("C")
    return topology, np.array(positions)


def minimized(system, positions):
    """In Angstrom."""
    simulation = openmm.Context(system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference"))
    simulation.setPositions(positions)
    openmm.LocalEnergyMinimizer.minimize(simulation, 1e-4, 0)
    return simulation.getState(getPositions=True).getPositions(asNumpy=True).value_in_unit(unit.angstrom)


def prmtop_of(topology, forcefield, system, path):
    """ParmEd makes it; it does not know the force field's names of types."""
    structure = parmed.openmm.load_topology(topology, system)
    for atom, residue_atom in zip(structure.atoms, topology.atoms()):
        template = forcefield._templates[residue_atom.residue.name]
        kind = next(a.type for a in template.atoms if a.name == residue_atom.name)
        atom.type = atom.atom_type.name = forcefield._atomTypes[kind].atomClass
    structure.title = path.stem
    parmed.amber.AmberParm.from_structure(structure).save(str(path), overwrite=True)


def topology_of(name, topology, forcefield, given):
    """The system, and its prmtop in the folder of this name."""
    path = HERE / name / f"{name}.prmtop"
    if name == "alanine_dipeptide":
        shutil.copy(given, path)
        return app.AmberPrmtopFile(str(path)).createSystem(), path
    system = forcefield.createSystem(topology)
    prmtop_of(topology, forcefield, system, path)
    return system, path


def input_of(name, starts, molecule):
    """The file to include."""
    lines = ["# SPDX-License-Identifier: GPL-2.0-or-later"]
    lines += [f"# {name.replace('_', ' ').capitalize()}, AMBER ff96, vacuum; made by peptides.py, see README.md", ""]
    lines += ["variable         potentials index potentials      # where this folder is"]
    lines += [f"variable         basin index {starts[0]:<20} # or {', '.join(starts[1:])}"]
    lines += [f"variable         data index ${{potentials}}/{name}/${{basin}}.data", "", molecule.styles()]
    (HERE / f"{name}.lmp").write_text("\n".join(lines))


def turns(x, k):
    """phi and psi of alanine k, from 0."""
    return [round(torsion(x, *(10 * k + i for i in atoms)), 1) for atoms in ((4, 6, 8, 14), (6, 8, 14, 16))]


def main():
    forcefield = app.ForceField("amber96.xml")
    for name, starts in SYSTEMS.items():
        for start, torsions in starts.items():
            topology, positions = build(forcefield, torsions)
            system, path = topology_of(name, topology, forcefield, sys.argv[1])
            x = minimized(system, positions)
            molecule = amber_to_lammps.Molecule(parmed.load_file(str(path)))
            title = f"{name.replace('_', ' ')}, AMBER ff96, vacuum, minimum {start}: potentials/peptides.py"
            (HERE / name / f"{start}.data").write_text(molecule.data(title, x))
            print(name, start, "phi, psi:", *(turns(x, k) for k in range(len(torsions))))
        input_of(name, list(starts), molecule)


if __name__ == "__main__":
    main()
