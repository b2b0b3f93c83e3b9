#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - makes ../reference_profile.dat anew: 8 walkers through all windows of in.umbrella, 4 from each state.
#   LMP  the LAMMPS executable (lmp);  JOBS  walkers at a time (2);  PYTHON  a Python with numpy (python3)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for seed in 1 2 3 4; do echo open $seed closed $seed; done |
  xargs -n 2 -P "${JOBS:-2}" sh -c '"${LMP:-lmp}" -log none -screen none -in "$0/in.umbrella" -var basin "$1" -var seed "$2" \
    -var potentials "$0/../../../potentials"' "$here"
"${PYTHON:-python3}" "$here/wham.py" --spring 20 --border 28.4 --title "hinge of adenylate kinase" ./*.dat > profile.dat
mv profile.dat "$here/../reference_profile.dat"
