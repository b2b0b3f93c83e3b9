#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes out of dumps: the same frames in whatever form, or one sentence that says what is wrong with them.

As test_fix_bgen.py, beside which it stands. Nothing here is random.
"""
import math
import re
import unittest

from test_fix_bgen import CHAIN, MD, SYSTEM, TRAIN, Case, fix

# the chain crosses the border of the box in x, and each atom that crosses does so in a frame of its own
BOX = {"x": 16.0, "y": 16.0, "z": 16.0}
CENTER = ((6.1, 0.3, 0.0), (7.0, -0.9, 0.0), (8.4, -0.6, 0.2), (9.1, 0.5, 0.9))
FIX = "fix hold all spring/self 5\nfix_modify hold energy yes\nfix bg all bgen 0 600 4711 cv x4 coordinate 4 x threads 1 flow \"whiten\"\n"
COUNT = 'print "frames $(f_bg[12]:%.0f) and $(f_bg[13]:%.0f)"\n'


def chain(n, first=0, drift=0.05):
    """Unwrapped positions of n frames; it drifts along x and wobbles."""
    return [[tuple(c + 0.1 * math.sin((frame + 1) * (1.3 + 3 * i + k)) + (drift * frame if k == 0 else 0.0)
                   for k, c in enumerate(atom)) for i, atom in enumerate(CENTER)] for frame in range(first, first + n)]


def wrapped(x, length=16.0):
    image = math.floor((x + length / 2) / length)
    return x - image * length, image


def atoms_text(columns, atoms, boxes=(16.0, 16.0, 16.0)):
    """The lines of one frame: columns are xu, x, xs, ix and the like; atoms {ID: unwrapped position}."""
    lines = []
    for tag, position in atoms.items():
        words = [str(tag)]
        for column in columns.split():
            k = "xyz".index(column.strip("iusx") or "x") if column not in ("x", "xu", "xs", "ix") else 0
            inside, image = wrapped(position[k], boxes[k])
            words.append({"u": repr(position[k]), "s": repr(inside / boxes[k] + 0.5), "i": str(image)}.get(
                column[-1] if column[-1] in "us" else column[0], repr(inside)))
        lines.append(" ".join(words))
    return "\n".join(lines)


def dump_text(columns, frames, boxes=(16.0, 16.0, 16.0), first=0):
    bounds = "\n".join(f"{-length / 2!r} {length / 2!r}" for length in boxes)
    return "".join(f"ITEM: TIMESTEP\n{first + n}\nITEM: NUMBER OF ATOMS\n{len(atoms)}\nITEM: BOX BOUNDS pp pp pp\n{bounds}\n"
                   f"ITEM: ATOMS id {columns}\n{atoms_text(columns, atoms, boxes)}\n" for n, atoms in enumerate(frames))


def numbered(frames, without=()):
    return [{i + 1: position for i, position in enumerate(frame) if i + 1 not in without} for frame in frames]


class Dumps(Case):
    def write(self, name, columns, frames, **more):
        (self.folder / f"{name}.dump").write_text(dump_text(columns, frames, **more))

    def warned(self, text, words, ranks=1):
        output = self.good(text, ranks)
        lines = [line for line in output.splitlines() if line.startswith("WARNING: fix bgen")]
        self.assertEqual(len(lines), 1, output[-1500:])
        for word in words.split("|"):
            self.assertIn(word, lines[0])

    def silent(self, text, ranks=1):
        output = self.good(text, ranks)
        self.assertNotIn("WARNING: fix bgen", output)
        return output


class Coordinates(Dumps):
    """A molecule that crosses the border of a periodic box."""

    READ = {"xu yu zu": "x y z wrapped no", "x y z ix iy iz": "x y z ix iy iz wrapped yes",
            "xs ys zs ix iy iz": "x y z ix iy iz wrapped yes scaled yes", "x ix y iy z iz": "x ix y iy z iz"}

    def frames(self, words, ranks=1):
        """Means and spread of the 30 frames, by the positions that came in: those that frames dump writes."""
        self.silent(CHAIN + FIX + f"rerun f.dump dump {words}\nbgen bg train steps 1\nbgen bg dump out.dump\n", ranks)
        return self.dumped()

    def dumped(self):
        lines = (self.folder / "out.dump").read_text().split("ITEM: ATOMS")[1:]
        return [[[float(word) for word in line.split()[2:5]] for line in frame.split("ITEM:")[0].splitlines()[1:]] for frame in lines]

    def test_forms(self):
        frames = chain(30)
        self.assertGreater(frames[29][1][0], 8.0)
        self.assertLess(frames[0][1][0], 8.0)
        for columns, words in self.READ.items():
            self.write("f", columns, numbered(frames))
            for ranks in (1, 2):
                found = self.frames(words, ranks)
                self.assertEqual(len(found), 30)
                for one, other in zip(found, frames, strict=True):
                    for a, b in zip(one, other, strict=True):
                        for c, d in zip(a, b, strict=True):
                            self.assertLessEqual(abs(c - d), 1e-9)

    def test_without_image_flags(self):
        """The molecule is whole, and where its first atom is: by a box elsewhere in some frames, which is said."""
        right = chain(60)
        self.write("f", "x y z", numbered(right))
        deck = CHAIN + FIX + "rerun f.dump dump x y z\nbgen bg train steps 1\nbgen bg dump out.dump\n"
        for ranks in (1, 2, 4):
            self.warned(deck, "jump by a whole box|to the frame of step|ix iy iz", ranks)
            frames = self.dumped()
            self.assertEqual(len(frames), 60)
            for one, other in zip(frames, right, strict=True):
                self.assertTrue(all(-8 <= c < 8 for c in one[0]))
                for a, b in zip(one, other, strict=True):
                    for d in range(3):
                        self.assertLessEqual(abs((a[d] - one[0][d]) - (b[d] - other[0][d])), 1e-9)

    def test_unwrapped_taken_for_wrapped(self):
        """LAMMPS adds a box in each frame to positions beyond it."""
        path = self.folder / "f.xyz"
        path.write_text("".join(f"4\nAtoms. Timestep: {n}\n" + "".join("1 " + " ".join(map(repr, x)) + "\n" for x in frame)
                                for n, frame in enumerate(chain(20))))
        deck = CHAIN + FIX + "rerun f.xyz dump x y z box no wrapped {} format xyz\n"
        self.silent(deck.format("no"))
        self.silent(deck.format("yes"))  # beyond is another atom than the first, so the molecule is right
        path.write_text("".join(f"4\nAtoms. Timestep: {n}\n" + "".join("1 " + " ".join(map(repr, (x[0] + 3, *x[1:]))) + "\n" for x in frame)
                                for n, frame in enumerate(chain(20))))
        self.warned(deck.format("yes"), "jump by a whole box|wrapped no")

    def test_without_bonds(self):
        """Jumps by a box are counted, and those of diffusion are not taken for them."""
        loose = CHAIN.split("create_bonds")[0]
        self.write("f", "x y z", numbered(chain(60)))
        self.warned(loose + FIX + "rerun f.dump dump x y z\n", "jump by a whole box|to the frame of step|ix iy iz", 2)
        steps = [[tuple(9.0 * math.sin(frame * frame * (i + 1.7 + k)) for k in range(3)) for i in range(4)] for frame in range(200)]
        self.write("f", "x y z ix iy iz", numbered(steps))
        self.silent(loose + FIX + "rerun f.dump dump x y z ix iy iz\n")


class Boxes(Dumps):
    BIG = (18.0, 17.0, 16.0)

    def test_of_the_dump(self):
        """Not that of the data: the frames are as they would be there."""
        self.write("f", "x y z ix iy iz", numbered(chain(20)), boxes=self.BIG)
        for ranks in (1, 2):
            output = self.silent(CHAIN + FIX + "rerun f.dump dump x y z ix iy iz\nbgen bg train steps 1 kl 1\n"
                                 'print "box $(lx) $(ly) x4 $(f_bg[15]:%.12g)"\n', ranks)
            x4 = float(re.search(r"^box 18 17 x4 (\S+)", output, re.M).group(1))
            self.assertLessEqual(abs(x4 - chain(20)[-1][3][0]), 1e-9)

    def test_of_constant_pressure(self):
        text = dump_text("xu yu zu", numbered(chain(3))) + dump_text("xu yu zu", numbered(chain(3)), boxes=(16.0, 16.2, 16.0), first=3)
        (self.folder / "f.dump").write_text(text)
        self.refused(CHAIN + FIX + "rerun f.dump dump x y z wrapped no\n", "frame of step 3|length in y 16.2, not 16|constant volume")
        self.write("g", "xu yu zu", numbered(chain(3)), boxes=(16.0, 16.2, 16.0))
        self.refused(CHAIN + FIX + "fix_modify bg frames test\nrerun f.dump last 2 dump x y z wrapped no\n"
                     "fix_modify bg frames train\nrerun g.dump dump x y z wrapped no\n", "frame of step 0|length in y 16.2, not 16")

    def test_changed_since(self):
        self.write("f", "xu yu zu", numbered(chain(20)))
        deck = CHAIN + FIX + "rerun f.dump dump x y z wrapped no\nchange_box all z final -9 9\n"
        for line in ("train steps 1 kl 1", "sample 3 file s.dat"):
            self.refused(deck + ("" if "train" in line else "change_box all z final -8 8\nbgen bg train steps 1\nchange_box all z final -9 9\n")
                         + f"bgen bg {line}\n", "length in z 18, not 16")
        self.silent(deck + "change_box all z final -8 8\nbgen bg train steps 1 kl 1\n")
        self.refused(CHAIN + FIX.replace("threads", "collect 1 threads") + "fix integrate all nve\nvelocity all create 600 1\nrun 40\n"
                     "unfix integrate\nchange_box all z final -9 9\nbgen bg train steps 1\n", "length in z 18, not 16")

    def test_that_is_not_periodic(self):
        """Its borders may be anywhere: those of shrink-wrapped boxes are in each frame others."""
        for name, half in (("left", 10), ("right", 11)):
            path = self.folder / f"{name}.dump"
            path.write_text(path.read_text().replace("-10 10\n-10 10", f"-{half} {half}\n-{half} {half}"))
        self.silent(SYSTEM + fix() + "rerun left.dump dump x y\nrerun right.dump dump x y\n" + TRAIN)


class Subsets(Dumps):
    """The group is the chain; two more atoms stay where they are or go with the dump."""

    GROUP = CHAIN + "create_atoms 1 single 0 4 4\ncreate_atoms 1 single 0 -4 4\ngroup chain id 1 2 3 4\n"
    FIX = FIX.replace("all", "chain")
    RERUN = "rerun f.dump dump x y z wrapped no\n"

    def refused_without(self, frames, words, more=""):
        self.write("f", "xu yu zu", frames)
        self.refused(self.GROUP + self.FIX + more + self.RERUN, words)

    def counted(self, frames, n, rerun=RERUN, ranks=1):
        self.write("f", "xu yu zu", frames)
        self.assertIn(f"frames {n} and 0", self.silent(self.GROUP + self.FIX + rerun + COUNT, ranks))

    def test_only_the_group(self):
        for ranks in (1, 2):
            self.counted(numbered(chain(40)), 40, ranks=ranks)

    def test_more_atoms(self):
        for ranks in (1, 2):
            self.counted([{**frame, 5: (0, 4, 4), 6: (0, -4, 4), 9: (1, 1, 1)} for frame in numbered(chain(40))], 40, ranks=ranks)

    def test_missing(self):
        """In all frames, in a single one, in many at the end; with one of the others at rest for a while."""
        frames = numbered(chain(40))
        without = numbered(chain(40), without=(2, 4))
        self.refused_without(without, "atom 2 |16 frames|step 15|dump lacks it")
        self.refused_without(without[:5], "atom 2 |5 frames|step 4|dump lacks it")
        self.refused_without(without[:1], "atom 2 |1 frames|dump lacks it")
        self.refused_without(frames[:20] + without[20:], "atom 2 |16 frames|step 35|dump lacks it")
        text = self.GROUP + self.FIX
        for n, tag in ((5, 2), (40, 4)):
            self.write("f", "xu yu zu", numbered(chain(n), without=(tag,)))
            self.refused(self.GROUP + "change_box all triclinic xy final 1.3 xz final 0.7 yz final 2.1\n" + self.FIX +
                         "rerun f.dump dump x y z wrapped no box no\n", f"atom {tag} ")
        self.write("f", "xu yu zu", without)
        self.write("g", "xu yu zu", frames)
        self.refused(text + "rerun g.dump dump x y z wrapped no\nbgen bg info\n" + self.RERUN, "atom 2 |")
        code, output = self.run_lammps(text + self.RERUN, 2)
        self.assertGreater(code, 0)
        self.assertIn("atom 2 of", output.replace("atom 2 does not move", "atom 2 of"))

    def test_rounded(self):
        """Coarse numbers: an atom stands still now and then, and in Monte Carlo of single atoms most do."""
        coarse = [{tag: tuple(math.floor(10 * c) / 10 for c in position) for tag, position in frame.items()} for frame in numbered(chain(300, drift=0.0))]
        still = sum(one[2] == other[2] for one, other in zip(coarse, coarse[1:]))
        self.assertGreater(still, 5)
        self.counted(coarse, 300)
        place, single = dict(numbered(chain(1))[0]), []
        for frame, atoms in enumerate(numbered(chain(400, drift=0.0))):
            moved = 1 + frame % (3 if frame < 100 else 4)
            place[moved] = atoms[moved]
            single.append(dict(place))
        self.counted(single, 400)

    def test_nothing_moves(self):
        self.write("f", "xu yu zu", numbered(chain(1) * 5))
        self.warned(self.GROUP + self.FIX + self.RERUN, "no atom of the group moves in the 5 frames")
        frame = [{1: (0.5, 0.5, 0.0)}] * 4
        self.write("f", "x y", frame, boxes=(20.0, 20.0, 1.0))
        self.warned(SYSTEM + fix(0) + "rerun f.dump dump x y box no\n", "no atom of the group moves in the 4 frames")

    def test_component(self):
        """Left out of rerun, as in an example of two dimensions, it stays where it was."""
        self.write("f", "xu yu zu", numbered(chain(5)))
        for words, axis in (("x y", "z"), ("x z", "y"), ("y z", "x")):
            self.warned(self.GROUP + self.FIX + f"rerun f.dump dump {words} wrapped no\n",
                        f"no atom of the group moves along {axis} in the 5 frames of this rerun: name {axis}")

    def test_several_files(self):
        """In one rerun, one walker, or in several."""
        frames = numbered(chain(40))
        self.write("f", "xu yu zu", frames[:20])
        self.write("g", "xu yu zu", frames[20:], first=20)
        words = "dump x y z wrapped no\n"
        for rerun, walkers in ((f"rerun f.dump g.dump {words}", "1 walker\n"), (f"rerun f.dump {words}rerun g.dump {words}", "2 walkers\n")):
            self.assertIn("T = 600, 40 of " + walkers, self.silent(self.GROUP + self.FIX + rerun + "bgen bg info\n"))


class Numbers(Dumps):
    def refused_number(self, words, x, before, system=SYSTEM):
        frames = [{1: (1.0 + 0.01 * n, 0.1, 0.0)} for n in range(4)]
        text = dump_text("x y", frames, boxes=(20.0, 20.0, 1.0)).replace("1.03 0.1", x)
        (self.folder / "f.dump").write_text(text)
        self.refused(system + fix(0) + before + "rerun f.dump dump x y box no\n", words)

    def test_coordinates(self):
        """Those that are none LAMMPS refuses itself; atoms that it loses it would not miss before its next line of thermo."""
        for x, words in (("nan 0.1", "Non-numeric"), ("1.0 inf", "Non-numeric"), ("-inf 0.1", "Non-numeric"),
                         ("11.0 0.1", "lost atoms|step 3|outside the box")):
            self.refused_number(words, x, "")

    def test_energies(self):
        """That of the frame, of whatever gives it."""
        self.refused_number("energy is|step 3", "1.03 0.1", "variable U atom exp(1e5*(x-1.02))\nvariable F equal 0\n"
                            "fix u all addforce 0.0 v_F 0.0 energy v_U\nfix_modify u energy yes\n")

    def test_of_a_run(self):
        """None of this is asked of frames of a run: a still atom, and a box that changes."""
        deck = CHAIN + "group rest id 1\nfix f all nve\nfix stop rest setforce 0 0 0\nvelocity all create 600 1\nvelocity rest set 0 0 0\n"
        self.assertIn("frames 60 and 0", self.silent(deck + FIX.replace("threads", "collect 1 threads") +
                                                     "fix b all deform 1 x scale 1.1 remap x\nrun 60\n" + COUNT))
        self.silent(CHAIN + FIX.replace("threads", "collect 1 threads") + "fix f all nve\nvelocity all create 600 1\n"
                    "fix b all deform 1 x scale 1.1 remap x\nrun 60\nbgen bg train steps 1\n")


class Sets(Dumps):
    """Frames of several temperatures, and the walkers that they are of."""

    def test_temperatures(self):
        deck = (SYSTEM + "variable T equal 1.0\n" + fix(2, more="collect 10").replace(" 1.0 4711", " v_T 4711") +
                "fix_modify bg frames test\nvariable T equal 2.0\nrerun left.dump dump x y\nrerun right.dump left.dump dump x y\n"
                "variable T equal 1.0\nrerun right.dump dump x y\n{}fix_modify bg frames train\nrerun left.dump dump x y\n"
                "rerun right.dump dump x y\nbgen bg info\n" + COUNT)
        for ranks in (1, 2):
            output = self.good(deck.format(""), ranks)
            self.assertEqual(re.findall("WARNING: fix bgen: (.*): ", output), 2 * ["400 of 400 frames are training frames and test frames"])
            for line in ("frames to train    T = 1, 800 of 2 walkers", "frames to test     T = 2, 800 of 2 walkers",
                         "frames to test     T = 1, 400 of 1 walker", "frames 800 and 400"):
                self.assertIn(line, output)
            self.assertRegex(output, r"basin right .* 400 frames to train, 400 to test\n")
        train = "bgen bg train steps 1\n"
        self.refused(deck.format("") + "variable T equal 2.0\nrerun left.dump dump x y\n", "temperature 2|are at 1")
        self.good(deck.format("") + train)

    def test_none(self):
        """Frames that nobody wants are not even looked at."""
        deck = SYSTEM + fix(0) + "rerun left.dump dump x y\nfix_modify bg frames none\nrerun right.dump dump x y\nfix_modify bg frames test\nrerun right.dump dump x y\n"
        self.assertIn("frames 400 and 400", self.silent(deck + COUNT))

    def test_runs(self):
        """Consecutive runs are one walker, a rerun begins another; without a frame none begins."""
        run = MD + "velocity all set 3.0 0.5 0.0\nrun 50\nrun 0\nrun 50\n"
        deck = SYSTEM + fix(0, more="collect 10") + run + "{}run 50\nbgen bg info\n"
        for rerun, line in (("", "15 of 1 walker\n"), ("rerun left.dump dump x y\nrun 50\n", "420 of 2 walkers\n")):
            self.assertIn(line, self.silent(deck.format(rerun)))


if __name__ == "__main__":
    unittest.main()
