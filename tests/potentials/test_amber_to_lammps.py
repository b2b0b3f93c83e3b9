#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/amber_to_lammps.py: a molecule with rings against AMBER's own sums in numpy, refusals, and the files in potentials/.

Needs ParmEd (cmake/setup.sh parmed) and numpy, else it is skipped. LMP names LAMMPS (default lmp).
"""

import itertools
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import parmed
except ImportError as error:
    print(f"SKIPPED: {error}; cmake/setup.sh parmed installs it, cmake -D BGEN_PARMED_PYTHON=.../bin/python finds it")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import amber_to_lammps  # noqa: E402
from geometry import angle, torsion  # noqa: E402

failures = []


def check(name, passed, detail=""):
    print(f"{'ok  ' if passed else 'FAIL'} {name} {detail}")
    if not passed:
        failures.append(name)


# ---- a molecule that nobody has: a ring of four on one of six, a ring of five, and a tail ------------------

BONDS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 6), (6, 7), (7, 0), (3, 8), (8, 9), (9, 10), (10, 11), (11, 12), (12, 8),
         (10, 13), (13, 14), (14, 15)]
PHASES = [0.0, 180.0, 31.79508, 0.0, 257.0, 180.0]  # of RNA, and of whole degrees


def structure(scales):
    """Its topology in ParmEd; scales: SCEE and SCNB."""
    made = parmed.Structure()
    for k in range(16):
        kind = parmed.AtomType(f"X{k % 3}", k % 3, 12.0 + k % 3, 6)
        kind.set_lj_params(0.1 + 0.05 * (k % 3), 1.4 + 0.2 * (k % 3))
        atom = parmed.Atom(atomic_number=6, name=f"A{k}", type=kind.name, charge=0.1 * (-1) ** k + 0.013 * (k % 5), mass=kind.mass)
        atom.atom_type = kind
        made.add_atom(atom, "XXX", 1)
    atoms, near = made.atoms, [sorted({i for bond in BONDS if k in bond for i in bond} - {k}) for k in range(16)]
    for n, pair in enumerate(BONDS):
        made.bonds.append(parmed.Bond(*(atoms[i] for i in pair), parmed.BondType(300.0 + 7 * (n % 4), 1.3 + 0.03 * (n % 4), made.bond_types)))
        made.bond_types.append(made.bonds[-1].type)
    for k, others in enumerate(near):
        for i, j in itertools.combinations(others, 2):
            made.angles.append(parmed.Angle(atoms[i], atoms[k], atoms[j], parmed.AngleType(40.0 + k, 100.0 + 2.5 * k, made.angle_types)))
            made.angle_types.append(made.angles[-1].type)
    paths = [(i, a, b, j) for a, b in BONDS for i in near[a] for j in near[b] if i != b and j != a and i != j]
    for n, path in enumerate(paths):
        for term in range(1 + n % 2):  # every other one has a second term
            add_dihedral(made, path, 0.3 + 0.11 * (n % 6), 1 + (n + 3 * term) % 6, PHASES[(n + term) % 6], scales, ignore_end=term > 0)
    add_dihedral(made, (0, 2, 1, 6), 10.5, 2, 180.0, scales, improper=True, ignore_end=True)
    add_dihedral(made, (9, 12, 8, 3), 1.1, 3, 0.0, scales, improper=True, ignore_end=True)
    made.update_dihedral_exclusions()
    return made


def add_dihedral(made, path, k, n, phase, scales, **told):
    kind = parmed.DihedralType(k, n, phase, *scales, list=made.dihedral_types)
    made.dihedral_types.append(kind)
    made.dihedrals.append(parmed.Dihedral(*(made.atoms[i] for i in path), type=kind, **told))


def prmtop(folder, scales=(1.1, 1.7), mixing=True):
    """The name of a file. Without mixing, one pair of types has parameters of its own, as with NBFIX."""
    parm = parmed.amber.AmberParm.from_structure(structure(scales))
    if not mixing:
        index = parm.parm_data["NONBONDED_PARM_INDEX"][1] - 1
        parm.parm_data["LENNARD_JONES_ACOEF"][index] *= 1.3
    path = folder / "rings.prmtop"
    parm.save(str(path), overwrite=True)
    return path


# ---- AMBER's energy, from the numbers of the prmtop ------------------------------------------------------


def numbers(path, flag, kind=float):
    block = re.search(rf"%FLAG {flag}\s*\n%FORMAT\(\d+[aEI](\d+)[^\n]*\n(.*?)(?=%FLAG|\Z)", path.read_text(), re.S)
    width, text = int(block[1]), block[2].replace("\n", "")
    return np.array([kind(text[i : i + width]) for i in range(0, len(text), width)], dtype=kind)


def listed(path, name, columns):
    """Rows of indices of bonds, angles or dihedrals, of both lists."""
    rows = [numbers(path, f"{name}_{which}_HYDROGEN", int) for which in ("INC", "WITHOUT")]
    return np.concatenate(rows).reshape(-1, columns)


def pair(path, x, i, j):
    """Lennard-Jones and Coulomb."""
    types, n = numbers(path, "ATOM_TYPE_INDEX", int), numbers(path, "POINTERS", int)[1]
    index = numbers(path, "NONBONDED_PARM_INDEX", int)[n * (types[i] - 1) + types[j] - 1] - 1
    a, b = (numbers(path, f"LENNARD_JONES_{word}COEF")[index] for word in "AB")
    r, q = np.linalg.norm(x[i] - x[j]), numbers(path, "CHARGE") / 18.2223
    return np.array([a / r**12 - b / r**6, 332.06371 * q[i] * q[j] / r])


def amber(path, x):
    """Bonds, angles, dihedrals, impropers, Lennard-Jones, Coulomb."""
    energy = np.zeros(6)
    k, r0 = numbers(path, "BOND_FORCE_CONSTANT"), numbers(path, "BOND_EQUIL_VALUE")
    energy[0] = sum(k[t - 1] * (np.linalg.norm(x[i // 3] - x[j // 3]) - r0[t - 1]) ** 2 for i, j, t in listed(path, "BONDS", 3))
    k, t0 = numbers(path, "ANGLE_FORCE_CONSTANT"), numbers(path, "ANGLE_EQUIL_VALUE")
    energy[1] = sum(k[t - 1] * (angle(*x[[i // 3 for i in row]]) - t0[t - 1]) ** 2 for *row, t in listed(path, "ANGLES", 4))
    k, n, phase, scee, scnb = (numbers(path, flag) for flag in ("DIHEDRAL_FORCE_CONSTANT", "DIHEDRAL_PERIODICITY", "DIHEDRAL_PHASE",
                                                                "SCEE_SCALE_FACTOR", "SCNB_SCALE_FACTOR"))
    for *row, t in listed(path, "DIHEDRALS", 5):
        i, j, l, m = (abs(index) // 3 for index in row)
        energy[3 if row[3] < 0 else 2] += k[t - 1] * (1.0 + np.cos(n[t - 1] * torsion(*x[[i, j, l, m]]) - phase[t - 1]))
        if row[2] >= 0 and row[3] >= 0:
            energy[4:] += pair(path, x, i, m) / [scnb[t - 1], scee[t - 1]]
    partners = iter(numbers(path, "EXCLUDED_ATOMS_LIST", int))
    for i, count in enumerate(numbers(path, "NUMBER_EXCLUDED_ATOMS", int)):
        excluded = {next(partners) - 1 for _ in range(count)}
        energy[4:] += sum((pair(path, x, i, j) for j in range(i + 1, len(x)) if j not in excluded), np.zeros(2))
    return energy


# ---- the tests ------------------------------------------------------------------------------------------


def scattered(rng):
    """No two within 1.5 Angstrom."""
    found = [np.zeros(3)]
    while len(found) < 16:
        x = rng.normal(0.0, 2.5, 3)
        if min(np.linalg.norm(x - y) for y in found) > 1.5:
            found.append(x)
    return np.array(found)


def write_rst7(path, x):
    rows = ["".join(f"{value:12.7f}" for value in np.ravel(x)[i : i + 6]) for i in range(0, 3 * len(x), 6)]
    path.write_text("\n".join(["test", f"{len(x):5d}", *rows, ""]))


def convert(folder, path, x, *more):
    write_rst7(folder / "x.rst7", x)
    command = [sys.executable, "-B", str(ROOT / "tools/amber_to_lammps.py"), str(path), "x.rst7", "made", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def lammps(folder):
    """Bonds, angles, dihedrals, impropers, Lennard-Jones, Coulomb of made.lmp."""
    output = "thermo_style custom step ebond eangle edihed eimp evdwl ecoul\nthermo_modify format float %.15g\nrun 0\n"
    (folder / "in.test").write_text("include made.lmp\n" + output)
    command = shlex.split(os.environ.get("LMP", "lmp")) + ["-in", "in.test", "-log", "none"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"FAIL {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return np.array(done.stdout.split("Step ")[1].splitlines()[1].split()[1:], dtype=float)


def positions_of(data):
    return np.array(re.findall(r"^\d+ \d+ \d+ \S+ (\S+) (\S+) (\S+) #", data.read_text(), re.M), dtype=float)


def test_energies(folder, rng, scales, mixing):
    path, x = prmtop(folder, scales, mixing), scattered(rng)
    name = f"rings, SCEE and SCNB {scales}, {'mixed' if mixing else 'NBFIX'}"
    told = convert(folder, path, x, "--cutoff", "40", "--box", "120")
    if not check_converted(name, told):
        return
    check(f"{name}, section of pairs", ("PairIJ Coeffs" in (folder / "made.data").read_text()) != mixing)
    check(f"{name}, special_bonds", ("special_bonds    amber" in (folder / "made.lmp").read_text()) == (scales == (1.2, 2.0)))
    expected, found = amber(path, positions_of(folder / "made.data")), lammps(folder)
    error = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    for term, worst in zip(("bonds", "angles", "dihedrals", "impropers", "Lennard-Jones", "Coulomb"), error):
        check(f"{name}, {term}", worst <= 5e-8, f"{worst:.1e}")  # pi has nine digits in a prmtop, K is 10.5


def check_converted(name, told):
    check(f"{name}, is converted", told.returncode == 0, told.stderr)
    return told.returncode == 0


def refused(name, words, change, **told):
    parm = parmed.load_file(str(ROOT / "potentials/alanine_dipeptide/alanine_dipeptide.prmtop"))
    parm = change(parm) or parm
    try:
        amber_to_lammps.Molecule(parm, **told)
        said = "nothing"
    except amber_to_lammps.Unable as sentence:
        said = str(sentence)
    check(f"refused: {name}", words in said, f"({said})")


def change_one_scale(parm):
    proper = next(d for d in parm.dihedrals if not d.improper and not d.ignore_end)
    proper.type = parmed.DihedralType(1.0, 3, 0.0, scee=1.0, scnb=1.0)


def leave_out_14(parm):
    parm.dihedrals[0].ignore_end = True


def turn_improper(parm):
    next(d for d in parm.dihedrals if d.improper).type.phase = 90.0


def test_refusals():
    refused("CMAP", "CMAP", lambda parm: parm.parm_data.update(CMAP_COUNT=[1, 1]))
    refused("12-6-4", "12-6-4", lambda parm: parm.parm_data.update(LENNARD_JONES_CCOEF=[0.0]))
    refused("10-12", "10-12", lambda parm: parm.parm_data.update(HBOND_ACOEF=[1.0]))
    refused("polarizable", "polarizabilities", lambda parm: parm.parm_data.update(IPOL=[1]))
    refused("box", "periodic box", lambda parm: setattr(parm, "box", [30.0] * 3 + [90.0] * 3))
    refused("extra point", "virtual sites", lambda parm: parm.atoms.__setitem__(21, parmed.ExtraPoint(name="EP")))
    refused("exclusions", "excluded pairs", lambda parm: parm.parm_data["EXCLUDED_ATOMS_LIST"].__setitem__(0, 22))
    refused("1-4 pair that is left out", "1-4 pairs of the prmtop", leave_out_14)
    refused("two 1-4 factors", "several factors", change_one_scale)
    refused("improper of 90 degrees", "an improper of phase 90", turn_improper)
    two = parmed.amber.AmberParm.from_structure(parmed.load_file(str(ROOT / "potentials/alanine_dipeptide/alanine_dipeptide.prmtop")) * 2)
    refused("two molecules", "there are 2 molecules: give --cutoff", lambda parm: two)
    check("two molecules with --cutoff", max(amber_to_lammps.Molecule(two, cutoff=30.0).molecules) == 2)


def without_positions(text):
    """Lines but the title; of atoms all but x, y, z."""
    return [re.sub(r"^(\d+ \d+ \d+ \S+) \S+ \S+ \S+ #", r"\1 #", line) for line in text.splitlines()[1:]]


def test_files(folder):
    """The data files of potentials/ are what the converter makes of the prmtops there."""
    for name in ("alanine_dipeptide", "alanine_tetrapeptide"):
        path = ROOT / "potentials" / name
        for data in sorted(path.glob("*.data")):
            text, told = data.read_text(), convert(folder, path / f"{name}.prmtop", positions_of(data))
            if check_converted(f"{name} {data.name}", told):
                check(f"{name} {data.name} is the same", without_positions((folder / "made.data").read_text()) == without_positions(text))
                moved = np.max(np.abs(positions_of(folder / "made.data") - positions_of(data)))
                check(f"{name} {data.name}, positions", moved < 2.1e-6, f"{moved:.1e}")  # digits, and those of the middle
        styles = (folder / "made.lmp").read_text().split("\n", 1)[1]
        check(f"{name}.lmp has the styles", (path.parent / f"{name}.lmp").read_text().endswith(styles))


def test_mistakes(folder):
    path = ROOT / "potentials/alanine_dipeptide/alanine_dipeptide.prmtop"
    told = convert(folder, path, np.zeros((3, 3)))
    check("another number of atoms", told.returncode == 1 and "has 3 atoms, and" in told.stderr, told.stderr.strip()[-200:])
    told = convert(folder, folder / "none.prmtop", np.zeros((3, 3)))
    check("no file", told.returncode == 1 and "Traceback" not in told.stderr, told.stderr.strip()[-200:])
    told = convert(folder, folder / "x.rst7", np.zeros((3, 3)))
    check("no prmtop", told.returncode == 1 and "no prmtop" in told.stderr, told.stderr.strip()[-200:])


def main():
    rng = np.random.default_rng(20261)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for scales, mixing in (((1.2, 2.0), True), ((1.1, 1.7), True), ((1.2, 2.0), False)):
            test_energies(folder, rng, scales, mixing)
        test_refusals()
        test_files(folder)
        test_mistakes(folder)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
