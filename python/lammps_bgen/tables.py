# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of bgen as alchemlyb and pymbar take them; needs pandas.

    u_nk = lammps_bgen.tables.u_nk("fe.closed.u_nk.csv")
    alchemlyb.estimators.MBAR().fit(u_nk).delta_f_.loc["flow", "md"]
"""
import re


def u_nk(path):
    """Reduced potentials of `bgen ID free_energy ... u_nk` or `bgen ID works ... u_nk`, with the temperature and the unit
    of energies as alchemlyb keeps them."""
    import pandas
    table = pandas.read_csv(path, comment="#", index_col=[0, 1])
    with open(path, encoding="utf-8") as file:
        found = re.search(r"^# T = (\S+), kT", file.read(1000), re.M)
    table.attrs = {"temperature": float(found[1]), "energy_unit": "kT"}
    return table


def works(path, move, a, b, none=1e10):
    """Works in kT of a move from basin a to b and from b to a, of the file of `bgen ID works`, for pymbar.bar(); works that
    are infinite are `none`, because pymbar's BAR has no infinite ones."""
    import pandas
    table = pandas.read_csv(path, sep=" ", comment="#", names=["move", "from", "to", "work"])
    lists = [table.work[(table.move == move) & (table["from"] == of) & (table.to == to)] for of, to in ((a, b), (b, a))]
    return [works.clip(upper=none).to_numpy() for works in lists]
