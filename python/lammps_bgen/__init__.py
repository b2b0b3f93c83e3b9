# SPDX-License-Identifier: GPL-2.0-or-later
"""The command bgen: pictures and reports of what LAMMPS with bgen has written."""
