#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains the flow of one basin further in PyTorch, on a GPU if there is one:

    python3 train_torch.py MODEL FRAMES.dump BASIN NEW_MODEL [steps [columns]]

A tenth of the frames is held out.  NEW_MODEL has the parameters of the step that suits these best; read it in LAMMPS by
`bgen ID load`.  columns are those of the dump that fix bgen moves: "x y z".
"""
import sys

import torch

import bgen_torch


def main(path, dump, basin, new, steps="2000", columns="x y z"):
    torch.manual_seed(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = bgen_torch.read(path, device=device)
    with torch.no_grad():  # frames do not change: they are folded once
        shapes, inside = model.shapes(bgen_torch.read_dump(dump, columns), basin)
    n_frames, shapes = len(shapes), shapes[torch.as_tensor(inside, device=device)]
    if len(shapes) < 10:
        sys.exit(f"{dump}: {len(shapes)} of its {n_frames} frames are in the domain of {basin}, but a tenth is held out: give 10 or more")
    shapes = shapes[torch.randperm(len(shapes), device=device)]
    test, train = shapes[:len(shapes) // 10], shapes[len(shapes) // 10:]
    theta = model.component(basin).theta
    optimizer = torch.optim.Adam([theta], lr=3e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, int(steps))
    best, kept = float("inf"), theta.detach().clone()
    for step in range(int(steps) + 1):
        if step % 100 == 0:
            with torch.no_grad():
                loss = -model.shape_log_q(test, basin).mean().item()
            print(f"{basin}: step {step}, -log q of {len(test)} held-out frames {loss:.4f}")
            if loss < best:
                best, kept = loss, theta.detach().clone()
        batch = train[torch.randint(len(train), (min(512, len(train)),), device=device)]
        optimizer.zero_grad()
        (-model.shape_log_q(batch, basin).mean()).backward()
        torch.nn.utils.clip_grad_norm_([theta], 100)
        optimizer.step()
        schedule.step()
    theta.data.copy_(kept)
    model.write(new)
    print(f"{basin}: {best:.4f} is written to {new}")


if __name__ == "__main__":
    main(*sys.argv[1:])
