#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Free energies of two isomers of seven Lennard-Jones atoms in a plane, without bgen: harmonic samples, reweighted.

    isomers.py T [SEED]

F = -ln of the integral of e^-u over all configurations of a basin at one place and orientation, in one order of the atoms,
a shape and its mirror image counted as one: the convention of bgen free_energy with coords aligned, identical and chirality
free. A basin has contacts whose squares sum up to one number, as in ../in.isomers.
"""
import pathlib
import sys

import numpy as np

from reference import energies, gradient, hessian

# squares of contacts, and how many rotations and reflections map the minimum onto itself
BASINS = {"hexagon": (90, 12), "parallelogram": (78, 1)}
CONTACT = 1.45
WIDER = 1.1  # than the harmonic cluster: no sample is heavy then


def read(first_word):
    """x and y of the lines of ../in.isomers"""
    lines = [line.split() for line in (pathlib.Path(__file__).parent.parent / "in.isomers").read_text().splitlines()]
    column = {"create_atoms": (3, 4), "set": (4, 6)}[first_word]
    return np.array([[float(words[c]) for c in column] for words in lines if words[:1] == [first_word] and words[2] != "box"])


def minimum(x):
    for _ in range(20):  # Newton steps off the three directions without curvature
        step = np.linalg.pinv(hessian(x), rcond=1e-6) @ gradient(x).ravel()
        x = x - step.reshape(x.shape)
    return x - x.mean(0)


def squares(x):
    d2 = ((x[..., :, None, :] - x[..., None, :, :]) ** 2).sum(-1)
    return (((d2 < CONTACT**2).sum(-1) - 1) ** 2).sum(-1)


def free_energy(x, T, of_basin, n_symmetries, rng, n=1000000):
    """F and its error; dx = N A / sqrt(I) d(place) d(angle) d(shape), A = sum r (r + d), I = A at d = 0"""
    curvature, mode = np.linalg.eigh(hessian(x))
    assert abs(curvature[:3]).max() < 1e-4 < 1 < curvature[3]
    xi = rng.standard_normal((n, x.size - 3))
    y = x + (xi * WIDER * np.sqrt(T / curvature[3:]) @ mode[:, 3:].T).reshape(n, *x.shape)
    inertia, A = (x**2).sum(), np.einsum("nia,ia->n", y, x)
    parts = np.array_split(y, 400)
    work = np.concatenate([energies(part) for part in parts]) - energies(x)
    inside = np.concatenate([squares(part) for part in parts]) == of_basin
    weight = np.exp(0.5 * (xi**2).sum(1) - work / T) * A / inertia * inside
    beyond, error = -np.log(weight.mean()) - xi.shape[1] * np.log(WIDER), weight.std() / weight.mean() / np.sqrt(n)
    volume = np.log(len(x)) + 0.5 * np.log(inertia) - np.log(n_symmetries)
    harmonic = energies(x) / T - volume - 0.5 * np.log(2 * np.pi * T / curvature[3:]).sum()
    return harmonic, harmonic + beyond, error


def main(T, seed):
    rng, F, error = np.random.default_rng(seed), {}, {}
    for (name, (of_basin, n_symmetries)), start in zip(BASINS.items(), (read("create_atoms"), read("set"))):
        harmonic, F[name], error[name] = free_energy(minimum(start), T, of_basin, n_symmetries, rng)
        print(f"F({name}) = {F[name]:.4f} +- {error[name]:.4f} kT at T = {T}; harmonic {harmonic:.4f}")
    print(f"F(hexagon) - F(parallelogram) = {F['hexagon'] - F['parallelogram']:.4f} +- {np.hypot(*error.values()):.4f} kT")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
