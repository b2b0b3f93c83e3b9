# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - a vacancy: its hop by driven moves and by flows, and its free energy of formation; called by ../run.sh
set -eu

{
  printf '%s\n' 'driven in.driven' 'flow in.flow' 'held in.flow -var far 1.1 -var name held'
  for T in 0.3 0.05 0.002; do
    for vacancies in 0 1; do
      echo "$vacancies.$T in.formation -var vacancies $vacancies -var T $T"
    done
  done
} | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -I '{}' sh -c 'set -- {}; name=$1 input=$2; shift 2
  "$LMP" -in ../$input -screen none -log log.$name -var example .. -var seed "$SEED" "$@"
  times >times.$name'

/usr/bin/python3 ../check.py .
for way in driven flow; do $PLOT series series.$way.dat --column s --split 0 -o series.$way.png; done
echo "pictures in $(pwd): series.driven.png series.flow.png"
