# SPDX-License-Identifier: GPL-2.0-or-later
import sys

from lammps_bgen.command import main

sys.exit(main())
