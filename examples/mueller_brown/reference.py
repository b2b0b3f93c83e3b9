#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exact numbers of the Mueller-Brown surface by quadrature along s = 0.7 x - 0.7 y and r = 0.7 x + 0.7 y:
F(s)/kT = -ln p(s), ln Z, F(s>-0.75) - F(s<-0.75).

usage: reference.py [T] > reference_profile.dat        T = 1 unless given
"""

import sys

import numpy as np

BORDER = -0.75
# A, a, X, b, c, Y of A exp(a (x-X)^2 + b (x-X) (y-Y) + c (y-Y)^2), A at a tenth of its printed value
TERMS = [
    (-20.0, -1.0, 1.0, 0.0, -10.0, 0.0),
    (-10.0, -1.0, 0.0, 0.0, -10.0, 0.5),
    (-17.0, -6.5, -0.5, 11.0, -6.5, 1.5),
    (1.5, 0.7, -1.0, 0.6, 0.7, 1.0),
]


def energy(x, y):
    return sum(A * np.exp(a * (x - X) ** 2 + b * (x - X) * (y - Y) + c * (y - Y) ** 2) for A, a, X, b, c, Y in TERMS)


def weight(s, temperature):
    """Integral of exp(-U/kT) over the line of this s; r by the trapezoidal rule, whose ends vanish."""
    r = np.arange(-4.0, 6.0, 0.005)
    boltzmann = np.exp(-energy((r + s) / 1.4, (r - s) / 1.4) / temperature)
    return np.sum(boltzmann) * 0.005 / 0.98  # ds dr = 0.98 dx dy


def main():
    temperature = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    # midpoint rule in s: no node lies on the border
    step = 5e-4
    s = BORDER + (np.arange(-6000, 8000) + 0.5) * step
    density = np.array([weight(each, temperature) for each in s])
    z = np.sum(density) * step
    delta = np.log(np.sum(density[s < BORDER]) / np.sum(density[s > BORDER]))
    centers = np.arange(-190, 81) * 0.01
    profile = np.log(np.max(density)) - np.log([weight(center, temperature) for center in centers])
    print(f"# Mueller-Brown surface, T = {temperature:g}: F/kT = -ln p(s), s = 0.7 x - 0.7 y, its minimum at 0")
    print(f"# F(s>{BORDER:g}) - F(s<{BORDER:g}) = {delta:.6f} kT, ln Z = {np.log(z):.6f}")
    print("# s F error")
    for center, value in zip(centers, profile):
        print(f"{center:.2f} {value:.6f} 0")


if __name__ == "__main__":
    main()
