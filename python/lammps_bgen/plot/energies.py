# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms of reduced energies, of MD frames and of flow samples."""

import numpy as np

from lammps_bgen.plot.drawing import COLORS, panels, titled
from lammps_bgen.table import ENERGIES
from lammps_bgen.trouble import Trouble


def energies_axis(axis, chosen):
    """Histograms of u on common bins that hold 99 % of each set; the legend tells how much lies beyond."""
    ranges = [np.quantile(u, [0.001, 0.99]) for _, u in chosen]
    low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
    # a set that reaches far must not squeeze the others
    high = min(high, low + 6.0 * min(r[1] - r[0] for r in ranges))
    bins = np.linspace(low, high, 71)
    for color, (label, u) in zip(COLORS * len(chosen), chosen):
        beyond = np.mean(u > high)
        weights = np.full(len(u), 1.0 / (len(u) * (bins[1] - bins[0])))
        text = f"{label} ({100 * beyond:.1f} % beyond)" if beyond >= 0.001 else label
        axis.hist(u, bins, weights=weights, histtype="stepfilled", color=color, alpha=0.25)
        axis.hist(u, bins, weights=weights, histtype="step", color=color, lw=1.2, label=text)
    axis.set(xlabel=r"energy $u = U/kT$ (kT)", ylabel="density (1/kT)", xlim=(low, high))
    axis.margins(y=0.02)
    axis.set_ylim(top=1.35 * axis.get_ylim()[1])  # room for the legend
    axis.legend(loc="upper right")


def energies(tables, options):
    """One panel for each basin that a column names, or one in all. Basin 0 is none."""
    groups = {}
    for table in tables:
        for part, rows in table.basins():
            if part != "basin 0":
                u = table.need(*ENERGIES)[rows]
                groups.setdefault(part, []).append((table, u[np.isfinite(u)]))
    figure, axes = panels(len(groups), (3.4, 2.5))
    for axis, (part, members) in zip(axes, groups.items()):
        chosen = [(table.label, u) for table, u in members if len(u)]
        if not chosen:
            raise Trouble(f"{tables[0].path}: column u has not a single finite number")
        energies_axis(axis, chosen)
        axis.set_title(part, loc="left")
    return titled(figure, options, "Energies: " + " and ".join(dict.fromkeys(table.label for table in tables)))
