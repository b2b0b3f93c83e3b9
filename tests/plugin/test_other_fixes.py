#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other fixes of LAMMPS beside fix bgen: which of them end in one sentence when atoms are about to jump, and which do not.

As test_fix_bgen.py, beside which it stands.
"""
import unittest

from test_fix_bgen import SYSTEM, Case
from test_fix_bgen_moves import BASINS, DRAG, jumps

MD = "fix integrate all nve\ntimestep 0.02\n"
JUMPS = MD + jumps(BASINS + DRAG, 1)
LANGEVIN = "fix warm all langevin {} {} 0.5 99\nfix flat all enforce2d\n"
LESS = "unfix well_x\nfix well_x all addforce {} 0.0 0.0 energy {}\nfix_modify well_x energy yes\n"
FLUID = """units lj
atom_style {style}
lattice fcc 0.8442
region box block 0 5 0 5 0 5
create_box 1 box
create_atoms 1 box
mass 1 1.0
{force}
velocity all create 1.0 87287 loop geom
fix integrate all nve
fix bg all bgen 1 1.0 4711 cv d distance 1 2 threads 1 move driven 1 d 1.0 1.5 spring 100 steps 2
"""


class OtherFixes(Case):
    def stops(self, lines, words, run="run 20\n"):
        self.refused(SYSTEM + lines + JUMPS + run, words)

    def runs(self, lines, run="run 20\n"):
        return self.good(SYSTEM + lines + JUMPS + run)

    def has(self, style):
        _, output = self.run_lammps(f"region r block 0 1 0 1 0 1\ncreate_box 1 r\nfix f all {style}\n")
        return "nrecognized fix style" not in output

    def test_energies(self):
        """Forces without an energy, energies without forces, both of them not counted, or not the same."""
        for lines, words in (
            ("unfix well_x\nfix well_x all addforce v_well_fx 0.0 0.0\nfix_modify well_x energy yes\n", "fix well_x (addforce)|keyword energy"),
            ("variable half atom 0.5*v_well_U\n" + LESS.format("v_well_fx", "v_half"), "fix well_x (addforce)|but its forces give"),
            ("variable zero atom 0.0*x\n" + LESS.format("v_zero", "v_well_U"), "fix well_x (addforce)|but its forces give 0"),
            ("fix push all addforce 1.0 0.0 0.0\n", "fix push (addforce)|fix_modify push energy yes"),
            ("fix wall all wall/harmonic xlo EDGE 1.0 1.0 2.5\n", "fix wall (wall/harmonic)|fix_modify wall energy yes"),
            ("fix push all setforce 1.0 NULL NULL\n", "fix push (setforce)"),
            ("fix push all aveforce 1.0 NULL NULL\n", "fix push (aveforce)"),
        ) + ((("fix push all drag 0.0 0.0 0.0 1.0 0.1\n", "fix push (drag)|has no energy"),) if self.has("drag") else ()):
            with self.subTest(lines):
                self.stops(lines, words)

    def test_known(self):
        for lines, words in (
            ("fix mirror all wall/reflect xlo -2.0\n", "fix mirror (wall/reflect) reflects|wall/harmonic"),
            ("fix path all move linear 0.1 0.0 0.0\n", "fix path (move)"),
            ("fix middle all recenter INIT INIT NULL\n", "fix middle (recenter) shifts"),
            ("fix box all deform 1 y scale 1.1\n", "fix box (deform)|out of equilibrium"),
            (jumps(BASINS + DRAG + "offset right 1").replace("fix bg", "fix other"), "(bgen) moves atoms of its group as well|has offsets"),
        ):
            with self.subTest(lines):
                self.stops(lines, words)
        offsets = SYSTEM + MD + jumps(BASINS + DRAG + "offset auto", 1) + jumps(BASINS + DRAG).replace("fix bg", "fix other")
        self.refused(offsets + "run 20\n", "(bgen) moves atoms of its group as well|has offsets")

    def test_time(self):
        """A well that moves: its energy is that of its forces, at any moment. And one whose energy rises."""
        for lines in ("variable U atom 2*(x-0.01*step)^2\nvariable F atom -4*(x-0.01*step)\n",
                      "variable U atom v_well_U+0.01*step\nvariable F atom v_well_fx\n"):
            with self.subTest(lines):
                self.stops(lines + LESS.format("v_F", "v_U"), "the energy of fix well_x (addforce) was|does not depend on time")

    def test_fine(self):
        for lines in ("", LANGEVIN.format(1, 1), "fix push all addforce 1.0 0.0 0.0\nfix_modify push energy yes\n",
                      "fix wall all wall/harmonic xlo EDGE 1.0 1.0 2.5\nfix_modify wall energy yes\n", 
                      "fix stop all momentum 1 linear 1 1 0\n",
                      "fix tie all spring tether 3.0 0.5 0.5 NULL 0.2\nfix_modify tie energy yes\n",
                      jumps(BASINS + DRAG).replace("fix bg", "fix other")):
            with self.subTest(lines):
                self.runs(lines)

    def test_every_run(self):
        """The check is one of the run, whatever the ranks."""
        push = "fix push all addforce 1.0 0.0 0.0\nrun 20\n"
        for ranks in (1, 2, 4):
            self.good(SYSTEM + JUMPS + "run 20\n", ranks)
            code, output = self.run_lammps(SYSTEM + JUMPS + "run 20\n" + push, ranks)
            self.assertNotEqual(code, 0)
            self.assertIn("fix push (addforce)", output)

    def test_put_back(self):
        """A command between steps undoes jumps, as a fix may that the table does not know."""
        back = 'run 60 pre no every 1 "set atom 1 x -1.77"\n'
        words = "an accepted jump put atom 1 to x = 1.|but one step later it is at -1.7|moves it back"
        self.stops("set atom 1 x -1.77\n", words, back)
        code, output = self.run_lammps(SYSTEM + "set atom 1 x -1.77\n" + JUMPS + back, 2)
        self.assertNotEqual(code, 0)
        self.assertIn(words.split("|")[0], output)

    def test_temperatures(self):
        temperature = "variable T equal 1.0+step/100\n"
        by_name = (MD + jumps(BASINS + DRAG, 1, "{}")).format
        for lines, words in (
            (LANGEVIN.format(2, 2) + JUMPS, "temperature 1|fix warm (langevin) keeps 2"),
            ("fix warm all temp/berendsen 1.5 1.5 0.5\n" + JUMPS, "temperature 1|fix warm (temp/berendsen) keeps 1.5"),
            ("compute_modify thermo_temp extra/dof 0\nfix nose all nvt temp 2 2 1\n" + jumps(BASINS + DRAG, 1), "fix nose (nvt) keeps 2"),
            (temperature + LANGEVIN.format(1, 3) + by_name("v_T"), None),
            (temperature + LANGEVIN.format(1, 2) + by_name("v_T"), ""),
            (LANGEVIN.format(1, 3) + by_name("warm"), ""),
            (LANGEVIN.format(1, 3) + by_name("1.0"), "temperature 1|fix warm (langevin) keeps 1."),
            ("variable T equal 1+0.2*(floor(step/5)%4)\n" + LANGEVIN.format("v_T", 1) + by_name("v_T").replace("bgen 1 ", "bgen 5 "), ""),
            ("group none empty\nfix warm none langevin 2 2 0.5 99\n" + JUMPS, ""),
        ):
            with self.subTest(lines):
                if words:
                    self.refused(SYSTEM + lines + "run 100\n", words)
                elif words == "":
                    self.good(SYSTEM + lines + "run 100\n")

    def test_offsets(self):
        offsets = jumps(BASINS + DRAG + "offset right 3", 1)
        nose = "velocity all set 0.5 0.5 0.0\nfix nose all nvt temp 1 1 1\ntimestep 0.02\n"
        self.refused(SYSTEM + nose + offsets + "run 20\n", "with offsets|fix nose (nvt) keeps a Nose-Hoover thermostat|langevin")
        self.good(SYSTEM + nose + offsets.replace("offset right 3", "") + "run 20\n")
        self.good(SYSTEM + MD + LANGEVIN.format(1, 1) + offsets + "run 20\n")
        berendsen = MD + "fix scaled all temp/berendsen 1 1 1\n"
        self.refused(SYSTEM + berendsen + offsets + "run 20\n", "with offsets|fix scaled (temp/berendsen) scales velocities")
        output = self.good(SYSTEM + berendsen + offsets.replace("offset right 3", "") + "run 20\n")
        self.assertIn("fix scaled (temp/berendsen) does not sample the Boltzmann distribution", output)
        gjf, whole, other = "fix warm all langevin 1 1 0.5 99 gjf vhalf\n" + MD, "gjf vhalf", ""
        if "fix gjf instead" in self.run_lammps(SYSTEM + gjf)[1]:  # since 2026
            gjf, whole, other = "fix warm all gjf 1 1 0.5 99 vel vhalf\n", "vel vhalf", "vel vfull"
        self.assertRegex(self.good(SYSTEM + gjf + offsets + "run 20\n"), r"fix warm \((langevin|gjf)\) with gjf stands before it")
        for lines in (offsets + gjf, gjf.replace(whole, other) + offsets, gjf + offsets.replace("offset right 3", "")):
            self.assertNotIn("with gjf", self.good(SYSTEM + lines + "run 20\n"))
        limit = MD.replace("all nve", "all nve/limit 0.01")
        self.refused(SYSTEM + limit + offsets + "run 20\n", "with offsets|fix integrate (nve/limit) limits how far atoms move")
        output = self.good(SYSTEM + limit + offsets.replace("offset right 3", "") + "run 20\n")
        self.assertIn("fix integrate (nve/limit) does not sample the Boltzmann distribution", output)
        box = FLUID.format(style="atomic", force="pair_style lj/cut 2.5\npair_coeff 1 1 1.0 1.0").replace("all nve", "all npt temp 1 1 1 iso 0 0 9")
        self.assertIn("fix integrate (npt) changes the box", self.good(box + "run 5\n"))
        self.refused(box.replace("spring 100", "offset all 1 spring 100") .replace("offset all 1 ", "") + "unfix bg\n" +
                     "fix bg all bgen 1 1.0 4711 cv d distance 1 2 basin a d 0 1 basin b d 1 9 offset a 1 threads 1 "
                     "move driven 1 d 0.9 1.5 spring 100 steps 2\nrun 5\n", "with offsets|fix integrate (npt)")

    def test_no_false_alarm(self):
        """Energies that jump at their cutoff, are tabulated, or come from a mesh."""
        charges = "set group all charge 1.0\nset region box charge 1.0\nvariable q atom 2*(id%2)-1\nset group all charge v_q\n"
        for style, force in (
            ("atomic", "pair_style lj/cut 2.5\npair_coeff 1 1 1.0 1.0"),
            ("atomic", "pair_style lj/cut 1.2\npair_coeff 1 1 1.0 1.0"),
            ("atomic", "pair_style table linear 500\npair_coeff 1 1 pair.table LJ 2.5"),
            ("charge", "pair_style lj/cut/coul/long 2.5\npair_coeff 1 1 1.0 1.0\nkspace_style pppm 1e-3\n" + charges),
            ("charge", "pair_style lj/cut/coul/long 2.5\npair_coeff 1 1 1.0 1.0\nkspace_style ewald 1e-4\n" + charges),
        ):
            with self.subTest(force):
                table = ["LJ", "N 400 R 0.6 2.5", ""]
                for i in range(400):
                    r = 0.6 + 1.9 * i / 399
                    table.append(f"{i + 1} {r} {4 * (r ** -12 - r ** -6)} {4 * (12 * r ** -13 - 6 * r ** -7)}")
                (self.folder / "pair.table").write_text("\n".join(table) + "\n")
                for ranks in (1, 2):
                    self.good(FLUID.format(style=style, force=force) + "run 5\n", ranks)

    def test_adapt(self):
        line = "variable e equal 1+step/100\nfix softer all adapt {} pair lj/cut epsilon 1 1 v_e\n"
        fluid = FLUID.format(style="atomic", force="pair_style lj/cut 2.5\npair_coeff 1 1 1.0 1.0")
        self.refused(fluid + line.format(1) + "run 5\n", "fix softer (adapt) changes the interactions")
        self.good(fluid + line.format(0) + "run 5\n")

    def test_packages(self):
        """What only some LAMMPS have."""
        for style, line, words in (("smd", "fix pull all smd cvel 20.0 0.1 tether 2.0 0.0 0.0 0.0\n", "fix pull (smd) pulls"),
                                   ("hmc", "fix mc all hmc 10 99 1.0\n", "fix mc (hmc) puts atoms back")):
            if self.has(style):
                with self.subTest(style):
                    self.stops(line, words)
        if self.has("colvars"):
            self.check_colvars()

    def check_colvars(self):
        """A static restraint is a function of positions; metadynamics, and one that moves, are not."""
        cv = "colvar {\n name s\n distanceZ {\n main { atomNumbers 1 }\n ref { dummyAtom (0.0, 0.0, 0.0) }\n axis (1.0, 0.0, 0.0)\n }\n}\n"
        rest = "harmonic {\n colvars s\n centers 0.5\n forceConstant 2.0\n%s}\n"
        for text, words in ((rest % "", ""), (rest % " targetCenters 2.0\n targetNumSteps 100\n", "was"),
                            ("metadynamics {\n colvars s\n hillWeight 0.1\n hillWidth 1.0\n newHillFrequency 1\n}\n", "was")):
            (self.folder / "in.colvars").write_text(cv + text)
            deck = SYSTEM + "fix bias all colvars in.colvars\nfix_modify bias energy yes\n" + JUMPS + "run 100\n"
            with self.subTest(text):
                if words:
                    self.refused(deck, "fix bias (colvars)|" + words)
                else:
                    self.good(deck)


if __name__ == "__main__":
    unittest.main()
