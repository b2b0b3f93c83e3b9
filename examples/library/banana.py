#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""As banana.c, by ctypes, and the flow learns from energies too: python3 banana.py [libbgen.so.0]

  u(x, y) = x^2/2 + 2 (y - x^2)^2,   F = -ln of the integral of e^-u = -ln pi
"""
import ctypes as c
import math
import sys

import numpy as np

DIM, N, STEPS, SEED, STREAM_SAMPLE = 2, 4000, 300, 7, 8
lib = c.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libbgen.so.0")


class Layout(c.Structure):
    _fields_ = [("n_particles", c.c_size_t), ("n_space", c.c_size_t)]


class GeneratorOptions(c.Structure):
    _fields_ = [("layout", Layout), ("coords", c.c_int), ("mirrored", c.c_bool), ("spec", c.c_char_p),
                ("species", c.c_void_p), ("tree", c.c_void_p), ("circle", c.c_void_p), ("n_mirrors", c.c_size_t),
                ("mirrors", c.c_void_p), ("n_components", c.c_size_t), ("names", c.POINTER(c.c_char_p)), ("seed", c.c_uint64)]


class TrainOptions(c.Structure):
    _fields_ = [("n_steps", c.c_size_t), ("batch_data", c.c_size_t), ("batch_flow", c.c_size_t),
                ("weight_ml", c.c_double), ("weight_kl", c.c_double), ("weight_rc", c.c_double),
                ("rc_low", c.c_double), ("rc_high", c.c_double), ("n_tau", c.c_size_t), ("tau", c.c_double * 16),
                ("lr", c.c_double), ("lr_end", c.c_double), ("energy_high", c.c_double), ("clip", c.c_double),
                ("ema", c.c_double),
                ("seed", c.c_uint64), ("first_sample", c.c_uint64), ("n_threads", c.c_int),
                ("n_warmup", c.c_size_t), ("part", c.c_size_t), ("n_parts", c.c_size_t)]


class TrainBatch(c.Structure):
    _fields_ = [("x_data", c.c_void_p), ("s", c.c_void_p), ("grad_s", c.c_void_p)]


class TrainReport(c.Structure):
    _fields_ = [(name, c.c_double) for name in ("loss", "ml", "kl", "rc", "lr", "grad_norm")] + [
        ("n_not_finite", c.c_size_t), ("n_capped", c.c_size_t)]


class Wanted(c.Structure):
    _fields_ = [("n", c.c_size_t), ("x", c.POINTER(c.c_double)), ("gradient", c.c_bool)]


class Runs(c.Structure):
    _fields_ = [("n", c.c_size_t), ("end", c.c_void_p)]


class Works(c.Structure):
    _fields_ = [("n", c.c_size_t), ("work", c.c_void_p), ("runs", Runs)]


class Estimate(c.Structure):
    _fields_ = [("value", c.c_double), ("error", c.c_double)]


DRAW = np.dtype([("component", np.uintp), ("log_q", float), ("in_domain", bool)], align=True)
lib.bgen_version.restype = lib.bgen_last_error.restype = c.c_char_p
lib.bgen_generator_flow.restype = c.c_void_p
lib.bgen_train_defaults.restype = TrainOptions


def pointer(array):
    assert array.flags.c_contiguous and array.dtype in (float, DRAW)
    return c.c_void_p(array.ctypes.data)


def check(status):
    if status:
        sys.exit(lib.bgen_last_error().decode())


def u_and_gradient(r):
    x, y = r.T
    bend = y - x**2
    return x**2 / 2 + 2 * bend**2, np.stack([x - 8 * x * bend, 4 * bend], axis=1)


def train(flow, frames):
    options = lib.bgen_train_defaults()
    options.n_steps, options.weight_kl, options.lr, options.lr_end, options.seed = STEPS, 1, 1e-2, 1e-5, SEED
    trainer, wanted, report, rng = c.c_void_p(), Wanted(), TrainReport(), np.random.default_rng(SEED)
    check(lib.bgen_trainer_create(c.c_void_p(flow), c.byref(options), c.byref(trainer)))
    for _ in range(STEPS):
        check(lib.bgen_trainer_next(trainer, c.byref(wanted)))
        u, grad = u_and_gradient(np.ctypeslib.as_array(wanted.x, (wanted.n, DIM)))
        check(lib.bgen_trainer_arrive(trainer, pointer(u), pointer(grad)))
        batch = frames[rng.integers(len(frames), size=options.batch_data)]
        check(lib.bgen_trainer_step(trainer, c.byref(TrainBatch(pointer(batch))), c.byref(report)))
    lib.bgen_trainer_destroy(trainer)


def main():
    generator, w, bar = c.c_void_p(), c.c_void_p(), Estimate()
    options = GeneratorOptions(Layout(1, DIM), spec=b"whiten; realnvp blocks 4 width 32", n_components=1,
                               names=(c.c_char_p * 1)(b"banana"), seed=SEED)
    lib.bgen_blas_threads(1)
    check(lib.bgen_generator_create(c.byref(options), c.byref(generator)))
    check(lib.bgen_workspace_create(generator, 1, c.byref(w)))

    x = np.random.default_rng(SEED).normal(size=(2, N, DIM))  # to learn from, and for BAR
    x[..., 1] = x[..., 0] ** 2 + x[..., 1] / 2
    frames, held_out = x
    check(lib.bgen_generator_fit(generator, w, c.c_size_t(0), pointer(held_out[0].copy()), c.c_size_t(N),
                                 pointer(frames)))
    train(lib.bgen_generator_flow(generator, c.c_size_t(0)), frames)

    x_flow, draw, log_q = np.empty((N, DIM)), np.empty(N, DRAW), np.empty(N)
    check(lib.bgen_generator_sample(generator, w, c.c_double(1), c.c_uint64(SEED), STREAM_SAMPLE, c.c_uint64(0),
                                    c.c_size_t(N), pointer(x_flow), pointer(draw)))
    check(lib.bgen_generator_log_q(generator, w, c.c_double(1), c.c_size_t(N), pointer(held_out), pointer(log_q)))
    forward = u_and_gradient(x_flow)[0] + draw["log_q"]
    reverse = -u_and_gradient(held_out)[0] - log_q
    check(lib.bgen_estimate_bar(c.byref(Works(N, pointer(forward))), c.byref(Works(N, pointer(reverse))),
                                c.byref(bar)))
    print(f"bgen {lib.bgen_version().decode()}: F = {bar.value:.4f} +- {bar.error:.4f} kT, "
          f"exact {-math.log(math.pi):.4f}")
    lib.bgen_workspace_destroy(w)
    lib.bgen_generator_destroy(generator)


if __name__ == "__main__":
    main()
