#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energies of alanine dipeptide and acceptance of its jumps, beside references without bgen.

usage: check.py FOLDER ...        of one run, or of several
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import molecules  # noqa: E402

NAME = "alanine_dipeptide"
# (file, row of its table, reference in kT, its error, where it is from)
REFERENCES = [
    (NAME, "F(c7eq)-F(c7ax)", -4.748, 0.070, "parallel tempering, 10 replicas"),
    (NAME, "F(positive)-F(negative)", 4.650, 0.0, "published"),
]
PROCESSOR_TIME = "The processor time is that of LAMMPS and of the pictures, without driven moves."


def shares(folder, name):
    return molecules.shares(folder, name, ("c7eq", "c7ax")) + driven(folder)


def driven(folder):
    text = molecules.log(folder, "driven")
    rows = molecules.jumps(text)
    return [("driven phi: attempts that changed the basin, %", molecules.percent(rows), 2),
            ("driven phi: energies, MD included", molecules.energy_calls(text) + molecules.md_steps(text), 0)] if rows else []


def main():
    folders = [folder for folder in sys.argv[1:] if molecules.table(folder, NAME)]
    if not folders:
        sys.exit("check.py: no folder has table.alanine_dipeptide.dat")
    rows = [(row, [molecules.table(folder, NAME)[row] for folder in folders], *reference) for _, row, *reference in REFERENCES]
    _, _, reference, error, source = REFERENCES[0]
    visits = [molecules.visits(folder, NAME, 0, 126) for folder in folders]
    rows.append(("the first by visits of MD with jumps", [(-value, bar) for value, bar in visits], reference, error, source))
    molecules.print_table("free energy differences, kT at 300 K", rows)
    molecules.print_shares("jumps of MD with offsets", [shares(folder, NAME) for folder in folders])


if __name__ == "__main__":
    main()
