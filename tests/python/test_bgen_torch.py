#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""python/bgen_torch beside libbgen, for every layer and all coordinates: densities, both directions, samples, files.

From the environment: LIBBGEN, NETWORKS and EXAMPLES (generators.py), and ARRAYS: numpy, or torch, which compares
gradients too and is skipped where there is none.

Networks of single precision, as they are in use, differ by rounding, which a flow stretches where it has seen no frames:
they are compared at frames and samples of each basin.  With networks of double precision everything is, far from frames too.
"""
import itertools
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

ARRAYS = os.environ.get("ARRAYS", "numpy")
try:
    import numpy as np
    if ARRAYS == "torch":
        import torch
        torch.set_num_threads(1)
except ImportError as error:
    print(f"SKIPPED: {error}; cmake -D BGEN_TORCH_PYTHON=.../bin/python finds a Python with PyTorch")
    sys.exit(77)

import bgen_torch
import generators
from bgen_torch.arrays import to_numpy
from bgen_torch.files import compose, parse

DOUBLE = os.environ["NETWORKS"] == "double"
TOLERANCE, OF_GRADIENTS, N = *((1e-9, 1e-7) if DOUBLE else (1e-5, 1e-4)), 24


def tensor(x):
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


class AllScenes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def compare(self, found, expected, tolerance=TOLERANCE):
        """relative where numbers are large; what is not finite must be the same"""
        found, expected = to_numpy(found), np.asarray(expected)
        self.assertEqual(found.shape, expected.shape)
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(found[~finite], expected[~finite])
        off = abs(found[finite] - expected[finite]) / np.maximum(1, abs(expected[finite]))
        self.assertTrue((off <= tolerance).all(), f"off by {off.max(initial=0)}")  # NaN fails

    def open(self, scene, name):
        path = generators.temporary(self.folder.name, name)
        scene.save(path, (b"cvs", 'd "distance" 1 2 \u00e9/\\'.encode()))
        return bgen_torch.read(path, arrays=ARRAYS), path

    def points(self, scene):
        """frames of both basins, samples, and configurations far from both; of these what belongs to each basin"""
        frames, (samples, draw) = [scene.frames(k, N) for k in range(2)], scene.sample(N, 3, 0)
        far = [frames[0] + scene.rng.normal(size=frames[0].shape), -frames[1]]
        x = np.concatenate([*frames, samples] + (far if DOUBLE else []))
        of = [np.concatenate([frames[k], samples[draw["component"] == k]]) for k in range(2)]
        return x, [x, x] if DOUBLE else of

    def compare_all(self, scene, model):
        x, x_of = self.points(scene)
        self.compare(model.log_q(x), scene.log_q(x))
        self.compare(model.log_q(x, temperature=2.1), scene.log_q(x, temperature=2.1))
        for k, (name, x) in enumerate(zip(model.names, x_of)):
            self.compare(model.log_q(x, name), scene.log_q(x, k))
            z, log_det = model.inverse(x, k)
            expected_z, expected = scene.latent(x, k)
            self.compare(z, expected_z)
            self.compare(log_det, expected)
            z = scene.rng.normal(size=(2 * N, scene.n_shape))
            back, log_det = model.forward(z, name)
            expected_x, expected = scene.from_latent(z, k)
            self.compare(back, expected_x)
            self.compare(log_det, expected)
        return x_of

    def compare_samples(self, scene, model):
        """the same random numbers make the same samples"""
        x, draw = scene.sample(3 * N, 7, 11, temperature=1.8)
        found = model.sample(3 * N, seed=7, first=11, temperature=1.8)
        np.testing.assert_array_equal(found.component, draw["component"])
        np.testing.assert_array_equal(found.in_domain, draw["in_domain"])
        self.compare(found.x, x)
        self.compare(found.log_q, draw["log_q"])
        one = model.sample(N, component="b", seed=7)
        self.assertEqual(set(one.component), {1})
        inside = one.in_domain
        self.compare(one.log_q[inside], to_numpy(model.log_q(one.x, "b"))[inside])

    def compare_gradients(self, scene, model, x_of):
        for k, x in enumerate(x_of):
            inside = np.isfinite(scene.log_q(x, k))
            at = tensor(x[inside])
            model.log_q(at, k).sum().backward()
            expected = scene.gradient(x[inside], k)
            size = abs(expected).max(axis=1, keepdims=True, initial=1)
            self.compare(at.grad / tensor(size).detach(), expected / size, OF_GRADIENTS)

    def compare_change(self, scene, model, path):
        """parameters and weights that are changed here are those that bgen reads"""
        before = path.read_bytes()
        model.write(path)
        self.assertEqual(path.read_bytes(), before)  # nothing was changed
        for theta in model.parameters():
            change = (0.5 * scene.strength * scene.rng.normal(size=len(theta))).astype(generators.REAL)
            if ARRAYS == "torch":
                theta.data += torch.from_numpy(change)
            else:
                theta += change
        model.set_weights({"a": 3, "b": 2})
        x = scene.frames(0, N)
        was = scene.log_q(x)
        model.write(path)
        scene.load(path)
        finite = np.isfinite(was) & np.isfinite(scene.log_q(x))
        self.assertGreater(abs(scene.log_q(x) - was)[finite].max(), 0.01)
        self.compare(model.log_q(x), scene.log_q(x))
        again = bgen_torch.read_file(path)
        self.assertEqual(again.notes["cvs"], 'd "distance" 1 2 \u00e9/\\')
        self.assertEqual(again.notes["a.weight"], f"{0.6:.17g}")

    def check_scene(self, name):
        scene = generators.scene(name)
        self.addCleanup(scene.close)
        model, path = self.open(scene, name)
        x_of = self.compare_all(scene, model)
        self.compare_samples(scene, model)
        if ARRAYS == "torch":
            self.compare_gradients(scene, model, x_of)
        self.compare_change(scene, model, path)


for scene_name in generators.SCENES:
    setattr(AllScenes, "test_" + scene_name.replace(" ", "_"), lambda self, name=scene_name: self.check_scene(name))


class OneScene(unittest.TestCase):
    """of a model that is small"""
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.scene = generators.scene("line")
        cls.path = generators.temporary(cls.folder.name, "line")
        cls.scene.save(cls.path)
        cls.blob = cls.path.read_bytes()

    @classmethod
    def tearDownClass(cls):
        cls.scene.close()
        cls.folder.cleanup()

    def refused(self, blob, words):
        path = generators.temporary(self.folder.name, "bad")
        path.write_bytes(blob)
        with self.assertRaises(bgen_torch.ModelError) as caught:
            bgen_torch.read(path, arrays=ARRAYS)
        self.assertIn(words, str(caught.exception))
        self.assertIn(str(path), str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def changed(self, tensors=None, **notes):
        """the file with other notes and tensors, and a checksum that is right"""
        file = parse(self.blob)
        file.notes = {key: value for key, value in {**file.notes, **notes}.items() if value is not None}
        file.tensors = tensors(dict(file.tensors)) if tensors else file.tensors
        return compose(file)

    def test_damage(self):
        for at in range(0, len(self.blob), 97):
            broken = bytearray(self.blob)
            broken[at] ^= 4
            self.refused(bytes(broken), "it ")
        for n in (0, 7, 8, 500, len(self.blob) - 1):
            self.refused(self.blob[:n], "truncated" if n < 500 else "it ")
        self.refused(self.blob + b"\0", "it ")

    def test_unknown(self):
        self.refused(struct.pack("<Q", 2) + b"{}", "header")
        self.refused(struct.pack("<Q", 24) + b'{"__metadata__":{"a":1}}', "header")
        self.refused(self.changed(bgen_revision="3"), "revision '3'")
        self.refused(self.changed(spec="whiten; glow blocks 2"), "unknown map 'glow'")
        self.refused(self.changed(spec="actnorm; realnvp blocks 2 breadth 8"), "'realnvp breadth'")
        self.refused(self.changed(spec="actnorm; realnvp blocks two"), "'realnvp blocks two'")
        self.refused(self.changed(spec="actnorm; realnvp blocks"), "no value after")
        self.refused(self.changed(spec="actnorm; realnvp blocks 3 width 8"), "parameters")
        self.refused(self.changed(spec="whiten; realnvp blocks 2 width 8"), "fitted numbers")
        self.refused(self.changed(pose="cylindrical"), "'cylindrical'")
        self.refused(self.changed(dimensions=None), "n_space")
        self.refused(self.changed(temperature=None), "'temperature'")
        self.refused(self.changed(mask_seed="many"), "many")
        self.refused(self.changed(relabel="type 1"), "identical")
        self.refused(self.changed(lambda t: {k: v for k, v in t.items() if k != "b.fitted"}), "b.fitted")
        self.refused(self.changed(lambda t: {**t, "more": np.zeros(3)}), "tensors")
        missing = generators.temporary(self.folder.name, "missing")
        with self.assertRaisesRegex(bgen_torch.ModelError, "cannot read .*missing"):
            bgen_torch.read(missing)

    def test_damage_without_assertions(self):
        """python -O drops what assert checks"""
        gap = "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}}"
        for call in ("files.parse_header(b'{\"__metadata__\": {\"a\": 1}}')", "files.parse_header(b'{\"__metadata__\": {}, \"a\": 1}')",
                     f"files.parse_tensors({gap}, bytes(8))", "files.parse_tensors({}, bytes(8))", "molecules.Tree('3 0 0 0 0', '')"):
            script = f"from bgen_torch import files, molecules\ntry:\n {call}\nexcept files.ModelError:\n print('refused')"
            said = subprocess.run([sys.executable, "-O", "-B", "-c", script], capture_output=True, text=True, timeout=100)
            self.assertEqual((said.stdout, said.stderr), ("refused\n", ""), call)

    def test_revision_without_checksum(self):
        size = struct.unpack("<Q", self.blob[:8])[0]
        text = self.blob[8:8 + size].replace(b'"bgen_revision":"2","checksum":', b'"bgen_revision":"1","_hecksum":')
        self.refused(self.blob[:8] + text.replace(b'"1"', b'"2"') + self.blob[8 + size:], "no checksum")
        path = generators.temporary(self.folder.name, "old")
        path.write_bytes(self.blob[:8] + text + self.blob[8 + size:])
        self.assertEqual(bgen_torch.read(path, arrays=ARRAYS).names, ["a", "b"])

    def test_mistakes(self):
        model = bgen_torch.read(self.path, arrays=ARRAYS)
        for call, words in ((lambda: model.inverse(np.zeros((2, 3))), "name one of a, b"),
                            (lambda: model.log_q(np.zeros((2, 3)), "c"), "no basin 'c'"),
                            (lambda: model.log_q(np.zeros((2, 3)), 5), "no basin 5: expected a number from 0 to 1, or one of a, b"),
                            (lambda: model.sample(3, -1), "no basin -1"),
                            (lambda: bgen_torch.read(self.path, arrays="jax"), "'torch' or 'numpy', but found 'jax'"),
                            (lambda: model.log_q(np.zeros((2, 4))), r"of 3 numbers .*\(2, 4\)"),
                            (lambda: model.set_weights({"a": 1}), "weight above 0"),
                            (lambda: bgen_torch.read(self.path, arrays=ARRAYS, identical=[1, 1]), "2 numbers"),
                            (lambda: model.write(self.folder.name + "/none/x.bgen"), "cannot write")):
            with self.assertRaisesRegex(bgen_torch.ModelError, words):
                call()
        theta = model.parameters()[0]
        (theta.data if ARRAYS == "torch" else theta)[0] = np.nan
        with self.assertRaisesRegex(bgen_torch.ModelError, "a.theta contains a number that is not finite"):
            model.write(self.path)
        self.assertEqual(self.path.read_bytes(), self.blob)

    def test_dumps(self):
        path = generators.temporary(self.folder.name, "dump")
        text = "ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 1\n0 1\n0 1\n" \
            "ITEM: ATOMS id type xu y log_q\n9 1 0.5 2 3.5\n4 2 -1 1e-3 3.5\n"
        path.write_text(2 * text)
        self.assertEqual(bgen_torch.read_dump(path, "x y").tolist(), 2 * [[-1, 1e-3, 0.5, 2]])
        self.assertEqual(bgen_torch.read_dump(path, "log_q")[:, 0].tolist(), [3.5, 3.5])
        for text, columns, words in ((text + text[:-20], "x y", "frame 2 is cut off"), (text, "x y z", "no columns id x y z"),
                                     ("nothing", "x y", "no frames")):
            path.write_text(text)
            with self.assertRaisesRegex(bgen_torch.ModelError, words):
                bgen_torch.read_dump(path, columns)

    def test_the_checksum_is_that_of_zlib(self):
        digits = parse(self.blob).notes["checksum"].encode()
        self.assertEqual(digits, b"%08x" % zlib.crc32(self.blob.replace(digits, b"0" * 8, 1)))

    def test_older_files(self):
        """what such a file does not tell is given, or stands in the entries of the plugin; bgen reads it as well"""
        path, x = generators.temporary(self.folder.name, "older"), self.scene.frames(0, N)
        for notes, given in (({"mirrors": "x 0.3", "coords": "cartesian x"}, {}), ({}, {"n_space": 1, "mirrors": [(0, 0.3)]})):
            path.write_bytes(self.changed(dimensions=None, mirror_planes=None, **notes))
            found = bgen_torch.read(path, arrays=ARRAYS, **given).log_q(x)
            np.testing.assert_allclose(to_numpy(found), self.scene.log_q(x), TOLERANCE, TOLERANCE)
            self.scene.load(path)
        path.write_bytes(self.changed(dimensions="3"))
        with self.assertRaisesRegex(SystemExit, "was saved with dimensions '3', but here it is '1'"):
            self.scene.load(path)

    @unittest.skipUnless(ARRAYS == "torch", "needs PyTorch")
    def test_all_is_on_one_device(self):
        """on one that has no numbers: a constant that was left elsewhere is an error"""
        for name in ("masks", "linear", "nsf", "modes", "local", "cluster", "mixed"):
            scene = generators.scene(name)
            self.addCleanup(scene.close)
            path = generators.temporary(self.folder.name, "device")
            scene.save(path)
            model = bgen_torch.read(path, device="meta")
            z = torch.zeros(N, scene.n_shape, dtype=torch.float64, device="meta")
            self.assertEqual(model.shape_log_q(z, "a").device.type, "meta")
            self.assertEqual(model.forward(z, "a")[0].shape, (N, scene.dim))

    def few(self, dump):
        """the first 9 frames"""
        path = generators.temporary(self.folder.name, "few")
        with open(dump) as file:
            path.write_text("".join(itertools.islice(file, 9 * 6)))
        return str(path)

    @unittest.skipUnless(ARRAYS == "torch" and not DOUBLE, "needs PyTorch")
    def test_example(self):
        """examples/library/train_torch.py learns, and bgen reads what it writes"""
        start, dump, new = (str(generators.temporary(self.folder.name, name)) for name in ("start", "frames", "new"))
        x, model = self.scene.frames(0, 300), bgen_torch.read(self.path)
        model.parameters()[0].data += torch.from_numpy(0.2 * np.random.default_rng(1).normal(size=len(model.parameters()[0])))
        model.write(start)
        with open(dump, "w") as file:
            for row in x:
                file.write("ITEM: NUMBER OF ATOMS\n3\nITEM: ATOMS id x\n")
                file.writelines(f"{i} {value!r}\n" for i, value in enumerate(row.tolist()))
        script = os.path.join(os.environ["EXAMPLES"], "train_torch.py")
        run = subprocess.run([sys.executable, "-B", script, start, dump, "a", new, "200", "x"], capture_output=True,
                             text=True, timeout=100)
        self.assertEqual(run.returncode, 0, run.stderr)
        few = subprocess.run([sys.executable, "-B", script, start, self.few(dump), "a", new, "200", "x"], capture_output=True,
                             text=True, timeout=100)
        self.assertRegex(few.stderr, r"few.*: 9 of its 9 frames .* give 10 or more\n$")
        losses = [float(word) for word in re.findall(r"held-out frames (\S+)", run.stdout)]
        self.assertEqual(len(losses), 3)
        self.assertLess(losses[-1], losses[0] - 0.1)
        before = to_numpy(model.log_q(x, "a")).mean()
        model = bgen_torch.read(new)
        self.scene.load(new)
        np.testing.assert_allclose(to_numpy(model.log_q(x)), self.scene.log_q(x), TOLERANCE, TOLERANCE)
        self.assertGreater(self.scene.log_q(x, 0).mean(), before + 0.1)
        self.scene.load(self.path)

    @unittest.skipUnless(ARRAYS == "torch", "gradients need PyTorch")
    def test_gradients_by_parameters(self):
        """in double precision, by central differences"""
        for name in ("line", "nsf", "modes", "local", "mixed", "cluster"):
            scene = generators.scene(name)
            self.addCleanup(scene.close)
            path = generators.temporary(self.folder.name, "differences")
            scene.save(path)
            model = bgen_torch.read(path, arrays=ARRAYS)
            shape = model.shapes(scene.frames(1, N), "b")[0].detach()
            of = model.components[1]
            theta = of.theta.detach().double().requires_grad_()
            along, h = torch.from_numpy(scene.rng.normal(size=len(theta))), 1e-7  # seldom across the kink of a spline

            def loss(theta):
                of.theta = theta
                return model.shape_log_q(shape, "b").mean()
            loss(theta).backward()
            found, expected = theta.grad @ along, (loss(theta + h * along) - loss(theta - h * along)) / (2 * h)
            self.assertGreater(abs(expected), 0.01)
            self.assertTrue(abs(found - expected) <= 1e-5 * abs(expected), f"{name}: {found}, {expected}")


if __name__ == "__main__":
    unittest.main()
