# SPDX-License-Identifier: GPL-2.0-or-later
"""Atoms from bonds, angles and torsions; for butane.py and peptides.py.

A rule is (distance, atom, angle, atom, torsion, atom) or its beginning; a torsion may be "phi+120" or "psi".
"""

import math

import numpy as np


def angle_of(word, phi, psi):
    """A number, or phi or psi with one added."""
    if not isinstance(word, str):
        return float(word)
    return {"phi": phi, "psi": psi}[word[:3]] + float(word[3:] or 0.0)


def place(rule, found, phi, psi):
    """Position of an atom from those of the residue and of the one before."""
    if not rule:
        return np.zeros(3)
    names = rule[1::2]
    known = [next(found[n] for n in name.split() if n in found) for name in names]
    if len(known) == 1:
        return known[0] + [rule[0], 0.0, 0.0]
    if len(known) == 2:
        known.append(known[1] + [0.0, 1.0, 0.0])
    a, b, c = known
    theta, torsion = (math.radians(angle_of(w, phi, psi)) for w in (rule[2], rule[4] if len(rule) > 4 else 0.0))
    along = (b - a) / np.linalg.norm(b - a)
    normal = np.cross(c - b, along)
    normal /= np.linalg.norm(normal)
    side = np.cross(along, normal)
    return a + rule[0] * (math.cos(theta) * along + math.sin(theta) * (math.cos(torsion) * side + math.sin(torsion) * normal))


def torsion(x, *atoms):
    p, q, r, s = (x[i] for i in atoms)
    a, b, c = q - p, r - q, s - r
    n, m = np.cross(a, b), np.cross(b, c)
    return math.degrees(math.atan2(np.dot(np.cross(n, m), b) / np.linalg.norm(b), np.dot(n, m)))
