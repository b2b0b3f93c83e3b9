#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energies and acceptance of clusters, isomers and butane, beside references without bgen.

usage: check.py FOLDER ...        of one run, or of several
"""

import math
import pathlib
import re
import sys

# (file, row of its table, reference in kT, its error, where it is from)
REFERENCES = [
    ("lj7", "F(all)", -130.052, 0.012, "thermodynamic integration"),
    ("lj13", "F(all)", -152.535, 0.017, "thermodynamic integration"),
    ("isomers", "F(hexagon)-F(parallelogram)", -22.027, 0.001, "harmonic samples, reweighted"),
    ("butane", "F(trans)-F(plus)", -1.3687, 0, "quadrature"),
    ("butane", "F(trans)-F(minus)", -1.3687, 0, "quadrature"),
]


def read(folder, name, row):
    """value and error, or None"""
    path = pathlib.Path(folder) / f"table.{name}.dat"
    words = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return next(((float(w[2]), float(w[3])) for w in words if w[1:2] == [row]), None)


def acceptance(folder, name):
    text = (pathlib.Path(folder) / f"log.{name}").read_text()
    return re.findall(r"jumps accepted: .*? in all \(([0-9.]+) %\)", text)[-1]


def main():
    print("\nfree energies in kT, jumps of MD accepted in %")
    print(f"{'':35s}      bgen   error  reference   error  difference  accepted")
    for name, row, reference, reference_error, source in REFERENCES:
        found = [(folder, read(folder, name, row)) for folder in sys.argv[1:]]
        found = [(folder, *result) for folder, result in found if result]
        for folder, value, error in found:
            print(f"{name:9s}{row:28s}{value:10.4f} {error:7.4f} {reference:10.4f} {reference_error:7.3f} {value - reference:11.4f}"
                  f"  {acceptance(folder, name):>8s}  {source}")
        if len(found) > 1:
            mean = sum(value for _, value, _ in found) / len(found)
            error = math.sqrt(sum((value - mean) ** 2 for _, value, _ in found) / (len(found) * (len(found) - 1)))
            print(f"{name:9s}{row:28s}{mean:10.4f} {error:7.4f} {reference:10.4f} {reference_error:7.3f} {mean - reference:11.4f}"
                  f"            mean of {len(found)}")


if __name__ == "__main__":
    main()
