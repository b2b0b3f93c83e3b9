# SPDX-License-Identifier: MIT
"""Monotone rational-quadratic splines (core/layers/spline.h; Durkan, Bekasov, Murray, Papamakarios, arXiv:1906.04032)."""
from .arrays import library, take_along

LEAST_SHARE = 1e-3


class Splines:
    """All splines of a batch: f takes [-limit, limit] to itself, and beyond it is the identity, or periodic.

    weights[..., n_weights]: bins for widths, bins for heights, then slopes at inner knots; of a circle also that at
    both ends, which is 1 else."""

    def __init__(self, make, bins, limit, circular):
        self.make, self.bins, self.limit, self.circular = make, bins, limit, circular
        self.n_weights = 3 * bins - (not circular)

    def __call__(self, direction, weights, x):
        """the other end of x[...], and ln of the slope on the way there"""
        xp = library(x)
        turns, inside = self.bring_inside(x)
        value = xp.where(inside, x - turns, xp.zeros_like(x))
        out, log_slope = (forward if direction > 0 else inverse)(self.find_bin(weights, value, direction < 0), value)
        return xp.where(inside, turns + out, x), xp.where(inside, log_slope, xp.zeros_like(x))

    def bring_inside(self, x):
        xp, limit = library(x), self.limit
        if self.circular:
            return 2 * limit * xp.floor((x + limit) / (2 * limit)), xp.isfinite(x)
        return xp.zeros_like(x), abs(x) < limit

    def knots(self, weights):
        """where bins begin, and their sizes"""
        least, sums = 2 * self.limit * LEAST_SHARE, library(weights).cumsum(weights, -1)
        per_weight = (2 * self.limit - self.bins * least) / sums[..., -1:]
        before = self.make.real(range(self.bins)) * least - self.limit
        return before + per_weight * (sums - weights), least + per_weight * weights

    def find_bin(self, weights, value, along_heights):
        """x, y, width, height and the slopes at both ends of the bin that holds value"""
        xp, n = library(value), self.bins
        x, width = self.knots(weights[..., :n])
        y, height = self.knots(weights[..., n:2 * n])
        at_end = weights[..., -1:] if self.circular else xp.ones_like(weights[..., :1])
        slope = xp.concatenate([at_end, weights[..., 2 * n:3 * n - 1], at_end], axis=-1)
        index = (value[..., None] >= (y if along_heights else x)[..., 1:]).sum(-1)
        return [take_along(of, index) for of in (x, y, width, height, slope[..., :-1], slope[..., 1:])]


def log_slope_at(s, d, e, t):
    xp = library(t)
    u, v = t * (1 - t), 1 - t
    divisor, top = s + (d + e - 2 * s) * u, e * t * t + 2 * s * u + d * v * v
    return 2 * xp.log(s / divisor) + xp.log(top), divisor, top


def forward(of_bin, value):
    x, y, width, height, d, e = of_bin
    s, t = height / width, (value - x) / width
    log_slope, divisor, _ = log_slope_at(s, d, e, t)
    return y + height * (s * t * t + d * t * (1 - t)) / divisor, log_slope


def inverse(of_bin, value):
    """t is a root of a t^2 + b t = s up; the Newton step gives back the digits that b loses where slopes differ much"""
    xp = library(value)
    x, y, width, height, d, e = of_bin
    s, up = height / width, value - y
    bend = d + e - 2 * s
    a, b = height * (s - d) + up * bend, height * d - up * bend
    root = xp.sqrt(b * b + 4 * a * s * up)
    t = xp.where(b >= 0, 2 * s * up, root - b) / xp.where(b >= 0, b + root, 2 * a)
    _, divisor, top = log_slope_at(s, d, e, t)
    missing = up * divisor - height * (s * t * t + d * t * (1 - t))
    t = t + missing * divisor / (height * s * top)
    return x + width * t, -log_slope_at(s, d, e, t)[0]
