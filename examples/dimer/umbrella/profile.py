#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The dimer's free-energy profile F(d)/kT = -ln p(d) from the histograms of in.umbrella.

usage: profile.py umbrella.*.dat > reference_profile.dat

Umbrella sampling with one umbrella: p(d) ~ p_u(d) exp(u(d) - bond(d)). Errors: jackknife over all blocks.
"""

import sys

import numpy as np

SPLIT = 1.5  # closed below, open above
MERGE = 5  # histogram bins of 0.002 to a bin of the profile
RANGE = 0.65, 2.4


def umbrella(d):
    return 4.0 * (d - 1.66) ** 2 + 4.0 * (d - 1.66) ** 4


def bond(d):
    return 160.0 * (d - 1.5) ** 4 - 100.0 * (d - 1.5) ** 2 + 4.0 * (d - 1.5)


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


def main():
    tables = [read_histograms(path) for path in sys.argv[1:]]
    if not tables:
        sys.exit(__doc__)
    d = tables[0][1]
    log_weight = umbrella(d) - bond(d)
    weights = np.exp(log_weight - np.max(log_weight))
    blocks = np.concatenate([counts for counts, _ in tables]) * weights
    centers = d.reshape(-1, MERGE).mean(axis=1)
    inside = (centers > RANGE[0]) & (centers < RANGE[1])

    def profile(density):
        bins = density.reshape(-1, MERGE).sum(axis=1)[inside]
        return -np.log(bins / np.sum(density))

    def difference(density):
        return -np.log(np.sum(density[d < SPLIT]) / np.sum(density[d >= SPLIT]))

    free_energy, error = jackknife(profile, blocks)
    delta, delta_error = jackknife(difference, blocks)
    print("# bistable dimer in 36 repulsive particles, T = 1: F/kT = -ln p(d), its minimum at 0")
    print(f"# F(d<{SPLIT}) - F(d>={SPLIT}) = {delta:.4f} +- {delta_error:.4f} kT from {len(blocks)} blocks")
    print("# d F error")
    for row in zip(centers[inside], free_energy - np.min(free_energy), error):
        print("%.3f %.4f %.4f" % row)


if __name__ == "__main__":
    main()
