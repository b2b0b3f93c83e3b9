#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""potentials/open_closed.lmp against the same Hamiltonian in numpy: structures, minima, and MD in each state.

LMP names the executable (default lmp).
"""

import pathlib
import sys
import tempfile

import numpy as np
import test_potentials as potentials

FOLDER = potentials.POTENTIALS / "open_closed"
# (energy, distance of core and lid) of the minimum: potentials/README.md
MINIMA = {
    ("hinge", "open"): (-394.379004, 34.368),
    ("hinge", "closed"): (-394.125985, 24.320),
    ("whole", "open"): (-3172.936100, 30.618),
    ("whole", "closed"): (-3171.040258, 20.808),
}
BORDER = {"hinge": 28.4, "whole": 25.5}
TERMS = "ebond eangle edihed evdwl"
MD = f"""
variable potentials index {potentials.POTENTIALS}
include {potentials.POTENTIALS}/open_closed.lmp
thermo_style custom step {TERMS} pe
thermo_modify norm no format float %.17g
minimize 0 1e-9 20000 200000
reset_timestep 0
dump test all custom ${{every}} out.dump id type xu yu zu
dump_modify test sort id format float %.17g
thermo ${{every}}
velocity all create 2 7
fix langevin all langevin 1 1 5 7 gjf vhalf
fix nve all nve
timestep 0.05
run $(20*v_every)
"""


class Chain:
    """What the files say, read without LAMMPS."""

    def __init__(self, chain, basin):
        self.sections = self.read((FOLDER / f"{chain}.{basin}.data").read_text())
        self.x = np.array(self.sections["Atoms"])[:, 3:6]
        rows = [line.split() for line in (FOLDER / f"{chain}.contacts").read_text().splitlines()]
        self.wells = np.array([row[1:3] + row[5:9] for row in rows if row[0] == "pair_coeff"], dtype=float)
        self.groups = {row[1]: [int(end) for words in row[3:] for end in words.split(":")] for row in rows if row[0] == "group"}

    @staticmethod
    def read(text):
        found, rows = {}, None
        for line in text.splitlines()[1:]:
            words = line.split("#")[0].split()
            if words and words[0].isalpha():
                rows = found.setdefault(" ".join(words), [])
            elif words and rows is not None:
                rows.append([float(word) for word in words])
        return found

    def parameters(self, word):
        """Of each row of a section: atoms from 0, and the coefficients of its type."""
        rows, kinds = np.array(self.sections[f"{word}s"], dtype=int), np.array(self.sections[f"{word} Coeffs"])
        return rows[:, 2:] - 1, kinds[rows[:, 1] - 1, 1:]

    def terms(self, x):
        """Bonds, angles, torsions, pairs."""
        (pairs, bond), (threes, angle), (fours, torsion) = (self.parameters(word) for word in ("Bond", "Angle", "Dihedral"))
        arms = np.diff(x, axis=0)
        r = np.linalg.norm(x[pairs[:, 0]] - x[pairs[:, 1]], axis=1)
        u, v = (x[threes[:, k]] - x[threes[:, 1]] for k in (0, 2))
        theta = np.arctan2(np.linalg.norm(np.cross(u, v), axis=1), np.sum(u * v, axis=1))
        a, b, c = (x[fours[:, k + 1]] - x[fours[:, k]] for k in range(3))
        n, m = np.cross(a, b), np.cross(b, c)
        phi = np.arctan2(np.sum(np.cross(n, m) * b, axis=1) / np.linalg.norm(b, axis=1), np.sum(n * m, axis=1))
        return (np.sum(bond[:, 0] * (r - bond[:, 1]) ** 2), np.sum(angle[:, 0] * (theta - np.radians(angle[:, 1])) ** 2),
                np.sum(torsion[:, 0] * (1.0 + np.cos(torsion[:, 1] * phi - np.radians(torsion[:, 2])))), self.pairs(x))

    def pairs(self, x):
        i, j = np.triu_indices(len(x), 3)
        s6 = (4.0 / np.linalg.norm(x[i] - x[j], axis=1)) ** 6
        i, j, height, length, width, cut = self.wells.T
        r = self.apart(x)
        gauss = height / (width * np.sqrt(2.0 * np.pi)) * np.exp(-0.5 * ((r - length) / width) ** 2)
        return np.sum(np.where(s6 > 1.0, s6**2 - 2.0 * s6 + 1.0, 0.0)) + np.sum(gauss[r < cut])

    def apart(self, x):
        i, j = self.wells[:, :2].T.astype(int) - 1
        return np.linalg.norm(x[i] - x[j], axis=1)

    def distance(self, x):
        """Of the centers of core and lid."""
        centers = []
        for group in ("core", "lid"):
            ends = self.groups[group]
            centers.append(np.mean(np.concatenate([x[a - 1 : b] for a, b in zip(ends[::2], ends[1::2])]), axis=0))
        return np.linalg.norm(centers[0] - centers[1])


def test_wells(chain):
    """The wells are at the distances of the two structures, or half way."""
    structures = [Chain(chain, basin) for basin in ("open", "closed")]
    apart = np.array([structures[0].apart(one.x) for one in structures])
    lengths = structures[0].wells[:, 3]
    two = np.abs(apart[0] - apart[1]) > 2.0
    worst = np.min(np.abs(apart[:, two] - lengths[two]), axis=0)
    potentials.check(f"{chain}, {np.sum(two)} wells of changing contacts", np.max(worst), 0.003)  # three digits of each atom
    potentials.check(f"{chain}, {np.sum(~two)} wells of others", np.max(np.abs(np.mean(apart, axis=0) - lengths)[~two]), 0.003)


def test_md(folder, chain, basin):
    """The first frame is the minimum."""
    output = potentials.lammps(folder, MD, chain=chain, basin=basin, every=1000)
    table = [row.split() for row in output.split("Step ")[-1].split("Loop time")[0].splitlines()[1:] if row.strip()[:1].isdigit()]
    rows = np.array(table, dtype=float)[:, 1:]
    frames = potentials.read_dump(folder / "out.dump")[:, :, 2:5]
    model, name = Chain(chain, basin), f"{chain} {basin}"
    expected = np.array([model.terms(x) for x in frames])
    error = np.abs(rows[:, :4] - expected) / np.maximum(1.0, np.abs(expected))
    for term, worst in zip(TERMS.split(), np.max(error, axis=0)):
        potentials.check(f"{name}, {len(rows)} frames, {term}", worst, potentials.ENERGY_TOLERANCE)
    potentials.check(f"{name}, sum", np.max(np.abs(rows[:, 4] - np.sum(rows[:, :4], axis=1))), 1e-9)
    energy, distance = MINIMA[chain, basin]
    potentials.check(f"{name}, minimum", abs(rows[0, 4] - energy), 1e-6)
    potentials.check(f"{name}, distance at the minimum", abs(model.distance(frames[0]) - distance), 6e-4)
    crossed = [(model.distance(x) > BORDER[chain]) != (basin == "open") for x in frames]
    potentials.check(f"{name}, frames in the other state", sum(crossed), 0)


def main():
    with tempfile.TemporaryDirectory() as name:
        for chain in ("hinge", "whole"):
            test_wells(chain)
            for basin in ("open", "closed"):
                test_md(pathlib.Path(name), chain, basin)
    print(f"{len(potentials.failures)} failures")
    return 1 if potentials.failures else 0


if __name__ == "__main__":
    sys.exit(main())
