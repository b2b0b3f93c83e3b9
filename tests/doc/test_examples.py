#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every line of bgen in an example, on a page, in a README or in examples/, is one that the parsers accept.

From the environment: READ_FIX_LINES, the parser of fixes and computes; OPTIONS, the program that prints the tables of the actions.
Actions are checked by their tables: each keyword is one of them, with no more values than it takes.
"""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks(path):
    """Texts of input scripts."""
    text = path.read_text()
    if path.suffix == ".rst":
        return re.findall(r"^ *\.\. code-block:: LAMMPS\n((?:\n| +.*\n)+)", text, re.M)
    if path.suffix == ".md":
        return re.findall(r"((?:^    .*\n)+)", text, re.M)
    return [text]


def input_lines(text):
    """As LAMMPS reads them: joined at &, without comments, with the first value of each variable, or 1."""
    values = {name: value.strip('"') for name, value in
              re.findall(r'^variable\s+(\w+)\s+(?:index|string|equal)\s+("[^"]*"|\S+)', text, re.M)}
    for line in re.sub(r"&\s*\n", " ", text).splitlines():
        line = re.sub(r"#.*", "", line).strip()
        line = re.sub(r"\$\{(\w+)\}", lambda v: "1" if "$" in values.get(v[1], "$") else values[v[1]], line)
        yield from (part.strip() for part in [line, *re.findall(r'"(bgen [^"]*)"', line)])


def scripts():
    """[(file, [line])] of lines in order."""
    files = [*sorted((ROOT / "plugin/doc").glob("*.rst")), ROOT / "README.md",
             *sorted(p for p in (ROOT / "examples").glob("**/*") if (p.name.startswith("in.") or p.suffix == ".md") and
                     not any(re.match(r"run(\.|$)", part) for part in p.parts[:-1]))]
    for path in files:
        yield path.relative_to(ROOT), [line for text in blocks(path) for line in input_lines(text)]


def tables():
    """{action: (number of arguments before the keywords, {word: most values, or None})}"""
    found = {}
    text = subprocess.run([os.environ["OPTIONS"]], capture_output=True, text=True, check=True).stdout
    for block in text.strip("\n").split("\n\n"):
        head, *rows = block.split("\n")
        if not head.startswith(("bgen ", "fix_modify ")):
            continue
        words = [word for word in head.split() if word[0] != "["]
        optional = {word: 0 for words_of in re.findall(r"\[([\w|]+)\]", head) for word in words_of.split("|")}
        name, n_before = (words[2], len(words) - 3) if words[0] == "bgen" else ("fix_modify", 0)
        cells = [row.split("\t") for row in rows]
        found[name] = n_before, {**optional, **{word: None if "..." in values else len(values.split()) for word, values, *_ in cells}}
    return found


def trouble(name, arguments, table):
    """What is wrong with the arguments of an action; empty: nothing is known to be."""
    n_before, most = table
    if arguments == ["help"]:
        return ""
    if len(arguments) < n_before:
        return f"{name} needs {n_before} arguments first"
    word, n = None, 0
    for argument in arguments[n_before:]:
        if argument in most:
            word, n = argument, 0
            continue
        n += 1
        if word is None or (most[word] is not None and n > most[word]):
            return f"unexpected argument '{argument}' of {name}"
    return ""


class Examples(unittest.TestCase):
    def fixes(self, lines):
        return [line for line in lines if re.match(r"(fix|compute)\s+\S+\s+\S+\s+bgen\s", line)]

    def read(self, lines):
        return subprocess.run([os.environ["READ_FIX_LINES"]], input="\n".join(lines) + "\n", capture_output=True, text=True)

    def test_fixes_and_computes(self):
        n = 0
        for path, lines in scripts():
            # a page may show a compute of the fix of another page
            before = ["fix bg all bgen 0 1 1 cv d distance 1 2 cv s coordinate 1 x"]
            lines = self.fixes(lines)
            n += len(lines)
            with self.subTest(str(path)):
                self.assertEqual(self.read(before + lines).stdout, "")
        self.assertGreater(n, 20)

    def test_old_words_are_seen(self):
        for line in ["fix bg all bgen 10 1.0 1 relabel type 1", "fix bg all bgen 10 1.0 1 move several 1 32",
                     "compute z all bgen bg latent yes"]:
            self.assertNotEqual(self.read(["fix bg all bgen 0 1 1", line]).stdout, "")

    def test_actions(self):
        known, n = tables(), 0
        for path, lines in scripts():
            for line in lines:
                action = re.match(r"bgen\s+\S+\s+(\w+)\s*(.*)", line)
                modify = re.match(r"(fix_modify)\s+(?:bg|found|hot)\s+(.*)", line)
                if not action and not modify:
                    continue
                name, rest = (action or modify).groups()
                n += 1
                with self.subTest(f"{path}: {line}"):
                    self.assertIn(name, known)
                    self.assertEqual(trouble(name, re.findall(r'"[^"]*"|\S+', rest), known[name]), "")
        self.assertGreater(n, 50)

    def test_old_actions_are_seen(self):
        known = tables()
        self.assertNotEqual(trouble("train", "batch 256 ehigh 1e3".split(), known["train"]), "")
        self.assertNotEqual(trouble("train", "iter 100".split(), known["train"]), "")


if __name__ == "__main__":
    unittest.main()
