#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# umbrella.sh EXAMPLE PROGRAM WALKERS WORDS... - makes EXAMPLE/reference_profile.dat anew: walkers of EXAMPLE/umbrella/in.umbrella, and
# their profile by PROGRAM, umbrella.py or wham.py, which gets WORDS. WALKERS has a line for each walker, its options for LAMMPS.
# Called by EXAMPLE/umbrella/run.sh.
#   LMP  the LAMMPS executable (lmp);  JOBS  walkers at a time (2);  PYTHON  a Python with numpy (python3)
set -eu
examples=$(cd "$(dirname "$0")" && pwd)
example=$examples/$1 program=$examples/$2 walkers=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo "$walkers" | xargs -P "${JOBS:-2}" -L 1 "${LMP:-lmp}" -log none -screen none -in "$example/umbrella/in.umbrella" \
  -var potentials "$examples/../potentials" -var example "$example"
"${PYTHON:-python3}" "$program" "$@" ./*.dat > profile.dat
mv profile.dat "$example/reference_profile.dat"
