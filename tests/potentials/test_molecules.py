#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The molecules of potentials/: energies per term of 20 thermal frames against OpenMM, minima, and MD at 300 K.

The energies of OpenMM are stored (potentials/check_openmm.py made them). LMP names the executable (default lmp).
"""

import math
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import numpy as np
from geometry import angle, torsion

POTENTIALS = pathlib.Path(__file__).resolve().parents[2] / "potentials"
# Relative to max(1 kcal/mol, |E|). AMBER writes 180 degrees as 3.141594 and OpenMM takes 0.833333 for 1/1.2, where LAMMPS is
# exact: some 2.5e-6. Butane's terms have nothing of that kind; LAMMPS and OpenMM differ by 1e-8 in the constant of Coulomb.
ENERGY_TOLERANCE = {"butane": 1e-7, "alanine_dipeptide": 1e-5, "alanine_tetrapeptide": 1e-5}
failures = []


def check(name, error, tolerance):
    """Written so that NaN fails."""
    passed = bool(error <= tolerance)
    print(f"{'ok  ' if passed else 'FAIL'} {name}: {error:.2e} (tolerance {tolerance:.1e})")
    if not passed:
        failures.append(name)


def lammps(folder, name, script, basin, *more):
    """Rows of numbers of the thermo output."""
    (folder / "in.test").write_text(f"include {POTENTIALS / name}.lmp\n{script}")
    command = shlex.split(os.environ.get("LMP", "lmp")) + ["-in", "in.test", "-log", "none", *more]
    command += ["-var", "potentials", str(POTENTIALS), "-var", "basin", basin]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode or "ERROR" in done.stdout:
        sys.exit(f"FAIL {' '.join(command)}\n{script}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    tables = [table.split("Loop time")[0].splitlines()[1:] for table in done.stdout.split("Step ")[1:]]
    return [np.array([row.split() for row in table if row.strip()[:1].isdigit()], dtype=float) for table in tables]


# ---- energies -------------------------------------------------------------------------------------------


def test_energies(folder, name):
    script = "thermo 1\nthermo_style custom step ebond eangle edihed eimp evdwl ecoul pe\n"
    script += f"thermo_modify format float %.12g\nrerun {POTENTIALS / name}/frames.dump dump x y z box no\n"
    rows = lammps(folder, name, script, "trans" if name == "butane" else "c7ax")[0]
    terms = np.column_stack([rows[:, 1], rows[:, 2], rows[:, 3] + rows[:, 4], rows[:, 5], rows[:, 6]])
    expected = np.loadtxt(POTENTIALS / name / "energies.dat")
    check(f"{name}, 20 frames", abs(len(rows) - 20) + abs(len(expected) - 20), 0)
    error = np.abs(terms - expected) / np.maximum(1.0, np.abs(expected))
    for term, worst in zip(("bond", "angle", "dihedral", "Lennard-Jones", "Coulomb"), np.max(error, axis=0)):
        check(f"{name}, {term}", worst, ENERGY_TOLERANCE[name])
    check(f"{name}, sum", np.max(np.abs(rows[:, 7] - np.sum(rows[:, 1:7], axis=1))), 1e-8)


# ---- torsions -------------------------------------------------------------------------------------------


def torsion_in_degrees(x, atoms):
    """x[..., atom, 3], atoms from 1"""
    return np.degrees(torsion(*(x[..., i - 1, :] for i in atoms)))


def read_dump(path):
    frames = path.read_text().split("ITEM: TIMESTEP\n")[1:]
    rows = [frame.split("ITEM: ATOMS", 1)[1].split("\n")[1:-1] for frame in frames]
    return np.array([[row.split() for row in frame] for frame in rows], dtype=float)[:, :, 1:4]


def angles(alanine):
    """The atoms of phi and psi of an alanine, from 0."""
    return tuple(10 * alanine + i for i in (5, 7, 9, 15)), tuple(10 * alanine + i for i in (7, 9, 15, 17))


MINIMA = {  # (phi, psi) of each alanine: potentials/README.md
    ("alanine_dipeptide", "c7eq"): [(-74.4, 74.5)],
    ("alanine_dipeptide", "c5"): [(-147.5, 159.8)],
    ("alanine_dipeptide", "c7ax"): [(61.8, -65.4)],
    ("alanine_tetrapeptide", "c7eq"): [(-72.8, 76.4), (-72.8, 74.0), (-74.3, 71.8)],
    ("alanine_tetrapeptide", "c7ax"): [(-78.2, 66.5), (59.9, -59.4), (-62.5, 110.3)],
}
MD = """
dump test all custom 50 out.dump id xu yu zu
dump_modify test sort id format float %.15g
thermo_style custom step temp fnorm pe
compute_modify thermo_temp extra/dof 0 # the thermostat moves the center too
run 0
velocity all create 600 4711
fix thermostat all langevin 300 300 100 4711 gjf vhalf
fix integrate all nve
timestep ${step}
run 4000
thermo 10
thermo_modify format float %.12g
run ${steps}
"""


def test_md(folder, name, basin, step, steps, left=None):
    """Minimum first, then the mean temperature, and no crossing of phi = 0 to another basin."""
    first, _, table = lammps(folder, name, MD, basin, "-var", "step", str(step), "-var", "steps", str(steps))
    x = read_dump(folder / "out.dump")
    for k, expected in enumerate(MINIMA.get((name, basin), ())):
        found = [float(torsion_in_degrees(x[0], atoms)) for atoms in angles(k)]
        check(f"{name} {basin}, torsions of alanine {k + 1}", np.max(np.abs(np.subtract(found, expected))), 0.1)
        phi = torsion_in_degrees(x, angles(k)[0])
        inside = (phi > 0) & (phi < 130) if expected[0] > 0 else (phi < -20) | (phi > 150)
        check(f"{name} {basin}, alanine {k + 1} leaves the basin", np.mean(~inside), 0)
    if (name, basin) in MINIMA:
        check(f"{name} {basin}, force at the minimum", first[0, 2], 0.01)
    if name == "butane_united":
        check(f"{name}, energies", np.max(np.abs(table[::5, 3] - united_butane(x[-len(table[::5]):]))), 1e-9)
    check(f"{name} {basin}, temperature", abs(np.mean(table[:, 1]) / 300 - 1), temperature_tolerance(table[:, 1]))


def united_butane(x):
    """TraPPE's torsion, and harmonic bonds and angles with k (x - x0)^2."""
    lengths = np.linalg.norm(np.diff(x, axis=1), axis=2)
    bends = angle(x[:, :-2], x[:, 1:-1], x[:, 2:])
    phi = torsion(*(x[..., i, :] for i in range(4)))
    energy = 450.0 * np.sum((lengths - 1.54) ** 2, axis=1) + 62.1 * np.sum((bends - np.radians(114.0)) ** 2, axis=1)
    return energy + 0.5 * (1.411 * (1 + np.cos(phi)) - 0.271 * (1 - np.cos(2 * phi)) + 3.145 * (1 + np.cos(3 * phi)))


def temperature_tolerance(rows):
    """Four errors of the mean, from 20 blocks."""
    blocks = np.array_split(rows / 300, 20)
    return 4 * np.std([np.mean(block) for block in blocks]) / math.sqrt(20)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for molecule in ("butane", "alanine_dipeptide", "alanine_tetrapeptide"):
            test_energies(folder, molecule)
        test_md(folder, "butane_united", "trans", 1.0, 100000)
        test_md(folder, "butane", "trans", 1.0, 50000)
        for basin in ("c7eq", "c5", "c7ax"):
            test_md(folder, "alanine_dipeptide", basin, 1.5, 60000)
        for basin in ("c7eq", "c7ax"):
            test_md(folder, "alanine_tetrapeptide", basin, 1.0, 20000)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
