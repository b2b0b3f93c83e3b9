# SPDX-License-Identifier: GPL-2.0-or-later
"""The pictures of a run as SVG that stands in a page: its own text, ids, and colors that follow light and dark."""

import argparse
import collections
import io
import itertools
import re

import numpy as np

from lammps_bgen.plot.drawing import BLUE, GRAY, INK, PAPER, plt
from lammps_bgen.plot.options import figure_of
from lammps_bgen.report.files import LARGEST
from lammps_bgen.report.html import text
from lammps_bgen.table import Table
from lammps_bgen.trouble import Trouble

Picture = collections.namedtuple("Picture", "heading svg source")  # svg None: heading says what is wrong

# the names of columns in the table on the screen, and in the file
SCREEN = {"Step": "step", "ML": "ml", "ML-test": "ml_test", "KL": "kl", "ESS-%": "ess", "Outside%": "outside",
          "Accept-%": "acceptance", "BAR-err": "bar_error"}
LARGER = 1.2  # than on paper
MOST_SERIES = 3  # columns of one file
THINNED = 20000  # points of a series: more are no longer seen

numbers = itertools.count(1)


def svg_of(figure, heading):
    """Without a header, with ids of its own, in the colors of the page."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    svg = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.S)
    svg = svg[svg.index("<svg"):]
    prefix = f"p{next(numbers)}-"
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = re.sub(r'href="#', f'href="#{prefix}', svg).replace("url(#", f"url(#{prefix}")
    for color, name in ((INK, "ink"), (PAPER, "paper"), (GRAY, "soft"), (BLUE.lower(), "blue")):
        svg = re.sub(rf"(fill|stroke): {color}", rf"\1: var(--{name})", svg)
    svg = re.sub(r'\b(width|height)="([\d.]+)pt"', lambda size: f'{size[1]}="{LARGER * float(size[2]):g}pt"', svg, count=2)
    # what has no color is black
    return svg.replace("<svg ", f'<svg class="picture" role="img" aria-label="{text(heading)}" fill="var(--ink)" ', 1)


def picture(kind, paths, heading, labels=(), **options):
    """A picture, or what is wrong with its tables."""
    source = " and ".join(path.name for path in paths)
    try:
        tables = [read(path, label) for path, label in itertools.zip_longest(paths, labels)]
        return drawn(kind, tables, heading, source, **options)
    except Trouble as trouble:
        return Picture(f"{heading}: not drawn, {trouble}", None, source)


def drawn(kind, tables, heading, source, **options):
    figure = figure_of(kind, tables, argparse.Namespace(title="", **options))  # the page has it as text
    return Picture(heading, svg_of(figure, heading), source)


def read(path, label=None):
    if path.stat().st_size > LARGEST:
        raise Trouble(f"{path}: larger than {LARGEST >> 20} MiB")
    return Table(path, label)


# ---- of each kind of table ----


def trainings(run):
    """Of files, or of what the log shows of it."""
    found = [picture("training", paths, "Training") for paths in run.files.get("training", [])]
    table = None if found else table_of_log(run.log)
    return found + ([drawn("training", [table], "Training", run.log.path.name)] if table else [])


def table_of_log(log):
    """The lines of training that the log has, all stages of all basins; None: there are none."""
    rows, basins = [], []
    for block in log.blocks:
        basin = re.match(r"basin (.+?), \d+ frames", block.lines[0]) if block.action == "train" and block.lines else None
        for part in log_tables(block) if basin else []:
            if basin[1] not in basins:
                basins.append(basin[1])
            names = [k for k, name in enumerate(part[1]) if name in SCREEN]
            rows += [[basins.index(basin[1]) + 1.0, *(number(row[k]) for k in names)] for row in part[2]]
    # one line draws no curve
    if len(rows) <= len(basins) or any(len(row) != 1 + len(SCREEN) for row in rows):
        return None
    table = Table.of_rows(str(log.path), "log", ["basin", *SCREEN.values()], rows)
    table.comments = ["basins: " + " ".join(f"{k} {name}" for k, name in enumerate(basins, 1))]
    return table


def log_tables(block):
    from lammps_bgen.report.log import parts
    return [part for part in parts(block.lines) if part[0] == "table" and part[1][0] == "Step"]


def number(word):
    return float("nan") if word == "-" else float(word)


def of_points(run):
    found = []
    for flow, frames in run.files.get("points", []):
        found.append(picture("sides", (flow, frames), "Works of samples and of frames, which cross at F"))
        found.append(picture("energies", (frames, flow), "Energies of MD frames and of flow samples", ("MD", "flow")))
        if len(run.log.cvs()) > 1:
            found.append(picture("plane", (flow, frames), "Free energy in the plane of two collective variables"))
    return found


def of_files(run, role, kind, heading):
    found = run.files.get(role, [])
    return [picture(kind, paths, f"{heading}: {paths[0].name}" if len(found) > 1 else heading) for paths in found]


def time_series(run):
    return [each for paths in run.files.get("series", []) for each in series_of(paths[0], run.log)]


def series_of(path, log):
    """The collective variables that the file has, or its first column beside the time."""
    try:
        table = thinned(read(path))
    except Trouble as trouble:
        return [Picture(f"Time series: not drawn, {trouble}", None, path.name)]
    columns = [name for name in table.names if name.removeprefix("v_") in log.cvs()][:MOST_SERIES] or [None]
    found = []
    for column in columns:
        name = (column or "").removeprefix("v_")
        try:
            borders = inner(log.borders(name), table.columns.get(column))
            heading = "Time series" + (f" of {name}" if name else "") + (", with the borders of the basins" if borders else "")
            found.append(drawn("series", [table], heading, path.name, column=column, split=borders))
        except Trouble as trouble:
            found.append(Picture(f"Time series: not drawn, {trouble}", None, path.name))
    return found


def thinned(table):
    step = max(1, table.n // THINNED)
    rows = list(zip(*(table.columns[name][::step] for name in table.names)))
    thin = Table.of_rows(table.path, table.label, table.names, rows)
    thin.comments = table.comments
    return thin


def inner(borders, values):
    """Those that lie among the values: the others would only squeeze the picture."""
    if values is None or not np.isfinite(values).any():
        return None
    return [x for x in borders if np.nanmin(values) < x < np.nanmax(values)] or None


KINDS = {("step", "ml"): "training", ("move", "from", "to", "work"): "works"}


def of_unknown(path):
    """A table that no script names, if its columns tell what it is; None: they do not."""
    try:
        table = read(path)
    except Trouble:
        return None
    kind = next((kind for columns, kind in KINDS.items() if all(name in table.columns for name in columns)), None)
    if "samples" in table.columns and any(name.startswith("F(") for name in table.names):
        kind = "convergence"
    elif table.find(["F"]) and "error" in table.columns and table.names.index("F") in (1, 2):
        kind = "profile"
    return picture(kind, (path,), f"{kind.capitalize()}: {path.name}") if kind else None
