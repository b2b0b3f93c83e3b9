#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples/wham.py on samples of windows whose density is known: a double well, barrier 17 kT."""

import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "examples/wham.py"
SPRING, BORDER, WALKERS, POINTS = 20.0, 28.4, 8, 4000
X = np.arange(22.0, 37.0, 0.001)


def potential(x):
    """Minima near 24.4 and 34.4, the second 2 kT lower."""
    u = (x - 29.4) / 5.0
    return 17.0 * (u**2 - 1.0) ** 2 - u


def exact():
    p = np.exp(-potential(X))
    return -np.log(np.sum(p[X < BORDER]) / np.sum(p[X >= BORDER]))


def write(folder, random):
    for walker in range(WALKERS):
        for center in np.arange(23.0, 36.1, 0.5):
            total = np.cumsum(np.exp(-potential(X) - 0.5 * SPRING * (X - center) ** 2))
            found = X[np.searchsorted(total, random.random(POINTS) * total[-1])] + 0.001 * (random.random(POINTS) - 0.5)
            np.savetxt(folder / f"w.{walker}.{center:.2f}.dat", found, fmt="%.4f", header="d")


def main():
    with tempfile.TemporaryDirectory() as name:
        write(pathlib.Path(name), np.random.default_rng(1))
        command = [sys.executable, SCRIPT, "--spring", str(SPRING), "--border", str(BORDER), "--title", "test"]
        done = subprocess.run([*command, *sorted(pathlib.Path(name).glob("*.dat"))], capture_output=True, text=True, check=True)
    value, error = map(float, re.search(r"F\(closed\)-F\(open\) = (\S+) \+- (\S+)", done.stdout).groups())
    rows = np.array([line.split() for line in done.stdout.splitlines() if line[0] != "#"], dtype=float)
    inside = (rows[:, 0] > 24.0) & (rows[:, 0] < 35.0)
    shape = (rows[:, 1] - potential(rows[:, 0]))[inside]
    worst = np.max(np.abs(shape - np.mean(shape)))
    print(f"F(closed)-F(open) {value} +- {error}, exact {exact():.4f}; the profile deviates by at most {worst:.3f}")
    # four errors; bins of 0.1 are curved by up to 0.02 kT, and bins in the valleys' walls have some 1e3 points
    passed = abs(value - exact()) < 4 * error and error < 0.1 and worst < 0.2
    print("ok" if passed else "FAIL")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
