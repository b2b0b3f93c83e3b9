#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""potentials/frustrated_protein.lmp against the same model in numpy: energies per term of 20 thermal frames, forces at the minima,
the folds. LMP names the executable (default lmp)."""

import math
import pathlib
import sys
import tempfile

import numpy as np
import test_potentials as potentials
from geometry import angle, torsion

FRAMES = potentials.POTENTIALS / "frustrated_protein" / "frames.dump"
SEQUENCE = "LBLBLBNNBLBLBLNNNBBLLBBLLBL"
EPSILON = {"BB": 1.0, "BL": 0.583, "BN": 0.667, "LL": 0.167, "LN": 0.25, "NN": 0.333}
ATTRACTION = {"BB": -1.0, "LL": 1.0}  # L of 4 epsilon (K r^-12 + L r^-6); K is 1, the others have none
STRAND, HELIX = (*range(1, 5), *range(8, 13)), tuple(range(15, 25))
MINIMA = {"native": -129.330579, "mirror": -129.250110}


# ---- the model, x[27][3] --------------------------------------------------------------------------------


def torsion_energy(phi, a, b):
    return -a * math.cos((phi - 1.0) / 2.0) ** 6 - b * math.cos((phi - math.pi) / 2.0) ** 6


def pair_energy(kind, r):
    """Switched off between 3.5 and 4.0 (Mei, Davenport and Fernando, Phys Rev B 43, 4653, 1991)."""
    y = min(max((r - 3.5) / 0.5, 0.0), 1.0)
    return 4.0 * EPSILON[kind] * (r**-12 + ATTRACTION.get(kind, 0.0) * r**-6) * (1.0 - y) ** 3 * (1.0 + 3.0 * y + 6.0 * y**2)


def terms(x):
    """Bonds, angles, torsions, pairs."""
    bonds = sum(100.0 * (np.linalg.norm(x[k + 1] - x[k]) - 1.0) ** 2 for k in range(26))
    angles = sum(13.3333 * (angle(*x[k : k + 3]) - math.radians(105.0)) ** 2 for k in range(25))
    strand = sum(torsion_energy(torsion(*x[k - 1 : k + 3]), 5.6, 6.0) for k in STRAND)
    helix = sum(torsion_energy(torsion(*x[k - 1 : k + 3]), 6.0, 5.6) for k in HELIX)
    pairs = sum(pair_energy("".join(sorted(SEQUENCE[i] + SEQUENCE[j])), np.linalg.norm(x[i] - x[j]))
                for i in range(27) for j in range(i + 3, 27))
    return np.array([bonds, angles, strand + helix, pairs])


def side(x):
    """Signed distance of the helix from the plane of the hairpin."""
    mean = lambda first, last: x[first - 1 : last].mean(axis=0)
    one, two = mean(2, 6), mean(9, 13)
    u = (mean(5, 6) - mean(1, 2)) - (mean(12, 13) - mean(9, 10))
    normal = np.cross(u, two - one)
    return np.dot(mean(17, 27) - (one + two) / 2.0, normal) / np.linalg.norm(normal)


# ---- LAMMPS ---------------------------------------------------------------------------------------------


def rows_of(folder, script, basin):
    """Rows of numbers of the thermo output."""
    head = "thermo 1\nthermo_style custom step ebond eangle edihed evdwl pe fnorm\nthermo_modify norm no format float %.14g\n"
    whole = f"include {potentials.POTENTIALS}/frustrated_protein.lmp\n{head}{script}"
    output = potentials.lammps(folder, whole, potentials=potentials.POTENTIALS, basin=basin)
    table = output.split("Step ")[1].split("Loop time")[0].splitlines()[1:]
    return np.array([row.split() for row in table if row.strip()[:1].isdigit()], dtype=float)


def test_energies(folder, constant):
    rows, frames = rows_of(folder, f"rerun {FRAMES} dump x y z box no\n", "native"), potentials.read_dump(FRAMES)[:, :, 2:]
    potentials.check("20 frames", abs(len(rows) - 20) + abs(len(frames) - 20), 0)
    expected = np.array([terms(x) for x in frames])
    expected[:, 2] += constant
    for k, name in enumerate(("bonds", "angles", "torsions", "pairs")):
        potentials.check(name, np.max(np.abs(rows[:, 1 + k] - expected[:, k])), 1e-8)
    potentials.check("sum", np.max(np.abs(rows[:, 5] - expected.sum(axis=1))), 1e-8)


def test_minima(folder, constant):
    for fold, energy in MINIMA.items():
        dump = folder / "minimum.dump"
        row = rows_of(folder, f"run 0\nwrite_dump all custom {dump} x y z modify sort id format float %.15g\n", fold)[0]
        potentials.check(f"energy of the {fold} fold", abs(row[5] - constant - energy), 1e-6)
        potentials.check(f"force at the {fold} fold", row[6], 1e-4)
        h = side(potentials.read_dump(dump)[0])
        potentials.check(f"{fold}: the helix is on its side of the hairpin (h = {h:.3f})", -h if fold == "native" else h, -1.0)


def main():
    orders = ((15 / 32, 1), (6 / 32, 2), (1 / 32, 3))
    wave = lambda a, b: sum(c * abs(a * np.exp(1j * n) + b * np.exp(1j * math.pi * n)) for c, n in orders) + 10 / 32 * (a + b)
    constant = len(STRAND) * wave(5.6, 6.0) + len(HELIX) * wave(6.0, 5.6)  # class2 has 1 - cos
    with tempfile.TemporaryDirectory() as name:
        test_energies(pathlib.Path(name), constant)
        test_minima(pathlib.Path(name), constant)
    print(f"{len(potentials.failures)} failures")
    return 1 if potentials.failures else 0


if __name__ == "__main__":
    sys.exit(main())
