# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of bgen as alchemlyb and pymbar take them; u_nk() needs pandas.

    u_nk = lammps_bgen.tables.u_nk("fe.closed.u_nk.csv")
    alchemlyb.estimators.MBAR().fit(u_nk).delta_f_.loc["flow", "md"]
"""
import re

import numpy as np

from lammps_bgen.table import Table
from lammps_bgen.trouble import Trouble


def u_nk(path):
    """Reduced potentials of `bgen ID free_energy ... u_nk` or `bgen ID works ... u_nk`, with the temperature and the unit
    of energies as alchemlyb keeps them."""
    with open(path, encoding="utf-8") as file:
        found = re.search(r"^# T = (\S+), kT", file.read(1000), re.M)
    if not found:
        raise Trouble(f"{path}: has no line '# T = ..., kT': give a table that u_nk of bgen free_energy or bgen works has written")
    import pandas
    table = pandas.read_csv(path, comment="#", index_col=[0, 1])
    table.attrs = {"temperature": float(found[1]), "energy_unit": "kT"}
    return table


def works(path, move, a, b, none=1e10):
    """Works in kT of a move from basin a to b and from b to a, of the file of `bgen ID works`, for pymbar.bar(); works that
    are infinite are `none`, because pymbar's BAR has no infinite ones."""
    lists = Table(path).works()
    pair = [lists.get((move, *way), np.empty(0)) for way in ((a, b), (b, a))]
    if not any(map(len, pair)):
        raise Trouble(f"{path}: no works of move {move} between {a} and {b}; it has " + ", ".join(map(" ".join, lists)))
    return [works.clip(max=none) for works in pair]
