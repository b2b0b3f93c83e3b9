#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sampling, density and training of bgen beside the same net in PyTorch, in one run.

  bench.py BENCH_FLOW [--threads 1 4] [--widths 100 200] [--dim 76] [--batch 1024]
  bench.py BENCH_FLOW --circles 5 --threads 1 --widths 64 --dim 60 --batch 256 --blocks 3

The second is flow molecule on the shape of alanine dipeptide.

BENCH_FLOW is the program of that name in a build tree; the Python that runs this must have torch.
The two take turns, so that a machine that grows slower slows both; each figure is the best of its
turns.  PyTorch runs float32 throughout, bgen keeps coordinates and log-determinants in double.
"""
import argparse
import os
import subprocess
import sys
import time

os.environ.pop("OPENBLAS_CORETYPE", None)  # some machines export it, and it halves OpenBLAS
TURNS, LEAST_SECONDS = 3, 0.5
OPERATIONS = ("sample", "density", "train")


def circular_spline(weight, inside, forward):
    """core/layers/spline.h: monotone rational-quadratic, of period 2 pi; bins of all circles at once."""
    import math
    import torch
    n_bins, turn, least = weight.shape[-1] // 3, 2 * math.pi, 1e-3
    weight = torch.exp(math.log(1000) * torch.tanh(weight / math.log(1000)))
    widths, heights, slopes = weight.split(n_bins, -1)
    widths, heights = (turn * (least + (1 - n_bins * least) * w / w.sum(-1, keepdim=True)) for w in (widths, heights))
    ends = [torch.nn.functional.pad(size.cumsum(-1), (1, 0)) - math.pi for size in (widths, heights)]
    slopes = torch.cat([slopes[..., -1:], slopes], -1)
    away = turn * torch.floor((inside + math.pi) / turn)
    inside = inside - away
    index = torch.searchsorted(ends[0 if forward else 1][..., 1:-1].contiguous(), inside[..., None], right=True)
    x, y, w, h, d, e = (a.gather(-1, index)[..., 0] for a in (*ends, widths, heights, slopes, slopes[..., 1:]))
    s = h / w
    bend = d + e - 2 * s
    if forward:
        t = (inside - x) / w
    else:
        up = inside - y
        a, b, c = h * (s - d) + up * bend, h * d - up * bend, -s * up
        t = 2 * c / (-b - torch.sqrt(b * b - 4 * a * c))
    u = t * (1 - t)
    divisor = s + bend * u
    log_slope = torch.log(s * s * (e * t * t + 2 * s * u + d * (1 - t) ** 2) / (divisor * divisor))
    out = y + h * (s * t * t + d * u) / divisor if forward else x + w * t
    return out + away, log_slope if forward else -log_slope


def time_torch(dim, width, batch, threads, blocks, depth, circles):
    """Seconds of each call of the net of core/layers/coupling.h (S tanh, t SiLU, log-scale 2 tanh(S/2)) or,
    with circles >= 0, of core/layers/circle_coupling.h after a linear map that whitens."""
    import math
    import torch
    torch.set_num_threads(threads)

    def network(n_in, n_out, activation):
        layers, n = [], n_in
        for _ in range(depth):
            layers += [torch.nn.Linear(n, width), activation()]
            n = width
        return torch.nn.Sequential(*layers, torch.nn.Linear(n, n_out))

    class Coupling(torch.nn.Module):
        def __init__(self, moved):
            super().__init__()
            self.register_buffer("moved", torch.nonzero(moved).flatten())
            self.register_buffer("kept", torch.nonzero(~moved).flatten())
            n_kept, n_moved = len(self.kept), len(self.moved)
            self.scale = network(n_kept, n_moved, torch.nn.Tanh)
            self.shift = network(n_kept, n_moved, torch.nn.SiLU)

        def forward(self, x, sign):
            kept, moved = x[:, self.kept], x[:, self.moved]
            s, t = 2 * torch.tanh(self.scale(kept) / 2), self.shift(kept)
            moved = moved * torch.exp(s) + t if sign > 0 else (moved - t) * torch.exp(-s)
            out = torch.empty_like(x)
            out[:, self.kept], out[:, self.moved] = kept, moved
            return out, sign * s.sum(1)

    class CircleCoupling(torch.nn.Module):
        def __init__(self, moved, n_bins=8):
            super().__init__()
            circle = torch.arange(dim) < circles
            for name, which in (("kept", ~moved & ~circle), ("kept_circle", ~moved & circle),
                                ("line", moved & ~circle), ("circle", moved & circle)):
                self.register_buffer(name, torch.nonzero(which).flatten())
            self.register_buffer("turned", 2 * math.pi * torch.rand(len(self.circle)))
            self.n = len(self.line)
            n_given = 2 * self.n + 3 * n_bins * len(self.circle)
            self.network = network(len(self.kept) + 2 * len(self.kept_circle), n_given, torch.nn.SiLU)

        def forward(self, x, sign):
            angle = x[:, self.kept_circle]
            given = self.network(torch.cat([x[:, self.kept], torch.sin(angle), torch.cos(angle)], 1))
            s, t = 2 * torch.tanh(given[:, :self.n] / 2), given[:, self.n:2 * self.n]
            line, out, log_det = x[:, self.line], x.clone(), sign * s.sum(1)
            out[:, self.line] = line * torch.exp(s) + t if sign > 0 else (line - t) * torch.exp(-s)
            if len(self.circle):
                weight = given[:, 2 * self.n:].reshape(len(x), len(self.circle), -1)
                moved, log_slope = circular_spline(weight, x[:, self.circle] + self.turned, sign > 0)
                out[:, self.circle] = moved - self.turned
                log_det = log_det + log_slope.sum(1)
            return out, log_det

    class Whiten(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("root", torch.eye(dim - circles))

        def forward(self, x, sign):
            return torch.cat([x[:, :circles], x[:, circles:] @ self.root], 1), torch.zeros(len(x))

    couplings = []
    for _ in range(blocks if circles >= 0 else 0):
        moved = torch.randperm(dim) < (dim + 1) // 2
        couplings += [CircleCoupling(moved), CircleCoupling(~moved)]
    couplings += [Whiten()] if circles >= 0 else []
    for block in range(0 if circles >= 0 else blocks):
        if block % 2 == 0:
            moved = torch.arange(dim) % 2 == block // 2 % 2
        else:
            moved = (torch.randperm(dim // 2) < dim // 4).repeat_interleave(2)
        couplings += [Coupling(moved), Coupling(~moved)]
    flow = torch.nn.ModuleList(couplings)
    adam = torch.optim.Adam(flow.parameters(), lr=1e-6)
    data = torch.randn(batch, dim)
    n_circles = max(0, circles)
    data[:, :n_circles] = 2 * math.pi * torch.rand(batch, n_circles) - math.pi

    def run(x, sign):
        total = torch.zeros(len(x))
        for coupling in (flow if sign > 0 else reversed(flow)):
            x, log_det = coupling(x, sign)
            total = total + log_det
        return x, total

    def sample():
        with torch.no_grad():
            z = torch.randn(batch, dim)
            z[:, :n_circles] = 2 * math.pi * torch.rand(batch, n_circles) - math.pi
            x, log_det = run(z, +1)
            return x, -0.5 * (z[:, n_circles:] ** 2).sum(1) - log_det

    def density():
        with torch.no_grad():
            z, log_det = run(data, -1)
            return -0.5 * (z[:, n_circles:] ** 2).sum(1) + log_det

    def train():
        z, log_det = run(data, -1)
        loss = (0.5 * (z[:, n_circles:] ** 2).sum(1) - log_det).mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(flow.parameters(), 100.0)
        adam.step()

    def seconds(operation):
        operation()
        start, n_calls = time.perf_counter(), 0
        while time.perf_counter() - start < LEAST_SECONDS or n_calls < 3:
            operation()
            n_calls += 1
        return (time.perf_counter() - start) / n_calls

    return {name: seconds({"sample": sample, "density": density, "train": train}[name])
            for name in OPERATIONS}


def run_program(command, threads):
    """name -> seconds, from lines 'name seconds ...'"""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines()}


def compare(options, width, threads):
    shape = [str(n) for n in (options.dim, width, options.batch, threads, options.blocks, options.depth)]
    circles = [] if options.circles is None else [str(options.circles)]
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(run_program([options.bench_flow, *shape, *circles], threads))
        theirs.append(run_program([sys.executable, __file__, "--torch", *shape, *(circles or ["-1"])], threads))
    for name in OPERATIONS:
        a, b = min(run[name] for run in ours), min(run[name] for run in theirs)
        print(f"{options.dim:4d} {width:6d} {threads:8d}  {name:8s} {options.batch / a:12.0f} "
              f"{options.batch / b:12.0f} {b / a:8.2f}", flush=True)


def main():
    if sys.argv[1:2] == ["--torch"]:
        for name, time_of_call in time_torch(*map(int, sys.argv[2:])).items():
            print(name, time_of_call)
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bench_flow")
    parser.add_argument("--dim", type=int, default=76)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--circles", type=int, help="coordinates on circles: whiten; circular")
    parser.add_argument("--widths", type=int, nargs="+", default=[100, 200])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 4])
    options = parser.parse_args()
    print(" dim  width  threads  what       bgen pts/s  torch pts/s    ratio")
    for width in options.widths:
        for threads in options.threads:
            compare(options, width, threads)


if __name__ == "__main__":
    main()
