#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixes bgen of several partitions of a whole LAMMPS that are one pool: one model, frames of all, one file, one sentence.

From the environment as test_fix_bgen.py.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

from test_fix_bgen import LMP, MD, SYSTEM, Case, fix

POOL = SYSTEM + fix(more="pool yes")
FIRST = "partition yes 1 rerun left.dump dump x y\npartition yes 1 rerun right.dump dump x y\n"
TEST = "fix_modify bg frames test\n" + "".join(
    f"partition yes 1 rerun {basin}.dump first 200 dump x y\n" for basin in ("left", "right"))
TRAIN = "bgen bg train steps 60 batch 128 lr 1e-2\nbgen bg train steps 60 batch 128 lr 1e-3 kl 1 file t.dat\n"


class PoolCase(Case):
    def run_pool(self, text, partitions, of=1):
        """Of P partitions of so many ranks: the code of the end, the screen, and the log of each partition."""
        (self.folder / "in.pool").write_text(text)
        for old in self.folder.glob("log.lammps*"):
            old.unlink()
        command = [os.environ["MPIEXEC"], "-n", str(partitions * of), LMP, "-in", "in.pool", "-partition", f"{partitions}x{of}"]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=100, env={**os.environ, "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_NUM_THREADS": "1"})
        logs = (self.folder / f"log.lammps.{p}" for p in range(partitions))
        return run.returncode, run.stdout + run.stderr, [log.read_text() for log in logs if log.exists()]

    def good_pool(self, text, partitions, of=1):
        code, output, logs = self.run_pool(text, partitions, of)
        self.assertEqual(code, 0, output[-2000:] + logs[0][-1000:])
        self.assertEqual(len(logs), partitions)
        return logs


def numbers(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return [float(word) for word in lines[-1].split()[2:8] if word != "nan"]


class OneModel(PoolCase):
    def test_any_number_of_partitions(self):
        """The same batch: the same model, but for rounding; so with two ranks in each partition, and where they have parts
        of the gradient of different lengths (the 2864 parameters of width 17 in three)."""
        text = SYSTEM + fix(width=17, more="pool yes") + FIRST + TEST + TRAIN + "bgen bg save {0}.bgen\nbgen bg free_energy samples 500 table {0}.f\nbgen bg info\n"
        found = {}
        for partitions, ranks in ((1, 1), (2, 1), (3, 1), (4, 1), (2, 2)):
            name = f"m{partitions}x{ranks}"
            logs = self.good_pool(text.format(name), partitions, ranks)
            self.assertEqual(len(set(re.search(r"model checksum +(\w+)", log)[1] for log in logs)), 1)
            self.assertEqual({re.search(r"frames to train .*?(\d+) of", log)[1] for log in logs}, {"800"})
            self.assertTrue((self.folder / f"{name}.bgen").exists())
            results = [line.split() for line in (self.folder / f"{name}.f").read_text().splitlines() if "F(right)-F(left)" in line]
            found[name] = numbers(self.folder / "t.dat") + [float(word) for word in results[0][2:4]]
        for name, of in found.items():
            for a, b in zip(of, found["m1x1"], strict=True):
                self.assertAlmostEqual(a, b, delta=2e-4 * (1 + abs(b)), msg=f"{name} {found}")

    def test_collects_in_all(self):
        """MD in each partition with numbers of its own: frames of all are one set, each partition a walker; then they jump."""
        text = ("variable basin world right left\n" + SYSTEM + fix(n=5, more="pool yes collect 10") + MD + "velocity all set 0.6 0.5 0.0\nrun 300\n"
                "bgen bg train steps 20 batch 64\nrun 300\nbgen bg info\n")
        logs = self.good_pool(text, 2)
        for log in logs:
            self.assertRegex(log, r"frames to train .* 120 of 2 walkers")
        jumps = [re.findall(r"jumps accepted: +(\d+) of (\d+)", log)[-1] for log in logs]
        self.assertEqual([n for _, n in jumps], ["60", "60"])
        self.assertNotEqual(*[re.findall(r"^ +600 +(-?\d\S+) ", log, re.M)[-1] for log in logs])
        visits = [[[int(n) for n in of] for of in re.findall(r"by visits, (\d+) of right and (\d+) of left", log)] for log in logs]
        runs, info = zip(*visits, strict=True)  # the summary of a run is of the partition, info has the visits of both
        self.assertEqual(info[0], [sum(of) for of in zip(*runs, strict=True)])
        self.assertEqual(*info)
        self.assertNotEqual(*runs)
        for p, log in enumerate(logs):
            self.assertIn(f"fix bgen bg of partition {p} of 2:\n", log)

    def test_works_of_all(self):
        """Driven moves of two walkers: one list of works, the free energy by quadrature, and offsets that are the same."""
        text = ("variable basin world right left\nvariable seed world 11 12\n" + SYSTEM +
                'fix bg all bgen 10 1.0 4711 cv s coordinate 1 x basin right s 0 10 basin left s -10 0 threads 1 flow whiten pool yes '
                "move driven 1 s 1.69 -1.77 spring 100 steps 200 dt 0.02 damp 0.5 offset auto\n" + MD +
                "fix lan all langevin 1.0 1.0 0.5 ${seed}\nfix flat all enforce2d\nthermo 20000\nrun 20000\nfix_modify bg tune no\n"
                "bgen bg works w.dat\nbgen bg info\n")
        logs = self.good_pool(text, 2)
        rows = [next(line.split() for line in log.splitlines() if re.match("driven +right +left", line)) for log in logs]
        self.assertEqual(*rows)
        there, back, value, error = int(rows[0][3]), int(rows[0][4]), float(rows[0][9]), float(rows[0][10])
        self.assertEqual(there + back, 4000)
        self.assertEqual(there + back, sum(not line.startswith("#") for line in (self.folder / "w.dat").read_text().splitlines()))
        alone = [float(re.search(r"F.right. - F.left. = \S+ \+- (\S+) by BAR", log)[1]) for log in logs]
        self.assertAlmostEqual(error * sum(e ** -2 for e in alone) ** 0.5, 1, delta=0.3, msg=f"{error} {alone}")
        self.assertLess(error, 0.25)
        self.assertLess(abs(value + 3.3799), 5 * error)  # F(left) - F(right), see potentials/README.md
        self.assertEqual(*[re.findall(r"tuning .*", log)[-1] for log in logs])


class Turns(PoolCase):
    """What comes in several turns, and from files."""

    LANGEVIN = "fix lan all langevin 1.0 1.0 0.5 ${seed}\nfix flat all enforce2d\n"

    def test_one_restart(self):
        """Its works are those of one partition, and the other one jumps by random numbers of its own."""
        self.good(SYSTEM + fix(more="move transfer 1") + "rerun left.dump dump x y\nrerun right.dump dump x y\nreset_timestep 0\n"
                  "bgen bg train steps 50 batch 64 lr 1e-2\nbgen bg save m.bgen\n" + MD + "variable seed index 11\n" + self.LANGEVIN +
                  "run 2000\nbgen bg works w.dat\nwrite_restart eq.restart\n")
        well = (pathlib.Path(os.environ["POTENTIALS"]) / "double_well.lmp").read_text().splitlines()
        first = next(i for i, line in enumerate(well) if line.startswith("pair_style"))
        again = "\n".join(["units lj", "dimension 2", "boundary f f p", "atom_modify map array sort 0 0.0", "read_restart eq.restart", *well[first:]])
        logs = self.good_pool(again + "\n" + fix(more="move transfer 1 pool yes") + "bgen bg load m.bgen\nbgen bg works w0.dat\n" + MD +
                              "fix flat all enforce2d\nthermo 10\nrun 400\nbgen bg works w1.dat\n", 2)
        alone, before, after = (sum(not line.startswith("#") for line in (self.folder / name).read_text().splitlines())
                                for name in ("w.dat", "w0.dat", "w1.dat"))
        self.assertEqual(before, alone)
        self.assertLess(after - before, 2 * 2 * 200 + 1)
        self.assertGreater(after, before)
        self.assertNotIn("chain of another partition", logs[0])
        self.assertIn("partition 1 begins one of its own", logs[1])
        runs = [re.findall(r"^ +\d+0 +-?\d\S+ .*", log, re.M) for log in logs]
        self.assertNotEqual(runs[0], runs[1])  # MD from one configuration without a thermostat: by the jumps

    def test_hold(self):
        """Test frames of two partitions in three turns are two walkers."""
        logs = self.good_pool("variable seed world 11 12\n" + SYSTEM + fix(n=0, more="pool yes collect 20") + MD + self.LANGEVIN +
                              "run 2000\nbgen bg train steps 5 batch 64 hold 0.3 basin left\n" * 3 + "bgen bg info\n", 2)
        for log in logs:
            self.assertRegex(log, r"frames to test .* of 2 walkers")


class Exchanges(PoolCase):
    RUN = (MD + "fix lan all langevin $T $T 0.5 ${seed}\nfix flat all enforce2d\nvariable y equal y[1]*y[1]\n"
           "fix y all ave/time 5 4000 20000 v_y file y.${seed}\nrun 20000\n")

    def exchange(self, how):
        """Of two temperatures: what the colder partition says of (all, accepted, plain), and <y^2>/T of each, which is 1."""
        logs = self.good_pool("variable T world 1.0 3.0\nvariable seed world 11 12\n" + SYSTEM +
                              fix(n=5, more=f"pool yes move exchange 1 {how}").replace(" 1.0 4711", " $T 4711") + "bgen bg load m.bgen\n" + self.RUN, 2)
        rows = [[line.split() for line in log.splitlines() if line.startswith("  exchange ")] for log in logs]
        attempts, accepted = ([sum(int(row[k]) for row in of) for of in rows] for k in (3, 4))
        self.assertEqual(attempts, [4000, 4000])
        self.assertEqual(accepted[0], accepted[1])
        self.assertNotIn("exchanges: ", logs[1])
        found = re.search(r"exchanges: +(\d+) of (\d+) with the next higher temperature .* of plain exchange (\d+) ", logs[0])
        self.assertEqual((int(found[2]), int(found[1])), (4000, accepted[0]))
        squares = [float((self.folder / f"y.{seed}").read_text().split()[-1]) for seed in (11, 12)]
        return int(found[1]), int(found[3]), [squares[0], squares[1] / 3.0]

    def test_learned_and_plain(self):
        """Both keep the distribution; a flow that knows both wells accepts more than exchange as they are."""
        self.good(SYSTEM + fix(n=0, more="flow whiten") + "rerun left.dump dump x y\nrerun right.dump dump x y\nbgen bg train steps 1 batch 64 lr 1e-9\nbgen bg save m.bgen\n")
        found = {how: self.exchange(how + " flow whiten") for how in ("learned", "plain")}
        for _, _, squares in found.values():
            for square in squares:
                self.assertAlmostEqual(square, 1.0, delta=0.2)  # 5 sigma of 1600 independent values
        self.assertEqual(found["plain"][0], found["plain"][1])
        self.assertGreater(found["learned"][0], found["learned"][1])


class Errors(PoolCase):
    def test_waits_aloud(self):
        """Who comes late is named, and awaited."""
        code, output, _ = self.run_pool("partition yes 2 shell sleep 8\n" + POOL + "bgen bg info\n", 3)
        self.assertEqual(code, 0, output)
        waits = [line for line in output.splitlines() if "waits" in line]
        self.assertEqual(waits, ["WARNING: fix bg, pool yes, waits for partition 1: all partitions need the same fix"])

    def refused_pool(self, text, words):
        code, output, _ = self.run_pool(POOL + FIRST + text, 2)
        said = [line for line in output.splitlines() if line.startswith("ERROR")]
        self.assertNotEqual(code, 0)
        self.assertEqual(len(said), 1, output)  # of two that fail, one says it
        for word in words.split("|"):
            self.assertIn(word, said[0])

    def test_one_sentence(self):
        for text, words in (
            ("unfix bg\nvariable n world 2 3\n" + fix(n="$n", more="pool yes") + "bgen bg info\n", "the fix has another line"),
            ("unfix bg\nvariable T world 1.0 1.3\n" + fix(more="pool yes").replace(" 1.0 4711", " $T 4711") + FIRST + "bgen bg train steps 2 batch 32\n",
             "the temperature is 1 in partition 0, but 1.3 in 1"),
            ("bgen bg train speed 3\n", "ERROR: bgen train: unknown keyword 'speed'"),
            ("variable n world 10 20\nbgen bg train steps $n\n", "this line is another one in partition 1"),
            ("bgen bg train steps 2 batch 32\nbgen bg save no/such/folder\n", "ERROR: partition 0: bgen: cannot write no/such/folder"),
            ("bgen bg train steps 2 batch 32\npartition yes 2 variable well_U atom x^4-6*x^2+1.1*x\nbgen bg train steps 2 batch 32 kl 1\n",
             "the same configuration has the energy|in partition 0|in 1:"),
            ("partition yes 1 bgen bg info\n", "partition 1: bgen: this partition has ended"),
            ("partition yes 2 unfix bg\npartition yes 1 bgen bg info\n", "bgen: this partition has ended, or has removed|partition 1"),
            ("partition yes 2 fix bh all bgen 1 1.0 4711 cv s\nbgen bg info\n", "ERROR on partition 1: fix bgen: missing argument"),
        ):
            with self.subTest(text=text):
                self.refused_pool(text, words)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
