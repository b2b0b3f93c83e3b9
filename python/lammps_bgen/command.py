# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: bgen plot ..., bgen report ..."""

import argparse
import os
import sys

from lammps_bgen.trouble import Trouble

ABOUT = """\
Shows what LAMMPS with bgen has written: pictures of its tables, and a report of a whole run.

  bgen plot KIND FILE...     one picture, as PNG, PDF or SVG
  bgen report RUN            one HTML page about a run: a folder, or a log file

"bgen plot --help" lists the kinds of pictures, "bgen plot KIND --help" the options of one of them.
"""


def parser():
    from lammps_bgen.plot.options import add_plot
    from lammps_bgen.report.options import add_report

    top = argparse.ArgumentParser(prog="bgen", description=ABOUT, usage="bgen [--help] COMMAND ...",
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    add_plot(commands)
    add_report(commands)
    return top


def without(module):
    """What to say where Python lacks something."""
    return (f"needs the Python package {module}, which {sys.executable} does not have: install it (Debian: "
            "python3-matplotlib, else pip install matplotlib), or run bgen with another python3")


def main(arguments=None):
    """Runs one command. Returns 0, or 1 after a sentence on what is wrong."""
    # sums do not depend on the machine, and numpy starts no threads for small tables
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = parser().parse_args(arguments)
    try:
        options.run(options)
        return 0
    except Trouble as trouble:
        said = str(trouble)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("matplotlib", "numpy"):
            raise
        said = without(error.name.partition(".")[0])
    print(f"{options.name}: {said}", file=sys.stderr)
    return 1
