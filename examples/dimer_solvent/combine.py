#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""F(compact) - F(extended) of all walkers of in.driven together, and profile.dat of d.

  combine.py WALKER ...       reads log.WALKER and series.WALKER.dat

Differences: the mean of what the walkers' last summaries say, with the error of a mean of independent numbers. Profile:
F/kT = -ln p(d), each step counted with its weight e^-offset; errors by jackknife over blocks of the walkers.
"""

import math
import pathlib
import re
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from umbrella import jackknife

REFERENCE = 0.6625, 0.0131  # ../reference_profile.dat
BORDER = 1.6
EDGES = np.arange(0.96, 2.2401, 0.02)
BLOCKS = 16  # of a walker


def report(text, by):
    """The last difference in a log with its error, from all jumps of the walker so far."""
    found = re.findall(rf"F\(compact\) - F\(extended\) = (\S+) \+- (\S+) by {by}", text)
    if not found:
        raise SystemExit(f"combine.py: a walker has no difference by {by}")
    return tuple(map(float, found[-1]))


def mean(differences):
    values, errors = np.array(differences).T
    return np.mean(values), math.sqrt(np.sum(errors**2)) / len(errors)


def histograms(walker):
    """Weights in the bins of d and below and above the border, a row a block."""
    _, d, weight = np.loadtxt(f"series.{walker}.dat").T
    blocks = zip(np.array_split(d, BLOCKS), np.array_split(weight, BLOCKS))
    rows = []
    for d, weight in blocks:
        bins, _ = np.histogram(d, EDGES, weights=weight)
        sides, _ = np.histogram(d, [-np.inf, BORDER, np.inf], weights=weight)
        rows.append(np.concatenate([bins, sides]))
    return rows


def free_energies(density):
    """Of the bins as densities, then F(compact) - F(extended)."""
    bins, (below, above) = density[:-2], density[-2:]
    with np.errstate(divide="ignore"):
        return np.append(-np.log(bins / np.sum(bins)), math.log(above / below))


def main():
    walkers = sys.argv[1:]
    logs = [pathlib.Path(f"log.{walker}").read_text() for walker in walkers]
    blocks = np.array([row for walker in walkers for row in histograms(walker)])
    with np.errstate(invalid="ignore"):
        values, errors = jackknife(free_energies, blocks)
    for words, (value, error) in [
        ("works of driven moves, BAR", mean([report(text, "BAR of works of driven") for text in logs])),
        ("visits after each attempt ", mean([report(text, "visits") for text in logs])),
        ("weights of the series of d", (values[-1], errors[-1])),
        ("reference, umbrella run   ", REFERENCE),
    ]:
        print(f"F(compact) - F(extended) = {value:.3f} +- {error:.3f} kT   {words}")
    with open("profile.dat", "w") as out:
        print("# d F error", file=out)
        for row in zip((EDGES[1:] + EDGES[:-1]) / 2, values - np.min(values[:-1]), errors):
            print("%.3f %.4f %.4f" % row, file=out)


if __name__ == "__main__":
    main()
