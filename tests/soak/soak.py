# SPDX-License-Identifier: GPL-2.0-or-later
"""What the programs of the soak share: the double well with a trained flow, and LAMMPS in a folder of its own.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS.
"""
import math
import os
import pathlib
import subprocess
import sys

LMP, POTENTIALS = os.environ["LMP_BGEN"], pathlib.Path(os.environ["POTENTIALS"])
SYSTEM = f"include {POTENTIALS}/double_well.lmp\nthermo_modify norm no\n"
# the left well is cut in two, so that MD often crosses a border under offsets
BASINS = "cv s coordinate 1 x basin right s 0 10 basin left s -1.9 0 basin far s -10 -1.9 "
OFFSETS = {"right": 2.6, "far": 0.7}
OFFSET_WORDS = "".join(f"offset {name} {value} " for name, value in OFFSETS.items())
FLOW = 'threads 1 flow "whiten; realnvp blocks 2 width 16" '
# all kinds; paths are short, so that most of the time is spent in other moves
MOVES = ("move fresh 4 move near 3 0.5 move transfer 3 move fresh 1 tries 3 "
         "move annealed 1 steps 8 dt 0.05 move annealed 0.5 steps 6 dt 0.05 start other move annealed 0.5 steps 5 start transfer power 2 "
         "move driven 1 s -2.1 1.69 spring 40 steps 20 dt 0.05 escort yes heat 1.5 "
         "move driven 0.5 s -1.77 1.69 spring 40 steps 20 dt 0.05 damp 2 ")


def write_frames(folder):
    """left.dump and right.dump: frames about both minima, to train by."""
    golden = (0.6180339887, 0.7548776662, 0.5698402910), (0.8191725134, 0.6710436067, 0.5497004779)
    for basin, middle, width in (("left", -1.772, 0.18), ("right", 1.689, 0.21)):
        with open(folder / f"{basin}.dump", "w", encoding="ascii") as out:
            for i in range(400):  # nearly normal: sums of three golden-ratio sequences
                x, y = (sum(math.modf((i + 1) * g)[0] - 0.5 for g in gs) * 2 for gs in golden)
                out.write(f"ITEM: TIMESTEP\n{i}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ff ff pp\n-10 10\n-10 10\n-0.5 0.5\n"
                          f"ITEM: ATOMS id x y\n1 {middle + width * x:.12g} {y:.12g}\n")


def command(name, ranks=1):
    words = [LMP, "-in", name, "-log", "none"]
    return [os.environ["MPIEXEC"], "-n", str(ranks), *words] if ranks > 1 else words


def run(folder, name, text, ranks=1):
    """All that it prints; ends the program where it fails."""
    (folder / name).write_text(text)
    done = subprocess.run(command(name, ranks), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{folder / name}: ended with {done.returncode}\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def train(folder, fix):
    """The model of a fix in the file `model`."""
    write_frames(folder)
    run(folder, "in.train", f"{SYSTEM}{fix}rerun left.dump dump x y\nrerun right.dump dump x y\n"
                            "bgen bg train steps 200 batch 64 lr 1e-2\nbgen bg save model\n")
