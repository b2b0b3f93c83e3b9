# SPDX-License-Identifier: GPL-2.0-or-later
"""Units of collective variables, from the logs beside a table: the "units" of LAMMPS and the "cv" of fix bgen."""

import functools
import pathlib
import re

LENGTHS = {"lj": "σ", "real": "Å", "metal": "Å", "electron": "bohr", "si": "m", "cgs": "cm", "micro": "µm", "nano": "nm"}
KINDS = {"coordinate": "length", "distance": "length", "rg": "length", "com_distance": "length", "plane_distance": "length",
         "rmsd": "length", "angle": "degrees", "dihedral": "degrees"}
LARGEST_LOG = 1 << 24  # bytes: longer ones are no place to look for a label


def cvs_of_line(line):
    """{name: kind} of a line "fix ID group bgen ... cv NAME KIND ..."."""
    words = line.split()
    return {a: b for cv, a, b in zip(words, words[1:], words[2:]) if cv == "cv" and (b in KINDS or re.match(r"[a-z_]+$", b))}


def is_fix_bgen(line):
    words = line.split(maxsplit=4)
    return len(words) > 3 and words[0] == "fix" and words[3] == "bgen"


def cv_units(lines):
    """{name of a cv: unit} of the lines of one log."""
    length, kinds = "", {}
    for line in lines:
        if line.startswith("units "):
            length = LENGTHS.get(line.split()[1] if len(line.split()) > 1 else "", length)
        elif line.startswith("fix ") and is_fix_bgen(line):
            kinds.update(cvs_of_line(line))
    units = {name: KINDS.get(kind, "") for name, kind in kinds.items()}
    return {name: length if unit == "length" else unit for name, unit in units.items() if unit}


@functools.lru_cache(maxsize=16)
def units_in(folder):
    """Of all logs in a folder; a name that two of them use for different things has no unit."""
    found = {}
    for path in sorted(p for p in pathlib.Path(folder).glob("*") if re.match(r"log(\.|$)|.*\.log$", p.name)):
        try:
            if path.is_file() and path.stat().st_size < LARGEST_LOG:
                for name, unit in cv_units(path.read_text(errors="replace").splitlines()).items():
                    found.setdefault(name, set()).add(unit)
        except OSError:
            continue
    return {name: units.pop() for name, units in found.items() if len(units) == 1}


def axis_label(table, name):
    """The name of a column, with its unit where that is known."""
    name = name.removeprefix("v_")
    if name in ("u", "work"):
        return f"{name} (kT)"
    unit = units_in(str(pathlib.Path(table.path).parent)).get(name)
    return f"{name} ({unit})" if unit else name
