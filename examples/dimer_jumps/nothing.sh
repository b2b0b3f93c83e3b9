# SPDX-License-Identifier: GPL-2.0-or-later
# nothing.sh - in.nothing from eight seeds: each F(closed) - F(open), and how far off they are; called by job.sh
set -eu
root=../../..

for seed in 1 2 3 4 5 6 7 8; do echo $seed; done |
  xargs -P "$BGEN_JOBS" -I{} "$LMP" -in ../in.nothing -log log.nothing.{} -screen none -var potentials $root/potentials -var seed {}

for seed in 1 2 3 4 5 6 7 8; do
  awk '/by BAR of works of driven/ {value = $5; error = $7}
       /^ +[0-9]+ +-?[0-9.]+ / && NF == 8 {steps = $1; calls = $6}
       /^Total wall time/ {print value, error, steps, calls, $4}' log.nothing.$seed
done | awk -v expected=-6.761 '
  BEGIN {print "F(closed) - F(open) by driven moves from nothing: kT, its error, steps of MD, energies of paths, wall time"}
  {print "  " $0; off += ($1 - expected) ^ 2}
  END {printf "root mean square error of %d seeds: %.3f kT\n", NR, sqrt(off / NR)}'
