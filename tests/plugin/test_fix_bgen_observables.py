#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is observed of samples: the same numbers as LAMMPS finds in a rerun of them, and no trace afterwards.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS. One class is one ctest.
"""
import math
import unittest

from test_fix_bgen import RERUN, SYSTEM, TRAIN, Case, fix, thermo

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
compute slabs all chunk/atom bin/1d x lower 1.0 units box nchunk every
compute slab all reduce/chunk slabs sum v_r2
compute fixed all chunk/atom bin/1d y lower 1.0 units box nchunk once
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

THERMO = " ".join("f_bg[15]" if name == "d" else name for name in NAMES)


def table(path):
    """Rows {name of the column: value} of a file of samples."""
    lines = path.read_text().splitlines()
    names = lines[1][1:].split()
    return [dict(zip(names, map(float, line.split()), strict=True)) for line in lines[2:]]


class Observables(Case):
    SAMPLES = 300

    def setUp(self):
        super().setUp()
        self.good(LATTICE + FLOW.format("collect 10") + FRAMES + "bgen bg train steps 20 batch 32\nbgen bg save a.bgen\n")
        self.begin = LATTICE + FLOW.format("") + "bgen bg load a.bgen\n" + COMPUTES

    def reruns(self, ranks):
        """What thermo says of each sample."""
        output = self.good(self.begin + "thermo 1\nthermo_style custom step " + THERMO + "\nthermo_modify norm no format float %.15g\nrerun s.dump dump x y wrapped no\n", ranks)
        return [list(map(float, line[1:])) for line in thermo(output, len(NAMES) + 1) if int(line[0]) > 0]

    def test_as_in_rerun(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.good(self.begin + f"thermo_modify norm no\nbgen bg sample {self.SAMPLES} file s.dat dump s.dump also {' '.join(NAMES)}\n", ranks)
                rows, frames = table(self.folder / "s.dat"), self.reruns(ranks)
                self.assertEqual(len(rows), self.SAMPLES)
                # a pair that is not its nearest image has no energy here, while rerun takes the image
                pairs = [(row, frame) for row, frame in zip(rows, frames, strict=True) if math.isfinite(row["u"])]
                self.assertGreater(len(pairs), self.SAMPLES / 2)
                worst = {}
                for row, frame in pairs:
                    for name, value in zip(NAMES, frame, strict=True):
                        error = abs(row[name] - value) / (1 + abs(value))
                        worst[name] = max(worst.get(name, 0), error) if not math.isnan(error) else math.inf
                    self.assertLessEqual(abs(row["pe"] - row["u"]), 1e-9 * (1 + abs(row["u"])))
                self.assertEqual([], [(name, error) for name, error in worst.items() if not error <= 1e-8])
                for name in NAMES:
                    self.assertGreater(len({row[name] for row in rows}), 3, name + " is the same everywhere")

    def test_refused_points(self):
        """Where two atoms come too close there is no energy, and nothing else."""
        self.good(self.begin.replace("threads", "overlap 1.5 threads") +
                  f"bgen bg sample 100 file s.dat also {' '.join(NAMES)}\n")
        rows = table(self.folder / "s.dat")
        for row in rows:
            for name in set(NAMES) - {"d"}:
                self.assertEqual(math.isnan(row[name]), math.isinf(row["u"]))
        self.assertTrue(0 < sum(math.isinf(row["u"]) for row in rows) < 100)

    def test_closed_form(self):
        """Energies of hundreds of samples at one step, all of a force that variables compute."""
        for ranks in (1, 2):
            self.good(SYSTEM + fix() + RERUN + TRAIN + "variable pe equal pe\nvariable x equal x[1]\n"
                      "bgen bg sample 400 file s.dat dump s.dump also pe v_pe v_x\nbgen bg save a.bgen\n", ranks)
            lines = (self.folder / "s.dump").read_text().splitlines()
            output = self.good(SYSTEM + "thermo 1\nthermo_style custom step pe\nthermo_modify norm no format float %.15g\n"
                               "rerun s.dump dump x y wrapped no\n")
            energies = [float(line[1]) for line in thermo(output, 2) if int(line[0]) > 0]
            for row, line, energy in zip(table(self.folder / "s.dat"), lines[9::10], energies, strict=True):
                x, y = map(float, line.split()[2:4])
                exact = x**4 - 6 * x**2 + x + y**2 / 2
                for value in (row["u"], row["pe"], row["v_pe"], energy):
                    self.assertLessEqual(abs(value - exact), 1e-8 * (1 + abs(exact)))
                self.assertLessEqual(abs(row["v_x"] - x), 1e-8)

    def test_no_trace(self):
        """A run goes on, to the last bit, as if nothing had been observed; what computes remember is as good as new."""
        run = ("thermo 10\nthermo_style custom step " + THERMO + "\nthermo_modify norm no format float %.17g\nvelocity all create 1.0 4711 loop geom\n"
               "fix warm all langevin 1.0 1.0 0.5 99\nfix integrate all nve\nfix flat all enforce2d\ntimestep 0.02\n"
               "dump d all custom 10 out.dump id x y vx vy fx fy ix iy\ndump_modify d format float %.17g sort id\n{}run 60\n{}run 100\n")
        command = f"bgen bg sample 70 also {' '.join(NAMES)}\n"
        for ranks in (1, 2):
            seen = []
            for before, between in (("", ""), (command, command + command)):
                output = self.good(self.begin + run.format(before, between), ranks)
                seen.append((thermo(output, len(NAMES) + 1), (self.folder / "out.dump").read_text()))
            self.assertEqual(len(seen[0][0]), 18)
            self.assertEqual(*seen)

    def test_mistakes(self):
        """One sentence for what has no value at a point."""
        begin = self.begin + """
compute local all pair/local dist
compute kinetic all ke
compute single all pe/atom
compute singles all reduce sum c_single
variable vx equal vx[3]
variable ke equal ke
variable step equal step*1e-6
variable random equal random(0,1,7)
variable press equal press
variable singles equal c_singles
fix average all ave/time 1 10 10 c_msd[4]
variable average equal f_average
"""
        for words, said in (("", "after 'also'"), ("foo", "'foo'|the name of a cv, pe, v_NAME"), ("v_none", "no variable 'none'"),
                            ("v_r2", "variable r2|style equal"), ("c_none[2]", "no compute 'none'"),
                            ("c_coord", "compute coord|no global scalar|reduce"), ("c_local", "compute local|no global scalar|reduce"),
                            ("c_com", "compute com|no global scalar|c_ID[m][n]"), ("c_msd", "compute msd|no global scalar|4 elements"),
                            ("c_msd[5]", "vector with this element|4 elements"), ("c_msd[0]", "'c_msd[0]'|with n from 1 on"),
                            ("c_com[1][1]", "'c_com[1][1]'|equal-style"), ("c_thermo_temp", "thermo_temp|velocities"),
                            ("c_thermo_press", "thermo_press|virial"), ("c_thermo_press[2]", "thermo_press|virial"),
                            ("pe c_kinetic", "c_kinetic depends on more than positions"), ("v_vx", "v_vx depends on more than"),
                            ("v_ke", "v_ke depends on more than"), ("v_step", "v_step depends on more than"),
                            ("v_random", "v_random depends on more"), ("v_press", "Virial was not tallied"),
                            ("c_singles", "Per-atom energy was not tallied"), ("v_singles", "Per-atom energy was not tallied"),
                            ("v_average", "Fix in variable not computed at"), ("d foo file x", "unknown keyword 'foo'")):
            with self.subTest(words):
                self.refused(begin + f"bgen bg sample 3 also {words}\n", said)


class Columns(Case):
    """compute bgen, each of its columns, and fix_modify."""

    def test_columns(self):
        """Beside what the fix and LAMMPS say, in a rerun under offsets, on any number of ranks."""
        names = "basin weight cv s lnq lnw u"
        deck = (SYSTEM + fix(more="offset right 1.5").replace(" 1.0 4711", " 2.0 4711") + RERUN + TRAIN +
                f"fix_modify bg frames none\ncompute all all bgen bg\ncompute z all bgen bg {names}\n"
                "thermo 1\nthermo_style custom step f_bg[11] f_bg[14] f_bg[15] pe c_z c_z[1] c_z[2] c_z[3] c_z[4] c_z[5] c_z[6] "
                "c_all[1] c_all[2] c_all[3] c_all[4]\nthermo_modify norm no format float %.15g\n"
                "rerun left.dump last 300 dump x y\nrerun right.dump last 300 dump x y\n")
        seen = []
        for ranks in (1, 2):
            rows = [list(map(float, row[1:])) for row in thermo(self.good(deck, ranks), 16)]
            self.assertEqual(len(rows), 602)
            for basin, weight, s, pe, scalar, *z, u, lnq, lnw, w in rows:
                self.assertEqual([basin, weight, s, weight], [*z[:3], scalar])
                self.assertLessEqual(abs(weight - {1: math.exp(-1.5), 2: 1.0}[basin]), 1e-15)
                self.assertEqual([lnq, lnw, u, weight], [*z[3:], w])
                self.assertLessEqual(abs(u - pe / 2.0), 1e-14 * abs(u))
                self.assertLessEqual(abs(lnw + u + lnq), 1e-14 * (abs(u) + abs(lnq)))  # 15 digits are printed
                self.assertTrue(math.isfinite(lnq))
            seen.append(rows)
        self.assertEqual({row[0] for row in rows}, {1, 2})
        self.assertEqual(*seen)

    def test_modify(self):
        """Frames go where they are said to go, and nothing else is changed."""
        deck = SYSTEM + fix() + RERUN
        show = "thermo_style custom step f_bg[12] f_bg[13]\nrun 0\n"
        for words, n_train, n_test in (("none", 800, 0), ("test", 800, 800), ("train", 806, 0)):  # the same again: three in each basin
            output = self.good(deck + f"fix_modify bg frames {words}\n" + RERUN + show)
            self.assertEqual(thermo(output, 3)[-1][1:], [str(n_train), str(n_test)], words)
        for words, said in (("frames some", "some|train, test, none"), ("tune yes", "nothing to tune"), ("tuning no", "'tuning'|frames"),
                            ("frames", "frames")):
            self.refused(deck + f"fix_modify bg {words}\n", said)

    def test_one_sentence(self):
        """What only one rank finds out ends them all, with one sentence."""
        for lines, said in (("bgen bg load nothing", "nothing"), ("bgen bg train batch 0", "0"), ("bgen no train", "no fix bgen|'no'"),
                            (RERUN + TRAIN + "bgen bg sample 3 also v_no", "variable 'no'"), ("bgen bg works no/where", "no/where")):
            code, output = self.run_lammps(SYSTEM + fix() + lines + "\n", 2)
            errors = [line for line in output.splitlines() if line.startswith("ERROR")]
            self.assertGreater(code, 0)
            self.assertEqual(len(errors), 1, output[-1500:])
            for word in said.split("|"):
                self.assertIn(word, errors[0])


class Latent(Case):
    """compute bgen with the column latent."""

    def setUp(self):
        super().setUp()
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\n")

    def begin(self, T=1):
        return (SYSTEM + fix().replace(" 2 1.0 4711", f" 2 {T} 4711") +
                "bgen bg load a.bgen\ncompute z all bgen bg u lnq lnw weight latent\n")

    def test_samples_are_normal(self):
        """Whatever the flow has learned, by the temperature's variance; 5 sigma of 4000 numbers."""
        for T in (1, 2.5):
            self.good(self.begin(T) + "bgen bg sample 4000 basin left file s.dat also c_z[5] c_z[6]\n")
            z = [(row["c_z[5]"], row["c_z[6]"]) for row in table(self.folder / "s.dat") if row["basin"] == row["component"]]
            self.assertGreater(len(z), 3900)
            for power, expected, sigma in (((1, 0), 0, T**0.5), ((0, 1), 0, T**0.5), ((2, 0), T, T * 2**0.5),
                                           ((0, 2), T, T * 2**0.5), ((1, 1), 0, T)):
                mean = sum(a**power[0] * b**power[1] for a, b in z) / len(z)
                self.assertLessEqual(abs(mean - expected), 5 * sigma / len(z)**0.5, (T, power))

    def test_in_reruns(self):
        """The same in thermo and fix ave/time as of samples, on any number of ranks."""
        self.good(self.begin() + "bgen bg sample 60 file s.dat dump s.dump also c_z[5] c_z[6]\n")
        rows = table(self.folder / "s.dat")
        for ranks in (1, 2):
            output = self.good(self.begin() + "fix mean all ave/time 1 1 1 c_z mode vector file z.dat format \" %.15g\"\n"
                               "thermo 1\nthermo_style custom step pe c_z[2] c_z[5] c_z[6]\nthermo_modify norm no format float %.15g\n"
                               "rerun s.dump dump x y wrapped no\n", ranks)
            lines = [line.split() for line in (self.folder / "z.dat").read_text().splitlines()[3:]]
            blocks = {int(lines[i][0]): [float(line[1]) for line in lines[i + 1:i + 7]] for i in range(0, len(lines), 7)}
            frames = {int(line[0]): list(map(float, line[1:])) for line in thermo(output, 5)}
            for i, row in enumerate(rows, 1):
                for value, name in zip(frames[i], ("u", "log_q", "c_z[5]", "c_z[6]"), strict=True):
                    self.assertLessEqual(abs(value - row[name]), 1e-8 * (1 + abs(value)), name)
                for value, other in zip(blocks[i][4:], frames[i][2:], strict=True):
                    self.assertLessEqual(abs(value - other), 1e-12 * (1 + abs(value)))

    def test_without_a_basin(self):
        """The likeliest flow; none yet: no number."""
        gap = fix(n=0).replace("basin right s 0 10 basin left s -10 0", "basin right s 1 10 basin left s -10 -1")
        self.assertIn("basin left s -10 -1", gap)
        show = "thermo_style custom step c_z[5] c_z[6]\nvelocity all set 0 0 0\nset atom 1 x 0.5\nreset_timestep 0\nrun 0\n"
        for train, expected in (("", False), (RERUN + TRAIN, True)):
            output = self.good(SYSTEM + gap + "compute z all bgen bg u lnq lnw weight latent\n" + train + show)
            line = next(line for line in output.splitlines() if line.split()[:1] == ["0"] and len(line.split()) == 3)
            for word in line.split()[1:]:
                self.assertEqual(math.isfinite(float(word)), expected, line)

    def test_mistakes(self):
        for words, said in (("latent yes", "takes 'yes'|u lnq lnw weight latent"), ("cv", "after 'cv'"), ("cv d", "'d'|cv"), ("speed", "'speed'|latent")):
            self.refused(SYSTEM + fix() + f"compute z all bgen bg {words}\n", said)
        self.refused(SYSTEM + fix() + "compute z all bgen bg u lnq lnw weight latent\nunfix bg\n" + fix().replace(" xy ", " x ").replace("; realnvp blocks 2 width 16", "") +
                     "thermo_style custom step c_z[5]\nrun 0\n", "another number of coordinates")


if __name__ == "__main__":
    unittest.main()
