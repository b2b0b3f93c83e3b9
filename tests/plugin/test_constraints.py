#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Driven moves among atoms that fix shake or rattle constrains, in a whole LAMMPS.

As test_fix_bgen.py, beside which it stands.
"""
import math
import re
import unittest

from test_fix_bgen import Case, jump_table, thermo
from test_fix_bgen_moves import frames

# bonds of types 2 and 3 and angles of type 1 are constrained: waters, diatomics, CH2 and CH3 groups
BODIES = {  # types of atoms, bonds (type, i, j), angles, places
    "water": ((2, 3, 3), ((2, 0, 1), (2, 0, 2)), ((1, 1, 0, 2),), ((0, 0, 0), (0.8, 0.6, 0), (-0.8, 0.6, 0))),
    "diatomic": ((2, 3), ((3, 0, 1),), (), ((0, 0, 0), (0.7, 0, 0))),
    "jointed": ((2, 3, 3), ((3, 0, 1), (3, 0, 2)), (), ((0, 0, 0), (0.7, 0, 0), (0, 0.7, 0))),
    "methyl": ((2, 3, 3, 3), ((3, 0, 1), (3, 0, 2), (3, 0, 3)), (), ((0, 0, 0), (0.7, 0, 0), (0, 0.7, 0), (0, 0, 0.7))),
    "pair": ((1, 1), ((1, 0, 1),), (), ((0, 0, 0), (1.0, 0, 0)))}
EDGE, STEP = 9.0, 2.25
INPUT = """
units lj
atom_style molecular
read_data bodies.data
special_bonds lj 0 0 0
pair_style lj/cut 1.6
pair_modify shift yes
pair_coeff * * 1 0.9
bond_style harmonic
bond_coeff 1 20 1.3
bond_coeff 2 50 1.0
bond_coeff 3 50 0.7
angle_style harmonic
angle_coeff 1 50 106.26020470831196
neigh_modify every 20 delay 0 check no
neighbor 1.2 bin
group pair type 1
velocity all create 1 33 loop geom
"""
SHAKE = "fix hold all {} 1e-8 100 0 b 2 3 a 1\n"
MD = """
timestep 0.004
thermo_style custom step pe ke f_bg[2] f_bg[1]
thermo_modify norm no format float %.15g
thermo 10
"""
NVE = "fix nve all nve\n"
WARM = NVE + "fix warm all langevin 1 1 1 77\n"  # fix shake comes after what adds forces
DRIVE = ("fix bg pair bgen {n} 1.0 44 cv d distance 1 2 basin in d 0.2 1.3 basin out d 1.3 4 "
         "move driven 1 d 1.1 1.5 spring {spring} steps {steps} {more}\n")


def data(names):
    """A data file with these bodies on a lattice."""
    atoms, bonds, angles = [], [], []
    places = [(x, y, z) for x in range(4) for y in range(4) for z in range(4)]
    for molecule, (name, place) in enumerate(zip(names, places)):
        types, of_bonds, of_angles, at = BODIES[name]
        first = len(atoms) + 1
        for kind, r in zip(types, at):
            atoms.append((molecule + 1, kind, *(STEP * p + 0.1 + c for p, c in zip(place, r))))
        bonds += [(kind, first + i, first + j) for kind, i, j in of_bonds]
        angles += [(kind, *(first + i for i in of)) for kind, *of in of_angles]

    def section(title, lines):
        return f"\n{title}\n\n" + "".join(f"{i} " + " ".join(map(str, line)) + "\n" for i, line in enumerate(lines, 1)) if lines else ""
    return (f"bodies\n\n{len(atoms)} atoms\n{len(bonds)} bonds\n{len(angles)} angles\n3 atom types\n3 bond types\n1 angle types\n"
            + "".join(f"0 {EDGE} {c}lo {c}hi\n" for c in "xyz") + "2 extra bond per atom\n6 extra special per atom\n\nMasses\n\n1 1\n2 1\n3 0.3\n"
            + section("Atoms", atoms) + section("Bonds", bonds) + section("Angles", angles)), bonds, angles


SOLVENT = ["pair"] + ["water", "diatomic", "jointed", "methyl", "water"] * 4
SAID = "the paths of its driven move keep"


class Constrained(Case):
    def setUp(self):
        super().setUp()
        self.solvate(SOLVENT)

    def solvate(self, names):
        text, self.bonds, self.angles = data(names)
        (self.folder / "bodies.data").write_text(text)

    def start(self, shake="shake", md=WARM):
        return INPUT + md + SHAKE.format(shake)

    def lengths_off(self, file):
        """The largest relative error of a constrained length in a dump, and how many there are."""
        held = [(i, j, {2: 1.0, 3: 0.7}[kind]) for kind, i, j in self.bonds if kind > 1]
        held += [(i, k, 1.6) for _, i, _, k in self.angles]
        worst = max(abs(math.dist(frame[i], frame[j]) / length - 1)
                    for frame in frames((self.folder / file).read_text()) for i, j, length in held)
        return worst, len(held)


class Rods(Constrained):
    def jumps(self, shake, ranks, md=WARM):
        output = self.good(self.start(shake, md) + DRIVE.format(n=20, spring=150, steps=40, more="") + MD +
                           "dump all all custom 1 all.dump id xu yu zu\ndump_modify all sort id format float %.15g\nrun 600\n", ranks)
        lines = thermo(output, 5)
        self.assertEqual(int(lines[-1][4]), 30)
        self.assertGreater(int(lines[-1][3]), 3)
        return output, lines

    def test_lengths_stay(self):
        """After jumps, of whatever ranks; what is constrained is what fix shake says."""
        for shake, ranks in (("shake", 1), ("shake", 2), ("shake", 4), ("rattle", 1), ("rattle", 2)):
            with self.subTest(shake=shake, ranks=ranks):
                output, lines = self.jumps(shake, ranks)
                worst, n = self.lengths_off("all.dump")
                self.assertLess(worst, 1e-6)
                clusters = {what: int(count) for count, what in re.findall(r"(\d+) = # of (.*)", output)}
                expected = sum(k * clusters[f"size {k + 1} clusters"] for k in (1, 2, 3)) + 3 * clusters["frozen angles"]
                self.assertEqual(expected, n)
                self.assertIn(f"{SAID} {expected} distances that fix shake or rattle holds", output)
                self.assertEqual(output.count(SAID), 1)
                kinetic = [float(line[2]) for line in lines[10:]]  # no step of a jump stands out
                self.assertLess(max(kinetic) / min(kinetic), 2.2)

    def test_ranks(self):
        """The chain on several ranks begins as that on one."""
        one = self.jumps("shake", 1, NVE)[1]
        two = self.jumps("shake", 2, NVE)[1]
        for a, b in zip(one[:8], two[:8]):
            for x, y in zip(a, b):
                self.assertAlmostEqual(float(x), float(y), delta=1e-6 * abs(float(x)))

    def test_rejected(self):
        """Paths that never arrive leave the trajectory as it is, bit for bit."""
        for shake in ("shake", "rattle"):
            with self.subTest(shake):
                seen = []
                for steps, n in ((3, 20), (9, 40), (1, 0)):
                    output = self.good(self.start(shake) + DRIVE.format(n=n, spring=1e-9, steps=steps, more="dt 1e-6") + MD + "run 200\n")
                    lines = thermo(output, 5)
                    self.assertEqual(int(lines[-1][3]), 0)
                    self.assertEqual(int(lines[-1][4]), 200 // n if n else 0)
                    seen.append([line[:3] for line in lines])
                self.assertEqual(seen[0], seen[1])
                self.assertEqual(seen[0], seen[2])

    def test_restart(self):
        """A run goes on as if it had not been interrupted."""
        whole = self.good(self.start(md=NVE) + DRIVE.format(n=20, spring=150, steps=30, more="") + MD + "run 100\nwrite_restart half.restart\nrun 100\n")
        lines = [line for line in thermo(whole, 5) if int(line[0]) == 200]
        style = INPUT.replace("read_data bodies.data", "read_restart half.restart").replace(
            "velocity all create 1 33 loop geom\n", "").replace("group pair type 1\n", "")
        again = self.good(style + NVE + SHAKE.format("shake") + DRIVE.format(n=20, spring=150, steps=30, more="") + MD + "run 100\n")
        self.assertEqual(thermo(again, 5)[-1], lines[-1])

    def test_told_once(self):
        """LAMMPS sorts atoms often and moves them from rank to rank: what is constrained stays the same."""
        for ranks in (1, 2):
            output = self.good(self.start() + "atom_modify sort 40 0\n" + DRIVE.format(n=20, spring=150, steps=40, more="") + MD + "run 2000\n", ranks)
            self.assertEqual(output.count(SAID), 1)
            self.assertGreater(int(thermo(output, 5)[-1][3]), 3)

    def test_unfixed(self):
        """Without fix shake there is nothing to keep, and nothing to say."""
        output = self.good(self.start() + DRIVE.format(n=20, spring=150, steps=20, more="") + MD + "run 40\nunfix hold\nrun 40\n")
        self.assertEqual(output.count(SAID), 1)
        self.assertEqual(int(thermo(output, 5)[-1][4]), 4)

    def test_escort(self):
        """Of the atoms of the cv, which are free; another one of the fix is not."""
        for ranks in (1, 2):
            output = self.good(self.start() + "group three id 1 2 3\n" + DRIVE.format(n=20, spring=150, steps=40, more="escort yes").replace(
                "fix bg pair", "fix bg three") + MD + "dump all all custom 1 all.dump id xu yu zu\n"
                "dump_modify all sort id format float %.15g\nrun 400\n", ranks)
            self.assertEqual(output.count(SAID), 1)
            self.assertGreater(int(thermo(output, 5)[-1][3]), 1)
            self.assertLess(self.lengths_off("all.dump")[0], 1e-6)

    def test_refused(self):
        drive = DRIVE.format(n=20, spring=150, steps=30, more="{}")
        for fix, words, said in (
            (drive.format("atoms some"), "run 40\n", "fix bgen bg|holds atom 3 at|from atom 4, but atom 4 does not move along the path with group some"),
            ("group still id 4\nfix still still setforce 0 0 0\n" + drive.format(""), "run 40\n",
             "atom 4 does not move along the path with group all; use a group with both or with none, or let MD move both"),
            (drive.format("escort yes").replace("fix bg pair", "fix bg held").replace("distance 1 2", "distance 3 4"), "run 40\n",
             "escort|displaces atom 3"),
            (drive.format("move fresh 1").replace("bg pair", "bg all"), "run 40\n", "hold (shake) constrains atoms of group all|a flow moves"),
            ("fix bg held bgen 0 1.0 44\n", "run 40\n", "hold (shake) constrains atoms of group held"),
            (drive.format("").replace("bg pair", "bg held").replace("distance 1 2", "distance 3 4"),
             "run 20\nbgen bg train steps 10 batch 4 kl 1\n", "frames"),
            (drive.format("coords cartesian xy"), "run 40\n", "coords lets move in some directions only"),
            (drive.format("offset out 1"), "run 40\n", "with offsets MD must be reversible"),
        ):
            with self.subTest(fix):
                self.refused(self.start() + "group some id 1 2 3\ngroup held id 3 4\n" + fix + MD.replace(" f_bg[2] f_bg[1]", "") + words,
                             said)


class JointedDistribution(Constrained):
    """Jumps alone, of a trimer with a light joint: its density is the constrained one, not that of stiff bonds."""

    def test_angle(self):
        self.solvate(["jointed"])
        start = self.start(md="").replace("pair_style lj/cut 1.6", "pair_style zero 1.6").replace("pair_coeff * * 1 0.9", "pair_coeff * *").replace(
            "pair_modify shift yes\n", "").replace("group pair type 1", "group pair type 2 3") + "mass 2 0.15\nmass 3 1\n"
        output = self.good(start + "fix bg pair bgen 1 1.0 44 cv a angle 2 1 3 move driven 1 a 60 120 spring 1e-9 steps 25 dt 0.08 damp 2\n"
                           "compute a all bgen bg cv a\nthermo_style custom step c_a[1] f_bg[2]\nthermo 1\nrun 30000\n")
        lines = thermo(output, 3)
        squares = [math.cos(math.radians(float(line[1]))) ** 2 for line in lines[1:]]
        alpha = (1 / 0.15) ** 2 / (1 / 0.15 + 1) ** 2
        grid = [-1 + (i + 0.5) / 5000 for i in range(10000)]
        density = [math.sqrt(1 - alpha * c * c) for c in grid]
        exact = sum(d * c * c for c, d in zip(grid, density)) / sum(density)
        blocks = [sum(squares[k:k + 300]) / 300 for k in range(0, 30000, 300)]
        mean = sum(blocks) / len(blocks)
        error = math.sqrt(sum((b - mean) ** 2 for b in blocks) / len(blocks) / (len(blocks) - 1))
        self.assertLess(error, 0.006)
        self.assertLess(abs(mean - exact), 5 * error, f"{mean} +- {error}, exact {exact}")
        self.assertGreater(abs(mean - 1 / 3), 5 * error)


if __name__ == "__main__":
    unittest.main()
