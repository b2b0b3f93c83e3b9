#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The free energy between both folds of the protein and acceptance of its jumps, beside parallel tempering.

usage: check.py FOLDER ...        of one run, or of several
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import molecules  # noqa: E402

FOLDS = "native", "mirror"
DIFFERENCE = "F(native)-F(mirror)"
REFERENCE = 0.108, 0.043, "parallel tempering, 8e8 energies"


def crossings(folder, name):
    """How often the fold changed in a series of h, which is noisy near 0: between -1 and 1 nothing is counted."""
    sides = [h > 0 for _, h in molecules.columns(folder, f"series.{name}.dat", "step", "h") if abs(h) > 1]
    return sum(a != b for a, b in zip(sides, sides[1:]))


def shares(folder):
    rows = molecules.jumps(molecules.log(folder, "jumps"))
    fresh, annealed = ([row for row in rows if row.move == move] for move in ("fresh", "annealed"))
    across = [row for row in fresh if row.start != row.end]
    changed = sum(row.accepted for row in across + annealed)
    return [
        *((f"fresh proposals accepted within {fold}, %", molecules.percent([row for row in fresh if row.start == row.end == fold]), 1)
          for fold in FOLDS),
        ("fresh proposals of the other fold accepted, %", molecules.percent(across), 1),
        ("annealed paths to the other fold accepted, %", molecules.percent(annealed), 1),
        ("accepted changes of the fold", changed, 0),
        ("changes of the fold in MD without jumps, as long", crossings(folder, "plain"), 0),
        *molecules.energies(folder, {"training and free energies": "train", "jumps": "jumps"}, FOLDS),
    ]


def main():
    folders = [folder for folder in sys.argv[1:] if molecules.log(folder, "jumps")]
    if not folders:
        sys.exit("check.py: no folder has log.jumps")
    rows = []
    for words, name in ((f"{DIFFERENCE}, by sub-states", "protein"), ("the same by whole folds", "whole")):
        tables = [molecules.table(folder, name) for folder in folders if molecules.table(folder, name)]
        rows += [(words, [table[DIFFERENCE] for table in tables], *REFERENCE)] if tables else []
    rows.append(("the same by visits of MD with jumps", [molecules.by_visits(folder, "jumps", *FOLDS) for folder in folders], *REFERENCE))
    molecules.print_table("free energy differences, kT at T = 0.25", rows)
    molecules.print_shares("MD with jumps", [shares(folder) for folder in folders])


if __name__ == "__main__":
    main()
