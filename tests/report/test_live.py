#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The line that tells how far training is: on a terminal alone, gone at its end, never in a log or another output.

  test_live.py LMP_BGEN POTENTIALS [MPIEXEC]
"""

import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

LMP, POTENTIALS, *MPIEXEC = sys.argv[1:]
LIVE = re.compile(r"\rbasin (\w+): step (\d+) of (\d+) \((\d+) %\), [\d.]+ steps/s, (\d+):(\d\d):(\d\d) left")

SECONDS = 8  # of training in which two lines must come: the first after one second, then five in each

SCRIPT = """
variable steps index 300
variable basin index left right
label sides
include {potentials}/double_well.lmp
fix thermostat all langevin 1.0 1.0 1.0 4711 gjf vhalf
fix integrate all nve
fix plane all enforce2d
timestep 0.02
dump frames all custom 20 ${{basin}}.dump id x y
run 2000
clear
next basin
jump SELF sides
include {potentials}/double_well.lmp
fix bg all bgen 0 1.0 4711 cv s coordinate 1 x basin left s -10 0 basin right s 0 10 flow "realnvp blocks 4 width 64" threads 1
rerun left.dump dump x y
rerun right.dump dump x y
bgen bg train steps ${{steps}} batch 256 lr 1e-3 every $(2*v_steps/3) basin left file training.dat
"""


def on_terminal(command, folder):
    """What a program writes to the terminal in whose foreground it runs."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execv(command[0], command)
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        said += part
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


def screen_of(said):
    """The lines that stay on a terminal: what follows a carriage return overwrites."""
    lines = []
    for line in said.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part):]
        lines.append(shown.rstrip())
    return lines


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        (cls.path / "in.live").write_text(SCRIPT.format(potentials=POTENTIALS))
        cls.steps = "300"
        while not cls.lasts():
            cls.steps = str(3 * int(cls.steps))

    @classmethod
    def lasts(cls):
        """Trains on a terminal; whether that was enough steps for this machine, be it slow or fast."""
        command = [LMP, "-in", "in.live", "-log", "log.terminal", "-var", "steps", cls.steps]
        cls.status, cls.said = on_terminal(command, cls.path)
        rate = re.search(rf"[\r\n] +{cls.steps} .* ([\d.]+) +0:00:00", cls.said)
        return not rate or len(LIVE.findall(cls.said)) >= 2 or int(cls.steps) > SECONDS * float(rate[1])

    @classmethod
    def elsewhere(cls, start, steps):
        """The output of a run without a terminal."""
        command = [*start, LMP, "-in", "in.live", "-log", "none", "-var", "steps", steps]
        return subprocess.run(command, cwd=cls.path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True).stdout

    def test_terminal(self):
        said = self.said
        self.assertEqual(self.status, 0, said[-1000:])
        lives = LIVE.findall(said)
        self.assertGreaterEqual(len(lives), 2, said[-1000:])
        steps = [int(step) for _, step, *_ in lives]
        self.assertEqual(steps, sorted(set(steps)))
        for basin, step, n, percent, *_ in lives:
            self.assertEqual((basin, n, int(percent)), ("left", self.steps, int(step) * 100 // int(n)))
        # it is gone from the screen, where all that is in the log stays, and in no file
        log = (self.path / "log.terminal").read_text()
        stays = screen_of(said)
        self.assertNotIn("steps/s,", "\n".join(stays))
        table = [line for line in log.splitlines() if re.match(r" +\d+ .* \d+:\d\d:\d\d$", line)]
        self.assertEqual(len(table), 2)
        for line in table:
            self.assertIn(line.rstrip(), stays)
        for text in (log, (self.path / "training.dat").read_text()):
            self.assertNotIn("\r", text)
            self.assertNotIn("steps/s,", text)

    def test_redirected(self):
        """mpirun reads from a terminal of its own, which is none of a user's."""
        for start in [[]] + ([[MPIEXEC[0], "-n", "1"]] if MPIEXEC else []):
            said = self.elsewhere(start, self.steps)
            self.assertIn("verdict on basin left", said)
            self.assertNotIn("steps/s,", said)
            self.assertNotIn("\r", said.replace("\r\n", "\n"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
