# SPDX-License-Identifier: MIT
"""A generator: a mixture of flows, one for each basin, over configurations up to symmetry (core/model/generator.h)."""
import dataclasses

import numpy as np

from . import philox
from .arrays import Numpy, Torch, library, log_sum_exp, to_numpy, torch
from .charts import Body, Cartesian
from .files import ModelError, read_file, write_file
from .images import Identical, Images
from .molecules import Molecules, Tree
from .spec import Flow, Spec

COORDS = "crystal", "aligned", "aligned, chirality free", "internal"


@dataclasses.dataclass
class Samples:
    """x[n][dim], log_q[n] (NaN outside the domain), which component made each, and whether it is in the domain."""
    x: object
    log_q: object
    component: np.ndarray
    in_domain: np.ndarray


class Component:
    """The flow of one basin and how it sees configurations."""

    def __init__(self, model, name):
        file, make = model.file, model.make
        self.name, self.weight = name, float(file.note(f"{name}.weight"))
        theta, fitted, reference = (tensor(file, name, part) for part in ("theta", "fitted", "reference"))
        if reference.size % model.n_space:
            raise ModelError(f"{name}.reference has {reference.size} numbers, which are no positions in "
                             f"{model.n_space} dimensions")
        reference = reference.reshape(-1, model.n_space).astype(float)
        circle = np.array([letter == "o" for letter in file.notes.get(f"{name}.circles", "")], bool)
        self.chart = self.make_chart(model, reference, circle)
        circle = circle if model.coords == "internal" else np.zeros(self.chart.n_shape, bool)
        n_sites = len(reference) if self.chart.n_shape == reference.size - model.n_space else 0
        spec = Spec(model.spec, make, int(file.note("mask_seed")), circle, model.n_space, n_sites)
        self.flow, self.theta = Flow(spec, fitted), make.network(theta)
        if len(theta) != self.flow.n_params:
            raise ModelError(f"its flow has {self.flow.n_params} parameters, but {name}.theta {len(theta)}")

    @staticmethod
    def make_chart(model, reference, circle):
        if model.coords == "internal":
            return Molecules(model.make, Tree(model.file.note("tree"), model.file.notes.get("rings", "")), circle,
                             reference)
        if model.coords == "cartesian":
            return Cartesian(model.make, model.images, reference)
        aligned, mirrored = model.coords != "crystal", model.coords.endswith("chirality free")
        return Body(model.make, model.images, reference, aligned, mirrored)

    def add_jacobian(self, sign, log, shape):
        log_jacobian = self.chart.log_jacobian(shape)
        xp = library(log)
        return xp.where(xp.isinf(log_jacobian), -xp.ones_like(log) * np.inf, log + sign * log_jacobian)

    def shape_log_q(self, tau, shape):
        return self.flow.log_q(self.theta, tau, shape)

    def log_q(self, tau, x):
        shape, _ = self.chart.see(x)
        return self.add_jacobian(-1, self.shape_log_q(tau, shape), shape)

    def inverse(self, x):
        shape, _ = self.chart.see(x)
        z, log_det = self.flow.inverse(self.theta, shape)
        return z, self.add_jacobian(-1, log_det, shape)

    def forward(self, z):
        shape, log_det = self.flow.forward(self.theta, z)
        return self.chart.body(shape), self.add_jacobian(1, log_det, shape)

    def draw(self, tau, seed, stream, points):
        """latent points, the numbers of bgen_prior_sample()"""
        prior, circle = self.flow.prior, self.flow.prior.circle
        n, first, width = len(circle), int(prior.n_modes > 0), np.sqrt(tau)
        z = width * philox.normals(seed, stream, points, first, n)
        block = first + (n + 1) // 2 + np.arange(circle.sum())
        z[:, circle] = np.pi * (2 * philox.uniform(seed, stream, points[:, None], block) - 1)
        if prior.n_modes:
            mode = philox.choose(philox.uniform(seed, stream, points, 0), prior.weight)
            z = prior.mean[mode] + prior.width[mode] * z
        return z


def tensor(file, name, part):
    if f"{name}.{part}" not in file.tensors:
        raise ModelError(f"it has no tensor {name}.{part}")
    return file.tensors[f"{name}.{part}"]


class Model:
    """What a model file holds.  x[n][dim] are positions of the particles, those of a model that was trained in LAMMPS in
    the order of atom IDs and unwrapped; a component is a basin, by name or number."""

    def __init__(self, file, make, n_space=None, identical=None, mirrors=None):
        self.file, self.make = file, make
        self.spec, self.coords = file.note("spec"), file.notes.get("pose", "cartesian")
        if self.coords not in ("cartesian", *COORDS):
            raise ModelError(f"its coordinates '{self.coords}' are unknown: expected one of cartesian, {', '.join(COORDS)}")
        self.temperature, self.n_space = float(file.note("temperature")), n_space or self.find_dimensions()
        names = [key[:-len(".theta")] for key in file.tensors if key.endswith(".theta")]
        self.n_particles = tensor(file, names[0], "reference").size // self.n_space if names else 0
        self.images = Images(self.find_identical(identical), self.find_mirrors(mirrors))
        self.components = [Component(self, name) for name in names]
        if not self.components or len(file.tensors) != 3 * len(names):
            raise ModelError(f"it contains {len(file.tensors)} tensors, but 3 for each basin were expected")
        self.dim = self.n_particles * self.n_space

    # ---- what files of older versions do not tell ----

    def find_dimensions(self):
        if "dimensions" in self.file.notes:
            return int(self.file.notes["dimensions"])
        if "coords" in self.file.notes:  # "cartesian xy"
            return len(self.file.notes["coords"].split(",")[0].split()[-1])
        raise ModelError("it does not tell the number of dimensions: give n_space")

    def find_identical(self, given):
        if self.coords == "internal":
            return Identical([0] * self.n_particles)  # leaves are part of the tree
        text = self.file.notes.get("identical")
        if given is None and text is None and self.file.notes.get("relabel", "none") != "none":
            raise ModelError("it was saved by an older version and does not tell which particles are identical: save it "
                             "again, or give identical, equal numbers above 0 for particles of one kind")
        kind = given if given is not None else [int(word) for word in text.split()] if text else [0] * self.n_particles
        if len(kind) != self.n_particles:
            raise ModelError(f"identical has {len(kind)} numbers, but there are {self.n_particles} particles")
        return Identical(kind)

    def find_mirrors(self, given):
        if given is not None:
            return list(given)
        if "mirror_planes" in self.file.notes:
            return [(int(axis), float(plane)) for axis, plane in
                    (part.split() for part in self.file.notes["mirror_planes"].split(","))]
        words = self.file.notes.get("mirrors", "none").split()
        return [("xyz".index(axis), float(plane)) for axis, plane in zip(words[::2], words[1::2])]

    # ---- what it is ----

    @property
    def names(self):
        return [component.name for component in self.components]

    @property
    def weights(self):
        return {component.name: component.weight for component in self.components}

    def set_weights(self, weights):
        """positive numbers by name, up to a common factor"""
        if set(weights) != set(self.names) or not all(weight > 0 for weight in weights.values()):
            raise ModelError(f"expected a weight above 0 for each of {', '.join(self.names)}")
        for component in self.components:
            component.weight = weights[component.name] / sum(weights.values())

    def component(self, which=None):
        if which is None and len(self.components) > 1:
            raise ModelError(f"the model has {len(self.components)} basins: name one of {', '.join(self.names)}")
        if isinstance(which, str):
            if which not in self.names:
                raise ModelError(f"the model has no basin '{which}': expected one of {', '.join(self.names)}")
            which = self.names.index(which)
        which = 0 if which is None else which
        if which not in range(len(self.components)):
            raise ModelError(f"the model has no basin {which}: expected a number from 0 to {len(self.components) - 1}, or one of "
                             f"{', '.join(self.names)}")
        return self.components[which]

    def parameters(self):
        """of all flows, one flat tensor each, for an optimizer"""
        return [component.theta for component in self.components]

    def tau(self, temperature):
        return 1.0 if temperature is None else temperature / self.temperature

    def points(self, x, size=None):
        x, size = self.make.real(x), size or self.dim
        if x.ndim != 2 or x.shape[1] != size or len(x) == 0:
            raise ModelError(f"expected points of {size} numbers each, but found an array of shape {tuple(x.shape)}")
        return x

    # ---- densities ----

    def log_q(self, x, component=None, temperature=None):
        """of the mixture, or of one component; the temperature is that of training unless it is given"""
        x, tau = self.points(x), self.tau(temperature)
        if component is not None:
            return self.component(component).log_q(tau, x)
        return log_sum_exp(library(x).stack([np.log(of.weight) + of.log_q(tau, x) for of in self.components], -1))

    def inverse(self, x, component=None):
        """z[n][n_shape] of x, and ln|dz/dx|"""
        return self.component(component).inverse(self.points(x))

    def forward(self, z, component=None):
        """x[n][dim] of z, where the reference stands, and ln|dx/dz|"""
        of = self.component(component)
        return of.forward(self.points(z, of.chart.n_shape))

    def sample(self, n, component=None, temperature=None, seed=1, first=0):
        """the same samples as bgen_generator_sample() makes of the stream of samples"""
        tau, points = self.tau(temperature), first + np.arange(n)
        if n < 1:
            raise ModelError(f"expected a number of samples above 0, but found {n}")
        which = np.full(n, self.components.index(self.component(component))) if component is not None else \
            philox.choose(philox.uniform(seed, philox.COMPONENT, points, 0), [of.weight for of in self.components])
        x, log_q, in_domain = [], [], np.zeros(n, bool)
        for k in np.unique(which):
            of = self.components[k]
            z = self.make.real(of.draw(tau, seed, philox.SAMPLE, points[which == k]))
            shape, log_det = of.flow.forward(of.theta, z)
            x.append(of.chart.body(shape))
            log_q.append(of.add_jacobian(-1, of.flow.prior.log_p(tau, z) - log_det, shape))
            in_domain[which == k] = np.isfinite(to_numpy(of.chart.log_jacobian(shape))) & of.chart.see(x[-1])[1]
        xp, place = library(x[0]), self.make.index(np.argsort(np.argsort(which, kind="stable")))
        x, log_q = (xp.concatenate(parts)[place] for parts in (x, log_q))
        if component is None:
            log_q = self.log_q(x, None, temperature)
        outside = self.make.real(np.where(in_domain, 0, np.nan))
        return Samples(x, log_q + outside, which, in_domain)

    # ---- training ----

    def shapes(self, x, component=None):
        """What a flow is trained on: shapes[n][n_shape] of frames, and whether each is in the domain."""
        of = self.component(component)
        shape, _ = of.chart.see(self.points(x))
        return shape, np.isfinite(to_numpy(of.chart.log_jacobian(shape)))

    def shape_log_q(self, shape, component=None, temperature=None):
        """ln q of shapes, without ln J"""
        of = self.component(component)
        return of.shape_log_q(self.tau(temperature), self.points(shape, of.chart.n_shape))

    def write(self, path):
        """The model with its parameters and weights as they are now, for `bgen ID load`."""
        notes, tensors = dict(self.file.notes), dict(self.file.tensors)
        for of in self.components:
            key = f"{of.name}.theta"
            tensors[key] = np.ascontiguousarray(to_numpy(of.theta), tensors[key].dtype)
            if of.weight != float(notes[f"{of.name}.weight"]):
                notes[f"{of.name}.weight"] = f"{of.weight:.17g}"
        write_file(path, type(self.file)(notes, tensors))


def read(path, device=None, arrays=None, n_space=None, identical=None, mirrors=None):
    """The model of a file, on a device of PyTorch, or in numpy where arrays is "numpy" or there is no PyTorch.

    Files of older versions may not tell n_space, identical[n_particles] (equal numbers above 0 for particles of one kind,
    0 for those that are themselves) and mirrors, a list of (axis, plane)."""
    arrays = arrays or ("torch" if torch is not None else "numpy")
    if arrays not in ("torch", "numpy"):
        raise ModelError(f"arrays are 'torch' or 'numpy', but found '{arrays}'")
    file = read_file(path)
    try:
        return Model(file, Numpy() if arrays == "numpy" else Torch(device), n_space, identical, mirrors)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    except ValueError as error:
        raise ModelError(f"{path}: a number in its header is invalid: {error}") from None
