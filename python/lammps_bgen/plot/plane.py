# SPDX-License-Identifier: GPL-2.0-or-later
"""Points in the plane of two columns: MD frames, flow samples, and samples reweighted."""

import re

import numpy as np
from matplotlib.ticker import FixedLocator, MaxNLocator

from lammps_bgen.plot.drawing import finite, panels, titled
from lammps_bgen.quantities import axis_label
from lammps_bgen.trouble import Trouble


BINS = 60
DEEPEST = 10.0  # kT
POINTS = ("flow", "basin", "in_domain", "u", "log_q", "log_w")


def free_energies(table):
    """{number of the basin: its F}, from the comments of free_energy."""
    found = dict(re.findall(r"F\(([^()]+)\) = (\S+)", " ".join(table.comments)))
    try:
        return {k: float(found[name]) for k, name in table.basin_names().items()}
    except (KeyError, ValueError) as error:
        raise Trouble(f"{table.path}: no line '# F(NAME) = ... kT' for each of its basins") from error


def weights_of(table, reweighted):
    """Of points of the basins: each basin counts e^-F, or each point of a flow e^-u/q."""
    flow, found = table.need("flow"), free_energies(table)
    if not found:
        raise Trouble(f"{table.path}: no line '# ... basins: 1 NAME ...' tells its basins")
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


def cvs_of(table):
    """The two columns after those that every such file has."""
    found = [name for name in table.names if name not in POINTS]
    if len(found) < 2:
        raise Trouble(f"{table.path}: a plane needs two collective variables; which columns? --columns X Y, of "
                      f"{' '.join(table.names)}")
    return found[:2]


def circle_or_range(values):
    """Dihedral angles have their whole circle, other columns what the points need."""
    low, high = np.min(finite(values, "the points")), np.max(finite(values, "the points"))
    return (-180.0, 180.0) if -180.0 <= low < -90.0 and 90.0 < high <= 180.0 else (low, high)


def plane(tables, options):
    if len(tables) != 2 or "flow" not in tables[0].columns:
        raise Trouble("plane wants the files NAME.flow.dat and NAME.md.dat of free_energy")
    x, y = options.columns or cvs_of(tables[0])
    ranges = [circle_or_range(np.concatenate([table.need(name) for table in tables])) for name in (x, y)]
    figure, axes = panels(3, (2.5, 2.4))
    kinds = [(tables[1], False, "MD"), (tables[0], False, "flow"), (tables[0], True, "flow, reweighted")]
    for axis, (table, reweighted, title) in zip(axes, kinds):
        weights = weights_of(table, reweighted)
        density, *edges = np.histogram2d(table.need(x), table.need(y), BINS, ranges, weights=weights)
        if not 0.0 < np.max(density) < np.inf:
            raise Trouble(f"{table.path}: no point with a finite weight")
        with np.errstate(divide="ignore"):
            free_energy = -np.log(density.T / np.max(density))
        shown = np.where(free_energy < DEEPEST, free_energy, np.nan)
        mesh = axis.pcolormesh(*edges, shown, vmin=0.0, vmax=DEEPEST, cmap="viridis", rasterized=True)
        axis.set(xlabel=axis_label(table, x), ylabel=axis_label(table, y))
        for each, (low, high) in zip((axis.xaxis, axis.yaxis), ranges):
            each.set_major_locator(FixedLocator(np.linspace(low, high, 5)) if high - low == 360.0 else MaxNLocator(4))
        axis.set_title(title, loc="left")
    figure.colorbar(mesh, ax=axes, label="free energy (kT)")
    return titled(figure, options, f"Free energy of {x} and {y}")
