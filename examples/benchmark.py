#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs examples from several seeds, each from scratch, and writes what came out to examples/RESULTS.md.

  examples/benchmark.py [--seeds 4] [NAME ...]      default: all examples that have a reference below

Means are given with their standard errors over seeds. What a run says is read from the logs in examples/NAME/run.SEED;
runs that are there already are not repeated (remove their folders to begin anew).
"""

import argparse
import datetime
import math
import pathlib
import platform
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent

# F of the first basin minus F of the second, in kT at T = 1 (potentials/README.md)
REFERENCES = {"double_well": ("right", "left", 3.379901), "mueller_brown": ("right", "left", 3.64192),
              "dimer": ("closed", "open", -6.761)}
NUMBER = r"([-+.\deinfa]+)"


# ---- one run --------------------------------------------------------------------------------------------


def run(name, seed):
    """The folder of a finished run; its wall time, set-up apart, is in the file seconds."""
    folder = HERE / name / f"run.{seed}"
    if not (folder / "seconds").exists():
        started = time.time()
        subprocess.run([HERE / "run.sh", name, str(seed)], check=True, stdout=subprocess.DEVNULL)
        (folder / "seconds").write_text(f"{time.time() - started:.0f}\n")
    return folder


def last(pattern, text, what):
    found = re.findall(pattern, text)
    if not found:
        sys.exit(f"benchmark.py: the log does not say {what}")
    return found[-1]


def basin_rows(text, basins):
    """The rows of the last table of free_energy: {basin: (F, error, from flow, from frames, ESS, acceptance)}."""
    return {b: [float(x) for x in last(rf"(?m)^{b} +" + r" +".join([NUMBER] * 6), text, f"the free energy of {b}")]
            for b in basins}


def read(name, folder):
    """What one run gave: {column: number}."""
    first, second, reference = REFERENCES[name]
    text = (folder / f"log.{name}").read_text()
    rows = basin_rows(text, (first, second))
    result = {"ΔF by BAR": rows[first][0] - rows[second][0],
              "its error bar": math.hypot(rows[first][1], rows[second][1]),
              "ΔF from samples": rows[first][2] - rows[second][2],
              "ΔF from frames": rows[first][3] - rows[second][3]}
    for basin in (first, second):
        result[f"ESS {basin} (%)"] = rows[basin][4]
        result[f"acceptance within {basin} (%)"] = rows[basin][5]
    jumps = last(rf"(\d+) of (\d+) in all .*?(\d+) of (\d+) within basins .*?(\d+) of (\d+) between", text, "its jumps")
    for kind, accepted, attempts in zip(("all", "within basins", "between basins"), jumps[::2], jumps[1::2]):
        result[f"jumps accepted, {kind} (%)"] = 100 * int(accepted) / max(1, int(attempts))
    result["energy calls of bgen"] = float(last(r"energy calls +(\d+)", text, "its energy calls"))
    result["MD steps"] = float(sum(int(n) for log in folder.glob("log.*") for n in
                                   re.findall(r"Loop time of .* for (\d+) steps", log.read_text())))
    result["wall time (s)"] = float((folder / "seconds").read_text())
    return result


# ---- the page -------------------------------------------------------------------------------------------


def cell(values):
    """Mean and its standard error, with as many digits as the error has meaning."""
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.4g}"
    error = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))
    if error == 0 or not math.isfinite(error):
        return f"{mean:.6g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def section(name, seeds):
    results = [read(name, run(name, seed)) for seed in seeds]
    first, second, reference = REFERENCES[name]
    lines = [f"## {name}", "", f"F({first}) - F({second}) should be {reference:g} kT.", "",
             f"| | mean of seeds {', '.join(map(str, seeds))} |", "|---|---|"]
    lines += [f"| {column} | {cell([r[column] for r in results])} |" for column in results[0]]
    off = [abs(r["ΔF by BAR"] - reference) / r["its error bar"] for r in results]
    lines += [f"| BAR off by, in error bars | {', '.join(f'{o:.1f}' for o in off)} |", ""]
    return lines


def page(names, seeds):
    cpu = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    lines = ["# Results", "", f"Written by `examples/benchmark.py --seeds {len(seeds)} {' '.join(names)}` on "
             f"{datetime.date.today()}, {cores} cores, {cpu}. Each run starts from nothing: MD frames, training, jumps.",
             "Means ± standard errors over seeds. Acceptance is not balanced by offsets. MD steps count frames, held-out",
             "frames and the run with jumps (and `rerun`, one step a frame); energy calls are those of training, judging,",
             "estimates and jumps. Wall time is without set-up.", ""]
    for name in names:
        lines += section(name, seeds)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    names = options.names or [name for name in REFERENCES if (HERE / name / "job.sh").exists()]
    for name in names:
        if name not in REFERENCES:
            sys.exit(f"benchmark.py: no reference for '{name}': use one of {' '.join(REFERENCES)}")
    subprocess.run([HERE.parent / "cmake" / "setup.sh", "packages"], check=True)
    (HERE / "RESULTS.md").write_text(page(names, range(1, options.seeds + 1)))
    print(f"wrote {HERE / 'RESULTS.md'}")


if __name__ == "__main__":
    main()
