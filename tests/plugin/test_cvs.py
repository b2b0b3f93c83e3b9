#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cvs of sets of atoms beside LAMMPS' own numbers, and cvs that LAMMPS computes beside those of bgen.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS. One class is one ctest.
"""
import itertools
import math
import os
import pathlib
import unittest

from test_fix_bgen import MD, MOVES, RERUN, SYSTEM, Case, counted, fix, thermo

# A cluster of unlike atoms about the corner of a periodic box, which drifts and turns.
CLUSTER = """
units lj
boundary p p p
atom_modify map array sort 0 0.0
region all block 0 12 0 12 0 12
create_box 2 all
create_atoms 1 single 0.1 0.2 11.9
create_atoms 1 single 1.1 11.8 11.8
create_atoms 2 single 0.4 1.1 0.2
create_atoms 1 single 11.4 11.9 0.8
create_atoms 2 single 0.6 0.3 1.1
create_atoms 2 single 1.4 1.0 11.5
set atom 1 image 0 0 -1
set atom 2 image 0 -1 -1
set atom 4 image -1 -1 0
set atom 6 image 0 0 -1
mass 1 1.0
mass 2 2.5
pair_style lj/cut 5.0
pair_coeff * * 1.0 1.0
comm_modify cutoff 6.0
group ones type 1
group some id 2 3 6
velocity all create 0.1 4711 loop geom
velocity all set 0.7 0.4 -0.3 sum yes
fix integrate all nve
"""
SETS = ("fix bg all bgen 0 1.0 4711 cv r rg all cv s rg group some cv c coordination all r0 1.4 "
        "cv k coordination type 1 type 2 r0 1.3 exponents 8 14 cv d com_distance type 1 type 2 cv m rmsd all file ref.xyz\n")
OWN = """
group twos type 2
compute r all gyration
compute s some gyration
compute one ones com
compute two twos com
compute pairs all pair/local dist
compute ends all property/local patom1 patom2
dump pairs all local 50 pairs.dump c_pairs c_ends[1] c_ends[2]
dump_modify pairs format float %.15g
thermo 50
thermo_style custom step f_bg[*] c_r c_s c_one[*] c_two[*]
thermo_modify norm no format float %.15g
"""


def switching(ratio, n, m):
    return sum(ratio**k for k in range(n)) / sum(ratio**k for k in range(m))  # (1 - ratio^n) / (1 - ratio^m)


class CvsOfSets(Case):
    def test_values(self):
        """In a box whose borders the cluster crosses."""
        atoms = [line.split()[3:] for line in CLUSTER.splitlines() if line.startswith("create_atoms")]
        whole = [[str(float(word) - 12 * (float(word) > 6)) for word in atom] for atom in atoms]
        (self.folder / "ref.xyz").write_text("\n".join(["6", "whole", *(" ".join(["A", *atom]) for atom in whole)]) + "\n")
        for ranks in (1, 2, 4):
            output = self.good(CLUSTER + SETS + OWN + "run 2000\n", ranks)
            lines = [list(map(float, line)) for line in thermo(output, 29)]
            frames = (self.folder / "pairs.dump").read_text().split("ITEM: ENTRIES")[1:]
            self.assertEqual((len(lines), len(frames)), (41, 41))
            types = {1: 1, 2: 1, 3: 2, 4: 1, 5: 2, 6: 2}
            for line, frame in zip(lines, frames, strict=True):
                r, s, c, k, d, m = line[15:21]
                pairs = [list(map(float, row.split())) for row in frame.split("ITEM:")[0].splitlines()[1:]]
                self.assertEqual(len(pairs), 15)
                own = (line[21], line[22], sum(switching(p[0] / 1.4, 6, 12) for p in pairs),
                       sum(switching(p[0] / 1.3, 8, 14) for p in pairs if types[p[1]] != types[p[2]]),
                       math.dist(line[23:26], line[26:29]))
                for ours, theirs in zip((r, s, c, k, d), own, strict=True):
                    self.assertLessEqual(abs(ours - theirs), 1e-9)
                self.assertTrue(m < 1e-9 if line[0] == 0 else m > 1e-3, m)
            self.assertGreater(max(abs(a - b) for one, two in itertools.pairwise(lines) for a, b in zip(one[23:26], two[23:26])), 0.1)

    def test_mistakes(self):
        for cv, words in (("rg group nobody", "no group 'nobody'"), ("rg type 2 basin a r 1 0", "basin a is empty"),
                          ("com_distance all group some", "atom 2 in both"), ("rmsd all file none.xyz", "cannot read the file none.xyz")):
            self.refused(CLUSTER + f"fix bg all bgen 0 1.0 4711 cv r {cv}\n", words)


# the same coordinate of the only atom, as bgen and as LAMMPS see it
KINDS = {"bgen": "coordinate 1 x", "variable": "variable v_place", "compute": "compute c_place[2]"}
TRAIN = "bgen bg train steps 40 batch 64 lr 1e-2\n"
PLACE = "variable place equal x[1]\ncompute place all reduce sum y x\n"


class CvsOfLammps(Case):
    def with_cv(self, kind, **options):
        return SYSTEM + PLACE + fix(**options).replace("coordinate 1 x", KINDS[kind])

    def chain(self, kind, ranks=1, steps=1000):
        """Of frames, training, jumps of each move that needs no gradient, under offsets; all but the number of energies."""
        more = MOVES + " move annealed 1 steps 5 dt 0.05 offset right 1.5 collect 50"
        output = self.good(self.with_cv(kind, more=more) + RERUN + TRAIN + MD.replace("f_bg[2]", "f_bg[2] f_bg[11] f_bg[12] f_bg[15]") +
                           f"thermo 50\nrun {steps}\nbgen bg sample 200 file s.dat\n", ranks)
        rows, estimates = counted(output)
        rows = [{name: word for name, word in row.items() if name != "energies"} for row in rows]
        return thermo(output, 7), rows, estimates, (self.folder / "s.dat").read_text().splitlines()[1:]

    def test_as_of_bgen(self):
        expected = self.chain("bgen")
        self.assertGreaterEqual(len(expected[0]), 21)
        self.assertGreater(float(expected[0][-1][3]), 50)
        short = self.chain("bgen", 1, 150)
        for kind, ranks, steps, as_of_bgen in (("compute", 1, 1000, expected), ("compute", 2, 150, short), ("variable", 4, 150, short)):
            with self.subTest(kind=kind, ranks=ranks):
                for ours, theirs in zip(self.chain(kind, ranks, steps), as_of_bgen, strict=True):
                    self.assertEqual(ours, theirs)

    def test_free_energy(self):
        """And populations, profiles and columns of a compute."""
        end = ("fix_modify bg frames test\n" + RERUN + "bgen bg free_energy samples 500 profile p.dat points f\n"
               "compute now all bgen bg cv s basin\nthermo_style custom step c_now[1] c_now[2] f_bg[15]\nrun 0\nprint \"now $(f_bg[15]) $(f_bg[11])\"\n")
        files = {}
        for kind in KINDS:
            output = self.good(self.with_cv(kind, n=0) + RERUN + TRAIN + end)
            files[kind] = [(self.folder / name).read_text().splitlines()[1:] for name in ("p.dat", "f.flow.dat", "f.md.dat")]
            files[kind].append([line for line in output.splitlines() if line.startswith(("now ", "F("))])
            files[kind].append(thermo(output, 4))
        self.assertEqual(files["variable"], files["bgen"])
        self.assertEqual(files["compute"], files["bgen"])

    def test_mistakes(self):
        for cv, words in (("compute c_none", "there is no compute 'none'"), ("variable v_none", "there is no variable 'none'"),
                          ("compute c_place[3]", "place|2 elements"), ("compute c_place[x]", "c_ID[n]"),
                          ("compute c_thermo_temp", "velocities"),
                          ("variable v_place move driven 1 s -1 1 spring 10 steps 10", "cv s cannot be driven|no gradient"),
                          ("variable v_place cv t coordinate 1 x basin a s 0 1 move driven 1 t -1 1 spring 10 steps 10",
                           "move driven needs basins without cv s")):
            self.refused(SYSTEM + PLACE + f"fix bg all bgen 0 1.0 4711 cv s {cv}\n", words)
        begin = SYSTEM + PLACE + "variable steps equal x[1]+step/1000\nvariable self equal f_bg[15]\n"
        self.refused(self.with_cv("variable", n=0) + RERUN + "bgen bg train steps 5 ml 1 kl 1 rc 1 s -2 2\n", "rc cannot use cv s|no gradient")
        for name, words in (("steps", "depends on more than positions"), ("self", "depends on itself")):
            self.refused(begin + fix(n=0).replace("coordinate 1 x", f"variable {name}") + RERUN + TRAIN, words)


ORDER = """include {example}/lj13.lmp
velocity all create 0.1 4711 loop geom
fix thermostat all langevin 0.05 0.05 1.0 4711 gjf vhalf
fix integrate all nve
timestep 0.005
compute q4 all orientorder/atom degrees 1 4 nnn NULL cutoff 1.4
compute order all reduce ave c_q4[1]
fix bg all bgen 25 0.05 4711 coords aligned identical types 1 cv q compute c_order basin low q 0 {border} basin high q {border} 1 &
    collect 10 threads 1 flow whiten
thermo_style custom step f_bg[15] f_bg[11]
thermo_modify norm no format float %.12g
run 3000
bgen bg train steps 1
fix_modify bg frames none
dump places all custom 25 places.dump id x y z
dump_modify places sort id format float %.15g
thermo 25
run {steps}
"""


def mean_order(atoms, cutoff):
    """Mean of q_4 over all atoms by the addition theorem: q_4^2 is the mean of P_4 over pairs of neighbors."""
    total = 0.0
    for a in atoms:
        near = [[(x - y) / math.dist(a, b) for x, y in zip(b, a)] for b in atoms if 0 < math.dist(a, b) < cutoff]
        cosines = [sum(x * y for x, y in zip(u, v)) for u in near for v in near]
        total += math.sqrt(sum((35 * c**4 - 30 * c**2 + 3) / 8 for c in cosines)) / len(near)
    return total / len(atoms)


class OrderOfLammps(Case):
    """Compute orientorder/atom tells basins apart, also right after jumps; LAMMPS has the numbers of the formula."""

    BORDER = 0.1053

    def test_order_of_cluster(self):
        example = pathlib.Path(os.environ["POTENTIALS"]).parent / "examples/cluster"
        for ranks, steps in ((1, 1500), (2, 250)):
            output = self.good(ORDER.format(example=example, border=self.BORDER, steps=steps), ranks)
            lines = [list(map(float, line)) for line in thermo(output, 3)][-(steps // 25 + 1):]
            frames = (self.folder / "places.dump").read_text().split("ITEM: ATOMS")[1:]
            self.assertEqual(len(lines), len(frames))
            for (_, value, basin), frame in zip(lines, frames, strict=True):
                atoms = [list(map(float, row.split()[1:])) for row in frame.split("ITEM:")[0].splitlines()[1:]]
                expected = mean_order(atoms, 1.4)
                self.assertLessEqual(abs(value - expected), 1e-9)
                self.assertEqual(basin, 1 if expected < self.BORDER else 2)
            self.assertEqual({basin for *_, basin in lines}, {1, 2})
            self.assertTrue(ranks > 1 or sum(int(row["accepted"]) for row in counted(output)[0] if row["from"] != row["to"]))


if __name__ == "__main__":
    unittest.main()
