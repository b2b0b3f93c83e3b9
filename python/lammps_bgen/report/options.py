# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen report: options, and the page that is made of a run."""

import argparse
import pathlib

from lammps_bgen.trouble import Trouble

ABOUT = """\
Makes one HTML page about a run of LAMMPS with bgen: what ran, warnings, all results with error bars, pictures and
tables. The page is one file that needs no network; it can be read in light and dark, and printed.

RUN is a folder with the log (log.* or *.log) and the tables, or the log itself, with the tables beside it. Tables are
those that the input script names. What the run does not have is left out, with the line that would make it.
"""


def add_report(commands):
    report = commands.add_parser("report", description=ABOUT, help="make a page about a run",
                                 formatter_class=argparse.RawDescriptionHelpFormatter, usage="bgen report RUN [-o PAGE]")
    report.add_argument("where", metavar="RUN", help="a folder, or a log file")
    report.add_argument("-o", "--output", metavar="PAGE", help="the page (default: report.html beside the log)")
    report.set_defaults(run=run, name="bgen report")


def run(options):
    from lammps_bgen.report.page import make

    where = pathlib.Path(options.where)
    output = pathlib.Path(options.output or (where if where.is_dir() else where.parent) / "report.html")
    made = make(where)
    try:
        output.write_text(made, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"cannot write {output}: {error.strerror or error}") from error
    print(f"wrote {output}")
