# SPDX-License-Identifier: GPL-2.0-or-later
"""Which logs and tables belong to a run: the lines of the script that name them tell what they are."""

import pathlib
import re

from lammps_bgen.report.log import Log
from lammps_bgen.trouble import Trouble

LOG_NAME = re.compile(r"log(\.|$)|.*\.log(\.\d+)?$")
LARGEST = 1 << 28  # bytes of a table
# action: {keyword: role of the file}
KEYWORDS = {"train": {"file": "training", "append": "training"}, "sample": {"file": "samples"}, "population": {"file": "population"},
            "free_energy": {"points": "points", "profile": "profile", "convergence": "convergence", "table": "table",
                            "volumes": "volumes"}, "gibbs": {"table": "table"}}


def files_of_line(line):
    """(role, name) of each table that an input line writes."""
    words = [word.strip("\"'") for word in line.split()]
    pairs = list(zip(words, words[1:]))
    if words[0] == "bgen" and len(words) > 3:
        roles = KEYWORDS.get(words[2], {})
        named = [(roles[word], name) for word, name in pairs[2:] if word in roles]
        return named + ([("works", words[3])] if words[2] == "works" else [])
    if words[0] == "fix" and len(words) > 4 and words[3] in ("print", "ave/time"):
        return [("series", name) for word, name in pairs[4:] if word in ("file", "append")]
    return []


class Run:
    """One log, and {role: paths} of the tables that its script names, where they are; missing: names of the others."""

    def __init__(self, log):
        self.log, self.files, self.missing = log, {}, []
        for line in log.resolved:
            for role, name in files_of_line(line) if not line.startswith("#") else []:
                self._add(role, name)

    def _add(self, role, name):
        folder = self.log.path.parent
        names = [f"{name}.flow.dat", f"{name}.md.dat"] if role == "points" else [name]
        if not all((folder / each).is_file() for each in names):
            self.missing += [each for each in names if not (folder / each).is_file() and each not in self.missing]
            return
        found = tuple(folder / each for each in names)
        self.files.setdefault(role, [])
        if found not in self.files[role]:
            self.files[role].append(found)

    def paths(self):
        return {path.resolve() for lists in self.files.values() for found in lists for path in found}


def find_runs(where):
    """The runs in a folder, or that of one log, the oldest first; and how many other logs are there."""
    path = pathlib.Path(where)
    if path.is_file():
        return [run_of(path)], 0
    if not path.is_dir():
        raise Trouble(f"{where}: there is no such folder or log file")
    logs = sorted(p for p in path.iterdir() if p.is_file() and LOG_NAME.match(p.name))
    read = [Log(p) for p in logs]
    runs = sorted((Run(log) for log in read if log.ran_bgen()), key=lambda run: run.log.written)
    if not runs:
        raise Trouble(f"{where}: no log file in which bgen ran (looked at {len(logs)} with the names log.* and *.log); name the log")
    return runs, len(logs) - len(runs)


def run_of(path):
    log = Log(path)
    if not log.ran_bgen():
        raise Trouble(f"{path}: no log of a run of LAMMPS with bgen: it has no line 'fix ... bgen ...' and nothing that bgen printed")
    return Run(log)


def other_tables(where, runs):
    """Tables in the folder that no script names."""
    path = pathlib.Path(where)
    known = set().union(*(run.paths() for run in runs))
    return [p for p in sorted(path.glob("*.dat")) if p.is_file() and p.resolve() not in known] if path.is_dir() else []


