#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fix bgen and the command bgen in a whole LAMMPS: sentences for mistakes, ranks, restarts, model files.

From the environment: LMP_BGEN, BGEN_TEST_SWITCHES (more words for LAMMPS), MPIEXEC, POTENTIALS. One class is one ctest.
"""
import bisect
import itertools
import math
import os
import pathlib
import random
import re
import statistics
import subprocess
import tempfile
import unittest

LMP = os.environ["LMP_BGEN"]
SWITCHES = os.environ.get("BGEN_TEST_SWITCHES", "").split()  # -k on -sf kk
SYSTEM = f"include {os.environ['POTENTIALS']}/double_well.lmp\nthermo_modify norm no\n"
FIX = ('fix bg all bgen {n} 1.0 4711 coords cartesian xy cv s coordinate 1 x basin right s {border} 10 basin left s -10 {border} '
       'threads 1 flow "whiten; realnvp blocks 2 width {width}" {more}\n')
RERUN = "rerun left.dump dump x y\nrerun right.dump dump x y\n"
TRAIN = "bgen bg train steps 200 batch 64 lr 1e-2\n"
MD = "fix integrate all nve\ntimestep 0.02\nthermo_style custom step pe f_bg[1] f_bg[2]\nthermo_modify norm no format float %.15g\n"
MOVES = "move fresh 2 move near 2 0.5 move transfer 1 move fresh 1 tries 3"
PATHS = ("move driven 2 s 1.69 -1.9 spring 40 steps 20 dt 0.05 escort yes heat 1.5 move annealed 2 steps 8 dt 0.05 "
         "move annealed 1 steps 5 start transfer power 2 move fresh 1 offset right 3.38")


def fix(n=2, width=16, more="", border=0):
    return FIX.format(n=n, width=width, more=more, border=border)


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
        command = [LMP, "-in", "in.test", "-log", "none", *SWITCHES, *options]
        if ranks > 1 and not os.environ["MPIEXEC"]:
            self.skipTest("nothing starts this LAMMPS on several ranks")
        if ranks > 1:
            command = [os.environ["MPIEXEC"], "-n", str(ranks), *command]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=200)
        return run.returncode, run.stdout + run.stderr

    def good(self, text, ranks=1, *options):
        code, output = self.run_lammps(text, ranks, *options)
        self.assertEqual(code, 0, output[-2000:])
        return output

    def refused(self, text, words, *options):
        code, output = self.run_lammps(text, 1, *options)
        errors = [line for line in output.splitlines() if line.startswith("ERROR")]
        self.assertGreater(code, 0, f"no error, or a crash ({code}), for {words}\n{output[-1500:]}")
        self.assertEqual(len(errors), 1, output[-1500:])
        for word in words.split("|"):
            self.assertIn(word, errors[0])


def thermo(output, n_columns):
    """The lines of numbers, all of them."""
    lines = (line.split() for line in output.splitlines())
    return [line for line in lines if len(line) == n_columns and all(re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", w) for w in line)]


def jump_table(output):
    """The rows of the last summary of jumps, {(move, from, to): {column: text}}, and what stands below them."""
    lines = output[output.rindex("  move   "):].splitlines()
    end = next(i for i, line in enumerate(lines) if line.startswith("  basin changes"))
    names, rows = lines[0].split(), []
    for words in map(str.split, lines[1:end]):  # names of basins are single words, those of moves need not be
        rows.append(dict(zip(names, (" ".join(words[:1 - len(names)]), *words[1 - len(names):]), strict=True)))
    return {(row["move"], row["from"], row["to"]): row for row in rows}, lines[end:]


def counted(output):
    """All that the last summary says but times."""
    rows, rest = jump_table(output)
    return ([{name: word for name, word in row.items() if name != "seconds"} for row in rows.values()],
            [line for line in rest if "F(" in line])


def installed_packages():
    text = subprocess.run([LMP, "-h"], capture_output=True, text=True, timeout=60).stdout
    return text.split("Installed packages:")[1].split("List of")[0].split()


class Mistakes(Case):
    def test_fix(self):
        for line, words in (
            ("fix bg all bgen 2 0.0 4711", "temperature|above 0"),
            ("fix bg all bgen 2 warm 4711", "warm"),
            ("fix bg all bgen -2 1.0 4711", "-2"),
            ("fix bg none bgen 2 1.0 4711", "group"),
            ("fix bg all bgen 2 1.0 4711 coords cartesian xy speed 3", "speed"),
            ("fix bg all bgen 2 1.0 4711 flow \"whiten; glow blocks 3\"", "glow"),
            ("fix bg all bgen 2 1.0 4711 flow \"realnvp blocks x\"", "blocks|x"),
            ("fix bg all bgen 2 1.0 4711 flow \"mixture modes 2; whiten\"", "mixture must be the last|whiten"),
            ("fix bg all bgen 2 1.0 4711 basin a s 0 1", "cv s"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 7 x", "7"),
            ("fix bg all bgen 2 1.0 4711 cv pe coordinate 1 x", "a cv cannot be named pe"),
            ("fix bg all bgen 2 1.0 4711 cv v_s coordinate 1 x", "a cv cannot be named v_s"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 1 x basin a s 0 1 basin b s -1 0 offset a 1e4", "basin a|10000|between -700 and 700"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 1 x basin a s 1 0", "a|empty"),
            ("fix bg all bgen 2 1.0 4711 cv s torsion 1 2 3 4", "torsion|dihedral"),
            ("fix bg all bgen 2 1.0 4711 cv s angle 1 2 1", "cv s|atom 1 twice"),
            ("fix bg all bgen 2 1.0 4711 coords cartesian x cv s angle 1 2 3", "angle|2 components"),
            ("fix bg all bgen 2 1.0 4711 cv s dihedral 1 2 3 4", "dihedral|3 components|only 2"),
            ("fix bg all bgen 2 1.0 4711 cv s linear 1 x", "after 'x'|coefficient"),
            ("fix bg all bgen 2 1.0 4711 cv s linear 1 x inf", "cv s|finite"),
            ("fix bg all bgen 2 1.0 4711 cv s linear 1 x 1 1.5 y 1", "1.5|ID"),
            ("fix bg all bgen 2 1.0 4711 cv s linear 1 x 1 1 z 1", "cv s|does not move"),
            ("fix bg all bgen 2 1.0 4711 cv s linear 1 x 1 7 y 1", "atom 7|cv s"),
            ("fix bg all bgen 2 1.0 4711 cv s angle 1 2 3 basin a s 120 60", "a is empty"),
            ("fix bg all bgen 2 1.0 4711 cv s coordinate 1 x basin a s 0 1 basin a s 1 2", "basin a|do not overlap"),
            ("fix bg all bgen 2 1.0 4711 cv s dihedral 1 2 3 4 basin a s 60 60", "a is empty"),
            ("fix bg all bgen 2 1.0 4711 cv s dihedral 1 2 3 4 basin a s 120 300", "-180 to 180|120 -60"),
            ("fix bg all bgen 2 1.0 4711 cv s dihedral 1 2 3 4 basin a s 0 60 basin a s 30 90", "basin a|one range"),
            ("fix bg all bgen 2 1.0 4711 coords cartesian xyz cv s dihedral 1 2 3 4 basin a s 120 -60 basin b s -90 0",
             "a and b overlap"),
            ("fix bg all bgen 2 1.0 4711 identical types 2", "2"),
            ("fix bg all bgen 2 1.0 4711 identical atoms 1", "identical atoms 1|second"),
            ("fix bg all bgen 2 1.0 4711 identical atoms 1 7", "atom 7|group"),
            ("fix bg all bgen 2 1.0 4711 identical atoms 1 1", "atom 1|already"),
            ("fix bg all bgen 2 1.0 4711 identical types 1 identical atoms 1 2", "atom 1|already"),
            ("fix bg all bgen 2 1.0 4711 move far 1", "far|fresh, near, transfer, annealed, driven"),
            ("fix bg all bgen 2 1.0 4711 move transfer 1", "second basin"),
            ("fix bg all bgen 2 1.0 4711 move fresh 1 tries 0", "proposals|0"),
            ("fix bg all bgen 2 1.0 4711 move near 1 0", "step|0"),
            ("fix bg all bgen 2 1.0 4711 move fresh inf", "inf|frequency"),
            ("fix bg all bgen 2 1.0 4711 mirror z 0.0 coords cartesian xy", "mirror z"),
        ):
            with self.subTest(line):
                self.refused(SYSTEM + line + "\n", words)

    def test_command(self):
        for lines, words in (
            ("bgen bx info", "bx"),
            ("bgen bg dance", "dance"),
            ("bgen bg train steps 10", "right|no frames"),
            ("bgen bg save a.bgen", "trained"),
            ("bgen bg works", "after 'works'|file"),
            ("bgen bg works no/works.dat", "no/works.dat"),
            ("bgen bg load nowhere.bgen", "nowhere.bgen"),
            (RERUN + TRAIN + "bgen bg free_energy", "test frames"),
            (RERUN + TRAIN + "bgen bg train explore -1", "-1|step"),
            (RERUN + "bgen bg dump f.dump", "no flow yet"),
            (RERUN + TRAIN + "bgen bg save a.bgen\nunfix bg\n" + fix() + "bgen bg load a.bgen\nbgen bg dump f.dump", "no frames"),
            (RERUN + "bgen bg train steps 10 ml 0 kl 0", "weights"),
            (RERUN + "bgen bg train steps 10 refit maybe", "maybe"),
            (RERUN + "bgen bg train steps 10 kl 1 temperatures 1 2 1", "temperature 1 is given twice"),
            (RERUN + "bgen bg train steps 10 kl 1 batch 2 temperatures 1 2 3", "2 samples|3 temperatures"),
            (RERUN + "bgen bg train steps 10 file ''", "bgen train: the name of a file is empty"),
            (RERUN + TRAIN + "bgen bg dump ''", "bgen dump: the name of a file is empty"),
            ("bgen bg works ''", "bgen works: the name of a file is empty"),
            ("bgen bg works w u_nk ''", "bgen works: the beginning of file names is empty: give a name"),
            ("bgen bg save ''", "bgen save: the name of a file is empty"),
            (RERUN + "bgen bg train steps 10 refit prior", "prior|mixture"),
            (MD + "run 10", "train or load"),
            ("bgen bg population", "number of walkers"),
            ("bgen bg population 0", "number of walkers|0"),
            ("bgen bg population 10", "from flow|from frames"),
            ("bgen bg population 10 from nowhere", "nowhere|flow, frames"),
            ("bgen bg population 10 from flow speed 2", "speed|repeats"),
            ("bgen bg population 10 from flow", "no flow yet"),
            ("bgen bg population 10 from flow to 2", "from frames"),
            ("bgen bg population 10 from frames power 2", "power|geometric"),
            ("bgen bg population 10 from frames repeats 1", "repeats|1"),
            ("bgen bg population 10 from frames basin left start frames", "one basin"),
            ("bgen bg population 10 from frames to 2 start given 0.5", "after '0.5'|error"),
            ("bgen bg population 10 from frames to 2", "basin right has 0 frames|8 repeats"),
            (RERUN + "bgen bg population 10 from frames", "temperature 1 already"),
            (RERUN + "bgen bg population 10 from frames to 2 file no/t.dat", "no/t.dat"),
            ("rerun right.dump dump x y\nbgen bg population 10 from frames to 2 basin right start frames", "one basin"),
        ):
            with self.subTest(lines):
                self.refused(SYSTEM + fix() + lines + "\n", words)

    def test_old_words(self):
        """Each names the new one."""
        for line, new in (
            ("fix new all bgen 2 1.0 4711 relabel type 1", "identical types"),
            ("fix new all bgen 2 1.0 4711 swap 1 2", "identical atoms"),
            ("fix new all bgen 2 1.0 4711 move several 1 32", "move fresh F tries K"),
            ("bgen bg frames test", "fix_modify ID frames"),
            ("bgen bg tune no", "fix_modify ID tune"),
            ("bgen bg frames dump f.dump", "bgen ID dump"),
            ("bgen bg anneal 10 from flow", "population"),
            ("bgen bg train iter 10", "steps"),
            ("bgen bg train weights 1 1", "ml|kl|rc"),
            ("bgen bg train ehigh 1e3", "ecap"),
            ("bgen bg free_energy mixture populations", "bgen ID mixture"),
            ("bgen bg free_energy file e", "points"),
            ("compute z all bgen bg latent yes", "latent"),
        ):
            with self.subTest(line):
                self.refused(SYSTEM + fix() + RERUN + line + "\n", new)

    def test_help(self):
        """The table of keywords instead of the work."""
        code, output = self.run_lammps(SYSTEM + "fix bg all bgen help\n")
        self.assertGreater(code, 0)
        for word in ("identical", "velocity keep|resample", "move fresh F", "tries K"):
            self.assertIn(word, output)
        output = self.good(SYSTEM + fix() + "bgen bg train help\nbgen bg free_energy help\n")
        for word in ("steps", "ecap", "bootstrap", "points"):
            self.assertIn(word, output)

    def test_accelerators(self):
        """A build without the package refuses by itself, also in one sentence."""
        for options in (("-k", "on", "-sf", "kk"), ("-sf", "intel")):
            with self.subTest(options):
                package = {"kk": "KOKKOS", "intel": "INTEL"}[options[-1]]
                self.refused(SYSTEM + fix() + RERUN + TRAIN + MD + "run 10\n", package, *options)

    def test_mirror_that_is_none(self):
        self.refused(SYSTEM + fix(more="mirror x 0.0") + RERUN, "mirror x|another basin")
        self.refused(SYSTEM + "fix bg all bgen 2 1.0 4711 coords cartesian xy mirror x 0.0\n" + RERUN +
                     "bgen bg train steps 10 kl 1\n", "mirror x|energy")


class Models(Case):
    def setUp(self):
        super().setUp()
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\nbgen bg sample 50 file a.dat\n")

    def test_same_densities(self):
        self.good(SYSTEM + fix() + "bgen bg load a.bgen\nbgen bg sample 50 file b.dat\n")
        self.assertEqual((self.folder / "a.dat").read_text(), (self.folder / "b.dat").read_text())

    def test_mixture(self):
        """Its modes are in the file. A step of no length leaves the samples where they are, and refit prior moves them."""
        line, step = fix(width="16; mixture modes 2"), "bgen bg train steps 1 lr 1e-9 keep last"
        self.good(SYSTEM + line + RERUN + TRAIN + f"bgen bg save k.bgen\n{step}\nbgen bg save l.bgen\n{step} refit prior\n"
                  "bgen bg save m.bgen\nbgen bg sample 50 file n.dat\n")
        for name in "klm":
            self.good(SYSTEM + line + f"bgen bg load {name}.bgen\nbgen bg sample 50 file {name}.dat\n")
        before, after, refitted, kept = ([line.split()[-1] for line in (self.folder / f"{name}.dat").read_text().splitlines()[2:]]
                                         for name in "klmn")
        self.assertLess(max(abs(float(s) - float(t)) for s, t in zip(before, after, strict=True)), 1e-4)
        self.assertGreater(max(abs(float(s) - float(t)) for s, t in zip(after, refitted, strict=True)), 1e-2)
        self.assertEqual(refitted, kept)
        self.refused(SYSTEM + fix() + "bgen bg load m.bgen\n", "mixture modes 2")

    def test_dumps(self):
        """LAMMPS reads them and finds the energies that they say; the ends of a line are its frames."""
        self.good(SYSTEM + fix() + RERUN + "bgen bg load a.bgen\nbgen bg sample 20 dump s.dump\n"
                  "bgen bg interpolate 5 from left 3 to right 7 file i.dump\n")
        for name, n in (("s", 20), ("i", 5)):
            lines = (self.folder / f"{name}.dump").read_text().splitlines()
            atoms = [[float(w) for w in line.split()] for line in lines[9::10]]
            output = self.good(SYSTEM + "thermo 1\nthermo_style custom step pe\nthermo_modify norm no format float %.12g\n"
                               f"rerun {name}.dump dump x y wrapped no\n")
            energies = [float(line[1]) for line in thermo(output, 2) if int(line[0]) > 0]
            self.assertEqual(len(energies), n)
            for energy, atom in zip(energies, atoms, strict=True):
                self.assertLessEqual(abs(energy - atom[4]), 1e-8)
                self.assertLessEqual(abs(atom[4] + atom[5] + atom[6]), 1e-8)
        frame = (self.folder / "left.dump").read_text().splitlines()[9 + 2 * 10].split()
        self.assertLessEqual(abs(float(frame[1]) - atoms[0][2]), 1e-8)

    def test_no_line(self):
        for words, said in (("5 from left 3 to right 401 file i.dump", "right|401"), ("1 from left 1 to right 1 file i", "1"),
                            ("5 from left 3 file i.dump", "must be given"), ("5 from left 3 to right 4 file no/i.dump", "no/i.dump")):
            self.refused(SYSTEM + fix() + RERUN + "bgen bg load a.bgen\nbgen bg interpolate " + words + "\n", said)

    def test_swapped_atoms(self):
        """Atoms listed one by one are as good as a type; those that the energy tells apart are found out."""
        text = (SYSTEM.replace("double_well", "dimer") + "minimize 0 1e-2 100 1000\nvelocity all create 1.0 1 mom no\n" +
                "fix bg all bgen 0 1.0 4711 coords cartesian xy {} collect 20 threads 1 flow \"whiten; realnvp blocks 1 width 8\"\n"
                "fix thermostat all langevin 1.0 1.0 0.1 1\nfix integrate all nve\nfix plane all enforce2d\ntimestep 0.01\n"
                "run 2000\nbgen bg train steps 2 batch 16\nbgen bg sample 20 file {}\n")
        self.good(text.format("identical types 2 1", "types.dat"))
        self.good(text.format("identical types 2 identical atoms 1 2", "swap.dat"))
        self.assertEqual((self.folder / "types.dat").read_text(), (self.folder / "swap.dat").read_text())
        self.refused(text.format("identical atoms 2 3", "wrong.dat"), "identical atoms 2 3|changes the energy")

    def test_refused(self):
        whole = (self.folder / "a.bgen").read_bytes()
        load = SYSTEM + fix() + "bgen bg load b.bgen\n"
        for length in (0, 7, 100, 1000, len(whole) // 2, len(whole) - 1):
            with self.subTest(length):
                (self.folder / "b.bgen").write_bytes(whole[:length])
                self.refused(load, "b.bgen")
        start = 8 + int.from_bytes(whole[:8], "little")
        (self.folder / "b.bgen").write_bytes(whole[:start + 40] + b"\0\0\xc0\x7f" + whole[start + 44:])
        self.refused(load, "b.bgen|checksum")
        self.refused(SYSTEM + fix(width=17) + "bgen bg load a.bgen\n", "width 17")
        self.refused(SYSTEM + fix().replace("coordinate 1 x", "linear 1 x 1 1 y 0.5") + "bgen bg load a.bgen\n",
                     "coordinate 1 x|linear 1 x 1 1 y 0.5")


class Chains(Case):
    def setUp(self):
        super().setUp()
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\n")
        self.begin = SYSTEM + fix() + "bgen bg load a.bgen\n" + MD + "thermo 20\n"

    def test_ranks(self):
        self.check_ranks(self.begin)

    def test_moves_on_ranks(self):
        self.check_ranks(self.begin.replace("threads 1", "threads 1 " + MOVES))

    def test_paths_on_ranks(self):
        self.check_ranks(self.begin.replace("threads 1", "threads 1 " + PATHS))

    def check_ranks(self, begin):
        runs = [thermo(self.good(begin + "run 200\n", ranks), 4) for ranks in (1, 2, 4)]
        self.assertEqual(len(runs[0]), 11)
        self.assertGreater(float(runs[0][-1][3]), 10)  # accepted jumps
        for run in runs[1:]:
            for one, other in zip(runs[0], run, strict=True):
                self.assertEqual(one[2:], other[2:])
                self.assertLessEqual(abs(float(one[1]) - float(other[1])), 1e-9 * (1 + abs(float(one[1]))))

    def test_commands_on_ranks(self):
        """What rank 0 finds out all ranks must know: energies by LAMMPS differ in the last digits only."""
        deck = (SYSTEM + fix() + RERUN + "fix_modify bg frames test\n" + RERUN +
                "bgen bg train steps 40 batch 64 lr 1e-3 kl 1 stop 3\nbgen bg sample 20 file s.dat dump s.dump\n"
                "bgen bg interpolate 4 from left 1 to left 9 file i.dump\n"
                "bgen bg free_energy samples 200 points e profile p.dat\nbgen bg mixture populations\nbgen bg info\n"
                "bgen bg population 10 from flow repeats 2 stages 2 dt 0.1 file a.dat dump a.dump\n" + MD + "run 50\n")
        found = []
        for ranks in (1, 2):
            self.good(deck, ranks)
            found.append([float(word) for name in ("s.dat", "s.dump", "i.dump", "e.flow.dat", "e.md.dat", "p.dat", "a.dat", "a.dump") for word in
                          re.findall(r"-?\d+\.\d+", (self.folder / name).read_text())])
        self.assertGreater(len(found[0]), 5000)
        for one, other in zip(*found, strict=True):
            self.assertLessEqual(abs(one - other), 1e-3 * (1 + abs(one)))

    def test_same_again(self):
        self.assertEqual(*(thermo(self.good(self.begin + "run 200\n"), 4) for _ in range(2)))

    def test_openmp_package(self):
        """Other styles for the same energies: the same proposals meet the same fate."""
        if "OPENMP" not in installed_packages():
            self.skipTest("this LAMMPS is without OPENMP")
        plain, threaded = (thermo(self.good(self.begin + "run 200\n", 1, *options), 4)
                           for options in ((), ("-sf", "omp", "-pk", "omp", "2")))
        self.assertEqual([line[2:] for line in plain], [line[2:] for line in threaded])

    def test_training_between_segments(self):
        """Frames of the run itself teach the flow that then jumps; within a segment it does not change."""
        output = self.good(self.begin.replace(fix(), fix(more="collect 5")) +
                           "thermo_style custom step f_bg[1] f_bg[12]\n"
                           "run 400 every 100 \"bgen bg train steps 20 batch 32 lr 1e-3\" \"bgen bg info\"\n")
        sums = re.findall(r"model checksum +(\w+)", output)
        self.assertEqual(len(set(sums)), 4)
        frames = [int(n) for n in re.findall(r"train: basin left, (\d+) frames", output)]
        self.assertEqual(len(frames), 4)
        self.assertTrue(all(a < b for a, b in zip(frames, frames[1:])), frames)
        self.assertEqual(re.findall(r"of (\d+) in all", output)[-1], "200")

    def test_collects_before_it_jumps(self):
        output = self.good(SYSTEM + fix(more="collect 5") + MD + "velocity all set 3.0 0.5 0.0\nthermo_style custom step f_bg[1] f_bg[12] f_bg[11]\n"
                           "run 100\n")
        last = thermo(output, 4)[-1]
        self.assertEqual([int(word) for word in last[:3]], [100, 0, 20])
        self.assertIn("does not jump yet", output)

    def test_partitions(self):
        self.good(self.begin + "run 100\n", 2, "-partition", "2x1")


class Restarts(Case):
    """With velocities of its own counting and no other random numbers, the chain must go on bit for bit."""

    MORE = "velocity resample " + MOVES
    N, BORDER, BEGIN, ACCEPTED = 2, 0, "", 10
    SAID = "fresh 2, near 2 step 0.5, transfer 1, fresh 1 tries 3"
    LINE = "thermo_style custom step pe ke f_bg[1] f_bg[2] f_bg[10] f_bg[15]\nthermo 5\n"

    def fix(self, more):
        return fix(self.N, more=more, border=self.BORDER)

    def starts(self):
        return [60]

    def setUp(self):
        super().setUp()
        output = self.good(SYSTEM + self.fix(self.MORE) + RERUN + TRAIN + "bgen bg save a.bgen\n" + MD + self.LINE + self.BEGIN +
                           "thermo_modify format float %.17g norm no\nreset_timestep 0\n"
                           "restart 10 half.*\nrun 200\nbgen bg info\n")
        self.whole = thermo(output, 7)
        self.counted = counted(output)
        well = (pathlib.Path(os.environ["POTENTIALS"]) / "double_well.lmp").read_text().splitlines()
        first = next(i for i, line in enumerate(well) if line.startswith("pair_style"))
        self.again = "\n".join(["units lj", "dimension 2", "boundary f f p", "atom_modify map array sort 0 0.0",
                                "read_restart half.60"] + well[first:]) + "\n"

    def test_goes_on(self):
        for start in self.starts():
            output = self.good(self.again.replace("half.60", f"half.{start}") + self.fix(self.MORE) + "bgen bg load a.bgen\n" +
                               MD + self.LINE + f"thermo_modify format float %.17g norm no\nrun {200 - start}\nbgen bg info\n")
            rest = thermo(output, 7)
            self.assertEqual(len(rest), (200 - start) // 5 + 1)
            self.assertEqual(int(rest[0][0]), start)
            self.assertEqual(rest, self.whole[-len(rest):])
            self.assertEqual(counted(output), self.counted)
        self.assertGreater(float(self.whole[-1][4]), self.ACCEPTED)  # jumps

    def test_other_moves_or_basins(self):
        for line, words in ((self.fix(""), "fix bgen bg|holds a chain with the moves '" + self.SAID + "'|'fresh 1'"),
                            (self.fix(self.MORE).replace("left s -10", "left s -9"), "basins|left s -9")):
            self.refused(self.again + line, words)

    def test_another_seed(self):
        """It is that of the file, which is said; the same one says nothing."""
        words = "the chain of the restart file goes on with its seed 4711, not 99: give the fix another ID"
        self.assertNotIn("goes on with its seed", self.good(self.again + self.fix(self.MORE)))
        for ranks in (1, 2):
            self.assertIn(words, self.good(self.again + self.fix(self.MORE).replace("4711", "99"), ranks))

    def test_another_model(self):
        self.refused(self.again + self.fix(self.MORE) + RERUN + TRAIN.replace("1e-2", "2e-2") +
                     "bgen bg save b.bgen\n" + "clear\n" + self.again + self.fix(self.MORE) + "bgen bg load b.bgen\n",
                     "b.bgen|not the model")


class RestartsOfPaths(Restarts):
    """The same under offsets, with a border that MD often crosses: pieces that begin where the run does may be undone."""

    N, BORDER, BEGIN, ACCEPTED = 10, -1.77, "velocity all set 1.0 0.5 0.0\n", 2
    MORE = "velocity resample " + PATHS.replace("3.38", "1.5")
    SAID = ("driven 2 s 1.69 -1.9 spring 40 steps 20 dt 0.05 escort yes heat 1.5, annealed 2 start any power 1 steps 8 dt 0.05, "
            "annealed 1 start transfer power 2 steps 5, fresh 1")

    def starts(self):
        """Among them one whose first piece is undone: its end is where it began."""
        x = {int(line[0]): float(line[6]) for line in self.whole}
        undone = [step for step in range(10, 190, 10) if abs(x[step + 10] - x[step]) < 1e-9]
        self.assertGreater(len(undone), 0)
        return [60, undone[0]]

    def test_other_offsets(self):
        self.refused(self.again + self.fix(self.MORE.replace("right 1.5", "right 1.6")), "offsets|right 1.5|right 1.6")


# four atoms in a chain across the border of the box, free to turn
CHAIN = """
units real
atom_style molecular
atom_modify map array
region box block -8 8 -8 8 -8 8
create_box 1 box bond/types 1 angle/types 1 dihedral/types 1 extra/bond/per/atom 3 extra/angle/per/atom 3 &
  extra/dihedral/per/atom 3 extra/special/per/atom 6
mass 1 12
create_atoms 1 single 7.0 0.3 0.0
create_atoms 1 single 7.9 -0.9 0.0
create_atoms 1 single -6.7 -0.6 0.2
create_atoms 1 single -6.0 0.5 0.9
set atom 3*4 image 1 NULL NULL
pair_style zero 3.0
pair_coeff * *
bond_style harmonic
bond_coeff 1 300 1.5
angle_style harmonic
angle_coeff 1 50 112
dihedral_style zero
dihedral_coeff 1
create_bonds single/bond 1 1 2
create_bonds single/bond 1 2 3
create_bonds single/bond 1 3 4
create_bonds single/angle 1 1 2 3
create_bonds single/angle 1 2 3 4
create_bonds single/dihedral 1 1 2 3 4
"""


class Variables(Case):
    """Collective variables beside LAMMPS' own, in a molecule that turns all the way round."""

    FIX = ("fix bg all bgen 0 600 4711 cv ab distance 2 1 cv bc distance 2 3 cv cd distance 4 3 cv abc angle 1 2 3 "
           "cv bcd angle 4 3 2 cv phi dihedral 1 2 3 4 cv s linear 1 x 0.7 4 y -2.5 cv x coordinate 4 x "
           "basin back phi 120 -60 basin front phi -60 120\n")
    OWN = "".join(f"compute {name} all {kind}\ndump {name} all local 20 {name}.dump c_{name}\n"
                  f"dump_modify {name} format float %.15g\n"
                  for name, kind in (("r", "bond/local dist"), ("theta", "angle/local theta"), ("phi", "dihedral/local phi")))
    RUN = ("group first id 1\ngroup last id 4\n"
           "variable s equal 0.7*xcm(first,x)-2.5*xcm(last,y)\nvariable x equal xcm(last,x)\n"
           "fix integrate all nve\nfix warm all langevin 600 600 100 4711\n"
           "thermo_style custom step f_bg[*] v_s v_x\nthermo_modify format float %.15g\nthermo 20\nrun 4000\n")

    def sums(self, name):
        """Of the local values, in whatever order the ranks wrote them; one for each step."""
        frames = (self.folder / f"{name}.dump").read_text().split("ITEM: ENTRIES")[1:]
        return [sum(map(float, frame.split("ITEM:")[0].splitlines()[1:])) for frame in frames]

    def test_values(self):
        for ranks in (1, 2):
            lines = [[float(word) for word in line] for line in
                     thermo(self.good(CHAIN + self.FIX + self.OWN + self.RUN, ranks), 25)]
            self.assertEqual(len(lines), 201)
            for line, *own in zip(lines, *map(self.sums, ("r", "theta", "phi")), strict=True):
                basin, cvs = line[11], line[15:23]
                for ours, theirs in zip((sum(cvs[:3]), sum(cvs[3:5]), *cvs[5:]), (*own, *line[23:]), strict=True):
                    self.assertLessEqual(abs(ours - theirs), 1e-10)
                self.assertEqual(basin, 1 if cvs[5] >= 120 or cvs[5] < -60 else 2)
            for low in range(-180, 180, 60):  # all the way round
                self.assertTrue(any(low <= line[20] < low + 60 for line in lines), low)


DIMER = f"include {os.environ['POTENTIALS']}/dimer.lmp\nthermo_modify norm no\nminimize 0 1e-4 200 2000\n"


class Refusals(Case):
    """N = 1 and no jump accepted: as if there were no fix, but for neighbor lists that are built at every step."""

    def setUp(self):
        super().setUp()
        self.good(DIMER + "timestep 0.002\nfix warm all langevin 1.0 1.0 0.5 77\nfix integrate all nve\n"
                  "fix flat all enforce2d\nrun 300\ndump d all custom 20 dimer.dump id x y\nrun 2000\n")

    def trajectory(self, before, after, ranks):
        output = self.good(DIMER + before + "rerun dimer.dump dump x y\n" + after + "reset_timestep 0\ntimestep 0.005\n"
                           "velocity all create 1.0 4711 loop all\nneigh_modify delay 0 every 1 check no\n"
                           "fix warm all langevin 1.0 1.0 0.5 99\nfix integrate all nve\nfix flat all enforce2d\n"
                           "dump d all custom 50 out.dump id x y vx vy fx fy ix iy\n"
                           "dump_modify d format float %.17g sort id\nrun 1000\n", ranks)
        return output, (self.folder / "out.dump").read_text()

    def check(self, more, *said, group="all"):
        for ranks in (1, 2):
            output, with_jumps = self.trajectory(
                f'fix bg {group} bgen 1 1.0 4711 coords cartesian xy flow "whiten; realnvp blocks 2 width 8" threads 1 ' + more +
                "\n", "bgen bg train steps 1 batch 8\n", ranks)
            for words in said:
                self.assertIn(words, output)
            self.assertEqual(with_jumps, self.trajectory("", "", ranks)[1])
            self.assertEqual(with_jumps.count("TIMESTEP"), 21)

    def test_by_metropolis(self):
        self.check("", "0 of 1000 in all", "1000, of which 0 lie outside the domain of their flow, 0 were rejected by screening, 0 have no finite")

    def test_several(self):
        self.check("move fresh 1 tries 2", "0 of 1000 in all", "2000, of which 0 lie outside the domain of their flow, 0 were rejected by screening, 0 have no")

    def test_by_screen(self):
        self.check("overlap 3.0", "0 of 1000 in all", "1000 were rejected by screening")

    def test_driven(self):
        """Far too weak a spring does not reach the other side, an escort in three steps has a huge work."""
        for more in ("1e-3", "100 escort yes", "1e-3 overlap 3.0"):
            self.check("cv d distance 1 2 move driven 1 d 0.9 2.1 steps 3 dt 0.002 spring " + more, "0 of 1000 in all", group="dimer")

    def test_annealed(self):
        self.check("move annealed 1 steps 3 dt 1e-4", "0 of 1000 in all")


class Temperatures(Case):
    """One flow for each basin learns four temperatures; F(right) - F(left) of each by samples alone. Exact values by
    quadrature: potentials/README.md."""

    def test_free_energies(self):
        text = (SYSTEM + "variable T equal 1.0\n" + fix(width=32).replace(" 1.0 4711", " v_T 4711") + RERUN + TRAIN +
                "bgen bg train steps 600 batch 256 lr 5e-3 1e-4 kl 1 temperatures 0.5 1 2 4\n"
                "bgen bg save t.bgen\n")
        text += "".join(f"variable T equal {T}\nbgen bg free_energy samples 5000\n" for T in (0.5, 2, 4))
        found = re.findall(r"F\(right\) - F\(left\) = (\S+) .*samples alone", self.good(text))
        for value, exact in zip(found, (6.849401, 1.630269, 0.760557), strict=True):
            self.assertLessEqual(abs(float(value) - exact), 0.1)
        again = (SYSTEM + "variable T equal 2.0\n" + fix(width=32).replace(" 1.0 4711", " v_T 4711") +
                 "bgen bg load t.bgen\nbgen bg info\nbgen bg free_energy samples 5000\n")
        output = self.good(again)
        self.assertIn("2, of training 1", output)
        value = re.search(r"F\(right\) - F\(left\) = (\S+) .*samples alone", output).group(1)
        self.assertLessEqual(abs(float(value) - 1.630269), 0.1)

    def test_frames_of_another(self):
        self.refused(SYSTEM + "variable T equal 1.0\n" + fix().replace(" 1.0 4711", " v_T 4711") + "rerun left.dump dump x y\n"
                     "variable T equal 2.0\nrerun right.dump dump x y\n", "temperature 2|are at 1")

    def test_spread(self):
        self.refused(SYSTEM + fix() + RERUN + "bgen bg train steps 10 kl 1 rc 1\n", "after '1'|cv")
        self.refused(SYSTEM + fix() + RERUN + "bgen bg train steps 10 kl 1 rc 1 d -2 2\n", "'d'")
        self.good(SYSTEM + fix() + RERUN + "bgen bg train steps 10 kl 1 rc 1 s -2 2\n")


class Annealing(Case):
    """Populations from flows and from frames; exact values by quadrature, those of differences: potentials/README.md."""

    HOT = ("fix thermostat all langevin 4.0 4.0 0.5 12345\nfix integrate all nve\nfix plane all enforce2d\ntimestep 0.01\nrun 400000\n"
           "unfix thermostat\nunfix integrate\n")
    SIGN = {"right": 1, "left": -1}
    DIFFERENCES = {4: 0.760557, 2: 1.630269, 1: 3.379901, 0.5: 6.849401}

    @staticmethod
    def weights(T, basin):
        """[(x, e^{-u(x)} dx)]"""
        return [(x, math.exp(-(x ** 4 - 6 * x ** 2 + x) / T) * 2e-4)
                for x in (Annealing.SIGN[basin] * (i + 0.5) * 2e-4 for i in range(25000))]

    def exact(self, T, basin):
        return -math.log(sum(w for _, w in self.weights(T, basin)) * math.sqrt(2 * math.pi * T))

    def write_frames(self, basin):
        """Drawn exactly at T = 1, to test by."""
        grid, draw = self.weights(1, basin), random.Random(basin)
        total = list(itertools.accumulate(w for _, w in grid))
        frame = "ITEM: TIMESTEP\n{}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ff ff pp\n-10 10\n-10 10\n-0.5 0.5\nITEM: ATOMS id x y\n1 {:.12g} {:.12g}\n"
        xs = (grid[bisect.bisect(total, draw.random() * total[-1])][0] for _ in range(4000))
        (self.folder / f"exact.{basin}.dump").write_text("".join(frame.format(i, x, draw.gauss(0, 1)) for i, x in enumerate(xs)))

    def narrow(self, basin):
        """Training frames that make a flow too narrow, so that the way to the Boltzmann distribution is long."""
        path, middle = self.folder / f"{basin}.dump", {"left": -1.772, "right": 1.689}[basin]
        path.write_text(re.sub(r"^1 (\S+) (\S+)$", lambda m: f"1 {middle + 0.75 * (float(m[1]) - middle):.12g} {0.75 * float(m[2]):.12g}",
                               path.read_text(), flags=re.M))

    @staticmethod
    def tables(output):
        """Of each command {(basin, stage): [T or lambda, F, error, ...]}, and [(difference, error, T, method)]."""
        found = []
        for part in output.split(" population: F = ")[1:]:
            rows = re.findall(r"^(right|left) +(\d+) +(.*)$", part, re.M)
            lines = re.findall(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) kT .*\(T = ([^,)]+)(, BAR)?\)", part)
            found.append(({(b, int(t)): [math.nan if w == "-" else float(w) for w in more.split()] for b, t, more in rows},
                          [(float(d), float(e), float(T), method) for d, e, T, method in lines]))
        return found

    def close(self, value, error, exact, most):
        self.assertLess(error, most)
        self.assertLessEqual(abs(value - exact), 5 * error + 5e-5)  # four digits are printed

    def test_from_flow(self):
        for basin in self.SIGN:
            self.write_frames(basin)
            self.narrow(basin)
        output = self.good(SYSTEM + fix() + RERUN + TRAIN.replace("200", "20") + "fix_modify bg frames test\n" +
                           RERUN.replace("rerun ", "rerun exact.") + "bgen bg population 200 from flow stages 5 dt 0.1\n"
                           "bgen bg population 500 from flow stages 5 dt 0.1 power 2 resample no\nbgen bg population 50 from flow basin left\n")
        tables = self.tables(output)
        self.assertEqual([len(differences) for _, differences in tables], [1, 2, 0])
        self.assertEqual([round(25 * tables[1][0]["left", t][0]) for t in range(6)], [0, 1, 4, 9, 16, 25])
        for rows, differences in tables[:2]:
            for basin in self.SIGN:
                self.close(*rows[basin, 5][1:3], self.exact(1, basin), 0.06)
            for value, error, T, _ in differences:
                self.assertEqual(T, 1)
                self.close(value, error, self.DIFFERENCES[1], 0.06)
        bar = re.findall(r"^F\((\S+)\) = (\S+) \+- (\S+) kT \(BAR\), (\S+) \+- (\S+) kT \(from 4000 frames", output, re.M)
        self.assertEqual([words[0] for words in bar], ["right", "left"])
        for basin, *numbers in bar:
            for value, error in (numbers[:2], numbers[2:]):
                self.close(float(value), float(error), self.exact(1, basin), 0.05)

    def test_from_frames(self):
        """Families die out where walkers are resampled, and only there; each command draws other numbers."""
        line = "bgen bg population 200 from frames to 0.5 stages 6 steps 5 dt 0.1 start "
        text = SYSTEM + fix(0, more="collect 50").replace(" 1.0 4711", " 4.0 4711") + self.HOT + line + "frames dump t.dump\n"
        output = self.good(text + (line + "given 0.760557 0 resample no\n") * 2)
        tables = self.tables(output)
        self.assertEqual(len(tables), 3)
        self.assertNotEqual(tables[1], tables[2])
        for (rows, differences), most in zip(tables, (0.4, 0.1, 0.1), strict=True):
            for (basin, t), (T, F, error, *_) in rows.items():
                self.assertLessEqual(abs(T - 4 * 8 ** (-t / 6)), 1e-4)
                self.close(F, error, self.exact(4 * 8 ** (-t / 6), basin) - self.exact(4, basin), 0.1)
            exact = {T: d for _, _, T, _ in differences for at, d in self.DIFFERENCES.items() if T == at}
            self.assertEqual(len(differences), 7)
            self.assertEqual(exact, self.DIFFERENCES)
            for value, error, T, _ in differences:
                if T in exact:
                    self.close(value, error, exact[T], most)
        families = [rows["left", 6][-2] for rows, _ in tables]
        self.assertLess(families[0], 190)
        self.assertEqual(families[1:], [200, 200])
        self.check_population(rows=(self.folder / "t.dump").read_text().splitlines()[9::10])

    def check_population(self, rows):
        """u is that of T = 0.5; weights of basins are those of their Z, and walkers follow the Boltzmann distribution."""
        atoms = [[float(word) for word in row.split()] for row in rows]
        weight = {"right": 0, "left": 0}
        for basin, sign in self.SIGN.items():
            mine = [(a[2], math.exp(a[5])) for a in atoms if a[2] * sign > 0]
            weight[basin] = sum(w for _, w in mine)
            mean = sum(x * w for x, w in mine) / weight[basin]
            exact = self.weights(0.5, basin)
            total = sum(w for _, w in exact)
            expected = sum(x * w for x, w in exact) / total
            sigma = math.sqrt(sum((x - expected) ** 2 * w for x, w in exact) / total)
            self.assertLessEqual(abs(mean - expected), 5 * sigma / math.sqrt(len(mine) / 4))  # copies are still alike
        self.assertLessEqual(abs(math.log(weight["left"] / weight["right"]) - self.DIFFERENCES[0.5]), 1)
        for _, _, x, y, u, _ in atoms:
            self.assertLessEqual(abs(u - (x ** 4 - 6 * x ** 2 + x + y ** 2 / 2) / 0.5), 1e-6)

    def test_nothing_known_of_the_start(self):
        output = self.good(SYSTEM + fix() + RERUN + "bgen bg population 10 from frames to 1.1 stages 1 steps 1 dt 0.1\n")
        self.assertEqual(self.tables(output)[0][1], [])

    def test_same_again(self):
        text = SYSTEM + fix() + RERUN + "bgen bg population 10 from frames to 2 stages 2 dt 0.1 file {0}.dat dump {0}.dump\n"
        for name in "ab":
            self.good(text.format(name))
        for kind in ("dat", "dump"):
            self.assertEqual(*((self.folder / f"{name}.{kind}").read_text() for name in "ab"))


class Exploration(Case):
    def test_finds_the_other_well(self):
        """From one configuration: the barrier is 10.8 kT, and only jumps get across."""
        example = pathlib.Path(os.environ["POTENTIALS"]).parent / "examples/double_well/in.explore"
        self.good(example.read_text(), 1, "-var", "potentials", os.environ["POTENTIALS"])
        x = [float(line.split()[1]) for line in (self.folder / "explored.dat").read_text().splitlines()[1:]]
        self.assertGreater(sum(s < -1 for s in x), len(x) / 2)
        self.assertGreater(sum(s > 1 for s in x), 50)  # 330 of 10000 are expected


    def test_frames_find_the_other_well(self):
        """The same by near moves of the frames while a flow learns from them, spread along x."""
        self.good(SYSTEM + "fix bg all bgen 0 1.0 4711 coords cartesian xy cv s coordinate 1 x threads 1 "
                  "flow \"whiten; realnvp blocks 4 width 32\"\n" + RERUN.splitlines()[0] + "\n"
                  "bgen bg train steps 200 batch 128 lr 3e-3\n"
                  "bgen bg train steps 400 batch 128 lr 1e-3 kl 1 rc 5 s -2.5 2.5 ecap 100 explore 0.3 keep last\n"
                  "bgen bg train steps 200 batch 128 lr 3e-4 explore 0.3 keep last\nbgen bg dump frames.dump\n")
        found = self.frames()
        self.assertEqual(len(found), 400)
        for side in (-1, 1):
            energies = [u for x, u in found if x * side > 0]
            self.assertGreater(len(energies), 40)
            self.assertLess(sum(energies) / len(energies), (-8.5 if side < 0 else -5.0))  # minima: -10.8 and -7.3

    def frames(self):
        """x and u of each frame of frames.dump"""
        lines = [line.split() for line in (self.folder / "frames.dump").read_text().splitlines()[9::10]]
        return [(float(line[2]), float(line[4])) for line in lines]

    def test_moved_frames_are_boltzmann(self):
        """Under a flow that stays as it is; 1 and 2 ranks move alike. False alarms one in 10^5."""
        text = (SYSTEM + fix() + RERUN + TRAIN + "bgen bg train steps 150 batch 400 lr 1e-30 explore 0.5 keep last\n"
                "bgen bg dump frames.dump\n")
        self.good(text, 2)
        parallel = self.frames()
        self.good(text)
        for one, other in zip(self.frames(), parallel, strict=True):
            self.assertLessEqual(abs(one[0] - other[0]) + abs(one[1] - other[1]), 1e-8)
        xs = [-4 + 8 * (i + 0.5) / 20000 for i in range(20000)]
        for side in (-1, 1):
            values = [(x, u) for x, u in parallel if x * side > 0]
            self.assertEqual(len(values), 400)
            weights = [(x, x ** 4 - 6 * x ** 2 + x) for x in xs if x * side > 0]
            z = sum(math.exp(-u) for _, u in weights)
            for column, shift in ((0, 0), (1, 0.5)):
                exact = sum(math.exp(-w[1]) * w[column] for w in weights) / z + shift
                mean = sum(v[column] for v in values) / 400
                error = math.sqrt(sum((v[column] - mean) ** 2 for v in values) / 399 / 400)
                self.assertLessEqual(abs(mean - exact) / error, 5)


class Populations(Case):
    """10000 jumps with hardly any MD between them, against quadrature; false alarms one in 10^6."""

    def exact(self, offset, border):
        xs = [-4 + 8 * (i + 0.5) / 20000 for i in range(20000)]
        u = [x ** 4 - 6 * x ** 2 + x for x in xs]
        w = [math.exp(-v + offset * (x > border)) for x, v in zip(xs, u, strict=True)]
        z = sum(w)
        right = sum(p for x, p in zip(xs, w) if x > border)
        return (right / z, sum(p * x for x, p in zip(xs, w) if x > border) / right,
                sum(p * x for x, p in zip(xs, w) if x < border) / (z - right),
                sum(p * v for v, p in zip(u, w)) / z + 0.5)

    def sigmas(self, values, expected):
        """By the means of 50 blocks."""
        n = len(values) // 50
        means = [sum(values[i:i + n]) / n for i in range(0, 50 * n, n)]
        middle = sum(means) / 50
        error = math.sqrt(sum((m - middle) ** 2 for m in means) / 49 / 50)
        return (middle - expected) / error

    def check(self, more, least_acceptance, most_acceptance, width="16", moves="", offset=0.0, border=0):
        line = fix(1, width, f"velocity resample {moves} offset right {offset}", border)
        output = self.good(SYSTEM + line + RERUN + TRAIN.replace("200", "1000") + more + MD + "timestep 0.002\nthermo_style custom step pe f_bg[15] f_bg[2]\n"
                           "thermo_modify norm no format float %.12g\nthermo 1\nrun 10000\n")
        lines = thermo(output, 4)[1:]
        self.assertEqual(len(lines), 10000)
        self.assertGreater(int(lines[-1][3]), least_acceptance * 10000)
        self.assertLess(int(lines[-1][3]), most_acceptance * 10000)
        x, u = ([float(line[c]) for line in lines] for c in (2, 1))
        p, right, left, energy = self.exact(offset, border)
        for what, values, expected in (("population", [float(s > border) for s in x], p),
                                       ("mean of the left basin", [(s - left) * (s < border) for s in x], 0),
                                       ("mean of the right basin", [(s - right) * (s > border) for s in x], 0),
                                       ("energy", u, energy)):
            with self.subTest(what):
                self.assertLessEqual(abs(self.sigmas(values, expected)), 5)


class Statistics(Populations):
    def test_equal_weights(self):
        self.check("", 0.2, 0.6)

    def test_weights_of_populations(self):
        self.check("fix_modify bg frames test\n" + RERUN + "bgen bg free_energy\nbgen bg mixture populations\n", 0.7, 1.0)

    def write_frames(self, basin, sign):
        """400 of the Boltzmann distribution of a well: quantiles of x and of y, put together at random."""
        xs = [sign * 4 * (i + 0.5) / 20000 for i in range(20000)]
        sums = list(itertools.accumulate(math.exp(-(x ** 4 - 6 * x ** 2 + x)) for x in xs))
        x = [xs[bisect.bisect(sums, sums[-1] * (i + 0.5) / 400)] for i in range(400)]
        y = [statistics.NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)]
        random.Random(4711).shuffle(y)
        frames = [f"ITEM: TIMESTEP\n{i}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ff ff pp\n-10 10\n-10 10\n-0.5 0.5\n"
                  f"ITEM: ATOMS id x y\n1 {x[i]:.12g} {y[i]:.12g}\n" for i in range(400)]
        (self.folder / f"{basin}.dump").write_text("".join(frames))

    def mean_acceptance(self, old, new):
        """Of all pairs: points of the block of a basin in a file, moved by its F; None where a sample is outside."""
        def log_w(name, basin, F):
            rows = [row.split() for row in (self.folder / name).read_text().splitlines() if not row.startswith("#")]
            half = len(rows) // 2  # first the points of the first basin, then as many of the second
            return [F[basin] - float(row[3]) - float(row[4]) if row[1:3] == [basin, "1"] else None  # flow basin in_domain u log_q
                    for row in (rows[:half] if basin == "1" else rows[half:])]
        old, new = log_w(*old), log_w(*new)
        return sum(math.exp(min(0, b - a)) for a in old for b in new if b is not None) / len(old) / len(new)

    def test_balanced_acceptance(self):
        """Against all pairs, and against jumps between basins where flows propose as often as the system visits."""
        self.write_frames("right", 1)
        self.write_frames("left", -1)
        output = self.good(SYSTEM + fix(1, more="velocity resample") + RERUN + TRAIN.replace("200", "4") +
                           "fix_modify bg frames test\n" + RERUN + "bgen bg free_energy samples 300 points e\n"
                           "bgen bg free_energy samples 20000\nbgen bg mixture populations\n" + MD + "timestep 0.002\nrun 40000\n")
        few, many = [[float(word) / 100 for word in line] for line in
                     re.findall(r"between right and left, were .*: ([\d.]+) % there, ([\d.]+) % back", output)]
        F = dict(zip("12", (float(re.search(rf"(?m)^{b} +(\S+)", output).group(1)) for b in ("right", "left"))))
        for there, back, found in (("1", "2", few[0]), ("2", "1", few[1])):
            expected = self.mean_acceptance(("e.md.dat", there, F), ("e.flow.dat", back, F))
            self.assertLessEqual(abs(found - expected), 2e-4)  # F is printed with 4 digits
        self.assertLessEqual(abs(many[0] - many[1]), 0.02)  # detailed balance
        accepted, attempts = map(int, re.search(r"(\d+) of (\d+) between", output).groups())
        self.assertGreater(attempts, 2000)
        self.assertLessEqual(abs(accepted / attempts - many[0]), 0.04)  # 6 binomial errors

    RIGHT_MINUS_LEFT = 3.379901  # potentials/README.md

    def test_tallies(self):
        """Of two runs the second: rows add up to the totals, rates are those of the rows, and works and visits tell F."""
        line = fix(1, 16, "velocity resample move fresh 1 move transfer 2 move transfer 1 move fresh 1 tries 3")
        output = self.good(SYSTEM + line + RERUN + TRAIN + MD + "timestep 0.002\nthermo_style custom step f_bg[1] f_bg[10]\n"
                           "run 3000\nrun 5000\n")
        rows, rest = jump_table(output)
        steps = thermo(output, 3)
        total = lambda column, chosen=rows.values(): sum(float(row[column]) for row in chosen)
        (accepted, attempts), _, (changes, tried) = [
            map(int, pair) for pair in re.findall(r"(\d+) of (\d+) (?:in all|within|between)", output)[-3:]]
        self.assertEqual((total("attempts"), total("accepted")), (attempts, accepted))
        self.assertEqual(attempts, 5000)
        between = [row for row in rows.values() if row["from"] != row["to"]]
        self.assertEqual((total("attempts", between), total("accepted", between)), (tried, changes))
        self.assertEqual(total("energies"), int(steps[-1][2]) - int(steps[-2][2]))
        for move in ("fresh", "transfer", "transfer 2", "fresh 2"):
            with self.subTest(move):
                mine = [row for row in rows.values() if row["move"] == move]
                found = next(line for line in rest if re.match(rf"    {move} +\d+  ", line)).split()[-3:]
                count = total("accepted", [row for row in mine if row["from"] != row["to"]])
                for word, expected in zip(found, (count, count / total("seconds", mine), 1e6 * count / total("energies", mine))):
                    self.assertLessEqual(abs(float(word) - expected), 0.006 * expected)
        estimates = re.findall(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) by (BAR|visits)", "\n".join(rest))
        self.assertEqual([how for _, _, how in estimates], ["BAR", "BAR", "visits"])
        for value, error, how in estimates:
            self.assertLess(float(error), 0.5 if how == "visits" else 0.1)
            self.assertLessEqual(abs(float(value) - self.RIGHT_MINUS_LEFT), 5 * float(error))
        mean, deviation = (float(rows["transfer", "left", "right"][name]) for name in ("work", "std"))
        self.assertLessEqual(abs(mean - self.RIGHT_MINUS_LEFT - deviation ** 2 / 2), 0.5)  # to second order of works

    def test_works_that_miss(self):
        """Where basins are parts of wells, a move that misses them counts as an infinite work; against quadrature."""
        line = fix(1, 16, "velocity resample move fresh 1 move near 1 0.7 move transfer 2").replace("right s 0 10", "right s 1.6 1.8")
        output = self.good(SYSTEM + line + RERUN + TRAIN + MD + "timestep 0.002\nrun 20000\n")
        rows, rest = jump_table(output)
        lost, all_from_left = (sum(int(row["attempts"]) for (move, a, b), row in rows.items() if (move, a) == ("transfer", "left")
                                   and b != missed) for missed in ("right", ""))
        self.assertGreater(lost, 0.1 * all_from_left)
        xs = [-4 + 8 * (i + 0.5) / 20000 for i in range(20000)]
        right, left = (sum(math.exp(-(x ** 4 - 6 * x ** 2 + x)) for x in xs if low <= x < high) for low, high in ((1.6, 1.8), (-10, 0)))
        estimates = re.findall(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) by", "\n".join(rest))
        self.assertEqual(len(estimates), 2)
        for value, error in estimates:
            self.assertLess(float(error), 0.2)
            self.assertLessEqual(abs(float(value) - math.log(left / right)), 5 * float(error))

    def test_works_are_of_one_model(self):
        """Visits are of all runs."""
        _, rest = jump_table(self.good(SYSTEM + fix(1, 16, "velocity resample move transfer 1") + RERUN + TRAIN + MD +
                                       "timestep 0.002\nrun 500\n" + TRAIN.replace("200", "1") + "run 400\n"))
        counts = [sum(map(int, re.search(r"(\d+) (?:from|of) right and (\d+)", line).groups())) for line in rest if "F(" in line]
        self.assertEqual(counts, [400, 900])

    def test_file_of_works(self):
        """As many as the summary says, and the same free energies by Bennett's equation."""
        line = fix(1, 16, "velocity resample move fresh 1 move transfer 2 move transfer 1 offset right 4").replace("right s 0 10", "right s 1.6 1.8")
        _, rest = jump_table(self.good(SYSTEM + line + RERUN + TRAIN + MD + "timestep 0.002\nrun 2000\nbgen bg works works.dat\n", 2))
        lines = (self.folder / "works.dat").read_text().splitlines()
        self.assertEqual(lines[1], "# move from to work")
        works = {}
        for *key, work in map(str.split, lines[2:]):
            works.setdefault(tuple(key), []).append(float(work))
        self.assertEqual(set(works), {(move, *pair) for move in ("transfer", "transfer_2") for pair in (("right", "left"), ("left", "right"))})
        estimates = re.findall(r"F\(right\) - F\(left\) = (\S+) .* of works of (.+), (\d+) from right and (\d+)", "\n".join(rest))
        self.assertEqual(len(estimates), 2)
        for value, move, *counts in estimates:
            there, back = (works[move.replace(" ", "_"), a, b] for a, b in (("left", "right"), ("right", "left")))
            self.assertEqual(counts, [str(len(back)), str(len(there))])
            self.assertIn(math.inf, there)
            shift = float(value) + math.log(len(back) / len(there))
            fermi = lambda x: 0.0 if x > 700 else 1 / (1 + math.exp(x))
            surplus = sum(fermi(w - shift) for w in there) - sum(fermi(w + shift) for w in back)
            self.assertLessEqual(abs(surplus), 1e-4 * len(lines))  # the value is printed with 4 digits

    def test_words_of_the_summary(self):
        text = SYSTEM + fix(1, 16, "velocity resample move {}") + RERUN + TRAIN + MD + "timestep 0.002\nrun {}\n"
        for move, steps, words in (("near 1 0.01", 50, "No move has changed the basin"),
                                   ("transfer 1", 200, "Move transfer makes .* basin changes per second and .* per 1e6"),
                                   ("transfer 1", 200, "transfer from right to left: only .* the estimate rests on few"),
                                   ("fresh 1 move near 1 0.01", 300, "Move fresh pays best: .*; near has none"),
                                   ("transfer 1", 1, "is unknown from works of transfer: none of")):
            with self.subTest(words):
                self.assertRegex(self.good(text.format(move, steps)), words)

    def test_near_moves(self):
        self.check("", 0.3, 0.8, moves="move near 2 0.7 move fresh 1")

    def test_transfer(self):
        self.check("", 0.1, 0.9, moves="move near 2 0.7 move transfer 1")

    def test_several(self):
        self.check("", 0.4, 1.0, moves="move fresh 1 tries 4")

    def test_mixture(self):
        self.check("bgen bg train steps 1 refit prior\n", 0.2, 0.6, width="16; mixture modes 2")


if __name__ == "__main__":
    unittest.main()
