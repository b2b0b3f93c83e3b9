#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes open_closed/: C-alpha chains of adenylate kinase with contacts of its open and of its closed state.

  potentials/open_closed.py FOLDER

The folder is MDAnalysisTests/data of the Python package MDAnalysisTests. It has the open structure (adk_open.pdb, of 4AKE) and
the closed one (adk_closed.pdb, of 1AKE). README.md says what the terms are. Lengths are in Angstrom and energies in kT.
"""

import math
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "open_closed"
STATES = ("open", "closed")
# first and last residue, domains by residues
CHAINS = {
    "hinge": (94, 133, {"core": [(94, 112)], "lid": [(121, 133)]}),
    "whole": (1, 214, {"core": [(1, 29), (60, 121), (160, 214)], "lid": [(122, 159)], "nmp": [(30, 59)]}),
}
BOND, ANGLE, TORSION = 50.0, 20.0, 5.0  # k (r - r0)^2, k (theta - theta0)^2, k (1 - cos(phi - phi0))
NEAR = {"hinge": 12.0, "whole": 9.0}  # in one of the states: a contact
DEPTH, WIDTH = 4.0, 0.6  # of a contact that keeps its length
CHANGE = 2.0  # a contact whose length changes by more has two wells
DEPTHS = {"hinge": 60.0, "whole": 240.0}  # of all wells of a state together
WIDTHS = 1.0  # of each of them
WEB = 3  # in the hinge, every third bead of a domain has such a contact with every third one of the other


def structure(path, first, last):
    rows = [line for line in path.read_text().splitlines() if line.startswith("ATOM") and line[12:16].strip() == "CA"]
    return np.array([[float(line[k : k + 8]) for k in (30, 38, 46)] for line in rows[first - 1 : last]])


def lengths(x):
    return np.linalg.norm(np.diff(x, axis=0), axis=1)


def angles(x):
    arms = np.diff(x, axis=0) / lengths(x)[:, None]
    return np.degrees(np.arccos(-np.sum(arms[1:] * arms[:-1], axis=1)))


def torsions(x):
    arms = np.diff(x, axis=0)
    normals = np.cross(arms[:-1], arms[1:])
    sines = np.sum(np.cross(normals[:-1], normals[1:]) * arms[1:-1], axis=1) / np.linalg.norm(arms[1:-1], axis=1)
    return np.degrees(np.arctan2(sines, np.sum(normals[:-1] * normals[1:], axis=1)))


def between(one, two):
    """Half way from one angle to another."""
    return one + 0.5 * ((two - one + 180.0) % 360.0 - 180.0)


def domain(name, ranges):
    first = CHAINS[name][0]
    return [k - first for a, b in ranges for k in range(a, b + 1)]


def contacts(name, states):
    """(i, j, length open, length closed) with atoms from 0"""
    apart = [np.linalg.norm(x[:, None] - x, axis=2) for x in states]
    pairs = {(i, j) for i, j in zip(*np.triu_indices(len(states[0]), 4)) if min(d[i, j] for d in apart) < NEAR[name]}
    if name == "hinge":
        one, two = (domain(name, ranges)[::WEB] for ranges in CHAINS[name][2].values())
        pairs |= {(i, j) for i in one for j in two if abs(apart[0][i, j] - apart[1][i, j]) > CHANGE}
    return [(i, j, *(round(float(d[i, j]), 3) for d in apart)) for i, j in sorted(pairs)]


def well(i, j, number, depth, length, width):
    """A Gaussian of this depth, cut where it is below rounding."""
    height = -depth * width * math.sqrt(2.0 * math.pi)
    return f"pair_coeff {i + 1} {j + 1} gauss/cut {number} {height:.6f} {length:.3f} {width:.3f} {length + 8.5 * width:.2f}"


def contact_lines(name, found):
    two_wells = sum(abs(a - b) > CHANGE for _, _, a, b in found)
    for i, j, a, b in found:
        if abs(a - b) > CHANGE:
            yield from (well(i, j, k, DEPTHS[name] / two_wells, length, WIDTHS) for k, length in ((1, a), (2, b)))
        else:
            yield well(i, j, 1, DEPTH, 0.5 * (a + b), WIDTH + 0.5 * abs(a - b))


def group_lines(name):
    for group, ranges in CHAINS[name][2].items():
        ids = " ".join(f"{a - CHAINS[name][0] + 1}:{b - CHAINS[name][0] + 1}" for a, b in ranges)
        yield f"group {group} id {ids}"


def terms(word, size, kinds):
    """Coefficients, and rows of `size` beads one after another: each has a type of its own."""
    yield from ("", f"{word} Coeffs", "", *(f"{k} {kind}" for k, kind in enumerate(kinds, 1)))
    yield from ("", f"{word}s", "", *(f"{k} {k} {' '.join(str(k + i) for i in range(size))}" for k in range(1, len(kinds) + 1)))


def data(title, x, states):
    """The chain at x; its terms are half way between the states."""
    kinds = [[f"{BOND} {r:.3f}" for r in np.mean([lengths(state) for state in states], axis=0)],
             [f"{ANGLE} {theta:.2f}" for theta in np.mean([angles(state) for state in states], axis=0)],
             [f"{TORSION} 1 {round(phi + 180.0) % 360} 0" for phi in between(*map(torsions, states))]]
    tables = list(zip(("Bond", "Angle", "Dihedral"), (2, 3, 4), kinds))
    lines = [f"{title}: potentials/open_closed.py", "", f"{len(x)} atoms", f"{len(x)} atom types"]
    lines += [f"{len(rows)} {word.lower()}{end}" for word, _, rows in tables for end in ("s", " types")]
    lines += [f"-500 500 {axis}lo {axis}hi" for axis in "xyz"] + ["", "Masses", ""] + [f"{k} 1" for k in range(1, len(x) + 1)]
    lines += ["", "Atoms # molecular", ""]
    lines += [f"{k} 1 {k} {p[0]:.3f} {p[1]:.3f} {p[2]:.3f}" for k, p in enumerate(x - np.mean(x, axis=0), 1)]
    for table in tables:
        lines += terms(*table)
    return "\n".join(lines) + "\n"


def main():
    HERE.mkdir(exist_ok=True)
    for name, (first, last, _) in CHAINS.items():
        states = [structure(pathlib.Path(sys.argv[1]) / f"adk_{state}.pdb", first, last) for state in STATES]
        for state, x in zip(STATES, states):
            title = f"adenylate kinase, C-alpha of residues {first} to {last}, {state}"
            (HERE / f"{name}.{state}.data").write_text(data(title, x, states))
        found = contacts(name, states)
        lines = ["# SPDX-License-Identifier: GPL-2.0-or-later", "# made by potentials/open_closed.py"]
        (HERE / f"{name}.contacts").write_text("\n".join([*lines, *group_lines(name), *contact_lines(name, found)]) + "\n")
        print(name, len(found), "contacts,", sum(abs(a - b) > CHANGE for _, _, a, b in found), "with two wells")


if __name__ == "__main__":
    main()
