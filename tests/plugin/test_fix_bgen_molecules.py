#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Molecules with coords internal: butane, whose free energies are exact, alanine dipeptide and tetrapeptide.

As test_fix_bgen.py, beside which it stands.
"""
import math
import os
import re
import unittest

import test_fix_bgen_coords
from test_fix_bgen import Case, thermo
from test_fix_bgen_coords import BASINS, BUTANE, basin_z

INTERNAL = BUTANE.format(coords="internal").replace("realnvp blocks 4 width 24", "circular blocks 1 width 16 depth 1")
TRAIN = "bgen bg train steps 80 batch 128 lr 5e-3\nbgen bg train steps 60 batch 128 lr 3e-3 ml 1 kl 1\n"


class Butane(test_fix_bgen_coords.FreeMolecule):
    """In a periodic box, anywhere, wrapped and without image flags."""
    test_free_energies_and_jumps = test_other_coordinates_are_refused = None  # of the class above

    def test_free_energies_and_jumps_of_torsions(self):
        exact = {basin: -math.log(basin_z("trans") / basin_z(basin)) for basin in ("plus", "minus")}
        output = self.good(INTERNAL + self.reruns("train") + "fix_modify bg frames test\n" + self.reruns("test") + TRAIN +
                           "bgen bg free_energy samples 1500\nbgen bg mixture populations\nfix_modify bg frames none\nbgen bg save m.bgen\n"
                           "fix 1 all nve\nfix 2 all langevin 300 300 200 7\nthermo_style custom step f_bg f_bg[5] f_bg[6]\nrun 20000\n")
        for basin in exact:
            value, error = map(float, re.search(rf"F\(trans\) - F\({basin}\) = (\S+) \+- (\S+) kT", output).groups())
            self.assertLess(error, 0.02)
            self.assertLessEqual(abs(value - exact[basin]), 4 * error)
        self.assertGreater(float(re.search(r"jumps accepted: .*\(([0-9.]+) %\), .*within", output).group(1)), 80)
        populations = [float(word) for word in re.findall(r"F\(trans\) - F\(plus\) = (\S+) \+- (\S+) by visits", output)[-1]]
        self.assertLessEqual(abs(populations[0] - exact["plus"]), 4 * populations[1])
        self.assertEqual(re.findall("WARNING: .*bgen.*", output), [])
        self.files_know_the_molecule()

    def files_know_the_molecule(self):
        """From a restart and a model file; another tree, or other coordinates, are refused."""
        run = "fix 1 all nve\nfix 2 all langevin 300 300 200 7\nthermo_style custom step f_bg[1] f_bg[2]\n"
        load = "bgen bg load m.bgen\n"
        self.good(INTERNAL + load + run + "run 200\nwrite_restart r\n")
        again = re.sub("read_data.*\n", "read_restart r\n", INTERNAL)
        begun = thermo(self.good(again + load + run + "run 200\n"), 3)
        self.assertEqual(begun[0][:2], ["200", "10"])
        self.assertEqual(begun[-1][:2], ["400", "20"])
        (self.folder / "tree").write_text("1 0 0 0\n2 1 0 0\n3 2 1 0\n4 3 2 1\n")
        other = INTERNAL.replace("coords internal", "coords internal file tree")
        self.refused(other + load, "m.bgen was saved with other molecules")
        self.refused(BUTANE.format(coords="aligned") + load, "m.bgen was saved with coords 'internal'|'aligned'")

    def test_refused(self):
        for deck, words in (
            (INTERNAL.replace("bg all bgen", "bg ends bgen").replace("fix bg", "group ends id 1 2 4\nfix bg").replace("cv phi dihedral 1 2 3 4 ", "cv phi distance 1 2 ")
             .replace("trans phi 120 -120", "trans phi 0 9").replace("basin plus phi 0 120 basin minus phi -120 0", ""), "atom 4 has no bond to another atom of the group"),
            (INTERNAL.replace("coords internal", "coords internal identical types 1"), "identical types cannot be used with coords internal"),
            (INTERNAL.replace("coords internal", "coords internal circles 2"), "circles: atom 2 has no torsion"),
            (INTERNAL.replace("coords internal", "coords internal file nowhere"), "cannot read the file nowhere"),
        ):
            with self.subTest(words):
                self.refused(deck, words)


DIPEPTIDE = f"""variable potentials index {os.environ['POTENTIALS']}
include {os.environ['POTENTIALS']}/alanine_dipeptide.lmp
thermo_modify norm no
neigh_modify every 10 delay 0 check no
timestep 1
fix bg all bgen {{n}} 300 4711 coords internal cv phi dihedral 5 7 9 15 basin c7ax phi 0 126 basin c7eq phi 126 0 threads 1 &
  flow "whiten; circular blocks 1 width 16 depth 1" offset c7ax 4.7
"""
START = "compute z all bgen bg latent\nthermo_style custom step pe ke f_bg[1] f_bg[2] f_bg[6] c_z[1] c_z[60]\nthermo_modify norm no format float %.17g\n"
DUMP = "dump d all custom 20 {name} id xu yu zu vx vy vz ix iy iz\ndump_modify d sort id format float %.17g\n"


class Dipeptide(Case):
    """From some hundred frames of each basin."""
    model = None  # the same for all tests
    least_accepted = 20  # of 120

    def setUp(self):
        super().setUp()
        if not type(self).model:
            type(self).model = self.trained()
        (self.folder / "m.bgen").write_bytes(self.model)

    def trained(self):
        for basin in ("c7ax", "c7eq"):
            self.good(DIPEPTIDE.replace("neigh_modify every 10 delay 0 check no\n", "").format(n=0).replace("include", f"variable basin index {basin}\ninclude") +
                      "velocity all create 300 8\nfix nve all nve\nfix lan all langevin 300 300 200 7\nrun 2000\nreset_timestep 0\n"
                      f"dump d all custom 80 {basin}.dump id x y z\nrun 80000\n")
        self.good(self.begin() + "".join(f"rerun {basin}.dump dump x y z\n" for basin in ("c7ax", "c7eq")) +
                  "bgen bg train steps 60 batch 128 lr 5e-3\nbgen bg train steps 60 batch 64 lr 2e-3 ml 0.1 kl 1\nbgen bg info\nbgen bg save m.bgen\n")
        return (self.folder / "m.bgen").read_bytes()

    def begin(self, n=5):
        return DIPEPTIDE.format(n=n)

    def test_jumps_and_ranks(self):
        """Proposals are bit-identical on any number of ranks, so are positions until energies differ in their last digits."""
        ends, runs = [], []
        for ranks in (1, 2, 4):
            output = self.good(self.begin(1).replace("offset", "move fresh 2 tries 8 move near 1 0.06 move transfer 1 offset") + "bgen bg load m.bgen\n" + START + "velocity all create 300 8\nfix nve all nve\ntimestep 1e-9\n" +
                               DUMP.format(name="d.dump") + "thermo 30\nbgen bg sample 10\nrun 120\n", ranks)
            runs.append(thermo(output, 8))
            ends.append([line.split()[:4] for line in (self.folder / "d.dump").read_text().split("ITEM: TIMESTEP")[-1].splitlines()[-22:]])
        self.assertGreater(int(runs[0][-1][4]), self.least_accepted, runs[0][-1])  # accepted
        self.assertGreater(int(runs[0][-1][5]), 0, runs[0][-1])  # of them between basins
        for run, end in zip(runs[1:], ends[1:]):
            self.assertEqual([line[3:6] for line in run], [line[3:6] for line in runs[0]])
            for line, first in zip(run, runs[0]):
                self.assertLessEqual(abs(float(line[1]) - float(first[1])), 1e-9)
            for atom, first in zip(end, ends[0], strict=True):
                for c, d in zip(atom, first):
                    self.assertLessEqual(abs(float(c) - float(d)), 1e-10)  # MD of 1e-9 fs between jumps

    def test_rejected_jumps_leave_no_trace(self):
        """Against a run without jumps, whose neighbor lists are built at the same steps; bit for bit."""
        traces = []
        for n, more in ((10, " overlap 1.2"), (0, "")):  # nearer than C-H bonds: all are rejected by screening
            for name, deck in (("all", self.begin(n).replace("threads 1", "threads 1" + more)),
                               ("some", self.begin(n).replace("bgen 10 300", "bgen 10 0.01"))):
                output = self.good(deck + "bgen bg load m.bgen\n" + START + "velocity all create 300 8\nfix nve all nve\n" + DUMP.format(name="d.dump") +
                                   "thermo 10\nrun 100\n")
                traces.append(([line[:3] for line in thermo(output, 8)], (self.folder / "d.dump").read_text(), thermo(output, 8)[-1]))
        self.assertEqual(traces[0][2][3:6], ["10", "0", "0"])
        self.assertEqual(traces[1][2][3:5], ["10", "0"])
        for trace in traces[1:]:
            self.assertEqual(trace[0], traces[0][0])
            self.assertEqual(trace[1], traces[0][1])


class Mixed(Dipeptide):
    """The heavy atoms of the chain are aligned as one body, the others hang from it."""
    model = None
    least_accepted = 10  # the chain turns, which torsions tell better
    test_rejected_jumps_leave_no_trace = None  # as with other coordinates

    def begin(self, n=5):
        return super().begin(n).replace("fix bg", "group chain id 2 5 7 9 15 17 19\nfix bg").replace("coords internal", "coords internal aligned chain")

    def test_refused(self):
        bad = self.begin(0).replace("aligned chain", "aligned {}")
        for group, words in (("nobody", "there is no group 'nobody'"), ("all", "all atoms are in the group all that is aligned")):
            with self.subTest(words):
                self.refused(bad.format(group), words)


class Tetrapeptide(Case):
    """42 atoms, from the 20 thermal frames of potentials: ten have phi of the middle alanine below 0, ten above."""
    FRAMES = f"rerun {os.environ['POTENTIALS']}/alanine_tetrapeptide/frames.dump dump x y z wrapped no\n"
    DECK = f"""variable potentials index {os.environ['POTENTIALS']}
include {os.environ['POTENTIALS']}/alanine_tetrapeptide.lmp
fix bg all bgen 0 300 4711 coords internal cv phi dihedral 15 17 19 25 basin c7eq phi 126 0 basin c7ax phi 0 126 threads 1 &
  flow "whiten; circular blocks 1 width 16 depth 1"
""" + FRAMES + "bgen bg train steps 10 batch 10\nbgen bg info\n"

    def test_round_trip(self):
        """Frames go through tree, whitening and couplings and back: their energies are those of the frames."""
        there = "".join(f"bgen bg interpolate 2 from {basin} 1 to {basin} 10 file {basin}.dump\n" for basin in ("c7eq", "c7ax"))
        back = "".join(f"rerun {basin}.dump dump x y z wrapped no\n" for basin in ("c7eq", "c7ax"))
        output = self.good(self.DECK + there + "fix_modify bg frames none\nthermo_style custom step pe\n"
                           "thermo 1\nthermo_modify norm no format float %.12g\n" + self.FRAMES + back)
        energies = [float(line[1]) for line in thermo(output, 2)]
        frames, ends = energies[:-4], energies[-4:]
        self.assertEqual(len(frames), 20)
        for energy, end in zip((frames[0], frames[9], frames[10], frames[19]), ends, strict=True):
            self.assertLessEqual(abs(energy - end), 1e-7)  # ten digits of the dump, times forces

    def test_tree(self):
        """Three phi and three psi turn about bonds of the tree, and so do five methyls."""
        rows = [line.split() for line in self.good(self.DECK).splitlines()]
        rows = {tuple(row[:4]) for row in rows if len(row) > 6 and all(word.isdigit() for word in row[:4])}
        self.assertEqual(len(rows), 39)  # without the first three atoms
        bonds = {frozenset(row[1:3]) for row in rows}
        for n, ca, c in ((7, 9, 15), (17, 19, 25), (27, 29, 35)):
            self.assertIn(frozenset((str(n), str(ca))), bonds)
            self.assertIn(frozenset((str(ca), str(c))), bonds)
        self.assertEqual(len([line for line in self.good(self.DECK).splitlines() if "circle, rotor" in line]), 5)


if __name__ == "__main__":
    unittest.main()
