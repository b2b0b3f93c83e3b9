#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Atoms of fix bgen that are added, deleted, changed, held, or not integrated by other fixes, in a whole LAMMPS.

As test_fix_bgen.py, beside which it stands.
"""
import re
import unittest

from test_fix_bgen import MD, SYSTEM, Case, thermo

WELL = ("fix bg all bgen {} 1.0 4711 cv s coordinate 1 x basin right s 0 10 basin left s -10 0 "
        "move driven 1 s -1.77 1.69 spring 40 steps 10 dt 0.05 damp 2\n")
STAY = "use a group to which no fix or command adds atoms"

# a bonded pair, in a gas, and by a wall
BOX = """
units lj
atom_style bond
atom_modify map array
boundary p p {boundary}
region b block 0 {edge} 0 {edge} 0 8
create_box 3 b bond/types 1 extra/bond/per/atom 4 extra/special/per/atom 8
create_atoms 2 single 2 3 4
create_atoms 2 single 3 3 4
{others}
mass * 1
pair_style lj/cut 2.5
pair_coeff * * 1 1
special_bonds lj 0 1 1
bond_style class2
bond_coeff 1 1.5 -12 0 24
group pair id 1 2
group others subtract all pair
create_bonds many pair pair 1 0.5 1.6
timestep 0.004
"""
GAS = BOX.format(boundary="p", edge=8, others="create_atoms 1 random 80 881 b") + """
minimize 0 1e-2 500 5000
reset_timestep 0
velocity all create 1 33 loop geom
fix warm all langevin 1 1 1 77
fix nve all nve
"""
GAS_RUN = "\nthermo_style custom step atoms f_bg[1] f_bg[2] f_bg[9] f_bg[10]\nthermo 100\nrun {}\n"
WALL = BOX.format(boundary="f", edge=6, others="lattice sc 1\nregion w block 0 6 0 6 0.2 1\ncreate_atoms 3 region w\nlattice none 1") + """
fix cage pair spring/self 0.5
fix_modify cage energy yes
velocity pair create 1 33 loop geom
fix warm pair langevin 1 1 1 77
compute wall others msd
"""
WALL_RUN = """
thermo_style custom step pe c_wall[4] f_bg[2] ke
thermo_modify norm no format float %.15g
thermo 250
run {}
"""
PAIR = ("fix bg {} bgen {} 1.0 44 cv d distance 1 2 basin in d 0.5 1.5 basin out d 1.5 3 "
        "move driven 1 d 1.0 2.0 spring 30 steps {} ")


class AtomsCase(Case):
    def stops(self, text, words, ranks=(1,)):
        for n in ranks:
            code, output = self.run_lammps(text, n)
            errors = {line for line in output.splitlines() if line.startswith("ERROR")}
            self.assertGreater(code, 0, f"no error, or a crash ({code}), on {n} ranks\n{output[-1500:]}")
            self.assertEqual(len(errors), 1, output[-1500:])
            for word in words.split("|"):
                self.assertIn(word, *errors)


class OtherAtoms(AtomsCase):
    """Those of set-up are no longer there, or not alone."""

    def test_added(self):
        region = "region near block -1 1 -1 1 -0.5 0.5\nfix add all deposit 20 1 1 123 region near near 0.5\n"
        said = "fix bgen bg: group all had 1 atoms, now it has 2, of which 1 have the ID and type they had|" + STAY
        self.stops(SYSTEM + WELL.format(2) + region + MD + "run 60\n", said, (1, 2, 4))
        for column in ("f_bg[11]", "f_bg[14]", "f_bg[15]", "c_now[1]"):  # without jumps
            with self.subTest(column):
                self.stops(SYSTEM + WELL.format(0) + region + MD + "compute now all bgen bg cv s\nthermo 1\n"
                           f"thermo_style custom step {column}\nrun 60\n", said, (1, 2))
        self.stops(SYSTEM + WELL.format("0").rstrip() + " collect 10\n" + region + MD + "run 60\n", STAY)

    def test_deleted(self):
        """The only one, so that jumps would be those of nothing."""
        self.stops(SYSTEM + WELL.format(2) + "region all block -10 10 -10 10 -0.5 0.5\nfix away all evaporate 3 1 all 123\n" + MD +
                   "run 60\n", "group all had 1 atoms, now it has 0|" + STAY, (1, 2, 4))

    def test_lost(self):
        """Not by a fix or a command."""
        self.stops(SYSTEM + WELL.format(2) + MD + "timestep 1e6\nrun 60\n", "group all had 1 atoms, now it has 0|lost: use a smaller timestep",
                   (1, 2))

    def test_group(self):
        """Changed in a run that is not set up again."""
        for change, said in (("group g id 3", "group g had 2 atoms, now it has 3, of which 2 have"),
                             ("group g clear", "group g had 2 atoms, now it has 0, of which 0 have"),
                             ("set atom 2 type 1", "group g had 2 atoms, now it has 2, of which 1 have")):
            with self.subTest(change):
                self.stops(GAS + "group g id 1 2\n" + PAIR.format("g", 5, 10) + f'\nrun 40 pre no every 10 "{change}"\n', said, (1, 2))

    def test_other_group(self):
        """Atoms that neither jump nor follow come and go as they like."""
        output = self.good(GAS + PAIR.format("pair", 20, 10) + "atoms pair\nfix gas others gcmc 10 5 5 1 29494 1.0 -3.0 0.2" + GAS_RUN.format(400))
        self.assertGreater(len({line[1] for line in thermo(output, 6)}), 2)

    def test_offsets(self):
        """A segment of MD cannot be undone that has lost or gained atoms."""
        self.stops(GAS + PAIR.format("pair", 20, 10) + "atoms pair offset out 1\nfix gas others gcmc 10 5 5 1 29494 1.0 -3.0 0.2\nrun 400\n",
                   "fix bgen bg: with offsets MD must be reversible|atoms were added or deleted", (1, 2))


class Followers(AtomsCase):
    """Atoms that come and go follow a driven move while they are there."""

    def follows(self, more, ranks):
        output = self.good(GAS + PAIR.format("pair", 20, 40) + "\n" + more + GAS_RUN.format(600) + "run 200\n", ranks)
        lines = [[int(word) for word in line] for line in thermo(output, 6) if all(map(str.isdigit, line))]
        self.assertGreater(len({line[1] for line in lines}), 4)
        jumps = lines[-1][2]
        self.assertEqual(jumps, 40)
        self.assertEqual(lines[-1][4], 0)            # NaN
        self.assertEqual(lines[-1][5], 41 * jumps)   # no path was broken off

    def test_gcmc(self):
        full = "full_energy overlap_cutoff 0.6"
        for ranks, how in ((1, ""), (2, full), (4, "")):
            with self.subTest(ranks=ranks, how=how):
                self.follows("fix gas others gcmc 10 5 5 1 29494 1.0 -3.0 0.2 " + how, ranks)

    def test_deposit(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.follows("region e block 0 8 0 8 7 8\nfix gas others deposit 20 1 40 888 region e near 1.0", ranks)

    def test_between_runs(self):
        """Those that were deleted no longer follow; the pair may not be deleted."""
        two = GAS + PAIR.format("pair", 20, 20) + GAS_RUN.format(100) + "delete_atoms group {} compress no\nrun 100\n"
        output = self.good(two.format("others"))
        self.assertEqual(thermo(output, 6)[-1][1], "2")
        self.stops(two.format("pair"), "group pair had 2 atoms, now it has 0")


class HeldAtoms(AtomsCase):
    JUMPS = PAIR.format("pair", 50, 200)

    def of_wall(self, lines, ranks=1, n=1500):
        output = self.good(WALL + lines + WALL_RUN.format(n), ranks)
        left_out = re.findall(r"fix bgen bg: these atoms of group all do not follow its driven move:.*", output)
        return [line[1:] for line in thermo(output, 5)], left_out, output

    def test_wall(self):
        """Frozen in one way or the other, it stays where it is, by default as with a group that lacks it."""
        self.maxDiff = None
        ways = {"nve": "fix nve pair nve\n", "setforce": "fix nve all nve\nvelocity others set 0 0 0\nfix still others setforce 0 0 0\n"}
        said = {"nve": " 36 that no fix integrates", "setforce": " 36 that fix still (setforce) holds"}
        for ranks in (1, 2, 4):
            n = 1500 if ranks == 1 else 300
            expected, left_out, _ = self.of_wall(ways["nve"] + self.JUMPS + "atoms pair", ranks, n)
            self.assertEqual(left_out, [])
            if ranks == 1:
                self.assertGreater(int(expected[-1][2]), 1)
            for way, lines in ways.items():
                with self.subTest(ranks=ranks, way=way):
                    seen, left_out, output = self.of_wall(lines + self.JUMPS, ranks, n)
                    self.assertEqual(seen, expected)
                    self.assertEqual([line.partition("move:")[2] for line in left_out], [said[way]])
                    self.assertEqual({line[1] for line in seen}, {"0"})

    def test_fixes_that_hold(self):
        """Each is known by what it does to the components that are moved."""
        for line, holds in (
            ("setforce NULL NULL 0", True), ("setforce 0 NULL NULL", True), ("setforce NULL NULL NULL", False),
            ("setforce v_zero 0 0", True), ("setforce 0 0 0 region low", True), ("lineforce 0 0 1", True),
            ("planeforce 0 0 1", True), ("aveforce 0 0 0", True), ("move linear 0 0 0", True), ("nve/noforce", True),
            ("nve", False), ("addforce 0 0 0", False),
        ):
            with self.subTest(line):
                all_nve = "" if line.split()[0] in ("move", "nve/noforce", "nve") else "fix more others nve\n"
                _, left_out, _ = self.of_wall("variable zero equal 0.0\nregion low block 0 6 0 3 0 9\nfix nve pair nve\n" + all_nve +
                                              "velocity others set 0 0 0\nfix odd others " + line + "\n" + PAIR.format("pair", 5, 1), n=5)
                style = line.split()[0]
                self.assertEqual([f"fix odd ({style}) holds" in said for said in left_out], [True] if holds else [])

    def test_own(self):
        """Atoms that jump must be moved by the forces of the energy."""
        nve = MD + "run 20\n"
        for line in ("setforce 0 0 0", "setforce NULL 0 NULL", "aveforce 0 0 0"):
            with self.subTest(line):
                self.stops(SYSTEM + WELL.format(2) + "fix odd all " + line + "\n" + nve,
                           f"fix bgen bg: fix odd ({line.split()[0]}) holds 1 of the 1 atoms of group all|forces of the energy|unfix", (1, 2))
        self.good(SYSTEM + WELL.format(2) + "fix odd all setforce NULL NULL 0\n" + nve)  # z, which is not moved
        self.good(SYSTEM + WELL.format(0) + "fix odd all setforce 0 0 0\n" + nve)        # no jumps
        self.good(SYSTEM + WELL.format(2) + "fix odd all setforce 0 0 0\nrun 20\n")      # jumps alone

    def test_dynamic(self):
        self.stops(WALL + "region low block 0 6 0 6 0 2\ngroup low dynamic others region low\nfix still low setforce 0 0 0\nfix nve pair nve\n" +
                   self.JUMPS + "\nrun 10\n", "fix still (setforce) holds atoms of a dynamic group")

    def test_not_integrated(self):
        """Atoms of the group that only jump get no velocities, the others do."""
        text = WALL + PAIR.format("pair", 5, 100) + ("\nunfix warm\ngroup one id 1\ngroup two id 2\nvelocity two set 0 0 0\nfix nve {} nve\n"
                                                    "variable v2 equal vx[2]\nvariable v1 equal vx[1]\n"
                                                    "thermo_style custom step v_v1 v_v2 f_bg[2]\nthermo 10\nrun 300\n")
        lines = thermo(output := self.good(text.format("one")), 4)
        self.assertIn("WARNING: fix bgen bg: no fix integrates 1 of the 2 atoms of group pair; only jumps move them", output)
        self.assertGreater(int(lines[-1][3]), 0)
        self.assertEqual({line[2] for line in lines}, {"0"})
        lines = thermo(output := self.good(text.format("pair")), 4)
        self.assertNotIn("no fix integrates", output.replace("36 that no fix integrates", ""))
        self.assertNotEqual({line[2] for line in lines}, {"0"})

    def test_constrained(self):
        """What a driven move integrates must be free, what it does not need not be."""
        gas = (GAS + "group rod id 10 11\nunfix nve\nunfix warm\ngroup free subtract all rod\nfix nve free nve\n"
               "fix rods rod rigid single\n")
        self.stops(gas + PAIR.format("pair", 20, 10) + "\nrun 40\n",
                   "fix bgen bg: a driven move integrates all atoms of group all, of which fix rods (rigid) constrains some|atoms GROUP")
        self.good(gas + PAIR.format("pair", 20, 10) + "atoms free\nrun 40\n")


MOVER = """
units lj
atom_modify map array
region b block -4 4 -4 4 -4 4
create_box 2 b
create_atoms 1 single 0 0 0
create_atoms 2 random 20 7 b
group mover type 1
mass * 1
pair_style lj/cut 1.12
pair_coeff * * 0 1
fix well mover spring/self 1
fix_modify well energy yes
velocity all create 1 8
fix bg mover bgen 0 1 5 collect 10 flow whiten threads 1
fix warm {moves} langevin 1 1 1 7
fix nve {moves} nve
timestep 0.05
run 6000
fix_modify bg frames test
run 6000
fix_modify bg frames none
bgen bg train steps 1
bgen bg free_energy samples 2000 table table.dat
"""


class Bystanders(AtomsCase):
    """Frames have the energies of their own surroundings, estimates those of the present ones."""

    def error(self, moves, ranks):
        output = self.good(MOVER.format(moves=moves), ranks)
        rows = [line.split() for line in (self.folder / "table.dat").read_text().splitlines() if line[:1] != "#"]
        return float(rows[0][3]), "atoms outside the group of fix bg have moved since its test frames came" in output

    def test_they_move_or_are_held(self):
        for ranks in (1, 2):
            error, warned = self.error("all", ranks)
            self.assertTrue(error == float("inf") and warned)
            error, warned = self.error("mover", ranks)
            self.assertTrue(error < 0.2 and not warned, error)


class Levels(AtomsCase):
    """run_style respa: after a jump its inner levels would go on with forces of the configuration before."""
    RUN = "run_style respa 2 2 bond 1 pair 2\n"

    def test_jumps(self):
        self.stops(GAS + self.RUN + PAIR.format("pair", 20, 10) + "\nrun 40\n", "fix bgen bg: jumps need run_style verlet", (1, 2))

    def test_frames(self):
        output = self.good(GAS + self.RUN + PAIR.format("pair", 0, 10) + "collect 10\nthermo_style custom step f_bg[12]\nrun 40\nbgen bg info\n")
        self.assertGreater(int(thermo(output, 2)[-1][1]), 3)
        self.good(GAS + self.RUN + PAIR.format("pair", 20, 10) + "\nrun_style verlet\nrun 40\n")


if __name__ == "__main__":
    unittest.main()
