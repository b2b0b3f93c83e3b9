#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Jumps per second of each kind of move of fix bgen, in the bistable dimer.

  bench_jumps.py LMP_BGEN [--attempts 2000] [--threads 1]

LMP_BGEN is the program of that name in a build tree.  In one run, which draws the kind of each jump, so that a machine that
grows slower slows all.  The flows are those of the example dimer, hardly trained: how often a jump is accepted says nothing
here, what it costs does.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOVES = {
    "fresh": "fresh 1",
    "tries": "fresh 1 tries 8",
    "near": "near 1 0.05",
    "transfer": "transfer 1",
    "annealed": "annealed 1 steps 20 dt 0.02 damp 1 start other",
    "driven": "driven 1 d 0.95 2.03 spring 500 steps 200 dt 0.02 damp 10",
}
MD = """
minimize     0.0 1e-2 1000 10000
velocity     all create 1.0 4711 mom no
fix          thermostat all langevin 1.0 1.0 2.0 4711 gjf vhalf
fix          integrate all nve
fix          plane all enforce2d
timestep     0.01
run          2000
"""
FRAMES = MD + """
reset_timestep 0
dump         frames all custom 20 {basin}.dump id x y
dump_modify  frames format float %.12g
run          10000
"""
JUMPS = """
fix          bg all bgen 2 1.0 1 identical types 1 2 mirror x 0.0 mirror y 0.0 cv d distance 1 2 &
                 basin closed d 0 1.5 basin open d 1.5 4 flow "whiten; realnvp blocks 12 width 100 depth 2" {moves}
rerun        closed.dump dump x y
rerun        open.dump dump x y
bgen         bg train steps 30 batch 64 lr 1e-4
""" + MD.replace("run          2000\n", "run          $(2*{attempts})\n")


def run(lmp, folder, deck, basin="closed"):
    """The log of a simulation of the dimer."""
    text = f"variable basin index {basin}\ninclude {ROOT}/potentials/dimer.lmp\nthermo_modify norm no\n{deck}"
    (folder / "in").write_text(text)
    command = [lmp, "-in", "in", "-log", "log", "-screen", "none", "-nocite"]
    if subprocess.run(command, cwd=folder).returncode:
        sys.exit((folder / "log").read_text()[-2000:])
    return (folder / "log").read_text()


def costs(log):
    """Of each move, in the order of the line: attempts, energies, seconds, over all lines of the table."""
    found = {}
    rows = iter(log.rpartition("move         from")[2].splitlines()[1:])
    for row in rows:
        if "basin changes" in row:
            return list(found.values())
        name = row[2:14].strip()
        words = row[14:].split()
        sums = found.setdefault(name, [0, 0, 0.0])
        sums[0] += int(words[2])
        sums[1] += int(words[-2])
        sums[2] += float(words[-1])
    sys.exit("bench_jumps: there is no table in the log\n" + log[-2000:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lmp", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--attempts", type=int, default=2000)
    parser.add_argument("--threads", default="1")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)  # some machines export it, and it halves OpenBLAS
    os.environ["OMP_NUM_THREADS"] = args.threads
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for basin in ("closed", "open"):
            run(args.lmp, folder, FRAMES.format(basin=basin), basin)
        moves = " ".join("move " + line for line in MOVES.values())
        log = run(args.lmp, folder, JUMPS.format(moves=moves, attempts=args.attempts))
    print("move        attempts   per second   ms each  energies each   us per energy")
    for move, (attempts, energies, seconds) in zip(MOVES, costs(log)):
        print(f"{move:10} {attempts:9} {attempts / seconds:12.0f} {1e3 * seconds / attempts:9.3f} "
              f"{energies / attempts:14.1f} {1e6 * seconds / energies:15.1f}")


if __name__ == "__main__":
    main()
