# SPDX-License-Identifier: GPL-2.0-or-later
# reference.sh - F of LJ7 and LJ13 without bgen; run it in a folder beside this one, with LMP set to a LAMMPS
set -eu

{
  for T in 0.02 0.03 0.045 0.06 0.075 0.09 0.1; do echo lj7 $T a; done
  for walker in a b; do
    for T in 0.02 0.05 0.08 0.11 0.14 0.17 0.2; do echo lj13 $T $walker; done
  done
} | awk '{ print NR + 100, $0 }' | xargs -P "${BGEN_JOBS:-2}" -n 4 sh -c '"$LMP" -in ../reference/in.energy -screen none -log none \
  -var seed $0 -var cluster $1 -var T $2 -var steps 8000000 -var start .. -var file energy.$1.$3.$2.dat'
/usr/bin/python3 ../reference/reference.py ../lj7.lmp 10 0.1 energy.lj7.*.dat
/usr/bin/python3 ../reference/reference.py ../lj13.lmp 60 0.2 energy.lj13.*.dat
