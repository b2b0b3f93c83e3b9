# SPDX-License-Identifier: GPL-2.0-or-later
"""What the check.py of the molecules read from a run, and how they print it beside references."""

import collections
import math
import pathlib
import re

BLOCKS = 20

# a row of the table of jumps: all attempts of one move from one basin to another
Jumps = collections.namedtuple("Jumps", "move start end attempts accepted energies")


def mean(values):
    """Mean and its standard error, nan of a single value."""
    center = sum(values) / len(values)
    if len(values) < 2:
        return center, math.nan
    return center, math.sqrt(sum((value - center) ** 2 for value in values) / (len(values) * (len(values) - 1)))


def table(folder, name):
    """{row: (value, error)} in kT of free_energy's table.NAME.dat"""
    path = pathlib.Path(folder) / f"table.{name}.dat"
    rows = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")] if path.exists() else []
    return {row[1]: (float(row[2]), float(row[3])) for row in rows}


def log(folder, name):
    path = pathlib.Path(folder) / f"log.{name}"
    return path.read_text() if path.exists() else ""


def jumps(text):
    """Of the last run, not of all runs together, which bgen info has after it. The second move of a kind is "annealed 2"."""
    parts = re.split(r"jumps accepted:", text)
    rows = re.findall(r"(?m)^ +(\S+(?: \d+)?) +(\S+) +(\S+) +(\d+) +(\d+) +\d+\.\d\d +\d+ +\d+ +\d+ .*?(\d+) +\S+$", parts[-2] if len(parts) > 2 else "")
    return [Jumps(*row[:3], *map(int, row[3:])) for row in rows]


def percent(rows):
    attempts = sum(row.attempts for row in rows)
    return 100 * sum(row.accepted for row in rows) / attempts if attempts else math.nan


def energy_calls(text):
    """Of bgen, training to jumps, and of MD between the jumps."""
    found = re.findall(r"energy calls +(\d+)", text)
    return int(found[-1]) if found else 0


def md_steps(text):
    return sum(int(n) for n in re.findall(r"(?m)^run +(\d+)$", text))


def visits(folder, name, low, high):
    """F(low <= phi < high) - F(rest) in kT of the weighted series of MD with jumps, and its error by blocks."""
    path = pathlib.Path(folder) / f"series.{name}.dat"
    lines = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
    inside, outside = [0.0] * BLOCKS, [0.0] * BLOCKS
    for k, words in enumerate(lines):
        where = inside if low <= float(words[1]) < high else outside
        where[k * BLOCKS // len(lines)] += float(words[-1])

    def difference(without=None):
        sums = [sum(side) - (side[without] if without is not None else 0) for side in (inside, outside)]
        return math.log(sums[1] / sums[0]) if min(sums) > 0 else math.nan

    values = [difference(k) for k in range(BLOCKS)]
    center = sum(values) / BLOCKS
    return difference(), math.sqrt((BLOCKS - 1) / BLOCKS * sum((value - center) ** 2 for value in values))


def by_visits(folder, name, one, other):
    """F(one) - F(other) and its error, of the last run, before bgen info prints the sum of all runs"""
    found = re.findall(rf"F\({one}\) - F\({other}\) = (\S+) \+- (\S+) by visits", log(folder, name))
    return tuple(map(float, found[-2])) if len(found) > 1 else (math.nan, math.nan)


def energies(folder, names, basins):
    """[(words, number, digits)] of the energies of MD for frames, of bgen in each of the logs {words: name}, and of MD in the last"""
    walkers = [path for basin in basins for path in pathlib.Path(folder).glob(f"log.{basin}.*")]
    return [
        ("energies: MD for frames", sum(md_steps(path.read_text()) for path in walkers), 0),
        *((f"energies: {words}", energy_calls(log(folder, name)), 0) for words, name in names.items()),
        ("energies: MD between the jumps", md_steps(log(folder, list(names.values())[-1])), 0),
    ]


def shares(folder, name, basins):
    """[(words, number, digits)] of jumps between two basins, and the energies that all of it took"""
    rows = jumps(log(folder, name))
    fresh = [row for row in rows if row.move == "fresh"]
    across = [row for row in rows if row.start != row.end]
    return [
        *((f"fresh proposals accepted within {basin}, %", percent([row for row in fresh if row.start == row.end == basin]), 1) for basin in basins),
        ("fresh proposals of the other basin accepted, %", percent([row for row in across if row.move == "fresh"]), 1),
        ("transfers to the other basin accepted, %", percent([row for row in across if row.move == "transfer"]), 1),
        ("attempts that changed the basin, of all, %", 100 * sum(row.accepted for row in across) / max(1, sum(row.attempts for row in rows)), 1),
        *energies(folder, {"training, free energies, jumps": name}, basins),
    ]


def columns(folder, name, *wanted):
    """These columns of a table whose last line with # names them, one list of numbers for each line."""
    lines = (pathlib.Path(folder) / name).read_text().splitlines()
    names = [line for line in lines if line.startswith("#")][-1].split()[1:]
    places = [names.index(one) for one in wanted]
    return [[float(words[place]) for place in places] for words in map(str.split, lines) if words[0] != "#"]


def near(folder, kt):
    """[percent of the samples of each flow whose energies are at most so many kT above the mean of its test frames]"""
    frames, found = columns(folder, "energies.md.dat", "flow", "u"), columns(folder, "energies.flow.dat", "flow", "in_domain", "u")
    means = {k: mean([u for of, u in frames if of == k])[0] for k in sorted({of for of, _ in frames})}
    return [100 * mean([inside == 1 and u <= center + kt for of, inside, u in found if of == k])[0] for k, center in means.items()]


def print_table(title, rows):
    """rows: (words, [(value, error) of each folder], reference or None, its error, where it is from)"""
    print(f"\n{title:56s}      bgen   error  reference   error")
    for words, found, reference, error, source in rows:
        for value, bar in found:
            print_row(words, value, bar, reference, error, source)
        if len(found) > 1:
            print_row(words, *mean([value for value, _ in found]), reference, error, f"{source}; mean of {len(found)}")


def print_row(words, value, bar, reference, error, source):
    beside = f"{reference:10.4f} {error:7.4f}" if reference is not None else " " * 18
    print(f"  {words:54s}{value:10.4f} {bar:7.4f} {beside}  {source}".rstrip())


def print_shares(title, found):
    """found: [(words, number, digits)] of each folder"""
    print(f"\n{title}")
    for same in zip(*found):
        words, _, digits = same[0]
        values = [number for _, number, _ in same]
        center, error = mean(values)
        seeds = f" +- {error:.{digits}f}: {', '.join(f'{value:.{digits}f}' for value in values)}" if len(values) > 1 else ""
        print(f"  {words:54s}{center:10.{digits}f}{seeds}")
