#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bodies that drift and turn (coords aligned) and crystals that drift (coords crystal), against exact answers.

As test_fix_bgen.py, beside which it stands. Frames are drawn exactly, anywhere in the box, wrapped and without flags.
"""
import math
import random
import re
import unittest

from test_fix_bgen import Case, thermo

KT = 0.0019872067 * 300  # kcal/mol
BOND, ANGLE, TORSION = (450, 1.54), (62.1, 114), (1.411, -0.271, 3.145)
BASINS = {"trans": (120, 240), "plus": (0, 120), "minus": (-120, 0)}
BUTANE = f"""units real
atom_style molecular
bond_style harmonic
angle_style harmonic
dihedral_style opls
special_bonds lj 0 0 0
read_data butane.data
pair_style zero 8.0
pair_coeff * *
bond_coeff 1 {BOND[0]} {BOND[1]}
angle_coeff 1 {ANGLE[0]} {ANGLE[1]}
dihedral_coeff 1 {TORSION[0]} {TORSION[1]} {TORSION[2]} 0
comm_modify cutoff 10
timestep 1
fix bg all bgen 20 300 4711 coords {{coords}} cv phi dihedral 1 2 3 4 basin trans phi 120 -120 &
  basin plus phi 0 120 basin minus phi -120 0 threads 1 flow "whiten; realnvp blocks 4 width 24"
"""
TOPOLOGY = "\nBonds\n\n1 1 1 2\n2 1 2 3\n3 1 3 4\n\nAngles\n\n1 1 1 2 3\n2 1 2 3 4\n\nDihedrals\n\n1 1 1 2 3 4\n"
COUNTS = ("4 atoms\n3 bonds\n2 angles\n1 dihedrals\n1 atom types\n1 bond types\n1 angle types\n1 dihedral types\n"
          "-10 10 xlo xhi\n-10 10 ylo yhi\n-10 10 zlo zhi\n\nMasses\n\n1 14.5\n\nAtoms\n\n")


def torsion(phi):
    return sum(0.5 * k * (1 - (-1) ** n * math.cos(n * phi)) for n, k in enumerate(TORSION, 1)) / KT


def basin_z(basin):
    low, high = (math.radians(end) for end in BASINS[basin])
    return sum(math.exp(-torsion(low + (i + 0.5) * (high - low) / 2000)) for i in range(2000))


def integral(low, high, of, n=2000):
    step = (high - low) / n
    return sum(of(low + (i + 0.5) * step) for i in range(n)) * step


def absolute_butane(basin):
    """In kT per thermal wavelengths, of four identical atoms: anywhere, in any orientation, which two orders share."""
    bond = integral(1.0, 2.2, lambda r: r * r * math.exp(-BOND[0] * (r - BOND[1]) ** 2 / KT))
    angle = integral(1.0, 3.1, lambda a: math.sin(a) * math.exp(-ANGLE[0] * (a - math.radians(ANGLE[1])) ** 2 / KT))
    torsions = basin_z(basin) * math.radians(BASINS[basin][1] - BASINS[basin][0]) / 2000
    wavelength = 6.62607015e-34 / math.sqrt(2 * math.pi * 14.5 * 1.66053906660e-27 * 1.380649e-23 * 300) * 1e10
    return -math.log(20 ** 3 * 8 * math.pi ** 2 / 2 * bond ** 3 * angle ** 2 * torsions) + 12 * math.log(wavelength)


def draw(rng, low, high, weight, most):
    while True:
        value = rng.uniform(low, high)
        if rng.random() * most < weight(value):
            return value


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def molecule(rng, basin):
    """An exact draw: bonds, angles and the torsion are independent; somewhere, turned somehow."""
    r = [draw(rng, 1.3, 1.8, lambda r: r * r * math.exp(-BOND[0] * (r - BOND[1]) ** 2 / KT), 1.8 ** 2) for _ in range(3)]
    a = [draw(rng, 1.4, 2.6, lambda a: math.sin(a) * math.exp(-ANGLE[0] * (a - math.radians(ANGLE[1])) ** 2 / KT), 1)
         for _ in range(2)]
    low, high = (math.radians(end) for end in BASINS[basin])
    phi = draw(rng, low, high, lambda phi: math.exp(-torsion(phi)), 1)
    second, third = [r[0], 0, 0], [r[0] - r[1] * math.cos(a[0]), r[1] * math.sin(a[0]), 0]
    along = [(third[c] - second[c]) / r[1] for c in range(3)]
    side = cross([0, 0, 1], along)
    local = [-r[2] * math.cos(a[1]), r[2] * math.sin(a[1]) * math.cos(phi), r[2] * math.sin(a[1]) * math.sin(phi)]
    fourth = [third[c] + local[0] * along[c] + local[1] * side[c] + local[2] * (c == 2) for c in range(3)]
    q = [rng.gauss(0, 1) for _ in range(4)]
    w, x, y, z = (c / math.sqrt(sum(d * d for d in q)) for c in q)
    turn = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
    shift = [rng.uniform(-10, 10) for _ in range(3)]
    return [[sum(turn[i][k] * p[k] for k in range(3)) + shift[i] for i in range(3)] for p in ([0, 0, 0], second, third, fourth)]


def rows(x, low, high):
    """Of a dump, or of a data file: ID and positions in the box."""
    return [f"{i} " + "{}" + " ".join(f"{(c - l) % (h - l) + l:.10f}" for c, l, h in zip(p, low, high)) for i, p in enumerate(x, 1)]


def dump(path, frames, low, high):
    bounds = "".join(f"{l} {h}\n" for l, h in zip(low, high))
    path.write_text("".join(f"ITEM: TIMESTEP\n{i}\nITEM: NUMBER OF ATOMS\n{len(x)}\nITEM: BOX BOUNDS pp pp pp\n{bounds}ITEM: ATOMS id x y z\n" +
                            "".join(row.format("") + "\n" for row in rows(x, low, high)) for i, x in enumerate(frames)))


class FreeMolecule(Case):
    """Butane of united atoms without 1-4 pairs, in a periodic box."""
    LOW, HIGH = (-10,) * 3, (10,) * 3

    def setUp(self):
        super().setUp()
        rng = random.Random(7)
        for basin in BASINS:
            for use, n in (("train", 1200), ("test", 800)):
                dump(self.folder / f"{basin}.{use}", [molecule(rng, basin) for _ in range(n)], self.LOW, self.HIGH)
        (self.folder / "butane.data").write_text("butane\n\n" + COUNTS + "".join(
            row.format("1 1 ") + "\n" for row in rows(molecule(rng, "trans"), self.LOW, self.HIGH)) + TOPOLOGY)

    def reruns(self, use):
        return "".join(f"rerun {basin}.{use} dump x y z\n" for basin in BASINS)

    def test_free_energies_and_jumps(self):
        exact = {basin: -math.log(basin_z("trans") / basin_z(basin)) for basin in ("plus", "minus")}
        output = self.good(BUTANE.format(coords="aligned") + self.reruns("train") + "fix_modify bg frames test\n" + self.reruns("test") +
                           "bgen bg train steps 100 batch 128 lr 5e-3\nbgen bg train steps 100 batch 128 lr 3e-3 ml 1 kl 1\n"
                           "bgen bg free_energy samples 1500 absolute wavelength\nbgen bg mixture populations\nfix_modify bg frames none\nbgen bg save m.bgen\n"
                           "fix 1 all nve\nfix 2 all langevin 300 300 200 7\nthermo_style custom step f_bg f_bg[5] f_bg[6]\nrun 20000\n")
        for basin in exact:
            value, error = map(float, re.search(rf"F\(trans\) - F\({basin}\) = (\S+) \+- (\S+) kT", output).groups())
            self.assertLess(error, 0.02)
            self.assertLessEqual(abs(value - exact[basin]), 4 * error)
        for basin in BASINS:
            lines = output[output.index(f"absolute F of basin {basin}, free body of 4 atoms"):]
            value, error = map(float, re.search(r"\n  F = (\S+) \+- (\S+) kT", lines).groups())
            self.assertLess(error, 0.02)
            self.assertLessEqual(abs(value - absolute_butane(basin)), 4 * error)
        self.assertGreater(float(re.search(r"jumps accepted: .*\(([0-9.]+) %\), .*within", output).group(1)), 60)
        populations = [float(word) for word in re.findall(r"F\(trans\) - F\(plus\) = (\S+) \+- (\S+) by visits", output)[-1]]
        self.assertLessEqual(abs(populations[0] - exact["plus"]), 4 * populations[1])

    def test_other_coordinates_are_refused(self):
        self.good(BUTANE.format(coords="crystal").replace("realnvp blocks 4 width 24", "") + self.reruns("train") +
                  "bgen bg train steps 1 batch 8\nbgen bg save m.bgen\n")
        for coords in ("cartesian xyz", "aligned"):
            self.refused(BUTANE.format(coords=coords).replace("realnvp blocks 4 width 24", "") + "bgen bg load m.bgen\n", "m.bgen|coords|crystal")


N, L, K, T = 6, 6.6, 20.0, 1.0  # a ring of springs through the box, along x
RING = f"""units lj
atom_style bond
region b block 0 {L} 0 8 0 8
create_box 1 b bond/types 1 extra/bond/per/atom 2 extra/special/per/atom 4
mass 1 1
""" + "".join(f"create_atoms 1 single {(i + 0.5) * L / N} 4 4\n" for i in range(N)) + f"""special_bonds lj 0 1 1
bond_style harmonic
bond_coeff 1 {K} {L / N}
pair_style zero 2
pair_coeff * *
""" + "".join(f"create_bonds single/bond 1 {i + 1} {(i + 1) % N + 1}\n" for i in range(N)) + """timestep 0.01
fix bg all bgen 10 1.0 4711 coords {coords} threads 1 flow whiten
fix nve all nve
fix warm all langevin 1 1 1 99
fix line all setforce NULL 0 0
velocity all set NULL 0 0
"""


class FreeCrystal(Case):
    def setUp(self):
        super().setUp()
        rng = random.Random(9)
        for use, n in (("train", 2000), ("test", 1000)):
            dump(self.folder / use, [self.frame(rng) for _ in range(n)], (0,) * 3, (L, 8, 8))

    @staticmethod
    def stiffness(q):
        return 2 * K * (2 - 2 * math.cos(2 * math.pi * q / N)) / T

    def frame(self, rng):
        """Normal modes of the ring, which stands anywhere."""
        x = [(i + 0.5) * L / N for i in range(N)]
        for q in range(1, N):
            amount = rng.gauss(0, 1) / math.sqrt(self.stiffness(q))
            scale = math.sqrt((1 if 2 * q == N else 2) / N)
            mode = math.cos if 2 * q <= N else math.sin
            x = [x[i] + amount * scale * mode(2 * math.pi * q * i / N) for i in range(N)]
        where = rng.uniform(0, L)
        return [(c + where, 4, 4) for c in x]

    def test_free_energy_and_jumps(self):
        """A harmonic crystal at one place of its centre: a normal distribution of N - 1 modes, times sqrt(N)."""
        exact = sum(0.5 * math.log(self.stiffness(q) / (2 * math.pi)) for q in range(1, N)) - 0.5 * math.log(N)
        lines = []
        for ranks in (1, 2):
            output = self.good(RING.format(coords="crystal x") + "rerun train dump x y z\nfix_modify bg frames test\nrerun test dump x y z\n"
                               "bgen bg train steps 1 batch 8\nbgen bg free_energy samples 1000 absolute length 0.5\nfix_modify bg frames none\n"
                               "dump d all custom 100 out.dump id xu\nthermo_style custom step f_bg[1] f_bg[2] pe\nrun 5000\n", ranks)
            value, error = map(float, re.search(r"\nall +(\S+) +(\S+)", output).groups())
            self.assertLess(error, 0.01)
            self.assertLessEqual(abs(value - exact), 4 * error)
            absolute, error = map(float, re.search(r"\n  F = (\S+) \+- (\S+) kT", output).groups())
            self.assertLessEqual(abs(absolute - (exact - math.log(L / N) + N * math.log(0.5))), 4 * error)
            self.assertIn("n = 6 lattice translations", output)
            self.assertNotIn("positions jump", output)
            self.assertGreater(float(re.search(r"jumps accepted: .*\(([0-9.]+) %\), .*within", output).group(1)), 90)
            lines.append(re.findall(r"\n *(?:all +\S+ +\S+|F = .*)", output))
        self.assertEqual(*lines)

    def test_symmetry_of_a_tilted_box(self):
        """fcc in 3 x 3 x 3 of its primitive cells: the symmetry of sites needs the edges of the box."""
        edge = 3 * 1.1
        edges = [(edge, 0, 0), (edge / 2, edge * math.sqrt(0.75), 0), (edge / 2, edge * math.sqrt(1 / 12), edge * math.sqrt(2 / 3))]
        sites = [[(i * a + j * b + k * c) / 3 + 0.1 for a, b, c in zip(*edges)] for i in range(3) for j in range(3) for k in range(3)]
        for ranks in (1, 2):
            output = self.good(
                "units lj\natom_style atomic\nbox tilt large\nlattice none 1\n"
                f"region b prism 0 {edge} 0 {edges[1][1]} 0 {edges[2][2]} {edges[1][0]} {edges[2][0]} {edges[2][1]}\n"
                "create_box 1 b\nmass 1 1\n" + "".join("create_atoms 1 single {} {} {}\n".format(*site) for site in sites) +
                "pair_style lj/cut 1.5\npair_modify shift yes\npair_coeff 1 1 1 1\nvelocity all create 0.2 11\ntimestep 0.004\n"
                "fix nve all nve\nfix warm all langevin 0.2 0.2 0.5 12\nrun 500\n"
                "fix bg all bgen 0 0.2 4711 coords crystal collect 20 flow whiten\nrun 2000\n"
                "bgen bg train steps 1 batch 8\nbgen bg train steps 1 batch 8 refit yes whiten hessian\n", ranks)
            self.assertEqual(output.count("the reference has 27 translations and 48 point operations"), 2)
            self.assertIn("156 energies for the Hessian", output)
            found = [float(re.search(rf"held-out frames:.* {kind} (\S+)", output).group(1).strip(",")) for kind in ("frames", "symmetric", "hessian")]
            self.assertGreater(found[1], found[0] + 10)  # 78 coordinates from 80 frames: the covariance is hardly one
            self.assertGreater(found[2], found[1] - 0.5)


if __name__ == "__main__":
    unittest.main()
