# SPDX-License-Identifier: MIT
"""Which image of a configuration a flow sees: identical particles in the order that suits the reference best, and
reflections (core/coords/relabel.h, symmetry.h, match.h).  One configuration at a time, in numpy: an image is chosen, so
it has no gradient."""
import numpy as np

from .arrays import unit

MOST_ROUNDS = 100


def assign(cost):
    """of each column the row that it gets, so that the sum of costs is least (Jonker and Volgenant)"""
    m = len(cost)
    row_price, column_price, row_of, column_of = np.zeros(m), cost.min(0), np.full(m, -1), np.full(m, -1)
    for column, row in enumerate(cost.argmin(0)):  # the first to ask gets its cheapest row
        if column_of[row] < 0:
            row_of[column], column_of[row] = row, column
    for row in np.flatnonzero(column_of < 0):
        enter(cost, row, row_price, column_price, row_of, column_of)
    return row_of


def enter(cost, row, row_price, column_price, row_of, column_of):
    """one row more, by the shortest alternating path to a free column"""
    m = len(cost)
    shortest, previous, scanned = np.full(m, np.inf), np.full(m, -1), np.zeros(m, bool)
    i, least, rows = row, 0.0, []
    while True:
        rows.append(i)
        length = least + cost[i] - row_price[i] - column_price
        better = ~scanned & (length < shortest)
        shortest[better], previous[better] = length[better], i
        column = int(np.where(scanned, np.inf, shortest).argmin())
        least = shortest[column]
        scanned[column] = True
        if row_of[column] < 0:
            break
        i = row_of[column]
    row_price[row] += least
    for i in rows[1:]:
        row_price[i] += least - shortest[column_of[i]]
    column_price[scanned] -= least - shortest[scanned]
    while True:
        i = row_of[column] = previous[column]
        column_of[i], column = column, column_of[i]
        if i == row:
            return


class Identical:
    """kind[n]: particles of one number are identical, those of 0 are themselves."""

    def __init__(self, kind):
        self.kind = np.asarray(kind)
        self.groups = [np.flatnonzero(self.kind == k) for k in np.unique(self.kind[self.kind > 0])]

    def any(self):
        return any(len(group) > 1 for group in self.groups)

    def alike(self, i):
        return np.flatnonzero(self.kind == self.kind[i]) if self.kind[i] else np.array([i])

    def order(self, reference, x):
        """particle order[i] of x[n][space] takes place i"""
        order = np.arange(len(x))
        if not np.isfinite(x).all():
            return order
        for group in self.groups:
            cost = ((x[group][:, None] - reference[group])**2).sum(-1)
            order[group] = group[assign(cost)]
        return order


class Images:
    """The image that is nearest to the reference; mirrors are (axis, plane)."""

    def __init__(self, identical, mirrors):
        self.identical, self.mirrors = identical, mirrors

    def reflections(self, n_space):
        """of each reflection the sign and the offset of each axis"""
        for r in range(1 << len(self.mirrors)):
            sign, offset = np.ones(n_space), np.zeros(n_space)
            for m, (axis, plane) in enumerate(self.mirrors):
                if r >> m & 1:
                    sign[axis], offset[axis] = -1, 2 * plane
            yield sign, offset

    def find(self, reference, x):
        """order, sign and offset of the image of x[n][space]; whether it is x itself"""
        best, least = None, np.inf
        for r, (sign, offset) in enumerate(self.reflections(x.shape[1])):
            image = sign * x + offset
            order = self.identical.order(reference, image)
            distance = ((image[order] - reference)**2).sum()
            if best is None or distance < least:
                inside = r == 0 and (order == np.arange(len(x))).all()
                best, least = (order, sign, offset, bool(inside and np.isfinite(distance))), distance
        return best


def superpose(correlation):
    """The rotation with the greatest sum_i y_i . R r_i, from sum_i y_i r_i^T [...][space][space]."""
    c = np.where(np.isfinite(correlation).all((-2, -1))[..., None, None], correlation, 0)
    if c.shape[-1] == 2:
        sine, cosine = c[..., 1, 0] - c[..., 0, 1], c[..., 0, 0] + c[..., 1, 1]
        length = np.hypot(sine, cosine)
        s, k = (np.where(length > 0, v / np.where(length > 0, length, 1), w) for v, w in ((sine, 0), (cosine, 1)))
        return np.stack([np.stack([k, -s], -1), np.stack([s, k], -1)], -2)
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (np.moveaxis(c[..., a, :], -1, 0) for a in range(3))
    matrix = np.array([[xx + yy + zz, zy - yz, xz - zx, yx - xy], [zy - yz, xx - yy - zz, xy + yx, xz + zx],
                       [xz - zx, xy + yx, -xx + yy - zz, yz + zy], [yx - xy, xz + zx, yz + zy, -xx - yy + zz]])
    w, x, y, z = np.moveaxis(np.linalg.eigh(np.moveaxis(matrix, (0, 1), (-2, -1)))[1][..., -1], -1, 0)
    rotation = np.array([[w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
                         [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
                         [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z]])
    return np.moveaxis(rotation, (0, 1), (-2, -1))


def bound_of_one(a, r):
    return (np.sqrt((a * a).sum(-1)) - np.sqrt((r * r).sum()))**2


def bound_of_pair(a, b, r, s):
    """least |a - R r|^2 + |b - R s|^2 over rotations, of all a[...] and b[...]"""
    aa, ab, bb, rr, rs, ss = (a * a).sum(-1), (a * b).sum(-1), (b * b).sum(-1), r @ r, r @ s, s @ s
    areas = np.maximum(0, aa * bb - ab * ab) * max(0, rr * ss - rs * rs)
    squares = aa * rr + 2 * ab * rs + bb * ss + 2 * np.sqrt(areas)
    return aa + bb + rr + ss - 2 * np.sqrt(np.maximum(0, squares))


def frame_of(a, b):
    """axes in rows: between a and b, across it in their plane, out of the plane; in the plane along a and across it"""
    u = unit(a)
    if len(a) == 2:
        return np.array([[u[0], u[1]], [-u[1], u[0]]])
    first, last = unit(u + unit(b)), unit(np.cross(a, b))
    return np.array([first, np.cross(last, first), last])


class Match:
    """Order and rotation of a body that drifts and turns, found together from many starts (core/coords/match.h)."""

    def __init__(self, identical, mirrored, reference):
        self.r, self.identical = reference, identical
        self.mirrored = mirrored and len(reference) > reference.shape[1]
        first = self.anchor(None)
        self.anchors = first, first if self.r.shape[1] == 2 else self.anchor(first)
        self.frame = frame_of(*(self.r[i] for i in self.anchors))
        self.starts = [self.identical.alike(i) for i in self.anchors]

    # ---- places of the reference from which to start ----

    def reach(self, i, before):
        return np.linalg.norm(self.r[i]) if before is None else np.linalg.norm(np.cross(self.r[before], self.r[i]))

    def n_alike(self, i, before):
        close, alike = 0.01 * (self.r**2).sum() / len(self.r), self.identical.alike(i)
        if before is None:
            return (bound_of_one(self.r[alike], self.r[i]) < close).sum()
        first = self.identical.alike(before)
        bound = bound_of_pair(self.r[first][:, None], self.r[alike][None], self.r[before], self.r[i])
        return ((bound < close) & (first[:, None] != alike)).sum()

    def anchor(self, before):
        """the place with the fewest equal starts of those that reach half as far as the farthest"""
        reaches = [self.reach(i, before) for i in range(len(self.r))]
        far = [i for i, reach in enumerate(reaches) if reach >= 0.5 * max(reaches)]
        return min(far, key=lambda i: (self.n_alike(i, before), -reaches[i]))

    # ---- the search ----

    def bounds(self, y):
        first, second = self.starts
        same = first[:, None] == second
        if y.shape[1] == 2:
            return np.where(same, bound_of_one(y[first], self.r[self.anchors[0]])[:, None], np.inf)
        r, s = (self.r[i] for i in self.anchors)
        return np.where(same, np.inf, bound_of_pair(y[first][:, None], y[second][None], r, s))

    def refine(self, y, rotation, order, best):
        """assignment and superposition in turn until nothing changes"""
        total = np.inf
        for step in range(MOST_ROUNDS):
            before, order = order, self.identical.order(self.r, y @ rotation)
            if step > 0 and (order == before).all():
                break
            if best["found"] and (order == best["order"]).all():
                return order
            correlation = y[order].T @ self.r
            rotation = superpose(correlation)
            total = (y**2).sum() + (self.r**2).sum() - 2 * (rotation * correlation).sum()
        if total < best["least"]:
            best.update(least=total, found=True, order=order, rotation=best["hand"] @ rotation)
        return order

    def try_starts(self, y, order, best):
        bound = self.bounds(y)
        for start in np.argsort(bound, axis=None, kind="stable"):
            i, j = np.unravel_index(start, bound.shape)
            if not bound[i, j] < best["least"]:
                break
            turned = frame_of(y[self.starts[0][i]], y[self.starts[1][j]]).T @ self.frame
            order = self.refine(y, turned, order, best)
        return order

    def find(self, x):
        """order and rotation of x[n][space]; whether its particles are in their order, and not reflected"""
        n, n_space = x.shape
        y, order = x - x.mean(0), np.arange(n)
        best = {"least": np.inf, "found": False, "order": order, "rotation": np.eye(n_space), "hand": np.eye(n_space)}
        if not np.isfinite(y).all():
            return order, best["rotation"], False
        order = self.try_starts(y, order, best)
        least = best["least"]
        if self.mirrored:
            hand = -np.eye(n_space) if n_space == 3 else np.diag([1.0, -1.0])
            best.update(hand=hand, found=False)
            self.try_starts(y @ hand, order, best)
        inside = best["least"] == least and (best["order"] == np.arange(n)).all()
        return best["order"], best["rotation"], bool(inside)
