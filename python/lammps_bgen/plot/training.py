# SPDX-License-Identifier: GPL-2.0-or-later
"""Training curves: losses, effective samples, rates."""

import matplotlib.ticker
import numpy as np
from matplotlib.lines import Line2D

from lammps_bgen.plot.drawing import COLORS, GRAY, label_of, panels, time_axis, titled
from lammps_bgen.table import STEPS
from lammps_bgen.trouble import Trouble


# (label of the axis, scale, [(column, words for the legend, line style)]); "loss" is linear, its start clipped
TRAINING = [
    (r"by example: $-\langle\ln q\rangle$ (kT)", "loss", [("ml", "training frames", "-"),
                                                     ("ml_test", "held-out frames", "--")]),
    (r"by energy: $\langle u + \ln q\rangle$ (kT)", "loss", [("kl", "", "-")]),
    ("weighted loss (kT)", "loss", [("loss", "", "-")]),
    ("effective samples (%)", "linear", [("ess", "", "-")]),
    ("acceptance (%)", "linear", [("acceptance", "", "-")]),
    ("BAR error (kT)", "log", [("bar_error", "", "-")]),
    ("outside the domain (%)", "linear", [("outside", "", "-")]),
    ("samples of a batch", "linear", [("capped", "above the energy cap", "-"),
                                      ("not_finite", "not finite", ":")]),
    ("learning rate", "log", [("lr", "", "-")]),
    ("gradient norm (kT)", "log", [("grad_norm", "", "-")]),
]


def same(table, a, b):
    """By one way of training alone, its loss is the loss."""
    return a in table.columns and b in table.columns and np.array_equal(table.columns[a], table.columns[b])


def known_panels(tables):
    """Panels and kinds of which any file has a number; counts of nothing but 0 are none, nor is a panel
    that repeats another."""
    found = {name for table in tables for name, column in table.columns.items()
             if (np.isfinite(column) & (column != 0)).any()}
    if all(same(table, "loss", "ml") or same(table, "loss", "kl") for table in tables):
        found.discard("loss")
    some = [(label, scale, [kind for kind in kinds if kind[0] in found]) for label, scale, kinds in TRAINING]
    some = [panel for panel in some if panel[2]]
    if not some:
        known = " ".join(kind[0] for _, _, kinds in TRAINING for kind in kinds)
        raise Trouble(f"{tables[0].path}: no column of training with a number above 0; it has {' '.join(tables[0].names)}, "
                      f"known are {known}")
    return some


def stages(step):
    """Steps counted on through all stages (each begins at its first step again), and where stages end."""
    starts = np.flatnonzero(np.diff(step) <= 0) + 1
    offset = np.zeros(len(step))
    for start in starts:
        offset[start:] += step[start - 1]
    return step + offset, (step + offset)[starts - 1]


def words_of(label, kinds):
    """The legend tells kinds apart only where there are two."""
    return f"{label}\n{kinds[0][1]}" if label.startswith("samples") and len(kinds) == 1 else label


def training_axis(axis, curves, kinds):
    """One panel: color tells file and basin, the style of the line the kind."""
    for color, (table, _, rows) in zip(COLORS * len(curves), curves):
        step, ends = stages(table.need(*STEPS)[rows])
        for column, _, dashes in kinds:
            if column in table.columns:
                axis.plot(step, table.columns[column][rows], dashes, color=color, lw=0.9, marker="." if len(step) == 1 else None)
        for end in ends:
            axis.axvline(end, color=GRAY, lw=0.5, ls=":", zorder=0)


def plain_numbers(axis):
    """Less than a decade: 0.02 and 3, not 2 x 10^-2 and 3 x 10^0."""
    low, high = axis.get_ylim()
    if high < 10.0 * low:
        axis.yaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        step = 1 if high > 2.2 * low else 0.5 if high > 1.6 * low else 0.2
        subs = (1, 2, 3, 5, 7) if high > 3.0 * low else np.arange(1, 10, step)
        axis.yaxis.set_minor_locator(matplotlib.ticker.LogLocator(subs=subs, numticks=99))
        axis.yaxis.set_minor_formatter(matplotlib.ticker.FormatStrFormatter("%g"))


def clip_start(axis, curves, kinds):
    """The first steps dwarf the rest: keep what 90 % of the points need."""
    values = np.concatenate([table.columns[name][rows] for table, _, rows in curves
                             for name, _, _ in kinds if name in table.columns])
    values = values[np.isfinite(values)]
    if len(values) <= 20:
        return
    low, high, top = np.min(values), np.quantile(values, 0.9), np.max(values)
    if top - low > 3.0 * (high - low) > 0.0:
        axis.set_ylim(low - 0.05 * (high - low), high + 0.1 * (high - low))


def training_legend(axis, curves, tables, shown):
    """In the place that is left, or below where none is."""
    handles = [Line2D([], [], color=color, label=label_of(table, tables, part) or table.label)
               for color, (table, part, _) in zip(COLORS * len(curves), curves)]
    styles = {}
    for words, dashes in (kind[1:] for _, _, kinds in shown if len(kinds) > 1 for kind in kinds):
        styles[dashes] = f"{styles[dashes]},\n{words}" if dashes in styles else words
    handles = handles * (len(handles) > 1)
    handles += [Line2D([], [], ls=dashes, color=GRAY, label=words) for dashes, words in styles.items()]
    if any(len(stages(table.need(*STEPS)[rows])[1]) for table, _, rows in curves):
        handles.append(Line2D([], [], color=GRAY, lw=0.5, ls=":", label="end of a stage"))
    if len(shown) % 3:
        axis.set_axis_off()
        axis.legend(handles=handles, loc="center left", fontsize=8.5).set_in_layout(False)
    elif handles:
        axis.figure.legend(handles=handles, loc="lower center", ncols=4, fontsize=8.5)
        axis.figure.get_layout_engine().set(rect=(0.0, 0.08, 1.0, 0.92))


def training(tables, options):
    shown = known_panels(tables)
    curves = [(table, part, rows) for table in tables for part, rows in table.basins()]
    figure, axes = panels(len(shown) + 1 if len(shown) % 3 else len(shown))
    for axis, (label, scale, kinds) in zip(axes, shown):
        training_axis(axis, curves, kinds)
        time_axis(axis, "training step")
        axis.set(ylabel=words_of(label, kinds), yscale="log" if scale == "log" else "linear")
        if scale == "log":
            plain_numbers(axis)
        if scale == "loss":
            clip_start(axis, curves, kinds)
    training_legend(axes[-1], curves, tables, shown)
    return titled(figure, options, "Training")
