#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen report: the page of the recorded run in a browser without a window, on a wide and on a narrow screen: it fits, every
picture is drawn where it can be seen, and headings and verdicts are shown.

  test_browser.py CHROMIUM
"""
import contextlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))

from lammps_bgen.command import main  # noqa: E402

SHOWN = "bgen report", "verdict on basin"
WIDE, NARROW = (1200, 900), (500, 900)
# what the browser made of the page; the last thing in it, so that all else has been laid out
LOOK = """<script>
const box = e => { const b = e.getBoundingClientRect(); return [b.width, b.height, b.left, b.right]; };
const drawn = e => [...e.querySelectorAll("path, use, line, polyline, rect, circle")].filter(p => p.getBBox().width + p.getBBox().height > 0).length;
document.title = JSON.stringify({
  width: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth,
  pictures: [...document.querySelectorAll("svg")].map(e => ({box: box(e), drawn: drawn(e), words: e.textContent.trim().length})),
  headings: [...document.querySelectorAll("h1, h2, h3")].map(e => ({text: e.textContent, box: box(e)})),
  text: document.body.innerText,
  links: [...document.querySelectorAll("a[href^='#']")].map(e => !!document.querySelector(e.getAttribute("href")))});
</script></body>"""
PLANTED = {"too wide": ("<section>", '<section><div style="width:3000px">x</div>', "fits"),
           "an empty picture": ("<section>", '<section><svg width="200" height="100"></svg>', "pictures"),
           "a heading that is hidden": ("<section>", '<section><h2 style="display:none">x</h2>', "headings"),
           "a link to nowhere": ("<section>", '<section><a href="#nowhere">x</a>', "links")}


def looked_at(page, screen):
    """What the browser says about a page of HTML."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "page.html"
        path.write_text(page.replace("</body>", LOOK), encoding="utf-8")
        run = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                              f"--window-size={screen[0]},{screen[1]}", "--dump-dom", path.as_uri()],
                             capture_output=True, text=True, timeout=120)
    title = re.search(r"<title>(\{.*?\})</title>", run.stdout, re.S)
    if not title:
        raise AssertionError("the browser did not come to the end of the page:\n" + run.stderr[-1000:])
    return json.loads(title.group(1).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


def faults(seen):
    """The names of what is wrong."""
    found = []
    if seen["width"] > seen["screen"]:
        found.append("fits")
    if not all(p["box"][0] > 100 and p["box"][1] > 50 and p["drawn"] > 5 and p["words"] > 5 for p in seen["pictures"]):
        found.append("pictures")
    if not all(h["box"][0] > 0 and h["box"][1] > 5 for h in seen["headings"]):
        found.append("headings")
    if not all(seen["links"]):
        found.append("links")
    return found


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "page.html"
            with contextlib.redirect_stdout(io.StringIO()):
                main(["report", str(HERE / "recorded"), "-o", str(output)])
            cls.page = output.read_text(encoding="utf-8")

    def test_screens(self):
        for screen in (WIDE, NARROW):
            with self.subTest(screen):
                seen = looked_at(self.page, screen)
                self.assertEqual(faults(seen), [])
                self.assertEqual(len(seen["pictures"]), 8)
                self.assertEqual(len(seen["headings"]), 6)
                for words in SHOWN:
                    self.assertIn(words, seen["text"])

    def test_planted(self):
        for name, (old, new, found) in PLANTED.items():
            with self.subTest(name):
                self.assertEqual(faults(looked_at(self.page.replace(old, new, 1), WIDE)), [found])


if __name__ == "__main__":
    CHROMIUM = sys.argv.pop(1)
    unittest.main()
