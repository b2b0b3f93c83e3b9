#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen free_energy and bgen works in a whole LAMMPS, against quadrature of the double well: what is asked, of dumps alone.

From the environment as test_fix_bgen.py. Frames are drawn exactly, from fixed seeds, so a result may be off by 5 of its errors
once in 1.7 million; it must also be near, so that a wide error is no excuse.
"""
import bisect
import itertools
import math
import random
import re
import unittest

from test_fix_bgen import Case, MD, RERUN, SYSTEM, fix

SIGN = {"right": 1, "left": -1}
TEMPERATURES = (0.5, 1, 2, 4)
TRAIN = "bgen bg train iter 300 batch 128 lr 5e-3 1e-4\nbgen bg train iter 300 batch 128 lr 2e-3 1e-4 weights 1 1\n"
SLOPE = '"variable well_U atom x^4-6*x^2+1.3*x" "variable well_fx atom 12*x-4*x^3-1.3"'


def energy(x, slope=1.0):
    return x ** 4 - 6 * x ** 2 + slope * x


def grid(basin=None, low=-4.0, high=4.0, n=16000):
    """Midpoints in x, of one basin or of all."""
    step = (high - low) / n
    return [x for x in (low + (i + 0.5) * step for i in range(n)) if basin is None or x * SIGN[basin] > 0], step


def weight(x, T=1.0, slope=1.0):
    return math.exp(-energy(x, slope) / T)


def free_energy(basin=None, T=1.0, slope=1.0, where=lambda x: True):
    """-ln Z in kT of x where..., and of all y."""
    points, step = grid(basin)
    return -math.log(sum(weight(x, T, slope) for x in points if where(x)) * step) - 0.5 * math.log(2 * math.pi * T)


def mean(of, basin=None, T=1.0, slope=1.0):
    points, _ = grid(basin)
    weights = [weight(x, T, slope) for x in points]
    return sum(w * of(x) for x, w in zip(points, weights)) / sum(weights)


class FreeEnergyCase(Case):
    FRAMES = 3000

    def setUp(self):
        super().setUp()
        for basin in SIGN:
            for walker in (1, 2):
                self.write_frames(f"{basin}.{walker}.dump", basin, 1.0, self.FRAMES // 2, walker)

    def write_frames(self, name, basin, T, n, seed):
        draw, (points, _) = random.Random(f"{basin} {T} {seed}"), grid(basin)
        total = list(itertools.accumulate(weight(x, T) for x in points))
        frame = ("ITEM: TIMESTEP\n{}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ff ff pp\n-10 10\n-10 10\n-0.5 0.5\n"
                 "ITEM: ATOMS id x y\n1 {:.12g} {:.12g}\n")
        xs = (points[bisect.bisect(total, draw.random() * total[-1])] for _ in range(n))
        (self.folder / name).write_text("".join(frame.format(i, x, draw.gauss(0, math.sqrt(T))) for i, x in enumerate(xs)))

    def keep_below(self, name, limit):
        frames = (self.folder / name).read_text().split("ITEM: TIMESTEP\n")[1:]
        kept = [frame for frame in frames if float(frame.split()[-2]) < limit]
        (self.folder / name).write_text("".join("ITEM: TIMESTEP\n" + frame for frame in kept))

    def trained(self, line=fix(n=0, width=32), train=TRAIN):
        tests = "".join(f"rerun {basin}.{walker}.dump dump x y\n" for walker in (1, 2) for basin in SIGN)
        return SYSTEM + line + RERUN + "bgen bg frames test\n" + tests + train

    def results(self, name="table.dat"):
        """{(T, what): (value, error)}, in kT where it is an energy"""
        found = {}
        for line in (self.folder / name).read_text().splitlines():
            if not line.startswith("#"):
                T, what, kT, kT_error, value, error = line.split()
                pair = (kT, kT_error) if kT != "nan" else (value, error)
                found[float(T), what] = tuple(map(float, pair))
        return found

    def near(self, found, expected, tolerance):
        value, error = found
        self.assertLessEqual(abs(value - expected), 5 * error, f"{value} +- {error} for {expected}")
        self.assertLessEqual(abs(value - expected), tolerance, f"{value} +- {error} for {expected}")
        self.assertLessEqual(error, tolerance)


class FreeEnergyMistakes(FreeEnergyCase):
    def test_mistakes(self):
        ready = self.trained(train="bgen bg train iter 5 batch 64\n")
        other = fix(n=0).replace("fix bg", "fix other")
        for line, words in (
                ("banana", "unknown keyword 'banana'|perturb"),
                ("samples 0", "'0'|number of samples"),
                ("temperatures 1 2 1", "temperature 1 stands twice"),
                ("temperatures 1 -2", "'-2'|temperature"),
                ("temperatures 1 2 bootstrap 100", "bootstrap|one temperature"),
                ("bootstrap 2", "'2'|from 20"),
                ("state", "name of a state"),
                ("state a", "cv, pe, v_NAME"),
                ("state a s 1 0", "state a is empty"),
                ("state a v_nothing 0 1", "nothing"),
                ("mean", "cv, pe, v_NAME"),
                ("mean c_nothing", "nothing"),
                ("profile p.dat s 1 1 10", "no bins"),
                ("profile p.dat s 0 1 0", "'0'|number of bins"),
                ("profile no/p.dat", "no/p.dat"),
                ("table no/t.dat", "no/t.dat"),
                ("against bg", "another fix than bg"),
                ("against nve", "no fix bgen|'nve'"),
                ("perturb", "a command in quotes"),
                ('perturb "unfix bg"', "unfix bg|removed"),
                ("subsample maybe", "'maybe'|no, yes"),
                ("blocks 20", "unknown keyword 'blocks'")):
            with self.subTest(line):
                self.refused(ready + f"bgen bg free_energy samples 50 {line}\n" if not line.startswith("samples") else
                             ready + f"bgen bg free_energy {line}\n", words)
        self.refused(ready + other + "bgen bg free_energy samples 50 against other\n", "no flow yet")

    def test_no_frames(self):
        self.refused(SYSTEM + fix(n=0) + RERUN + "bgen bg train iter 5\nbgen bg free_energy\n", "right|no test frames")


class FreeEnergyResults(FreeEnergyCase):
    ASK = ("variable r equal sqrt(x[1]^2+y[1]^2)\nvariable x equal x[1]\nvariable y equal y[1]\n"
           "bgen bg free_energy samples 4000 bootstrap 100 mean v_x pe state high v_x 1.7 10 state low s -10 -1.8 "
           "table table.dat file points profile profile.dat v_x -2.4 2.4 32 convergence convergence.dat\n"
           'print "kept $(f_bg[1][1]) $(f_bg[1][2]) $(f_bg[2][3]) $(f_bg[2][4])"\n')

    def test_exact(self):
        """Free energies, states, averages and their errors; files and what the fix keeps say the same; on two ranks the same bits."""
        output = self.good(self.trained() + self.ASK)
        found = self.results()
        points = (self.folder / "points.md.dat").read_text(), (self.folder / "profile.dat").read_text()
        for basin in SIGN:
            self.near(found[1, f"F({basin})"], free_energy(basin), 0.02)
        difference = found[1, "F(right)-F(left)"]
        self.near(difference, 3.379901, 0.02)
        self.near(found[1, "F(high)"], free_energy(where=lambda x: x > 1.7), 0.1)
        self.near(found[1, "F(high)-F(low)"], free_energy(where=lambda x: x > 1.7) - free_energy(where=lambda x: x < -1.8), 0.1)
        self.near(found[1, "<v_x>"], mean(lambda x: x), 0.02)
        self.near(found[1, "<v_x>(left)"], mean(lambda x: x, "left"), 0.02)
        self.near(found[1, "<pe>"], mean(energy) + 0.5, 0.1)
        kept = list(map(float, re.search(r"kept (\S+) (\S+) (\S+) (\S+)", output).groups()))
        for value, expected in zip(kept, (*found[1, "F(right)"], *difference)):
            self.assertAlmostEqual(value, expected, delta=1e-5 * (1 + abs(expected)))
        line = re.search(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) kT = (\S+) \+- (\S+) energy units \(T = 1, BAR\)", output)
        self.assertAlmostEqual(float(line.group(1)), difference[0], delta=1e-4)
        self.assertRegex(output, r"right +\S+ +\S+ .* 3000 +2 +1\.\d")  # frames, walkers, g
        self.good(self.trained() + self.ASK, 2)
        self.assertEqual(found, self.results())
        self.assertEqual(points, ((self.folder / "points.md.dat").read_text(), (self.folder / "profile.dat").read_text()))

    def test_files(self):
        self.good(self.trained() + self.ASK + "bgen bg free_energy samples 4000 profile plane.dat s -2.4 2.4 12 v_y -2 2 5\n")
        rows = [list(map(float, line.split())) for line in (self.folder / "profile.dat").read_text().splitlines() if line[0] != "#"]
        self.assertEqual(len(rows), 32)
        n_seen = 0
        for x, value, error in rows:
            if error < 0.3:
                points, step = grid(low=x - 0.075, high=x + 0.075, n=200)
                exact = -math.log(sum(map(weight, points)) * step / 0.15) - 0.5 * math.log(2 * math.pi) - free_energy()
                self.assertLessEqual(abs(value - exact), 5 * error, (x, value, error, exact))
                n_seen += 1
        self.assertGreater(n_seen, 12)
        plane = [list(map(float, line.split())) for line in (self.folder / "plane.dat").read_text().split("\n") if line and line[0] != "#"]
        self.assertEqual(len(plane), 60)
        share = sum(math.exp(-value) * 0.4 * 0.8 for _, _, value, _ in plane)
        self.assertAlmostEqual(share, math.erf(2 / math.sqrt(2)), delta=0.02)  # y within 2 of 0
        last = list(map(float, (self.folder / "convergence.dat").read_text().splitlines()[-1].split()))
        self.assertEqual(last[:2], [4000, 3000])
        self.assertAlmostEqual(last[2], self.results()[1, "F(right)"][0], delta=1e-5)
        header = (self.folder / "points.flow.dat").read_text().splitlines()
        self.assertEqual(header[3], "# flow basin in_domain u log_q log_w s v_x pe")
        for line in header[4:]:  # stale energies: each row has its own
            _, _, inside, u, log_q, log_w, x, v_x, pe = map(float, line.split())
            if inside:
                self.assertEqual(x, v_x)
                self.assertGreaterEqual(u - energy(x), -1e-7)  # y^2/2
                self.assertAlmostEqual(u, pe, delta=1e-8 * (1 + abs(u)))

    def test_nan_rows(self):
        """A sample whose energy is no number counts as none, and the others keep their energies."""
        hole = 'variable well_U atom x^4-6*x^2+x+0*(2.1-x)^0.5\n'  # the power of a negative number
        text = self.trained(train=TRAIN.splitlines()[0] + "\n")
        for basin in SIGN:
            for walker in (1, 2):
                self.keep_below(f"{basin}.{walker}.dump", 2.1)
        output = self.good(text + hole + "bgen bg free_energy samples 20000 table table.dat file points\n")
        self.near(self.results()[1, "F(right)"], free_energy("right", where=lambda x: x < 2.1), 0.03)
        self.near(self.results()[1, "F(left)"], free_energy("left"), 0.03)
        n_nan = 0
        for line in (self.folder / "points.flow.dat").read_text().splitlines():
            if line[0] != "#":
                _, _, inside, u, _, _, x = map(float, line.split())
                n_nan += inside and math.isnan(u)
                if inside:
                    self.assertEqual(math.isnan(u), x > 2.1, line)
        self.assertGreater(n_nan, 20)
        self.assertRegex(output, rf"right: {n_nan} of 20000 .*not finite")

    def test_subsample(self):
        """Frames that stand four times each: a quarter of them is independent, and g tells."""
        for basin in SIGN:
            frames = [f for walker in (1, 2) for f in (self.folder / f"{basin}.{walker}.dump").read_text().split("ITEM: TIMESTEP\n")[1:]]
            for walker in (1, 2):
                own = frames[(walker - 1) * 1500:walker * 1500]
                (self.folder / f"{basin}.{walker}.dump").write_text("".join(
                    f"ITEM: TIMESTEP\n{4 * i + k}\n" + frame.split("\n", 1)[1] for i, frame in enumerate(own) for k in range(4)))
        text = self.trained(train=TRAIN.splitlines()[0] + "\n")
        output = self.good(text + "bgen bg free_energy samples 4000 table table.dat\n"
                                  "bgen bg free_energy samples 4000 subsample yes table fewer.dat\n")
        rows = re.findall(r"(?m)^right +\S+ +(\S+) .* (\d+) +2 +(\S+)$", output)
        (error, n, g), (error_fewer, _, g_fewer) = [tuple(map(float, row)) for row in rows[-2:]]
        self.assertEqual(n, 12000)
        self.assertTrue(3 < g < 5.5, g)
        self.assertLess(g_fewer, 1.6)
        self.assertTrue(0.7 < error_fewer / error < 1.5, (error_fewer, error))
        self.near(self.results("fewer.dat")[1, "F(right)-F(left)"], 3.379901, 0.03)


class FreeEnergyTemperatures(FreeEnergyCase):
    def test_four(self):
        """Test frames of four temperatures: BAR at each of them, MBAR of all, U and TS."""
        for T in TEMPERATURES:
            for basin in SIGN:
                self.write_frames(f"{basin}.T{T}.dump", basin, T, 1000, 7)
        line = "variable T equal 1.0\n" + fix(n=0, width=32).replace(" 1.0 4711", " v_T 4711")
        text = SYSTEM + line + RERUN + "bgen bg frames test\n"
        for T in TEMPERATURES:
            text += f"variable T equal {T}\n" + "".join(f"rerun {basin}.T{T}.dump dump x y\n" for basin in SIGN)
        text += ("variable T equal 1.0\n" + TRAIN.splitlines()[0] + "\n"
                 "bgen bg train iter 500 batch 256 lr 5e-3 1e-4 weights 1 1 temperatures 0.5 1 2 4\n")
        text += "".join(f"variable T equal {T}\nbgen bg free_energy samples 3000 table bar.{T}.dat\n" for T in TEMPERATURES)
        output = self.good(text + "variable T equal 1.0\nbgen bg free_energy samples 3000 temperatures 0.5 1 2 4 table mbar.dat\n", 2)
        self.assertIn("T = 0.5, kT = 0.5, by MBAR", output)
        mbar = self.results("mbar.dat")
        for T in TEMPERATURES:
            exact = free_energy("right", T) - free_energy("left", T)
            bar = self.results(f"bar.{T}.dat")[T, "F(right)-F(left)"]
            self.near(bar, exact, 0.1)
            self.near(mbar[T, "F(right)-F(left)"], exact, 0.1)
            for basin in SIGN:
                u = mean(energy, basin, T) / T + 0.5
                self.near(mbar[T, f"F({basin})"], free_energy(basin, T), 0.1)
                self.near(mbar[T, f"U({basin})"], u, 0.2)
                self.near(mbar[T, f"TS({basin})"], u - free_energy(basin, T), 0.2)

    def test_without_frames(self):
        """At another temperature than that of the frames samples alone tell, or with those of others."""
        line = "variable T equal 1.0\n" + fix(n=0, width=32).replace(" 1.0 4711", " v_T 4711")
        text = self.trained(line) + "bgen bg train iter 500 batch 256 lr 5e-3 1e-4 weights 1 1 temperatures 1 2\n"
        output = self.good(text + "bgen bg free_energy samples 3000 temperatures 1 2 table both.dat\nvariable T equal 2.0\n"
                                  "bgen bg free_energy samples 3000 table alone.dat\n")
        self.assertIn("by samples alone", output)
        exact = free_energy("right", 2) - free_energy("left", 2)
        self.near(self.results("both.dat")[2, "F(right)-F(left)"], exact, 0.1)
        self.near(self.results("alone.dat")[2, "F(right)-F(left)"], exact, 0.1)


class FreeEnergyOfOthers(FreeEnergyCase):
    def test_force_field(self):
        output = self.good(self.trained() + f"bgen bg free_energy samples 5000 mean s table table.dat perturb {SLOPE}\n", 2)
        found = self.results()
        self.near(found[1, "F'-F"], free_energy(slope=1.3) - free_energy(), 0.01)
        for basin in SIGN:
            self.near(found[1, f"F'({basin})-F({basin})"], free_energy(basin, slope=1.3) - free_energy(basin), 0.02)
        self.near(found[1, "<s>'"], mean(lambda x: x, slope=1.3), 0.02)
        self.assertRegex(output, r"of the changed force field all points are worth \d")

    def test_clashes(self):
        """A sample that weighs nothing here and much less than nothing there must not decide what all others weigh."""
        wall = "variable well_U atom x^4-6*x^2+x+{}*(x/2.3)^80"
        for basin in SIGN:
            for walker in (1, 2):
                self.keep_below(f"{basin}.{walker}.dump", 2.1)
        self.good(self.trained(train=TRAIN.splitlines()[0] + "\n") + wall.format(1) +
                  f"\nbgen bg free_energy samples 10000 table table.dat perturb \"{wall.format(0.9)}\"\n")
        points, _ = grid(low=-2.6, high=2.6)
        z = [sum(math.exp(-energy(x) - height * (x / 2.3) ** 80) for x in points) for height in (1, 0.9)]
        self.near(self.results()[1, "F'-F"], math.log(z[0] / z[1]), 0.01)

    def test_nan_there(self):
        """Where an energy of the changed force field is no number, it counts as infinite, in its basin, and is told."""
        output = self.good(self.trained() + "bgen bg free_energy samples 10000 mean pe table table.dat perturb "
                                            '"variable well_U atom x^4-6*x^2+x+5+0*(2.1-x)^0.5"\n')
        found = self.results()
        self.near(found[1, "F'(left)-F(left)"], 5, 0.01)
        self.near(found[1, "F'(right)-F(right)"], 5 + free_energy("right", where=lambda x: x < 2.1) - free_energy("right"), 0.01)
        self.near(found[1, "<pe>'"], mean(energy) + 5.5, 0.1)
        self.assertRegex(output, r"energies of \d+ points are no numbers there")

    def test_not_a_force_field(self):
        line = "variable T equal 1.0\n" + fix(n=0, width=32).replace(" 1.0 4711", " v_T 4711")
        ready = self.trained(line, TRAIN.splitlines()[0] + "\n")
        again = fix(n=0, width=32).strip().replace('"', "'")
        other = line.replace("fix bg", "fix other").replace("variable T equal 1.0\n", "")
        for command, words in (('"variable T equal 2.0"', "temperature of fix bg from 1 to 2"),
                               (f'"{again}"', "removed fix bg")):
            with self.subTest(command):
                self.refused(ready + f"bgen bg free_energy samples 200 perturb {command}\n", words)
        self.refused(ready.replace(line, line + other) + TRAIN.splitlines()[0].replace(" bg ", " other ") +
                     '\nbgen bg free_energy samples 200 against other perturb "unfix other"\n', "unfix other|removed fix other")

    def test_symmetric(self):
        """What a mirror changes has no average of samples that know one side; nor may the changed force field know sides."""
        ready = self.trained(fix(n=0, width=32, more="mirror y 0.0"), TRAIN.splitlines()[0] + "\n") + "variable y equal y[1]\nvariable y2 equal y[1]^2\n"
        self.refused(ready + "bgen bg free_energy samples 200 mean v_y\n", "v_y|mirror y|symmetries")
        self.refused(ready + 'bgen bg free_energy samples 200 perturb "variable well_U atom x^4-6*x^2+x+y"\n', "mirror y")
        self.good(ready + "bgen bg free_energy samples 5000 mean v_y2 table table.dat\n")
        self.near(self.results()[1, "<v_y2>"], 1, 0.1)

    def test_one_temperature(self):
        """Variables and formulas round; a fix may have its temperature from what only all ranks together know."""
        line = "variable T equal count(all)*0.1*3/0.3\n" + fix(n=0, width=32).replace(" 1.0 4711", " v_T 4711")
        text = self.trained(line, TRAIN.splitlines()[0] + "\n") + "bgen bg free_energy samples 3000 {} table table.dat file e convergence c.dat\n"
        self.good(text.format("temperatures 1.0 2"), 2)
        one = self.results()
        self.good(text.format("temperatures 2 1.0"), 2)
        self.assertAlmostEqual(one[1, "F(left)"][1], self.results()[1, "F(left)"][1], delta=1e-4)
        self.near(one[1, "F(right)-F(left)"], 3.379901, 0.1)
        header = (self.folder / "e.flow.dat").read_text().splitlines()
        rows = [line.split() for line in header if line[0] != "#"]
        weights = [-float(row[5]) for row in rows if row[:3] == ["2", "2", "1"]]  # of the left flow at T = 2
        least = min(weights)
        value = least - math.log(sum(math.exp(least - w) for w in weights) / 3000)
        self.assertAlmostEqual(value, free_energy("left", 2), delta=0.1)

    def test_two_fixes(self):
        """One generator against another of other flows, of the same system: no difference; in the changed force field that of both."""
        line = fix(n=0, width=32)
        text = self.trained(line + line.replace("fix bg", "fix other").replace("blocks 2", "blocks 3"))
        text = text.replace("bgen bg frames test\n", "bgen bg frames test\nbgen other frames test\n")
        text += TRAIN.replace(" bg ", " other ")
        self.good(text + f"bgen bg free_energy samples 5000 against other table same.dat\n"
                         f"bgen bg free_energy samples 5000 table changed.dat against other perturb {SLOPE}\n")
        self.near(self.results("same.dat")[1, "F(bg)-F(other)"], 0, 0.03)
        self.near(self.results("same.dat")[1, "F(other)"], free_energy(), 0.03)
        self.near(self.results("changed.dat")[1, "F(bg)-F(other)"], free_energy() - free_energy(slope=1.3), 0.1)


class FreeEnergyOfWorks(FreeEnergyCase):
    def test_works(self):
        """Jarzynski of either way and BAR of both, as the summary has it."""
        line = fix(n=2, width=32, more="move transfer 1 offset right 3.38")
        output = self.good(SYSTEM + line + RERUN + TRAIN + "fix thermostat all langevin 1.0 1.0 1.0 5 gjf vhalf\n" + MD +
                           "fix plane all enforce2d\nrun 8000\nbgen bg works works.dat\n")
        summary = re.search(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) by BAR of works of transfer", output)
        row = re.search(r"(?m)^transfer +right +left +(.*)$", output).group(1).split()
        there, error_there, back, error_back, bar, error = map(float, row[2:8])
        self.assertAlmostEqual(-bar, float(summary.group(1)), delta=1e-4)
        self.near((-bar, error), 3.379901, 0.2)
        self.near((-there, error_there), 3.379901, 0.5)
        self.near((-back, error_back), 3.379901, 0.5)


if __name__ == "__main__":
    unittest.main()
