#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Jumps per second of each kind of move of fix bgen: the bistable dimer, alanine dipeptide and a crystal of 256 atoms.

  bench_jumps.py LMP_BGEN [dimer alanine crystal] [--attempts 2000] [--threads 1]

LMP_BGEN is the program of that name in a build tree.  In one run of each system, which draws the kind of each jump, so that a
machine that grows slower slows all.  The flows are hardly trained: how often a jump is accepted says nothing here, what it
costs does.  The last column is the part of the time that LAMMPS' own forces would take: energies times the pair and bond time
of a step of MD in the same run.  The rest is the flow, neighbor lists, and what bgen does around energies.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOW_MOVES = ["fresh 1", "fresh 1 tries 8", "near 1 0.05"]
MELT = """units lj
lattice fcc 1.28
region box block 0 4 0 4 0 4
create_box 1 box
create_atoms 1 box
mass 1 1
pair_style lj/cut 2.7
pair_modify shift yes
pair_coeff 1 1 1 1
neigh_modify delay 0
"""
SYSTEMS = {  # how it is made, what comes before and after the thermostat, temperature, damping, timestep, basins, fix, moves
    "dimer": (f"include {ROOT}/potentials/dimer.lmp", "minimize 0.0 1e-2 1000 10000", "fix plane all enforce2d", 1.0, 2.0, 0.01,
              ("closed", "open"), 'identical types 1 2 mirror x 0.0 mirror y 0.0 cv d distance 1 2 basin closed d 0 1.5 '
              'basin open d 1.5 4 flow "whiten; realnvp blocks 12 width 100 depth 2"',
              [*FLOW_MOVES, "transfer 1", "annealed 1 steps 20 dt 0.02 damp 1 start other",
               "driven 1 d 0.95 2.03 spring 500 steps 200 dt 0.02 damp 10"]),
    "alanine": (f"variable potentials index {ROOT}/potentials\ninclude {ROOT}/potentials/alanine_dipeptide.lmp", "", "", 300, 100, 1.5,
                ("c7eq", "c7ax"), "coords internal cv phi dihedral 5 7 9 15 basin c7eq phi 126 0 basin c7ax phi 0 126 flow molecule",
                [*FLOW_MOVES, "transfer 1", "annealed 1 steps 20 start other", "annealed 1 steps 20 start other space latent",
                 "driven 1 phi -75 60 spring 0.02 steps 200 damp 100"]),
    "crystal": (MELT, "", "", 2, 0.2, 0.002, ("all",), 'coords crystal flow "whiten; local blocks 2"',
                [*FLOW_MOVES, "annealed 1 steps 20"]),
}
MD = """
{before}
velocity     all create {T} 4711 mom yes
fix          thermostat all langevin {T} {T} {damp} 4711 gjf vhalf
fix          integrate all nve
{after}
timestep     {dt}
"""
FRAMES = MD + """
run          2000
reset_timestep 0
dump         frames all custom 20 {basin}.dump id xu yu zu
dump_modify  frames format float %.12g
run          10000
"""
JUMPS = """
fix          bg all bgen 2 {T} 1 {fix} {moves}
{reruns}
bgen         bg train steps 30 batch 64 lr 1e-4
""" + MD + "run {steps}\n"


def run(lmp, folder, made, deck, basin):
    """The log of a simulation that begins in a basin."""
    (folder / "in").write_text(f"variable basin index {basin}\n{made}\nthermo_modify norm no\n{deck}")
    command = [lmp, "-in", "in", "-log", "log", "-screen", "none", "-nocite"]
    if subprocess.run(command, cwd=folder).returncode:
        sys.exit((folder / "log").read_text()[-2000:])
    return (folder / "log").read_text()


def costs(log):
    """Of each move, in the order of the line: attempts, energies, seconds, over all lines of the table."""
    found = {}
    rows = log.rpartition("move         from")[2].splitlines()[1:]
    for row in rows:
        words = re.fullmatch(r"  (\S+(?: \d+)?) +\S+ +\S+ +(\d+) +\d+ +[\d.]+ .* (\d+) +(\S+)", row)
        if not words:
            break
        sums = found.setdefault(words[1], [0, 0, 0.0])
        for k, number in enumerate((int(words[2]), int(words[3]), float(words[4]))):
            sums[k] += number
    return list(found.values()) or sys.exit("bench_jumps: there is no table in the log\n" + log[-2000:])


def seconds_of_forces(log):
    """Of a step of MD, in the last run."""
    steps = int(re.findall(r"Loop time of .* for (\d+) steps", log)[-1])
    last = log.rpartition("Loop time of")[2]
    return sum(float(time) for time in re.findall(r"^(?:Pair|Bond|Kspace) +\| \S+ +\| (\S+)", last, re.M)) / steps


def measure(lmp, folder, name, n_attempts):
    made, before, after, T, damp, dt, basins, fix, moves = SYSTEMS[name]
    md = {"before": before, "after": after, "T": T, "damp": damp, "dt": dt}
    for basin in basins:
        run(lmp, folder, made, FRAMES.format(basin=basin, **md), basin)
    reruns = "\n".join(f"rerun {basin}.dump dump x y{' z' if name != 'dimer' else ''} wrapped no" for basin in basins)
    log = run(lmp, folder, made, JUMPS.format(fix=fix, moves=" ".join("move " + move for move in moves), reruns=reruns,
                                              steps=2 * n_attempts, **md), basins[0])
    forces = seconds_of_forces(log)
    print(f"\n{name}: forces of a step of MD {1e6 * forces:.2f} us\n"
          f"{'move':46} attempts  per second   ms each  energies each  us per energy  % in forces")
    for move, (attempts, energies, seconds) in zip(moves, costs(log), strict=True):
        print(f"{move[:46]:46} {attempts:8} {attempts / seconds:11.0f} {1e3 * seconds / attempts:9.3f} {energies / attempts:14.1f} "
              f"{1e6 * seconds / energies:14.1f} {100 * energies * forces / seconds:12.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lmp", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("systems", nargs="*", choices=[*SYSTEMS, []])
    parser.add_argument("--attempts", type=int, default=2000)
    parser.add_argument("--threads", default="1")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)  # some machines export it, and it halves OpenBLAS
    os.environ["OMP_NUM_THREADS"] = args.threads
    for system in args.systems or SYSTEMS:
        with tempfile.TemporaryDirectory() as name:
            measure(args.lmp, pathlib.Path(name), system, args.attempts)


if __name__ == "__main__":
    main()
