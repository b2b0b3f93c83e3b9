# SPDX-License-Identifier: MIT
"""Models of bgen in PyTorch: look at a model that was trained in LAMMPS, or train one and write it back.

    import bgen_torch

    model = bgen_torch.read("dimer.bgen", device="cuda")
    log_q = model.log_q(x)                       # x[n][dim]
    samples = model.sample(1000)                 # .x, .log_q, .component, .in_domain
    z, log_det = model.inverse(x, "closed")      # and forward(z, "closed")
    model.write("dimer_trained.bgen")            # for bgen ID load

All of it is differentiable, by x and by model.parameters().  Without PyTorch, or with arrays="numpy", the same model
works on numpy arrays, without gradients.
"""
from .dumps import read_dump
from .files import ModelError, read_file, write_file
from .model import Model, Samples, read

__all__ = ["Model", "ModelError", "Samples", "read", "read_dump", "read_file", "write_file"]
