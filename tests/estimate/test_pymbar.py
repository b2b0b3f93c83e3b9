#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""MBAR, BAR and the one-sided estimate of the core against pymbar, values and errors, on the same numbers.

From the environment: ESTIMATES, the program that tests/estimate/estimates.c makes. Without pymbar it is skipped.
"""
import logging
import os
import subprocess
import sys
import unittest

logging.disable(logging.WARNING)  # pymbar has a few on import
try:
    import numpy as np
    import pymbar
except ImportError as error:
    print(f"SKIPPED: {error}; cmake/setup.sh pymbar installs it, cmake -D BGEN_PYMBAR_PYTHON=.../bin/python finds it")
    sys.exit(77)

TOLERANCE = 1e-8


def estimates(counts, u):
    """lists of numbers, one a line of the program"""
    words = [len(counts), *counts, *(repr(float(value)) for value in u.ravel())]
    run = subprocess.run([os.environ["ESTIMATES"]], input=" ".join(map(str, words)), capture_output=True, text=True, timeout=100)
    if run.returncode:
        raise RuntimeError(run.stderr)
    return [np.array(line.split(), float) for line in run.stdout.splitlines()]


def wells(seed, counts, centres, stiffness, offsets):
    """u[state, sample] of samples of harmonic wells"""
    rng = np.random.default_rng(seed)
    x = np.concatenate([c + rng.standard_normal(n) / np.sqrt(k) for n, c, k in zip(counts, centres, stiffness)])
    return np.array([0.5 * k * (x - c) ** 2 + b for c, k, b in zip(centres, stiffness, offsets)])


class Pymbar(unittest.TestCase):
    def compare(self, found, expected):
        worst = np.max(np.abs(np.asarray(found) - np.asarray(expected)))
        self.assertTrue(worst <= TOLERANCE, f"{found}\nexpected\n{expected}\noff by {worst}")  # NaN fails

    def compare_mbar(self, counts, u):
        f, errors, *two = estimates(counts, u)
        mbar = pymbar.MBAR(u, counts, solver_protocol="robust", relative_tolerance=1e-13)
        paper = mbar.compute_free_energy_differences()
        self.compare(f, paper["Delta_f"][0])
        self.compare(errors.reshape(len(counts), -1), paper["dDelta_f"])
        return two

    def test_mbar(self):
        for seed in range(5):
            counts = [400, 250, 300, 150, 500]
            self.compare_mbar(counts, wells(seed, counts, [0, 0.9, 1.6, 2.7, -0.8], [1, 2.3, 0.7, 1.6, 1.2],
                                            [0, -25.7, 13.1, 37.4, -2.9]))

    def test_states_without_samples(self):
        counts = [400, 0, 300, 0]
        self.compare_mbar(counts, wells(7, counts, [0, 0.9, 1.2, 0.5], [1, 2.3, 0.7, 1.6], [0, 8.7, 3.1, -7.4]))

    def test_little_overlap(self):
        counts = [300, 200, 250]
        self.compare_mbar(counts, wells(8, counts, [0, 3.2, 6.3], [1, 1.3, 0.9], [0, 5.2, -6.6]))

    def test_two_states(self):
        for seed, distance in enumerate((0.3, 1.1, 2.4, 3.9)):
            counts = [300, 120]
            u = wells(20 + seed, counts, [0, distance], [1, 1.7], [0, -12.3])
            bar, fep = self.compare_mbar(counts, u)
            forward, reverse = (u[1] - u[0])[:300], (u[0] - u[1])[300:]
            expected = pymbar.other_estimators.bar(forward, reverse, uncertainty_method="BAR", relative_tolerance=1e-13)
            self.compare(bar, [expected["Delta_f"], expected["dDelta_f"]])
            expected = pymbar.other_estimators.exp(forward)
            if distance > 2:  # too few weights count for an error (core/estimate/overlap.h)
                self.assertTrue(np.isinf(fep[1]))
                fep[1] = expected["dDelta_f"]
            self.compare(fep, [expected["Delta_f"], expected["dDelta_f"]])


if __name__ == "__main__":
    unittest.main()
