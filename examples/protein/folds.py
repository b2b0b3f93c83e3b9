#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws both folds of the protein from their data files, each seen along the plane of its hairpin.

  folds.py NATIVE.data MIRROR.data -o FILE.png
"""

import argparse
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

HAIRPIN = slice(0, 13)
STRAND, HELIX = "#0072B2", "#D55E00"
PARTS = ((slice(0, 6), STRAND), (slice(8, 13), STRAND), (slice(16, 27), HELIX))
TURN = "#777777"
BEADS = {1: ("B", "black"), 2: ("L", "white"), 3: ("N", "#E69F00")}


def read(path):
    """kinds[27], x[27][3]"""
    lines = pathlib.Path(path).read_text().split("Atoms # molecular\n\n")[1].splitlines()[:27]
    rows = np.array([line.split() for line in lines], float)
    return rows[:, 2].astype(int), rows[:, 3:6]


def axes_of(x):
    """x along the strands, from strand to strand, and away from the plane of both."""
    mean = lambda first, last: x[first - 1 : last].mean(0)
    along = (mean(5, 6) - mean(1, 2)) - (mean(12, 13) - mean(9, 10))
    across = mean(9, 13) - mean(2, 6)
    normal = np.cross(along, across)
    frame = np.array([along, np.cross(normal, along), normal])
    return (x - x[HAIRPIN].mean(0)) @ (frame / np.linalg.norm(frame, axis=1)[:, None]).T


def draw(axis, kinds, x, title):
    axis.plot(*x.T, color=TURN, lw=2.5)
    for part, color in PARTS:
        axis.plot(*x[part].T, color=color, lw=4.5)
    for kind, (name, color) in BEADS.items():
        axis.scatter(*x[kinds == kind].T, s=26, color=color, edgecolor="black", linewidth=0.6, depthshade=False, label=name)
    axis.set_title(title, fontsize=9)
    axis.set_box_aspect(np.ptp(x, axis=0) + 0.1)
    axis.view_init(elev=12, azim=-72)
    axis.set_axis_off()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("native")
    parser.add_argument("mirror")
    parser.add_argument("-o", "--output", default="folds.png")
    options = parser.parse_args()
    figure = plt.figure(figsize=(5.4, 2.9), dpi=200)
    for k, (path, title) in enumerate(((options.native, "native: the helix lies above the hairpin"), (options.mirror, "mirror: below"))):
        kinds, x = read(path)
        draw(figure.add_subplot(1, 2, k + 1, projection="3d"), kinds, axes_of(x), title)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="lower center", ncol=3, frameon=False, fontsize=7.5)
    figure.subplots_adjust(left=0, right=1, bottom=0.02, top=0.9, wspace=0)
    figure.savefig(options.output)
    print(f"wrote {options.output}")


if __name__ == "__main__":
    main()
