# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - Lennard-Jones clusters in space and in a plane, and butane, all free; called by ../run.sh
set -eu

printf 'lj13 0.2 cluster\nlj7 0.1 cluster\nbutane 300 butane\nisomers 0.04 isomers\n' | xargs -P "$BGEN_JOBS" -n 3 sh -c '
  OMP_NUM_THREADS=1 "$LMP" -in ../in.$2 -screen none -log log.$0 -var seed "$SEED" -var cluster $0 -var T $1
  times >times.$0'

for what in lj7 lj13 butane isomers; do $PLOT training training.$what.dat -o training.$what.png; done
$PLOT series series.isomers.dat --column rg --label "radius of gyration (σ)" -o series.isomers.png
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.lj7.png training.lj13.png training.butane.png training.isomers.png series.isomers.png"
