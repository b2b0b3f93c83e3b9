#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether jumps have left the distribution as it is: d in a run with all moves and offsets against d in plain MD.

  check.py SERIES FRAMES_CLOSED... FRAMES_OPEN...      columns step d u weight of in.dimer_jumps, dumps of ../dimer/in.frames

For each basin a Kolmogorov-Smirnov test of two samples, both thinned until neighbors are nearly independent; then the free
energy difference by weighted populations, its error from blocks. Needs numpy and nothing else.
"""

import itertools
import math
import pathlib
import sys

import numpy as np

BORDER = 1.5          # of d, between closed and open
MOST = 3000           # points of one sample: more would only test how independent they are
INDEPENDENT = 0.05    # correlation of neighbors that counts as none
BLOCKS = 20
LINES_OF_A_FRAME, FIRST_ATOM = 47, 9  # 38 atoms by ID, the dimer's first


def lengths_of_frames(path):
    found = []
    with pathlib.Path(path).open(encoding="ascii") as lines:
        while frame := list(itertools.islice(lines, LINES_OF_A_FRAME)):
            one, other = (np.array(frame[FIRST_ATOM + k].split()[1:3], float) for k in range(2))
            found.append(math.dist(one, other))
    return np.array(found)


def correlation(values, lag):
    values = values - values.mean()
    return np.mean(values[lag:] * values[:-lag]) / np.mean(values ** 2)


def thinned(values):
    """By the least stride at which neighbors are independent, and no more than MOST."""
    stride = max(1, math.ceil(len(values) / MOST))
    while stride < len(values) // 100 and correlation(values, stride) > INDEPENDENT:
        stride += 1
    return values[::stride], stride


def kolmogorov_smirnov(a, b):
    """Greatest distance of the two cumulative distributions, and how often independent samples of one distribution are farther
    apart: Kolmogorov's series at Stephens' effective number (J R Stat Soc B 32, 115, 1970)."""
    at = np.sort(np.concatenate([a, b]))
    distance = np.max(np.abs(np.searchsorted(np.sort(a), at, "right") / len(a) - np.searchsorted(np.sort(b), at, "right") / len(b)))
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    t = (root + 0.12 + 0.11 / root) * distance
    p = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * t) ** 2) for k in range(1, 101)) if t > 0.2 else 1.0
    return distance, min(max(p, 0.0), 1.0)


def difference(d, weight):
    """F(closed) - F(open) in kT of weighted populations, and its error by leaving out each block in turn."""
    closed = np.array_split(weight * (d < BORDER), BLOCKS)
    opened = np.array_split(weight * (d >= BORDER), BLOCKS)
    closed, opened = (np.array([part.sum() for part in parts]) for parts in (closed, opened))
    without = np.log((opened.sum() - opened) / (closed.sum() - closed))
    error = math.sqrt((BLOCKS - 1) * np.mean((without - without.mean()) ** 2))
    return math.log(opened.sum() / closed.sum()), error


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    series = np.loadtxt(sys.argv[1])
    d, weight = series[:, 1], series[:, 3]
    plain = {path: lengths_of_frames(path) for path in sys.argv[2:]}
    for basin, inside in (("closed", lambda x: x < BORDER), ("open", lambda x: x >= BORDER)):
        jumped, stride = thinned(d[inside(d)])
        frames = [values for values in plain.values() if np.mean(inside(values)) > 0.5]
        if not frames:
            sys.exit(f"check.py: no frames of the basin {basin}")
        md, md_stride = thinned(np.concatenate([values[inside(values)] for values in frames]))
        distance, p = kolmogorov_smirnov(jumped, md)
        print(f"d in basin {basin}: mean {jumped.mean():.5f} with jumps ({len(jumped)} points, every {stride}), {md.mean():.5f} in plain MD "
              f"({len(md)} points, every {md_stride} frames); Kolmogorov-Smirnov distance {distance:.4f}, p = {p:.3f}")
    print("F(closed) - F(open) by populations of the series: {:.3f} +- {:.3f} kT".format(*difference(d, weight)))


if __name__ == "__main__":
    main()
