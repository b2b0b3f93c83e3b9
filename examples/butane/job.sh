# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - butane of united atoms and of all atoms; called by ../run.sh
set -eu
. ../../stage.sh

both() {
  printf '%s\n' butane butane_united | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 1 sh -c '
    "$LMP" -in ../in.butane -screen none -log log.$0 -var molecule $0 -var seed "$SEED" -var potentials ../../../potentials
    times >times.$0'
}

stage 'MD, flows, free energies and jumps, for both butanes' training.butane.dat both
/usr/bin/python3 ../quadrature.py quadrature.dat >log.quadrature
{
  for molecule in butane butane_united; do $PLOT training training.$molecule.dat -o training.$molecule.png; done
  $PLOT profile 'united atoms=profile.butane_united.dat' --reference quadrature.dat --label 'phi (degrees)' -o profile.butane_united.png
  $PLOT profile 'all atoms=profile.butane.dat' --label 'phi (degrees)' -o profile.butane.png
  $PLOT series series.butane.dat --column phi -o series.png
} >log.pictures
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.butane.png training.butane_united.png profile.butane.png profile.butane_united.png series.png"
