#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Jumps of the vacancy beside symmetry, and its free energy of formation beside the harmonic limit.

usage: check.py FOLDER ...        of one run, or of several
"""

import math
import pathlib
import re
import sys

import reference

TEMPERATURES = 0.002, 0.05, 0.3
N = 108  # sites


def mean_line(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) * (len(values) - 1)))


def hops(folder, name):
    """for each move: attempts, accepted, energies of what changes the basin; and F(one) - F(two) of all estimates"""
    text = (folder / f"log.{name}").read_text().split("jumps accepted:")[-1]
    moves = {}
    for move, start, end, attempts, accepted, rest in re.findall(
            r"^ +(\w+) +(one|two) +(one|two) +(\d+) +(\d+) +\S+(.*)$", text, re.MULTILINE):
        row = moves.setdefault(move, [0, 0, 0])
        row[2] += int(rest.split()[-2])
        if start != end:
            row[0] += int(attempts)
            row[1] += int(accepted)
    estimates = re.findall(r"F\(one\) - F\(two\) = (\S+) \+- (\S+) by (BAR|visits)", text)
    return moves, {by: (float(value), float(error)) for value, error, by in estimates}


def print_hops(folders):
    print("\nhops between two equivalent sites; F(one) - F(two) in kT, 0 by symmetry")
    print("surroundings  move      between sites: attempts  accepted %  hops per 1e6 energies    F by works         F by visits")
    for name in "driven", "flow", "held":
        found = {"BAR": [], "visits": []}
        for folder in folders:
            moves, estimates = hops(folder, name)
            for move, (attempts, accepted, energies) in moves.items():
                words = [f"{value:7.3f} +- {error:5.3f}" for value, error in estimates.values()] if move != "fresh" else []
                print(f"{'held' if name == 'held' else 'move':12s}  {move:8s}{attempts:24d}{100 * accepted / attempts:12.1f}"
                      f"{1e6 * accepted / energies:22.0f}     " + "   ".join(words))
            for by, (value, _) in estimates.items():
                found[by].append(value)
        if len(folders) > 1:
            print(f"{'':12s}  mean of {len(folders)}:" + "".join(
                f"  by {by} {mean_line(values)[0]:.3f} +- {mean_line(values)[1]:.3f}" for by, values in found.items()))


def absolute(folder, vacancies, temperature):
    rows = [line.split() for line in (folder / f"table.{vacancies}.{temperature:g}.dat").read_text().splitlines()]
    return next((float(row[2]), float(row[3])) for row in rows if row[1:2] == ["F_abs(all)"])


def formation(folder, temperature):
    """the free energy of formation and its error, in kT"""
    (whole, of_whole), (holed, of_holed) = (absolute(folder, vacancies, temperature) for vacancies in (0, 1))
    return holed - (N - 1) / N * whole, math.hypot(of_holed, of_whole * (N - 1) / N)


def print_formation(folders):
    print("\nfree energy of formation in kT, the vacancy being anywhere among 108 sites; + ln 108 = 4.682 for one site")
    print("      T       bgen   error   harmonic  difference")
    for temperature in TEMPERATURES:
        expected, found = reference.formation(temperature), []
        for folder in folders:
            value, error = formation(folder, temperature)
            found.append(value)
            print(f"{temperature:7.3f} {found[-1]:10.4f} {error:7.4f} {expected:10.4f} {found[-1] - expected:11.4f}")
        if len(found) > 1:
            mean, error = mean_line(found)
            print(f"{temperature:7.3f} {mean:10.4f} {error:7.4f} {expected:10.4f} {mean - expected:11.4f}  mean of {len(found)}")


def main():
    folders = [pathlib.Path(name) for name in sys.argv[1:]]
    print_hops(folders)
    print_formation(folders)


if __name__ == "__main__":
    main()
