#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fix bgen and the command bgen in a whole LAMMPS: sentences for mistakes, ranks, restarts, model files.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS. One class is one ctest.
"""
import math
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

LMP = os.environ["LMP_BGEN"]
SYSTEM = f"include {os.environ['POTENTIALS']}/double_well.lmp\nthermo_modify norm no\n"
FIX = ('fix bg all bgen {n} 1.0 4711 coords cartesian xy cv s coordinate 1 x basin right s 0 10 basin left s -10 0 '
       'threads 1 flow "whiten; realnvp blocks 2 width {width}" {more}\n')
RERUN = "rerun left.dump dump x y\nrerun right.dump dump x y\n"
TRAIN = "bgen bg train iter 200 batch 64 lr 1e-2\n"
MD = "fix integrate all nve\ntimestep 0.02\nthermo_style custom step pe f_bg[1] f_bg[2]\nthermo_modify norm no format float %.15g\n"


def fix(n=2, width=16, more=""):
    return FIX.format(n=n, width=width, more=more)


class Case(unittest.TestCase):
    """Each test in a folder of its own, with frames of both wells."""

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.home.name)
        for basin, middle, width in (("left", -1.772, 0.18), ("right", 1.689, 0.21)):
            frames = []
            for i in range(400):  # deterministic normals, nearly: sums of three golden-ratio sequences
                x, y = (sum(math.modf((i + 1) * g)[0] - 0.5 for g in gs) * 2 for gs in
                        ((0.6180339887, 0.7548776662, 0.5698402910), (0.8191725134, 0.6710436067, 0.5497004779)))
                frames.append(f"ITEM: TIMESTEP\n{i}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ff ff pp\n-10 10\n"
                              f"-10 10\n-0.5 0.5\nITEM: ATOMS id x y\n1 {middle + width * x:.12g} {y:.12g}\n")
            (self.folder / f"{basin}.dump").write_text("".join(frames))

    def tearDown(self):
        self.home.cleanup()

    def run_lammps(self, text, ranks=1, *options):
        (self.folder / "in.test").write_text(text)
        command = [LMP, "-in", "in.test", "-log", "none", *options]
        if ranks > 1:
            command = [os.environ["MPIEXEC"], "-n", str(ranks), *command]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=200)
        return run.returncode, run.stdout + run.stderr

    def good(self, text, ranks=1, *options):
        code, output = self.run_lammps(text, ranks, *options)
        self.assertEqual(code, 0, output[-2000:])
        return output

    def refused(self, text, words):
        code, output = self.run_lammps(text)
        errors = [line for line in output.splitlines() if line.startswith("ERROR")]
        self.assertGreater(code, 0, f"no error, or a crash ({code}), for {words}\n{output[-1500:]}")
        self.assertEqual(len(errors), 1, output[-1500:])
        for word in words.split("|"):
            self.assertIn(word, errors[0])


def thermo(output, n_columns):
    """The lines of numbers, all of them."""
    lines = (line.split() for line in output.splitlines())
    return [line for line in lines if len(line) == n_columns and all(re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", w) for w in line)]


class Mistakes(Case):
    def test_fix(self):
        for line, words in (
            ("fix bg all bgen 2 0.0 4711", "temperature|positive"),
            ("fix bg all bgen 2 warm 4711", "warm"),
            ("fix bg all bgen -2 1.0 4711", "-2"),
            ("fix bg none bgen 2 1.0 4711", "group"),
            ("fix bg all bgen 2 1.0 4711 coords cartesian xy speed 3", "speed"),
            ("fix bg all bgen 2 1.0 4711 flow \"whiten; glow blocks 3\"", "glow"),
            ("fix bg all bgen 2 1.0 4711 flow \"realnvp blocks x\"", "blocks|x"),
            ("fix bg all bgen 2 1.0 4711 basin a s 0 1", "cv s"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 7 x", "7"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 1 x basin a s 1 0", "a|empty"),
            ("fix bg all bgen 2 1.0 4711 relabel type 2", "2"),
            ("fix bg all bgen 2 1.0 4711 mirror z 0.0 coords cartesian xy", "mirror z"),
        ):
            with self.subTest(line):
                self.refused(SYSTEM + line + "\n", words)

    def test_command(self):
        for lines, words in (
            ("bgen bx info", "bx"),
            ("bgen bg dance", "dance"),
            ("bgen bg train iter 10", "right|no frames"),
            ("bgen bg save a.bgen", "trained"),
            ("bgen bg load nowhere.bgen", "nowhere.bgen"),
            (RERUN + TRAIN + "bgen bg free_energy", "test frames"),
            (RERUN + "bgen bg train iter 10 weights 0 0", "weights"),
            (MD + "run 10", "train or load"),
        ):
            with self.subTest(lines):
                self.refused(SYSTEM + fix() + lines + "\n", words)

    def test_mirror_that_is_none(self):
        self.refused(SYSTEM + fix(more="mirror x 0.0") + RERUN + "bgen bg train iter 10 weights 1 1\n", "mirror x")


class Models(Case):
    def setUp(self):
        super().setUp()
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\nbgen bg sample 50 file a.dat\n")

    def test_same_densities(self):
        self.good(SYSTEM + fix() + "bgen bg load a.bgen\nbgen bg sample 50 file b.dat\n")
        self.assertEqual((self.folder / "a.dat").read_text(), (self.folder / "b.dat").read_text())

    def test_refused(self):
        whole = (self.folder / "a.bgen").read_bytes()
        load = SYSTEM + fix() + "bgen bg load b.bgen\n"
        for length in (0, 7, 100, 1000, len(whole) // 2, len(whole) - 1):
            with self.subTest(length):
                (self.folder / "b.bgen").write_bytes(whole[:length])
                self.refused(load, "b.bgen")
        start = 8 + int.from_bytes(whole[:8], "little")
        (self.folder / "b.bgen").write_bytes(whole[:start + 40] + b"\0\0\xc0\x7f" + whole[start + 44:])
        self.refused(load, "b.bgen|not finite")
        self.refused(SYSTEM + fix(width=17) + "bgen bg load a.bgen\n", "width 17")


class Chains(Case):
    def setUp(self):
        super().setUp()
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\n")
        self.begin = SYSTEM + fix() + "bgen bg load a.bgen\n" + MD + "thermo 20\n"

    def test_ranks(self):
        runs = [thermo(self.good(self.begin + "run 200\n", ranks), 4) for ranks in (1, 2, 4)]
        self.assertEqual(len(runs[0]), 11)
        self.assertGreater(float(runs[0][-1][3]), 10)  # accepted jumps
        for run in runs[1:]:
            for one, other in zip(runs[0], run, strict=True):
                self.assertEqual(one[2:], other[2:])
                self.assertLessEqual(abs(float(one[1]) - float(other[1])), 1e-9 * (1 + abs(float(one[1]))))

    def test_same_again(self):
        self.assertEqual(*(thermo(self.good(self.begin + "run 200\n"), 4) for _ in range(2)))

    def test_partitions(self):
        self.good(self.begin + "run 100\n", 2, "-partition", "2x1")


if __name__ == "__main__":
    unittest.main()
