#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A run that writes restart files is killed (kill -9) at any moment, and goes on from the latest whole one: is nothing lost?

  kill9.py KILLS RANKS...    that many kills on each number of ranks; exits with 1 unless each ends bit for bit as without a kill

The atom of the double well, by NVE with jumps of all kinds that draw velocities anew, so that all random numbers are those of bgen. A
third of the runs that go on are killed once more. Compared are all digits of thermo (energies, counts, basins), the frames of a dump, and
the last restart file, byte for byte but for the seconds that moves took, which differ between any two runs. A restart file that was being written when the kill came may be torn: the one before it is taken.
"""
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import soak

STEPS, RESTART, THERMO, DUMP = 60000, 150, 10, 50
FIX = f"fix bg all bgen 3 1.0 4711 {soak.BASINS}{soak.FLOW}{soak.MOVES}{soak.OFFSET_WORDS}velocity resample\n"
BEGIN = "velocity all set 0.7 0.5 0.0\n"
AGAIN = """units lj
dimension 2
boundary f f p
atom_modify map array sort 0 0.0
read_restart {}
"""


def run_text(begin, log):
    return (f"log {log}\n{begin}{FIX}bgen bg load model\nfix integrate all nve\ntimestep 0.02\n"
            "thermo_style custom step pe ke f_bg[*]\nthermo_modify format float %.17g norm no flush yes\n"
            f"thermo {THERMO}\nrestart {RESTART} state.*\ndump d all custom {DUMP} frame.* id x y vx vy\n"
            f"dump_modify d format float %.17g\nrun {STEPS} upto\nwrite_restart last\nbgen bg info\n")


def well_again(restart):
    """The system from a restart file: what stands below the atoms in its file."""
    lines = (soak.POTENTIALS / "double_well.lmp").read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("pair_style"))
    return AGAIN.format(restart) + "\n".join(lines[first:]) + "\nthermo_modify norm no\n"


def thermo(folder):
    """{step: its line} of all logs, later ones over earlier ones"""
    lines = {}
    for log in sorted(folder.glob("log.*")):
        for line in log.read_text(errors="replace").splitlines():
            words = line.split()
            if len(words) > 15 and words[0].isdigit() and all(re.fullmatch(r"[-+\d.e]+|-?nan|-?inf", w) for w in words):
                lines[int(words[0])] = words
    return lines


def start(folder, begin, number, ranks):
    """LAMMPS in a session of its own, so that all its ranks can be killed."""
    name = f"in.{number}"
    (folder / name).write_text(run_text(begin, f"log.{number}"))
    with open(folder / "output", "w", encoding="ascii") as output:  # a pipe that nobody reads would stop it
        return subprocess.Popen(soak.command(name, ranks), cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)


def finish(process, folder):
    code = process.wait()
    return code, (folder / "output").read_text(errors="replace")


def alive(session):
    """The processes of a session. mpiexec gives each rank a group of its own, which outlives it for a while and goes on writing."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = stat.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue  # it has just ended
        if state != "Z" and int(its_session) == session:
            found.append(int(stat.parent.name))
    return found


def kill_session(session):
    while pids := alive(session):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def kill(process, folder, rng, first):
    """At a moment after some restart file from step `first` on has been begun; False: it had ended before."""
    last = rng.randrange(first, max(first, STEPS - 10 * RESTART) + 1, RESTART)
    while not (folder / f"state.{last}").exists() and process.poll() is None:
        time.sleep(1e-3)
    time.sleep(rng.uniform(0.0, 0.02))
    if process.poll() is not None:
        return False
    kill_session(process.pid)
    process.wait()
    return True


def restarts(folder):
    """The latest first."""
    return sorted(folder.glob("state.*"), key=lambda path: -int(path.name.split(".")[1]))


def go_on(folder, number, ranks, rng):
    """From the latest restart file that can be read, to the end or, one run in three, to another kill; whether it ended."""
    for n_torn, restart in enumerate(restarts(folder)):
        process = start(folder, well_again(restart.name), number, ranks)
        if n_torn == 0 and rng.random() < 1 / 3 and kill(process, folder, rng, RESTART + int(restart.name.split(".")[1])):
            return False
        code, output = finish(process, folder)
        if code == 0:
            return True
        if code < 0 or n_torn > 0 or "ERROR" not in output:  # one may be torn, and that must be said in a sentence
            sys.exit(f"kill9: {restart} ended with {code}:\n{output[-3000:]}")
        restart.unlink()
        print(f"  {restart.name} was torn: " + re.search("ERROR[^\n]*", output)[0])
    sys.exit(f"kill9: {folder} has no restart file")


def same_restart(one, other, twin):
    """Is `other` as `one`, but for the numbers, of 8 bytes, in which `twin` differs from it, a run that nobody has killed either?"""
    free = {i + k for i, (a, b) in enumerate(zip(one, twin)) if a != b for k in range(-7, 8)}
    return len(one) == len(other) == len(twin) and all(a == b or i in free for i, (a, b) in enumerate(zip(one, other)))


def differences(folder, whole, twin):
    """What is not as in the whole run, and in its twin."""
    found, expected = thermo(folder), thermo(whole)
    off = [f"thermo of step {step}" for step in expected if found.get(step) != expected[step]]
    for path in sorted(whole.glob("frame.*")):
        other = folder / path.name
        if not other.exists() or other.read_bytes() != path.read_bytes():
            off.append(path.name)
    if not same_restart(*((of / "last").read_bytes() for of in (whole, folder, twin))):
        off.append("last")
    return off


def whole_run(home, name, ranks):
    """A run that nobody kills, with a model of its own; its folder, the time it took, and what it says."""
    folder = pathlib.Path(home) / f"{name}.{ranks}"
    folder.mkdir()
    soak.train(folder, FIX)
    began = time.time()
    code, output = finish(start(folder, soak.SYSTEM + BEGIN, 0, ranks), folder)
    if code:
        sys.exit(f"kill9: the whole run ended with {code}\n{output[-3000:]}")
    return folder, time.time() - began, output


def trial(home, whole, twin, ranks, rng):
    """One run with kills; a line of the table."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=home))
    shutil.copy(whole / "model", folder)
    killed = kill(start(folder, soak.SYSTEM + BEGIN, 0, ranks), folder, rng, 2 * RESTART)
    at, n_kills, ended, number = int(restarts(folder)[0].name.split(".")[1]), int(killed), not killed, 1
    while not ended:
        ended = go_on(folder, number, ranks, rng)
        n_kills += not ended
        number += 1
    off = differences(folder, whole, twin)
    shutil.rmtree(folder)
    print(f"{ranks:>6} {n_kills:>6} {at:>9}   {'identical' if not off else 'differs: ' + ', '.join(off[:5])}", flush=True)
    return n_kills > 0 and not off


def main():
    n_trials, all_ranks = int(sys.argv[1]), [int(word) for word in sys.argv[2:]]
    rng, n_good = random.Random(4711), 0
    with tempfile.TemporaryDirectory() as home:
        for ranks in all_ranks:
            twin, _, _ = whole_run(home, "twin", ranks)
            whole, wall, output = whole_run(home, "whole", ranks)
            if differences(twin, whole, twin):
                sys.exit("kill9: two runs that nobody has killed differ")
            said = re.findall(r"\d+ of \d+ in all", output)
            print(f"\nkill -9: {STEPS} steps on {ranks} rank(s), jumps accepted: {said[-1]}, {wall:.1f} s, "
                  f"a restart file every {RESTART} steps\n ranks  kills  from step   at the end", flush=True)
            n_good += sum(trial(home, whole, twin, ranks, rng) for _ in range(n_trials))
    n_all = n_trials * len(all_ranks)
    print(f"{n_good} of {n_all} runs that were killed end bit for bit as the whole run")
    if n_good < n_all:
        sys.exit("kill9: not all did")


if __name__ == "__main__":
    main()
