#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A molecule in vacuum from AMBER's prmtop and coordinates, as a LAMMPS data file and a file to include.

  tools/amber_to_lammps.py molecule.prmtop molecule.rst7 molecule     writes molecule.data and molecule.lmp

  --cutoff R    of the pairs; else longer than the molecule can be, which several molecules need told
  --box L       edge of the periodic box; else so large that no atom sees an image

Needs ParmEd (pip install parmed). What LAMMPS would not compute exactly as AMBER does is refused with a sentence.
"""

import argparse
import collections
import heapq
import math
import pathlib
import sys

try:
    import parmed
except ImportError:
    sys.exit("amber_to_lammps.py needs the Python package ParmEd: pip install parmed")


class Unable(Exception):
    """A sentence that says what cannot be converted."""


# ---- what is refused ------------------------------------------------------------------------------------


def refuse_unknown(parm):
    has = parm.parm_data
    refused = (
        (isinstance(parm, parmed.amber.ChamberParm), "a topology of CHARMM (chamber), with Urey-Bradley terms and other impropers"),
        (isinstance(parm, parmed.amber.AmoebaParm), "a topology of AMOEBA"),
        (any("CMAP" in flag for flag in has), "CMAP terms (ff19SB), for which LAMMPS has fix cmap"),
        ("LENNARD_JONES_CCOEF" in has, "12-6-4 terms"),
        (any(has.get("HBOND_ACOEF", ())) or any(has.get("HBOND_BCOEF", ())), "10-12 hydrogen bonds"),
        (parm.ptr("ifpert") > 0, "a perturbation"),
        (has.get("IPOL", [0])[0] > 0, "polarizabilities"),
        (any(isinstance(atom, parmed.ExtraPoint) for atom in parm.atoms), "virtual sites (extra points)"),
        (parm.box is not None or parm.ptr("ifbox") > 0, "a periodic box; strip the solvent and the box first"),
    )
    for fault, sentence in refused:
        if fault:
            raise Unable(f"the prmtop has what cannot be converted: {sentence}")


def paths_from(parm, start):
    """Bonds and length of the shortest path from one atom to each that is bonded to it, directly or not."""
    steps, lengths, queue = {start.idx: 0}, {}, [(0.0, start.idx, start)]
    for atom in (order := [start]):
        for other in atom.bond_partners:
            if other.idx not in steps:
                steps[other.idx] = steps[atom.idx] + 1
                order.append(other)
    while queue:
        length, index, atom = heapq.heappop(queue)
        if lengths.setdefault(index, length) == length:
            for bond in atom.bonds:
                other = bond.atom2 if bond.atom1 is atom else bond.atom1
                if other.idx not in lengths:
                    heapq.heappush(queue, (length + bond.type.req, other.idx, other))
    return steps, lengths


def excluded_pairs(parm):
    listed = iter(parm.parm_data["EXCLUDED_ATOMS_LIST"])
    for first, count in enumerate(parm.parm_data["NUMBER_EXCLUDED_ATOMS"]):
        yield from ((first, next(listed) - 1) for _ in range(count))


def scales_of_14(parm, paths):
    """SCNB and SCEE, after a check that LAMMPS finds the same pairs from the bonds. A pair in a ring is one pair."""
    bonded = {(i, j): n for i, (steps, _) in enumerate(paths) for j, n in steps.items() if i < j and n <= 3}
    if {pair for pair in excluded_pairs(parm) if pair[1] >= 0} != set(bonded):
        raise Unable("the excluded pairs of the prmtop are not those within three bonds, which LAMMPS excludes")
    found = collections.defaultdict(set)
    for d in parm.dihedrals:
        if not d.improper and not d.ignore_end:
            found[tuple(sorted((d.atom1.idx, d.atom4.idx)))].add((round(d.type.scnb, 5), round(d.type.scee, 5)))
    if set(found) != {pair for pair, n in bonded.items() if n == 3}:
        raise Unable("the 1-4 pairs of the prmtop are not those that are three bonds apart, which LAMMPS scales")
    scales = set().union(*found.values()) or {(2.0, 1.2)}
    if len(scales) > 1:
        raise Unable(f"1-4 pairs with several factors (SCNB, SCEE) are not converted: {sorted(scales)}")
    return scales.pop()


# ---- parameters -----------------------------------------------------------------------------------------


def lennard_jones(parm, i, j):
    """Epsilon and sigma of two LJ types, from 1."""
    n = parm.ptr("ntypes")
    index = parm.parm_data["NONBONDED_PARM_INDEX"][n * (i - 1) + j - 1] - 1
    a, b = parm.parm_data["LENNARD_JONES_ACOEF"][index], parm.parm_data["LENNARD_JONES_BCOEF"][index]
    if b == 0.0 and a != 0.0:
        raise Unable("pairs that only repel (B = 0) are not converted")
    return (b * b / (4.0 * a), (a / b) ** (1.0 / 6.0)) if a else (0.0, 0.0)


def mixes(parm, kinds):
    """Whether each pair has the arithmetic mean of sigma and the geometric one of epsilon."""
    for _, i, _ in kinds:
        for _, j, _ in kinds:
            (e, s), (e1, s1), (e2, s2) = (lennard_jones(parm, *pair) for pair in ((i, j), (i, i), (j, j)))
            if abs(e - math.sqrt(e1 * e2)) > 1e-6 * e or (e and abs(s - 0.5 * (s1 + s2)) > 1e-6 * s):
                return False
    return True


def dihedral_terms(kind):
    """(K, n, d) of dihedral_style charmm, which wants d in whole degrees: another phase takes d = 0 and 90."""
    k, n, phase = kind.phi_k, round(kind.per), kind.phase
    if abs(phase - round(phase)) < 1e-3:  # AMBER writes 180 degrees as 3.141594
        return [(k, n, round(phase))]
    c, s = math.cos(math.radians(phase)), math.sin(math.radians(phase))
    return [(k * c, n, 0), (k * s, n, 90), (k * (1.0 - c - s), 0, 90)]


def improper_term(kind):
    """(K, d, n) of improper_style cvff."""
    if round(kind.phase, 3) not in (0.0, 180.0) or round(kind.per) not in range(7):
        raise Unable(f"an improper of phase {kind.phase:g} and periodicity {kind.per:g} is not converted")
    return kind.phi_k, 1 if round(kind.phase) == 0 else -1, round(kind.per)


class Section:
    """Terms by their coefficients: types in the order in which they come."""

    def __init__(self, name):
        self.name, self.types, self.rows = name, {}, []

    def add(self, coefficients, *atoms):
        key = tuple(f"{value:.10g}" for value in coefficients)
        self.rows.append((self.types.setdefault(key, len(self.types) + 1), *(atom.idx + 1 for atom in atoms)))

    def lines(self):
        if self.rows:
            yield from ("", f"{self.name} Coeffs", "")
            yield from (f"{number} {' '.join(key)}" for key, number in self.types.items())
            yield from ("", f"{self.name}s", "")
            yield from (f"{i} {' '.join(map(str, row))}" for i, row in enumerate(self.rows, 1))


def sections(parm):
    bonds, angles, dihedrals, impropers = map(Section, ("Bond", "Angle", "Dihedral", "Improper"))
    for b in parm.bonds:
        bonds.add((b.type.k, b.type.req), b.atom1, b.atom2)
    for a in parm.angles:
        angles.add((a.type.k, a.type.theteq), a.atom1, a.atom2, a.atom3)
    for d in parm.dihedrals:
        atoms = d.atom1, d.atom2, d.atom3, d.atom4
        if d.improper:
            impropers.add(improper_term(d.type), *atoms)
        else:
            for k, n, phase in dihedral_terms(d.type):
                dihedrals.add((k, n, phase, 0.0), *atoms)
    return bonds, angles, dihedrals, impropers


# ---- what is written ------------------------------------------------------------------------------------


class Molecule:
    """A topology that LAMMPS can compute; reads coordinates of its own if there are none in it."""

    def __init__(self, parm, cutoff=None, box=None):
        refuse_unknown(parm)
        self.parm, self.sections = parm, sections(parm)
        paths = [paths_from(parm, atom) for atom in parm.atoms]
        self.scnb, self.scee = scales_of_14(parm, paths)
        first = [min(steps) for steps, _ in paths]  # of the molecule: its first atom
        self.molecules = [sorted(set(first)).index(index) + 1 for index in first]
        if cutoff is None and max(self.molecules) > 1:
            raise Unable(f"there are {max(self.molecules)} molecules: give --cutoff, beyond all distances between them")
        longest = max(max(lengths.values()) for _, lengths in paths)
        self.cutoff = cutoff or math.ceil(1.05 * longest + 1.0)  # bonds may stretch
        self.box = box or 2.0 * self.cutoff + 10.0
        kinds = [(atom.type, atom.nb_idx, atom.mass) for atom in parm.atoms]
        self.kinds = sorted(set(kinds), key=kinds.index)
        self.of_atom = [self.kinds.index(kind) + 1 for kind in kinds]

    def pair_lines(self):
        if mixes(self.parm, self.kinds):
            yield from ("", "Pair Coeffs # lj/cut/coul/cut", "")
            for number, (name, i, _) in enumerate(self.kinds, 1):
                yield "{} {:.10g} {:.10g} # {}".format(number, *lennard_jones(self.parm, i, i), name)
            return
        yield from ("", "PairIJ Coeffs # lj/cut/coul/cut", "")
        for a, (_, i, _) in enumerate(self.kinds, 1):
            for b, (_, j, _) in enumerate(self.kinds[a - 1 :], a):
                yield "{} {} {:.10g} {:.10g}".format(a, b, *lennard_jones(self.parm, i, j))

    def head_lines(self, title):
        yield from (title, "", f"{len(self.parm.atoms)} atoms")
        yield from (f"{len(s.rows)} {s.name.lower()}s" for s in self.sections)
        yield f"{len(self.kinds)} atom types"
        yield from (f"{len(s.types)} {s.name.lower()} types" for s in self.sections)
        yield from (f"{-0.5 * self.box:g} {0.5 * self.box:g} {axis}lo {axis}hi" for axis in "xyz")

    def data(self, title, positions):
        """The data file; positions in Angstrom, moved to the middle of the box."""
        middle = [sum(x[k] for x in positions) / len(positions) for k in range(3)]
        lines = [*self.head_lines(title), "", "Masses", ""]
        lines += [f"{number} {mass:.10g} # {name}" for number, (name, _, mass) in enumerate(self.kinds, 1)]
        lines += [*self.pair_lines(), "", "Atoms # full", ""]
        for atom, molecule, kind, x in zip(self.parm.atoms, self.molecules, self.of_atom, positions):
            place = " ".join(f"{x[k] - middle[k]:.6f}" for k in range(3))
            name = f"{atom.residue.name}{atom.residue.idx + 1} {atom.name}"
            lines.append(f"{atom.idx + 1} {molecule} {kind} {atom.charge:.10g} {place} # {name}")
        return "\n".join([*lines, *(line for s in self.sections for line in s.lines()), ""])

    def styles(self):
        bonds, angles, dihedrals, impropers = (bool(s.rows) for s in self.sections)
        amber = abs(self.scnb - 2.0) < 1e-6 and abs(self.scee - 1.2) < 1e-6
        scales = "amber" if amber else f"lj 0 0 {1.0 / self.scnb:.12g} coul 0 0 {1.0 / self.scee:.12g}"
        words = [("units", "real"), ("atom_style", "full"), ("boundary", "p p p")]
        words += [("bond_style", "harmonic")] * bonds + [("angle_style", "harmonic")] * angles
        words += [("dihedral_style", "charmm")] * dihedrals + [("improper_style", "cvff")] * impropers
        words += [("pair_style", f"lj/cut/coul/cut {self.cutoff:g}"), ("pair_modify", "mix arithmetic"), ("special_bonds", scales)]
        words += [("neighbor", "2.0 bin"), ("neigh_modify", "every 1 delay 0 check yes"), ("read_data", "${data}")]
        return "".join(f"{word:<16} {rest}\n" for word, rest in words)


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("prmtop")
    reader.add_argument("coordinates", help="inpcrd or rst7")
    reader.add_argument("name", help="of the two files to write")
    reader.add_argument("--cutoff", type=float)
    reader.add_argument("--box", type=float)
    told = reader.parse_args()
    try:
        parm = parmed.load_file(told.prmtop)
        if not isinstance(parm, parmed.amber.AmberParm):
            raise Unable(f"{told.prmtop} is no prmtop")
        molecule = Molecule(parm, told.cutoff, told.box)
        positions = parmed.load_file(told.coordinates).coordinates[0]
        if len(positions) != len(parm.atoms):
            raise Unable(f"{told.coordinates} has {len(positions)} atoms, and {told.prmtop} {len(parm.atoms)}")
    except (Unable, OSError, parmed.exceptions.ParmedError) as error:
        sys.exit(f"amber_to_lammps.py: {error}")
    name = pathlib.Path(told.name)
    title = f"{name.name}: {pathlib.Path(told.prmtop).name} by amber_to_lammps.py"
    pathlib.Path(f"{name}.data").write_text(molecule.data(title, positions))
    pathlib.Path(f"{name}.lmp").write_text(f"variable data index {name}.data\n{molecule.styles()}")
    print(f"{name}.data, {name}.lmp: {len(parm.atoms)} atoms in vacuum, cutoff {molecule.cutoff:g}, box {molecule.box:g} Angstrom")


if __name__ == "__main__":
    main()
