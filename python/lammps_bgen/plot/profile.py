# SPDX-License-Identifier: GPL-2.0-or-later
"""F along a collective variable with its error, or along two of them."""

import numpy as np

from lammps_bgen.plot.drawing import COLORS, INK, finite, legend, panels, titled
from lammps_bgen.quantities import axis_label
from lammps_bgen.table import FREE_ENERGIES, Table
from lammps_bgen.trouble import Trouble

MOST_ERROR = 0.7  # kT: bins of one or two points must not squeeze the others


def read_profile(table):
    """Coordinate (the first column), F, and its error or 0. F is NaN in bins that nothing visited, the error
    inf where it is unknown."""
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


def between(reference, s):
    """What the reference has within the range of s."""
    if reference is None:
        return []
    return reference[1][(reference[0] > np.min(s)) & (reference[0] < np.max(s))]


def draw_profile(axis, table, reference, color):
    """A line with a band, and where bins are alone a point with its bar. Crosses have no known error, and no
    line joins them. Returns the highest F that is known, by the profile or between its ends by the reference."""
    s, whole, error = read_profile(table)
    free_energy = np.where(np.isfinite(error), whole, np.nan)
    zero = offset_from(s, free_energy if np.isfinite(free_energy).any() else whole, reference)
    guess, free_energy = np.where(np.isinf(error), whole - zero, np.nan), free_energy - zero
    axis.plot(s, free_energy, "o-", ms=2.2 if len(s) < 150 else 0.0, mew=0, color=color, label=table.label)
    axis.fill_between(s, free_energy - error, free_energy + error, color=color, alpha=0.3, lw=0)
    points = alone(free_energy)
    ends = (free_energy - error)[points], (free_energy + error)[points]
    axis.vlines(s[points], *ends, color=color, alpha=0.3, lw=2.2)
    if np.isfinite(guess).any():
        axis.plot(s, guess, "x", ms=2.2, mew=0.6, color=color, alpha=0.6, label="error unknown")
    known = np.isfinite(free_energy) & (error < MOST_ERROR)
    if not known.any():
        return np.nanmax(np.concatenate([guess, free_energy, [1.0]]))
    return np.nanmax(np.append(free_energy[known], between(reference, s[known])))


def profiles(axis, tables, reference_path, label):
    reference = None
    if reference_path:
        s, free_energy, _ = read_profile(Table(reference_path))
        reference = s, free_energy - np.nanmin(free_energy)
        axis.plot(*reference, color=INK, lw=1.0, ls="--", label="reference", zorder=5)
    top = max(draw_profile(axis, *each) for each in zip(tables, [reference] * len(tables), COLORS * len(tables)))
    ends = np.concatenate([table.columns[table.names[0]] for table in tables])
    axis.set(xlabel=label or axis_label(tables[0], tables[0].names[0]), ylabel="free energy (kT)",
             xlim=(np.min(ends), np.max(ends)), ylim=(-0.04 * top, 1.04 * top))
    legend(axis)


def is_plane(table):
    """Two variables before F."""
    return table.names[2:3] == [table.find(FREE_ENERGIES)]


def along(table, n):
    return " and ".join(name.removeprefix("v_") for name in table.names[:n])


def plane(table, options):
    """F of two variables and its error, side by side: white where nothing was seen, or the error is unknown."""
    x, y = (table.columns[name] for name in table.names[:2])
    known = np.isfinite(table.need("error"))
    grid = len(np.unique(y)), len(np.unique(x))
    if grid[0] * grid[1] != table.n or not known.any():
        raise Trouble(f"{table.path}: not a grid of two variables in which any bin has a known error")
    free_energy, error = (np.where(known, table.need(*names), np.nan) for names in (FREE_ENERGIES, ["error"]))
    free_energy = free_energy - np.nanmin(free_energy)
    top = np.max(free_energy[error < MOST_ERROR], initial=0.0) or None
    figure, axes = panels(2, (3.4, 2.7))
    for axis, values, words, high in zip(axes, (free_energy, error), ("free energy (kT)", "error (kT)"), (top, None)):
        mesh = axis.pcolormesh(np.unique(x), np.unique(y), values.reshape(grid), shading="nearest", cmap="viridis",
                               vmax=high, rasterized=True)
        axis.set(xlabel=options.label or axis_label(table, table.names[0]), ylabel=axis_label(table, table.names[1]))
        figure.colorbar(mesh, ax=axis, label=words)
    return titled(figure, options, f"Free energy along {along(table, 2)}")


def profile(tables, options):
    if is_plane(tables[0]):
        return plane(tables[0], options)
    figure, (axis,) = panels(1, (3.4, 2.6))
    profiles(axis, tables, options.reference, options.label)
    return titled(figure, options, f"Free energy along {along(tables[0], 1)}")
