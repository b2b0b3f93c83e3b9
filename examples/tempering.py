#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energy of a state, F(inside) - F(outside) in kT, of parallel tempering by tempering.sh, at the lowest temperature.

  tempering.py FOLDER COLUMN LOW HIGH ...      columns one, two, three; ranges in degrees wrap. Several ranges: all must hold.
               --boltzmann 1                   of the units of the input, else kcal/mol/K
               --outside COLUMN LOW HIGH ...   likewise where outside is; without it everything that is not inside

By counting at this temperature, and by MBAR of all temperatures (Shirts and Chodera, J Chem Phys 129, 124105, 2008). Errors are
those of a jackknife over blocks of time. Needs numpy and nothing else.
"""

import argparse
import math
import pathlib

import numpy as np

BOLTZMANN = 0.0019872067  # kcal/mol/K
BLOCKS = 10, 20, 40
STEPS, MOST = 200, 6000  # of MBAR; points of a temperature


def log_of_swaps(folder):
    """Steps, and the number of the temperature of each replica from then on, one column a replica."""
    lines = (folder / "log.tempering").read_text().splitlines()
    rows = [words for words in map(str.split, lines) if words and all(word.isdigit() for word in words)]
    table = np.array([row for row in rows if len(row) == len(rows[0])], int)
    return table[:, 0], table[:, 1:]


def read(folder):
    """temperatures, points [temperature][time][pe and columns], the numbers of the log"""
    steps, numbers = log_of_swaps(folder)
    series = [np.loadtxt(folder / f"series.{replica + 1}.dat") for replica in range(numbers.shape[1])]
    length = min(len(steps), *map(len, series))
    series = np.array([one[:length] for one in series])
    if not all(np.array_equal(one[:, 0], steps[:length]) for one in series):
        raise SystemExit("tempering.py: the series and the log do not have the same steps")
    # a row of the log says who has which temperature after the exchange at its step, that is until the next
    holders = np.argsort(numbers[:length - 1], axis=1)
    points = np.array([series[holder, np.arange(1, length), 1:] for holder in holders.T])
    words = next(line.split() for line in (folder / "replicas.lmp").read_text().splitlines() if line.startswith("variable T"))
    return np.array(words[3:], float), points, numbers[:length]


def within(points, ranges):
    """Whether the columns are in all of the ranges."""
    inside = np.full(points.shape[:-1], True)
    for column, low, high in zip(*[iter(ranges)] * 3, strict=True):
        turned = (points[..., 1 + ["one", "two", "three"].index(column)] - float(low)) % 360
        inside &= turned < (float(high) - float(low)) % 360
    return inside


def mbar(betas, energies, f):
    """f, and the weights of all points at the first temperature; energies [temperature][time], each of as many points"""
    u = energies.ravel()
    n = energies.shape[1]
    for _ in range(STEPS):
        terms = f[:, None] - betas[:, None] * u
        top = terms.max(axis=0)
        mixture = top + np.log(n * np.exp(terms - top).sum(axis=0))
        exponents = -betas[:, None] * u - mixture
        high = exponents.max(axis=1)
        found = -high - np.log(np.exp(exponents - high[:, None]).sum(axis=1))
        found -= found[0]
        if np.abs(found - f).max() < 1e-5:
            break
        f = found
    return found, np.exp(exponents[0] - high[0]).reshape(energies.shape)


def difference(weights, inside, outside):
    with np.errstate(divide="ignore", invalid="ignore"):
        return math.log(np.sum(weights * outside)) - math.log(np.sum(weights * inside)) if np.any(inside) else math.nan


def by_mbar(betas, energies, inside, outside, f):
    f, weights = mbar(betas, energies, f)
    return difference(weights, inside, outside), f


def jackknife(estimate, n_points, n_blocks):
    """Standard error of an estimate of a selection of points in time."""
    values = np.array([estimate(np.setdiff1d(np.arange(n_points), block)) for block in np.array_split(np.arange(n_points), n_blocks)])
    return math.sqrt((n_blocks - 1) * np.mean((values - values.mean()) ** 2))


def round_trips(numbers):
    """How often replicas went from the lowest temperature to the highest and back."""
    return sum(np.count_nonzero(np.diff(column[(column == 0) | (column == numbers.max())])) / 2 for column in numbers.T)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("ranges", nargs="+", metavar="COLUMN LOW HIGH")
    parser.add_argument("--outside", nargs="+", metavar="COLUMN LOW HIGH")
    parser.add_argument("--boltzmann", type=float, default=BOLTZMANN)
    options = parser.parse_args()
    temperatures, points, numbers = read(options.folder)
    inside = within(points, options.ranges)
    outside = within(points, options.outside) if options.outside else ~inside
    exchanged = np.mean(numbers[1:] != numbers[:-1]) * len(temperatures) / (len(temperatures) - 1)
    print(f"{points.shape[1]} points, {inside[0].sum()} inside; {exchanged:.0%} of the exchanges accepted; "
          f"{round_trips(numbers):.0f} round trips of replicas")

    value = difference(1.0, inside[0], outside[0])
    errors = [jackknife(lambda kept: difference(1.0, inside[0, kept], outside[0, kept]), points.shape[1], n) for n in BLOCKS]
    print(f"by counting: F(inside) - F(outside) = {value:.4f} +- {max(errors):.4f} kT")

    thin = max(1, points.shape[1] // MOST)
    energies, inside, outside = points[:, ::thin, 0] - points[..., 0].min(), inside[:, ::thin], outside[:, ::thin]
    betas = 1 / (options.boltzmann * temperatures)
    value, f = by_mbar(betas, energies, inside, outside, np.zeros(len(betas)))
    errors = [jackknife(lambda kept: by_mbar(betas, energies[:, kept], inside[:, kept], outside[:, kept], f)[0], energies.shape[1], n)
              for n in BLOCKS[:2]]
    print(f"by MBAR:     F(inside) - F(outside) = {value:.4f} +- {max(errors):.4f} kT")


if __name__ == "__main__":
    main()
