#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fix bgen beside styles of the KOKKOS package that are wrong in LAMMPS 29 Sep 2021, with which they are tested.

As test_fix_bgen.py, beside which it stands.
"""
import unittest

from test_fix_bgen import Case

SLAB = """units lj
atom_modify map array
boundary {boundary}
lattice fcc 0.8442
region box block -1 4 -1 4 0 4
region inside block 0 2.9 0 2.9 0 4
create_box 1 box
create_atoms 1 region inside
mass * 1.0
pair_style lj/cut 2.5
pair_coeff * * 1.0 1.0
neigh_modify delay 0 every 1 check yes
timestep 0.004
velocity all create 0.8 4711
fix walls all wall/lj93 {walls} units box
fix_modify walls energy yes
fix nve all nve
group moved id 1:24
fix bg moved bgen 0 0.8 4711 cv s coordinate 1 x collect 1 flow "whiten; realnvp blocks 2 width 8"
run 40
bgen bg train steps 2 batch 16 file none.dat
bgen bg save all.bgen
unfix bg
fix bg moved bgen 2 0.8 4711 cv s coordinate 1 x flow "whiten; realnvp blocks 2 width 8"
bgen bg load all.bgen
run 10
"""
LEFT, RIGHT = "xlo EDGE 1.0 1.0 2.5", "xhi EDGE 1.0 1.0 2.5"


class Kokkos(Case):
    def test_energy_of_one_wall(self):
        self.good(SLAB.format(boundary="f f p", walls=LEFT))

    def test_energy_of_two_walls(self):
        """LAMMPS counts the energy of the second one only: forces tell."""
        self.refused(SLAB.format(boundary="f f p", walls=f"{LEFT} {RIGHT}"), "energy of fix walls (wall/lj93/kk)|its forces give")

    def test_box_that_shrinks(self):
        self.refused(SLAB.format(boundary="f s p", walls=LEFT), "the KOKKOS package|shrink-wrapped|use boundary p or f|run without -k on")


if __name__ == "__main__":
    unittest.main()
