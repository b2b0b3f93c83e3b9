#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen plot: each kind of picture has a title and labels with units; bad input ends in one sentence and status 1."""

import contextlib
import io
import math
import os
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

from lammps_bgen.command import main  # noqa: E402
from lammps_bgen.plot.drawing import plt  # noqa: E402
from lammps_bgen.plot.options import KINDS, figure_of  # noqa: E402
from lammps_bgen.plot.series import running_difference  # noqa: E402
from lammps_bgen import tables  # noqa: E402
from lammps_bgen.table import Table  # noqa: E402
from lammps_bgen.trouble import Trouble  # noqa: E402

import argparse  # noqa: E402

LOG = "units real\nfix bg all bgen 10 300 1 cv d distance 1 2 cv phi dihedral 1 2 3 4 basin a d 0 1 basin b d 1 2\n"
BASINS = "; basins: 1 a 2 b\n# F(a) = 1.5 kT\n# F(b) = 2.5 kT\n"


def rows(n, *functions):
    """Lines of numbers; golden-ratio points stand in for random ones."""
    return "".join(" ".join(f"{f(k, (k * 0.6180339887498949) % 1.0):.9g}" for f in functions) + "\n" for k in range(n))


def points(kind):
    head = f"# {kind} of fix bg at T = 300" + BASINS + "# flow basin in_domain u log_q log_w d phi\n"
    return head + rows(200, lambda k, x: 1 + k % 2, lambda k, x: 1 + k % 2, lambda k, x: 1, lambda k, x: 9 * x,
                       lambda k, x: 2 * x, lambda k, x: -11 * x, lambda k, x: k % 2 + x, lambda k, x: 360 * x - 180)


TRAINING = "# training of fix bg; basins: 1 a 2 b\n# basin step loss ml ml_test kl ess lr\n" + "".join(
    f"{basin} {step} {9.0 / step} {9.0 / step} nan {8.0 / step} {10 * step} 1e-{step}\n" for basin in (1, 2) for step in (1, 2, 3))
WORKS = "# works in kT of the moves of fix bg\n# move from to work\n" + "".join(
    f"driven {a} {b} {(k * 0.618) % 1.0 + 2}\ndriven {b} {a} {(k * 0.618) % 1.0 - 3}\n" for k in range(60) for a, b in [("a", "b")])
CONVERGENCE = "# samples F(a) error(a) from_flow(a) error_flow(a) from_frames(a) error_frames(a)\n" + "".join(
    f"{n} 1.5 {1 / n} 1.6 inf 1.4 {2 / n}\n" for n in (10, 100, 1000))
PLANE = "# d phi F error\n" + "".join(f"{x} {y} {x * x + y * y} 0.1\n" for y in (0, 1, 2) for x in (0, 1))
FILES = {"log.lammps": LOG, "training.dat": TRAINING, "e.flow.dat": points("samples"), "e.md.dat": points("test frames"),
         "profile.dat": "# d F error\n" + rows(9, lambda k, x: k, lambda k, x: (k - 4) ** 2, lambda k, x: 0.1),
         "plane.dat": PLANE, "works.dat": WORKS, "convergence.dat": CONVERGENCE,
         "series.dat": "# step d u\n" + rows(50, lambda k, x: k, lambda k, x: 2 * x, lambda k, x: x),
         "seeds.dat": "# seed F error\n1 -1 0.1\n2 -1.1 0.1\n"}
PICTURES = [("training", "training.dat"), ("energies", "MD=e.md.dat flow=e.flow.dat"), ("profile", "profile.dat"),
            ("profile", "plane.dat"), ("series", "series.dat"), ("populations", "series.dat --split 1 --difference 0"),
            ("works", "works.dat --difference 2.5"), ("sides", "e.flow.dat e.md.dat"), ("convergence", "convergence.dat"),
            ("plane", "e.flow.dat e.md.dat"), ("summary", "seeds.dat profile.dat --expected -1")]
MAGIC = {".png": b"\x89PNG\r\n", ".pdf": b"%PDF-", ".svg": b"<?xml"}

# file, what is in it (None: there is none), the kind of picture, and what is said
BAD = [("no.dat", None, "profile", "cannot be read (No such file or directory)"),
       ("empty.dat", "", "training", "no numbers"), ("head.dat", "# step d\n", "series", "no numbers"),
       ("bare.dat", "1 2\n", "series", "needs a line"), ("short.dat", "# a b\n1 2\n3\n", "series", "line 3: 1 values"),
       ("word.dat", "# step d\n1 two\n", "series", "could not convert"), ("twice.dat", "# d d F\n1 1 1\n", "profile", "two columns"),
       ("other.dat", "# a b\n1 2\n", "training", "no column of training"), ("other.dat", "# a b\n1 2\n", "profile", "no column F"),
       ("other.dat", "# a b\n1 2\n", "works", "no column move"), ("other.dat", "# a b\n1 2\n", "sides", "NAME.md.dat"),
       ("other.dat", "# a b\n1 2\n", "convergence", "no column"), ("other.dat", "# a b\n1 2\n", "energies", "no column u"),
       ("nan.dat", "# d F\n1 nan\n", "profile", "not a single finite"), ("binary.dat", b"\xff\xfe\x00\x01", "series", "not a text file"),
       ("one.dat", "# step d\n1 2\n2 3\n", "populations", "--split"), ("way.dat", "# move from to work\nm a b 1\n", "works", "both ways"),
       ("ragged.dat", "# x y F error\n1 1 1 1\n1 2 1 1\n2 1 1 1\n", "profile", "not a grid")]


class Plot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        for name, text in FILES.items():
            pathlib.Path(name).write_text(text)
        self.addCleanup(plt.close, "all")

    def bgen(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["plot", *words])
        return status, out.getvalue(), err.getvalue()

    def test_every_kind_is_tried(self):
        self.assertEqual({kind for kind, _ in PICTURES}, set(KINDS))

    def test_pictures_are_png_and_pdf(self):
        for kind, words in PICTURES:
            with self.subTest(kind=kind, words=words):
                status, out, err = self.bgen(kind, *words.split(), "-o", "both.2")
                self.assertEqual((status, err), (0, ""))
                self.assertEqual(out, "wrote both.2.png and both.2.pdf\n")
                for ending in (".png", ".pdf"):
                    self.assertTrue(pathlib.Path("both.2" + ending).read_bytes().startswith(MAGIC[ending]))
        self.assertEqual(self.bgen("series", "series.dat", "-o", "one.svg")[:2], (0, "wrote one.svg\n"))
        self.assertTrue(pathlib.Path("one.svg").read_bytes().startswith(MAGIC[".svg"]))

    def test_pictures_have_titles_and_labels(self):
        for kind, words in PICTURES:
            files = [Table.named(word) for word in words.split("--")[0].split()]
            options = argparse.Namespace(split=1.0)
            figure = figure_of(kind, files, options)
            with self.subTest(kind=kind, words=words):
                self.assertTrue(figure._suptitle.get_text())
                for axis in figure.axes:
                    if axis.axison and axis.get_label() != "<colorbar>":
                        self.assertTrue(axis.get_xlabel())
                        self.assertTrue(axis.get_ylabel() or axis.get_shared_y_axes().joined(axis, figure.axes[0]))

    def test_units_come_from_the_log(self):
        figure = figure_of("profile", [Table("profile.dat")], argparse.Namespace())
        self.assertEqual(figure.axes[0].get_xlabel(), "d (Å)")
        self.assertEqual(figure.axes[0].get_ylabel(), "free energy (kT)")
        figure = figure_of("plane", [Table("e.flow.dat"), Table("e.md.dat")], argparse.Namespace())
        self.assertEqual(figure.axes[0].get_ylabel(), "phi (degrees)")

    def test_bad_input_is_one_sentence(self):
        for name, text, kind, words in BAD:
            if text is not None:
                pathlib.Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
            with self.subTest(name=name, kind=kind):
                status, out, err = self.bgen(kind, name, "-o", "bad.png")
                self.assertEqual((status, out), (1, ""))
                self.assertTrue(err.startswith(f"bgen plot {kind}: ") and err.count("\n") == 1, err)
                self.assertIn(words, err)
                self.assertFalse(pathlib.Path("bad.png").exists())
        self.assertIn("cannot write no/such.png", self.bgen("series", "series.dat", "-o", "no/such.png")[2])

    def test_names_before_files(self):
        os.mkdir("T=300")
        pathlib.Path("T=300/a.dat").write_text(FILES["series.dat"])
        for argument, label in (("series.dat", "series"), ("x=series.dat", "x"), ("T=300/a.dat", "a"), ("x=T=300/a.dat", "x"),
                                ("T=1=series.dat", "T=1")):
            self.assertEqual(Table.named(argument).label, label)
        with self.assertRaisesRegex(Trouble, "^none.dat: cannot be read"):
            Table.named("x=none.dat")

    def test_works_for_pymbar(self):
        there, back = tables.works("works.dat", "driven", "a", "b", none=2.5)
        self.assertEqual((len(there), len(back), there.max()), (60, 60, 2.5))
        self.assertTrue(there.min() >= 2 and back.max() < -2)
        with self.assertRaisesRegex(Trouble, "no works of move fresh between a and b; it has driven a b, driven b a"):
            tables.works("works.dat", "fresh", "a", "b")
        with self.assertRaisesRegex(Trouble, "no line '# T = ..., kT': give a table that u_nk"):
            tables.u_nk("works.dat")

    def test_page_asks_for_what_pip_asks_for(self):
        asked, page = (ROOT / "pyproject.toml").read_text(), (ROOT / "plugin/doc/Howto_report.rst").read_text()
        python, matplotlib = (re.search(pattern, asked)[1] for pattern in (r'requires-python = ">=(.+)"', r'"matplotlib>=([\d.]+)"'))
        self.assertIn(f"needs Python {python} or newer with matplotlib {matplotlib} or newer", page)

    def test_populations_are_counted(self):
        above = Table("series.dat").columns["d"] > 1.5
        n = int(above.sum())
        self.assertAlmostEqual(running_difference(above)[-1], math.log(n / (len(above) - n)), places=12)


if __name__ == "__main__":
    unittest.main()
