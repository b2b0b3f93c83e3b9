#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_loading.py - every door through which bgen comes into one LAMMPS, and its refusal of others

usage: test_loading.py [-v] [Launcher|Library|PluginLoad|PluginPath ...]

The environment says which build (tests/plugin/loading.cmake sets it): BGEN_PLUGIN, the folder of
bgenplugin.so; LMP, LMP_BGEN, LIBLAMMPS, files; MPIEXEC, the launcher of LAMMPS' MPI, empty if it has none;
LAMMPS_VERSION, yyyymmdd; LAMMPS_MPI, its kind of MPI."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PLUGIN, LMP, LMP_BGEN = os.environ["BGEN_PLUGIN"], os.environ["LMP"], os.environ["LMP_BGEN"]
LIBLAMMPS, MPIEXEC = os.environ["LIBLAMMPS"], os.environ["MPIEXEC"]
VERSION, MPI = os.environ["LAMMPS_VERSION"], os.environ["LAMMPS_MPI"]
DOOR = os.path.join(PLUGIN, "bgenplugin.so")
TWO_RANKS = [MPIEXEC, "-n", "2"]
ONE_AND_TWO_RANKS = [[], TWO_RANKS] if MPIEXEC else [[]]
with_ranks = unittest.skipUnless(MPIEXEC, "this LAMMPS has no MPI")
REFUSAL = f"ERROR: bgen was not built for this LAMMPS, version {VERSION}, MPI {MPI} "

PROBE = "info styles fix\ninfo styles command\n"
KNOWN, UNKNOWN = (True, True), (False, False)


def answers(text):
    """What each probe in an input script has found: a fix bgen or none, a command bgen or none."""
    tables = [part.split("Info-Info")[0].split() for part in text.split("Styles information:")[1:]]
    found = ["bgen" in table for table in tables]
    return list(zip(found[0::2], found[1::2]))


class Loading(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_command(self, command, expect=0, stdin="", **variables):
        """Runs it in the test's folder, checks its exit status and returns all that it printed."""
        result = subprocess.run(command, input=stdin, cwd=self.folder.name,
                                env={**os.environ, **variables}, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        self.assertEqual(expect == 0, result.returncode == 0, result.stdout)
        return result.stdout

    def run_lammps(self, command, script, **options):
        with open(self.path("in.probe"), "w", encoding="utf-8") as file:
            file.write(script)
        return self.run_command(command + ["-in", "in.probe", "-log", "none"], **options)

    def other_bgen(self):
        """A folder with a bgen that was built for some other LAMMPS, and for this one with some other MPI."""
        other = self.path("other")
        os.mkdir(other)
        shutil.copy(DOOR, other)
        shutil.copy(os.path.join(PLUGIN, f"bgen-{VERSION}-{MPI}.so"),
                    os.path.join(other, f"bgen-19990101-{MPI}.so"))
        shutil.copy(os.path.join(PLUGIN, f"bgen-{VERSION}-{MPI}.so"), os.path.join(other, f"bgen-{VERSION}-other.so"))
        return other


class Launcher(Loading):
    """lmp_bgen is lmp with the styles in it."""

    def test_styles_are_there_and_survive_clear(self):
        output = self.run_lammps([LMP_BGEN], PROBE + "clear\n" + PROBE + "clear\n" + PROBE)
        self.assertEqual(answers(output), 3 * [KNOWN], output)

    def test_reads_standard_input_and_options(self):
        output = self.run_command([LMP_BGEN, "-log", "log.test", "-var", "x", "17"],
                                  stdin=PROBE + "print 'x is $x'\n")
        self.assertEqual(answers(output), [KNOWN], output)
        self.assertIn("x is 17", output)
        self.assertIn("x is 17", self.read("log.test"))

    @with_ranks
    def test_two_ranks(self):
        output = self.run_lammps(TWO_RANKS + [LMP_BGEN], PROBE + "clear\n" + PROBE)
        self.assertEqual(answers(output), 2 * [KNOWN], output)

    @with_ranks
    def test_partitions(self):
        self.run_lammps(TWO_RANKS + [LMP_BGEN, "-partition", "2x1"], PROBE + "clear\n" + PROBE)
        for screen in "screen.0", "screen.1":
            self.assertEqual(answers(self.read(screen)), 2 * [KNOWN])

    def test_error_in_input_ends_it(self):
        for ranks in ONE_AND_TWO_RANKS:
            output = self.run_lammps(ranks + [LMP_BGEN], "no_such_command\n" + PROBE, expect=1)
            self.assertEqual(output.count("ERROR: Unknown command"), 1, output)
            self.assertEqual(answers(output), [])

    def test_refuses_other_lammps(self):
        other = self.other_bgen()
        libraries = other + ":" + os.environ.get("LD_LIBRARY_PATH", "")
        for ranks in ONE_AND_TWO_RANKS:
            output = self.run_lammps(ranks + [LMP_BGEN], PROBE, expect=1, LD_LIBRARY_PATH=libraries)
            self.assertEqual(output.count(REFUSAL), 1, output)
            self.assertEqual(answers(output), [])


class Library(Loading):
    """bgen_register() for a program, here Python, that drives liblammps."""

    PROGRAM = """
import ctypes, sys
liblammps, door = ctypes.CDLL(sys.argv[1], ctypes.RTLD_GLOBAL), ctypes.CDLL(sys.argv[2])
liblammps.lammps_open_no_mpi.restype = ctypes.c_void_p
arguments = [b"probe", b"-log", b"none", b"-nocite"]
argv = (ctypes.c_char_p * len(arguments))(*arguments)
lammps = ctypes.c_void_p(liblammps.lammps_open_no_mpi(len(arguments), argv, None))
def probe(step):
    has = liblammps.lammps_has_style
    print(step, has(lammps, b"fix", b"bgen"), has(lammps, b"command", b"bgen"), flush=True)
probe("opened")
print("returned", door.bgen_register(lammps), flush=True)
probe("registered")
liblammps.lammps_command(lammps, b"clear")
door.bgen_register(lammps)
probe("cleared")
liblammps.lammps_close(lammps)
"""

    def run_program(self, door):
        return self.run_command([sys.executable, "-c", self.PROGRAM, LIBLAMMPS, door])

    def test_register(self):
        output = self.run_program(DOOR)
        for line in "opened 0 0", "returned 0", "registered 1 1", "cleared 1 1":
            self.assertIn(line, output.splitlines())

    def test_refuses_other_lammps(self):
        output = self.run_program(os.path.join(self.other_bgen(), "bgenplugin.so"))
        for line in "opened 0 0", "returned 1", "registered 0 0", "cleared 0 0":
            self.assertIn(line, output.splitlines())
        self.assertEqual(output.count(REFUSAL), 2, output)  # of two calls


class PluginLoad(Loading):
    """The input command plugin."""

    LOAD = f"plugin load {DOOR}\n"

    def test_load_and_unload(self):
        unload = "plugin unload fix bgen\nplugin unload command bgen\n"
        output = self.run_lammps([LMP], PROBE + 2 * (self.LOAD + PROBE + unload + PROBE))
        self.assertEqual(answers(output), [UNKNOWN] + 2 * [KNOWN, UNKNOWN], output)

    def test_load_again_after_clear(self):
        output = self.run_lammps([LMP], self.LOAD + "clear\n" + self.LOAD + PROBE)
        self.assertEqual(answers(output), [KNOWN], output)

    @with_ranks
    def test_two_ranks(self):
        output = self.run_lammps(TWO_RANKS + [LMP], self.LOAD + PROBE)
        self.assertEqual(answers(output), [KNOWN], output)

    @with_ranks
    def test_partitions(self):
        self.run_lammps(TWO_RANKS + [LMP, "-partition", "2x1"], self.LOAD + PROBE)
        for screen in "screen.0", "screen.1":
            self.assertEqual(answers(self.read(screen)), [KNOWN])

    def test_refuses_other_lammps(self):
        script = f"plugin load {self.other_bgen()}/bgenplugin.so\n" + PROBE
        for ranks in ONE_AND_TWO_RANKS:
            output = self.run_lammps(ranks + [LMP], script, expect=1)
            self.assertEqual(output.count(REFUSAL), 1, output)
            self.assertEqual(answers(output), [])


class PluginPath(Loading):
    """The environment variable LAMMPS_PLUGIN_PATH."""

    def test_styles_are_there_and_survive_clear(self):
        output = self.run_lammps([LMP], PROBE + "clear\n" + PROBE, LAMMPS_PLUGIN_PATH=PLUGIN)
        self.assertEqual(answers(output), 2 * [KNOWN], output)

    @with_ranks
    def test_two_ranks(self):
        output = self.run_lammps(TWO_RANKS + [LMP], PROBE, LAMMPS_PLUGIN_PATH=PLUGIN)
        self.assertEqual(answers(output), [KNOWN], output)

    def test_refuses_other_lammps(self):
        other = self.other_bgen()
        for ranks in ONE_AND_TWO_RANKS:
            output = self.run_lammps(ranks + [LMP], PROBE, expect=1, LAMMPS_PLUGIN_PATH=other)
            self.assertEqual(output.count(REFUSAL), 1, output)
            self.assertEqual(answers(output), [])


def preload_sanitizer():
    """A program built without the address sanitizer needs it first to load a bgen built with it."""
    libraries = subprocess.run(["ldd", DOOR], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r"=> (\S*libasan\S*)", libraries)
    if found:
        os.environ.update(LD_PRELOAD=found.group(1), ASAN_OPTIONS="detect_leaks=0")  # MPI leaks


if __name__ == "__main__":
    preload_sanitizer()
    unittest.main()
