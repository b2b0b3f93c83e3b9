# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - two walkers of the dimer in solvent with driven moves, one from each state, and pictures; called by ../run.sh
set -eu

printf '%s\n' "compact ${SEED}1" "extended ${SEED}2" | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 2 sh -c \
  '"$LMP" -in ../in.driven -log log.$0 -screen none -var example .. -var basin $0 -var seed $1 -var file series.$0.dat'

/usr/bin/python3 ../combine.py compact extended
$PLOT profile bgen=profile.dat --reference ../reference_profile.dat -o profile.png
$PLOT series series.compact.dat --column d --split 1.6 -o series.png
echo "pictures in $(pwd): profile.png series.png"
