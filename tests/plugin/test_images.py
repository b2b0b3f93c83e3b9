#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Image flags of LAMMPS: a fix bgen does not depend on them, and leaves them right.

As test_fix_bgen.py, beside which it stands.
"""
import math
import re
import unittest

from test_fix_bgen import Case, thermo
from test_fix_bgen_moves import frames

BOX = "units lj\natom_style {style}\natom_modify map array\nregion b {box}\ncreate_box 2 b{more}\nmass * 1\n"
BONDED = (BOX.format(style="bond", box="block 0 7 0 7 0 7", more=" bond/types 1 extra/bond/per/atom 2 extra/special/per/atom 4") +
          "create_atoms 2 single 0.4 3 4\ncreate_atoms 2 single 6.4 3 4\ncreate_atoms 1 random 60 881 b\n"
          "pair_style lj/cut 2.5\npair_coeff * * 1 1\nspecial_bonds lj 0 1 1\nbond_style class2\nbond_coeff 1 1.5 -12 0 24\n"
          "group mol type 2\ncreate_bonds many mol mol 1 0.5 1.6\nminimize 0 1e-2 500 5000\nreset_timestep 0\n"
          "velocity all create 1 33 loop geom\n")
MD = "fix lan all langevin 1 1 1 77\nfix nve all nve\ntimestep 0.004\n"
ENDS = "cv d distance 1 2 basin in d 0.5 1.5 basin out d 1.5 3 "
CHAOS = 1e-3  # what rounding of a box length grows to, which is 1e-15 at first
BOND = ("".join(f"variable d{c} equal {c}[1]-{c}[2]\n" for c in "xyz") +
        "variable bond equal sqrt(" + "+".join(f"(v_d{c}-7*round(v_d{c}/7))^2" for c in "xyz") + ")\n")
PRINT = "thermo_style custom step f_bg[15] f_bg[1] f_bg[2] f_bg[8] f_bg[11] v_bond\nthermo_modify format float %.6f\nthermo 50\n"


class Bonds(Case):
    """A bonded pair across the border, whose flags are those of builders, 0."""

    def lines(self, flags, ranks):
        output = self.good(BONDED + f"set atom 1 image {flags} 0 0\n" + MD + BOND + "fix bg mol bgen 5 1.0 44 " + ENDS + "move driven 1 d 1.0 1.9 spring 60 steps 100 escort yes\n" + PRINT +
                           "dump d mol custom 10 out.dump id xu yu zu\ndump_modify d format float %.6f\nrun 800\n", ranks)
        self.assertNotIn("WARNING: fix bgen", output)
        return thermo(output, 7), frames((self.folder / "out.dump").read_text())

    def test_flags_do_not_matter(self):
        """Nor to what is dumped: atom 1 stays a box away, whatever is accepted."""
        for ranks in (1, 2, 4):
            zero, one = (self.lines(flags, ranks) for flags in (0, 1))
            self.assertGreater(float(one[0][-1][3]), 2)  # accepted
            for line in zero[0]:
                self.assertEqual(line[1], line[6])  # the cv is the bond
            for a, b in zip(zero[0], one[0], strict=True):
                self.assertEqual(a[2:6], b[2:6])
                self.assertLessEqual(abs(float(a[1]) - float(b[1])), CHAOS)
            for a, b in zip(zero[1], one[1], strict=True):
                self.assertLessEqual(abs(b[1][0] - a[1][0] - 7), CHAOS)
                self.assertLessEqual(math.dist(a[2], b[2]), CHAOS)

    def test_unwrapped_positions_move_no_farther_than_atoms(self):
        """Between two frames of 10 steps and a jump, with flags that let the molecule part."""
        _, found = self.lines(3, 1)
        for before, now in zip(found, found[1:]):
            for atom in before:
                self.assertLess(math.dist(before[atom], now[atom]), 2.0)
        self.assertGreater(abs(found[-1][1][0] - found[-1][2][0]), 10)  # they are still apart

    def test_tilted_box(self):
        """The same molecule in the same crystal of images: a tilt by a whole box changes nothing of the pair."""
        tilted = BONDED.replace("block 0 7 0 7 0 7", "prism 0 7 0 7 0 7 2 -1 1.5").replace("create_atoms 1 random 60 881 b\n", "").replace(
            "0.4 3 4", "-0.15 1.775 6.65").replace("6.4 3 4", "2.25 6.775 0.15").replace("velocity all create 1 33 loop geom\n", "").replace("minimize 0 1e-2 500 5000\n", "")
        for flags in ("0 0 0", "1 -1 2"):
            output = self.good(tilted.replace("create_bonds many mol mol 1 0.5 1.6", "create_bonds single/bond 1 1 2 special yes") +
                               f"set atom 2 image {flags}\n"
                               "fix bg mol bgen 0 1.0 44 " + ENDS + "\n" + PRINT.replace(" v_bond", "") + "run 0\n")
            self.assertAlmostEqual(float(thermo(output, 6)[0][1]), math.sqrt(0.6 ** 2 + 0.5 ** 2 + 0.5 ** 2), 6)

    def test_bonded_to_its_own_image(self):
        """A chain through the box is left as LAMMPS has it: nothing can make it whole."""
        chain = BOX.format(style="bond", box="block 0 6 0 6 0 6", more=" bond/types 1 extra/bond/per/atom 2 extra/special/per/atom 4")
        chain += "".join(f"create_atoms 1 single {x} 3 3\n" for x in (0.5, 2.5, 4.5)) + "".join(
            f"create_bonds single/bond 1 {i} {j}\n" for i, j in ((1, 2), (2, 3), (1, 3)))
        output = self.good(chain + "pair_style zero 2.5\npair_coeff * *\nbond_style harmonic\nbond_coeff 1 1 2\n"
                           "fix bg all bgen 0 1.0 44 cv d distance 1 3 basin in d 0 9\n"
                           "thermo_style custom step f_bg[15]\nrun 0\n")
        self.assertEqual(float(thermo(output, 2)[0][1]), 4.0)


FREE = (BOX.format(style="atomic", box="block 0 4 0 4 0 4", more="") + "create_atoms 2 single 0.1 2 2\ncreate_atoms 2 single 3.2 2 2\n"
        "pair_style zero 1.5\npair_coeff * *\ngroup pair type 2\n")


class Pairs(Case):
    """Two atoms without a bond, each in an own image."""

    def test_nearest_image(self):
        far = FREE + "set atom 2 image 2 0 -1\n"
        for ranks in (1, 2, 4):
            output = self.good(far + "fix bg pair bgen 0 1.0 44 cv d distance 1 2 basin in d 0 2\nthermo_style custom step f_bg[15]\nrun 0\n", ranks)
            self.assertAlmostEqual(float(thermo(output, 2)[0][1]), 0.9, 7)

    def test_ring(self):
        three = FREE + "create_atoms 2 single 1.5 2 2\n"
        output = self.good(three + "fix bg all bgen 0 1.0 44 cv a distance 1 2 cv b distance 2 3 cv c distance 1 3 basin in a 0 2\nrun 0\n")
        self.assertEqual(output.count("WARNING: fix bgen: a cv looks at atoms 2 and 3"), 1)

    def test_exact_up_to_half_a_box(self):
        """Free atoms are dragged to where the nearest image becomes another one: volumes of the nearest images tell F."""
        output = self.good(FREE + "fix bg pair bgen 1 1.0 44 cv d distance 1 2 basin near d 0.6 1.4 basin far d 1.4 2.4 "
                           "move driven 1 d 1.1 1.9 spring 6 steps 10 dt 0.1 damp 0.3\nrun 20000\n")
        screened = int(re.search(r"(\d+) were rejected by screening", output).group(1))
        self.assertGreater(screened, 200)
        cells = [(i + 0.5) / 40 for i in range(80)]  # of the eighth of the cube around one atom
        radii = [math.sqrt(x * x + y * y + z * z) for x in cells for y in cells for z in cells]
        near, far = (sum(low <= r < high for r in radii) for low, high in ((0.6, 1.4), (1.4, 2.4)))
        found = re.findall(r"F\(near\) - F\(far\) = (\S+) \+- (\S+) by (BAR|visits)", output)
        self.assertEqual([how for *_, how in found], ["BAR", "visits"])
        for value, error, how in found:
            self.assertLessEqual(float(error), 0.1, how)
            self.assertLessEqual(abs(float(value) - math.log(far / near)), 5 * float(error), how)

    def test_no_basin(self):
        """Nothing moved, and not a word."""
        output = self.good(FREE + "fix bg pair bgen 1 1.0 44 cv d distance 1 2 basin in d 2 2.5 basin out d 2.5 3 "
                           "move driven 1 d 2.2 2.8 spring 10 steps 10\nfix nve all nve\nrun 20\n")
        self.assertIn("WARNING: fix bgen: fix bg begins this run in no basin: now d is 0.9, and the basins are in d 2 2.5; out d 2.5 3", output)
        self.assertIn("WARNING: fix bgen: fix bg has attempted no jump in this run", output)


if __name__ == "__main__":
    unittest.main()
