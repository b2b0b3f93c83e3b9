#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free-energy profile F(d)/kT = -ln p(d) from series of umbrella sampling, by the weighted histogram method.

  profile.py --spring K --border D --title WORDS WALKER.CENTER.dat ... > reference_profile.dat

The name of a series tells its walker and the center of its umbrella. Errors: jackknife over walkers.
"""

import argparse
import collections
import pathlib
import re

import numpy as np

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
    """Of all windows together, each with a row in both tables. The equations of WHAM, iterated."""
    total, sizes, free = np.sum(counts, axis=0), np.sum(counts, axis=1), np.zeros(len(counts))
    for _ in range(100000):
        p = total / np.sum(sizes[:, None] * np.exp(free[:, None] - energies), axis=0)
        new = -np.log(np.sum(p * np.exp(-energies), axis=1))
        new -= new[0]
        change, free = np.max(np.abs(new - free)), new
        if change < 1e-7:
            return p / np.sum(p)
    raise SystemExit("profile.py: the equations did not converge")


def jackknife(estimate, walkers):
    """The estimate of all, and its standard error."""
    n = len(walkers)
    left_out = np.array([estimate(walkers[:k] + walkers[k + 1 :]) for k in range(n)])
    return estimate(walkers), np.sqrt((n - 1) * np.var(left_out, axis=0))


def main():
    args = arguments()
    found = list(read(args.files).values())
    umbrellas = sorted(found[0])
    low, high = (f([f(x) for walker in found for x in walker.values()]) for f in (np.min, np.max))
    edges = np.arange(np.floor(low / WIDTH), np.ceil(high / WIDTH) + 1) * WIDTH
    centers = 0.5 * (edges[1:] + edges[:-1])
    energies = np.array([0.5 * args.spring * (centers - umbrella) ** 2 for umbrella in umbrellas])
    tables = [np.array([np.histogram(walker[u], edges)[0] for u in umbrellas], dtype=float) for walker in found]

    def profile(some):
        with np.errstate(divide="ignore"):
            return -np.log(density(sum(some), energies))

    def numbers(some):
        f = profile(some)
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
