# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - two Lennard-Jones clusters and butane, all free; called by ../run.sh
set -eu

printf 'lj13 0.2\nlj7 0.1\nbutane 300\n' | xargs -P "$BGEN_JOBS" -n 2 sh -c 'input=cluster; [ $0 != butane ] || input=butane
  OMP_NUM_THREADS=1 "$LMP" -in ../in.$input -screen none -log log.$0 -var seed "$SEED" -var cluster $0 -var T $1'

for what in lj7 lj13 butane; do $PLOT training training.$what.dat -o training.$what.png; done
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.lj7.png training.lj13.png training.butane.png"
