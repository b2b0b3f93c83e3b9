# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the plugin is, for LAMMPS: the package that pip installs has it in the folder lib."""

import pathlib

from lammps_bgen.trouble import Trouble


def folder():
    """The folder of bgenplugin.so. LAMMPS asks for it through the entry points lammps.plugins."""
    here = pathlib.Path(__file__).resolve().parent / "lib"
    if not (here / "bgenplugin.so").exists():
        raise Trouble(f"there is no bgenplugin.so in {here}: only the package that pip installs has it")
    return str(here)
