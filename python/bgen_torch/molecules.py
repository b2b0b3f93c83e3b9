# SPDX-License-Identifier: MIT
"""Molecules as bond lengths, angles and torsions, some atoms aligned (core/coords/tree.h, internal.h, rotors.h,
conformer.h).  It sees configurations as charts.py says."""
import itertools

import numpy as np

from .arrays import Numpy, columns, cross, dot, library, masked_log, to_numpy, unit
from .charts import Pose, in_order
from .files import ModelError

TWO_PI = 2 * np.pi
MOST_LEAVES = 4


class Node:
    """How an atom is placed; atoms count from 0, and None is none."""

    def __init__(self, text):
        numbers = [int(word) for word in text.split()]
        self.atom, self.bond, self.angle, self.torsion, self.leaf = *(n - 1 if n else None for n in numbers[:4]), numbers[4]
        self.size = sum(by is not None for by in (self.bond, self.angle, self.torsion))


class Tree:
    """The entries "tree" and "rings" of a model file."""

    def __init__(self, text, rings):
        try:
            self.molecules = [[Node(node) for node in part.split(",")] for part in text.split(" / ")]
            self.closing = [{int(i) - 1 for i in bond.split()} for bond in rings.split(",") if bond.strip()]
            self.nodes = list(itertools.chain(*self.molecules))
            if sorted(node.atom for node in self.nodes) != list(range(len(self.nodes))):
                raise ValueError("atoms that are missing or placed twice")
        except (ValueError, IndexError, TypeError):
            raise ModelError("its tree of molecules is not one") from None
        self.starts = np.cumsum([0] + [node.size for node in self.nodes])  # of each node's numbers in a shape
        n_free = sum(node.bond is None for node in self.molecules[0])
        self.aligned = [node.atom for node in self.molecules[0][:n_free]] if n_free > 1 else []

    def has_bond(self, i, j):
        return {i, j} in self.closing or any({node.atom, node.bond} == {i, j} for node in self.nodes)

    def n_bonds(self, atom):
        return sum(atom in (node.atom, node.bond) for node in self.nodes if node.bond is not None) + \
            sum(atom in bond for bond in self.closing)

    # ---- equal leaves that turn about one bond ----

    def torsion_of(self, k):
        return int(self.starts[k + 1]) - 1

    def may_lead(self, node):
        if node.torsion is None or not node.leaf or self.n_bonds(node.atom) != 1:
            return False
        return next(other for other in self.nodes if other.atom == node.torsion).bond != node.bond

    def sisters(self, lead):
        return [k for k, node in enumerate(self.nodes)
                if (node.torsion, node.bond, node.angle, node.leaf) == (lead.atom, lead.bond, lead.angle, lead.leaf)
                and self.n_bonds(node.atom) == 1]

    def rotors(self):
        """lists of (leaf, number of its torsion)"""
        for first, lead in enumerate(self.nodes):
            if self.may_lead(lead):
                leaves = [first, *self.sisters(lead)][:MOST_LEAVES]
                if len(leaves) > 1 and self.n_bonds(lead.bond) == len(leaves) + 1:
                    yield [(self.nodes[k].atom, self.torsion_of(k)) for k in leaves]


def across(e, v):
    return v - dot(v, e)[..., None] * e


class Internal:
    """Bonds, angles and torsions of all atoms at once."""

    def __init__(self, make, tree):
        self.make, self.tree, self.n_shape = make, tree, int(tree.starts[-1])
        with_bond, with_angle, with_torsion = ([k for k, node in enumerate(tree.nodes) if node.size > of]
                                               for of in range(3))
        self.bonds = [make.index([getattr(tree.nodes[k], by) for k in with_bond]) for by in ("atom", "bond")]
        self.angles = [make.index([getattr(tree.nodes[k], by) for k in with_angle]) for by in ("atom", "bond", "angle")]
        self.torsions = [make.index([getattr(tree.nodes[k], by) for k in with_torsion])
                         for by in ("atom", "bond", "angle", "torsion")]
        starts = [tree.starts[ks] + of for of, ks in enumerate((with_bond, with_angle, with_torsion))]
        self.at = [make.index(start) for start in starts]
        self.place = make.index(np.argsort(np.concatenate(starts)))

    def to_shape(self, x):
        """of x[n][atoms][3]"""
        xp = library(x)
        v = x[:, self.bonds[0]] - x[:, self.bonds[1]]
        r = xp.sqrt(dot(v, v))
        atom, bond, angle = (x[:, of] for of in self.angles)
        u, e = unit(atom - bond), unit(angle - bond)
        sine = across(e, u)
        t = xp.arctan2(xp.sqrt(dot(sine, sine)), dot(u, e))
        atom, bond, angle, torsion = (x[:, of] for of in self.torsions)
        e = unit(angle - bond)
        u, a = across(e, atom - bond), across(e, torsion - bond)
        return columns([r, t, xp.arctan2(dot(u, cross(a, e)), dot(u, a))], self.place)

    def from_shape(self, shape, placements, aligned):
        """x[n][atoms][3]; placements are (center, rotation) of each molecule, aligned the atoms that are there"""
        xp, x = library(shape), dict(aligned)
        sine, cosine = xp.sin(shape), xp.cos(shape)
        at = 0
        for nodes, (center, rotation) in zip(self.tree.molecules, placements):
            for node in nodes:
                if node.bond is None:
                    x.setdefault(node.atom, center + 0 * shape[:, :1])
                    continue
                a, b, e = self.frame(node, x, rotation)
                w = cosine[:, at + 2, None] * a + sine[:, at + 2, None] * b if node.torsion is not None else a
                u = cosine[:, at + 1, None] * e + sine[:, at + 1, None] * w if node.angle is not None else w
                x[node.atom] = x[node.bond] + shape[:, at, None] * u
                at += node.size
        return xp.stack([x[i] for i in range(len(x))], 1)

    @staticmethod
    def frame(node, x, rotation):
        if node.torsion is None:
            return rotation[:, 0 if node.angle is not None else 2], rotation[:, 1], rotation[:, 2]
        e = unit(x[node.angle] - x[node.bond])
        a = unit(across(e, x[node.torsion] - x[node.bond]))
        return a, cross(a, e), e

    def log_jacobian(self, shape):
        xp = library(shape)
        r, t, p = (shape[:, at] for at in self.at)
        inside = xp.where((t > 0) & (t < np.pi), xp.sin(t), -xp.ones_like(t))
        total = 2 * masked_log(r, r > 0).sum(-1) + masked_log(inside, inside > 0).sum(-1)
        return xp.where(xp.isfinite(p.sum(-1)), total, xp.full_like(total, -np.inf))

    def placements(self, x):
        """of each molecule of x[atoms][3]: where its root is and how its second and third atoms stand, a number"""
        found = []
        for nodes in self.tree.molecules:
            e, a = np.array([0.0, 0, 1]), np.array([1.0, 0, 0])
            if len(nodes) > 1:
                e = unit(x[nodes[1].atom] - x[nodes[0].atom])
                a = unit(across(e, np.eye(3)[abs(e).argmin()]))
            if len(nodes) > 2:
                a = unit(across(e, x[nodes[2].atom] - x[nodes[0].atom]))
            found.append((x[nodes[0].atom], np.stack([a, np.cross(e, a), e], -1)))
        return found


class Molecules:
    """Internal coordinates about a reference[atoms][3]: torsions within pi of its own, rotors by their common phase,
    aligned atoms by their displacements."""

    def __init__(self, make, tree, circle, reference):
        self.make, self.tree, self.internal, self.internal_of_numbers = make, tree, Internal(make, tree), Internal(Numpy(), tree)
        self.n_internal, self.pose, self.rotors = self.internal.n_shape, None, list(tree.rotors())
        if tree.aligned:
            self.pose = Pose(make, reference[tree.aligned], True)
        self.n_shape = self.n_internal + (self.pose.n_shape if self.pose else 0)
        if len(circle) != self.n_shape:
            raise ModelError(f"its circles are {len(circle)}, but its shape has {self.n_shape} coordinates")
        self.look_at(reference)
        self.name_torsions(circle)

    def look_at(self, reference):
        self.home = [float(column[0]) for column in self.phases(self.internal_of_numbers.to_shape(reference[None]))]
        for rotor in self.rotors:
            rotor[1:] = sorted(rotor[1:], key=lambda leaf: self.home[leaf[1]])
        self.log_n = sum(np.log(len(rotor)) for rotor in self.rotors)
        self.at = [tuple(map(self.make.real, at)) for at in self.internal.placements(reference)]

    def name_torsions(self, circle):
        """lines, circles, and which hand a line between bonds of one atom has"""
        leaves = {j for rotor in self.rotors for _, j in rotor[1:]}
        nodes = {self.tree.torsion_of(k): node for k, node in enumerate(self.tree.nodes) if node.torsion is not None}
        self.torsions = [j for j in nodes if j not in leaves]
        self.lines = [j for j in self.torsions if not circle[j]]
        self.hands = [(j, 1 if np.sin(self.home[j]) > 0 else -1) for j in self.lines if abs(np.sin(self.home[j])) > 0.5
                      and self.tree.has_bond(nodes[j].bond, nodes[j].torsion)]

    def near(self, angle, j):
        """so many turns away that it is next to that of the reference"""
        d = angle - self.home[j]
        return self.home[j] + d - TWO_PI * library(angle).round(d / TWO_PI)

    # ---- rotors ----

    def phases(self, shape):
        """columns of internal coordinates; in place of the torsion of the first leaf what all leaves have in common"""
        xp, column = library(shape), [shape[:, j] for j in range(self.n_internal)]
        for (_, lead), *others in self.rotors:
            column[lead] = len(others) * column[lead] + column[lead]
            for _, j in others:
                column[j] = xp.where(column[j] < 0, column[j] + TWO_PI, column[j])
                column[lead] = column[lead] + column[j]
        return column

    def torsions_of(self, shape):
        """internal coordinates of the first numbers of a shape"""
        column = [shape[:, j] for j in range(self.n_internal)]
        for (_, lead), *others in self.rotors:
            column[lead] = (self.near(column[lead], lead) - sum(column[j] for _, j in others)) / (len(others) + 1)
        return library(shape).stack(column, -1)

    def order(self, x):
        """leaf l takes the name of the one that brings the phase next to that of the reference"""
        order = np.tile(np.arange(x.shape[1]), (len(x), 1))
        column = self.phases(self.internal_of_numbers.to_shape(x)) if self.rotors else []
        for rotor in self.rotors:
            n, lead = len(rotor), rotor[0][1]
            d = column[lead] - self.home[lead]
            off = d - TWO_PI * n * np.round(d / (TWO_PI * n))
            turn = np.nan_to_num(np.fmod(n - np.rint(off / TWO_PI), n)).astype(int)
            leaves = np.array([leaf for leaf, _ in rotor])
            for l, leaf in enumerate(leaves):
                order[:, leaf] = leaves[(l + turn) % n]
        return order

    # ---- the chart ----

    def see(self, x):
        x = x.reshape(len(x), -1, 3)
        order = self.order(to_numpy(x))
        x = in_order(self.make, x, order)
        column = self.phases(self.internal.to_shape(x))
        for j in self.torsions:
            column[j] = self.near(column[j], j)
        shape = library(x).stack(column, -1)
        if self.pose:
            aligned = x[:, self.make.index(self.tree.aligned)]
            shape = library(x).concatenate([shape, self.pose.to_shape(aligned, self.pose.find(aligned))], axis=1)
        return shape, (order == np.arange(order.shape[1])).all(-1) & np.isfinite(to_numpy(shape)).all(-1)

    def body(self, shape):
        aligned = {}
        if self.pose:
            body = self.pose.body(shape[:, self.n_internal:])
            aligned = {atom: body[:, i] for i, atom in enumerate(self.tree.aligned)}
        x = self.internal.from_shape(self.torsions_of(shape), self.at, aligned)
        return x.reshape(len(shape), -1)

    def inside(self, shape):
        xp = library(shape)
        good = shape[:, 0] == shape[:, 0]
        for j in self.lines:
            good = good & (abs(shape[:, j] - self.home[j]) <= np.pi)
        for j, hand in self.hands:
            good = good & (hand * xp.sin(shape[:, j]) > 0)
        for _, *others in self.rotors:
            last = 0 * shape[:, 0]
            for _, j in others:
                good = good & (shape[:, j] > last) & (shape[:, j] < TWO_PI)
                last = shape[:, j]
        return good

    def log_jacobian(self, shape):
        total = self.internal.log_jacobian(shape[:, :self.n_internal]) - self.log_n
        if self.pose:
            total = total + self.pose.log_jacobian(shape[:, self.n_internal:])
        return library(shape).where(self.inside(shape), total, library(shape).full_like(total, -np.inf))
