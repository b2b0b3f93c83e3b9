# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - absolute free energies of cubic ice with 8, 64 and 216 atoms, and of a Lennard-Jones crystal, each from
# scratch on one core; called by ../run.sh
set -eu

# name (of ice: the number of atoms), script, cells along each edge, frames to train by and to test by
printf 'lj lj 4 4000\n216 crystal 3 4000\n64 crystal 2 4000\n8 crystal 1 8000\n' | xargs -P "$BGEN_JOBS" -n 4 sh -c '
  OMP_NUM_THREADS=1 "$LMP" -in ../in.$1 -screen none -log log.$0 -var example .. -var seed "$SEED" -var name $0 -var cells $2 -var frames $3
  times >times.$0'

for name in 8 64 216 lj; do
  grep -A 6 'absolute F of' log.$name
  grep 'Total wall time' log.$name
done
/usr/bin/python3 ../check.py .
$PLOT convergence per_atom.8.dat --difference -25.86 --label F/N -o convergence.8.png
$PLOT convergence per_atom.64.dat --difference -25.1631 --label F/N -o convergence.64.png
$PLOT convergence per_atom.216.dat --difference -25.0824 --label F/N -o convergence.216.png
echo "pictures in $(pwd): convergence.8.png convergence.64.png convergence.216.png"
