# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages of bgen: sphinx-build -W -n plugin/doc FOLDER writes them as HTML."""
from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Number, String, Text

project = "bgen"
author = "the authors of bgen"
copyright = author
extensions = ["sphinx.ext.extlinks", "sphinx.ext.mathjax"]
exclude_patterns = ["_build"]
nitpicky = True

# LAMMPS' own pages as plain links: :lammps:`fix langevin <fix_langevin>`
extlinks = {"lammps": ("https://docs.lammps.org/%s.html", "%s")}

html_theme = "alabaster"
html_theme_options = {"description": "Boltzmann generators inside LAMMPS", "page_width": "1000px"}
html_show_sourcelink = False


class LammpsLexer(RegexLexer):
    """Enough of LAMMPS' input language for the examples: Pygments has no lexer for it."""

    name = "LAMMPS"
    tokens = {
        "root": [
            (r"#.*?$", Comment),
            (r'"[^"]*"', String),
            (r"^\s*[a-z_]+\b", Keyword),
            (r"\$\{\w+\}|[vcf]_\w+", Name.Variable),
            (r"-?\d[\d.]*(e-?\d+)?\b", Number),
            (r"\s+|[\w./*-]+|.", Text),
        ]
    }


def setup(app):
    app.add_lexer("LAMMPS", LammpsLexer)
