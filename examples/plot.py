#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws bgen's text results. A table has lines that begin with #, the last of them names the columns; then numbers.

  plot.py training    FILE...               all that train printed: losses, effective samples, rates
  plot.py energies    FILE...               reduced energies (column u) of MD frames and of flow samples
  plot.py profile     FILE... --reference FILE      F along a collective variable with its error, or along two of them
  plot.py series      FILE... --column d    a column against time, and its histogram
  plot.py populations FILE... --column d --split 1.5 --reference -6.761     F(below) - F(above) as it converges
  plot.py works       FILE... --move driven --difference 6.76      works there and back, which cross at F(b) - F(a)
  plot.py sides       NAME.flow.dat NAME.md.dat     works from samples and from frames, which cross at F = -ln Z
  plot.py convergence FILE                  F against the number of samples, by both sides and by either
  plot.py plane       NAME.flow.dat NAME.md.dat --columns phi psi     MD frames, flow samples, and samples reweighted, side by side
  plot.py summary     SEEDS FILES... --reference FILE --expected -6.761    differences F of seeds, and profiles

A FILE may be given as NAME=FILE; NAME then stands in the legend. Each takes -o FILE.png.
"""

import argparse
import math
import pathlib
import re
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import matplotlib.ticker
import numpy as np
from matplotlib.lines import Line2D

# Okabe and Ito's palette: told apart by everybody, and in print
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
COLORS = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY]
GRAY = "#555555"
STYLE = {
    "figure.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": matplotlib.cycler(color=COLORS),
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "legend.handlelength": 1.6,
    "lines.linewidth": 1.2,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
}
PANEL = 2.5, 2.0  # inches

STEPS = ["step", "Step", "TimeStep", "iteration"]
TIMES = STEPS + ["time", "Time", "index", "frame"]
ENERGIES = ["u", "pe", "PotEng", "c_thermo_pe"]
FREE_ENERGIES = ["F", "F/kT", "free_energy"]
WORDS = ["move", "from", "to"]  # columns of names, not of numbers
MOST_ERROR = 0.7  # kT: bins of one or two points must not squeeze the others


class Trouble(Exception):
    """Something that the user can put right, in one sentence."""


# ---- tables ---------------------------------------------------------------------------------------------


class Table:
    """Columns by name. A file that was appended to may repeat its # lines, with the same names."""

    def __init__(self, argument):
        name, _, path = argument.rpartition("=")
        self.path = path
        self.label = name or pathlib.Path(path).stem.replace("_", " ")
        self.comments, self.names, rows = [], [], []
        for number, line in enumerate(self.lines(), 1):
            if line.startswith("#"):
                self.comments.append(line[1:].strip())
            elif line:
                rows.append(self.row(number, line, first=not rows))
        if not rows:
            raise Trouble(f"{path}: no numbers below the # lines")
        self.columns = {name: np.array(column) for name, column in zip(self.names, zip(*rows), strict=True)}
        self.n = len(rows)

    def lines(self):
        try:
            text = pathlib.Path(self.path).read_text()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not a text file"
            raise Trouble(f"{self.path}: cannot be read ({reason})") from error
        return [line.strip() for line in text.splitlines()]

    def row(self, number, line, first):
        if first:
            self.names = self.comments[-1].split() if self.comments else []
        words = line.split()
        if not self.names:
            raise Trouble(f"{self.path}: needs a line '# name name ...' above its numbers")
        if len(words) != len(self.names):
            raise Trouble(f"{self.path}, line {number}: {len(words)} numbers for {len(self.names)} columns "
                          f"({' '.join(self.names)})")
        try:
            return [word if name in WORDS else float(word) for name, word in zip(self.names, words)]
        except ValueError as error:
            raise Trouble(f"{self.path}, line {number}: {error}") from error

    def find(self, names):
        """The first of these columns that there is, or None."""
        return next((name for name in names if name in self.columns), None)

    def need(self, *names):
        name = self.find(names)
        if name is None:
            raise Trouble(f"{self.path}: no column {' or '.join(names)}; it has {' '.join(self.names)}")
        return self.columns[name]

    def time(self):
        """Numbers and name of the axis to draw against: rows, if no column tells the time."""
        name = self.find(TIMES)
        return (self.columns[name], name.lower()) if name else (np.arange(1.0, self.n + 1), "row")

    def basin_names(self):
        """From a comment like "basins: 1 closed 2 open"."""
        for comment in self.comments:
            words = comment.partition("basins:")[2].split()
            if words:
                return {float(k): name for k, name in zip(words[::2], words[1::2])}
        return {}

    def basins(self):
        """(legend, rows) of each basin; one pair, without a legend, if there is no such column."""
        if "basin" not in self.columns:
            return [("", np.full(self.n, True))]
        names, basin = self.basin_names(), self.columns["basin"]
        return [(names.get(k, f"basin {k:g}"), basin == k) for k in np.unique(basin)]


def label_of(table, tables, part=""):
    """Words for a legend: which file, if there are several, and which part of it."""
    return ", ".join(word for word in (table.label if len(tables) > 1 else "", part) if word)


# ---- drawing --------------------------------------------------------------------------------------------


def panels(n, size=PANEL):
    """A figure of n panels in up to three columns; unused places stay empty."""
    across = min(n, 3)
    down = math.ceil(n / across)
    figure, axes = plt.subplots(down, across, figsize=(size[0] * across, size[1] * down), squeeze=False)
    for unused in axes.flat[n:]:
        unused.set_axis_off()
    return figure, list(axes.flat[:n])


def legend(axis, **options):
    if axis.get_legend_handles_labels()[1]:
        axis.legend(**options)


def time_axis(axis, name):
    """Steps are many: few ticks, powers of ten apart."""
    axis.set_xlabel(name)
    axis.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    axis.ticklabel_format(axis="x", style="sci", scilimits=(-3, 5), useMathText=True)


def finite(values, what):
    values = values[np.isfinite(values)]
    if not len(values):
        raise Trouble(f"{what}: not a single finite number")
    return values


# ---- training -------------------------------------------------------------------------------------------

# (label of the axis, scale, [(column, words for the legend, line style)]); "loss" is linear, its start clipped
TRAINING = [
    (r"by example: $-\langle\log q\rangle$", "loss", [("ml", "training frames", "-"),
                                                     ("ml_test", "held-out frames", "--")]),
    (r"by energy: $\langle u + \log q\rangle$", "loss", [("kl", "", "-")]),
    ("weighted loss (kT)", "loss", [("loss", "", "-")]),
    ("effective samples (%)", "linear", [("ess", "", "-")]),
    ("acceptance (%)", "linear", [("acceptance", "", "-")]),
    ("BAR error (kT)", "log", [("bar_error", "", "-")]),
    ("outside the domain (%)", "linear", [("outside", "", "-")]),
    ("samples of a batch", "linear", [("capped", "above the energy cap", "-"),
                                      ("not_finite", "not finite", ":")]),
    ("learning rate", "log", [("lr", "", "-")]),
    ("norm of the gradient", "log", [("grad_norm", "", "-")]),
]


def same(table, a, b):
    """By one way of training alone, its loss is the loss."""
    return a in table.columns and b in table.columns and np.array_equal(table.columns[a], table.columns[b])


def known_panels(tables):
    """The panels and kinds of which any file has a number; counts of nothing but 0 are none, nor is a panel that repeats another."""
    found = {name for table in tables for name, column in table.columns.items()
             if (np.isfinite(column) & (column != 0)).any()}
    if all(same(table, "loss", "ml") or same(table, "loss", "kl") for table in tables):
        found.discard("loss")
    some = [(label, scale, [kind for kind in kinds if kind[0] in found]) for label, scale, kinds in TRAINING]
    some = [panel for panel in some if panel[2]]
    if not some:
        known = " ".join(kind[0] for _, _, kinds in TRAINING for kind in kinds)
        raise Trouble(f"{tables[0].path}: nothing to draw; it has {' '.join(tables[0].names)}, known are {known}")
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
                axis.plot(step, table.columns[column][rows], dashes, color=color, lw=0.9)
        for end in ends:
            axis.axvline(end, color=GRAY, lw=0.5, ls=":", zorder=0)


def plain_numbers(axis):
    """Less than a decade: 0.02 and 3, not 2 x 10^-2 and 3 x 10^0."""
    low, high = axis.get_ylim()
    if high < 10.0 * low:
        axis.yaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        subs = (1, 2, 3, 5, 7) if high > 3.0 * low else np.arange(1, 10, 1 if high > 2.2 * low else 0.5 if high > 1.6 * low else 0.2)
        axis.yaxis.set_minor_locator(matplotlib.ticker.LogLocator(subs=subs, numticks=99))
        axis.yaxis.set_minor_formatter(matplotlib.ticker.FormatStrFormatter("%g"))


def clip_start(axis, curves, kinds):
    """The first steps dwarf the rest: keep what 90 % of the points need."""
    values = np.concatenate([table.columns[name][rows] for table, _, rows in curves
                             for name, _, _ in kinds if name in table.columns])
    values = values[np.isfinite(values)]
    low, high, top = np.min(values), np.quantile(values, 0.9), np.max(values)
    if len(values) > 20 and top - low > 3.0 * (high - low) > 0.0:
        axis.set_ylim(low - 0.05 * (high - low), high + 0.1 * (high - low))


def training_legend(axis, curves, tables, shown):
    """In the place that is left, or below where none is."""
    handles = [Line2D([], [], color=color, label=label_of(table, tables, part) or table.label)
               for color, (table, part, _) in zip(COLORS * len(curves), curves)]
    styles = {}
    for words, dashes in (kind[1:] for _, _, kinds in shown if len(kinds) > 1 for kind in kinds):
        styles[dashes] = f"{styles[dashes]},\n{words}" if dashes in styles else words
    handles = handles * (len(handles) > 1) + [Line2D([], [], ls=dashes, color=GRAY, label=words) for dashes, words in styles.items()]
    if any(len(stages(table.need(*STEPS)[rows])[1]) for table, _, rows in curves):
        handles.append(Line2D([], [], color=GRAY, lw=0.5, ls=":", label="end of a stage"))
    if len(shown) % 3:
        axis.set_axis_off()
        axis.legend(handles=handles, loc="center left", fontsize=8.5).set_in_layout(False)
    elif handles:
        axis.figure.legend(handles=handles, loc="lower center", ncols=4, fontsize=8.5)
        axis.figure.get_layout_engine().set(rect=(0.0, 0.08, 1.0, 0.92))


def training(tables, _):
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
    return figure


# ---- energies -------------------------------------------------------------------------------------------


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
    axis.set(xlabel=r"reduced energy $u = U/kT$", ylabel="probability density", xlim=(low, high))
    axis.margins(y=0.02)
    axis.set_ylim(top=1.35 * axis.get_ylim()[1])  # room for the legend
    axis.legend(loc="upper right")


def energies(tables, _):
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
    return figure


# ---- profile --------------------------------------------------------------------------------------------


def read_profile(table):
    """Coordinate (the first column), F, and its error or 0. F is NaN in bins that nothing visited, the error inf where it is unknown."""
    s, free_energy = table.columns[table.names[0]], table.need(*FREE_ENERGIES)
    finite(free_energy, f"{table.path}, column F")
    return s, np.where(np.isfinite(free_energy), free_energy, np.nan), table.columns.get("error", np.zeros(len(s)))


def offset_from(s, free_energy, reference):
    """Profiles are known up to a constant: the one that fits best, or the lowest point at 0."""
    if reference is None:
        return np.nanmin(free_energy)
    expected = np.interp(s, *reference, left=np.nan, right=np.nan)
    common = np.isfinite(expected) & np.isfinite(free_energy)
    if not common.any():
        raise Trouble("the profile and its reference have no common range")
    expected, free_energy = expected[common], free_energy[common]
    weights = np.exp(-np.minimum(expected - np.min(expected), 700.0))  # fitted where the system is
    return np.average(free_energy - expected, weights=weights)


def alone(values):
    """Bins between two that nothing visited: no line and no band shows them."""
    seen = np.concatenate([[False], np.isfinite(values), [False]])
    return seen[1:-1] & ~seen[:-2] & ~seen[2:]


def draw_profile(axis, table, reference, color):
    """A line with a band, and where bins are alone a point with its bar. Crosses have no known error, and no line joins them.
    Returns the highest F that is known, by the profile or between its ends by the reference."""
    s, whole, error = read_profile(table)
    free_energy = np.where(np.isfinite(error), whole, np.nan)
    zero = offset_from(s, free_energy if np.isfinite(free_energy).any() else whole, reference)
    guess, free_energy = np.where(np.isinf(error), whole - zero, np.nan), free_energy - zero
    axis.plot(s, free_energy, "o-", ms=2.2 if len(s) < 150 else 0.0, mew=0, color=color, label=table.label)
    axis.fill_between(s, free_energy - error, free_energy + error, color=color, alpha=0.3, lw=0)
    points = alone(free_energy)
    axis.vlines(s[points], (free_energy - error)[points], (free_energy + error)[points], color=color, alpha=0.3, lw=2.2)
    if np.isfinite(guess).any():
        axis.plot(s, guess, "x", ms=2.2, mew=0.6, color=color, alpha=0.6, label="error unknown")
    known = np.isfinite(free_energy) & (error < MOST_ERROR)
    if not known.any():
        return np.nanmax(np.concatenate([guess, free_energy, [1.0]]))
    between = [] if reference is None else reference[1][(reference[0] > np.min(s[known])) & (reference[0] < np.max(s[known]))]
    return np.nanmax(np.append(free_energy[known], between))


def profiles(axis, tables, reference_path, label):
    reference = None
    if reference_path:
        s, free_energy, _ = read_profile(Table(reference_path))
        reference = s, free_energy - np.nanmin(free_energy)
        axis.plot(*reference, color="black", lw=1.0, ls="--", label="reference", zorder=5)
    top = max(draw_profile(axis, *each) for each in zip(tables, [reference] * len(tables), COLORS * len(tables)))
    ends = np.concatenate([table.columns[table.names[0]] for table in tables])
    axis.set(xlabel=label or tables[0].names[0], ylabel=r"free energy $F/kT$",
             xlim=(np.min(ends), np.max(ends)), ylim=(-0.04 * top, 1.04 * top))
    legend(axis)


def is_plane(table):
    """Two variables before F."""
    return table.n > 0 and table.names[1:2] != [table.find(FREE_ENERGIES)]


def plane(table, options):
    """F of two variables and its error, side by side: white where nothing was seen, or the error is unknown."""
    x, y = (table.columns[name] for name in table.names[:2])
    free_energy, error = (np.where(np.isfinite(table.need("error")), values, np.nan) for values in (table.need(*FREE_ENERGIES), table.need("error")))
    free_energy = free_energy - np.nanmin(free_energy)
    top = np.max(free_energy[error < MOST_ERROR], initial=0.0) or None
    figure, axes = panels(2, (3.4, 2.7))
    for axis, values, words, high in zip(axes, (free_energy, error), (r"free energy $F/kT$", "error (kT)"), (top, None)):
        mesh = axis.pcolormesh(np.unique(x), np.unique(y), values.reshape(len(np.unique(y)), len(np.unique(x))), shading="nearest",
                               cmap="viridis", vmax=high, rasterized=True)
        axis.set(xlabel=options.label or table.names[0], ylabel=table.names[1].removeprefix("v_"))
        figure.colorbar(mesh, ax=axis, label=words)
    return figure


def profile(tables, options):
    if is_plane(tables[0]):
        return plane(tables[0], options)
    figure, (axis,) = panels(1, (3.4, 2.6))
    profiles(axis, tables, options.reference, options.label)
    return figure


# ---- summary over seeds ---------------------------------------------------------------------------------


def differences(axis, table, options):
    """Columns seed, F and error, one point a seed."""
    seeds = table.columns[table.names[0]]
    axis.errorbar(seeds, table.need(*FREE_ENERGIES), table.need("error"), fmt="o", ms=3.5, capsize=2.5, color=BLUE)
    if options.expected is not None:
        axis.axhline(options.expected, color="black", lw=1.0, ls="--", label=f"reference {options.expected:g}")
    axis.set(xlabel=table.names[0], ylabel=options.label or r"$\Delta F/kT$", xticks=seeds)
    axis.margins(x=0.15, y=0.35)
    axis.ticklabel_format(axis="y", useOffset=False)
    legend(axis)


def summary(tables, options):
    if len(tables) < 2:
        raise Trouble("summary needs the differences of the seeds and their profiles")
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.4), width_ratios=[2, 3], dpi=130)  # small: it is committed
    differences(left, tables[0], options)
    profiles(right, tables[1:], options.reference, None)
    return figure


# ---- series and populations -----------------------------------------------------------------------------


def column_of(table, wanted):
    """The column asked for, or the first that is neither time nor energy."""
    if wanted:
        return wanted, table.need(wanted)
    name = next((n for n in table.names if n not in TIMES + ENERGIES), None)
    if name is None:
        raise Trouble(f"{table.path}: which column? --column one of {' '.join(table.names)}")
    return name, table.columns[name]


def series(tables, options):
    figure, (axis, side) = plt.subplots(1, 2, sharey=True, figsize=(5.4, 2.2), width_ratios=[4, 1])
    for color, table in zip(COLORS * len(tables), tables):
        time, time_name = table.time()
        name, values = column_of(table, options.column)
        dot = 1.2 if len(values) > 2000 else 3.0
        axis.plot(time, values, ".", ms=dot, mew=0, color=color, rasterized=True)
        axis.plot([], [], "o", ms=3, color=color, label=label_of(table, tables))
        side.hist(finite(values, table.path), 80, orientation="horizontal", density=True,
                  histtype="stepfilled", color=color, alpha=0.6)
        axis.set_ylabel(options.label or name)
        time_axis(axis, time_name)
    side.set(xlabel="density", xticks=[])
    for each in (axis, side):
        if options.split is not None:
            each.axhline(options.split, color=GRAY, lw=0.6, ls=":")
    axis.margins(x=0.01)
    if len(tables) > 1:
        axis.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=len(tables))
    return figure


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
    if options.reference is not None:
        try:
            centers.append(float(options.reference))
        except ValueError as error:
            raise Trouble(f"populations wants a number for --reference, not {options.reference}") from error
        axis.axhline(centers[-1], color="black", lw=1.0, ls="--", label=f"reference {centers[-1]:g}")
    axis.set_ylim(min(centers) - 1.0, max(centers) + 1.0)
    axis.margins(x=0.01)
    legend(axis)
    return figure


# ---- works ----------------------------------------------------------------------------------------------


def works_range(there, back, tail=0.0):
    """From where the ways meet to where most of each is: overlaps of atoms can make the far tails endless."""
    both = [np.quantile(there, [tail, 0.85]), np.quantile(-back, [0.15, 1.0 - tail])]
    low, high = min(b[0] for b in both), max(b[1] for b in both)
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def works_axis(axis, pair, there, back, difference, tail=0.0, symbol="\\Delta F"):
    """Crooks: p(W) of one way and p(-W) of the other cross at the difference, if each is a share of all attempts of its way."""
    a, b = pair
    bins = np.linspace(*works_range(finite(there, f"works from {a} to {b}"), finite(back, f"works from {b} to {a}"), tail), 51)
    for color, works, label in ((BLUE, there, f"$W$, {a} to {b}"), (ORANGE, -back, f"$-W$, {b} to {a}")):
        weights = np.full(len(works), 1.0 / (len(works) * (bins[1] - bins[0])))
        beyond = np.mean((works < bins[0]) | (works > bins[-1]))
        text = f"{label} ({100 * beyond:.0f} % beyond)" if beyond >= 0.005 else label
        axis.hist(works, bins, weights=weights, histtype="stepfilled", color=color, alpha=0.25)
        axis.hist(works, bins, weights=weights, histtype="step", color=color, lw=1.2, label=text)
    if difference is not None:
        axis.axvline(difference, ymax=1 / 1.4, color="black", lw=1.0, ls="--", label=f"${symbol} = {difference:.6g}$ kT")
    axis.set(xlabel="work (kT)", ylabel="probability density", xlim=(bins[0], bins[-1]))
    axis.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    axis.set_ylim(top=1.4 * axis.get_ylim()[1])  # room for the legend
    axis.legend(loc="upper right")


def works(tables, options):
    """A panel for each move and pair of basins that was tried both ways, the basin that comes first in the file as a."""
    shown = {}
    for table in tables:
        keys = list(zip(*(table.need(name) for name in WORDS)))
        for move, a, b in dict.fromkeys(keys):
            if options.move in (None, move) and (table, move, b, a) not in shown and (move, b, a) in set(keys):
                shown[table, move, a, b] = [table.need("work")[[key == (move, *pair) for key in keys]] for pair in ((a, b), (b, a))]
    if not shown:
        raise Trouble(f"{tables[0].path}: no move {options.move or ''} has works both ways".replace("  ", " "))
    figure, axes = panels(len(shown), (3.4, 2.5))
    for axis, ((table, move, *pair), both) in zip(axes, shown.items()):
        works_axis(axis, pair, *both, options.difference)
        axis.set_title(label_of(table, tables, move.replace("_", " ")), loc="left")
    return figure


# ---- free energies --------------------------------------------------------------------------------------


def sides(tables, options):
    """A panel for each basin: works u + ln q of all samples of its flow, and of frames."""
    flow, frames = tables if len(tables) == 2 else (None, None)
    if flow is None or "flow" not in flow.columns or "flow" not in frames.columns:
        raise Trouble("sides wants the files NAME.flow.dat and NAME.md.dat of free_energy")
    names = flow.basin_names()
    figure, axes = panels(len(names), (3.4, 2.5))
    for axis, (k, name) in zip(axes, names.items()):
        work = np.where((flow.need("basin") == k) & (flow.need("in_domain") == 1), flow.need("u") + flow.need("log_q"), np.inf)
        back = -(frames.need("u") + frames.need("log_q"))[frames.need("flow") == k]
        found = re.search(rf"F\({re.escape(name)}\) = (\S+)", " ".join(flow.comments))
        works_axis(axis, ("flow", name), work[flow.need("flow") == k], back, float(found.group(1)) if found else None, 0.002, "F")
        axis.set_title(name, loc="left")
    return figure


WAYS = [("F", "error", "both sides", BLUE, "o"), ("from_flow", "error_flow", "samples alone", ORANGE, "v"),
        ("from_frames", "error_frames", "frames alone", GREEN, "^")]


def convergence(tables, options):
    """A panel for each basin, and one for the difference of the first two."""
    table, n = tables[0], tables[0].need("samples")
    names = [name[2:-1] for name in table.names if name.startswith("F(")]
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
            axis.errorbar(where, values[value], bars, fmt=marker + "-", ms=3, lw=0.9, capsize=1.5, color=color, label=label)
            if unknown.any():  # hollow, lest they look exact
                axis.plot(where[unknown], values[value][unknown], marker, ms=3, color=color, mfc="white", zorder=6)
                axes[-1].plot([], [], "o", ms=3, color=GRAY, mfc="white", label="error unknown")
        axis.set(xscale="log", xlabel="samples of the flow", ylabel=f"{words}  (kT)")
        axis.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(6))
    if options.label:
        axes[-1].set_ylabel(f"{options.label}  (kT)")
    if options.difference is not None:
        axes[-1].axhline(options.difference, color="black", lw=1.0, ls="--", label="reference", zorder=5)
    low, high = axes[-1].get_ylim()
    handles = dict(zip(*reversed(axes[-1].get_legend_handles_labels())))  # each label once
    axes[-1].set_ylim(low, high + 0.16 * len(handles) * (high - low))  # room for the legend
    axes[-1].legend(handles.values(), handles.keys(), loc="upper right")
    return figure


# ---- points in a plane ----------------------------------------------------------------------------------

BINS = 60
DEEPEST = 10.0  # kT


def free_energies(table):
    """{number of the basin: its F}, from the comments of free_energy."""
    found = dict(re.findall(r"F\(([^()]+)\) = (\S+)", " ".join(table.comments)))
    return {k: float(found[name]) for k, name in table.basin_names().items()}


def weights_of(table, reweighted):
    """Of points of the basins: each basin counts e^-F, or each point of a flow e^-u/q."""
    flow, found = table.need("flow"), free_energies(table)
    lowest = min(found.values())
    inside = flow == table.need("basin")
    if "in_domain" in table.columns:
        inside &= table.need("in_domain") == 1
    weights = np.zeros(table.n)
    for k, f in found.items():
        rows = inside & (flow == k)
        log_w = table.need("log_w")[rows] if reweighted else np.full(np.count_nonzero(rows), -f)
        weights[rows] = np.exp(log_w + lowest) / max(1, np.count_nonzero(flow == k if reweighted else rows))
    return weights


def circle_or_range(values):
    """Dihedral angles have their whole circle, other columns what the points need."""
    low, high = np.min(values), np.max(values)
    return (-180.0, 180.0) if -180.0 <= low < -90.0 and 90.0 < high <= 180.0 else (low, high)


def points_in_a_plane(tables, options):
    if len(tables) != 2 or "flow" not in tables[0].columns:
        raise Trouble("plane wants the files NAME.flow.dat and NAME.md.dat of free_energy")
    x, y = options.columns
    ranges = [circle_or_range(np.concatenate([table.need(name) for table in tables])) for name in (x, y)]
    figure, axes = panels(3, (2.5, 2.4))
    kinds = [(tables[1], False, "MD"), (tables[0], False, "flow"), (tables[0], True, "flow, reweighted")]
    for axis, (table, reweighted, title) in zip(axes, kinds):
        density, *edges = np.histogram2d(table.need(x), table.need(y), BINS, ranges, weights=weights_of(table, reweighted))
        with np.errstate(divide="ignore"):
            free_energy = -np.log(density.T / np.max(density))
        mesh = axis.pcolormesh(*edges, np.where(free_energy < DEEPEST, free_energy, np.nan), vmin=0.0, vmax=DEEPEST, cmap="viridis",
                               rasterized=True)
        axis.set(xlabel=x, ylabel=y)
        for ticks, (low, high) in zip((axis.set_xticks, axis.set_yticks), ranges):
            ticks(np.linspace(low, high, 5) if high - low == 360.0 else np.linspace(low, high, 3))
        axis.set_title(title, loc="left")
    figure.colorbar(mesh, ax=axes, label=r"free energy $F/kT$")
    return figure


# ---- command line ---------------------------------------------------------------------------------------

COMMANDS = {"training": training, "energies": energies, "profile": profile, "series": series,
            "populations": populations, "summary": summary, "works": works, "sides": sides, "convergence": convergence,
            "plane": points_in_a_plane}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--reference", metavar="FILE", help="of profile and summary: a table; of populations: a number")
    parser.add_argument("--expected", type=float, help="of summary: the difference")
    parser.add_argument("--column", help="of series and populations")
    parser.add_argument("--columns", nargs=2, default=["phi", "psi"], metavar="NAME", help="of plane")
    parser.add_argument("--split", type=float, help="of series and populations")
    parser.add_argument("--move", help="of works: the only one to draw")
    parser.add_argument("--difference", type=float, help="of works: F(b) - F(a) in kT; of convergence: that of the first two basins")
    parser.add_argument("--label", help="words for the axis of the collective variable, or of the free energy")
    parser.add_argument("-o", "--output", metavar="FILE", help="the picture (default: command.png)")
    return parser.parse_args()


def save(figure, path):
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:  # ValueError: an ending that is no kind of picture
        raise Trouble(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


def main():
    options = arguments()
    plt.rcParams.update(STYLE)
    output = options.output or f"{options.command}.png"
    try:
        figure = COMMANDS[options.command]([Table(argument) for argument in options.files], options)
        save(figure, output)
    except Trouble as error:
        sys.exit(f"plot.py {options.command}: {error}")
    print(f"wrote {output}")


if __name__ == "__main__":
    main()
