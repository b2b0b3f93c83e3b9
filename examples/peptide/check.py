#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The work of paths that drag nothing, and works and acceptance of driven paths of psi, for each number of steps.

usage: check.py PATH ...        numbers of steps; reads log.* and works.* of this folder

F(helical) - F(extended) is Bennett's acceptance ratio of the works of both walkers together. Its error takes them as
independent, and is infinite where they hardly overlap.
"""

import math
import pathlib
import re
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import molecules  # noqa: E402

BASINS = "extended", "helical"


def null_works():
    """[(paths, mean work)] of the runs of in.null"""
    text = "".join(molecules.log(".", f"null.{basin}") for basin in BASINS)
    # move from to, attempts, accepted, %, outside, screened, infinite, work, std, all-work
    return [(int(n), float(work)) for n, work in re.findall(r"(?m)^ +driven +all +all +(\d+)(?: +\S+){7} +(\S+)", text)]


def works(path):
    """{(from, to): works} of both walkers; infinite where a path did not arrive"""
    rows = [line.split() for line in pathlib.Path(f"works.{path}.dat").read_text().splitlines() if not line.startswith("#")]
    return {way: np.array([float(row[3]) for row in rows if tuple(row[1:3]) == way]) for way in (BASINS, BASINS[::-1])}


def accepted(path, way):
    logs = [molecules.log(".", f"{path}.{basin}") for basin in BASINS]
    rows = [re.findall(rf"(?m)^ +driven +{way[0]} +{way[1]} +\d+ +(\d+)", text) for text in logs]
    return sum(int(found[-1]) for found in rows if found)


def bar(there, back):
    """F(to) - F(from) by bisection, and its error: infinite where fewer than two effective works of both ways overlap"""
    if not len(there) or not len(back):
        return math.nan, math.inf
    shift = math.log(len(there) / len(back))

    def fermi(f):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(there - f + shift)), 1 / (1 + np.exp(back + f - shift))

    low, high = -100.0, 100.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        forward, reverse = fermi(middle)
        low, high = (middle, high) if np.sum(forward) < np.sum(reverse) else (low, middle)
    overlap = sum(np.sum(share * (1 - share)) for share in fermi(low))
    return low, math.sqrt(1 / overlap - 1 / len(there) - 1 / len(back)) if overlap >= 2 else math.inf


def main():
    paths, means = zip(*null_works())
    value, error = molecules.mean(means)
    print(f"\nwork of a path of 100 steps that drags nothing: {value:.2f} +- {error:.2f} kT, {len(means)} runs of {paths[0]} paths")
    print("\ndriven paths of psi\nsteps  from       to         attempts  arrived  accepted      %   work (kT)         std")
    for path in sys.argv[1:]:
        found = works(path)
        for way, all_works in found.items():
            finite = all_works[np.isfinite(all_works)]
            n, n_accepted = len(all_works), accepted(path, way)
            mean, error = molecules.mean(list(finite)) if len(finite) else (math.nan, math.nan)
            print(f"{path:>5s}  {way[0]:10s} {way[1]:10s} {n:8d} {len(finite):8d} {n_accepted:9d} {100 * n_accepted / max(1, n):6.1f}"
                  f"   {mean:6.2f} +- {error:4.2f} {error * math.sqrt(len(finite)):10.2f}")
    print()
    for path in sys.argv[1:]:
        value, error = bar(*works(path).values())
        print(f"F(helical) - F(extended) = {value:.2f} +- {error:.2f} kT by works of {path} steps")


if __name__ == "__main__":
    main()
