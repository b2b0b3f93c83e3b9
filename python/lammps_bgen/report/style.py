# SPDX-License-Identifier: GPL-2.0-or-later
"""The look of the page: light, dark and printed."""

CSS = """
:root { color-scheme: light dark; --ink: #1a1c20; --paper: #ffffff; --soft: #5c6370; --line: #d9dce1; --panel: #f6f7f9;
  --bad: #b3261e; --bad-back: #fcebea; --caution: #8a5a00; --caution-back: #fff5df; --good: #1b6e3c; --good-back: #e9f6ee;
  --link: #0b57a4; --blue: #0072B2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171a; --soft: #a3aab5; --line: #363b43;
  --panel: #1e2126; --bad: #ff9d94; --bad-back: #3a1d1b; --caution: #f3c069; --caution-back: #352a14; --good: #82d6a3;
  --good-back: #173323; --link: #86b9f2; --blue: #4aa3dc; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
code, pre { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--panel); border-radius: 6px; overflow-x: auto; }
.soft { color: var(--soft); font-size: .9rem; }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: .75rem 0; padding: 0; }
.facts div { display: flex; gap: .45rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; font-weight: 600; }
.verdicts { list-style: none; margin: .75rem 0; padding: 0; }
.verdicts li { margin: .35rem 0; padding: .4rem .75rem; border-left: 4px solid var(--edge); border-radius: 4px; overflow-wrap: anywhere; }
.verdicts .log { color: var(--soft); font-size: .85rem; margin-left: .4rem; }
.bad { --edge: var(--bad); background: var(--bad-back); }
.caution { --edge: var(--caution); background: var(--caution-back); }
.good { --edge: var(--good); background: var(--good-back); }
.bad b { color: var(--bad); } .caution b { color: var(--caution); } .good b { color: var(--good); }
.wide { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .18rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td.words, th.words { text-align: left; }
td.note { text-align: left; white-space: normal; color: var(--soft); min-width: 15rem; }
figure { margin: 1rem 0; break-inside: avoid; overflow-x: auto; }
figure svg.picture { display: block; max-width: max(100%, 36rem); height: auto; }
figcaption { font-weight: 600; margin-bottom: .3rem; }
figcaption span { color: var(--soft); font-size: .85rem; font-weight: 400; margin-left: .5rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; font-weight: 600; }
nav ul { margin: .5rem 0; padding-left: 1.2rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 40rem) { body { padding: 1rem .8rem 3rem; font-size: 15px; } .facts { gap: .2rem 1.1rem; } }
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --panel: #f4f4f4; --bad: #8c1d18; --bad-back: #fff;
    --caution: #6b4600; --caution-back: #fff; --good: #14532d; --good-back: #fff; --link: #000; --blue: #0072B2; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
  figure { overflow: visible; } figure svg.picture { max-width: 100%; }
  pre { white-space: pre-wrap; } .wide { overflow: visible; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; }
  table { font-size: 7.5pt; } th, td { padding: .1rem .3rem; }
}
"""
