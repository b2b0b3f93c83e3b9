#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples/tempering.py against closed forms, on files as tempering.sh leaves them.

The system has two states with harmonic degrees of freedom, so that energies are gamma distributed and the free energy is known:
F(inside) - F(outside) = E/kT - (a - b) ln kT for an energy E above the other state and a, b half the degrees of freedom.
"""
import math
import pathlib
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples"))
import tempering  # noqa: E402

TEMPERATURES = np.array([300.0, 420.0, 600.0])
ENERGY, INSIDE, OUTSIDE = 1.5, 3.0, 3.5  # kcal/mol; shapes
POINTS, SEED = 20000, 4
# Errors are of independent points: 5 of them are passed once in 2e6 runs, and the seed is fixed.
SIGMAS = 5


def exact(temperature):
    kt = tempering.BOLTZMANN * temperature
    return ENERGY / kt - (INSIDE - OUTSIDE) * math.log(kt) - math.lgamma(INSIDE) + math.lgamma(OUTSIDE)


def write(folder):
    """Independent points of each temperature, and an exchange of all of them at each step."""
    random = np.random.default_rng(SEED)
    n = len(TEMPERATURES)
    numbers = np.array([random.permutation(n) for _ in range(POINTS + 1)])
    (folder / "replicas.lmp").write_text("variable T world " + " ".join(map(str, TEMPERATURES)) + "\n")
    lines = [f"{200 * k} " + " ".join(map(str, row)) for k, row in enumerate(numbers)]
    (folder / "log.tempering").write_text("\n".join(["LAMMPS (29 Sep 2021)", "Step T0 T1 T2", *lines]) + "\n")
    kt = tempering.BOLTZMANN * TEMPERATURES
    for replica in range(n):
        # until the exchange at a step a replica has the temperature of the row before
        number = numbers[np.maximum(np.arange(POINTS + 1) - 1, 0), replica]
        share = 1 / (1 + np.exp([exact(temperature) for temperature in TEMPERATURES]))
        inside = random.random(POINTS + 1) < share[number]
        energy = np.where(inside, ENERGY + random.gamma(INSIDE, kt[number]), random.gamma(OUTSIDE, kt[number]))
        phi = np.where(inside, 30.0, -150.0) + 20 * random.random(POINTS + 1)
        rows = np.stack([200 * np.arange(POINTS + 1), energy, phi, phi, phi], axis=1)
        np.savetxt(folder / f"series.{replica + 1}.dat", rows, header="step pe one two three")


class Tempering(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        write(pathlib.Path(scratch.name))
        self.temperatures, self.points, _ = tempering.read(pathlib.Path(scratch.name))
        self.inside = tempering.within(self.points, ["one", "0", "90"])

    def test_counting(self):
        for k, temperature in enumerate(TEMPERATURES):
            error = tempering.jackknife(lambda kept, k=k: tempering.difference(1.0, self.inside[k, kept], ~self.inside[k, kept]), POINTS, 40)
            value = tempering.difference(1.0, self.inside[k], ~self.inside[k])
            self.assertLess(abs(value - exact(temperature)), SIGMAS * error)
            self.assertLess(error, 0.1)

    def test_mbar(self):
        betas = 1 / (tempering.BOLTZMANN * self.temperatures)
        energies = self.points[..., 0]
        value, f = tempering.by_mbar(betas, energies, self.inside, ~self.inside, np.zeros(3))
        error = tempering.jackknife(lambda kept: tempering.by_mbar(betas, energies[:, kept], self.inside[:, kept], ~self.inside[:, kept], f)[0],
                                    POINTS, 10)
        counted = tempering.jackknife(lambda kept: tempering.difference(1.0, self.inside[0, kept], ~self.inside[0, kept]), POINTS, 40)
        self.assertLess(abs(value - exact(300)), SIGMAS * error)
        self.assertLess(error, counted)  # other temperatures know something, too

    def test_ranges_wrap(self):
        outside = tempering.within(self.points, ["one", "90", "0"])
        self.assertTrue(np.array_equal(outside, ~self.inside))
        both = tempering.within(self.points, ["one", "0", "90", "two", "90", "0"])
        self.assertFalse(both.any())


if __name__ == "__main__":
    unittest.main()
