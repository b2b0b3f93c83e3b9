#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The free energy between two basins of alanine tetrapeptide and acceptance of its jumps, beside parallel tempering.

usage: check.py FOLDER ...        of one run, or of several
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import molecules  # noqa: E402

NAME, BASINS = "tetrapeptide", ("c7eq", "c7ax")
REFERENCE = -1.29, 0.22, "parallel tempering, 7 replicas"


def samples(folder):
    return [(f"samples of {basin} within 100 kT of the frames, %", share, 2)
            for basin, share in zip(BASINS, molecules.near(folder, 100))]


def main():
    folders = [folder for folder in sys.argv[1:] if molecules.table(folder, NAME)]
    if not folders:
        sys.exit("check.py: no folder has table.tetrapeptide.dat")
    rows = [("F(c7eq)-F(c7ax)", [molecules.table(folder, NAME)["F(c7eq)-F(c7ax)"] for folder in folders], *REFERENCE),
            ("the same by visits of MD with jumps", [molecules.by_visits(folder, NAME, *BASINS) for folder in folders], *REFERENCE)]
    molecules.print_table("free energy differences, kT at 300 K", rows)
    molecules.print_shares("jumps of MD with offsets", [samples(folder) + molecules.shares(folder, NAME, BASINS) for folder in folders])


if __name__ == "__main__":
    main()
