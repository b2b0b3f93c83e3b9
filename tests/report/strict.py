# SPDX-License-Identifier: GPL-2.0-or-later
"""What a page breaks of the rules that a browser mends in silence, and whether it needs a network."""

import html.parser
import re

VOID = {"meta", "br", "hr", "img", "link", "input"}
OUTSIDE = re.compile(r"^\s*(https?:)?//", re.I)


class Strict(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.breaches, self.text = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        self.attributes(tag, attributes)

    def handle_startendtag(self, tag, attributes):
        if "svg" not in self.open:
            self.breaches.append(f"<{tag}/> outside of SVG")
        self.attributes(tag, attributes)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.breaches.append(f"</{tag}> closes {self.open[-1:]}, line {self.getpos()[0]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def attributes(self, tag, attributes):
        names = [name for name, _ in attributes]
        self.breaches += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        if tag == "script":
            self.breaches.append("a script")
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("href", "xlink:href", "src", "action", "srcset") and OUTSIDE.match(value or ""):
                self.breaches.append(f"{name} leads to {value}")
            if name in ("href", "xlink:href") and (value or "").startswith("#"):
                self.links.append(value[1:])
            self.links += re.findall(r"url\(#([^)]*)\)", value or "")


def breaches(page):
    """Sentences, none for a page that is right; and the text of the page."""
    parser = Strict()
    parser.feed(page)
    parser.close()
    found = parser.breaches + [f"<{tag}> is not closed" for tag in parser.open]
    found += [f"two elements have the id {name}" for name in sorted(set(parser.ids)) if parser.ids.count(name) > 1]
    found += [f"no element has the id {name}" for name in sorted(set(parser.links) - set(parser.ids))]
    found += [f"the style loads {url}" for url in re.findall(r"@import[^;]*|url\(['\"]?(?:https?:)?//[^)]*\)", page)]
    if not page.startswith("<!DOCTYPE html>"):
        found.append("no DOCTYPE")
    return found, "".join(parser.text)
