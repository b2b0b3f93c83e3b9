#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free-energy profile F(r)/kT = -ln p(r) of a bond, from histograms of a softer bond in its place.

  umbrella.py --bond CENTER C1 C2 ... --umbrella CENTER C1 C2 ... --border R --range LOW HIGH --title WORDS
              umbrella.*.dat > reference_profile.dat

Umbrella sampling with one umbrella: p(r) ~ p_u(r) exp(u(r) - bond(r)), both potentials C1 w + C2 w^2 + ... with
w = r - CENTER, in kT. Files are those of fix ave/histo. Errors: jackknife over all blocks.
"""

import argparse

import numpy as np

MERGE = 5  # histogram bins to a bin of the profile


def polynomial(numbers, r):
    center, *coefficients = numbers
    return sum(c * (r - center) ** power for power, c in enumerate(coefficients, 1))


def read_histograms(path):
    """One row of counts for every block of a fix ave/histo file, and the bin centers."""
    lines = [line.split() for line in open(path) if not line.startswith("#")]
    starts = [k for k, words in enumerate(lines) if len(words) == 6]
    n_bins = int(lines[starts[0]][1])
    table = np.array([lines[k + 1 : k + 1 + n_bins] for k in starts], dtype=float)
    return table[:, :, 2], table[0, :, 1]


def jackknife(estimate, blocks):
    """The estimate from all blocks, and its standard error."""
    total, n = np.sum(blocks, axis=0), len(blocks)
    left_out = np.array([estimate(total - block) for block in blocks])
    return estimate(total), np.sqrt((n - 1) * np.var(left_out, axis=0))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--bond", type=float, nargs="+", required=True)
    parser.add_argument("--umbrella", type=float, nargs="+", required=True)
    parser.add_argument("--border", type=float, required=True, help="between the two states")
    parser.add_argument("--range", type=float, nargs=2, required=True, help="what the profile shows")
    parser.add_argument("--title", required=True, help="first line of the profile")
    return parser.parse_args()


def main():
    args = arguments()
    tables = [read_histograms(path) for path in args.files]
    r = tables[0][1]
    log_weight = polynomial(args.umbrella, r) - polynomial(args.bond, r)
    weights = np.exp(log_weight - np.max(log_weight))
    blocks = np.concatenate([counts for counts, _ in tables]) * weights
    centers = r.reshape(-1, MERGE).mean(axis=1)
    inside = (centers > args.range[0]) & (centers < args.range[1])

    def profile(density):
        bins = density.reshape(-1, MERGE).sum(axis=1)[inside]
        return -np.log(bins / np.sum(density))

    def difference(density):
        return -np.log(np.sum(density[r < args.border]) / np.sum(density[r >= args.border]))

    free_energy, error = jackknife(profile, blocks)
    delta, delta_error = jackknife(difference, blocks)
    border = f"{args.border:g}"
    print(f"# {args.title}: F/kT = -ln p(d), its minimum at 0")
    print(f"# F(d<{border}) - F(d>={border}) = {delta:.4f} +- {delta_error:.4f} kT from {len(blocks)} blocks")
    print("# d F error")
    for row in zip(centers[inside], free_energy - np.min(free_energy), error):
        print("%.3f %.4f %.4f" % row)


if __name__ == "__main__":
    main()
