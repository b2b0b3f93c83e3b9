#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ../reference_profile.dat anew: 8 walkers, two at a time, about 9 minutes on 2 cores.
#   LMP  the LAMMPS executable (lmp);  JOBS  walkers at a time (2);  PYTHON  a Python with numpy (python3)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
seq 1 8 | xargs -P "${JOBS:-2}" -I SEED "${LMP:-lmp}" -log none -screen none -in "$here/in.umbrella" \
  -var seed SEED -var potentials "$here/../../../potentials"
"${PYTHON:-python3}" "$here/profile.py" umbrella.*.dat > profile.dat
mv profile.dat "$here/../reference_profile.dat"
