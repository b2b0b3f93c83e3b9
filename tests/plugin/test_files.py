#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of fix bgen in a whole LAMMPS: damaged, of other versions, of Python, no files, a full disk, many writers.

From the environment: LMP_BGEN, MPIEXEC, POTENTIALS. One class is one ctest.
"""
import os
import pathlib
import re
import stat
import struct
import subprocess
import time
import unittest
import zlib

from test_fix_bgen import LMP, MD, MOVES, RERUN, SYSTEM, TRAIN, Case, fix

PAGE = pathlib.Path(__file__).resolve().parents[2] / "plugin/doc/bgen_save.rst"
LOAD = SYSTEM + fix() + "bgen bg load a.bgen\n"


class Files(Case):
    """Model files."""

    def setUp(self):
        super().setUp()
        self.path = self.folder / "a.bgen"
        self.good(SYSTEM + fix() + RERUN + TRAIN + "bgen bg save a.bgen\n")
        self.blob = self.path.read_bytes()

    def test_damaged(self):
        size = struct.unpack("<Q", self.blob[:8])[0]
        for at in (3, 8 + self.blob[8:].index(b"mask_seed") + 13, size + 300, len(self.blob) - 1):
            bad = bytearray(self.blob)
            bad[at] ^= 16
            self.path.write_bytes(bad)
            for ranks in (1, 2):
                code, output = self.run_lammps(LOAD, ranks)
                errors = [line for line in output.splitlines() if line.startswith("ERROR")]
                self.assertTrue(code and len(errors) == 1 and "a.bgen is " in errors[0] and "damaged" in errors[0], output[-800:])

    def test_python_of_the_page(self):
        """The lines of the page make a file that loads without a warning, and it is another model."""
        code = re.search(r"code-block:: python\n\n((?:   .*\n|\n)+)", PAGE.read_text())[1]
        code = re.sub("^   ", "", code, flags=re.M).replace("dimer.bgen", str(self.path))
        change = "begin = header['right.theta']['data_offsets'][0]\ndata[begin:begin + 4] = struct.pack('<f', 0.25)\n"
        exec(code.replace("# ... change numbers in data ...\n", change), {})
        self.assertNotEqual(self.path.read_bytes()[-1000:], b"")
        self.assertNotIn("checksum", self.good(LOAD + "bgen bg save b.bgen\n"))
        new = (self.folder / "b.bgen").read_bytes()
        self.assertEqual(len(new), len(self.blob))
        differ = [i for i in range(8 + struct.unpack("<Q", new[:8])[0], len(new)) if new[i] != self.blob[i]]
        self.assertTrue(differ and differ[-1] - differ[0] < 4)
        digits = re.search(rb'"checksum":"([0-9a-f]{8})"', new)[1]
        self.assertEqual(int(digits, 16), zlib.crc32(new.replace(digits, b"00000000", 1)))

    def test_no_files(self):
        os.mkfifo(self.folder / "pipe")
        os.mkdir(self.folder / "folder")
        for name in ("pipe", "folder", "/dev/zero"):
            start = time.monotonic()
            self.refused(SYSTEM + fix() + f"bgen bg load {name}\n", f"cannot read {name}: it is not a regular file")
            self.refused(LOAD + f"bgen bg save {name}\n", f"cannot write {name}: it is a|give another name")
            self.assertLess(time.monotonic() - start, 60)
        self.assertTrue(stat.S_ISFIFO((self.folder / "pipe").stat().st_mode))

    def test_permissions_and_links(self):
        self.path.chmod(0o604)
        (self.folder / "link").symlink_to("a.bgen")
        self.good(LOAD + "bgen bg save link\n")
        self.assertEqual(self.path.stat().st_mode & 0o7777, 0o604)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual(self.path.read_bytes(), self.blob)
        self.assertEqual(list(self.folder.glob("*.new")), [])

    def test_diverged(self):
        """What is saved after a training that went wrong can be loaded."""
        self.good(LOAD + RERUN + "bgen bg train steps 5 batch 16 lr 1e308 keep last\nbgen bg save a.bgen\nbgen bg load a.bgen\n")

    def test_many_writers(self):
        """Several LAMMPS save to one name, again and again; it loads at any time."""
        (self.folder / "in.save").write_text(LOAD.replace("a.bgen", "b.bgen") + "bgen bg save a.bgen\n" * 100)
        (self.folder / "b.bgen").write_bytes(self.blob)
        writers = [subprocess.Popen([LMP, "-in", "in.save", "-log", "none", "-screen", "none"], cwd=self.folder) for _ in range(3)]
        n_read = 0
        while any(writer.poll() is None for writer in writers):
            self.assertEqual(self.path.read_bytes(), self.blob)
            n_read += 1
        self.assertEqual([writer.returncode for writer in writers], [0, 0, 0])
        self.assertEqual(list(self.folder.glob("*.new")), [])
        self.assertGreater(n_read, 100)


def words(text):
    return b"".join(struct.pack("<Q", ord(c)) for c in text)


class DamagedRestarts(Case):
    """The state in a restart file."""

    def setUp(self):
        super().setUp()
        self.begin = SYSTEM + fix(more=MOVES) + RERUN + TRAIN + "bgen bg save a.bgen\n" + MD
        self.good(self.begin + "reset_timestep 0\nrun 40\nwrite_restart a.restart\n")
        well = (pathlib.Path(os.environ["POTENTIALS"]) / "double_well.lmp").read_text().splitlines()
        first = next(i for i, line in enumerate(well) if line.startswith("pair_style"))
        self.again = "\n".join(["units lj", "dimension 2", "boundary f f p", "atom_modify map array sort 0 0.0",
                                "read_restart b.restart"] + well[first:]) + "\n" + fix(more=MOVES)
        self.blob = (self.folder / "a.restart").read_bytes()
        self.text = self.blob.index(words("fresh"))  # after the head of four words and the length of the text
        self.head = self.text - 5 * 8
        self.assertEqual(struct.unpack("<Q", self.blob[self.head:self.head + 8])[0], 9)

    def check(self, at, value, sentence, ranks=1):
        bad = bytearray(self.blob)
        bad[at:at + 8] = struct.pack("<Q", value)
        (self.folder / "b.restart").write_bytes(bad)
        code, output = self.run_lammps(self.again, ranks)
        errors = [line for line in output.splitlines() if line.startswith("ERROR")]
        self.assertTrue(code > 0 and len(errors) == 1 and sentence in errors[0], f"{at} {value} {code}\n{output[-800:]}")

    def test_damaged(self):
        for ranks in (1, 2, 4):
            self.check(self.head + 8, 1 << 27, "fix bgen bg: the restart file holds no valid state of a chain: its first", ranks)
        self.check(self.head + 8, 0xffffffffffffffff, "its first words are damaged")
        self.check(self.text - 8, 1 << 40, "it is damaged")
        self.check(self.text + 8, ord("q"), "it is damaged")
        self.check(self.text + 1000, 3, "it is damaged")
        self.check(self.head, 8, "another version of bgen (its state has revision 8, expected 9)")

    def test_whole(self):
        (self.folder / "b.restart").write_bytes(self.blob)
        self.good(self.again + "bgen bg load a.bgen\n" + MD + "run 10\n")

    def test_full_disk(self):
        """LAMMPS itself writes more after the state."""
        self.refused(self.begin + "run 4\nwrite_restart /dev/full\n",
                     "fix bgen bg: cannot write its state to the restart file: No space left on device")


if __name__ == "__main__":
    unittest.main(verbosity=2)
