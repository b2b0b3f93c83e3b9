#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of keywords beside the pages: words, order of values, help and defaults are the same in both.

From the environment: OPTIONS, the program that prints the tables; PAGES, the folder of the pages. On a page a row of a table is a
line "*word* values = help" of its Syntax section, below the head of the table, and "* word = default" of its Default section. What the
page says besides is free.

  test_options.py            compares
  test_options.py show       prints the lines that the pages must have
"""
import collections
import itertools
import os
import pathlib
import re
import subprocess
import sys
import unittest

OPTIONS, PAGES = os.environ["OPTIONS"], pathlib.Path(os.environ["PAGES"])
Row = collections.namedtuple("Row", "word values default help")


def tables():
    """{head: [row]} as the program prints them."""
    found = {}
    for block in subprocess.run([OPTIONS], capture_output=True, text=True, check=True).stdout.strip("\n").split("\n\n"):
        head, *rows = block.split("\n")
        found[head] = [Row(*row.split("\t")) for row in rows]
    return found


def page_of(head):
    words = head.split()
    if words[0] in ("fix", "fix_modify", "cv", "move"):
        return "fix_bgen.rst"
    if words[0] == "compute":
        return "compute_bgen.rst"
    return {"load": "bgen_save.rst"}.get(words[2], f"bgen_{words[2]}.rst")


def head_line(head):
    """How a page begins a table: commands as they are typed, parts of fix bgen by their keyword."""
    words = head.split()
    if words[0] in ("cv", "move"):
        words = words[words[0] == "move":]
        words[0] = f"*{words[0]}*"
    names = {"group": "group-ID"} if words[0] in ("fix", "compute") else {"ID": "fix-ID"} if words[0] == "bgen" else {}
    text = " ".join(names.get(word, word) for word in words)
    return "compute ID group-ID bgen fix-ID" if words[0] == "compute" else text


def section(text, title):
    """From its title to the next one; all of them, where there are several."""
    parts = re.findall(rf'(?ms)^{title}\n""+\n(.*?)(?=^\S[^\n]*\n(?:""+|==+)\n|^----+\n|\Z)', text)
    return "\n".join(parts)


def syntax_of(text, head):
    """What stands in the lines below the head, and deeper or, below a command, down to the next one: [(indent, line)]."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.match(rf" *{re.escape(head_line(head))}(?= |$)", line):
            break
    else:
        return None
    nested = head.split()[0] in ("cv", "move")
    indent = len(line) - len(line.lstrip())
    rest = []
    for line in lines[number + 1:]:
        here = len(line) - len(line.lstrip())
        if nested and line.strip() and here <= indent:
            break
        if not nested and re.match(r" *(bgen|fix|fix_modify|compute) \S*ID ", line):
            break
        rest.append((here, line.strip()))
    return rest


def rows_of(lines):
    """Those of the first depth: [(word, values, help)]."""
    rows = [(indent, line) for indent, line in lines if re.match(r"\*[\w]+\*( .*)? = ", line) and not line.startswith("keyword = ")]
    depth = min((indent for indent, _ in rows), default=0)
    found = []
    for indent, line in rows:
        if indent == depth:
            left, _, help = line.partition(" = ")
            word, _, values = left.partition(" ")
            found.append((word.strip("*"), values.replace("*", ""), help))
    return found


def defaults_of(text, head):
    """{word: default} below "The option defaults [of *name* are]:"."""
    words = head.split()
    of = {"cv": "cv", "move": " ".join(words[:2]), "fix_modify": "fix_modify"}.get(words[0])
    name = rf" of \*{of}\*" if of else ""
    match = re.search(rf"(?ms)^The option defaults{name} are:\n\n(.*?)(?=\n\n|\Z)", section(text, "Default"))
    lines = re.findall(r"(?m)^\* (\w+) = (.*)$", match[1]) if match else []
    return dict(lines)


def row_line(row):
    return f"*{row.word}*{' ' + row.values if row.values else ''} = {row.help}"


def differences(head, rows, text):
    """Between a table and the page, as sentences."""
    whole = text if head.startswith("fix_modify") else section(text, "Syntax")
    lines = syntax_of(whole, head)
    if lines is None:
        yield f"no line {head_line(head)}"
        return
    found, expected = rows_of(lines), [(row.word, row.values, row.help) for row in rows]
    if found != expected:
        yield "rows differ: " + "; ".join(f"{one} on the page, {other} in the table" for one, other in
                                          itertools.zip_longest(found, expected) if one != other)
    defaults, expected = defaults_of(text, head), {row.word: row.default for row in rows if row.default != "-"}
    if defaults != expected:
        yield f"defaults differ: on the page {defaults}, in the table {expected}"
    if head.split()[0] in ("fix", "compute", "bgen") and rows:  # keyword = *a* or *b* ..., which may take several lines
        listed = re.search(r"(?:keyword|column) = (\*\w+\*(?:\s+or\s+\*\w+\*)*)", "\n".join(line for _, line in lines))
        words, expected = re.findall(r"\*(\w+)\*", listed[1]) if listed else None, [row.word for row in rows]
        if words != expected:
            yield f"words listed {words}, not {expected}"


class Pages(unittest.TestCase):
    def test_tables(self):
        for head, rows in tables().items():
            with self.subTest(head):
                self.assertEqual(list(differences(head, rows, (PAGES / page_of(head)).read_text())), [])

    def test_what_is_in_a_table_alone_is_seen(self):
        """A keyword more or less, other values, another default, another order."""
        for head, rows in tables().items():
            text = (PAGES / page_of(head)).read_text()
            changes = [[*rows, Row("planted", "N", "-", "x")]]
            if rows:
                changes += [rows[:-1], [rows[0]._replace(values="M N"), *rows[1:]], [rows[0]._replace(default="7"), *rows[1:]]]
            if len(rows) > 1:
                changes.append(rows[::-1])
            for changed in changes:
                with self.subTest(head):
                    self.assertNotEqual(list(differences(head, changed, text)), [])

    def test_every_action_has_a_page(self):
        """And the page of the command lists it."""
        actions = [head.split()[2] for head in tables() if head.startswith("bgen ")]
        text = (PAGES / "bgen.rst").read_text()
        self.assertEqual(re.findall(r"(?m)^:doc:`(\w+) <bgen_\w+>` +\S", text), actions)


def show():
    for head, rows in tables().items():
        print(f"{page_of(head)}:\n  {head_line(head)}")
        print("  keyword = " + " or ".join(f"*{row.word}*" for row in rows))
        for row in rows:
            print("    " + row_line(row))
        for row in rows:
            if row.default != "-":
                print(f"* {row.word} = {row.default}")


if __name__ == "__main__":
    if sys.argv[1:] == ["show"]:
        show()
    else:
        unittest.main()
