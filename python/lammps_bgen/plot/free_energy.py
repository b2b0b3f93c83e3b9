# SPDX-License-Identifier: GPL-2.0-or-later
"""F as it converges, and differences over seeds."""

import matplotlib.pyplot as plt
import matplotlib.ticker
import numpy as np

from lammps_bgen.plot.drawing import BLUE, GRAY, GREEN, INK, ORANGE, PAPER, finite, legend, panels, titled
from lammps_bgen.plot.profile import profiles
from lammps_bgen.table import FREE_ENERGIES
from lammps_bgen.trouble import Trouble


WAYS = [("F", "error", "both sides", BLUE, "o"), ("from_flow", "error_flow", "samples alone", ORANGE, "v"),
        ("from_frames", "error_frames", "frames alone", GREEN, "^")]


def convergence(tables, options):
    """A panel for each basin, and one for the difference of the first two."""
    table, n = tables[0], tables[0].need("samples")
    names = [name[2:-1] for name in table.names if name.startswith("F(")]
    if not names:
        raise Trouble(f"{table.path}: no column F(NAME); it has {' '.join(table.names)}")
    for name in names:
        finite(table.need(f"F({name})"), f"{table.path}, column F({name})")
    sets = [({key: table.need(f"{key}({name})") for way in WAYS for key in way[:2]}, f"F({name})") for name in names]
    if len(names) > 1:
        (a, first), (b, second) = sets[:2]
        change = {value: a[value] - b[value] for value, *_ in WAYS}
        change.update({error: np.hypot(a[error], b[error]) for _, error, *_ in WAYS})
        sets.append((change, f"{first} − {second}"))
    figure, axes = panels(len(sets), (3.0, 2.4))
    for axis, (values, words) in zip(axes, sets):
        for shift, (value, error, label, color, marker) in enumerate(WAYS):
            unknown = ~np.isfinite(values[error])
            where, bars = n * 1.06 ** (shift - 1), np.where(unknown, 0.0, values[error])
            axis.errorbar(where, values[value], bars, fmt=marker + "-", ms=3, lw=0.9, capsize=1.5, color=color,
                          label=label)
            if unknown.any():  # hollow, lest they look exact
                axis.plot(where[unknown], values[value][unknown], marker, ms=3, color=color, mfc=PAPER, zorder=6)
                axes[-1].plot([], [], "o", ms=3, color=GRAY, mfc=PAPER, label="error unknown")
        axis.set(xscale="log", xlabel="samples of the flow", ylabel=f"{words}  (kT)")
        axis.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(6))
    if options.label:
        axes[-1].set_ylabel(f"{options.label}  (kT)")
    if options.difference is not None:
        axes[-1].axhline(options.difference, color=INK, lw=1.0, ls="--", label="reference", zorder=5)
    low, high = axes[-1].get_ylim()
    handles = dict(zip(*reversed(axes[-1].get_legend_handles_labels())))  # each label once
    axes[-1].set_ylim(low, high + 0.16 * len(handles) * (high - low))  # room for the legend
    axes[-1].legend(handles.values(), handles.keys(), loc="upper right")
    return titled(figure, options, "Convergence of free energies")


def differences(axis, table, options):
    """Columns seed, F and error, one point a seed."""
    seeds = table.columns[table.names[0]]
    axis.errorbar(seeds, table.need(*FREE_ENERGIES), table.need("error"), fmt="o", ms=3.5, capsize=2.5, color=BLUE)
    if options.expected is not None:
        axis.axhline(options.expected, color=INK, lw=1.0, ls="--", label=f"reference {options.expected:g}")
    axis.set(xlabel=table.names[0], ylabel=options.label or "difference (kT)", xticks=seeds)
    axis.margins(x=0.15, y=0.35)
    axis.ticklabel_format(axis="y", useOffset=False)
    legend(axis)


def summary(tables, options):
    if len(tables) < 2:
        raise Trouble("summary needs the differences of the seeds and their profiles")
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.6), width_ratios=[2, 3], dpi=130)  # small: it is committed
    differences(left, tables[0], options)
    profiles(right, tables[1:], options.reference, None)
    return titled(figure, options, "Free energies of several seeds")
