# SPDX-License-Identifier: GPL-2.0-or-later
"""Angles and torsions of points[..., 3], in radians; a torsion has the sign of IUPAC."""

import numpy as np


def dot(a, b):
    return np.sum(a * b, axis=-1)


def angle(a, b, c):
    u, v = a - b, c - b
    return np.arccos(dot(u, v) / np.sqrt(dot(u, u) * dot(v, v)))


def torsion(a, b, c, d):
    """Blondel and Karplus, J Comput Chem 17, 1132, 1996."""
    f, g, h = a - b, b - c, d - c
    left, right = np.cross(f, g), np.cross(h, g)
    return np.arctan2(np.linalg.norm(g, axis=-1) * dot(left, h), dot(left, right))
