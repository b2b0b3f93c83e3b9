#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energies of the conformers of butane and acceptance of jumps, beside quadrature.

usage: check.py FOLDER ...        of one run, or of several
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import molecules  # noqa: E402

# (file, row of its table, reference in kT, its error, where it is from)
REFERENCES = [
    ("butane_united", "F(trans)-F(plus)", -1.3687, 0.0, "quadrature"),
    ("butane_united", "F(trans)-F(minus)", -1.3687, 0.0, "quadrature"),
    ("butane", "F(trans)-F(plus)", -1.877, 0.008, "long MD with a flat torsion"),
    ("butane", "F(trans)-F(minus)", -1.877, 0.008, "long MD with a flat torsion"),
]
PROCESSOR_TIME = "The processor time is that of LAMMPS."
WORDS = {"butane_united": "united atoms", "butane": "all atoms"}


def shares(folder, name):
    rows = molecules.jumps(molecules.log(folder, name))
    found = [(f"{WORDS[name]}: fresh jumps accepted from {basin}, %", molecules.percent([row for row in rows if row.start == basin]), 1)
             for basin in ("trans", "plus", "minus")]
    return [*found, (f"{WORDS[name]}: energies, MD included",
                     molecules.energy_calls(molecules.log(folder, name)) + molecules.md_steps(molecules.log(folder, name)), 0)]


def main():
    folders = [folder for folder in sys.argv[1:] if all(molecules.table(folder, name) for name in WORDS)]
    if not folders:
        sys.exit("check.py: no folder has the tables of both butanes")
    rows = [(f"{WORDS[name]}, {row}", [molecules.table(folder, name)[row] for folder in folders], *reference)
            for name, row, *reference in REFERENCES]
    molecules.print_table("free energy differences, kT at 300 K", rows)
    molecules.print_shares("jumps of MD", [[share for name in WORDS for share in shares(folder, name)] for folder in folders])


if __name__ == "__main__":
    main()
