# SPDX-License-Identifier: GPL-2.0-or-later
"""A log of LAMMPS in which bgen ran: the script, what bgen printed, warnings, how it ran."""

import collections
import datetime
import functools
import pathlib
import re

from lammps_bgen.quantities import cv_units, cvs_of_line, is_fix_bgen
from lammps_bgen.trouble import Trouble

# the first words of input lines; all else in a log is output
COMMANDS = set("""
angle_coeff angle_style atom_modify atom_style balance bgen bond_coeff bond_style bond_write boundary box change_box clear
comm_modify comm_style compute compute_modify create_atoms create_bonds create_box delete_atoms delete_bonds dielectric
dihedral_coeff dihedral_style dimension displace_atoms dump dump_modify dynamical_matrix echo fix fix_modify group hyper if
improper_coeff improper_style include info jump kspace_modify kspace_style label labelmap lattice log mass message min_modify
min_style minimize molecule neb neigh_modify neighbor newton next package pair_coeff pair_modify pair_style pair_write partition
plugin prd print processors python quit read_data read_dump read_restart region replicate rerun reset_atom_ids reset_atoms
reset_ids reset_mol_ids reset_timestep restart run run_style set shell special_bonds suffix tad temper thermo thermo_modify
thermo_style third_order timer timestep uncompute undump unfix units variable velocity write_coeff write_data write_dump
write_restart
""".split())

BLOCK = re.compile(r"(?:bgen (?P<id>\S+?)(?: (?P<action>\w+))?: ?(?P<rest>.*)|fix bgen (?P<fix>[^\s:,]+).*:)$")
VARIABLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w")
NUMBER = r"[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|inf|nan)"
RESULT = re.compile(rf"\s*(?P<what>\S[^=]*?) = (?P<value>{NUMBER}) \+- (?P<error>{NUMBER})(?P<rest>.*)$")
OTHER_OUTPUT = ("Loop time", "Per MPI rank", "Step ", "   Step ", "Total wall time", "ERROR", "Neighbor list", "Setting up", "Minimization",
                "Last command", "System init", "Performance:")


Result = collections.namedtuple("Result", "what value error unit rest")


class Block:
    """What one action of bgen, or the summary of the jumps of a run, has printed."""

    def __init__(self, action, fix, head):
        self.action, self.fix, self.lines = action, fix, [head] if head else []

    def results(self):
        """(what, value, error, unit, the rest of the line)"""
        found = [Result(f"F({row[0]})", row[1], row[2], "kT", self.lines[0]) for row in self.rows("Basin", "F", "Error")]
        # the columns of BAR stand behind two others with their errors
        found += [Result(f"F({row[2]}) - F({row[1]})", row[9], row[10], "kT", f"by BAR of works of {row[0]}")
                  for row in self.rows(*"Move From To There Back By-there Error By-back Error BAR Error".split())]
        for match in filter(None, map(RESULT.match, self.lines)):
            rest = match["rest"].strip()
            # the summary of jumps has its unit in a heading
            in_kT = rest.startswith("kT") or (self.action == "jumps" and match["what"].startswith("F("))
            found.append(Result(match["what"], match["value"], match["error"], "kT" if in_kT else "",
                                rest.removeprefix("kT").strip(" ,=")))
        return found

    def rows(self, *names):
        """Of the tables that begin with these columns."""
        return [row for part in parts(self.lines) if part[0] == "table" and part[1][:len(names)] == list(names) for row in part[2]]


class Log:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        try:
            self.lines = self.path.read_text(errors="replace").splitlines()
            self.written = datetime.datetime.fromtimestamp(self.path.stat().st_mtime)
        except OSError as error:
            raise Trouble(f"{path}: cannot be read ({error.strerror})") from error
        self.script, self.resolved, self.blocks = [], [], []
        self._read()

    def _read(self):
        block = None
        for line in self.lines:
            if is_input(line):
                self._input(line)
                block = None
            elif match := BLOCK.match(line):
                block = block_of(match)
                self.blocks.append(block)
            elif line.startswith(OTHER_OUTPUT):
                block = None
            elif block and not line.startswith("WARNING"):  # which comes in the middle of what bgen prints
                block.lines.append(line.rstrip())

    def _input(self, line):
        """LAMMPS repeats a line with its variables replaced, one after the other."""
        if self.resolved and is_substituted(self.resolved[-1], line):
            self.resolved[-1] = line
        else:
            self.script.append(line)
            self.resolved.append(line)

    def ran_bgen(self):
        return bool(self.blocks) or any(is_fix_bgen(line) for line in self.resolved)

    def find(self, pattern, default=""):
        """The first group of the first line that matches."""
        return next((match[1] for line in self.lines if (match := re.search(pattern, line))), default)

    @functools.cached_property
    def facts(self):
        """(name, value) of what ran."""
        ranks = self.find(r"CPU use with (\d+) MPI tasks") or self.processor_grid()
        threads = self.find(r"MPI tasks x (\d+) OpenMP") or self.find(r"using (\d+) OpenMP thread")
        facts = [("LAMMPS", self.find(r"^LAMMPS \((.*)\)")), ("bgen", self.find(r"^  version +(\S+)$")),
                 ("log written", self.written.strftime("%Y-%m-%d %H:%M")), ("MPI ranks", ranks), ("OpenMP threads of LAMMPS", threads),
                 ("wall time", self.find(r"^Total wall time: (\S+)")), ("units", self.word_after("units")),
                 ("atoms", self.find(r"steps with (\d+) atoms"))]
        return [(name, value) for name, value in facts if value]

    def processor_grid(self):
        found = re.match(r"(\d+) by (\d+) by (\d+)$", self.find(r"^ +(\d+ by \d+ by \d+) MPI processor grid"))
        return str(int(found[1]) * int(found[2]) * int(found[3])) if found else ""

    def word_after(self, command):
        return next((line.split()[1] for line in self.resolved if line.split()[:1] == [command] and len(line.split()) > 1), "")

    def has_ended(self):
        return any(line.startswith("Total wall time") for line in self.lines[-50:])

    def errors(self):
        return [line for line in self.lines if line.startswith("ERROR")]

    def warnings(self):
        """Each once, with the number of times."""
        counts = {}
        for line in self.lines:
            if line.startswith("WARNING"):
                counts[line] = counts.get(line, 0) + 1
        return counts

    def cvs(self):
        """{name: kind}"""
        return {name: kind for line in self.resolved if is_fix_bgen(line) for name, kind in cvs_of_line(line).items()}

    def cv_units(self):
        return cv_units(self.resolved)

    def borders(self, cv):
        """Where basins begin and end along a collective variable."""
        edges = set()
        for line in filter(is_fix_bgen, self.resolved):
            for ranges in re.findall(rf" basin \S+((?: \S+ {NUMBER} {NUMBER})+)", " ".join(line.split())):
                edges |= {float(x) for low, high in re.findall(rf" {re.escape(cv)} ({NUMBER}) ({NUMBER})", ranges) for x in (low, high)}
        return sorted(edges)


def block_of(match):
    """bgen ID info says its name alone."""
    action = match["action"] or ("jumps" if match["fix"] else "note" if match["rest"] else "info")
    return Block(action, match["id"] or match["fix"], match["rest"])


def without_older_jumps(blocks):
    """Of the summaries of the jumps of a fix only the last, which counts all attempts."""
    last = {block.fix: block for block in blocks if block.action == "jumps"}
    return [block for block in blocks if block.action != "jumps" or block is last[block.fix]]


def is_input(line):
    if line.startswith("#"):
        return True
    words = line.split(maxsplit=3)
    return bool(words) and line[0] == words[0][0] and words[0] in COMMANDS and not BLOCK.match(line)


def is_substituted(before, line):
    """Whether a line is the one before with a variable replaced."""
    if "$" not in before or before == line:
        return False
    pieces = [re.escape(" ".join(piece.split())) for piece in VARIABLE.split(before)]
    return re.fullmatch(r"\s*.*?\s*".join(pieces), " ".join(line.split())) is not None


def is_number(word):
    return re.fullmatch(NUMBER, word) is not None or word == "-"


def parts(lines):
    """Lines as ("table", names, rows) where a line of names has rows of as many values below it, else as ("text", lines)."""
    found, k = [], 0
    while k < len(lines):
        n = table_length(lines, k)
        if n:
            found.append(("table", lines[k].split(), [line.split() for line in lines[k + 1:k + 1 + n]]))
        elif found and found[-1][0] == "text":
            found[-1][1].append(lines[k])
        else:
            found.append(("text", [lines[k]]))
        k += 1 + n
    return found


def table_length(lines, k):
    """How many rows the table has whose names are line k; 0: it is none."""
    names, n = lines[k].split(), 0
    if len(names) < 4 or any(is_number(name) for name in names):
        return 0
    while k + 1 + n < len(lines):
        words = lines[k + 1 + n].split()
        if len(words) != len(names) or 2 * sum(map(is_number, words)) < len(words):
            break
        n += 1
    return n
