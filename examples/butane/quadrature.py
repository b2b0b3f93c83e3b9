#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""F of the torsion of united-atom butane: bonds, angles and torsion are independent, there are no pairs.

usage: quadrature.py [FILE]        F(trans) - F(gauche) in kT, and its profile in FILE
"""

import math
import sys

COEFFICIENTS = 1.411, -0.271, 3.145, 0.0  # kcal/mol, dihedral_style opls of potentials/butane_united.lmp
KT = 300 * 0.0019872067


def energy(phi):
    k1, k2, k3, k4 = COEFFICIENTS
    return 0.5 * (k1 * (1 + math.cos(phi)) + k2 * (1 - math.cos(2 * phi)) + k3 * (1 + math.cos(3 * phi)) + k4 * (1 - math.cos(4 * phi)))


def z(low, high, n=3600):
    """Midpoints, degrees: of a smooth function that is 1e-12 from exact."""
    step = math.radians(high - low) / n
    return step * sum(math.exp(-energy(math.radians(low) + (k + 0.5) * step) / KT) for k in range(n))


def trans_minus_gauche():
    return -math.log(z(120, 240) / z(0, 120))


def profile(n=72):
    """(phi, F) of bins: -ln p of the mean density, per degree"""
    whole = z(-180, 180)
    width = 360 / n
    edges = [-180 + k * width for k in range(n)]
    return [(low + width / 2, -math.log(z(low, low + width, 100) / whole / width)) for low in edges]


def main():
    print(f"{trans_minus_gauche():.6f}")
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w", encoding="ascii") as out:
            print("# phi F", file=out)
            for phi, free_energy in profile():
                print(f"{phi:.2f} {free_energy:.6f}", file=out)


if __name__ == "__main__":
    main()
