# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the protein; called by ../run.sh. Where protein.bgen is there already, it begins
# with the jumps.
set -eu
. ../../stage.sh
data=../../../potentials/frustrated_protein

# 8 walkers in each fold, one a core
frames() {
  for walker in 1 2 3 4 5 6 7 8; do
    for fold in native mirror; do echo $fold $walker; done
  done | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 2 sh -c '"$LMP" -in ../in.frames -log log.$0.$1 -screen none \
    -var potentials ../../../potentials -var basin $0 -var seed $SEED$1 -var file $0.$1.dump'
}

# MD with jumps, and without
jumps() {
  printf '100 jumps\n0 plain\n' | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 2 sh -c '"$LMP" -in ../in.jumps -log log.$1 -screen none \
    -var potentials ../../../potentials -var seed "$SEED" -var between $0 -var name $1'
}

if [ ! -s protein.bgen ]; then
  stage 'MD of 8 walkers in each fold, for frames' none frames
  stage 'flows of both folds, free energies' training.dat \
    "$LMP" -in ../in.train -log log.train -screen none -var potentials ../../../potentials -var seed "$SEED"
  rm ./*.dump # 330 MB
fi
stage 'MD with jumps, and without' none jumps

{
  /usr/bin/python3 ../folds.py $data/native.data $data/mirror.data -o folds.png
  [ ! -s training.dat ] || $PLOT training training.dat -o training.png
  [ ! -s energies.flow.dat ] || $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT series 'with jumps=series.jumps.dat' 'without jumps=series.plain.dat' --column h --split 0 -o series.png
  $PLOT works works.dat -o works.png
} >log.pictures
times >times.protein

/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): folds.png training.png sides.png series.png works.png"
