# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the protein; called by ../run.sh. Where protein.bgen is there already, it begins
# with the jumps.
set -eu
. ../../stage.sh
potentials=../../../potentials

# MD with jumps, and without
jumps() {
  printf '%s\n' '-log log.jumps -var name jumps -var between 100' '-log log.plain -var name plain -var between 0' |
    OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -L 1 "$LMP" -in ../in.jumps -screen none -var example .. \
    -var potentials $potentials -var seed "$SEED"
}

if [ ! -s protein.bgen ]; then
  stage 'MD of 8 walkers in each fold, for frames' none walkers ../in.frames 8 "native mirror"
  stage 'flows of both folds, free energies' training.dat \
    "$LMP" -in ../in.train -log log.train -screen none -var example .. -var potentials $potentials -var seed "$SEED"
  rm ./*.dump # 330 MB
fi
stage 'MD with jumps, and without' none jumps

{
  /usr/bin/python3 ../folds.py $potentials/frustrated_protein/native.data $potentials/frustrated_protein/mirror.data -o folds.png
  [ ! -s training.dat ] || $PLOT training training.dat -o training.png
  [ ! -s energies.flow.dat ] || $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT series 'with jumps=series.jumps.dat' 'without jumps=series.plain.dat' --column h --split 0 -o series.png
  $PLOT works works.dat -o works.png
} >log.pictures
times >times.protein

/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): folds.png training.png sides.png series.png works.png"
