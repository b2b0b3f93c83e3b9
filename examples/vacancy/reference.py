#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The crystal and its vacancy in the harmonic limit, without LAMMPS and without bgen: energies, gradients and Hessians of
Lennard-Jones pairs in a periodic box, from closed forms.

usage: reference.py T ...        formation free energy at these temperatures, and the barrier of the hop
"""

import math
import sys

import numpy

CELLS, DENSITY, CUTOFF = 3, 1.05, 2.34
EDGE = CELLS * (4 / DENSITY) ** (1 / 3)


def fcc():
    """sites in the order of LAMMPS' create_atoms: x runs fastest, then y, z and the four sites of a cell"""
    corners = [[x, y, z] for z in range(CELLS) for y in range(CELLS) for x in range(CELLS)]
    basis = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
    return numpy.array([numpy.add(corner, site) for corner in corners for site in basis]) * EDGE / CELLS


def energy(x, hessian=True):
    """U, its gradient, and its Hessian"""
    n = len(x)
    apart = x[:, None] - x[None]
    apart -= EDGE * numpy.round(apart / EDGE)
    squared = numpy.sum(apart**2, axis=-1)
    squared[numpy.diag_indices(n)] = numpy.inf
    near = squared < CUTOFF**2
    u = numpy.sum(numpy.where(near, 4 * (squared**-6 - squared**-3) - 4 * (CUTOFF**-12 - CUTOFF**-6), 0)) / 2
    # u as a function of r^2: first and second derivative
    first = numpy.where(near, 4 * (-6 * squared**-7 + 3 * squared**-4), 0)
    second = numpy.where(near, 4 * (42 * squared**-8 - 12 * squared**-5), 0)
    gradient = numpy.sum(2 * first[..., None] * apart, axis=1)
    if not hessian:
        return u, gradient, None
    pair = 4 * second[..., None, None] * apart[..., :, None] * apart[..., None, :] + 2 * first[..., None, None] * numpy.eye(3)
    blocks = -pair
    blocks[numpy.diag_indices(n)] = numpy.sum(pair, axis=1)
    return u, gradient, blocks.transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)


def relax(x):
    """the stationary point near x that has its symmetry, by Newton's method: the crystal as a whole stays"""
    for _ in range(50):
        _, gradient, hessian = energy(x)
        if numpy.abs(gradient).max() < 1e-10:
            return x
        step = -numpy.linalg.pinv(hessian, rcond=1e-9, hermitian=True) @ gradient.ravel()
        x = x + step.reshape(x.shape) * min(1, 0.1 / numpy.abs(step).max())
    raise RuntimeError("the crystal did not relax")


def modes(x):
    """U and the eigenvalues of its Hessian without the three of the crystal as a whole"""
    u, _, hessian = energy(x)
    values = numpy.linalg.eigvalsh(hessian)
    return u, numpy.delete(values, numpy.argsort(numpy.abs(values))[:3])


def harmonic(x, temperature, places):
    """absolute F in kT per sigma^3: the center of mass anywhere in the box, `places` of its places being the same crystal"""
    u, values = modes(x)
    return (u / temperature - 0.5 * numpy.sum(numpy.log(2 * math.pi * temperature / values)) - 1.5 * math.log(len(x))
            - 3 * math.log(EDGE) + math.log(places))


def formation(temperature):
    """F(N-1) - (N-1)/N F(N) in kT, the vacancy being anywhere"""
    crystal = fcc()
    n = len(crystal)
    return harmonic(relax(crystal[1:]), temperature, 1) - (n - 1) / n * harmonic(crystal, temperature, n)


def main():
    crystal = fcc()
    vacancy = relax(crystal[1:])
    # the atom at (a/2, a/2, 0) half way to the vacant site at 0
    start = crystal[1:].copy()
    start[0] /= 2
    saddle = relax(start)
    n = len(crystal)
    u, values = modes(vacancy)
    u_saddle, values_saddle = modes(saddle)
    print(f"formation energy at T = 0: {u - (n - 1) / n * modes(crystal)[0]:.5f}")
    print(f"barrier of the hop: {u_saddle - u:.5f}, {numpy.sum(values_saddle < 0)} direction down")
    print("     T  F(N), kT  F(N-1), kT  formation, kT  log10 of the time between hops of one atom")
    for temperature in map(float, sys.argv[1:]):
        whole, holed = harmonic(crystal, temperature, n), harmonic(vacancy, temperature, 1)
        rate = (0.5 * numpy.sum(numpy.log(values)) - 0.5 * numpy.sum(numpy.log(values_saddle[values_saddle > 0]))
                - (u_saddle - u) / temperature - math.log(2 * math.pi))
        print(f"{temperature:6.3f} {whole:12.4f} {holed:12.4f} {formation(temperature):12.4f} {-rate / math.log(10):16.1f}")


if __name__ == "__main__":
    main()
