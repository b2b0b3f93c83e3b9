#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of fix bgen and what LAMMPS makes of them: variables in place of words, and numbers that memory cannot hold.

As test_fix_bgen.py, beside which it stands.
"""
import os
import resource
import subprocess
import unittest

from test_fix_bgen import LMP, MD, RERUN, SYSTEM, TRAIN, Case, fix, thermo


class LinesWithVariables(Case):
    def test_temperature_that_is_not_there(self):
        """At once, not in the first run."""
        for before, words in (("", "v_T"), ("variable T string 1.0\n", "v_T|equal-style"), ("variable S equal 1.0\n", "v_T|variable T equal")):
            self.refused(f"{SYSTEM}{before}fix bg all bgen 2 v_T 4711\nprint 'it is over'\n", "fix bgen: |before the fix|" + words)

    def test_temperature_that_differs_between_ranks(self):
        """The first rank says what it is; before, the second alone ended, and the run hung or was aborted."""
        text = (f"{SYSTEM}variable here getenv HERE\nvariable T equal v_here\n"
                f"{fix().replace('2 1.0 4711', '2 v_T 4711')}{RERUN}{TRAIN}{MD}run 20\n")
        (self.folder / "in.test").write_text(text)
        lammps = [LMP, "-in", "in.test", "-log", "none"]
        command = [os.environ["MPIEXEC"], "-n", "1", "env", "HERE=1.0", *lammps, ":", "-n", "1", "env", "HERE=-2.0", *lammps]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(run.returncode, 0, (run.stdout + run.stderr)[-2000:])
        alone = self.good(text.replace("variable here getenv HERE", "variable here equal 1.0"))
        self.assertEqual(thermo(run.stdout, 4), thermo(alone, 4))

    def test_flow(self):
        """A whole flow in a variable of any style, or numbers of it in quotes."""
        expected = thermo(self.good(SYSTEM + fix() + RERUN + TRAIN + MD + "run 20\n"), 4)
        self.assertGreater(len(expected), 1)
        for before, flow in (('variable f string "whiten; realnvp blocks 2 width 16"\n', "v_f"),
                             ('variable f index "whiten; realnvp blocks 2 width 16"\n', "v_f"),
                             ("variable b equal 2\nvariable w index 16\n", '"whiten; realnvp blocks ${b} width ${w}"'),
                             ("variable w equal 8\n", '"whiten; realnvp blocks 2 width $(2*v_w)"')):
            line = fix().replace('"whiten; realnvp blocks 2 width 16"', flow)
            for ranks in (1, 2) if flow == "v_f" else (1,):
                self.assertEqual(thermo(self.good(SYSTEM + before + line + RERUN + TRAIN + MD + "run 20\n", ranks), 4), expected, flow)
        self.refused(SYSTEM + "fix bg all bgen 2 1.0 4711 flow v_f\n", "fix bgen: |v_f|no variable f")
        self.refused(SYSTEM + 'fix bg all bgen 2 1.0 4711 flow "whiten; realnvp blocks ${f}"\n', "variable")

    def test_subjects(self):
        """What is wrong with a flow is said of the fix; a column is none of the keywords."""
        self.refused(SYSTEM + 'fix bg all bgen 2 1.0 4711 flow "whiten; glow blocks 3"\n', "fix bgen: unknown map|glow")
        self.refused(SYSTEM + fix() + "compute c all bgen bg basin speed\n", "compute bgen: unknown column 'speed'|basin, weight")


class LinesOfMuchMemory(Case):
    """With 3 GiB, on 1 rank, and on 2 and 4, of which one leads: one sentence for all."""

    GIB = 1024**3

    def ends(self, text, words, ranks=1):
        (self.folder / "in.test").write_text(text)
        command = [LMP, "-in", "in.test", "-log", "none"]
        if ranks > 1:
            command = [os.environ["MPIEXEC"], "-n", str(ranks), *command]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=100, check=False,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * self.GIB, 3 * self.GIB)))
        errors = [line for line in (run.stdout + run.stderr).splitlines() if line.startswith("ERROR")]
        self.assertGreater(run.returncode, 0, f"no error, or a crash ({run.returncode})\n{run.stdout[-1500:]}")
        self.assertEqual(len(errors), 1, (run.stdout + run.stderr)[-1500:])
        for word in words.split("|"):
            self.assertIn(word, errors[0])

    def test_fix(self):
        for move, words in (("move annealed 1 steps 2147483647", "between 1 and 10000000"),
                            ("cv s coordinate 1 x move driven 1 s -1 1 spring 9 steps 1000000000", "between 1 and 10000000"),
                            ('flow "whiten; realnvp blocks 400 width 20000"', "parameters|GiB"),
                            ('flow "whiten; realnvp blocks 2 width 8000 depth 8"', "parameters|GiB")):
            for ranks in (1, 2, 4) if "annealed" in move else (1,):
                self.ends(f"{SYSTEM}fix bg all bgen 2 1.0 4711 threads 1 {move}\n", "fix bgen: |" + words, ranks)

    def test_actions(self):
        for line, words in (("sample 1000000000", "1000000000 samples|GiB"), ("train steps 1 batch 1000000000", "1000000000|GiB"),
                            ("population 1000000000 from flow", "1000000000 walkers|GiB"),
                            ("free_energy bins 2147483647", "between 1 and 1000000"),
                            ("interpolate 1000000000 from left 1 to right 1 file a", "1000000000 points|GiB")):
            self.ends(SYSTEM + fix() + RERUN + f"{TRAIN}bgen bg {line}\n", words)
        self.ends(SYSTEM + fix() + RERUN + f"{TRAIN}bgen bg sample 1000000000\n", "1000000000 samples|GiB", 4)


if __name__ == "__main__":
    unittest.main()
