# SPDX-License-Identifier: MIT
"""Pose and shape: how a flow sees configurations (core/coords/chart.h, pose.h).

see(x[n][dim]) gives shapes[n][n_shape], and for each whether x is its own image; body(shapes) is x where the reference
stands; log_jacobian(shapes) is ln J, dx = J d(placement) d(shape), and -inf outside the domain.  Molecules are in
molecules.py.
"""
import numpy as np

from .arrays import cross, dot, library, masked_log, to_numpy
from .images import Match, superpose


class Cartesian:
    """The shape is the nearest image itself."""

    def __init__(self, make, images, reference):
        self.make, self.images, self.reference = make, images, reference
        self.n, self.n_space = reference.shape
        self.n_shape = reference.size

    def see(self, x):
        if not self.images.identical.any() and not self.images.mirrors:
            return x, np.isfinite(to_numpy(x)).all(-1)
        found = [self.images.find(self.reference, row) for row in to_numpy(x).reshape(-1, self.n, self.n_space)]
        order, sign, offset, inside = map(np.array, zip(*found))
        image = in_order(self.make, x.reshape(-1, self.n, self.n_space), order)
        image = self.make.real(sign)[:, None] * image + self.make.real(offset)[:, None]
        return image.reshape(len(x), -1), inside

    def body(self, shape):
        return shape

    def log_jacobian(self, shape):
        return 0 * shape[:, 0]


def in_order(make, x, order):
    """particle order[i] of each row of x[n][particles][space] takes place i"""
    return x[make.index(np.arange(len(order)))[:, None], make.index(order)]


class Complement:
    """An orthonormal basis B of what is orthogonal to some directions, by reflections (core/coords/complement.h)."""

    def __init__(self, dim, directions):
        self.dim, self.mirrors = dim, []
        for direction in directions:
            axis, w = dim - 1 - len(self.mirrors), self.reflect(np.array(direction, float), self.mirrors)
            w[axis + 1:] = 0
            w[axis] += np.copysign(np.linalg.norm(w), w[axis])
            self.mirrors.append(w / np.linalg.norm(w))
        self.n_inside = dim - len(self.mirrors)

    @staticmethod
    def reflect(v, mirrors):
        for w in mirrors:
            v = v - 2 * dot(v, w)[..., None] * w
        return v

    def constant(self, make):
        self.mirrors = [make.real(w) for w in self.mirrors]
        self.outside = make.real(np.zeros(self.dim - self.n_inside))
        return self

    def project(self, v):
        return self.reflect(v, self.mirrors)[:, :self.n_inside]

    def embed(self, inside):
        xp = library(inside)
        return self.reflect(xp.concatenate([inside, self.outside + 0 * inside[:, :1]], axis=1), self.mirrors[::-1])


def tensor(y, r):
    """tr(H) 1 - H of H = sum y r^T: of all y[...][particles][3]"""
    xp = library(y)
    h = xp.einsum("...ia,ib->...ab", y, r)
    trace = dot(y, r).sum(-1)[..., None, None]
    return trace * eye_like(h) - h


def eye_like(h):
    xp = library(h)
    return xp.eye(3, dtype=h.dtype, device=h.device) if xp is not np else np.eye(3)


class Pose:
    """A crystal, whose placement is the center of mass, or an aligned body, which has a rotation as well."""

    def __init__(self, make, reference, aligned):
        self.make, (self.n, self.n_space) = make, reference.shape
        center = reference.mean(0)
        self.center, r = make.real(center), np.pad(reference - center, [(0, 0), (0, 3 - self.n_space)])
        self.turns = aligned and self.n_space > 1
        self.constant = 0.5 * self.n_space * np.log(self.n)
        directions = [np.tile(np.arange(self.n_space) == c, self.n) for c in reversed(range(self.n_space))]
        if self.turns:
            directions += [np.cross(axis, r)[:, :self.n_space].ravel() for axis in self.axes(r)]
        self.basis = Complement(reference.size, directions).constant(make)
        self.n_shape, self.r, self.reference = self.basis.n_inside, make.real(r), reference - center

    def axes(self, r):
        """the principal ones, about which the body can turn"""
        inertia = tensor(r, r)
        if self.n_space == 2:
            self.constant -= 0.5 * np.log(inertia[2, 2])
            return [np.array([0.0, 0.0, 1.0])]
        moments, axes = np.linalg.eigh(inertia, UPLO="U")
        self.constant -= 0.5 * np.log(np.linalg.det(inertia))
        return axes.T

    def find(self, x):
        """rotation[n][space][space] of x[n][particles][space], a number without gradient"""
        if not self.turns:
            return np.tile(np.eye(self.n_space), (len(x), 1, 1))
        x = to_numpy(x)
        return superpose(np.einsum("nia,ib->nab", x - x.mean(1)[:, None], self.reference))

    def to_shape(self, x, rotation):
        """x[n][particles][space] in the order of the reference"""
        xp = library(x)
        y = xp.einsum("nba,nib->nia", self.make.real(rotation), x - x.mean(1)[:, None])
        y = self.pad(y)
        if self.turns:  # how the best rotation follows x: 0, but for its gradient
            y = y - cross(self.turn(y)[:, None], y)
        return self.basis.project((y - self.r)[..., :self.n_space].reshape(len(x), -1))

    def pad(self, y):
        return library(y).concatenate([y] + [0 * y[..., :1]] * (3 - self.n_space), axis=-1)

    def turn(self, y):
        """A^-1 sum r x y"""
        xp, a, torque = library(y), tensor(y, self.r), cross(self.r + 0 * y, y).sum(-2)
        if self.n_space == 2:
            return torque / a[:, 2, 2][:, None]
        a = 0.5 * (a + xp.swapaxes(a, 1, 2))
        rows = [cross(a[:, (k + 1) % 3], a[:, (k + 2) % 3]) for k in range(3)]
        return xp.stack([dot(row, torque) for row in rows], -1) / dot(a[:, 0], rows[0])[:, None]

    def displaced(self, shape):
        d = self.basis.embed(shape).reshape(len(shape), self.n, self.n_space)
        return self.r + self.pad(d)

    def body(self, shape):
        return self.displaced(shape)[..., :self.n_space] + self.center

    def log_jacobian(self, shape):
        if not self.turns:
            return self.constant + 0 * shape[:, 0]
        a = tensor(self.displaced(shape), self.r)
        if self.n_space == 2:
            return self.constant + masked_log(a[:, 2, 2], a[:, 2, 2] > 0)
        det = dot(a[:, 0], cross(a[:, 1], a[:, 2]))
        minor = a[:, 0, 0] * a[:, 1, 1] - a[:, 0, 1] * a[:, 1, 0]
        return self.constant + masked_log(det, (a[:, 0, 0] > 0) & (minor > 0) & (det > 0))


class Body:
    """A crystal or an aligned body of particles, some of which may be identical."""

    def __init__(self, make, images, reference, aligned, mirrored):
        self.make, self.identical = make, images.identical
        self.pose, self.center = Pose(make, reference, aligned), reference.mean(0)
        self.reference, self.n_shape, self.match = reference, self.pose.n_shape, None
        if self.pose.turns and (mirrored or self.identical.any()):
            self.match = Match(self.identical, mirrored, reference - self.center)

    def find(self, x):
        """order, rotation and whether x is in order, of x[n][particles][space]"""
        if self.match:
            order, rotation, inside = map(np.array, zip(*(self.match.find(row) for row in x)))
            return order, rotation, inside
        home = x - x.mean(1)[:, None] + self.center
        order = np.array([self.identical.order(self.reference, row) for row in home])
        inside = (order == np.arange(x.shape[1])).all(-1) & np.isfinite(x).all((1, 2))
        return order, self.pose.find(x), inside

    def see(self, x):
        x = x.reshape(len(x), self.pose.n, self.pose.n_space)
        order, rotation, inside = self.find(to_numpy(x))
        return self.pose.to_shape(in_order(self.make, x, order), rotation), inside

    def body(self, shape):
        return self.pose.body(shape).reshape(len(shape), -1)

    def log_jacobian(self, shape):
        return self.pose.log_jacobian(shape)
