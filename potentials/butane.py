#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the data files of butane.lmp: all atoms, OPLS-AA (Jorgensen, Maxwell, Tirado-Rives, JACS 118, 11225, 1996).

  potentials/butane.py

Atoms 1 to 4 are the carbons along the chain, 5-7 the hydrogens of the first, 8-9, 10-11 and 12-14 those of the others.
"""

import itertools
import pathlib

from geometry import place

HERE = pathlib.Path(__file__).resolve().parent / "butane"
STARTS = {"trans": 180.0, "plus": 65.0, "minus": -65.0}
TYPES = {"CT3": (1, 12.011, -0.18), "CT2": (2, 12.011, -0.12), "HC": (3, 1.008, 0.06)}  # type, mass, charge
# kcal/mol, Angstrom, degrees: epsilon, sigma; k, r0; k, theta0 with k of E = k (x - x0)^2; V1 to V4
PAIRS = {"C": (0.066, 3.5), "H": (0.030, 2.5)}
BONDS = {"CC": (268.0, 1.529), "CH": (340.0, 1.09)}
ANGLES = {"CCC": (58.35, 112.7), "CCH": (37.5, 110.7), "HCH": (33.0, 107.8)}
DIHEDRALS = {"CCCC": (1.740, -0.157, 0.279, 0.0), "CCCH": (0.0, 0.0, 0.366, 0.0), "HCCH": (0.0, 0.0, 0.318, 0.0)}
PARENTS = [None, 0, 1, 2, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3]


def positions(torsion):
    """Carbons one after another; hydrogens 120 degrees from a carbon, or 60 from it at the ends."""
    x = {"1": place((), {}, 0, 0)}
    x["2"] = place((1.529, "1"), x, 0, 0)
    x["3"] = place((1.529, "2", 112.7, "1"), x, 0, 0)
    x["4"] = place((1.529, "3", 112.7, "2", torsion, "1"), x, 0, 0)
    hydrogens = [(1, 2, 3, turn) for turn in (60.0, 180.0, 300.0)] + [(2, 3, 4, torsion + turn) for turn in (120.0, -120.0)]
    hydrogens += [(3, 2, 1, torsion + turn) for turn in (120.0, -120.0)] + [(4, 3, 2, turn) for turn in (60.0, 180.0, 300.0)]
    for number, (a, b, c, turn) in enumerate(hydrogens, 5):
        x[str(number)] = place((1.09, str(a), 109.5, str(b), turn, str(c)), x, 0, 0)
    middle = sum(x.values()) / len(x)
    return [x[str(k)] - middle for k in range(1, 15)]


def topology():
    """Tuples of atoms from 0: bonds, and from them angles and dihedrals."""
    bonds = [(parent, child) for child, parent in enumerate(PARENTS) if parent is not None]
    near = [sorted({i for bond in bonds if k in bond for i in bond} - {k}) for k in range(len(PARENTS))]
    angles = [(i, k, j) for k, others in enumerate(near) for i, j in itertools.combinations(others, 2)]
    dihedrals = [(i, a, b, j) for a, b in bonds for i in near[a] for j in near[b] if i != b and j != a]
    return bonds, angles, dihedrals


def coefficients(name, table):
    yield from ("", f"{name} Coeffs", "")
    yield from (f"{number} {' '.join(map(str, row))} # {key}" for number, (key, row) in enumerate(table.items(), 1))


def terms(name, table, found):
    """Rows with the type that the elements of the atoms have in the table, forward or backward."""
    yield from ("", f"{name}s", "")
    for number, atoms in enumerate(found, 1):
        word = "".join("C" if atom < 4 else "H" for atom in atoms)
        kind = list(table).index(word if word in table else word[::-1]) + 1
        yield f"{number} {kind} {' '.join(str(atom + 1) for atom in atoms)}"


def data(start):
    tables = list(zip(("Bond", "Angle", "Dihedral"), (BONDS, ANGLES, DIHEDRALS), topology()))
    lines = [f"butane of all atoms, OPLS-AA, {start}: potentials/butane.py", "", "14 atoms"]
    lines += [f"{len(found)} {name.lower()}s" for name, _, found in tables] + ["3 atom types"]
    lines += [f"{len(table)} {name.lower()} types" for name, table, _ in tables]
    lines += [f"-20 20 {axis}lo {axis}hi" for axis in "xyz"] + ["", "Masses", ""]
    lines += [f"{kind} {mass} # {name}" for name, (kind, mass, _) in TYPES.items()]
    lines += ["", "Pair Coeffs", ""] + ["{} {} {} # {}".format(kind, *PAIRS[name[0]], name) for name, (kind, _, _) in TYPES.items()]
    lines += ["", "Atoms # full", ""]
    for number, x in enumerate(positions(STARTS[start]), 1):
        kind, _, charge = TYPES["HC" if number > 4 else "CT3" if number in (1, 4) else "CT2"]
        lines.append(f"{number} 1 {kind} {charge} {x[0]:.6f} {x[1]:.6f} {x[2]:.6f}")
    for name, table, found in tables:
        lines += [*coefficients(name, table), *terms(name, table, found)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for basin in STARTS:
        (HERE / f"{basin}.data").write_text(data(basin))
