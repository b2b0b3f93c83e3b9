# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the hinge of adenylate kinase; called by ../run.sh
set -eu
. ../../stage.sh
potentials=../../../potentials

stage 'MD of 10 walkers in each state, for frames' none walkers ../in.frames 10 "open closed"
stage 'flows of both states, free energies' training.dat \
  "$LMP" -in ../in.open_closed -log log.open_closed -screen none -var potentials $potentials -var seed "$SEED"
offset=$(awk '$2 == "F(open)-F(closed)" {print -$3}' table.open_closed.dat)
stage 'MD with jumps by five moves' none \
  "$LMP" -in ../in.moves -log log.moves -screen none -var potentials $potentials -var seed "$SEED" -var offset "$offset"

{
  $PLOT training training.dat -o training.png
  $PLOT profile bgen=profile.dat --reference ../reference_profile.dat --label 'distance of core and lid (Angstrom)' -o profile.png
  $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT series series.open_closed.dat --column d --split 28.4 -o series.png
  $PLOT works works.dat -o works.png
} >log.pictures
times >times.open_closed
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): training.png profile.png sides.png series.png works.png"
