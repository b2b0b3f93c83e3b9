# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of a run: a summary with all verdicts, then each log with its results, pictures and tables."""

import datetime
import pathlib

from lammps_bgen.plot import drawing
from lammps_bgen.report import pictures, sections
from lammps_bgen.report.files import find_runs, other_tables
from lammps_bgen.report.html import element, page, paragraph, text
from lammps_bgen.report.style import CSS
from lammps_bgen.report.verdicts import GOOD, gravity, of_log


def summary(runs, where, n_other):
    """Title, what is to be doubted, and where to find what."""
    found = [(verdict, run.log.path.name if len(runs) > 1 else "") for run in runs for verdict in of_log(run.log)]
    body = element("h1", text("bgen: " + name_of(where)))
    body += paragraph(str(where.resolve()), "soft")
    if all(verdict.grade == GOOD for verdict, _ in found):
        n_others = sum("bgen" not in line for run in runs for line in run.log.warnings())
        body += paragraph("No warning of bgen and no error. Warnings of LAMMPS itself are below, under What ran." if n_others else
                          "No warning and no error.")
    body += sections.verdicts(sorted(found, key=lambda pair: gravity(pair[0])))
    if len(runs) > 1:
        links = "".join(element("li", element("a", text(run.log.path.name), href=f"#run{k}")) for k, run in enumerate(runs, 1))
        body += element("nav", element("ul", links))
    return body + (paragraph(f"{n_other} more logs in the folder are of LAMMPS without bgen.", "soft") if n_other else "")


def name_of(where):
    """run and run.2 say little: with the folder above."""
    path = where.resolve()
    return "/".join(path.parts[-2:]) if len(path.parts) > 2 else path.name


def section(k, run):
    pictures_of_run, shown = sections.figures(run)
    numbers = sections.results(run.log)
    body = element("h2", text(run.log.path.name), id=f"run{k}")
    body += sections.facts(run.log.facts)
    body += element("h3", "Results") + numbers if numbers else ""
    body += sections.tables(run)
    body += element("h3", "Pictures") + pictures_of_run if pictures_of_run else ""
    said = sections.printed(run.log.blocks)
    body += element("h3", "What bgen printed") + said if said else ""
    body += element("h3", "What ran") + sections.script(run.log)
    return element("section", body + sections.absent(run, shown, bool(numbers)))


def others(where, runs):
    """Tables that no script of these runs names, where their columns tell what they are."""
    drawn = [sections.figure(found) for path in other_tables(where, runs) if (found := pictures.of_unknown(path))]
    return element("section", element("h2", "Other tables in the folder") + "".join(drawn)) if drawn else ""


def make(where):
    """The page as text."""
    where = pathlib.Path(where)
    drawing.begin()
    runs, n_other = find_runs(where)
    made = datetime.datetime.now().strftime("%Y-%m-%d %H:%M")
    body = [summary(runs, where, n_other), *(section(k, run) for k, run in enumerate(runs, 1)), others(where, runs),
            element("footer", text(f"Made by bgen report on {made}. F is in kT unless another unit is given; ± is one standard error."))]
    return page("bgen: " + name_of(where), "\n".join(body), CSS)
