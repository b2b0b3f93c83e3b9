#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""All kinds of moves in one run under offsets, and MD between them: is what comes out the Boltzmann distribution?

  exactness.py ATTEMPTS RANKS...     prints a table for each number of ranks; exits with 1 unless all are within 4 sigma

The atom of the double well, x^4 - 6 x^2 + x + y^2/2 at kT = 1, is seen after each attempt. Its populations, moments, energies and
velocities are compared with quadrature of e^(-u + offset), and its histograms by Hotelling's T^2. Errors are of the means of 100 blocks,
each many times as long as anything is correlated. With some 40 numbers a table, one beyond 4 sigma is a false alarm once in 300.
"""
import math
import pathlib
import re
import sys
import tempfile
import time

import soak

EVERY, MOST, N_BLOCKS, N_BINS, SEED = 3, 4.0, 100, 12, 815
# so small that the error of the integrator, (omega dt)^2 / 8 = 1e-4 for the stiffer well, cannot be seen
TIMESTEP = 0.005
# fix langevin draws uniform numbers: at 100 steps the fourth moment of a velocity is 0.4 % below 3, at 20 steps it would be 2 %
DAMP = 0.5
FIX = f"fix bg all bgen {EVERY} 1.0 {SEED} {soak.BASINS}{soak.FLOW}{soak.MOVES}{soak.OFFSET_WORDS}\n"

# of a point (x, y, vx, vy)
NUMBERS = {
    "P(right)": lambda x, y, vx, vy: float(x > 0), "P(far)": lambda x, y, vx, vy: float(x < -1.9), "x": lambda x, y, vx, vy: x, "x^2": lambda x, y, vx, vy: x * x,
    "x^3": lambda x, y, vx, vy: x**3, "x^4": lambda x, y, vx, vy: x**4, "y": lambda x, y, vx, vy: y, "y^2": lambda x, y, vx, vy: y * y,
    "y^4": lambda x, y, vx, vy: y**4, "xy": lambda x, y, vx, vy: x * y, "x^2y^2": lambda x, y, vx, vy: x * x * y * y,
    "u": lambda x, y, vx, vy: u(x, y), "u^2": lambda x, y, vx, vy: u(x, y)**2,
    "x right": lambda x, y, vx, vy: x * (x > 0), "x^2 right": lambda x, y, vx, vy: x * x * (x > 0),
    "u right": lambda x, y, vx, vy: u(x, y) * (x > 0), "y^2 right": lambda x, y, vx, vy: y * y * (x > 0),
    "vx": lambda x, y, vx, vy: vx, "vy": lambda x, y, vx, vy: vy, "vx^2": lambda x, y, vx, vy: vx * vx, "vy^2": lambda x, y, vx, vy: vy * vy,
    "vx^4": lambda x, y, vx, vy: vx**4, "vy^4": lambda x, y, vx, vy: vy**4, "vx^2 right": lambda x, y, vx, vy: vx * vx * (x > 0),
    "vx vy": lambda x, y, vx, vy: vx * vy, "vx x": lambda x, y, vx, vy: vx * x, "vy y": lambda x, y, vx, vy: vy * y,
    "vx y": lambda x, y, vx, vy: vx * y, "vy x": lambda x, y, vx, vy: vy * x, "vx^2 x": lambda x, y, vx, vy: vx * vx * x,
    "vy^2 y^2": lambda x, y, vx, vy: vy * vy * y * y, "vx^2 u": lambda x, y, vx, vy: vx * vx * u(x, y),
    "vx right": lambda x, y, vx, vy: vx * (x > 0), "vx xx right": lambda x, y, vx, vy: vx * x * x * (x > 0),
}


def basin_of(x):
    return "right" if x >= 0 else "left" if x >= -1.9 else "far"


def u(x, y):
    return x**4 - 6 * x * x + x + y * y / 2


def exact_density():
    """[(x, its probability)], by the midpoint rule, whose error is below 1e-10"""
    step = 2e-3
    points = [(i + 0.5) * step for i in range(-2500, 2500)]
    weights = [math.exp(-(x**4 - 6 * x * x + x) - 10 + soak.OFFSETS.get(basin_of(x), 0)) for x in points]
    total = sum(weights)
    return [(x, w / total) for x, w in zip(points, weights)]


def exact_means(density):
    """y, vx and vy are normal, each by quadrature of five Gauss-Hermite points: exact, for no power is above 8."""
    a, b = math.sqrt(5 - math.sqrt(10)), math.sqrt(5 + math.sqrt(10))
    normal = [(0.0, 8 / 15), *((s * a, (7 + 2 * math.sqrt(10)) / 60) for s in (1, -1)),
              *((s * b, (7 - 2 * math.sqrt(10)) / 60) for s in (1, -1))]
    coarse = [(x, p) for x, p in density if p > 1e-14]
    means = {}
    for name, of in NUMBERS.items():
        means[name] = sum(p * wy * wv * ww * of(x, y, vx, vy) for x, p in coarse for y, wy in normal for vx, wv in normal
                          for vy, ww in (normal if "vy" in name else [(0.0, 1.0)]))
    return means


def quantiles(density, n):
    """Borders of n bins of equal probability."""
    borders, sum_p = [], 0.0
    for x, p in density:
        sum_p += p
        if sum_p > (len(borders) + 1) / n and len(borders) < n - 1:
            borders.append((x, sum_p))
    return borders


def normal_density():
    return [((i + 0.5) * 1e-3, 1e-3 / math.sqrt(2 * math.pi) * math.exp(-(((i + 0.5) * 1e-3)**2) / 2)) for i in range(-7000, 7000)]


def blocks_of(values):
    size = len(values) // N_BLOCKS
    return [sum(values[k * size:(k + 1) * size]) / size for k in range(N_BLOCKS)]


def mean_and_error(blocks):
    mean = sum(blocks) / len(blocks)
    return mean, math.sqrt(sum((b - mean)**2 for b in blocks) / (len(blocks) - 1) / len(blocks))


def solve(matrix, right):
    n, rows = len(right), [list(row) + [r] for row, r in zip(matrix, right)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, n):
            f = rows[k][i] / rows[i][i]
            rows[k] = [a - f * b for a, b in zip(rows[k], rows[i])]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][k] * x[k] for k in range(i + 1, n))) / rows[i][i]
    return x


def histogram_sigmas(values, density):
    """Of all bins together: Hotelling's T^2 of the block means, and how many sigma that is (Paulson's approximation of F)."""
    borders, half = quantiles(density, N_BINS), (density[1][0] - density[0][0]) / 2
    probabilities = [b[1] - a[1] for a, b in zip([(0, 0.0), *borders], borders)]  # the last bin follows from the others
    edges = [-math.inf, *(x + half for x, _ in borders)]
    series = [blocks_of([float(low <= v < high) for v in values]) for low, high in zip(edges, edges[1:])]
    off = [sum(s) / N_BLOCKS - p for s, p in zip(series, probabilities)]
    means = [sum(s) / N_BLOCKS for s in series]
    covariance = [[sum((a - ma) * (b - mb) for a, b in zip(s, t)) / (N_BLOCKS - 1) for t, mb in zip(series, means)]
                  for s, ma in zip(series, means)]
    t2 = N_BLOCKS * sum(a * b for a, b in zip(off, solve(covariance, off)))
    p, rest = len(off), N_BLOCKS - len(off)
    f = t2 * rest / (p * (N_BLOCKS - 1))
    a, b = 2 / (9 * p), 2 / (9 * rest)
    return t2, ((1 - b) * f**(1 / 3) - (1 - a)) / math.sqrt(b * f**(2 / 3) + a)


def series(folder, attempts, ranks):
    text = (f"{soak.SYSTEM}{FIX}bgen bg load model\nfix integrate all nve\nfix warm all langevin 1.0 1.0 {DAMP} 99\nfix flat all enforce2d\n"
            f"timestep {TIMESTEP}\nreset_timestep 0\nthermo {EVERY * attempts}\n"
            "variable x equal x[1]\nvariable y equal y[1]\nvariable vx equal vx[1]\nvariable vy equal vy[1]\n"
            f"fix out all print {EVERY} '${{x}} ${{y}} ${{vx}} ${{vy}}' file series.{ranks} screen no\nrun {EVERY * attempts}\n")
    output = soak.run(folder, f"in.{ranks}", text, ranks)
    rows = [tuple(map(float, line.split())) for line in (folder / f"series.{ranks}").read_text().splitlines()[1:]]
    return output, rows[200:]  # it begins at a minimum, from rest


def table(rows):
    """Prints it; the largest number of sigmas."""
    density, worst = exact_density(), 0.0
    exact = exact_means(density)
    print(f"{'quantity':>14} {'found':>10} {'exact':>10} {'error':>9} {'sigmas':>7}")
    for name, of in NUMBERS.items():
        mean, error = mean_and_error(blocks_of([of(*row) for row in rows]))
        sigmas = abs(mean - exact[name]) / error if error > 0 else math.inf
        worst = max(worst, sigmas) if sigmas == sigmas else math.inf
        print(f"{name:>14} {mean:10.5f} {exact[name]:10.5f} {error:9.5f} {sigmas:7.2f}")
    for name, of in (("x", 0), ("y", 1), ("vx", 2), ("vy", 3)):
        t2, sigmas = histogram_sigmas([row[of] for row in rows], density if of == 0 else normal_density())
        worst = max(worst, sigmas) if sigmas == sigmas else math.inf
        print(f"{'bins of ' + name:>14} {'T^2 =':>10} {t2:10.3f} {'':>9} {sigmas:7.2f}")
    return worst


def main():
    attempts, all_ranks = int(sys.argv[1]), [int(word) for word in sys.argv[2:]]
    failed = []
    with tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home)
        soak.train(folder, FIX)
        for ranks in all_ranks:
            began = time.time()
            output, rows = series(folder, attempts, ranks)
            done = re.search(r"(\d+) of (\d+) in all", output)
            print(f"\nexactness, {ranks} rank(s): {done[2]} attempts, {done[1]} accepted, {time.time() - began:.0f} s")
            print(output[output.rindex("  move   "):].split("\nLoop time")[0].split("\nMPI task")[0].rstrip())
            worst = table(rows)
            print(f"largest deviation: {worst:.2f} sigma, {MOST} allowed", flush=True)
            if not worst <= MOST:
                failed.append(str(ranks))
    if failed:
        sys.exit(f"exactness: beyond {MOST} sigma on {', '.join(failed)} rank(s)")


if __name__ == "__main__":
    main()
