# SPDX-License-Identifier: GPL-2.0-or-later
"""A column against time, and populations as they converge."""

import matplotlib.pyplot as plt
import numpy as np

from lammps_bgen.plot.drawing import COLORS, GRAY, INK, finite, label_of, legend, panels, time_axis, titled
from lammps_bgen.quantities import axis_label
from lammps_bgen.table import ENERGIES, TIMES, WORDS
from lammps_bgen.trouble import Trouble


def column_of(table, wanted):
    """The column asked for, or the first that is neither time nor energy."""
    if wanted:
        return wanted, table.need(wanted)
    name = next((n for n in table.names if n not in TIMES + ENERGIES + WORDS), None)
    if name is None:
        raise Trouble(f"{table.path}: which column? --column one of {' '.join(table.names)}")
    return name, table.columns[name]


def series(tables, options):
    figure, (axis, side) = plt.subplots(1, 2, sharey=True, figsize=(5.4, 2.4), width_ratios=[4, 1])
    for color, table in zip(COLORS * len(tables), tables):
        time, time_name = table.time()
        name, values = column_of(table, options.column)
        dot = 1.2 if len(values) > 2000 else 3.0
        axis.plot(time, values, ".", ms=dot, mew=0, color=color, rasterized=True)
        axis.plot([], [], "o", ms=3, color=color, label=label_of(table, tables))
        side.hist(finite(values, table.path), 80, orientation="horizontal", density=True,
                  histtype="stepfilled", color=color, alpha=0.6)
        axis.set_ylabel(options.label or axis_label(table, name))
        time_axis(axis, time_name)
    side.set(xlabel="histogram", xticks=[])
    for border in [] if options.split is None else np.ravel(options.split):
        for each in (axis, side):
            each.axhline(border, color=GRAY, lw=0.6, ls=":")
    axis.margins(x=0.01)
    if len(tables) > 1:
        axis.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=len(tables))
    return titled(figure, options, f"Time series of {name}")


def running_difference(above):
    """F(below) - F(above) in kT of all rows so far; NaN until both sides were seen."""
    n_above = np.cumsum(above)
    n_below = np.cumsum(~above)
    both = (n_above > 0) & (n_below > 0)
    return np.where(both, np.log(np.maximum(n_above, 1) / np.maximum(n_below, 1)), np.nan)


def populations(tables, options):
    if options.split is None:
        raise Trouble("populations needs --split: the value of the column that parts the basins")
    figure, (axis,) = panels(1, (3.4, 2.4))
    last = []
    for color, table in zip(COLORS * len(tables), tables):
        time, time_name = table.time()
        name, values = column_of(table, options.column)
        difference = running_difference(values > options.split)
        if np.isnan(difference[-1]):
            raise Trouble(f"{table.path}: column {name} is on one side of {options.split:g} all the time")
        last.append(difference[-1])
        axis.plot(time, difference, color=color, label=label_of(table, tables))
        below, above = f"{name} < {options.split:g}", f"{name} > {options.split:g}"
        axis.set_ylabel(f"F({below}) − F({above})  (kT)")
        time_axis(axis, time_name)
    centers = list(last)
    if options.difference is not None:
        centers.append(options.difference)
        axis.axhline(options.difference, color=INK, lw=1.0, ls="--", label=f"reference {options.difference:g}")
    axis.set_ylim(min(centers) - 1.0, max(centers) + 1.0)
    axis.margins(x=0.01)
    legend(axis)
    return titled(figure, options, f"Populations on both sides of {name} = {options.split:g}")
