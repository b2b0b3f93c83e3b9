#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""F(trans) - F(gauche) of butane of all atoms, in kT at 300 K, of MD with a nearly flat torsion by in.reference.

usage: reference.py FILE ...       histograms of phi of one walker or of several

The C-C-C-C term of in.reference lacks energy that depends on phi alone. Each count gets the Boltzmann factor of what is
missing. gauche+ and gauche- are mirror images, so the third line has both. Errors are those of a jackknife over blocks of time.
"""

import math
import sys

MISSING = 1.74 - 0.54, 0.0, 0.279 + 2.721, 0.0  # kcal/mol, dihedral_style opls
KT = 300 * 0.0019872067
BASINS = {"trans": (120, 240), "plus": (0, 120), "minus": (-120, 0)}


def weight(phi):
    k1, k2, k3, k4 = MISSING
    missing = 0.5 * (k1 * (1 + math.cos(phi)) + k2 * (1 - math.cos(2 * phi)) + k3 * (1 + math.cos(3 * phi)) + k4 * (1 - math.cos(4 * phi)))
    return math.exp(-missing / KT)


def blocks(path):
    """Of each block of time the weighted counts of the basins."""
    found = []
    with open(path, encoding="ascii") as lines:
        for words in (line.split() for line in lines if not line.startswith("#")):
            if len(words) == 6:
                found.append(dict.fromkeys(BASINS, 0.0))
            elif float(words[2]) > 0:
                phi = float(words[1])
                basin = next(name for name, (low, high) in BASINS.items() if (phi - low) % 360 < high - low)
                found[-1][basin] += float(words[2]) * weight(math.radians(phi))
    return found


def differences(counts):
    trans, plus, minus = (sum(block[name] for block in counts) for name in BASINS)
    return [-math.log(trans / plus), -math.log(trans / minus), -math.log(2 * trans / (plus + minus)), -math.log(plus / minus)]


def main():
    counts = [block for path in sys.argv[1:] for block in blocks(path)]
    if len(counts) < 2:
        sys.exit("reference.py: no two blocks of time: give the files of in.reference")
    n = len(counts)
    kept = [differences(counts[:k] + counts[k + 1:]) for k in range(n)]
    names = "F(trans)-F(plus)", "F(trans)-F(minus)", "F(trans)-F(gauche), by symmetry", "F(plus)-F(minus), 0 by symmetry"
    for i, (name, value) in enumerate(zip(names, differences(counts))):
        mean = sum(values[i] for values in kept) / n
        error = math.sqrt((n - 1) / n * sum((values[i] - mean) ** 2 for values in kept))
        print(f"{name:34} {value:8.4f} +- {error:.4f} kT, {n} blocks")


if __name__ == "__main__":
    main()
