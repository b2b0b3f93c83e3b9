# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen plot: its kinds, their options, and the picture that each of them makes."""

import argparse
import importlib

from lammps_bgen.trouble import Trouble

ABOUT = """\
Draws one picture of tables that bgen has written.

A FILE may be given as NAME=FILE; NAME then stands in the legend. A picture is written as PNG, PDF or SVG by the
ending of the name after -o, and as PNG and PDF if the name has no such ending. Axes of collective variables show
their units where the log of LAMMPS lies beside the table.
"""

TABLES = """\
A table has lines that begin with #, the last of which names the columns; numbers follow. The file that "fix print"
writes with the title "# step d u" is one.
"""

# kind: (module, files, what it draws, its options)
KINDS = {
    "training": ("training", "FILE...", "what bgen train writes: losses, effective samples, rates", []),
    "energies": ("energies", "FILE...", "reduced energies (column u) of MD frames and of flow samples", []),
    "profile": ("profile", "FILE...", "F along a collective variable with its error, or along two of them",
                ["reference", "label"]),
    "series": ("series", "FILE...", "a column against time, and its histogram", ["column", "split", "label"]),
    "populations": ("series", "FILE...", "F(below) - F(above) of a column as it converges",
                    ["column", "split", "difference"]),
    "works": ("works", "FILE...", "works there and back, which cross at F(b) - F(a)", ["move", "difference"]),
    "sides": ("works", "NAME.flow.dat NAME.md.dat",
              "works from samples and from frames, which cross at F = -ln Z", []),
    "convergence": ("free_energy", "FILE", "F against the number of samples, by both sides and by either",
                    ["difference", "label"]),
    "plane": ("plane", "NAME.flow.dat NAME.md.dat",
              "MD frames, flow samples and reweighted samples, in a plane of two columns", ["columns"]),
    "summary": ("free_energy", "SEEDS FILE...", "differences of several seeds, and their profiles",
                ["reference", "expected", "label"]),
}

OPTIONS = {
    "reference": {"metavar": "FILE", "help": "a table of a reference, drawn as a dashed line"},
    "expected": {"type": float, "metavar": "F", "help": "a reference for the differences, in kT"},
    "column": {"metavar": "NAME", "help": "which column (default: the first that is neither time nor energy)"},
    "columns": {"nargs": 2, "metavar": ("X", "Y"), "help": "which columns (default: the first two collective variables)"},
    "split": {"type": float, "metavar": "VALUE", "help": "the value of the column that parts the basins"},
    "move": {"metavar": "NAME", "help": "draw this move only"},
    "difference": {"type": float, "metavar": "F", "help": "a reference for the difference, in kT"},
    "label": {"metavar": "WORDS", "help": "words for the axis of the collective variable, or of the free energy"},
}


def add_plot(commands):
    plot = commands.add_parser("plot", description=ABOUT, epilog=TABLES, help="draw a table of bgen",
                               formatter_class=argparse.RawDescriptionHelpFormatter,
                               usage="bgen plot KIND FILE... [options] [-o PICTURE]")
    kinds = plot.add_subparsers(dest="kind", metavar="KIND", required=True, title="kinds of pictures")
    for kind, (_, files, words, names) in KINDS.items():
        one = kinds.add_parser(kind, help=words, description=f"Draws {words}.", epilog=TABLES,
                               usage=f"bgen plot {kind} {files} [options] [-o PICTURE]")
        one.add_argument("files", nargs="+", metavar="FILE", help="a table, or NAME=FILE with a name for the legend")
        for name in names:
            one.add_argument("--" + name, **OPTIONS[name])
        one.add_argument("--title", metavar="WORDS", help="the title of the picture")
        one.add_argument("-o", "--output", metavar="PICTURE", default=f"{kind}.png",
                         help="name.png, name.pdf or name.svg; a name without such an ending: both PNG and PDF "
                              f"(default: {kind}.png)")
        one.set_defaults(run=run, name=f"bgen plot {kind}")


def figure_of(kind, tables, options):
    """The figure of one kind of picture; options that are not given are None."""
    from lammps_bgen.plot import drawing

    drawing.begin()
    names = {"title", *(name for *_, of_kind in KINDS.values() for name in of_kind)}
    all_options = argparse.Namespace(**{name: getattr(options, name, None) for name in names})
    module = importlib.import_module(f"lammps_bgen.plot.{KINDS[kind][0]}")
    return getattr(module, kind)(tables, all_options)


def run(options):
    from lammps_bgen.plot.drawing import save
    from lammps_bgen.table import Table

    if not options.output.strip("."):
        raise Trouble("-o needs the name of a picture")
    figure = figure_of(options.kind, [Table.named(argument) for argument in options.files], options)
    print("wrote " + " and ".join(save(figure, options.output)))
