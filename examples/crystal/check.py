#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Absolute free energies of ice beside published ones, per atom in kT, and their convergence per atom for bgen plot.

usage: check.py FOLDER ...        of one run, or of several
"""

import math
import pathlib
import sys

# {name of the run: (crystal, atoms, F/N)}: normalizing flows on up to 16 GPUs; per sigma^3, n = N
ICE, LJ = "cubic mW ice, 200 K", "Lennard-Jones fcc, density 1.28, T = 2"
PUBLISHED = {"8": (ICE, 8, -25.86), "64": (ICE, 64, -25.1631), "216": (ICE, 216, -25.0824), "lj": (LJ, 256, 3.10797)}


def read(folder):
    """{name: {what: (value, error)}} in kT"""
    found = {}
    for name in PUBLISHED:
        path = pathlib.Path(folder) / f"table.{name}.dat"
        if path.exists():
            rows = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
            found[name] = {what: (float(value), float(error)) for _, what, value, error, *_ in rows}
    return found


def write_convergence(folder, n_atoms, results):
    """F at one placement becomes absolute by the same terms, whatever part of the data it is from."""
    terms = results["F_abs(all)"][0] - results["F(all)"][0]
    lines = (pathlib.Path(folder) / f"convergence.{n_atoms}.dat").read_text().splitlines()
    names = next(line for line in reversed(lines) if line.startswith("# samples")).replace("(all)", "(per_atom)")
    rows = []
    for line in lines:
        if not line.startswith("#"):
            samples, frames, *numbers = line.split()
            pairs = list(zip(map(float, numbers[::2]), map(float, numbers[1::2])))
            if not all(math.isfinite(value) for value, _ in pairs):
                continue  # too few of them to tell
            rows.append(" ".join([samples, frames] + [f"{(value + terms) / n_atoms:.8f} {error / n_atoms:.8f}"
                                                      for value, error in pairs]))
    path = pathlib.Path(folder) / f"per_atom.{n_atoms}.dat"
    path.write_text("\n".join([f"# F/N in kT, absolute, N = {n_atoms}", names, *rows]) + "\n")


def main():
    runs = [(folder, read(folder)) for folder in sys.argv[1:]]
    for folder, run in runs:
        for name, results in run.items():
            if name.isdigit():  # paths have no convergence
                write_convergence(folder, int(name), results)
    before = None
    for name, (crystal, n_atoms, published) in PUBLISHED.items():
        if crystal != before:
            print(f"\n{crystal}: F/N in kT, absolute\n     N  published       bgen   error  difference")
        before, digits = crystal, 5 if name == "lj" else 4
        found = [run[name]["F_abs/N(all)"] for _, run in runs if name in run]
        lines = [(value, error, "") for value, error in found]
        if len(found) > 1:
            mean = sum(value for value, _ in found) / len(found)
            error = math.sqrt(sum((value - mean) ** 2 for value, _ in found) / (len(found) * (len(found) - 1)))
            lines.append((mean, error, f"  mean of {len(found)}"))
        for value, error, words in lines:
            print(f"{n_atoms:6d} {published!s:>10s} {value:10.{digits}f} {error:7.{digits}f} {value - published:11.{digits}f}{words}")


if __name__ == "__main__":
    main()
