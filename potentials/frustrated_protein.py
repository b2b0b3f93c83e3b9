#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the data files of frustrated_protein.lmp, the protein of Jewett, Baumketner and Shea, PNAS 101, 13192 (2004).

  LMP=lmp potentials/frustrated_protein.py

The chain is placed by the torsions of each fold and minimized by LAMMPS.
"""

import cmath
import itertools
import math
import os
import pathlib
import shlex
import subprocess
import tempfile

from geometry import place

HERE = pathlib.Path(__file__).resolve().parent / "frustrated_protein"
SEQUENCE = "LBLBLBNNBLBLBLNNNBBLLBBLLBL"
TYPES = "BLN"
# epsilon, K, L of 4 epsilon (K r^-12 + L r^-6)
PAIRS = {"BB": (1.0, 1.0, -1.0), "BL": (0.583, 1.0, 0.0), "BN": (0.667, 1.0, 0.0),
         "LL": (0.167, 1.0, 1.0), "LN": (0.25, 1.0, 0.0), "NN": (0.333, 1.0, 0.0)}
# A, B of -A cos^6((phi - 1) / 2) - B cos^6((phi - pi) / 2) about beads k ... k + 3; none about the turns
TORSIONS = {"strand": (5.6, 6.0), "helix": (6.0, 5.6)}
KINDS = {**{k: "strand" for k in (*range(1, 5), *range(8, 13))}, **{k: "helix" for k in range(15, 25)}}
COS6 = (15 / 32, 6 / 32, 1 / 32)  # of cos(n y) in cos^6(y/2), besides 10/32
# degrees, of beads k ... k + 3 at the minima
FOLDS = {
    "native": [178, -179, 179, -175, 141, 4, -74, 130, 177, 178, 168, -171, 52, -95, 61, 62, 63, 58, 41, 54, 52, 55, 51, 65],
    "mirror": [176, 178, 175, 66, -94, 61, 66, 174, -178, 171, -174, 168, -7, -66, 69, 62, 65, 67, 41, 42, 62, 67, 54, 62],
}


def harmonics(a, b):
    """K_n and phi_n of sum K_n (1 - cos(n phi - phi_n)): both wells have terms of one order, which are one."""
    waves = [c * (a * cmath.exp(1j * n) + b * cmath.exp(1j * math.pi * n)) for n, c in enumerate(COS6, 1)]
    return [(abs(wave), math.degrees(cmath.phase(wave))) for wave in waves]


def constant():
    """What LAMMPS' energy is above that of the model."""
    return sum(sum(k for k, _ in harmonics(*TORSIONS[kind])) + sum(TORSIONS[kind]) * 10 / 32 for kind in KINDS.values())


def positions(torsions):
    x = {"1": place((), {}, 0, 0)}
    x["2"] = place((1.0, "1"), x, 0, 0)
    x["3"] = place((1.0, "2", 105.0, "1"), x, 0, 0)
    for k, torsion in enumerate(torsions, 4):
        x[str(k)] = place((1.0, str(k - 1), 105.0, str(k - 2), torsion, str(k - 3)), x, 0, 0)
    middle = sum(x.values()) / len(x)
    return [x[str(k)] - middle for k in range(1, 28)]


def section(name, rows):
    yield from ("", name, "")
    yield from (" ".join(map(str, row)) for row in rows)


def coefficients():
    pairs = ((TYPES.index(a) + 1, TYPES.index(b) + 1, 4 * e * k, 0.0 - 4 * e * l) for (a, b), (e, k, l) in PAIRS.items())
    yield from section("PairIJ Coeffs # lennard/mdf", pairs)
    yield from section("Bond Coeffs", [(1, 100.0, 1.0)])
    yield from section("Angle Coeffs", [(1, 13.3333, 105.0)])
    waves = [list(itertools.chain(*harmonics(*pair))) for pair in TORSIONS.values()]
    yield from section("Dihedral Coeffs", ((n, *(f"{number:.15g}" for number in wave)) for n, wave in enumerate(waves, 1)))
    for name, zeros in (("MiddleBondTorsion", (0, 0, 0, 1)), ("EndBondTorsion", (0, 0, 0, 0, 0, 0, 1, 1)),
                        ("AngleTorsion", (0, 0, 0, 0, 0, 0, 105, 105)), ("AngleAngleTorsion", (0, 105, 105)), ("BondBond13", (0, 1, 1))):
        yield from section(f"{name} Coeffs", ((n, *zeros) for n in (1, 2)))


def data(x):
    chain = [[tuple(range(k, k + n)) for k in range(1, 29 - n)] for n in (2, 3)]
    kinds = list(TORSIONS)
    yield "the frustrated protein, by frustrated_protein.py"
    yield from ("", "27 atoms", "26 bonds", "25 angles", f"{len(KINDS)} dihedrals")
    yield from ("", "3 atom types", "1 bond types", "1 angle types", "2 dihedral types", "")
    yield from (f"-30 30 {c}lo {c}hi" for c in "xyz")
    yield from section("Masses", ((n, 1.0, "#", word) for n, word in enumerate(TYPES, 1)))
    yield from coefficients()
    atoms = ((n, 1, TYPES.index(word) + 1, *(f"{c:.12f}" for c in r)) for n, (word, r) in enumerate(zip(SEQUENCE, x), 1))
    yield from section("Atoms # molecular", atoms)
    yield from section("Bonds", ((n, 1, *atoms) for n, atoms in enumerate(chain[0], 1)))
    yield from section("Angles", ((n, 1, *atoms) for n, atoms in enumerate(chain[1], 1)))
    yield from section("Dihedrals", ((n, kinds.index(kind) + 1, *range(k, k + 4)) for n, (k, kind) in enumerate(KINDS.items(), 1)))


def minimized(path):
    """Positions of the minimum, by LAMMPS."""
    with tempfile.TemporaryDirectory() as folder:
        dump = pathlib.Path(folder) / "end.dump"
        write = f"write_dump all custom {dump} xu yu zu modify sort id format float %.15g"
        (pathlib.Path(folder) / "in.minimize").write_text(f"include {HERE}.lmp\nminimize 0 1e-10 100000 1000000\n{write}\n")
        command = [*shlex.split(os.environ.get("LMP", "lmp")), "-in", "in.minimize", "-log", "none", "-screen", "none"]
        subprocess.run([*command, "-var", "data", str(path)], cwd=folder, check=True)
        return [[float(word) for word in line.split()] for line in dump.read_text().splitlines()[-27:]]


def main():
    HERE.mkdir(exist_ok=True)
    for fold, torsions in FOLDS.items():
        path = HERE / f"{fold}.data"
        path.write_text("\n".join(data(positions(torsions))) + "\n")  # which LAMMPS reads to minimize it
        path.write_text("\n".join(data(minimized(path))) + "\n")
    print(f"energies of LAMMPS are {constant():.9f} above those of the model")


if __name__ == "__main__":
    main()
