# SPDX-License-Identifier: GPL-2.0-or-later
"""Generators of libbgen by ctypes, fitted to frames of bodies without meaning and perturbed: what bgen_torch is compared
with.  From the environment: LIBBGEN, the shared library, and NETWORKS, single or double, what it is built for; EXAMPLES,
the folder of banana.py, which has the structs."""
import ctypes as c
import os
import pathlib
import sys

import numpy as np

sys.argv[1:], ARGUMENTS = [os.environ["LIBBGEN"]], sys.argv[1:]
sys.path.insert(0, os.environ["EXAMPLES"])
import banana  # noqa: E402  which takes the library from the command line
from banana import DRAW, GeneratorOptions, Layout, check, lib, pointer  # noqa: E402

sys.argv[1:] = ARGUMENTS
REAL = c.c_double if os.environ["NETWORKS"] == "double" else c.c_float
CARTESIAN, CRYSTAL, ALIGNED, INTERNAL = range(4)
assert banana.STREAM_SAMPLE == 8
lib.bgen_generator_n_shape.restype = lib.bgen_generator_n_params.restype = lib.bgen_internal_kinds.restype = c.c_size_t


class Molecules(c.Structure):
    _fields_ = [("n_atoms", c.c_size_t), ("n_bonds", c.c_size_t), ("bond", c.c_void_p), ("mass", c.c_void_p),
                ("x", c.c_void_p), ("id", c.c_void_p), ("n_aligned", c.c_size_t), ("aligned", c.c_void_p)]


class Lattice(c.Structure):
    _fields_ = [("n_vectors", c.c_size_t), ("vector", c.c_double * 9)]


class Mirror(c.Structure):
    _fields_ = [("axis", c.c_size_t), ("plane", c.c_double)]


class Note(c.Structure):
    _fields_ = [("key", c.c_char_p), ("value", c.c_char_p), ("must_match", c.c_bool)]


class Prior(c.Structure):
    _fields_ = [("dim", c.c_size_t), ("n_modes", c.c_size_t), ("fitted", c.c_void_p), ("circle", c.c_void_p)]


class Flow(c.Structure):
    _fields_ = [("map", c.c_void_p), ("prior", Prior), ("neighbors", c.c_void_p), ("theta", c.POINTER(REAL))]


def array_of(kind, values):
    values = list(values)
    return (kind * len(values))(*values)


def rotation(rng, n_space, mirrored=False):
    q, r = np.linalg.qr(rng.normal(size=(n_space, n_space)))
    q = q * np.sign(np.diag(r))
    if (np.linalg.det(q) < 0) != mirrored:
        q[:, 0] *= -1
    return q


class Scene:
    """A generator of two basins, "a" and "b", of weights 1 : 2."""

    def __init__(self, spec, n, n_space=3, coords=CARTESIAN, species=None, mirrors=(), mirrored=False, bonds=(),
                 aligned=(), crystal=None, noise=0.1, circles=None, strength=0.1, seed=5, n_frames=600):
        self.rng, self.n, self.n_space, self.coords, self.dim = np.random.default_rng(seed), n, n_space, coords, n * n_space
        self.species, self.noise, self.mirrored = species, noise, mirrored
        self.strength = strength * (1 if REAL is c.c_double else 0.3)  # rounding shows where a flow stretches much
        self.base = [(1.2 * self.rng.normal(size=(n, n_space)) if crystal is None else crystal[0]) for _ in "ab"]
        self.keep, self.tree = [], None
        if coords == INTERNAL:
            self.molecules = self.components_of(bonds)
            self.tree = self.make_tree(bonds, aligned)
        self.make(spec, mirrors, circles, seed)
        if crystal is not None:
            lattice = Lattice(n_space, (c.c_double * 9)(*crystal[1].ravel()))
            check(lib.bgen_generator_set_crystal(self.g, c.byref(lattice), None))
        for k in range(2):
            self.fit(k, n_frames)
        lib.bgen_generator_set_weights(self.g, array_of(c.c_double, [1, 2]))
        lib.bgen_generator_set_temperature(self.g, c.c_double(1.5))

    def hold(self, thing):
        self.keep.append(thing)
        return c.cast(thing, c.c_void_p)

    def components_of(self, bonds):
        """lists of the atoms of each molecule"""
        label = np.arange(self.n)
        for _ in range(self.n):
            for i, j in bonds:
                label[i] = label[j] = min(label[i], label[j])
        return [np.flatnonzero(label == k) for k in np.unique(label)]

    def make_tree(self, bonds, aligned):
        tree, mass = c.c_void_p(), np.ones(self.n)
        flat = [atom for bond in bonds for atom in bond]
        self.keep += [mass]
        of = Molecules(self.n, len(bonds), self.hold(array_of(c.c_size_t, flat)), mass.ctypes.data,
                       self.base[0].ctypes.data, None, len(aligned), self.hold(array_of(c.c_size_t, aligned)))
        check(lib.bgen_tree_create(c.byref(of), c.byref(tree)))
        return tree

    def make(self, spec, mirrors, circles, seed):
        self.g, self.w, names = c.c_void_p(), c.c_void_p(), array_of(c.c_char_p, [b"a", b"b"])
        species = None if self.species is None else self.hold(array_of(c.c_int, self.species))
        if self.tree:
            wanted = np.random.default_rng(circles).integers(2, size=lib.bgen_internal_kinds(self.tree, None))
            circles = self.hold(array_of(c.c_byte, wanted))
        planes = array_of(Mirror, [Mirror(*mirror) for mirror in mirrors])
        options = GeneratorOptions(Layout(self.n, self.n_space), self.coords, self.mirrored, spec.encode(), species,
                                   self.tree, circles if self.tree else None, len(mirrors), c.cast(planes, c.c_void_p), 2,
                                   names, seed)
        check(lib.bgen_generator_create(c.byref(options), c.byref(self.g)))
        check(lib.bgen_workspace_create(self.g, 1, c.byref(self.w)))
        self.n_shape = lib.bgen_generator_n_shape(self.g)

    def frames(self, k, n, moved=True):
        """of basin k, where their coordinates let them be: moved, turned, with identical particles exchanged"""
        x = self.base[k] + self.noise * self.rng.normal(size=(n, self.n, self.n_space))
        if not moved:
            return x.reshape(n, -1)
        for row in x:
            for alike in self.alike():
                row[alike] = row[np.roll(alike, self.rng.integers(3)) if self.tree else self.rng.permutation(alike)]
        bodies = {CARTESIAN: [], INTERNAL: getattr(self, "molecules", None)}.get(self.coords, [np.arange(self.n)])
        for row in x:
            for body in bodies:
                turned = rotation(self.rng, self.n_space, self.mirrored and self.rng.integers(2) > 0)
                turned = np.eye(self.n_space) if self.coords == CRYSTAL else turned
                row[body] = row[body] @ turned + self.rng.normal(size=self.n_space)
        return x.reshape(n, -1)

    def alike(self):
        """lists of identical particles; of molecules the leaves of each rotor, of which the cyclic order counts"""
        if self.tree:
            return [atoms for atoms in METHYLS if self.species is not None]
        kind = np.array(self.species if self.species is not None else [])
        return [np.flatnonzero(kind == s) for s in set(kind[kind >= 0])]

    def fit(self, k, n_frames):
        frames = self.frames(k, n_frames, moved=False)
        check(lib.bgen_generator_fit(self.g, self.w, c.c_size_t(k), pointer(self.base[k].ravel().copy()),
                                     c.c_size_t(n_frames), pointer(frames)))
        flow = c.cast(c.c_void_p(lib.bgen_generator_flow(self.g, c.c_size_t(k))), c.POINTER(Flow))[0]
        theta = np.ctypeslib.as_array(flow.theta, (lib.bgen_generator_n_params(self.g, c.c_size_t(k)),))
        theta += (self.strength * self.rng.normal(size=len(theta))).astype(theta.dtype)

    # ---- what bgen says ----

    def save(self, path, *notes):
        notes = array_of(Note, [Note(key, value, True) for key, value in notes])
        check(lib.bgen_model_save(self.g, c.c_size_t(len(notes)), notes, str(path).encode()))

    def load(self, path):
        check(lib.bgen_model_load(self.g, c.c_size_t(0), None, str(path).encode(), None))

    def log_q(self, x, k=None, temperature=1.5):
        x, out, n, t = np.ascontiguousarray(x), np.empty(len(x)), c.c_size_t(len(x)), c.c_double(temperature)
        if k is None:
            check(lib.bgen_generator_log_q(self.g, self.w, t, n, pointer(x), pointer(out)))
        else:
            check(lib.bgen_generator_log_q_component(self.g, self.w, c.c_size_t(k), t, n, pointer(x), pointer(out)))
        return out

    def gradient(self, x, k):
        x, out, grad = np.ascontiguousarray(x), np.empty(len(x)), np.empty_like(x)
        check(lib.bgen_generator_log_q_component_gradient(self.g, self.w, c.c_size_t(k), c.c_double(1.5),
                                                          c.c_size_t(len(x)), pointer(x), pointer(out), pointer(grad)))
        return grad

    def latent(self, x, k):
        x, z, log_det = np.ascontiguousarray(x), np.empty((len(x), self.n_shape)), np.empty(len(x))
        check(lib.bgen_generator_latent(self.g, self.w, c.c_size_t(k), c.c_size_t(len(x)), pointer(x), pointer(z),
                                        pointer(log_det)))
        return z, log_det

    def from_latent(self, z, k):
        z, x, log_det = np.ascontiguousarray(z), np.empty((len(z), self.dim)), np.zeros(len(z))
        lib.bgen_generator_from_latent(self.g, self.w, c.c_size_t(k), c.c_size_t(len(z)), pointer(z), pointer(x),
                                       pointer(log_det))
        return x, log_det

    def sample(self, n, seed, first, temperature=1.5):
        x, draw = np.empty((n, self.dim)), np.empty(n, DRAW)
        check(lib.bgen_generator_sample(self.g, self.w, c.c_double(temperature), c.c_uint64(seed), banana.STREAM_SAMPLE,
                                        c.c_uint64(first), c.c_size_t(n), pointer(x), pointer(draw)))
        return x, draw

    def close(self):
        lib.bgen_workspace_destroy(self.w)
        lib.bgen_generator_destroy(self.g)
        if self.tree:
            lib.bgen_tree_destroy(self.tree)


def fcc(cells):
    """sites and box of an fcc crystal of edge 1.6"""
    corner = np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    return 1.6 * (corner + basis).reshape(-1, 3), 1.6 * cells * np.eye(3)


# ring of four with two methyls on one side and a chain on the other; water; a dimer; an ion
RING = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 5), (4, 6), (4, 7), (2, 8), (8, 9), (8, 10), (8, 11), (1, 12),
        (12, 13), (13, 14), (14, 15), (13, 16)]
OTHERS = [(17, 18), (17, 19), (20, 21)]
METHYLS = [5, 6, 7], [9, 10, 11]
LEAVES = [-1] * 5 + [0] * 3 + [-1] + [0] * 3 + [-1] * 11
LEAVES = LEAVES[:23]

WHITEN = "whiten; "
SCENES = {
    "realnvp": dict(spec=WHITEN + "realnvp blocks 4 width 16 depth 2", n=4),
    "masks": dict(spec="actnorm; realnvp blocks 2 width 8 masks coordinates; realnvp blocks 1 width 8 depth 1 masks evenodd;"
                  " realnvp blocks 2 width 8 masks particles; realnvp blocks 2 width 8 masks axes", n=5, n_space=2),
    "nsf": dict(spec="whiten pca; nsf blocks 3 width 16 bins 6 bound 3; linear", n=3),
    "linear": dict(spec="linear permute yes; actnorm; nsf blocks 1 width 8", n=4, n_space=2),
    "line": dict(spec="actnorm; realnvp blocks 2 width 8", n=3, n_space=1, mirrors=[(0, 0.3)]),
    "modes": dict(spec=WHITEN + "realnvp blocks 2 width 8; mixture modes 3", n=3, noise=0.3),
    "identical": dict(spec=WHITEN + "realnvp blocks 1 width 8", n=7, n_space=2, species=[0, 0, 1, 1, 1, 1, -1],
                      mirrors=[(0, 0.1), (1, -0.2)]),
    "crystal": dict(spec=WHITEN + "nsf blocks 2 width 8", n=6, coords=CRYSTAL, species=[0] * 6),
    "local": dict(spec=WHITEN + "local blocks 2 neighbors 12 width 8; actnorm", n=32, coords=CRYSTAL, crystal=fcc(2),
                  noise=0.05),
    "aligned": dict(spec=WHITEN + "realnvp blocks 3 width 16", n=6, coords=ALIGNED),
    "aligned plane": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=5, n_space=2, coords=ALIGNED),
    "aligned line": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=5, n_space=1, coords=ALIGNED, species=[0] * 5),
    "cluster": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=7, coords=ALIGNED, species=[0] * 5 + [1, 1]),
    "mirrored": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=6, coords=ALIGNED, species=[0] * 4 + [-1] * 2,
                     mirrored=True),
    "mirrored plane": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=5, n_space=2, coords=ALIGNED, species=[0] * 5,
                           mirrored=True),
    "mirrored alone": dict(spec=WHITEN + "realnvp blocks 2 width 8", n=5, coords=ALIGNED, mirrored=True),
    "internal": dict(spec=WHITEN + "circular blocks 4 width 16 bins 5", n=23, coords=INTERNAL, bonds=RING + OTHERS,
                     species=LEAVES, circles=1),
    "molecule": dict(spec="molecule", n=17, coords=INTERNAL, bonds=RING, species=LEAVES[:17], circles=2,
                     strength=0.02, noise=0.05),
    "protein": dict(spec="protein", n=5, coords=INTERNAL, bonds=[(0, 1), (1, 2), (2, 3), (3, 4)], circles=3,
                    strength=0.02),
    "evenodd": dict(spec="circular blocks 2 width 8 masks evenodd", n=6, coords=INTERNAL,
                    bonds=[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], circles=4),
    "mixed": dict(spec=WHITEN + "circular blocks 2 width 16", n=23, coords=INTERNAL, bonds=RING + OTHERS, species=LEAVES,
                  aligned=[0, 1, 2, 3, 12], circles=5),
}


def scene(name):
    return Scene(**SCENES[name])


def temporary(folder, name):
    return pathlib.Path(folder) / f"{name}.bgen"
