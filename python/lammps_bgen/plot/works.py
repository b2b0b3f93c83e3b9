# SPDX-License-Identifier: GPL-2.0-or-later
"""Works from both sides, which cross at the free energy difference."""

import re

import matplotlib.ticker
import numpy as np

from lammps_bgen.plot.drawing import BLUE, INK, ORANGE, finite, label_of, panels, titled
from lammps_bgen.trouble import Trouble


def works_range(there, back, tail=0.0):
    """From where the ways meet to where most of each is: overlaps of atoms can make the far tails endless."""
    both = [np.quantile(there, [tail, 0.85]), np.quantile(-back, [0.15, 1.0 - tail])]
    low, high = min(b[0] for b in both), max(b[1] for b in both)
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def works_axis(axis, pair, there, back, difference, tail=0.0, symbol="\\Delta F"):
    """Crooks: p(W) of one way and p(-W) of the other cross at the difference, if each is a share of all attempts
    of its way."""
    a, b = pair
    bins = np.linspace(*works_range(finite(there, f"works from {a} to {b}"), finite(back, f"works from {b} to {a}"), tail), 51)
    for color, works, label in ((BLUE, there, f"$W$, {a} to {b}"), (ORANGE, -back, f"$-W$, {b} to {a}")):
        weights = np.full(len(works), 1.0 / (len(works) * (bins[1] - bins[0])))
        beyond = np.mean((works < bins[0]) | (works > bins[-1]))
        text = f"{label} ({100 * beyond:.0f} % beyond)" if beyond >= 0.005 else label
        axis.hist(works, bins, weights=weights, histtype="stepfilled", color=color, alpha=0.25)
        axis.hist(works, bins, weights=weights, histtype="step", color=color, lw=1.2, label=text)
    if difference is not None:
        axis.axvline(difference, ymax=1 / 1.4, color=INK, lw=1.0, ls="--", label=f"${symbol} = {difference:.6g}$ kT")
    axis.set(xlabel="work (kT)", ylabel="density (1/kT)", xlim=(bins[0], bins[-1]))
    axis.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    axis.set_ylim(top=1.4 * axis.get_ylim()[1])  # room for the legend
    axis.legend(loc="upper right")


def works(tables, options):
    """A panel for each move and pair of basins that was tried both ways, the basin that comes first in the file as a."""
    shown = {}
    for table in tables:
        lists = table.works()
        for move, a, b in lists:
            if options.move in (None, move) and (table, move, b, a) not in shown and a != b and (move, b, a) in lists:
                shown[table, move, a, b] = lists[move, a, b], lists[move, b, a]
    if not shown:
        raise Trouble(f"{tables[0].path}: no move {options.move or ''} has works both ways".replace("  ", " "))
    figure, axes = panels(len(shown), (3.4, 2.5))
    for axis, ((table, move, *pair), both) in zip(axes, shown.items()):
        works_axis(axis, pair, *both, options.difference)
        axis.set_title(label_of(table, tables, move.replace("_", " ")), loc="left")
    return titled(figure, options, "Works there and back")


def number_or_none(word):
    try:
        return float(word)
    except ValueError:
        return None


def sides(tables, options):
    """A panel for each basin: works u + ln q of all samples of its flow, and of frames."""
    flow, frames = tables if len(tables) == 2 else (None, None)
    if flow is None or "flow" not in flow.columns or "flow" not in frames.columns:
        raise Trouble("sides wants the files NAME.flow.dat and NAME.md.dat of free_energy")
    names = flow.basin_names()
    if not names:
        raise Trouble(f"{flow.path}: no line '# ... basins: 1 NAME ...' tells its basins")
    figure, axes = panels(len(names), (3.4, 2.5))
    for axis, (k, name) in zip(axes, names.items()):
        inside = (flow.need("basin") == k) & (flow.need("in_domain") == 1)
        work = np.where(inside, flow.need("u") + flow.need("log_q"), np.inf)
        back = -(frames.need("u") + frames.need("log_q"))[frames.need("flow") == k]
        found = re.search(rf"F\({re.escape(name)}\) = (\S+)", " ".join(flow.comments))
        value = number_or_none(found.group(1)) if found else None
        works_axis(axis, ("flow", name), work[flow.need("flow") == k], back, value, 0.002, "F")
        axis.set_title(name, loc="left")
    return titled(figure, options, "Works of flow samples and of MD frames")
