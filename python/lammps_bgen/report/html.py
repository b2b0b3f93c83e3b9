# SPDX-License-Identifier: GPL-2.0-or-later
"""Pieces of HTML. Text is escaped where it enters, so that nothing in a log can be taken for markup."""

import html
import re


def text(words):
    """Also without the characters that HTML cannot have."""
    return html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "�", str(words)))


def element(tag, content, **attributes):
    """content is HTML; class_ is class."""
    given = "".join(f' {name.rstrip("_")}="{text(value)}"' for name, value in attributes.items() if value is not None)
    return f"<{tag}{given}>{content}</{tag}>"


def paragraph(words, class_=None):
    return element("p", text(words), class_=class_)


def pre(lines):
    return element("pre", text("\n".join(lines).strip("\n")))


def is_word(value):
    return not re.fullmatch(r"[-+]?(\d[\d.,:]*(e[-+]?\d+)?|inf|nan)?", value.strip())


def table(names, rows, note=None):
    """Columns of words are flush left; column `note` is a long text."""
    wordy = [any(is_word(row[k]) for row in rows) for k in range(len(names))]

    def cell(tag, k, value):
        kind = "note" if k == note and tag == "td" else "words" if wordy[k] or k == note else None
        return element(tag, text(value), class_=kind)

    def line(tag, values):
        return element("tr", "".join(cell(tag, k, value) for k, value in enumerate(values)))

    body = "\n".join(line("td", row) for row in rows)
    made = element("table", element("thead", line("th", names)) + "\n" + element("tbody", body))
    return element("div", made, class_="wide")


def details(summary, content, is_open=False):
    head = element("summary", text(summary))
    return element("details", head + content, open="" if is_open else None)


def page(title, body, css):
    head = (f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{text(title)}</title>\n<style>{css}</style>")
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
