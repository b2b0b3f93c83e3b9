#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen report: the page of the recorded run (in.recorded) is strict HTML that needs no network, and has what bgen printed;
files that are damaged are left out with a sentence."""

import contextlib
import io
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "python"), str(HERE)]

from lammps_bgen.command import main  # noqa: E402
from lammps_bgen.report import sections  # noqa: E402
from lammps_bgen.report.log import Log, is_substituted, parts  # noqa: E402
from lammps_bgen.report.verdicts import BAD, GOOD, of_log  # noqa: E402
from strict import breaches  # noqa: E402

RECORDED = HERE / "recorded"
TABLES = sorted(path.name for path in RECORDED.glob("*.dat"))
HEADINGS = ["Training", "Works of samples and of frames, which cross at F", "Energies of MD frames and of flow samples",
            "Free energy in the plane of two collective variables", "Works of moves, there and back", "Free energy profile",
            "Free energy against the number of samples", "Time series of s, with the borders of the basins"]
# how a table may be damaged: bytes to bytes
DAMAGES = {"empty": lambda b: b"", "cut in a number": lambda b: b[:len(b) * 2 // 3 - 1], "no head": lambda b: re.sub(rb"(?m)^#.*\n", b"", b),
           "another head": lambda b: b"# a b\n1 2\n", "binary": lambda b: bytes(range(256)) * 4,
           "words": lambda b: b.replace(b"1", b"<b>x"), "all nan": lambda b: re.sub(rb"(?m)^(?!#).*", nans, b)}

PLANTED = [("</p>", "", "closes"), ("<body>", '<body><img src="https://x.org/a.png">', "leads to"), ('id="run1"', 'id="run2"', None),
           ("<h1>", "<h1><script>", "script"), ("<style>", "<style>@import url(//x.org/a.css);", "loads"),
           ('clip-path="url(#p', 'clip-path="url(#q', "no element has the id q"), ("<section>", "<section id=a><p id=a>", "two elements")]


def nans(line):
    return b" ".join(b"nan" for _ in line[0].split())


class Report(unittest.TestCase):
    made = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder = pathlib.Path(folder.name) / "run"
        shutil.copytree(RECORDED, self.run_folder)

    def bgen(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["report", *map(str, words)])
        return status, out.getvalue(), err.getvalue()

    def recorded(self):
        """Made once."""
        if not Report.made:
            Report.made = self.page()
        return Report.made

    def page(self, where=None):
        output = self.run_folder.parent / "page.html"
        status, out, err = self.bgen(where or self.run_folder, "-o", output)
        self.assertEqual((status, out, err), (0, f"wrote {output}\n", ""))
        page = output.read_text(encoding="utf-8")
        found, text = breaches(page)
        self.assertEqual(found, [])
        return page, " ".join(text.split())

    def test_recorded_run(self):
        page, text = self.recorded()
        for heading in HEADINGS:
            self.assertIn(f"<figcaption>{heading}<span>", page)
        self.assertEqual(page.count("<svg "), page.count("<figure>"))
        self.assertNotIn("not drawn", text)
        self.assertIn("prefers-color-scheme: dark", page)
        self.assertIn("@media print", page)
        for words in ("LAMMPS29 Sep 2021 - Update 2", "bgen0.1.0", "MPI ranks1", "OpenMP threads of LAMMPS1", "unitslj"):
            self.assertIn(words, text)
        self.assertNotIn("Not in this run", text)

    def test_numbers_are_those_of_the_log(self):
        text = self.recorded()[1]
        log = (RECORDED / "log.lammps").read_text()
        said = re.findall(r"^ *(F\(.*?) = (\S+) \+- (\S+)", log, re.M)
        self.assertGreaterEqual(len(said), 3)
        for what, value, error in said:
            self.assertIn(f"{what}{value}{error}", text.replace("kT", ""))
        basins = re.findall(r"^(left|right) +(-?\d+\.\d+) +(\S+)", log, re.M)
        self.assertEqual(len(basins), 2)
        for name, value, error in basins:
            self.assertIn(f"F({name}){value}{error}kT", text)

    def test_script_is_whole(self):
        def lines_of(lines):
            return [" ".join(line.split()) for line in lines if line.startswith(("bgen ", "rerun ", "fix          bg ", "# The run"))]

        written = (HERE / "in.recorded").read_text().replace("&\n", " ")
        log = Log(RECORDED / "log.lammps")
        self.assertEqual(lines_of(log.script), lines_of(written.splitlines()))
        # LAMMPS repeats a line with its variables replaced, which is no line of the script
        dump = "dump         frames all custom 50 {}.dump id x y"
        self.assertEqual([line for line in log.script if line.startswith("dump ")], [dump.format("${basin}")] * 2)
        self.assertEqual([line for line in log.resolved if line.startswith("dump ")], [dump.format("left"), dump.format("right")])

    def test_verdicts_stand_at_the_top(self):
        page = self.recorded()[0]
        top = page[:page.index("<h2")]
        for line in (RECORDED / "log.lammps").read_text().splitlines():
            if line.startswith("lost mode") or "one-sided" in line:
                self.assertIn(line.strip().replace("&", "&amp;"), top)
        log = self.run_folder / "log.lammps"
        log.write_text("WARNING: fix bgen: <b>none</b> of the 9 proposals (/src/led.h:9)\nERROR: bgen stops\n" + log.read_text().replace("Total wall", "total"))
        page = self.page()[0]
        top = page[:page.index("<h2")]
        self.assertIn("</b> fix bgen: &lt;b&gt;none&lt;/b&gt; of the 9 proposals</li>", top)
        grades = re.findall(r'<li class="(\w+)"', top)
        self.assertEqual(grades, sorted(grades, key=["bad", "caution", "good"].index))
        self.assertEqual(set(grades), {"bad", "caution", "good"})
        self.assertIn("ERROR: bgen stops", top)
        self.assertIn("Total wall time", top)
        self.assertNotIn("No warning and no error", top)

    def test_grades(self):
        head = "fix bg all bgen 0 1 1\nbgen bg train: basin a, 9 frames, 9 test frames\n"
        for words, grade in (("converged; fine", GOOD), ("diverged; at step 3", BAD), ("overfitting; the test loss rose", BAD)):
            log = self.run_folder / "log.one"
            log.write_text(f"{head}verdict on basin a: diverged; x\n{head}verdict on basin a: {words}\nTotal wall time: 0\n")
            self.assertEqual([(v.grade, v.words) for v in of_log(Log(log))], [(grade, f"verdict on basin a: {words}")])
        log.write_text(head + "F(a) - F(b) = 1.5 +- inf kT\nTotal wall time: 0\n")
        self.assertEqual([v.grade for v in of_log(Log(log))], [BAD])
        # what LAMMPS says in between ends nothing
        warning = "WARNING: Inconsistent image flags (src/domain.cpp:785)\n"
        log.write_text(f"{head}{warning}verdict on basin a: diverged; x\nF(a) - F(b) = 1.5 +- inf kT\nTotal wall time: 0\n")
        self.assertEqual([v.grade for v in of_log(Log(log))], [BAD, BAD])
        # no praise where nothing was trained
        log.write_text(f"{head[:-1]}, 0 parameters, 1 thread\n{warning}verdict on basin a: converged; 0 +- 0\nTotal wall time: 0\n")
        self.assertEqual(of_log(Log(log)), [])
        self.assertIn("No warning of bgen and no error. Warnings of LAMMPS itself are below", self.page(log)[1])

    def test_last_jumps_of_each_fix(self):
        log = self.run_folder / "log.one"
        runs = [f"run 9\nfix bgen {fix}:\n    F(a) - F(b) = {value} +- {error}\n      works of m from a to b: only {value}\n"
                for fix, value, error in (("one", 1, "inf"), ("one", 2, 0.2), ("two", 3, "inf"))]
        log.write_text("fix one all bgen 0 1 1\nfix two all bgen 0 1 1\n" + "".join(runs) + "Total wall time: 0\n")
        self.assertEqual(re.findall("<td>([123])</td>", sections.results(Log(log))), ["2", "3"])
        self.assertEqual([v.words.split(": ")[-1] for v in of_log(Log(log))], ["3 +- inf", "only 2", "only 3"])

    def test_names_of_files_are_no_pattern(self):
        name = r"p\g<1>.dat"
        shutil.copy(self.run_folder / "profile.dat", self.run_folder / name)
        with open(self.run_folder / "log.lammps", "a") as log:
            log.write(f"bgen bg free_energy samples 9 profile {name}\n")
        self.assertIn(r'aria-label="Free energy profile: p\g&lt;1&gt;.dat"', self.page()[0])

    def test_what_is_absent_says_how_to_get_it(self):
        for name in TABLES:
            (self.run_folder / name).unlink()
        page, text = self.page(self.run_folder / "log.lammps")
        self.assertIn("<figcaption>Training<span>from log.lammps", page)  # of its tables in the log
        for words in ("no profile: bgen bg free_energy profile profile.dat", "no works from both sides", "no time series: fix series",
                      "profile.dat is named in the script, but is not in the folder"):
            self.assertIn(words, text)

    def test_damaged_tables(self):
        for damage, change in DAMAGES.items():
            for name in TABLES:
                (self.run_folder / name).write_bytes(change((RECORDED / name).read_bytes()))
            with self.subTest(damage=damage):
                text = self.page()[1]
                # each says so where its picture would be
                self.assertGreaterEqual(text.count("not drawn, ") + text.count("not shown, "), damage != "cut in a number")

    def test_damaged_logs(self):
        whole = (RECORDED / "log.lammps").read_bytes()
        log = self.run_folder / "log.lammps"
        for n in range(17, len(whole), len(whole) // 5):
            log.write_bytes(whole[:n])
            status, _, err = self.bgen(self.run_folder)
            self.assertEqual(err.count("\n"), status)  # one sentence, or none
            if not status:
                self.assertEqual(breaches((self.run_folder / "report.html").read_text())[0], [])
        log.write_bytes(whole.replace(b"bgen", b"\x00\xff<&\"'>bgen"))
        self.assertEqual(self.bgen(self.run_folder)[0], 0 if Log(log).ran_bgen() else 1)

    def test_bad_input_is_one_sentence(self):
        (self.run_folder.parent / "empty").mkdir()
        (self.run_folder / "log.plain").write_text("LAMMPS (1 Jan 2030)\nunits lj\nTotal wall time: 0:00:00\n")
        cases = [("no/such", "no such folder or log file"), (self.run_folder.parent / "empty", "no log file in which bgen ran"),
                 (self.run_folder / "log.plain", "no log of a run of LAMMPS with bgen")]
        for where, words in cases:
            status, out, err = self.bgen(where)
            self.assertEqual((status, out, err.count("\n")), (1, "", 1))
            self.assertIn(words, err)
        self.assertIn("cannot write", self.bgen(self.run_folder, "-o", "no/such/page.html")[2])

    def test_several_logs(self):
        shutil.copy(self.run_folder / "log.lammps", self.run_folder / "second.log")
        (self.run_folder / "log.plain").write_text("LAMMPS (1 Jan 2030)\nunits lj\n")
        page, text = self.page()
        self.assertIn('href="#run2"', page)
        self.assertIn("1 more logs in the folder are of LAMMPS without bgen", text)

    def test_strictness_sees_what_is_planted(self):
        shutil.copy(self.run_folder / "log.lammps", self.run_folder / "second.log")
        page = self.page()[0]
        for old, new, words in PLANTED:
            self.assertTrue(old in page, old)
            self.assertTrue(any((words or "") in breach for breach in breaches(page.replace(old, new, 1))[0]), (old, new))


class Lines(unittest.TestCase):
    def test_substituted_lines(self):
        self.assertTrue(is_substituted("run ${n} every $x", "run 100 every $x"))
        self.assertTrue(is_substituted("fix  1 all print 5 \"$(step)\"", "fix  1 all print 5 \"10\""))
        self.assertFalse(is_substituted("fix 1 all print 5 \"$(step)\"", "fix 2 all nve"))
        self.assertFalse(is_substituted("run 100", "run 100"))

    def test_tables_are_told_from_text(self):
        found = parts(["a line of text", "Basin F Error Frames", "left 1.5 inf 20", "right -2 - 30", "  and more text"])
        self.assertEqual([part[0] for part in found], ["text", "table", "text"])
        self.assertEqual(found[1][2], [["left", "1.5", "inf", "20"], ["right", "-2", "-", "30"]])


if __name__ == "__main__":
    unittest.main()
