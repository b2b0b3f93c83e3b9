# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of alanine dipeptide; called by ../run.sh
set -eu
. ../../stage.sh
potentials=../../../potentials
export potentials

# 20 walkers in each basin, one a core
frames() {
  for basin in c7eq c7ax; do
    for walker in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo $basin $walker; done
  done | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 2 sh -c '"$LMP" -in ../in.frames -log log.$0.$1 -screen none \
    -var potentials $potentials -var basin $0 -var seed $SEED$1 -var file $0.$1.dump'
}

stage 'MD of 20 walkers in each basin, for frames' none frames
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
