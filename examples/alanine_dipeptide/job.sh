# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of alanine dipeptide; called by ../run.sh
set -eu
. ../../stage.sh
potentials=../../../potentials

stage 'MD of 20 walkers in each basin, for frames' none walkers ../in.frames 20 "c7eq c7ax"
stage 'flows of both basins, free energies, MD with jumps' training.dat \
  "$LMP" -in ../in.alanine_dipeptide -log log.alanine_dipeptide -screen none -var potentials $potentials -var seed "$SEED"

{
  $PLOT training training.dat -o training.png
  $PLOT plane energies.flow.dat energies.md.dat --columns phi psi -o ramachandran.png
  $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT profile bgen=profile.dat --label 'phi (degrees)' -o profile.png
  $PLOT series series.alanine_dipeptide.dat --column phi --split 0 -o series.png
} >log.pictures
times >times.alanine_dipeptide

# for benchmark.py also: driven moves with as many energies
if [ -n "${BGEN_BENCHMARK:-}" ]; then
  stage 'driven moves of phi, without a flow' none \
    "$LMP" -in ../in.driven -log log.driven -screen none -var potentials $potentials -var seed "$SEED"
fi

/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.png ramachandran.png sides.png profile.png series.png"
