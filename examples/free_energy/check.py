#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of free_energy of the double well beside exact numbers, by quadrature over x and y.

usage: check.py FOLDER ...        of one run, or of several to see how many error bars hold the exact number
"""

import pathlib
import sys

import numpy as np

STEP = 0.005
# midpoints: no node lies on a border
X, Y = np.meshgrid((np.arange(-640, 640) + 0.5) * STEP, (np.arange(-1400, 1400) + 0.5) * STEP, indexing="ij")
PE = X**4 - 6.0 * X**2 + X + 0.5 * Y**2
R = np.hypot(X, Y)
EVERYWHERE = np.ones_like(X, dtype=bool)
STATES = {"right": X > 0.0, "left": X < 0.0, "outer": R > 2.0, "inner": R < 2.0, "high": PE > 0.0, "": EVERYWHERE}
OBSERVABLES = {"v_r": R, "pe": PE, "s": X}
CHANGED = PE + 0.3 * X  # slope 1.3


def free_energy(state, energy=PE):
    return -np.log(np.sum(np.exp(-energy[state])) * STEP**2)


def mean(observable, state, energy=PE):
    return np.average(OBSERVABLES[observable][state], weights=np.exp(-energy[state]))


def exact_term(name):
    """F(state), F'(state), <observable>, <observable>', <observable>(state); each state and prime may be left out."""
    if name.startswith("<"):
        observable, _, rest = name[1:].partition(">")
        energy, rest = (CHANGED, rest[1:]) if rest.startswith("'") else (PE, rest)
        return mean(observable, STATES[rest.strip("()")], energy)
    energy, rest = (CHANGED, name[2:]) if name.startswith("F'") else (PE, name[1:])
    return free_energy(STATES[rest.strip("()")], energy)


def exact(name):
    """Of one result, or of a difference of two."""
    first, minus, second = name.partition("-")
    return exact_term(first) - exact_term(second) if minus else exact_term(first)


def read(folder):
    """{name: (value, error)}; both files have the free energies of the basins, from the same points."""
    found = {}
    for name in ("results.dat", "slopes.dat"):
        for line in (pathlib.Path(folder) / name).read_text().splitlines():
            if not line.startswith("#"):
                _, what, _, _, value, error = line.split()  # kT = 1
                found[what] = float(value), float(error)
    return found


def main():
    runs = [read(folder) for folder in sys.argv[1:]]
    n, within = 0, 0
    print(f"{'':17} {'exact':>9}" + "".join(f"  {'bgen':>8} {'error':>6} {'off':>4}" for _ in runs))
    for name in runs[0]:
        line = f"{name:17} {exact(name):9.4f}"
        for value, error in (run[name] for run in runs):
            off = (value - exact(name)) / error
            n, within = n + 1, within + (abs(off) <= 1.0)
            line += f"  {value:8.4f} {error:6.4f} {off:4.1f}"
        print(line)
    print(f"off: by how many errors; {within} of {n} bars hold the exact number, and 68 % should, were they independent")


if __name__ == "__main__":
    main()
