#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs examples from several seeds, each from scratch, and writes what came out to examples/RESULTS.md.

  examples/benchmark.py [--seeds 4] [--first 1] [NAME ...]      default: all examples that have a reference below

Means are given with their standard errors over seeds. What a run says is read from the logs in examples/NAME/run.SEED;
runs that are there already are not repeated (remove their folders to begin anew). The page gets a new section for every
example whose runs are all there, named or not, and keeps those of the others. Pictures over the seeds go to examples/results.
"""

import argparse
import collections
import datetime
import importlib.util
import math
import os
import pathlib
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

# F of the first basin minus F of the second, in kT at T = 1 (potentials/README.md); the profile is compared where the
# reference is up to `within` kT
Reference = collections.namedtuple("Reference", "first second difference within")
REFERENCES = {"double_well": Reference("right", "left", 3.379901, 6.0),
              "mueller_brown": Reference("right", "left", 3.64192, 6.0),
              "dimer": Reference("closed", "open", -6.761, 10.0)}
# the examples of free bodies, whose references are in their check.py, and what the rows of their tables are
FREE = ["crystal", "cluster", "vacancy"]
# so too those of molecules; settings were chosen on seed 1 of alanine_dipeptide: use --first 2
MOLECULES = ["butane", "alanine_dipeptide"]
EXAMPLES = [*REFERENCES, *FREE, *MOLECULES]
WORDS = {"F_abs/N(all)": "F/N", "F(all)": "F"}
# the same differences at other temperatures, of the examples that have in.temperatures
TEMPERATURES = {"double_well": {0.5: 6.849401, 1.0: 3.379901, 2.0: 1.630269, 4.0: 0.760557}}
NUMBER = r"([-+.\deinfa]+)"
NAN = math.nan


# ---- one run --------------------------------------------------------------------------------------------


def folder_of(name, seed):
    return HERE / name / f"run.{seed}"


def run(name, seed):
    """Leaves a finished run; its wall and processor time, set-up apart, are in the file seconds."""
    seconds = folder_of(name, seed) / "seconds"
    if seconds.exists():
        return
    started, before = time.time(), processor_time()
    subprocess.run([HERE / "run.sh", name, str(seed)], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "BGEN_BENCHMARK": "yes"})
    seconds.write_text(f"{time.time() - started:.0f} {processor_time() - before:.0f}\n")


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def numbers(pattern, text):
    """Of the last match; NaN, as many as the pattern has groups, where there is none."""
    found = list(re.finditer(pattern, text))
    return [float(word) for word in found[-1].groups()] if found else [NAN] * re.compile(pattern).groups


def table(path):
    """Columns by name; none where there is no file."""
    lines = path.read_text().splitlines() if path.exists() else []
    names = next((line[1:].split() for line in reversed(lines) if line.startswith("#")), [])
    rows = [[float(word) for word in line.split()] for line in lines if line and not line.startswith("#")]
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def read_free_energies(text, ref):
    """The rows of the last table of free_energy: F, error, from flow, from frames, ESS, acceptance."""
    rows = {b: numbers(rf"(?m)^{b} +" + r" +".join([NUMBER] * 6), text) for b in (ref.first, ref.second)}
    first, second = rows[ref.first], rows[ref.second]
    result = {"ΔF by BAR (kT)": first[0] - second[0], "its error bar": math.hypot(first[1], second[1]),
              "ΔF from samples alone": first[2] - second[2], "ΔF from frames alone": first[3] - second[3]}
    for basin, row in rows.items():
        result[f"effective samples, {basin} (%)"] = row[4]
        tables = re.findall(rf"(?m)^{basin} +" + r" +".join([r"\S+"] * 4 + [NUMBER]), text)
        result[f"effective samples, {basin}, lowest of all estimates (%)"] = min(map(float, tables), default=NAN)
    for basin, row in rows.items():
        result[f"acceptance of fresh proposals within {basin} (%)"] = row[5]
    there, back = numbers(rf"between {ref.first} and {ref.second}, were they balanced by offsets: {NUMBER} % there, "
                          rf"{NUMBER} % back", text)
    result[f"balanced acceptance, {ref.first} to {ref.second} (%)"] = there
    result[f"balanced acceptance, {ref.second} to {ref.first} (%)"] = back
    return result


def read_jumps(text):
    found = numbers(r"jumps accepted: +(\d+) of (\d+) in all .*?(\d+) of (\d+) within basins .*?(\d+) of (\d+) between", text)
    return {f"jumps without offsets accepted, {kind} (%)": 100 * accepted / attempts if attempts else NAN for kind, accepted, attempts
            in zip(("all", "within basins", "between basins"), found[::2], found[1::2])}


def bin_average(reference, low, high):
    """-ln of the mean of e^-F over a bin, F between the points of the reference; NaN outside of it."""
    s, f = reference
    if low < s[0] or high > s[-1]:
        return NAN
    places = [low + (high - low) * (k + 0.5) / 10 for k in range(10)]
    values = []
    for place in places:
        i = min(max(1, next(k for k, value in enumerate(s) if value >= place)), len(s) - 1)
        values.append(f[i - 1] + (f[i] - f[i - 1]) * (place - s[i - 1]) / (s[i] - s[i - 1]))
    return -math.log(sum(math.exp(-value) for value in values) / len(values))


def profile_error(folder, name, within):
    """Root mean square over the bins where the reference is within so many kT, apart from the mean; inf if one of them is unknown."""
    reference, found = (list(table(path).values()) for path in
                        (HERE / name / "reference_profile.dat", folder / "profile.dat"))
    if len(found) < 2:
        return NAN
    width, off = found[0][1] - found[0][0], []
    for s, f, error in zip(*found[:3]):
        expected = bin_average(reference[:2], s - width / 2, s + width / 2)
        if expected - min(reference[1]) <= within and math.isfinite(f):
            if not math.isfinite(error):
                return math.inf
            off.append(f - expected)
    mean = sum(off) / max(1, len(off))
    return math.sqrt(sum((o - mean) ** 2 for o in off) / len(off)) if off else NAN


def read_training(folder):
    """Of the stages in training.dat, each a basin after the other: their time, and the calls of those by energy."""
    columns = table(folder / "training.dat")
    seconds, calls = 0.0, 0.0
    n = len(columns.get("step", []))
    for i in range(n):
        last = i + 1 == n or columns["step"][i + 1] <= columns["step"][i]
        seconds += columns["seconds"][i] if last else 0.0
        if math.isfinite(columns["kl"][i]):
            calls += columns["energy_calls"][i] - (columns["energy_calls"][i - 1] if i else 0.0)
    return (calls, seconds) if n else (NAN, NAN)


def total_wall_time(log):
    hours, minutes, seconds = numbers(r"Total wall time: (\d+):(\d+):(\d+)", log)
    return 3600 * hours + 60 * minutes + seconds


def read_costs(name, folder, text):
    walkers = [log.read_text() for log in folder.glob("log.*") if log.name not in
               {f"log.{other}" for other in (name, "temperatures", "paper", "explore")}]
    jumps = numbers(r"Loop time of (\S+) .* for (\d+) steps", text)
    wall, cpu = ([float(word) for word in (folder / "seconds").read_text().split()] + [NAN])[:2]
    by_energy, training = read_training(folder)
    return {"energy calls of bgen, all": numbers(r"energy calls +(\d+)", text)[0],
            "energy calls of training by energy": by_energy,
            "MD steps for frames": sum(int(n) for log in walkers for n in re.findall(r"(?m)^run +(\d+)", log)),
            "MD steps of the run with jumps": jumps[1],
            "wall time of MD for frames, sum of walkers (s)": sum(total_wall_time(log) for log in walkers),
            "wall time of training (s)": training,
            "wall time of the run with jumps (s)": jumps[0],
            "wall time of all (s)": wall, "processor time of all (s)": cpu}


def read(name, seed):
    """What one run gave: {row: number}, NaN where it does not say."""
    folder, ref = folder_of(name, seed), REFERENCES[name]
    text = (folder / f"log.{name}").read_text()
    result = read_free_energies(text, ref)
    result["deviation in error bars"] = abs(result["ΔF by BAR (kT)"] - ref.difference) / result["its error bar"]
    result["RMS error of the profile (kT)"] = profile_error(folder, name, ref.within)
    return {**result, **read_jumps(text), **read_costs(name, folder, text)}


def read_temperatures(name, seed):
    """Of in.temperatures {(T, "BAR" or "MBAR"): (difference, its error)} and {T: least effective samples}; empty if it has not run."""
    path, ref = folder_of(name, seed) / "log.temperatures", REFERENCES[name]
    text = path.read_text() if path.exists() else ""
    # energy units have more digits; kT = T
    differences = {(float(T), method): (float(value) / float(T), float(error) / float(T)) for value, error, T, method in re.findall(
        rf"F\({ref.first}\) - F\({ref.second}\) = .* kT = {NUMBER} \+- {NUMBER} energy units \(T = (\S+), (M?BAR)\)", text)}
    parts = re.split(r"(?m)^bgen \S+ free_energy: .* T = (\S+?), kT", text.partition("\nEnergy units")[0])
    samples = collections.defaultdict(list)
    for T, part in zip(parts[1::2], parts[2::2]):
        samples[float(T)] += [numbers(rf"(?m)^{b} +" + r" +".join([r"\S+"] * 4 + [NUMBER]), part)[0] for b in (ref.first, ref.second)]
    return differences, {T: min(found) for T, found in samples.items()}


def read_paper(name, seed):
    """What in.paper gave, as read() has it; empty if it has not run."""
    path = folder_of(name, seed) / "log.paper"
    text = path.read_text() if path.exists() else ""
    calls = re.findall(r"(?m)^ +\d+ +\S+ +\S+ +\S+ +\S+ +\S+ +\S+ +\S+ +(\d+) +\S+ +\d+:\d\d:\d\d", text)
    return {**read_free_energies(text, REFERENCES[name]), "energy calls of training": float(calls[-1]),
            "wall time (s)": total_wall_time(text)} if calls else {}


def read_exploration(name, seed):
    """Of in.explore; empty if it has not run."""
    path, ref = folder_of(name, seed) / "log.explore", REFERENCES[name]
    text = path.read_text() if path.exists() else ""
    if not text:
        return {}
    result = {f"frames in {b} at the end": numbers(rf"basin {b} .* (\d+) frames to train", text)[0] for b in (ref.first, ref.second)}
    return {**result, "energy calls": max(map(float, re.findall(r"energy calls +(\d+)", text)), default=NAN),
            "wall time (s)": total_wall_time(text)}


# ---- free bodies ----------------------------------------------------------------------------------------


def check_of(name):
    """check.py of an example, which may import what is beside it"""
    spec = importlib.util.spec_from_file_location(f"check_{name}", HERE / name / "check.py")
    check = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(HERE / name))
    spec.loader.exec_module(check)
    sys.path.pop(0)
    return check


def references(name):
    """{part of the example: (title, {row of its table: reference})}"""
    check = check_of(name)
    if name == "crystal":
        return {part: (f"{crystal}, {n} atoms: F/N should be {value:g} kT (published).", {"F_abs/N(all)": value})
                for part, (crystal, n, value) in check.PUBLISHED.items()}
    parts = {}
    for part, row, value, error, source in check.REFERENCES:
        title, rows = parts.get(part, (f"{part}:", {}))
        bar = f" ± {error:g}" if error else ""
        parts[part] = f"{title}{' and' if rows else ''} {words_of(row)} should be {value:g}{bar} kT ({source})", {**rows, row: value}
    return {part: (title + ".", rows) for part, (title, rows) in parts.items()}


def words_of(row):
    return WORDS.get(row, row.replace(")-F", ") - F"))


def read_free(name, part, seed):
    """What one run says of a part, as read() has it; empty if it has not run."""
    folder = folder_of(name, seed)
    text, spent = ((folder / file).read_text() if (folder / file).exists() else "" for file in (f"log.{part}", f"times.{part}"))
    lines = (folder / f"table.{part}.dat").read_text().splitlines() if spent else []
    rows = {what: (float(value), float(error)) for _, what, value, error, *_ in map(str.split, lines) if what in references(name)[part][1]}
    result = {}
    for row, (value, error) in rows.items():
        words = words_of(row)
        off = value - references(name)[part][1][row]
        result.update({f"{words} (kT)": value, f"error bar of {words}": error, f"{words} minus the reference": off})
    return {**result, **read_free_work(text, spent)} if rows else {}


def read_free_work(text, spent):
    """Quality and costs: effective samples, jumps, energies, steps, and the processor time that the shell's `times` had of LAMMPS."""
    table_of = re.findall(r"(?m)^Basin +F +Error .*\n((?:\S+(?: +[-+.\deinfa]+){6,}\n)+)", text)
    rows = [line.split() for line in table_of[-1].splitlines()] if table_of else []
    result = {f"effective samples{'' if len(rows) == 1 else f', {row[0]}'} (%)": float(row[5]) for row in rows}
    accepted = numbers(rf"jumps accepted: .*? in all \({NUMBER} %\)", text)[0]
    if math.isfinite(accepted):
        result["jumps accepted (%)"] = accepted
    calls = numbers(r"energy calls +(\d+)", text)[0]  # only scripts that print bgen info tell them
    if math.isfinite(calls):
        result["energy calls of bgen"] = calls
    return {**result, "MD steps": sum(map(int, re.findall(r"Loop time of \S+ .* for (\d+) steps", text))),
            "processor time (s)": processor_seconds(spent)}


def processor_seconds(spent):
    """User and system time of what a shell started, by its `times`."""
    return sum(60 * int(m) + float(s) for m, s in re.findall(r"(\d+)m([.\d]+)s", spent)[-2:])


# ---- the vacancy ----------------------------------------------------------------------------------------

HOPS = {"driven": "The hop by driven moves (`in.driven`)", "flow": "The hop by flows of 23 atoms (`in.flow`)",
        "held": "The same while all other atoms are held"}


def read_hops(name, part, seed):
    """Jumps between both sites, and F of one site minus F of the other."""
    folder = folder_of(name, seed)
    moves, estimates = check_of(name).hops(folder, part)
    result = {}
    for by, (value, error) in estimates.items():
        words = "works" if by == "BAR" else by
        result.update({f"F(one) - F(two) by {words} (kT)": value, f"error bar by {words}": error})
    for move, (attempts, accepted, energies) in moves.items():
        result.update({f"jumps between the sites accepted, {move} (%)": 100 * accepted / attempts,
                       f"hops per 1e6 energies, {move}": 1e6 * accepted / energies})
    return {**result, "processor time (s)": processor_seconds((folder / f"times.{part}").read_text())}


def read_formation(name, T, seed):
    folder = folder_of(name, seed)
    value, error = check_of(name).formation(folder, T)
    spent = [processor_seconds((folder / f"times.{n}.{T:g}").read_text()) for n in (0, 1)]
    return {"F (kT)": value, "error bar of F": error, "processor time of both crystals (s)": sum(spent)}


def vacancy_section(name, seeds):
    lines = [f"## {name}", "", f"Runs of {datetime.date.today()}, {machine()}. One core each; the processor time is that of LAMMPS.", ""]
    for part, words in HOPS.items():
        lines += more(f"{words}: F(one) - F(two) should be 0 by symmetry.",
                      lambda name, seed, part=part: read_hops(name, part, seed), name, seeds)
    check = check_of(name)
    for T in check.TEMPERATURES:
        lines += more(f"The free energy of formation at T = {T:g}: F is {check.reference.formation(T):.4f} kT in the harmonic limit.",
                      lambda name, seed, T=T: read_formation(name, T, seed), name, seeds)
    return lines


def free_section(name, seeds):
    lines = [f"## {name}", "", f"Runs of {datetime.date.today()}, {machine()}. One core each; the processor time is that of LAMMPS.", ""]
    for part, (title, _) in references(name).items():
        lines += more(title, lambda name, seed, part=part: read_free(name, part, seed), name, seeds)
    return lines


# ---- molecules ------------------------------------------------------------------------------------------


def read_molecule(name, part, seed):
    """As read_free, with the numbers of its check.py instead of those of one basin."""
    row = read_free(name, part, seed)
    row.pop("jumps accepted (%)", None)
    spent = {words: row.pop(words) for words in ("energy calls of bgen", "MD steps", "processor time (s)") if words in row}
    shares = check_of(name).shares(folder_of(name, seed), part) if row else []
    row.update({words.replace(", %", " (%)"): number for words, number, _ in shares})
    return {**row, "processor time (s)": spent["processor time (s)"]} if row else {}


def molecule_section(name, seeds):
    lines = [f"## {name}", "", f"Runs of {datetime.date.today()}, {machine()}. One core each. {check_of(name).PROCESSOR_TIME}", ""]
    for part, (title, _) in references(name).items():
        lines += more(title, lambda name, seed, part=part: read_molecule(name, part, seed), name, seeds)
    return lines


# ---- the page -------------------------------------------------------------------------------------------


def cell(values):
    """Mean and its standard error, with as many digits as the error has meaning."""
    values = [v for v in values if math.isfinite(v)]
    if not values:
        return "-"
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.4g}"
    error = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))
    if error == 0:
        return f"{mean:.0f}" if mean == int(mean) else f"{mean:.6g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def each(row, values):
    """Free energies with 4 decimals, 5 of an atom, counts whole, all else with 4 significant digits."""
    def number(v):
        if row.startswith(("ΔF", "F")):
            return f"{v:.{5 if row.startswith('F/N') else 4}f}"
        return f"{v:.0f}" if v == int(v) else f"{v:#.4g}"
    return ", ".join(number(v) if math.isfinite(v) else "-" for v in values)


def picture(name, seeds, results):
    """The line that shows examples/results/NAME.png, which bgen plot draws; none where no run has a profile."""
    path, ref = HERE / "results" / f"{name}.png", REFERENCES[name]
    paths = {seed: folder_of(name, seed) / "profile.dat" for seed in seeds}
    profiles = [f"seed {seed}={profile}" for seed, profile in paths.items() if profile.exists()]
    if not profiles:
        return []
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        seen = pathlib.Path(folder) / "seeds.dat"
        seen.write_text("# seed F error\n" + "".join(
            f"{seed} {r['ΔF by BAR (kT)']:.6g} {r['its error bar']:.3g}\n" for seed, r in zip(seeds, results)))
        subprocess.run(["/usr/bin/python3", "-B", HERE.parent / "python/bgen", "plot", "summary", seen, *profiles, "--reference",
                        HERE / name / "reference_profile.dat", "--expected", str(ref.difference), "--label",
                        f"F({ref.first}) − F({ref.second})  (kT)", "-o", path], check=True)
    return [f"![free energies of {name}](results/{name}.png)", ""]


def temperatures(name, seeds):
    found = [read_temperatures(name, seed) for seed in seeds]
    lines = ["One flow for each basin, trained at all of these temperatures at once from frames at T = 1 (`in.temperatures`): by BAR",
             "at each temperature alone, and by MBAR of the samples and test frames of all. 68 % of the error bars should include the",
             "exact number.", "", "| T | exact ΔF (kT) | by | ΔF (kT) | its error bar | largest deviation | "
             "error bars that include it | effective samples, lowest (%) |", "|---|---|---|---|---|---|---|---|"]
    for T, exact in TEMPERATURES[name].items():
        for method in ("BAR", "MBAR"):
            rows = [one[T, method] for one, _ in found if (T, method) in one]
            if not rows:
                return []
            off = [abs(value - exact) for value, _ in rows]
            lines.append(f"| {T:g} | {exact:.4f} | {method} | {cell([r[0] for r in rows])} | {sum(r[1] for r in rows) / len(rows):.4f} | "
                         f"{max(off):.4f} | {sum(o <= r[1] for o, r in zip(off, rows))} of {len(rows)} | "
                         f"{min(samples[T] for _, samples in found):.1f} |")
    return lines + [""]


def more(title, read_one, name, seeds):
    """A table of what ran beside an example."""
    found = {seed: row for seed in seeds if (row := read_one(name, seed))}
    if not found:
        return []
    lines = [title, "", f"| | mean of seeds {', '.join(map(str, found))} | each |", "|---|---|---|"]
    for row in next(iter(found.values())):
        values = [one.get(row, NAN) for one in found.values()]
        lines.append(f"| {row} | {cell(values)} | {each(row, values)} |")
    return lines + [""]


def section(name, seeds):
    results, ref = [read(name, seed) for seed in seeds], REFERENCES[name]
    lines = [f"## {name}", "", f"Runs of {datetime.date.today()}, {machine()}.", "",
             f"F({ref.first}) - F({ref.second}) should be {ref.difference:g} kT. The profile is compared, up to a constant, in the "
             f"bins where the reference is within {ref.within:g} kT of its minimum.", "",
             *picture(name, seeds, results),
             f"| | mean of seeds {', '.join(map(str, seeds))} | each |", "|---|---|---|"]
    for row in results[0]:
        values = [r[row] for r in results]
        lines.append(f"| {row} | {cell(values)} | {each(row, values)} |")
    return (lines + [""] + (temperatures(name, seeds) if name in TEMPERATURES else []) +
            more("The network and the schedule of the published work on the same frames (`in.paper`):", read_paper, name, seeds) +
            more("From one configuration to both basins (`in.explore`):", read_exploration, name, seeds))


def machine():
    cpu = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    return f"{len(os.sched_getaffinity(0))} cores, {cpu}"


def section_before(name):
    """What the page has of an example whose runs are not there, as lines."""
    path = HERE / "RESULTS.md"
    text = path.read_text() if path.exists() else ""
    found = re.search(rf"(?ms)^## {name}\n.*?(?=^## |\Z)", text)
    return found.group().rstrip("\n").split("\n") + [""] if found else []


def page(seeds):
    lines = ["# Results", "", "Written by `examples/benchmark.py`. Each run starts from nothing: MD frames, training, jumps. Values are means ±",
             "standard errors over seeds, then those of each seed. Without offsets, jumps can leave a basin at most as often as the",
             "other one is visited; the balanced acceptance is that of fresh proposals between equally populated basins (`bgen",
             "free_energy`). Energy calls are those of training, validation, estimates and jumps; those of training by energy include",
             "the validation of its lines. Frames are taken from MD and include test frames. Times are without set-up. A shared machine",
             "affects the wall time; processor time is that of the whole example with its pictures. Effective samples are those of one",
             "draw: a flow that is too thin in a tail shows in some draws only. The README of each example tells how its settings were",
             "chosen.", ""]
    for name in EXAMPLES:
        there = all((folder_of(name, seed) / "seconds").exists() for seed in seeds)
        write = {"vacancy": vacancy_section}.get(name, free_section if name in FREE else molecule_section if name in MOLECULES else section)
        lines += write(name, seeds) if there else section_before(name)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seeds", type=int, default=4, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    for name in options.names:
        if name not in EXAMPLES:
            sys.exit(f"benchmark.py: no reference for '{name}': use one of {' '.join(EXAMPLES)}")
    wanted = options.names or EXAMPLES
    subprocess.run([HERE / "run.sh", "build"], check=True)
    for name in wanted:
        for seed in seeds:
            run(name, seed)
    (HERE / "RESULTS.md").write_text(page(seeds))
    print(f"wrote {HERE / 'RESULTS.md'}")


if __name__ == "__main__":
    main()
