#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The free energy between the open and the closed hinge, and what each move has done, beside umbrella sampling.

usage: check.py FOLDER ...        of one run, or of several
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import molecules  # noqa: E402

NAME, ROW = "open_closed", "F(open)-F(closed)"
MOVES = {"fresh": "fresh", "transfer": "transfer", "annealed": "annealed", "annealed 2": "annealed, latent", "driven": "driven"}


def reference():
    """Of F(closed) - F(open), with the other sign"""
    text = (HERE / "reference_profile.dat").read_text()
    value, error = re.search(r"F\(closed\)-F\(open\) = (\S+) \+- (\S+)", text).groups()
    return -float(value), float(error), "umbrella sampling"


def shares(folder):
    """Of each move: attempts to change the state, accepted ones, and these in 1e6 energies of the move"""
    found, all_rows = [], molecules.jumps(molecules.log(folder, "moves"))
    for move, words in MOVES.items():
        rows = [row for row in all_rows if row.move == move]
        across = [row for row in rows if row.start != row.end]
        changes, spent = sum(row.accepted for row in across), sum(row.energies for row in rows)
        found += [(f"{words}: attempts to change the state", sum(row.attempts for row in across), 0),
                  (f"{words}: accepted of them, %", molecules.percent(across), 2),
                  (f"{words}: changes in 1e6 energies", 1e6 * changes / spent if spent else float("nan"), 0)]
    return found + molecules.energies(folder, {"training, free energies": NAME, "jumps": "moves"}, ("open", "closed"))


def main():
    folders = [folder for folder in sys.argv[1:] if molecules.table(folder, NAME)]
    if not folders:
        sys.exit("check.py: no folder has table.open_closed.dat")
    rows = [(ROW, [molecules.table(folder, NAME)[ROW] for folder in folders], *reference()),
            ("the same by visits of MD with jumps", [molecules.visits(folder, NAME, 28.4, 100) for folder in folders], *reference())]
    molecules.print_table("free energy difference, kT", rows)
    molecules.print_shares("jumps of MD with offsets", [shares(folder) for folder in folders])


if __name__ == "__main__":
    main()
