# SPDX-License-Identifier: GPL-2.0-or-later
"""A text table of bgen: lines that begin with #, the last of them names the columns; then numbers."""

import os
import pathlib

import numpy as np

from lammps_bgen.trouble import Trouble

STEPS = ["step", "Step", "TimeStep", "iteration"]
TIMES = STEPS + ["time", "Time", "index", "frame"]
ENERGIES = ["u", "pe", "PotEng", "c_thermo_pe"]
FREE_ENERGIES = ["F", "F/kT", "free_energy"]
WORDS = ["move", "from", "to", "what"]  # columns of names, not of numbers


class Table:
    """Columns by name. A file that was appended to may repeat its # lines, with the same names."""

    def __init__(self, path, label=None):
        self.path = str(path)
        self.label = label or pathlib.Path(self.path).stem.replace("_", " ")
        self.comments, self.names, rows = [], [], []
        for number, line in enumerate(self._lines(), 1):
            if line.startswith("#"):
                self.comments.append(line[1:].strip())
            elif line:
                rows.append(self._row(number, line, first=not rows))
        if not rows:
            raise Trouble(f"{self.path}: no numbers below the # lines")
        self._keep(rows)

    @classmethod
    def named(cls, argument):
        """FILE, or NAME=FILE, where NAME stands in the legend; of several = the first that is before a file that there is."""
        words = argument.split("=")
        pairs = [("=".join(words[:k]), "=".join(words[k:])) for k in range(len(words))]
        name, path = next((pair for pair in pairs if os.path.exists(pair[1])), pairs[:2][-1])
        return cls(path, name)

    @classmethod
    def of_rows(cls, path, label, names, rows):
        """From what was read elsewhere."""
        table = cls.__new__(cls)
        table.path, table.label, table.comments, table.names = path, label, [], names
        table._keep(rows)
        return table

    def _keep(self, rows):
        self.columns = {name: np.array(column) for name, column in zip(self.names, zip(*rows), strict=True)}
        self.n = len(rows)

    def _lines(self):
        try:
            text = pathlib.Path(self.path).read_text()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a text file"
            raise Trouble(f"{self.path}: cannot be read ({reason})") from error
        return [line.strip() for line in text.splitlines()]

    def _row(self, number, line, first):
        if first:
            self.names = self.comments[-1].split() if self.comments else []
            self._check_names()
        words = line.split()
        if len(words) != len(self.names):
            raise Trouble(f"{self.path}, line {number}: {len(words)} values for {len(self.names)} columns "
                          f"({' '.join(self.names)})")
        try:
            return [word if name in WORDS else float(word) for name, word in zip(self.names, words)]
        except ValueError as error:
            raise Trouble(f"{self.path}, line {number}: {error}") from error

    def _check_names(self):
        if not self.names:
            raise Trouble(f"{self.path}: needs a line '# name name ...' above its numbers")
        twice = next((name for name in self.names if self.names.count(name) > 1), None)
        if twice:
            raise Trouble(f"{self.path}: two columns have the name {twice}")

    def find(self, names):
        """The first of these columns that there is, or None."""
        return next((name for name in names if name in self.columns), None)

    def need(self, *names):
        name = self.find(names)
        if name is None:
            raise Trouble(f"{self.path}: no column {' or '.join(names)}; it has {' '.join(self.names)}")
        return self.columns[name]

    def time(self):
        """Numbers and name of the axis to draw against: rows, if no column tells the time."""
        name = self.find(TIMES)
        if not name:
            return np.arange(1.0, self.n + 1), "row"
        return self.columns[name], "MD step" if name in STEPS else name.lower()

    def works(self):
        """Of a table of the works of moves: {(move, from, to): works in kT}"""
        lists = {}
        for move, a, b, work in zip(*map(self.need, ("move", "from", "to", "work"))):
            lists.setdefault((str(move), str(a), str(b)), []).append(work)
        return {key: np.array(works) for key, works in lists.items()}

    def basin_names(self):
        """From a comment like "basins: 1 closed 2 open"."""
        for comment in self.comments:
            words = comment.partition("basins:")[2].split()
            if words and all(word.isdigit() for word in words[::2]):
                return {float(k): name for k, name in zip(words[::2], words[1::2])}
        return {}

    def basins(self):
        """(legend, rows) of each basin; one pair, without a legend, if there is no such column."""
        if "basin" not in self.columns:
            return [("", np.full(self.n, True))]
        names, basin = self.basin_names(), self.columns["basin"]
        return [(names.get(k, f"basin {k:g}"), basin == k) for k in np.unique(basin)]
