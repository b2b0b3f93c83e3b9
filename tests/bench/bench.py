#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sampling, density, gradients and training of bgen beside the same nets in PyTorch, in one run.

  bench.py BENCH_DIR [--threads 1 2] [--page PAGE.md]      all flows, some 40 minutes
  bench.py BENCH_DIR --only "realnvp 76 200"               those whose name begins so
  bench.py BENCH_DIR --growth                              how the cost of a point grows; without PyTorch

BENCH_DIR is the folder of bench_flow and bench_product in a build tree; the Python that runs this must have torch.
The two take turns, so that a machine that grows slower slows both; each figure is the best of its turns.  PyTorch runs
float32 throughout, eager, and by torch.compile where that works; bgen keeps coordinates and log-determinants in double.
GFLOP/s are of the products of the networks alone, and per cent of what CBLAS reaches by as many threads with
1024 x 1024 x 1024.
"""
import argparse
import importlib.metadata
import math
import os
import pathlib
import resource
import subprocess
import sys
import time

os.environ.pop("OPENBLAS_CORETYPE", None)  # some machines export it, and it halves OpenBLAS
TURNS, LEAST_SECONDS = 5, 0.2
OPERATIONS = ("sample", "density", "gradient", "ml", "kl", "one", "one_gradient")
PRODUCTS = {"sample": 1, "density": 1, "gradient": 2, "ml": 3, "kl": 3}  # of a batch with all weights
FLOWS = [  # flow, dim, width, batch, blocks, depth, circles
    ("realnvp", 2, 64, 1024, 6, 2, 0),
    *(("realnvp", 76, width, 1024, 12, 2, 0) for width in (64, 100, 200)),
    ("realnvp", 500, 200, 1024, 4, 2, 0),
    *(("nsf", 76, width, 1024, 4, 2, 0) for width in (64, 100, 200)),
    *(("circular", 60, width, 256, 3, 2, 5) for width in (64, 100, 200)),  # flow molecule on the shape of alanine dipeptide
]


def spline(weight, inside, forward, bound, circular):
    """core/layers/spline.h: monotone rational-quadratic in [-bound, bound]; bins of all coordinates at once."""
    import torch
    n_bins, turn, least = (weight.shape[-1] + 1) // 3, 2 * bound, 1e-3
    weight = torch.exp(math.log(1000) * torch.tanh(weight / math.log(1000)))
    widths, heights, slopes = weight.split([n_bins, n_bins, weight.shape[-1] - 2 * n_bins], -1)
    widths, heights = (turn * (least + (1 - n_bins * least) * w / w.sum(-1, keepdim=True)) for w in (widths, heights))
    ends = [torch.nn.functional.pad(size.cumsum(-1), (1, 0)) - bound for size in (widths, heights)]
    if circular:
        slopes = torch.cat([slopes[..., -1:], slopes], -1)
        away = turn * torch.floor((inside + bound) / turn)
        inside = inside - away
    else:
        slopes = torch.nn.functional.pad(slopes, (1, 1), value=1.0)
        outside, beyond = inside.abs() >= bound, inside
        inside = inside.clamp(-bound, bound)
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
    if circular:
        return out + away, log_slope if forward else -log_slope
    log_slope = torch.where(outside, 0.0, log_slope)
    return torch.where(outside, beyond, out), log_slope if forward else -log_slope


def time_torch(kind, dim, width, batch, threads, blocks, depth, circles, compiled):
    """Seconds of each call of the net of core/layers/coupling.h (S tanh, t SiLU, log-scale 2 tanh(S/2)), of
    spline_coupling.h, or of circle_coupling.h after a linear map that whitens."""
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

    class SplineCoupling(torch.nn.Module):
        def __init__(self, moved, n_bins=8):
            super().__init__()
            self.register_buffer("moved", torch.nonzero(moved).flatten())
            self.register_buffer("kept", torch.nonzero(~moved).flatten())
            self.network = network(len(self.kept), (3 * n_bins - 1) * len(self.moved), torch.nn.SiLU)

        def forward(self, x, sign):
            kept = x[:, self.kept]
            weight = self.network(kept).reshape(len(x), len(self.moved), -1)
            moved, log_slope = spline(weight, x[:, self.moved], sign > 0, 5.0, False)
            out = torch.empty_like(x)
            out[:, self.kept], out[:, self.moved] = kept, moved
            return out, log_slope.sum(1)

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
                moved, log_slope = spline(weight, x[:, self.circle] + self.turned, sign > 0, math.pi, True)
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
    for block in range(blocks):
        if kind == "circular":
            moved = torch.randperm(dim) < (dim + 1) // 2
            couplings += [CircleCoupling(moved), CircleCoupling(~moved)]
            continue
        if block % 2 == 0 or dim < 4:
            moved = torch.arange(dim) % 2 == block // 2 % 2
        else:
            moved = (torch.randperm(dim // 2) < dim // 4).repeat_interleave(2)
        pair = SplineCoupling if kind == "nsf" else Coupling
        couplings += [pair(moved), pair(~moved)]
    couplings += [Whiten()] if kind == "circular" else []
    flow = torch.nn.ModuleList(couplings)
    adam = torch.optim.Adam(flow.parameters(), lr=1e-6)
    data = torch.randn(batch, dim)
    n_circles = circles
    data[:, :n_circles] = 2 * math.pi * torch.rand(batch, n_circles) - math.pi

    def run(x, sign):
        total = torch.zeros(len(x))
        for coupling in (flow if sign > 0 else reversed(flow)):
            x, log_det = coupling(x, sign)
            total = total + log_det
        return x, total

    if compiled:
        run = torch.compile(run)

    def draw():
        z = torch.randn(batch, dim)
        z[:, :n_circles] = 2 * math.pi * torch.rand(batch, n_circles) - math.pi
        return z

    def log_q(x):
        z, log_det = run(x, -1)
        return -0.5 * (z[:, n_circles:] ** 2).sum(1) + log_det

    def sample():
        with torch.no_grad():
            z = draw()
            x, log_det = run(z, +1)
            return x, -0.5 * (z[:, n_circles:] ** 2).sum(1) - log_det

    def density(x=data):
        with torch.no_grad():
            return log_q(x)

    def gradient(x=data):
        x = x.clone().requires_grad_(True)
        for parameter in flow.parameters():
            parameter.requires_grad_(False)
        log_q(x).sum().backward()
        for parameter in flow.parameters():
            parameter.requires_grad_(True)
        return x.grad

    def step(loss):
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(flow.parameters(), 100.0)
        adam.step()

    def kl():
        x, log_det = run(draw(), +1)
        step((0.5 * (x ** 2).sum(1) - log_det).mean())

    def seconds(operation):
        operation()
        best = 1e30
        for _ in range(3):
            start, n_calls = time.perf_counter(), 0
            while time.perf_counter() - start < LEAST_SECONDS or n_calls < 3:
                operation()
                n_calls += 1
            best = min(best, (time.perf_counter() - start) / n_calls)
        return best

    one = data[:1].clone()
    operations = {"sample": sample, "density": density, "gradient": gradient, "ml": lambda: step(-log_q(data).mean()),
                  "kl": kl, "one": lambda: density(one), "one_gradient": lambda: gradient(one)}
    times = {}
    for name in ("sample", "density", "ml", "kl") if compiled else OPERATIONS:
        times[name] = seconds(operations[name])
    times["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return times


def run_program(command, threads):
    """name -> second word, from lines 'name number ...'; of a program that fails, nothing"""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return {}
    return {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}


def best(runs, name):
    """the least time of the runs that have it"""
    times = [float(run[name]) for run in runs if name in run]
    return min(times) if times else float("nan")


def number(value, form=".2f"):
    return "" if math.isnan(value) else format(value, form)


def compare(options, flow, threads, peak):
    """Lines of a table: one for each operation."""
    kind, dim, width, batch, blocks, depth, circles = flow
    shape = [str(word) for word in (kind, dim, width, batch, threads, blocks, depth, circles)]
    runs = {"bgen": [], "eager": [], "compiled": []}
    for turn in range(options.turns):
        runs["bgen"].append(run_program([str(options.folder / "bench_flow"), *shape], threads))
        runs["eager"].append(run_program([sys.executable, __file__, "--torch", *shape, "0"], threads))
        if turn == 0 and not options.eager:
            runs["compiled"].append(run_program([sys.executable, __file__, "--torch", *shape, "1"], threads))
    if not runs["bgen"][0]:
        sys.exit(f"{options.folder / 'bench_flow'} failed")
    weights = float(runs["bgen"][0]["weights"])
    for name in OPERATIONS:
        ours, eager, compiled = (best(runs[who], name) for who in ("bgen", "eager", "compiled"))
        n = 1 if name.startswith("one") else batch
        gflops = 2e-9 * PRODUCTS[name] * weights * n / ours if name in PRODUCTS else float("nan")
        yield [kind, dim, width, n, threads, name, *(number(1e3 * time, ".3g") for time in (ours, eager, compiled)),
               number(eager / ours), number(compiled / ours), number(gflops, ".0f"),
               number(100 * gflops / peak, ".0f")]
    memory = [max(float(run["memory"]) for run in runs[who]) for who in ("bgen", "eager")]
    yield [kind, dim, width, batch, threads, "memory, MiB", f"{memory[0]:.0f}", f"{memory[1]:.0f}", "",
           f"{memory[1] / memory[0]:.2f}", "", "", ""]


def growth(options, page):
    """How long a point takes, by atoms in space, width, batch and threads: one of them changes at a time."""
    usual = {"atoms": 64, "width": 100, "batch": 1024, "threads": 1}
    changes = {"atoms": (2, 8, 22, 64, 256, 1000, 2000), "width": (32, 64, 200, 400), "batch": (1, 8, 64, 256),
               "threads": [n for n in (2, 4, 8, 16) if n <= os.cpu_count()]}
    columns = [*usual, *(f"{name}, us" for name in ("sample", "density", "gradient", "ml", "kl")), "weights", "memory, MiB"]
    write(page, "# How cost grows\n\nMicroseconds a point, realnvp with 12 blocks.\n")
    write(page, "| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for what, values in changes.items():
        for value in values:
            now = {**usual, what: value}
            shape = ("realnvp", 3 * now["atoms"], now["width"], now["batch"], now["threads"], 12, 2, 0)
            run = run_program([str(options.folder / "bench_flow"), *map(str, shape)], now["threads"])
            times = [f"{1e6 * float(run[name]) / now['batch']:.3g}" for name in ("sample", "density", "gradient", "ml", "kl")]
            row = [*now.values(), *times, run["weights"], f"{float(run['memory']):.0f}"]
            write(page, "| " + " | ".join(map(str, row)) + " |")


COLUMNS = ["flow", "d", "width", "batch", "threads", "what", "bgen, ms", "eager, ms", "compiled, ms", "eager / bgen",
           "compiled / bgen", "GFLOP/s", "% of peak"]


def processor():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")


def write(page, text):
    print(text, flush=True)
    if page:
        page.write(text + "\n")
        page.flush()


def main():
    if sys.argv[1:2] == ["--torch"]:
        kind, *numbers = sys.argv[2:]
        for name, time_of_call in time_torch(kind, *map(int, numbers)).items():
            print(name, time_of_call)
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="", help='beginning of "FLOW DIM WIDTH"')
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count()])
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--eager", action="store_true", help="leave torch.compile out, which takes a minute for each flow")
    parser.add_argument("--page", type=argparse.FileType("w"))
    options = parser.parse_args()
    if options.growth:
        return growth(options, options.page)
    def run_products(*words):
        return subprocess.run([options.folder / "bench_product", *words], check=True, capture_output=True, text=True).stdout

    products = run_products()
    peaks = {threads: float(run_products(str(threads)).split()[1]) for threads in options.threads}
    version = importlib.metadata.version("torch")
    write(options.page, f"# Speed\n\nWritten by `tests/bench/bench.py`. {processor()}, {os.cpu_count()} cores;"
          f" PyTorch {version}; peak " + ", ".join(f"{peaks[n]:.0f} GFLOP/s by {n}" for n in peaks) + " threads.\n")
    write(options.page, "| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for flow in FLOWS:
        for threads in options.threads if f"{flow[0]} {flow[1]} {flow[2]}".startswith(options.only) else []:
            for row in compare(options, flow, threads, peaks[threads]):
                write(options.page, "| " + " | ".join(map(str, row)) + " |")
    write(options.page, "\n## Products\n\nGFLOP/s of one core: rows, inner, columns; forward, gradient of the input, gradient of the"
          " weight; CBLAS whole, and in blocks of 8 rows.\n\n```\n" + products + "```")


if __name__ == "__main__":
    main()
