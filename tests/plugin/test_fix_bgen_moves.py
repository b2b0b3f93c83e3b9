#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Moves of fix bgen by a path, driven and annealed, and offsets of basins, in a whole LAMMPS.

As test_fix_bgen.py, beside which it stands. False alarms one in 10^5 each, of fixed seeds.
"""
import math
import re
import statistics
import unittest

from test_fix_bgen import CHAIN, DIMER, MD, RERUN, SYSTEM, TRAIN, Case, Populations, fix, jump_table, thermo

RIGHT_MINUS_LEFT = {1: 3.379901, 4: 0.760557}  # kT, by temperature: potentials/README.md
BASINS = "cv s coordinate 1 x basin right s 0 10 basin left s -10 0 "
DRAG = "move driven 1 s -1.77 1.69 spring 40 steps 40 dt 0.05 damp 2 "
NOWHERE = "move driven 1 s -1.77 1.69 spring 1e-9 steps 1 dt 1e-9 "  # an attempt that always fails


def langevin(T=1):
    return f"fix integrate all nve\nfix warm all langevin {T} {T} 0.5 99\nfix flat all enforce2d\ntimestep 0.02\n"


def jumps(more, n=5, T=1, group="all"):
    """A fix that jumps without a flow."""
    return f"fix bg {group} bgen {n} {T} 4711 coords cartesian xy threads 1 {more}\n"


def estimates(output):
    """F(right) - F(left) of the last summary: {how: (value, error)}"""
    _, rest = jump_table(output)
    found = re.findall(r"F\(right\) - F\(left\) = (\S+) \+- (\S+) by (BAR|visits)", "\n".join(rest))
    return {how: (float(value), float(error)) for value, error, how in found}


def frames(text):
    """Of a dump: [{ID: [columns]}]"""
    return [{int(line.split()[0]): [float(word) for word in line.split()[1:]] for line in frame.splitlines()[1:]
             if not line.startswith("ITEM")} for frame in
            (part.split("ITEM: TIMESTEP")[0] for part in text.split("ITEM: ATOMS")[1:])]


class MistakesOfMoves(Case):
    def test_fix(self):
        for words, said in (
            ("move driven 1", "after '1'|name of a cv"),
            ("move driven 1 d -1 1 spring 40 steps 9", "cv d|before it"),
            ("move driven 1 s -1 1 steps 9", "driven|spring"),
            ("move driven 1 s -1 1 spring 40", "driven|steps 100"),
            ("move driven 1 s -1 1 spring 0 steps 9", "spring|0"),
            ("move driven 1 s -1 1 spring 40 steps 0", "steps|0"),
            ("move driven 1 s 1 1 spring 40 steps 9", "from one value|another"),
            ("move driven 1 s inf 1 spring 40 steps 9", "end of a driven move|inf"),
            ("move driven 1 s -1 1 spring 40 steps 9 heat 0", "temperature half way|0"),
            ("move driven 1 s -1 1 spring 40 steps 9 dt 0", "timestep of a path|0"),
            ("move driven 1 s -1 1 spring 40 steps 9 damp -1", "damping time|-1"),
            ("move driven 1 s -1 1 spring 40 steps 9 escort maybe", "maybe|escort"),
            ("move driven 1 s -1 1 spring 40 steps 9 slowly", "slowly"),
            ("move driven 1 s 1 2 spring 40 steps 9 escort frames", "escort frames|basin around each"),
            ("mirror y 0 move driven 1 s -1 1 spring 40 steps 9 escort frames", "escort frames|mirror"),
            ("cv a angle 1 2 3 move driven 1 a 60 120 spring 1 steps 9 escort yes", "cv a has no escort"),
            ("move driven 1 s -1 1 spring 40 steps 9 atoms none", "no group 'none'"),
            ("move driven 1 s -1 1 spring 40 steps 9 atoms empty", "atom"),
            ("move annealed 1", "annealed|steps 100"),
            ("move annealed 1 steps 9 start left", "left|any, other, transfer"),
            ("move annealed 1 steps 9 schedule new", "new|fixed, auto"),
            ("move annealed 1 steps 9 power 0", "power|0"),
            ("offset middle 1", "no basin 'middle'|offset"),
            ("offset left inf", "offset|inf"),
            ("offset left", "offset"),
        ):
            with self.subTest(words):
                self.refused(SYSTEM + "group empty empty\n" + jumps(BASINS + words), words=said)

    def test_one_basin(self):
        for words, said in (("offset auto", "offset auto|two basins"), ("move annealed 1 steps 9 start other", "annealed|second basin"),
                            ("move annealed 1 steps 9 start transfer", "annealed|second basin")):
            with self.subTest(words):
                self.refused(SYSTEM + jumps(words), words=said)

    def test_commands(self):
        for words, lines, said in (
            (DRAG, "fix_modify bg tune yes", "nothing to tune|offset auto"),
            (DRAG + "offset auto", "fix_modify bg tune maybe", "maybe"),
            (DRAG + "offset auto", "fix_modify bg tune", "after 'tune'"),
            ("move annealed 1 steps 9", MD + "run 10", "has a trained flow|train or load"),
            (DRAG + "move annealed 1 steps 9", MD + "run 10", "has a trained flow|train or load"),
        ):
            with self.subTest(lines):
                self.refused(SYSTEM + jumps(BASINS + words) + lines + "\n", words=said)


class Driven(Case):
    """Without any flow."""

    def check(self, words, least_acceptance, n_steps=30000, exact=RIGHT_MINUS_LEFT[1]):
        """Both wells visited alike: their free energies by works, and by visits."""
        output = self.good(SYSTEM + jumps(words + " offset right 3.38 velocity resample") + langevin() + f"run {n_steps}\n")
        accepted, attempts = map(int, re.search(r"(\d+) of (\d+) in all", output).groups())
        self.assertEqual(attempts, n_steps // 5)
        self.assertGreater(accepted, least_acceptance * attempts)
        self.check_estimates(output, exact)

    def check_estimates(self, output, exact):
        found = estimates(output)
        self.assertEqual(sorted(found), ["BAR", "visits"])
        for how, (value, error) in found.items():
            self.assertLessEqual(error, 0.1, how)
            self.assertLessEqual(abs(value - exact), 5 * error, how)

    def test_from_basin_to_basin(self):
        self.check(BASINS + DRAG, 0.1)

    def test_the_other_way_round(self):
        self.check(BASINS + DRAG.replace("-1.77 1.69", "1.69 -1.77"), 0.1)

    def test_escort(self):
        self.check(BASINS + DRAG.replace("steps 40", "steps 20") + "escort yes", 0.05, 60000)

    def test_escort_by_frames(self):
        """The mean frames of the wells lead the way, so more moves arrive."""
        share = {}
        for words, n_steps in (("", 10000), ("escort frames", 60000)):
            output = self.good(SYSTEM + fix(5, 16, "velocity resample offset right 3.38 " + DRAG.replace("steps 40", "steps 20") + words) +
                               RERUN + TRAIN + langevin() + f"run {n_steps}\n")
            accepted, attempts = map(int, re.search(r"(\d+) of (\d+) in all", output).groups())
            share[words] = accepted / attempts
        self.check_estimates(output, RIGHT_MINUS_LEFT[1])
        self.assertGreater(share["escort frames"], 1.2 * share[""], share)

    def test_heat(self):
        self.check(BASINS + DRAG + "heat 2", 0.05)

    def test_options_do_something(self):
        """All but a heat of the temperature itself change the works."""
        works = {}
        for words in ("", "heat 1", "heat 2", "escort yes", "damp 3", "dt 0.051"):
            output = self.good(SYSTEM + jumps(BASINS + DRAG + words) + langevin() + "run 100\n")
            works[words] = re.findall(r"(?m)^  driven .*", output)[0].split()[9:11]
        self.assertEqual(works.pop("heat 1"), works[""])
        self.assertEqual(len(set(map(tuple, works.values()))), len(works))

    def test_ends_that_tell_no_basin(self):
        """Then the middle between them does; basins are the inner parts of the wells, which paths often miss."""
        xs = [-1.75 + (i + 0.5) * 1e-4 for i in range(34000)]
        right, left = (math.fsum(math.exp(-(x ** 4 - 6 * x ** 2 + x)) for x in xs if (x > 0) == side) for side in (True, False))
        self.check(BASINS.replace("0 10", "0 1.65").replace("-10 0", "-1.75 0") + DRAG, 0.1, 60000, math.log(left / right))

    def test_without_basins(self):
        output = self.good(SYSTEM + jumps("cv s coordinate 1 x " + DRAG, T=2) + langevin(2) + "thermo 5\n"
                           "thermo_style custom step f_bg[2] f_bg[15]\nrun 60000\n")
        lines = thermo(output, 3)
        self.assertGreater(int(lines[-1][1]), 500)
        self.check_means([float(line[2]) > 0 for line in lines[1:]], 1 / (1 + math.exp(1.630269)), 0.02)

    def test_weak_spring(self):
        """It often does not reach the other side. Nothing else moves the atom, along y in a harmonic well."""
        for words in ("", "escort yes", "heat 5"):
            with self.subTest(words):
                output = self.good(SYSTEM + jumps("cv s coordinate 1 y move driven 1 s -1 1.5 spring 1 steps 8 dt 0.2 damp 1 " + words, 1, 2) +
                                   "thermo_style custom step f_bg[15] f_bg[2] pe\nthermo 1\nrun 40000\n")
                lines = [[float(word) for word in line] for line in thermo(output, 4)[1:]]
                self.assertGreater(lines[-1][2], 4000)
                self.check_means([y for _, y, *_ in lines], 0, 0.1)
                self.check_means([y ** 2 for _, y, *_ in lines], 2, 0.1)
                self.check_means([y > 0 for _, y, *_ in lines], 0.5, 0.02)

    def check_means(self, values, exact, most):
        """By 20 parts of the run."""
        size = len(values) // 20
        means = [statistics.fmean(values[i * size:(i + 1) * size]) for i in range(20)]
        error = statistics.stdev(means) / math.sqrt(20)
        self.assertLessEqual(error, most)
        self.assertLessEqual(abs(statistics.fmean(values) - exact), 5 * error)

    def test_other_atoms_follow(self):
        """The group is the first atom only. A spring of 1 ties a second one to it, which changes nothing for the first. Driven
        moves are all that moves them: nothing integrates."""
        output = self.good(SYSTEM + "create_atoms 1 single -1.2 0.5 0.0\nunfix well_x\ngroup one id 1\ngroup two id 2\n"
                           "fix well_x one addforce v_well_fx 0.0 0.0 energy v_well_U\nfix_modify well_x energy yes\n"
                           "fix tie one spring couple two 1.0 0.0 NULL NULL 0.0\nfix_modify tie energy yes\n" +
                           jumps(BASINS + DRAG.replace("steps 40", "steps 80") + "offset right 3.38", 1, group="one") + "variable apart equal x[2]-x[1]\n"
                           "thermo_style custom step f_bg[15] v_apart\nthermo 1\nrun 30000\n")
        self.check_estimates(output, RIGHT_MINUS_LEFT[1])
        lines = [[float(word) for word in line] for line in thermo(output, 3)[1:]]
        for side in (-1, 1):
            self.check_means([apart ** 2 for _, x, apart in lines if x * side > 0], 1, 0.1)

    def last_frame(self, more, ranks):
        self.good(DIMER + "reset_timestep 0\nvelocity all create 1.0 4711 loop all\n" + more +
                  "fix integrate all nve\nfix flat all enforce2d\ntimestep 0.002\ndump d all custom 5 out.dump id xu yu vx vy\n"
                  "dump_modify d format float %.17g\nrun 5\n", ranks)
        return frames((self.folder / "out.dump").read_text())[-1]

    def test_velocities(self):
        """Of all atoms those of the whole step are as without the jump, or drawn anew."""
        drag = (jumps("cv d distance 1 2 basin closed d 0 1.5 basin open d 1.5 4 offset open 600 "
                      "move driven 1 d 0.93 2.06 spring 300 steps 100 dt 0.005 damp 0.5 velocity {}", group="dimer"))
        for ranks in (1, 2):
            none = self.last_frame("", ranks)
            kept, anew = (self.last_frame(drag.format(how), ranks) for how in ("keep", "resample"))
            for atom in none:
                self.assertGreater(math.dist(none[atom][:2], kept[atom][:2]), 1e-3)
                self.assertLessEqual(math.dist(kept[atom][:2], anew[atom][:2]), 1e-9)
                self.assertLessEqual(math.dist(none[atom][2:], kept[atom][2:]), 1e-9)
                self.assertGreater(math.dist(none[atom][2:], anew[atom][2:]), 1e-3)
            squares = [v ** 2 for row in anew.values() for v in row[2:]]
            self.assertLessEqual(abs(statistics.fmean(squares) - 1), 5 * math.sqrt(2 / len(squares)))

    def test_units_and_borders(self):
        """One bond of a molecule that lies across the border of a periodic box, in real units: two parts of its harmonic well."""
        kT = 0.0019872067 * 600
        inside = CHAIN + ("group bond id 1 2\nvelocity all create 600 4711 loop all\nfix bg bond bgen 5 600 4711 cv d distance 1 2 "
                          "basin short d 0 1.55 basin long d 1.55 3 move driven 1 d 1.5 1.6 spring 3000 steps 20 dt 1 damp 50 "
                          "velocity resample\nfix integrate all nve\nthermo_style custom step pe f_bg[1] f_bg[2]\n"
                          "thermo_modify norm no format float %.15g\nthermo 20\n")
        runs = [thermo(self.good(inside + "run 200\n", ranks), 4) for ranks in (1, 2, 4)]
        self.assertGreater(int(runs[0][-1][3]), 5)
        for run in runs[1:]:
            for one, other in zip(runs[0], run, strict=True):
                self.assertEqual(one[2:], other[2:])
                self.assertLessEqual(abs(float(one[1]) - float(other[1])), 1e-9 * (1 + abs(float(one[1]))))
        output = self.good(inside + "fix warm all langevin 600 600 100 99\nrun 20000\n")
        value, error = map(float, re.search(r"F\(short\) - F\(long\) = (\S+) \+- (\S+) by BAR", output).groups())
        rs = [1 + (i + 0.5) * 1e-4 for i in range(11000)]
        short, long = (math.fsum(r * r * math.exp(-300 * (r - 1.5) ** 2 / kT) for r in rs if (r < 1.55) == side) for side in (True, False))
        self.assertLessEqual(error, 0.1)
        self.assertLessEqual(abs(value - math.log(long / short)), 5 * error)


class Annealed(Populations):
    """Of a quickly trained flow; under an offset, so that both wells are visited alike."""

    def test_any(self):
        self.check("", 0.4, 1.0, moves="move annealed 1 steps 10 dt 0.05 damp 1", offset=3.38)

    def test_other(self):
        self.check("", 0.4, 1.0, moves="move annealed 3 steps 10 dt 0.05 start other power 2 move near 1 0.5", offset=3.38)

    def test_transfer(self):
        self.check("", 0.4, 1.0, moves="move annealed 3 steps 10 dt 0.05 start transfer move near 1 0.5", offset=3.38)

    def test_leaving_its_basin(self):
        """Within one well, where a path easily ends in another basin than that of its flow."""
        self.check("", 0.1, 1.0, moves="move annealed 1 steps 10 dt 0.05 damp 1", border=-1.7)

    def test_other_shares(self):
        """Populations as shares of the mixture: hardly a path goes to the right."""
        self.check("fix_modify bg frames test\n" + RERUN + "bgen bg free_energy\nbgen bg mixture populations\n", 0.5, 1.0,
                   moves="move annealed 1 steps 5 dt 0.05")

    def test_works(self):
        for start in ("any", "other", "transfer"):
            with self.subTest(start):
                output = self.good(SYSTEM + fix(2, 16, f"velocity resample offset right 3.38 move annealed 1 steps 10 dt 0.05 start {start}") +
                                   RERUN + TRAIN + langevin() + "run 8000\n")
                for how, (value, error) in estimates(output).items():
                    self.assertLessEqual(error, 0.1, how)
                    self.assertLessEqual(abs(value - RIGHT_MINUS_LEFT[1]), 5 * error, how)


class Offsets(Populations):
    def test_fresh(self):
        self.check("", 0.2, 0.9, offset=2.0)

    def test_near(self):
        self.check("", 0.2, 0.9, moves="move near 2 0.7 move fresh 1", offset=3.38)

    def test_transfer(self):
        self.check("", 0.2, 1.0, moves="move near 1 0.7 move transfer 1", offset=3.38)

    def test_several(self):
        self.check("", 0.4, 1.0, moves="move fresh 1 tries 4", offset=5.0)

    def test_weight(self):
        output = self.good(SYSTEM + jumps(BASINS.replace("0 10", "0 1.7") + DRAG + "offset right 3 offset left -1.5") + langevin() +
                           "thermo_style custom step f_bg[11] f_bg[14]\nthermo_modify format float %.15g\nthermo 5\nrun 4000\n")
        seen = {}
        for _, basin, weight in thermo(output, 3):
            seen.setdefault(int(basin), set()).add(float(weight))
        self.assertEqual(sorted(seen), [0, 1, 2])
        for basin, offset in ((0, 0), (1, 3), (2, -1.5)):
            for weight in seen[basin]:
                self.assertLessEqual(abs(weight * math.exp(offset) - 1), 1e-12)

    def tuned(self, output):
        """All that has been said of what is tuned: [{what: [numbers]}]"""
        lines = re.findall(r"(?:: tunes|: tuned|  tuning +\w+)(, .*)?", output)
        return [{re.match(r"[a-z 2]*", part).group().strip(): [float(w) for w in re.findall(r"-?\d[\d.e+-]*", part)]
                 for part in re.split(r", (?=offsets|near|annealed)", line) if part} for line in lines]

    def test_auto(self):
        """Found from works, and left alone once they are."""
        output = self.good(SYSTEM + jumps(BASINS + DRAG + "offset auto velocity resample") + langevin() +
                           "run 10000\nfix_modify bg tune no\nbgen bg info\nrun 5000\nbgen bg info\n")
        offsets = re.findall(r"offsets in kT: right (\S+), left (\S+)", output)
        self.assertEqual(len(offsets), 3)
        self.assertLessEqual(abs(float(offsets[0][0]) - float(offsets[0][1]) - RIGHT_MINUS_LEFT[1]), 0.3)
        self.assertEqual(len(set(offsets)), 1)
        (_, _), (within, _), _ = [map(int, pair) for pair in re.findall(r"(\d+) of (\d+) (?:in all|within|between)", output)[-3:]]
        del within
        visits = [int(n) for n in re.findall(r"by visits, (\d+) of right and (\d+)", output)[-1]]
        self.assertEqual(sum(visits), 1000)  # anew since the offsets are what they are
        self.assertGreater(min(visits), 250)

    def test_steps_and_schedules(self):
        line = fix(2, 16, "offset auto velocity resample move near 2 auto move annealed 1 steps 6 dt 0.05 schedule auto")
        output = self.good(SYSTEM + line + RERUN + TRAIN + "bgen bg info\n" + langevin() + "run 4000\nfix_modify bg tune no\n"
                           "run 1000\nbgen bg info\nfix_modify bg tune yes\nrun 1000\nbgen bg info\n")
        before, found, later, again, tuned_on = (re.findall(r"(?:tuned|tunes|tuning +\w+)(, .*)", output))
        self.assertEqual(found, later)
        self.assertEqual(found, again)
        self.assertEqual(len({before, found, tuned_on}), 3)
        self.assertIn("near: 0.3, annealed: 0 0.1667 0.3333 0.5 0.6667 0.8333 1", before)
        schedule = [float(word) for word in re.search(r"annealed:(.*)", found).group(1).split()]
        self.assertEqual((schedule[0], schedule[-1], schedule), (0, 1, sorted(set(schedule))))
        rows, _ = jump_table(output)
        accepted, attempts = (sum(int(row[what]) for (move, *_), row in rows.items() if move == "near") for what in ("accepted", "attempts"))
        self.assertLessEqual(abs(accepted / attempts - 0.25), 0.05)


class Border(Case):
    """MD that crosses from basin to basin by itself, under offsets."""

    def test_visits(self):
        """At T = 4 the barrier is 2.7 kT."""
        output = self.good(SYSTEM + jumps(BASINS + NOWHERE + "offset right 2", 10, 4) + langevin(4) + "run 1500000\n")
        value, error = estimates(output)["visits"]
        self.assertLessEqual(error, 0.1)
        self.assertLessEqual(abs(value - RIGHT_MINUS_LEFT[4]), 5 * error)
        crossed, undone = map(int, re.findall(r"MD segments that changed the basin: (\d+), of which (\d+) were undone", output)[-1])
        self.assertGreater(undone, 1000)
        self.assertGreater(crossed - undone, 300)

    def trajectory(self, text, steps, ranks=1):
        """[{ID: [xu, yu, vx, vy]}] at each step"""
        self.good(text + "fix integrate all nve\nfix flat all enforce2d\ntimestep 0.01\ndump d all custom 1 out.dump id xu yu vx vy\n"
                  f"dump_modify d format float %.17g\nreset_timestep 0\nrun {steps}\n", ranks)
        return frames((self.folder / "out.dump").read_text())

    def assert_reversed(self, one, other, tolerance):
        for atom in one:
            self.assertLessEqual(math.dist(one[atom][:2], other[atom][:2]), tolerance)
            self.assertLessEqual(math.dist(one[atom][2:], [-v for v in other[atom][2:]]), tolerance)

    def test_back_to_the_beginning_of_the_run(self):
        """From setup's velocities, which are whole: the path with reversed ones, to rounding."""
        there, back = SYSTEM + "velocity all set 6.0 0.4 0.0\n", SYSTEM + "velocity all set -6.0 -0.4 0.0\n"
        path = self.trajectory(there + jumps(BASINS + NOWHERE + "offset left 600", 50), 90)
        self.assertGreater(path[49][1][0], 0.1)
        self.assert_reversed(path[50], path[0], 1e-12)
        for one, other in zip(path[50:], self.trajectory(back, 40), strict=True):
            for ours, theirs in zip(one[1], other[1], strict=True):
                self.assertLessEqual(abs(ours - theirs), 1e-11)

    def test_back_to_an_attempt(self):
        """Of 38 atoms one is to stay on its side; it leaves in the second piece, and the third retraces the first."""
        n = 30
        start = DIMER + "velocity all create 1.0 4711 loop all\n"
        for ranks in (1, 2):
            free = self.trajectory(start, 2 * n, ranks)
            atom = max(free[0], key=lambda a: (free[2 * n][a][0] - free[n][a][0]) * (free[n][a][0] > free[0][a][0]))
            border = (free[n][atom][0] + free[2 * n][atom][0]) / 2
            basins = f"cv s coordinate {atom} x basin here s -10 {border} basin there s {border} 10 "
            line = jumps(basins + NOWHERE.replace("-1.77 1.69", "-9 9") + "offset here 600", n, group="all")
            path = self.trajectory(start + line, 3 * n, ranks)
            for one, other in zip(path[:2 * n], free[:2 * n], strict=True):
                for a in one:
                    self.assertLessEqual(math.dist(one[a], other[a]), 1e-9)
            for k in range(n + 1):
                self.assert_reversed(path[2 * n + k], path[n - k], 1e-9)


if __name__ == "__main__":
    unittest.main()
