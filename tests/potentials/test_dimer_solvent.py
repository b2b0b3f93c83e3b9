#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples/dimer_solvent/dimer_solvent.lmp against the same Hamiltonian in numpy, along MD from both starts."""

import pathlib
import sys
import tempfile

import numpy as np
import test_potentials as potentials

SYSTEM = potentials.POTENTIALS.parent / "examples/dimer_solvent/dimer_solvent.lmp"
EDGE = (216 / 0.8) ** (1 / 3)

MD = f"""
include {SYSTEM}
minimize 0.0 1e-2 1000 10000
reset_timestep 0
velocity all create 1.0 7 mom no
fix langevin all langevin 1.0 1.0 1.0 7 gjf vhalf
fix nve all nve
timestep 0.005
thermo 500
thermo_style custom step pe
thermo_modify norm no format float %.17g
dump test all custom 500 out.dump id type x y z fx fy fz
dump_modify test sort id format float %.17g
run 10000
"""


def nearest(apart):
    return apart - EDGE * np.round(apart / EDGE)


def hamiltonian(x):
    """Purely repulsive Lennard-Jones pairs without the dimer's own, and its bond: energy and bond length."""
    first, second = np.triu_indices(len(x), 1)
    r2 = np.sum(nearest(x[first] - x[second]) ** 2, axis=1)
    d = np.sqrt(r2[0])
    r2 = r2[1:][r2[1:] < 2 ** (1 / 3)]
    return np.sum(4.0 * (r2**-6 - r2**-3) + 1.0) + 10.0 * (1.0 - ((d - 1.6) / 0.45) ** 2) ** 2 - 10.0, d


def test_md(folder, basin, lengths):
    output = potentials.lammps(folder, MD, basin=basin)
    rows = potentials.read_dump(folder / "out.dump")
    check, name = potentials.check, f"dimer in solvent, {basin}"
    check(f"{name}, types", np.max(np.abs(rows[0, :, 1] - np.repeat([1, 2], [2, 214]))), 0.0)
    expected, d = np.transpose([hamiltonian(row[:, 2:5]) for row in rows])
    error = np.abs(potentials.read_thermo(output)[-len(rows) :] - expected) / np.maximum(1.0, np.abs(expected))
    check(f"{name}, {len(rows)} energies", np.max(error), potentials.ENERGY_TOLERANCE)
    check(f"{name}, d within {lengths}", np.max(np.abs(d - np.mean(lengths))), np.ptp(lengths) / 2)


def main():
    with tempfile.TemporaryDirectory() as name:
        test_md(pathlib.Path(name), "compact", (0.9, 1.6))
        test_md(pathlib.Path(name), "extended", (1.6, 2.3))
    print(f"{len(potentials.failures)} failures")
    return 1 if potentials.failures else 0


if __name__ == "__main__":
    sys.exit(main())
