#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energy of a free Lennard-Jones cluster without bgen: harmonic samples, then thermodynamic integration in T.

    reference.py START SYMMETRY_NUMBER T ENERGY_FILE...     START is ../lj7.lmp, files are energy.lj7.TEMPERATURE.dat

F = -ln of the integral of e^-u over all configurations at one place and orientation, in one order of the atoms: the
convention of bgen free_energy with coords aligned and identical atoms. At the lowest temperature T1, F - F_harmonic
comes from samples of the harmonic cluster. From there, with a(T) = <U> - U_min - (3N-6) T/2,
F(T) = F_harmonic(T) + (F - F_harmonic)(T1) - integral of a/T^2 from T1 to T.
"""
import re
import sys

import numpy as np


def read_start(name):
    lines = [line.split() for line in open(name) if line.startswith("create_atoms")]
    return np.array([[float(word) for word in line[3:6]] for line in lines])


def energies(x):
    """of x[..., n, 3]"""
    d = x[..., :, None, :] - x[..., None, :, :]
    off = 1 - np.eye(x.shape[-2])
    inverse = off / ((d**2).sum(-1) + np.eye(x.shape[-2])) ** 3
    return 2 * (inverse**2 - inverse).sum((-1, -2))


def gradient(x):
    d = x[:, None, :] - x[None, :, :]
    r2 = (d**2).sum(-1) + np.eye(len(x))
    inverse = (1 - np.eye(len(x))) / r2**3
    return (-24 * ((2 * inverse**2 - inverse) / r2)[:, :, None] * d).sum(1)


def hessian(x, h=1e-5):
    n = x.size
    columns = []
    for j in range(n):
        step = np.zeros(n)
        step[j] = h
        step = step.reshape(x.shape)
        columns.append((gradient(x + step) - gradient(x - step)).ravel() / (2 * h))
    return (np.array(columns) + np.array(columns).T) / 2


def minimum(x):
    for _ in range(3000):
        x = x - 1e-3 * gradient(x)
    for _ in range(20):  # Newton steps off the six directions without curvature
        step = np.linalg.pinv(hessian(x), rcond=1e-6) @ gradient(x).ravel()
        x = x - step.reshape(x.shape)
    return x - x.mean(0)


def harmonic(x, symmetry_number, T):
    n = len(x)
    curvature = np.linalg.eigvalsh(hessian(x))
    assert abs(curvature[:6]).max() < 1e-4 < 1 < curvature[6]
    inertia = (x**2).sum() * np.eye(3) - x.T @ x
    volume = 1.5 * np.log(n) + 0.5 * np.log(np.linalg.det(inertia)) - np.log(symmetry_number)
    return energies(x) / T - volume - 0.5 * np.log(2 * np.pi * T / curvature[6:]).sum()


def beyond_harmonic(x, T, n=400000):
    """F - F_harmonic and its error; shapes that neither move nor turn, so that det A / det I counts"""
    curvature, mode = np.linalg.eigh(hessian(x))
    xi = np.random.default_rng(1).standard_normal((n, x.size - 6))
    y = x + (xi * np.sqrt(T / curvature[6:]) @ mode[:, 6:].T).reshape(n, *x.shape)
    h = np.einsum("nia,ib->nab", y, x)
    A = np.trace(h, axis1=1, axis2=2)[:, None, None] * np.eye(3) - h
    inertia = (x**2).sum() * np.eye(3) - x.T @ x
    work = np.concatenate([energies(part) for part in np.array_split(y, 400)]) - energies(x)
    weight = np.exp(0.5 * (xi**2).sum(1) - work / T) * np.linalg.det(A) / np.linalg.det(inertia)
    return -np.log(weight.mean()), weight.std() / weight.mean() / np.sqrt(n)


def main(start_file, symmetry_number, T, files):
    x = minimum(read_start(start_file))
    rows = []
    for name in files:
        temperature = float(re.search(r"(\d*\.\d+)\.dat$", name).group(1))
        blocks = np.loadtxt(name)[:, 1]
        a = (blocks.mean() - energies(x) - (x.size - 6) * temperature / 2) / temperature**2
        rows.append((temperature, a, blocks.std(ddof=1) / np.sqrt(len(blocks)) / temperature**2))
    at, a, error = np.array(sorted(rows)).T
    powers = np.arange(3)
    design = at[:, None] ** powers / error[:, None]
    covariance = np.linalg.inv(design.T @ design)
    fit = covariance @ design.T @ (a / error)
    for row in zip(at, a, error, (at[:, None] ** powers) @ fit):
        print("T = %.4f: a/T^2 = %8.3f +- %.3f, fit %8.3f" % row)
    whole = (T ** (powers + 1) - at[0] ** (powers + 1)) / (powers + 1)
    start, (first, first_error) = harmonic(x, symmetry_number, T), beyond_harmonic(x, at[0])
    print(f"minimum {energies(x):.6f}; F harmonic {start:.4f}")
    print(f"F - F harmonic: {first:.4f} +- {first_error:.4f} at T = {at[0]}, then {-whole @ fit:.4f}")
    error = np.hypot(first_error, np.sqrt(whole @ covariance @ whole))
    print(f"F = {start + first - whole @ fit:.4f} +- {error:.4f} kT at T = {T}, by thermodynamic integration")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
