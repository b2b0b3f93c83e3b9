#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""potentials/*.lmp against the same Hamiltonians in numpy, through the LAMMPS executable.

LMP names the executable (default lmp) and may hold arguments: LMP="mpirun -np 4 lmp".
"""

import functools
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import numpy as np

POTENTIALS = pathlib.Path(__file__).resolve().parents[2] / "potentials"
ENERGY_TOLERANCE = 1e-10  # relative to max(1, |U|): rounding of 700 terms that differ by 1e10
FORCE_TOLERANCE = 1e-8  # absolute; a force above 1e4 is held to 1e-12 of itself
DEFAULT_SLOPE = 2.0
failures = []


def check(name, error, tolerance):
    """Written so that NaN fails."""
    passed = bool(error <= tolerance)
    print(f"{'ok  ' if passed else 'FAIL'} {name}: {error:.2e} (tolerance {tolerance:.0e})")
    if not passed:
        failures.append(name)


# ---- the Hamiltonians, x[38][2] or x[1][2] --------------------------------------------------------------


def bond(d, slope):
    """The printed form, in d' = 2 (d - 1.5): energy and its derivative by d."""
    e = 2.0 * (d - 1.5)
    return slope * e - 25.0 * e**2 + 10.0 * e**4, 2.0 * (slope - 50.0 * e + 40.0 * e**3)


def add_pairs(x, forces):
    first, second = np.triu_indices(len(x), 1)
    keep = (first != 0) | (second != 1)  # the dimer's own pair has no repulsion
    first, second = first[keep], second[keep]
    apart = x[first] - x[second]
    r2 = np.sum(apart**2, axis=1)
    energies = (1.21 / r2) ** 6
    pull = (12.0 * energies / r2)[:, None] * apart
    np.add.at(forces, first, pull)
    np.add.at(forces, second, -pull)
    return np.sum(energies)


def add_bond(x, forces, slope):
    apart = x[0] - x[1]
    d = np.linalg.norm(apart)
    energy, slope_d = bond(d, slope)
    forces[0] -= slope_d * apart / d
    forces[1] += slope_d * apart / d
    return energy


def dimer(x, slope=DEFAULT_SLOPE):
    forces = np.zeros_like(x)
    energy = add_pairs(x, forces) + add_bond(x, forces, slope)
    center = x[0, 0] + x[1, 0]
    forces[:2, 0] -= 40.0 * center
    forces[:2, 1] -= 40.0 * x[:2, 1]
    excess = np.sign(x) * np.maximum(np.abs(x) - 3.0, 0.0)
    forces -= 400.0 * excess
    energy += 20.0 * center**2 + 20.0 * np.sum(x[:2, 1] ** 2) + 200.0 * np.sum(excess**2)
    return energy, forces


def double_well(x):
    a, b = x[0]
    energy = a**4 - 6.0 * a**2 + a + 0.5 * b**2
    return energy, np.array([[-4.0 * a**3 + 12.0 * a - 1.0, -b]])


def walled_double_well(x, side):
    """The wall of double_well_wall.lmp with it: 2000 of the square of the depth behind it."""
    energy, forces = double_well(x)
    depth = max(0.0, -side * x[0, 0] - 0.2)
    return energy + 2000.0 * depth**2, forces + np.array([[4000.0 * depth * side, 0.0]])


# A, a, X, b, c, Y of A exp(a (x-X)^2 + b (x-X) (y-Y) + c (y-Y)^2), A as printed
MUELLER_BROWN = [
    (-200.0, -1.0, 1.0, 0.0, -10.0, 0.0),
    (-100.0, -1.0, 0.0, 0.0, -10.0, 0.5),
    (-170.0, -6.5, -0.5, 11.0, -6.5, 1.5),
    (15.0, 0.7, -1.0, 0.6, 0.7, 1.0),
]
MUELLER_BROWN_SCALE = 0.1


def mueller_brown(x):
    energy, forces = 0.0, np.zeros((1, 2))
    for height, a, at_x, b, c, at_y in MUELLER_BROWN:
        u, v = x[0, 0] - at_x, x[0, 1] - at_y
        term = MUELLER_BROWN_SCALE * height * np.exp(a * u**2 + b * u * v + c * v**2)
        energy += term
        forces -= term * np.array([[2.0 * a * u + b * v, b * u + 2.0 * c * v]])
    return energy, forces


def force_error(hamiltonian, x, step=1e-6):
    """Largest deviation of the forces above from central differences, relative to the largest force."""
    _, forces = hamiltonian(x)
    numeric = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        shift = np.zeros_like(x)
        shift[index] = step
        numeric[index] = (hamiltonian(x - shift)[0] - hamiltonian(x + shift)[0]) / (2.0 * step)
    return np.max(np.abs(numeric - forces)) / np.max(np.abs(forces))


# ---- configurations -------------------------------------------------------------------------------------


def grid(half):
    """The start that dimer.lmp promises."""
    axis = 1.2 * np.arange(6) - 3.0
    solvent = [(x, y) for x in axis for y in axis]
    return np.array([(-half, 0.0), (half, 0.0)] + solvent)


def dimer_like(rng):
    """A disordered liquid around a dimer of any length and direction."""
    x = np.concatenate([np.zeros((2, 2)), rng.permutation(grid(0.0)[2:])])
    angle, half = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(0.3, 1.3)
    x[0] = half * np.array([np.cos(angle), np.sin(angle)])
    x[1] = -x[0]
    return x + rng.normal(0.0, 0.1, x.shape)


def scattered(rng):
    """Anywhere in the box, far beyond the walls."""
    return rng.uniform(-9.9, 9.9, (38, 2))


def crowded(rng):
    """All in the middle: overlaps."""
    return rng.uniform(-2.0, 2.0, (38, 2))


# ---- LAMMPS ---------------------------------------------------------------------------------------------


def lammps(folder, script, **variables):
    (folder / "in.test").write_text(script)
    command = shlex.split(os.environ.get("LMP", "lmp")) + ["-in", "in.test", "-log", "none"]
    for name, value in variables.items():
        command += ["-var", name, str(value)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode or "ERROR" in done.stdout:
        sys.exit(f"FAIL {' '.join(command)}\n{script}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def write_dump(path, frames):
    with open(path, "w") as out:
        for step, x in enumerate(frames):
            out.write(f"ITEM: TIMESTEP\n{step}\nITEM: NUMBER OF ATOMS\n{len(x)}\n")
            out.write("ITEM: BOX BOUNDS ff ff pp\n-10 10\n-10 10\n-0.5 0.5\nITEM: ATOMS id x y\n")
            for i, (a, b) in enumerate(x):
                out.write(f"{i + 1} {a:.17g} {b:.17g}\n")


def read_dump(path):
    """Rows of every frame, [frame][atom][column]."""
    frames = path.read_text().split("ITEM: TIMESTEP\n")[1:]
    rows = [frame.split("ITEM: ATOMS", 1)[1].split("\n")[1:-1] for frame in frames]
    return np.array([[row.split() for row in frame] for frame in rows], dtype=float)


def read_thermo(text):
    """Column pe of "thermo_style custom step pe"."""
    tables = text.split("Step")[1:]
    lines = [line.split() for table in tables for line in table.split("Loop time")[0].splitlines()[1:]]
    return np.array([float(words[1]) for words in lines if len(words) == 2])


OUTPUT = """
thermo ${every}
thermo_style custom step pe
thermo_modify norm no format float %.17g
dump test all custom ${every} out.dump id type x y fx fy fz
dump_modify test sort id format float %.17g
"""


def compare_energies(name, hamiltonian, energies, rows):
    expected = np.array([hamiltonian(row[:, 2:4])[0] for row in rows])
    error = np.abs(energies - expected) / np.maximum(1.0, np.abs(expected))
    check(f"{name}, energies", np.max(error), ENERGY_TOLERANCE)
    check(f"{name}, out of the plane", np.max(np.abs(rows[:, :, 6])), 0.0)


def compare(name, hamiltonian, energies, rows, force_tolerance=FORCE_TOLERANCE):
    compare_energies(name, hamiltonian, energies, rows)
    expected = np.array([hamiltonian(row[:, 2:4])[1] for row in rows])
    scale = np.maximum(1.0, np.max(np.abs(expected), axis=(1, 2)) / 1e4)
    error = np.max(np.abs(rows[:, :, 4:6] - expected), axis=(1, 2)) / scale
    check(f"{name}, forces", np.max(error), force_tolerance)


def rerun(folder, potential, frames, addition="", **variables):
    """Energies and forces of frames, evaluated one after another; addition: a file to include besides."""
    write_dump(folder / "in.dump", frames)
    more = f"include {POTENTIALS / addition}\n" if addition else ""
    script = f"include {POTENTIALS / potential}\n{more}{OUTPUT}\nrerun in.dump dump x y\n"
    energies = read_thermo(lammps(folder, script, every=1, **variables))
    return energies, read_dump(folder / "out.dump")


# ---- tests ----------------------------------------------------------------------------------------------


def test_start(folder, basin, half):
    script = f"include {POTENTIALS / 'dimer.lmp'}\n{OUTPUT}\nrun 0\n"
    energies = read_thermo(lammps(folder, script, every=1, basin=basin))
    rows = read_dump(folder / "out.dump")
    check(f"dimer start {basin}, IDs", np.max(np.abs(rows[0, :, 0] - np.arange(1, 39))), 0.0)
    check(f"dimer start {basin}, types", np.max(np.abs(rows[0, :, 1] - np.repeat([1, 2], [2, 36]))), 0.0)
    check(f"dimer start {basin}, positions", np.max(np.abs(rows[0, :, 2:4] - grid(half))), 1e-15)
    compare(f"dimer start {basin}", dimer, energies, rows)


def test_dimer(folder, rng):
    check("dimer, numpy forces", force_error(dimer, dimer_like(rng)), 1e-6)
    kinds = [dimer_like, scattered, dimer_like, crowded]
    frames = [kinds[k % 4](rng) for k in range(200)]
    energies, rows = rerun(folder, "dimer.lmp", frames)
    check("dimer, positions", np.max(np.abs(rows[:, :, 2:4] - np.array(frames))), 0.0)
    compare("dimer, 200 unlike configurations", dimer, energies, rows)
    energies, rows = rerun(folder, "dimer.lmp", frames[:20], slope=-0.5)
    compare("dimer, slope -0.5", lambda x: dimer(x, -0.5), energies, rows)


def test_double_well(folder, rng):
    check("double well, numpy forces", force_error(double_well, rng.uniform(-2.0, 2.0, (1, 2))), 1e-6)
    stationary = [(-1.772303, -10.752406), (0.083528, 0.041715), (1.688776, -7.289309)]
    frames = [np.array([[x, 0.0]]) for x, _ in stationary]
    frames += [rng.uniform(-9.9, 9.9, (1, 2)) if k % 2 else rng.normal(0.0, 1.5, (1, 2)) for k in range(200)]
    energies, rows = rerun(folder, "double_well.lmp", frames)
    published = np.array([energy for _, energy in stationary])
    check("double well, published stationary energies", np.max(np.abs(energies[:3] - published)), 1e-6)
    compare("double well, 203 configurations", double_well, energies, rows)
    for side in (1, -1):
        energies, rows = rerun(folder, "double_well.lmp", frames, "double_well_wall.lmp", side=side)
        walled = functools.partial(walled_double_well, side=side)
        check(f"wall {side}, numpy forces", force_error(walled, np.array([[-1.3 * side, 0.4]])), 1e-6)
        compare(f"wall {side}", walled, energies, rows)


def test_mueller_brown(folder, rng):
    check("Mueller-Brown, numpy forces", force_error(mueller_brown, rng.uniform(-1.0, 1.0, (1, 2))), 1e-6)
    minima = [(-0.558224, 1.441726, -14.670), (0.623499, 0.028038, -10.817), (-0.050011, 0.466694, -8.077)]
    frames = [np.array([[x, y]]) for x, y, _ in minima]
    frames += [rng.uniform(-9.9, 9.9, (1, 2)) if k % 2 else rng.uniform(-2.0, 2.0, (1, 2)) for k in range(200)]
    energies, rows = rerun(folder, "mueller_brown.lmp", frames)
    published = np.array([energy for _, _, energy in minima])
    check("Mueller-Brown, published minima", np.max(np.abs(energies[:3] - published)), 5e-4)
    compare("Mueller-Brown, 203 configurations", mueller_brown, energies, rows, force_tolerance=1e-10)


MD = f"""
minimize 0 1e-2 1000 10000
reset_timestep 0
fix langevin all langevin 1.0 1.0 1.0 7
fix nve all nve
fix plane all enforce2d
timestep 0.005
{OUTPUT}
run 4000
"""


def test_md(folder, potential, hamiltonian, **variables):
    """Energies on the fly, with neighbor lists as old as MD leaves them; enforce2d keeps the plane."""
    output = lammps(folder, f"include {POTENTIALS / potential}\n{MD}", every=200, **variables)
    rows = read_dump(folder / "out.dump")
    name = " ".join([potential, *variables.values()]) + ", MD"
    check(f"{name}, frames", abs(len(rows) - 21), 0)
    compare_energies(name, hamiltonian, read_thermo(output)[-21:], rows)


def main():
    rng = np.random.default_rng(20260)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        test_start(folder, "closed", 0.45)
        test_start(folder, "open", 1.05)
        test_dimer(folder, rng)
        test_double_well(folder, rng)
        test_mueller_brown(folder, rng)
        test_md(folder, "dimer.lmp", dimer, basin="open")
        test_md(folder, "double_well.lmp", double_well)
        test_md(folder, "mueller_brown.lmp", mueller_brown)
        test_md(folder, "mueller_brown.lmp", mueller_brown, basin="right")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
