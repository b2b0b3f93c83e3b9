#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free-energy profile F(d)/kT = -ln p(d) from series of umbrella sampling, by the weighted histogram method.

  wham.py --spring K --border D --title WORDS WALKER.CENTER.dat ... > reference_profile.dat

The name of a series tells its walker and the center of its umbrella. Errors: jackknife over walkers.
"""

import argparse
import collections
import pathlib
import re

import numpy as np
from umbrella import jackknife

WIDTH = 0.1  # of a bin, Angstrom


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--spring", type=float, required=True, help="kT/Angstrom^2")
    parser.add_argument("--border", type=float, required=True, help="between the two states")
    parser.add_argument("--title", required=True, help="first line of the profile")
    return parser.parse_args()


def read(paths):
    """{walker: {center: values}}"""
    found = collections.defaultdict(dict)
    for path in paths:
        walker, center = re.fullmatch(r"(.+)\.(\d+\.\d+)\.dat", path.name).groups()
        found[walker][float(center)] = np.loadtxt(path)
    return found


def density(counts, energies):
    """Of all windows together, each with a row in both tables. WHAM's equations: some iterations, which converge slowly, then
    Newton's."""
    total, sizes, free = np.sum(counts, axis=0), np.sum(counts, axis=1), np.zeros(len(counts))
    for step in range(2000):
        weights = sizes[:, None] * np.exp(free[:, None] - energies)
        p = total / np.sum(weights, axis=0)
        lacking = sizes - weights @ p
        if np.max(np.abs(lacking)) < 1e-9 * np.sum(sizes):
            return p / np.sum(p)
        if step < 500:
            free += np.log(sizes / (weights @ p))
        else:
            shares = weights / np.sum(weights, axis=0)
            slope = np.diag(weights @ p) - (shares * total) @ shares.T
            free[1:] += np.linalg.solve(slope[1:, 1:], lacking[1:])
    raise SystemExit("wham.py: the equations did not converge")


def main():
    args = arguments()
    found = list(read(args.files).values())
    umbrellas = sorted(found[0])
    low, high = (f([f(x) for walker in found for x in walker.values()]) for f in (np.min, np.max))
    edges = np.arange(np.floor(low / WIDTH), np.ceil(high / WIDTH) + 1) * WIDTH
    centers = 0.5 * (edges[1:] + edges[:-1])
    energies = np.array([0.5 * args.spring * (centers - umbrella) ** 2 for umbrella in umbrellas])
    tables = np.array([[np.histogram(walker[u], edges)[0] for u in umbrellas] for walker in found], dtype=float)

    def profile(counts):
        with np.errstate(divide="ignore"):
            return -np.log(density(counts, energies))

    def numbers(counts):
        f = profile(counts)
        p, left = np.exp(-f), centers < args.border
        top = np.min(f[np.abs(centers - args.border) < 0.5 * WIDTH + 1e-9])
        return np.array([-np.log(np.sum(p[left]) / np.sum(p[~left])), top - np.min(f[left]), top - np.min(f[~left])])

    with np.errstate(invalid="ignore"):  # bins that not all walkers have seen
        f, f_errors = jackknife(profile, tables)
    values, errors = jackknife(numbers, tables)
    kinds = ("F(closed)-F(open)", "barrier from closed", "barrier from open")
    print(f"# {args.title}: F/kT = -ln p(d), its minimum at 0; {len(tables)} walkers, border {args.border:g}")
    for row in zip(kinds, values, errors):
        print("# %s = %.3f +- %.3f kT" % row)
    print("# d F error")
    for row in zip(centers, f - np.min(f), f_errors):
        if np.all(np.isfinite(row)):
            print("%.2f %.4f %.4f" % row)


if __name__ == "__main__":
    main()
