#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exact numbers of the double well by quadrature: F(x)/kT = -ln p(x), ln Z, F(x>0) - F(x<0).

usage: reference.py [T] > reference_profile.dat        T = 1 unless given
"""

import sys

import numpy as np


def main():
    temperature = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    # midpoint rule: no node lies on the split, and the error, of order step^2, is below the digits printed
    step = 1e-4
    x = (np.arange(-60000, 60000) + 0.5) * step
    u = (x**4 - 6.0 * x**2 + x) / temperature
    density = np.exp(-(u - np.min(u)))
    log_z = np.log(np.sum(density) * step) - np.min(u) + 0.5 * np.log(2.0 * np.pi * temperature)
    delta = np.log(np.sum(density[x < 0.0]) / np.sum(density[x > 0.0]))
    print(f"# double well x^4 - 6 x^2 + x + y^2/2, T = {temperature:g}: F/kT = -ln p(x), its minimum at 0")
    print(f"# F(x>0) - F(x<0) = {delta:.6f} kT, ln Z = {log_z:.6f}")
    print("# x F error")
    for center in np.arange(-250, 251) * 0.01:
        value = (center**4 - 6.0 * center**2 + center) / temperature - np.min(u)
        print(f"{center:.2f} {value:.6f} 0")


if __name__ == "__main__":
    main()
