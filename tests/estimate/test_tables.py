#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of reduced potentials and works, as bgen writes them, read by pandas in one line: alchemlyb and pymbar find the
free energies that bgen prints.

From the environment: WRITE_TABLES, the program of tests/house/write_tables.cpp. Without alchemlyb it is skipped.
"""
import logging
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

logging.disable(logging.WARNING)  # pymbar has a few on import
try:
    import alchemlyb.estimators
    import pandas
    import pymbar
    from alchemlyb.postprocessors.units import to_kcalmol
except ImportError as error:
    print(f"SKIPPED: {error}; cmake/setup.sh pymbar installs it, cmake -D BGEN_PYMBAR_PYTHON=.../bin/python finds it")
    sys.exit(77)

import numpy as np
from lammps_bgen import tables

TOLERANCE = 1e-6  # in kT
EXACTLY = {"relative_tolerance": 1e-13}


def read(path):
    return pandas.read_csv(path, comment="#", index_col=[0, 1])


def head(path):
    with open(path) as file:
        return [line[2:].strip() for line in file if line.startswith("#")]


def said(path):
    """what bgen finds, value and error, by the comments of the file"""
    return [float(word) for word in re.search(r"\) = (\S+) \+- (\S+) kT", head(path)[-1]).groups()]


def results(path):
    """value and error in kT by name"""
    return {words[1]: (float(words[2]), float(words[3])) for words in map(str.split, open(path)) if words[0] != "#"}


def mbar_of(u_nk):
    """of alchemlyb, whose usual start cannot be from a state without samples"""
    sampled = set(u_nk.columns) == set(u_nk.index.get_level_values(1))
    return alchemlyb.estimators.MBAR(initial_f_k="BAR" if sampled else None, **EXACTLY).fit(u_nk)


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore")
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([os.environ["WRITE_TABLES"]], cwd=cls.folder.name, check=True, timeout=200)
        os.chdir(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        os.chdir("/")
        cls.folder.cleanup()

    def close(self, found, expected, tolerance=TOLERANCE):
        self.assertTrue(abs(found - expected) <= tolerance, f"{found}, but bgen has {expected}")  # NaN fails

    def compare(self, path, a, b):
        """alchemlyb's MBAR and BAR, and pymbar on the bare numbers"""
        u_nk, expected = read(path), said(path)[0]
        for fitted in (mbar_of(u_nk), alchemlyb.estimators.BAR(**EXACTLY).fit(u_nk)):
            self.close(fitted.delta_f_.loc[a, b], expected)
        counts = [sum(u_nk.index.get_level_values(1) == state) for state in u_nk.columns]
        mbar = pymbar.MBAR(u_nk.to_numpy().T, counts, solver_protocol="robust", **EXACTLY)
        found = mbar.compute_free_energy_differences()["Delta_f"]
        self.close(found[list(u_nk.columns).index(a), list(u_nk.columns).index(b)], expected)
        self.assertEqual(head(path)[2], "samples: " + ", ".join(f"{n} of {s}" for n, s in zip(counts, u_nk.columns)))

    def test_free_energies(self):
        table = results("fe.dat")
        for basin in ("right", "left"):
            path = f"fe.{basin}.u_nk.csv"
            self.compare(path, "flow", "md")
            self.close(said(path)[0], table[f"F({basin})"][0])
            self.assertEqual(list(read(path).columns), ["flow", "md"])
            self.assertEqual(len(read(path)), 1500 + 800)

    def test_changed_force_field(self):
        table = results("changed.dat")
        for basin in ("right", "left"):
            path = f"changed.{basin}.u_nk.csv"
            self.compare(path, "flow", "md")
            mbar = mbar_of(read(path))
            (name,) = [name for name in table if "'" in name and name.count(basin) == 2]
            self.close(mbar.delta_f_.loc["md", "changed"], table[name][0])

    def test_several_temperatures(self):
        """where bgen knows that flows are normalized, and others find it"""
        for basin in ("right", "left"):
            path = f"warm.{basin}.u_nk.csv"
            u_nk, (value, error) = read(path), said(path)
            self.assertEqual(list(u_nk.columns), ["flow_1", "flow_2", "md_1", "md_2"])
            mbar = mbar_of(u_nk)
            for other, expected in (("md_1", value), ("flow_2", 0.0)):
                spread = np.hypot(mbar.d_delta_f_.loc["flow_1", other], error)
                self.close(mbar.delta_f_.loc["flow_1", other], expected, 5 * spread)  # 1 in 1.7 million, were seeds free
                self.assertLess(spread, 0.1)

    def test_works(self):
        n = 0
        for move in ("transfer", "transfer_2"):
            path = f"works.{move}.right.left.u_nk.csv"
            self.compare(path, "from", "to")
            there, back = tables.works("works.dat", move, "right", "left")
            self.close(pymbar.bar(there, back, **EXACTLY)["Delta_f"], said(path)[0])
            u_nk = read(path)
            self.assertEqual([len(there), len(back)], [sum(u_nk.index.get_level_values(1) == of) for of in ("from", "to")])
            n += len(there) + len(back)
        self.assertEqual(n, 2000)

    def test_units(self):
        """of the tables of lammps_bgen: alchemlyb converts them"""
        u_nk = tables.u_nk("fe.left.u_nk.csv")
        self.assertEqual(u_nk.attrs, {"temperature": 1.0, "energy_unit": "kT"})
        delta = alchemlyb.estimators.MBAR().fit(u_nk).delta_f_
        self.close(to_kcalmol(delta).loc["flow", "md"], delta.loc["flow", "md"] * 0.0019872, 1e-4)


if __name__ == "__main__":
    unittest.main()
