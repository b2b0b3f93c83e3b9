#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules for what a user reads; prints each breach and exits with 1 if there is one.

  check_pages.py form       the pages of styles and commands have the sections of a LAMMPS page
  check_pages.py words      no example has a word that the input no longer has; each action has a page
  check_pages.py spelling   American
  check_pages.py links      files that are linked to exist, pages of LAMMPS are those that it has
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "plugin/doc"
SECTIONS = ["Syntax", "Examples", "Description", "Restrictions", "Related commands", "Default"]
OPTIONAL = ["Output info",
            "Restart, fix_modify, output, run start/stop, minimize info"]  # before Restrictions
OLD = [r"\brelabel (type|none)\b", r"\bswap \d", r"\bmove several\b", r"\biter \d", r"\behigh\b",
       r"\bweights \d", r"^\s*bgen\s+\S+\s+(frames|tune|anneal)\b", r"\bbgen \w+ (frames|tune|anneal)\b",
       r"\bfree_energy\b.*\b(mixture (keep|populations)|file \w)", r"\blatent (yes|no)\b"]
BRITISH = re.compile(
    r"\b(neighbour|behaviour|colour|favour|centre|licence|analyse|grey|backwards|towards"
    r"|relabell|labell|modell|cancell|travell|normalis|optimis|minimis|maximis|initialis|equalis"
    r"|vectoris|generalis|recognis|organis|parametris)", re.I)
LAMMPS = {  # what docs.lammps.org has of what we link to
    "Howto_output", "Run_options", "clear", "compute", "compute_dihedral_local", "compute_gyration", "compute_orientorder_atom", "create_bonds",
    "compute_reduce", "fix", "fix_ave_time",
    "fix_colvars", "fix_gcmc", "fix_langevin", "fix_modify", "fix_print", "fix_rigid", "fix_shake", "fix_ti_spring", "minimize", "neighbor", "partition", "rerun", "restart", "run", "run_style",
    "thermo_modify", "units", "variable", "write_dump", "write_restart"}


def pages():
    return sorted(PAGES.glob("*.rst"))


def commands():
    return [p for p in pages() if p.name.startswith(("bgen", "fix_", "compute_"))]


def of_examples(pattern):
    """But what is in the folders of runs."""
    return [p for p in (ROOT / "examples").glob(f"**/{pattern}") if not any(re.match(r"run(\.|$)", part) for part in p.parts[:-1])]


def markdown():
    return sorted([*ROOT.glob("*.md"), *of_examples("*.md"), *(ROOT / "potentials").glob("*.md")])


def inputs():
    return sorted(of_examples("in.*"))


def name(path):
    return path.relative_to(ROOT).as_posix()


def lines(paths):
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield path, number, line


def form():
    for path in commands():
        text = path.read_text()
        if not re.match(r"\.\. SPDX.*\n(\.\. index:: .+\n)+\n.+ command\n=+\n", text):
            yield f"{name(path)} does not begin with its index and the title '... command'"
        found = re.findall(r'^(.+)\n"+$', text, re.M)
        if [s for s in found if s not in OPTIONAL] != SECTIONS:
            yield f"{name(path)} has the sections {found}, not those of a LAMMPS page"


def examples():
    """The lines of input scripts, in files of their own and on pages."""
    yield from lines(inputs())
    for path in pages():
        for block in re.findall(r"^\.\. code-block:: LAMMPS\n((?:\n|   .*\n)+)", path.read_text(), re.M):
            for line in block.splitlines():
                yield path, "an example", line


def words():
    actions = set(re.findall(r"^:doc:`(\w+) <bgen_", (PAGES / "bgen.rst").read_text(), re.M))
    for path, number, line in lines([*pages(), *inputs(), *(p for p in markdown() if p.name != "CHANGELOG.md")]):
        if any(re.search(pattern, line) for pattern in OLD):
            yield f"{name(path)}:{number} has an old word: {line.strip()}"
    for path, number, line in examples():
        action = re.match(r"\s*bgen\s+[\w${}]+\s+(\w+)", line)
        if action and action[1] not in actions:
            yield f"{name(path)}:{number} has an action without a page: {line.strip()}"


def spelling():
    for path, number, line in lines([*pages(), *markdown()]):
        if BRITISH.search(line):
            yield f"{name(path)}:{number} is not American: {line.strip()}"


def links():
    for path, number, line in lines(markdown()):
        for target in re.findall(r"\]\(([^)\s#]+)", line):
            if not re.match(r"https?:", target) and not (path.parent / target).exists():
                yield f"{name(path)}:{number} links to {target}, which does not exist"
    for path in pages():
        for target in re.findall(r":lammps:`(?:[^`<]*<)?\s*([^`>]+)>?`", path.read_text()):
            if target not in LAMMPS:
                yield f"{name(path)} links to {target}, which is no known page of LAMMPS"


def main():
    rules = {"form": form, "words": words, "spelling": spelling, "links": links}
    breaches = list(rules[sys.argv[1]]())
    print("\n".join(breaches) or "clean")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
