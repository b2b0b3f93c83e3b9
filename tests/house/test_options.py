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


class Pages(unittest.TestCase):
    maxDiff = None

    def test_syntax(self):
        for head, rows in tables().items():
            with self.subTest(head):
                text = (PAGES / page_of(head)).read_text()
                lines = syntax_of(text if head.startswith("fix_modify") else section(text, "Syntax"), head)
                self.assertIsNotNone(lines, f"{page_of(head)} has no line {head_line(head)}")
                expected = [(row.word, row.values, row.help) for row in rows]
                self.assertEqual(rows_of(lines), expected)

    def test_keywords(self):
        """keyword = *a* or *b* ..., which may take several lines."""
        for head, rows in tables().items():
            text = section((PAGES / page_of(head)).read_text(), "Syntax")
            if head.split()[0] in ("cv", "move", "fix_modify") or not rows:
                continue
            with self.subTest(head):
                lines = "\n".join(line for _, line in syntax_of(text, head))
                listed = re.search(r"(?:keyword|column) = (\*\w+\*(?:\s+or\s+\*\w+\*)*)", lines)
                self.assertIsNotNone(listed)
                self.assertEqual(re.findall(r"\*(\w+)\*", listed[1]), [row.word for row in rows])

    def test_defaults(self):
        for head, rows in tables().items():
            with self.subTest(head):
                expected = {row.word: row.default for row in rows if row.default != "-"}
                self.assertEqual(defaults_of((PAGES / page_of(head)).read_text(), head), expected)

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
