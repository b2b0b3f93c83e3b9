# SPDX-License-Identifier: MIT
"""The same lines of mathematics on numpy arrays and on PyTorch tensors.

library(x) is numpy or torch; what both have under one name is called by it.  The rest is here.  Gradients come from
torch alone; numpy is enough to evaluate a model.
"""
import numpy as np

try:
    import torch
except ImportError:
    torch = None

HALF_LOG_TWO_PI = 0.91893853320467274178


def is_tensor(x):
    return torch is not None and isinstance(x, torch.Tensor)


def library(x):
    return torch if is_tensor(x) else np


def to_numpy(x):
    return x.detach().cpu().numpy() if is_tensor(x) else np.asarray(x)


def cast(x, like):
    """x in the precision of like"""
    return x.to(like.dtype) if is_tensor(x) else x.astype(like.dtype)


def as_double(x):
    return x.double() if is_tensor(x) else x.astype(float)


def take_along(x, index):
    """of each row of x along the last axis the number that index says"""
    if is_tensor(x):
        return torch.take_along_dim(x, index[..., None], -1)[..., 0]
    return np.take_along_axis(x, index[..., None], -1)[..., 0]


def dot(a, b):
    return (a * b).sum(-1)


def unit(v):
    """in the direction of v; zero, where v is"""
    xp, length = library(v), library(v).sqrt(dot(v, v))[..., None]
    return v / xp.where(length > 0, length, xp.ones_like(length))


def cross(a, b):
    return a[..., [1, 2, 0]] * b[..., [2, 0, 1]] - a[..., [2, 0, 1]] * b[..., [1, 2, 0]]


def columns(parts, order):
    """parts[n][m] side by side, in the order that puts each where it belongs"""
    return library(parts[0]).concatenate(parts, axis=1)[:, order]


def masked_log(x, good):
    """ln x where good, -inf elsewhere, with gradients that are finite"""
    xp = library(x)
    return xp.where(good, xp.log(xp.where(good, x, xp.ones_like(x))), xp.full_like(x, -np.inf))


def log_sum_exp(x):
    """of the last axis"""
    if is_tensor(x):
        return torch.logsumexp(x, -1)
    greatest = x.max(-1, keepdims=True)
    greatest = np.where(np.isneginf(greatest), 0, greatest)
    with np.errstate(divide="ignore"):
        return greatest[..., 0] + np.log(np.exp(x - greatest).sum(-1))


class Numpy:
    """Constants and batches as numpy arrays."""

    def real(self, array):
        return np.asarray(to_numpy(array), float)

    def index(self, array):
        return np.asarray(array, np.int64)

    def network(self, array):
        return np.array(array)


class Torch:
    """The same as tensors on a device; what networks learn asks for gradients."""

    def __init__(self, device):
        if torch is None:
            raise ImportError("PyTorch is not installed: read the model with arrays='numpy'")
        self.device = torch.device(device or "cpu")

    def real(self, array):
        if not is_tensor(array):
            array = torch.from_numpy(np.array(array, float))
        return array.to(self.device, torch.float64)

    def index(self, array):
        return torch.from_numpy(np.array(array, np.int64)).to(self.device)

    def network(self, array):
        return torch.from_numpy(np.array(array)).to(self.device).requires_grad_()
