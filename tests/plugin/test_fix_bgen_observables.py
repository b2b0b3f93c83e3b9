#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is observed of samples: the same numbers as LAMMPS finds in a rerun of them, and no trace afterwards.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS. One class is one ctest.
"""
import math
import unittest

from test_fix_bgen import Case, FIX, MD, RERUN, SYSTEM, TRAIN, fix, thermo

# Nine atoms that repel each other, tethered to the sites of a lattice, in a periodic plane; two ranks meet at the sites
# with x = 0.
LATTICE = """
units lj
dimension 2
boundary p p p
atom_style atomic
atom_modify map array sort 0 0.0
lattice sq 0.25
region all block -3 3 -3 3 -0.5 0.5 units box
create_box 2 all
create_atoms 1 single -2 -2 0 units box
create_atoms 1 single -2 0 0 units box
create_atoms 1 single -2 2 0 units box
create_atoms 1 single 0 -2 0 units box
create_atoms 2 single 0.01 0 0 units box
create_atoms 2 single 0 2 0 units box
create_atoms 2 single 2 -2 0 units box
create_atoms 2 single 2 0 0 units box
create_atoms 2 single 2 2 0 units box
mass * 1.0
pair_style soft 2.2
pair_coeff * * 3.0
neighbor 0.2 bin
neigh_modify delay 0 every 1 check yes
comm_modify cutoff 2.8
fix tether all spring/self 10.0
fix_modify tether energy yes
group one type 1
group two type 2
"""
FLOW = ('fix bg all bgen 0 1.0 4711 coords cartesian xy cv d distance 1 5 {} threads 1 flow "whiten; realnvp blocks 2 width 8"\n')
FRAMES = ("velocity all create 1.0 4711 loop geom\nfix warm all langevin 1.0 1.0 0.5 99\nfix integrate all nve\n"
          "fix flat all enforce2d\ntimestep 0.02\nrun 4000\nunfix warm\nunfix integrate\nunfix flat\n")
COMPUTES = """
variable r2 atom (x-0.3)^2+y^2
variable near atom r2<2
compute sum all reduce sum v_r2
compute msd all msd
compute gyr all gyration
compute pairs one group/group two
compute coord all coord/atom cutoff 2.1
compute coords all reduce sum c_coord
compute species all chunk/atom type
compute com all com/chunk species
compute slabs all chunk/atom bin/1d x lower 1.0 nchunk every
compute slab all reduce/chunk slabs sum v_r2
compute fixed all chunk/atom bin/1d y lower 1.0 nchunk once
compute inertia all gyration/chunk fixed
compute w all bgen bg
variable sum equal c_sum+1
variable com equal c_com[1][1]+10*c_com[2][2]
variable slab equal c_slab[3]+10*c_slab[4]
variable fixed equal c_inertia[3]+10*c_inertia[4]
variable series vector c_msd
variable series_4 equal v_series[4]
variable pe equal pe
variable cv equal f_bg[15]
variable x equal x[5]
variable u equal c_w[1]
variable xcm equal xcm(two,x)
variable gyr equal c_gyr^2
"""
NAMES = ("pe d v_sum c_sum c_msd[4] c_gyr c_gyr[1] c_pairs c_pairs[1] c_coords v_com v_slab v_fixed v_series_4 v_pe v_cv v_x v_u "
         "c_w[1] c_w[2] c_w[3] v_xcm v_gyr c_thermo_pe").split()


def table(path):
    """Rows {name of the column: value} of a file of samples."""
    lines = path.read_text().splitlines()
    names = lines[1][1:].split()
    return [dict(zip(names, map(float, line.split()), strict=True)) for line in lines[2:]]


class Observables(Case):
    SAMPLES = 300

    def setUp(self):
        super().setUp()
        self.good(LATTICE + FLOW.format("collect 10") + FRAMES + "bgen bg train iter 20 batch 32\nbgen bg save a.bgen\n")
        self.begin = LATTICE + FLOW.format("") + "bgen bg load a.bgen\n" + COMPUTES

    def reruns(self, ranks):
        """What thermo says of each sample."""
        words = [name if name[1:2] == "_" else {"pe": "pe", "d": "f_bg[15]"}[name] for name in NAMES]
        output = self.good(self.begin + "thermo 1\nthermo_style custom step " + " ".join(words) +
                           "\nthermo_modify norm no format float %.15g\nrerun s.dump dump x y wrapped no\n", ranks)
        return [list(map(float, line[1:])) for line in thermo(output, len(NAMES) + 1) if int(line[0]) > 0]

    def test_as_in_rerun(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.good(self.begin + f"thermo_modify norm no\nbgen bg sample {self.SAMPLES} file s.dat dump s.dump also {' '.join(NAMES)}\n", ranks)
                rows, frames = table(self.folder / "s.dat"), self.reruns(ranks)
                self.assertEqual(len(rows), self.SAMPLES)
                worst = {}
                for row, frame in zip(rows, frames, strict=True):
                    for name, value in zip(NAMES, frame, strict=True):
                        error = abs(row[name] - value) / (1 + abs(value))
                        worst[name] = max(worst.get(name, 0), error) if not math.isnan(error) else math.inf
                    self.assertLessEqual(abs(row["pe"] - row["u"]), 1e-9 * (1 + abs(row["u"])))
                self.assertEqual([], [(name, error) for name, error in worst.items() if not error <= 1e-8])
                for name in NAMES:
                    self.assertGreater(len({row[name] for row in rows}), 3, name + " is the same everywhere")


if __name__ == "__main__":
    unittest.main()
