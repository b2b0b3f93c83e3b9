# SPDX-License-Identifier: MIT
"""A flow in one line of text (core/model/spec.h), and the maps that it stands for, with the masks of bgen."""
import math

import numpy as np

from . import layers, philox
from .files import ModelError

MIXED, AXES, PARTICLES, COORDINATES, EVENODD = "mixed", "axes", "particles", "coordinates", "evenodd"


def options_of(words, numbers, **others):
    """keyword and value in turn"""
    found = {**numbers, **others}
    for key, value in zip(words[1::2], words[2::2]):
        if key not in found:
            raise ModelError(f"its flow has the unknown keyword '{words[0]} {key}'")
        try:
            found[key] = type(found[key])(value)
        except ValueError:
            raise ModelError(f"its flow has the invalid value '{words[0]} {key} {value}'") from None
    if len(words) % 2 == 0:
        raise ModelError(f"its flow has no value after '{' '.join(words)}'")
    return found


class Spec:
    """maps, from data to latent, of dim coordinates of particles in n_space dimensions; circle[dim]; n_sites of a
    crystal, or 0."""

    def __init__(self, text, make, seed, circle, n_space, n_sites):
        self.make, self.seed, self.circle, self.dim = make, seed, circle, len(circle)
        self.n_space, self.n_sites, self.n_modes, self.maps = n_space, n_sites, 0, []
        self.n_particles = -(-self.dim // n_space)
        clauses = {"whiten": self.whiten, "actnorm": self.actnorm, "linear": self.linear, "realnvp": self.couplings,
                   "nsf": self.couplings, "circular": self.circular, "molecule": self.molecule, "protein": self.molecule,
                   "local": self.local, "mixture": self.mixture}
        for words in filter(None, map(str.split, text.split(";"))):
            if words[0] not in clauses:
                raise ModelError(f"its flow has the unknown map '{words[0]}': expected one of {', '.join(clauses)}")
            clauses[words[0]](words)

    def stream(self):
        return philox.Stream(self.seed, philox.MASK, len(self.maps))

    # ---- clauses ----

    def whiten(self, words):
        self.maps.append(layers.Whiten(self.make, self.dim, self.circle))

    def actnorm(self, words):
        self.maps.append(layers.Actnorm(self.make, self.dim))

    def linear(self, words):
        permute = options_of(words, {"permute": "no"})["permute"] == "yes"
        order = self.stream().permutation(self.dim) if permute else np.arange(self.dim)
        self.maps.append(layers.Linear(self.make, self.dim, order))

    def couplings(self, words):
        splines = {"bins": 8, "bound": 5.0} if words[0] == "nsf" else {}
        o = options_of(words, {"blocks": 0, "width": 100, "depth": 2, **splines}, masks=MIXED)
        for block in range(o["blocks"]):
            moved = self.half(o["masks"], block)
            for mask in (moved, ~moved):
                sizes = self.make, mask, o["width"], o["depth"]
                self.maps.append(layers.SplineCoupling(*sizes, o["bins"], o["bound"]) if splines
                                 else layers.Coupling(*sizes))

    def half(self, kind, block):
        """what the first coupling of a block moves"""
        if kind == MIXED:
            axes = self.n_space > 1 and (block % 2 == 0 or self.n_particles == 1)
            kind = AXES if axes else PARTICLES
        j = np.arange(self.dim)
        if kind == PARTICLES:
            return self.stream().half(self.n_particles)[j // self.n_space]
        if kind == COORDINATES:
            return self.stream().half(self.dim)
        return j % self.n_space == block % self.n_space if kind == AXES else j % 2 == 0

    def circular(self, words):
        o = options_of(words, {"blocks": 0, "width": 64, "depth": 2, "bins": 8}, masks=COORDINATES)
        for block in range(o["blocks"]):
            stream = self.stream()
            moved = self.circular_half(stream, block) if o["masks"] == COORDINATES else np.arange(self.dim) % 2 == 0
            for mask in (moved, ~moved):
                shift = math.pi * (2 * stream.uniform(self.dim) - 1)
                self.maps.append(layers.CircleCoupling(self.make, mask, self.circle, shift, o["width"], o["depth"],
                                                       o["bins"]))

    def circular_half(self, stream, block):
        """first all lines; then circles by the bits of their number, one bit a block"""
        moved, n = stream.half(self.dim), int(self.circle.sum())
        if block == 0 and 0 < n < self.dim:
            return ~self.circle
        if block > 0 and self.dim > 2 and n:
            moved[self.circle] = np.arange(n) >> (block - 1) % max((n - 1).bit_length(), 1) & 1
        return moved

    def molecule(self, words):
        self.whiten(words)
        self.circular(f"circular blocks 4 width {64 if words[0] == 'molecule' else 128}".split())

    def local(self, words):
        o = options_of(words, {"blocks": 0, "neighbors": 18, "width": 32, "depth": 2, "classes": 4})
        if not self.n_sites or self.n_space < 2:
            raise ModelError("its flow is local, but its coordinates are not those of a crystal")
        for k in range(o["blocks"] * self.n_space):
            self.maps.append(layers.Local(self.make, self.n_sites, self.n_space, k % self.n_space, o["neighbors"],
                                          o["classes"], o["width"], o["depth"]))

    def mixture(self, words):
        self.n_modes = options_of(words, {"modes": 0})["modes"]


class Flow:
    """A prior seen through maps: log q(x) = log p(z) + log|det dz/dx|.  theta and fitted lie one after the other, from
    latent to data, as in the file."""

    def __init__(self, spec, fitted):
        self.maps = spec.maps[::-1]
        self.prior = layers.Prior(spec.make, spec.circle, spec.n_modes)
        parts, at = [*self.maps, self.prior], 0
        self.n_params = sum(part.n_params for part in self.maps)
        self.n_fitted = sum(part.n_fitted for part in parts)
        if len(fitted) != self.n_fitted:
            raise ModelError(f"its flow has {self.n_fitted} fitted numbers, but the file {len(fitted)}")
        for part in parts:
            if part.n_fitted:
                part.fit(fitted[at:at + part.n_fitted])
            at += part.n_fitted

    def __call__(self, direction, theta, x):
        at, links = 0, []
        for part in self.maps:
            links.append((part, theta[at:at + part.n_params]))
            at += part.n_params
        total = 0 * x[:, 0]
        for part, own in links[::direction]:
            x, log_det = part(direction, own, x)
            total = total + log_det
        return x, total

    def forward(self, theta, z):
        return self(layers.FORWARD, theta, z)

    def inverse(self, theta, x):
        return self(layers.INVERSE, theta, x)

    def log_q(self, theta, tau, x):
        z, log_det = self.inverse(theta, x)
        return self.prior.log_p(tau, z) + log_det
