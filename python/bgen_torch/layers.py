# SPDX-License-Identifier: MIT
"""The maps of a flow (core/layers, core/coords/whiten.h), each as in bgen: forward is latent to data.

map(direction, theta, x[n][dim]) gives the other end and log|det| of each point; direction is FORWARD or INVERSE, theta
the slice of n_params numbers that is the map's.  Networks run in the precision of theta, all else in double.
"""
import numpy as np

from .arrays import HALF_LOG_TWO_PI, as_double, cast, columns, is_tensor, library, log_sum_exp, torch
from .splines import Splines

FORWARD, INVERSE = 1, -1
LOG_WEIGHT_BOUND = 6.907755278982137  # ln 1000


def tanh(x):
    return library(x).tanh(x)


def silu(x):
    if is_tensor(x):
        return torch.nn.functional.silu(x)
    with np.errstate(over="ignore"):  # of e^-x, where the result is 0
        return x / (1 + np.exp(-x))


def bound(limit, x):
    return limit * tanh(x / limit)


def spline_weights(raw):
    return as_double(library(raw).exp(bound(LOG_WEIGHT_BOUND, raw)))


def constant(x, value):
    """value as the log|det| of each row"""
    return value + 0 * x[:, 0]


class Network:
    """Fully connected, depth hidden layers of one width; theta = W_1 b_1 W_2 b_2 ..., W [fan in][fan out]."""

    def __init__(self, n_in, n_out, width, depth, activation):
        sizes = [n_in] + [width] * depth + [n_out]
        self.shapes, self.activation = list(zip(sizes[:-1], sizes[1:])), activation
        self.n_params = sum((k + 1) * m for k, m in self.shapes)

    def __call__(self, theta, x):
        x, at = cast(x, theta), 0
        for layer, (k, m) in enumerate(self.shapes):
            weight, bias = theta[at:at + k * m].reshape(k, m), theta[at + k * m:at + (k + 1) * m]
            at += (k + 1) * m
            x = x @ weight + bias
            if layer + 1 < len(self.shapes):
                x = self.activation(x)
        return x


class Actnorm:
    """out = mean + width (shift + e^s in)"""

    def __init__(self, make, dim):
        self.make, self.dim, self.n_params, self.n_fitted = make, dim, 2 * dim, 2 * dim + 1

    def fit(self, fitted):
        self.mean, self.width = self.make.real(fitted[:self.dim]), self.make.real(fitted[self.dim:2 * self.dim])
        self.log_width = float(fitted[2 * self.dim])

    def __call__(self, direction, theta, x):
        scale, shift = as_double(theta[:self.dim]), as_double(theta[self.dim:])
        factor, log_det = library(x).exp(direction * scale), direction * (self.log_width + scale.sum())
        if direction == FORWARD:
            return self.mean + self.width * (shift + factor * x), constant(x, log_det)
        return ((x - self.mean) / self.width - shift) * factor, constant(x, log_det)


class Whiten:
    """lines: out = mean + in S; circles stay"""
    n_params = 0

    def __init__(self, make, dim, circle):
        self.make = make
        lines, circles = np.flatnonzero(~circle), np.flatnonzero(circle)
        self.n, self.lines, self.circles = len(lines), make.index(lines), make.index(circles)
        self.place = make.index(np.argsort(np.concatenate([lines, circles])))
        self.n_fitted = self.n + 1 + 4 * self.n**2

    def fit(self, fitted):
        n = self.n
        self.mean, self.log_det = self.make.real(fitted[:n]), float(fitted[n])
        self.root, self.inverse = (self.make.real(fitted[n + 1 + k * n * n:][:n * n].reshape(n, n)) for k in (0, 1))

    def __call__(self, direction, theta, x):
        lines = x[:, self.lines]
        lines = self.mean + lines @ self.root if direction == FORWARD else (lines - self.mean) @ self.inverse
        return columns([lines, x[:, self.circles]], self.place), constant(x, direction * self.log_det)


class Linear:
    """out = P L U in + b; theta: the matrix, of U ln of the diagonal, then b"""
    n_fitted = 0

    def __init__(self, make, dim, order):
        self.dim, self.n_params = dim, dim * dim + dim
        self.order, self.place = make.index(order), make.index(np.argsort(order))
        self.upper, self.lower = (make.real(part(np.ones((dim, dim)), k)) for part, k in ((np.triu, 1), (np.tril, -1)))
        self.one = make.real(np.eye(dim))

    def __call__(self, direction, theta, x):
        xp, theta = library(x), as_double(theta)
        matrix, b = theta[:self.dim**2].reshape(self.dim, self.dim), theta[self.dim**2:]
        log_diagonal = (matrix * self.one).sum(-1)
        upper = matrix * self.upper + self.one * xp.exp(log_diagonal)
        lower = matrix * self.lower + self.one
        log_det = constant(x, direction * log_diagonal.sum())
        if direction == FORWARD:
            return (x @ upper.T @ lower.T)[:, self.place] + b, log_det
        y = (x - b)[:, self.order].T
        return xp.linalg.solve(upper, xp.linalg.solve(lower, y)).T, log_det


class Masked:
    """Which coordinates a coupling keeps and which it moves."""

    def __init__(self, make, moved):
        kept, moved = np.flatnonzero(~moved), np.flatnonzero(moved)
        self.n_kept, self.n_moved, self.kept, self.moved = len(kept), len(moved), make.index(kept), make.index(moved)
        self.place = make.index(np.argsort(np.concatenate([kept, moved])))

    def split(self, x):
        return x[:, self.kept], x[:, self.moved]

    def join(self, kept, moved):
        return columns([kept, moved], self.place)


def affine(direction, scale, shift, x):
    xp = library(x)
    return x * xp.exp(scale) + shift if direction == FORWARD else (x - shift) * xp.exp(-scale)


class Coupling:
    """out = in e^s + t, s = 2 tanh(S / 2); theta: network S of tanh, network t of SiLU"""
    n_fitted = 0

    def __init__(self, make, moved, width, depth):
        self.mask = Masked(make, moved)
        self.scale, self.shift = (Network(self.mask.n_kept, self.mask.n_moved, width, depth, f) for f in (tanh, silu))
        self.n_params = self.scale.n_params + self.shift.n_params

    def __call__(self, direction, theta, x):
        kept, moved = self.mask.split(x)
        scale = as_double(bound(2, self.scale(theta[:self.scale.n_params], kept)))
        shift = as_double(self.shift(theta[self.scale.n_params:], kept))
        return self.mask.join(kept, affine(direction, scale, shift, moved)), direction * scale.sum(-1)


class SplineCoupling:
    """Of neural spline flows; one SiLU network gives the weights of each moved coordinate."""
    n_fitted = 0

    def __init__(self, make, moved, width, depth, bins, limit):
        self.mask, self.splines = Masked(make, moved), Splines(make, bins, limit, False)
        self.network = Network(self.mask.n_kept, self.mask.n_moved * self.splines.n_weights, width, depth, silu)
        self.n_params = self.network.n_params

    def __call__(self, direction, theta, x):
        kept, moved = self.mask.split(x)
        weights = spline_weights(self.network(theta, kept)).reshape(len(x), self.mask.n_moved, self.splines.n_weights)
        moved, log_slope = self.splines(direction, weights, moved)
        return self.mask.join(kept, moved), log_slope.sum(-1)


class CircleCoupling:
    """Lines move as in Coupling, circles by splines of period 2 pi about a shift of their own; one SiLU network sees
    kept lines, and sines and cosines of kept circles."""
    n_fitted = 0

    def __init__(self, make, moved, circle, shift, width, depth, bins):
        lists = [np.flatnonzero((moved == m) & (circle == c)) for m in (False, True) for c in (False, True)]
        self.parts = [make.index(part) for part in lists]
        self.place = make.index(np.argsort(np.concatenate(lists)))
        n_kept_lines, n_kept_circles, self.n_lines, self.n_circles = map(len, lists)
        self.shift, self.splines = make.real(shift[lists[3]]), Splines(make, bins, np.pi, True)
        self.network = Network(n_kept_lines + 2 * n_kept_circles,
                               2 * self.n_lines + self.n_circles * self.splines.n_weights, width, depth, silu)
        self.n_params = self.network.n_params

    def __call__(self, direction, theta, x):
        xp, n = library(x), self.n_lines
        kept_lines, kept_circles, lines, circles = (x[:, part] for part in self.parts)
        seen = xp.concatenate([kept_lines, xp.sin(kept_circles), xp.cos(kept_circles)], axis=1)
        given = self.network(theta, seen)
        scale, shift = as_double(bound(2, given[:, :n])), as_double(given[:, n:2 * n])
        weights = spline_weights(given[:, 2 * n:]).reshape(len(x), self.n_circles, self.splines.n_weights)
        moved, log_slope = self.splines(direction, weights, circles + self.shift)
        out = [kept_lines, kept_circles, affine(direction, scale, shift, lines), moved - self.shift]
        return columns(out, self.place), direction * scale.sum(-1) + log_slope.sum(-1)


class Local:
    """One axis of all sites of a crystal moves by what the neighbors of each do along the others (core/layers/local.h)."""

    def __init__(self, make, n_sites, n_space, axis, neighbors, classes, width, depth):
        self.make, self.n, self.n_space, self.axis = make, n_sites, n_space, axis
        self.neighbors, self.classes = neighbors, classes
        self.network = Network((n_space - 1) * neighbors + classes, 2, width, depth, silu)
        self.n_params, self.n_fitted = self.network.n_params, n_sites + n_sites * neighbors

    def fit(self, fitted):
        n = self.n
        self.neighbor = self.make.index(fitted[n:].reshape(n, self.neighbors))
        self.is_of = self.make.real(fitted[:n, None] == np.arange(self.classes))

    def embed(self, y):
        """displacements d[n sites] of y[n sites - 1], without a common shift"""
        xp, root, total = library(y), self.n**0.5, y.sum(-1)[..., None]
        return xp.concatenate([y - total / (self.n + root), -total / root], axis=-1)

    def project(self, d):
        root = self.n**0.5
        return d[..., :-1] - ((d.sum(-1) + root * d[..., -1]) / (self.n + root))[..., None]

    def see(self, kept):
        """[points][sites][what the network sees]"""
        seen = [d[:, self.neighbor] - d[..., None] for d in kept] + [self.is_of + 0 * kept[0][..., None]]
        return library(seen[0]).concatenate(seen, axis=-1)

    def __call__(self, direction, theta, x):
        xp = library(x)
        by_axis = [x[:, c::self.n_space] for c in range(self.n_space)]
        seen = self.see([self.embed(y) for c, y in enumerate(by_axis) if c != self.axis])
        given = self.network(theta, seen.reshape(len(x) * self.n, -1)).reshape(len(x), self.n, 2)
        scale, shift = as_double(bound(1, given[..., 0])), as_double(given[..., 1])
        d, share = self.embed(by_axis[self.axis]), xp.exp(-scale)
        total = share.sum(-1)[:, None]
        if direction == FORWARD:
            d = d * xp.exp(scale) + shift
        else:
            d = share * (d + (share / total * (shift - d)).sum(-1)[:, None] - shift)
        by_axis[self.axis] = self.project(d)
        log_det = scale.sum(-1) + xp.log(total[:, 0] / self.n)
        return xp.stack(by_axis, -1).reshape(len(x), -1), direction * log_det


class Prior:
    """Standard normal on lines, uniform on circles, or a mixture of normals; tau scales variances (core/model/prior.h)."""

    def __init__(self, make, circle, n_modes):
        self.make, self.circle, self.n_modes, self.dim = make, circle, n_modes, len(circle)
        self.is_line = make.real(~circle)
        self.n_fitted = n_modes * (2 + 2 * self.dim)

    def fit(self, fitted):
        m, d = self.n_modes, self.dim
        self.weight, self.log_width = fitted[:m], fitted[m:2 * m]
        self.mean, self.width = fitted[2 * m:2 * m + m * d].reshape(m, d), fitted[2 * m + m * d:].reshape(m, d)

    def log_p(self, tau, z):
        n_lines = int((~self.circle).sum())
        norm = n_lines * (HALF_LOG_TWO_PI + 0.5 * np.log(tau)) + (self.dim - n_lines) * 2 * HALF_LOG_TWO_PI
        if not self.n_modes:
            return -0.5 * (self.is_line * z**2).sum(-1) / tau - norm
        real = self.make.real
        squares = (((z[:, None] - real(self.mean)) / real(self.width))**2).sum(-1)
        with np.errstate(divide="ignore"):  # a mode may have no weight
            of_mode = real(np.log(self.weight) - self.log_width) - 0.5 * squares / tau
        return log_sum_exp(of_mode) - norm
