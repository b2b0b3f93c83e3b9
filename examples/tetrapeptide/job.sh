# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of alanine tetrapeptide; called by ../run.sh
set -eu
. ../../stage.sh
potentials=../../../potentials

stage 'MD of 20 walkers in each basin, for frames' none walkers ../../alanine_dipeptide/in.frames 20 "c7eq c7ax" \
  -var molecule alanine_tetrapeptide -var melt 50000 -var every 100 -var frames 2500
stage 'flows of both basins, free energies, MD with jumps' training.dat \
  "$LMP" -in ../in.tetrapeptide -log log.tetrapeptide -screen none -var potentials $potentials -var seed "$SEED"

{
  $PLOT training training.dat -o training.png
  $PLOT plane energies.flow.dat energies.md.dat --columns phi psi -o ramachandran.png
  $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT profile bgen=profile.dat --label 'phi of the middle alanine (degrees)' -o profile.png
  $PLOT series series.tetrapeptide.dat --column phi --split 0 -o series.png
} >log.pictures
times >times.tetrapeptide
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.png ramachandran.png sides.png profile.png series.png"
