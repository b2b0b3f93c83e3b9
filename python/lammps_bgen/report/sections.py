# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of the page: verdicts, results, pictures, tables and the script of a run, and what it has not."""

from lammps_bgen.report import pictures
from lammps_bgen.report.html import details, element, paragraph, pre, table, text
from lammps_bgen.report.log import parts, without_older_jumps
from lammps_bgen.table import Table
from lammps_bgen.trouble import Trouble

MARKS = {"bad": "Warning", "caution": "Note", "good": "Good"}
TITLES = {"train": "Training", "free_energy": "Free energies", "jumps": "Jumps of a run", "info": "Settings and counts",
          "works": "Free energies by works", "population": "Population", "sample": "Samples", "mixture": "Mixture",
          "gibbs": "Minimum of F + pV", "interpolate": "Interpolation"}
MOST_ROWS = 200

# (what is not there, how to get it); {id} is the ID of the fix
ABSENT = {
    "training": ("no training curves", "bgen {id} train ... file training.dat"),
    "points": ("no works from both sides", "bgen {id} free_energy points energies"),
    "profile": ("no profile", "bgen {id} free_energy profile profile.dat"),
    "convergence": ("no convergence of F", "bgen {id} free_energy convergence convergence.dat"),
    "series": ("no time series", 'fix series all print 50 "$(step) $(f_{id}[15])" file series.dat title "# step cv"'),
    "results": ("no results with error bars", "bgen {id} free_energy"),
    "version": ("no version of bgen and no settings", "bgen {id} info"),
}


def facts(pairs):
    return element("dl", "".join(element("div", element("dt", text(name)) + element("dd", text(value))) for name, value in pairs),
                   class_="facts")


def verdicts(found):
    """A list of (verdict, name of its log, "": there is but one)."""
    items = [element("li", element("b", MARKS[each.grade] + ".") + " " + text(each.words) +
                     (element("span", text(log), class_="log") if log else ""), class_=each.grade) for each, log in found]
    return element("ul", "".join(items), class_="verdicts") if items else ""


def results(log):
    """All numbers with error bars."""
    rows = []
    for block in without_older_jumps(log.blocks):
        for each in block.results() if block.action != "info" else []:
            row = [each.what, each.value, each.error, each.unit, each.rest]
            if row not in rows:
                rows.append(row)
    return table(["quantity", "value", "±", "unit", "how"], rows, note=4) if rows else ""


def printed(blocks):
    """What bgen printed, one action after the other; tables as tables."""
    found = []
    for block in blocks:
        title = TITLES.get(block.action)
        if not title:
            continue
        body = "".join(table(part[1], part[2]) if part[0] == "table" else pre(part[1]) if any(part[1]) else ""
                       for part in parts(block.lines))
        found.append(details(f"{title}: fix {block.fix}" + (f", {basin}" if (basin := basin_of(block)) else ""), body))
    return "".join(found)


def basin_of(block):
    words = block.lines[0].split(",")[0] if block.action == "train" and block.lines else ""
    return words if words.startswith("basin ") else ""


def figure(picture):
    if picture.svg is None:
        return paragraph(picture.heading, "soft")
    source = element("span", text("from " + picture.source))
    return element("figure", element("figcaption", text(picture.heading) + source) + picture.svg)


def figures(run):
    """(HTML, roles that have a picture)"""
    groups = {"training": pictures.trainings(run), "points": pictures.of_points(run),
              "works": pictures.of_files(run, "works", "works", "Works of moves, there and back"),
              "profile": pictures.of_files(run, "profile", "profile", "Free energy profile"),
              "convergence": pictures.of_files(run, "convergence", "convergence", "Free energy against the number of samples"),
              "series": pictures.time_series(run)}
    shown = {role for role, found in groups.items() if any(picture.svg for picture in found)}
    return "".join(figure(picture) for found in groups.values() for picture in found), shown


def table_of_file(path):
    try:
        read = Table(path)
    except Trouble as trouble:
        return paragraph(f"{path.name}: not shown, {trouble}", "soft")
    rows = [[cell(read.columns[name][k]) for name in read.names] for k in range(min(read.n, MOST_ROWS))]
    more = paragraph(f"{read.n - MOST_ROWS} more rows are in the file", "soft") if read.n > MOST_ROWS else ""
    return details(f"Table {path.name}", table(read.names, rows) + more, is_open=read.n <= 30)


def cell(value):
    return value if isinstance(value, str) else f"{value:.9g}"


def tables(run):
    return "".join(table_of_file(paths[0]) for role in ("table", "population") for paths in run.files.get(role, []))


def script(log):
    said = log.warnings()
    others = [line + (f" ({n} times)" if n > 1 else "") for line, n in said.items() if "bgen" not in line]
    more = details(f"Warnings of LAMMPS itself ({len(others)})", pre(others)) if others else ""
    return details(f"Input script as the log has it ({len(log.script)} lines)", pre(log.script)) + more


def absent(run, shown, has_results):
    """What the run does not have, and the line that makes it."""
    fix = next((block.fix for block in run.log.blocks), "bg")
    lacks = [role for role in ("training", "points", "profile", "convergence", "series") if role not in shown]
    lacks = [role for role in lacks if role != "points" or "works" not in shown]
    lacks += ([] if has_results else ["results"]) + ([] if dict(run.log.facts).get("bgen") else ["version"])
    items = [element("li", text(ABSENT[role][0]) + ": " + element("code", text(ABSENT[role][1].replace("{id}", fix)))) for role in lacks]
    items += [element("li", text(f"{name} is named in the script, but is not in the folder")) for name in run.missing]
    return element("h3", "Not in this run") + element("ul", "".join(items), class_="soft") if items else ""
