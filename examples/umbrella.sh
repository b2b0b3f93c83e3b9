#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# umbrella.sh EXAMPLE WORDS... - makes EXAMPLE/reference_profile.dat anew: 8 walkers of EXAMPLE/umbrella/in.umbrella,
# and their profile by umbrella.py, which gets WORDS. Called by EXAMPLE/umbrella/run.sh.
#   LMP  the LAMMPS executable (lmp);  JOBS  walkers at a time (2);  PYTHON  a Python with numpy (python3)
set -eu
examples=$(cd "$(dirname "$0")" && pwd)
example=$examples/$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
seq 1 8 | xargs -P "${JOBS:-2}" -I SEED "${LMP:-lmp}" -log none -screen none -in "$example/umbrella/in.umbrella" \
  -var seed SEED -var potentials "$examples/../potentials" -var example "$example"
"${PYTHON:-python3}" "$examples/umbrella.py" "$@" umbrella.*.dat > profile.dat
mv profile.dat "$example/reference_profile.dat"
