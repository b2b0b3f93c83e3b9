# SPDX-License-Identifier: GPL-2.0-or-later
"""What all pictures share: colors, panels, legends, axes."""

import math
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import matplotlib.ticker  # noqa: E402
import numpy as np  # noqa: E402

from lammps_bgen.trouble import Trouble  # noqa: E402

# Okabe and Ito's palette: told apart by everybody, and in print
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
COLORS = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY]
GRAY = "#555555"
INK, PAPER = "#000000", "#ffffff"
STYLE = {
    "figure.dpi": 200,
    "figure.constrained_layout.use": True,
    "figure.titlesize": 9.5,
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
    "pdf.fonttype": 42,  # text that can be searched and edited
    "svg.fonttype": "none",
    "svg.hashsalt": "bgen",  # the same picture has the same bytes
}
PANEL = 2.5, 2.0  # inches
CHARACTERS = 12  # of a title, in an inch
ENDINGS = (".png", ".pdf", ".svg")


def begin():
    plt.rcParams.update(STYLE)


def panels(n, size=PANEL):
    """A figure of n panels in up to three columns; unused places stay empty."""
    across = min(n, 3)
    down = math.ceil(n / across)
    figure, axes = plt.subplots(down, across, figsize=(size[0] * across, size[1] * down + 0.2), squeeze=False)
    for unused in axes.flat[n:]:
        unused.set_axis_off()
    return figure, list(axes.flat[:n])


def titled(figure, options, words):
    """With the user's title, or these words; an empty title is none."""
    title = words if options.title is None else options.title
    if title:
        width = int(CHARACTERS * figure.get_figwidth())
        figure.suptitle(textwrap.fill(title, width), x=0.01, ha="left", weight="bold")
    return figure


def legend(axis, **options):
    if axis.get_legend_handles_labels()[1]:
        axis.legend(**options)


def label_of(table, tables, part=""):
    """Words for a legend: which file, if there are several, and which part of it."""
    return ", ".join(word for word in (table.label if len(tables) > 1 else "", part) if word)


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


def names_of_files(output):
    """What -o asks for: a name without an ending that is known makes a PNG and a PDF."""
    return [output] if output.endswith(ENDINGS) else [output + ".png", output + ".pdf"]


def save(figure, output):
    """Returns the names of what was written."""
    names = names_of_files(output)
    for name in names:
        try:
            # without a date: the same table makes the same file
            figure.savefig(name, metadata={"CreationDate": None} if name.endswith(".pdf") else
                           {"Date": None} if name.endswith(".svg") else None)
        except OSError as error:
            raise Trouble(f"cannot write {name}: {error.strerror or error}") from error
    return names
