# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - what in.template makes of two dumps; called by ../run.sh
set -eu
. ../../stage.sh
potentials=../../../potentials
export potentials

# The dumps a.dump and b.dump: put your own here and leave this out. 4000 frames of each basin.
dumps() {
  printf 'c7eq a\nc7ax b\n' | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -n 2 sh -c '"$LMP" -in ../../alanine_dipeptide/in.frames \
    -log log.$1 -screen none -var potentials $potentials -var basin $0 -var seed $SEED -var frames 4000 -var file $1.dump'
}

stage 'MD in both basins' none dumps
stage 'flows of both basins, free energies, MD with jumps' training.dat \
  "$LMP" -in ../in.template -log log.template -screen none -var potentials $potentials -var seed "$SEED"
{
  $PLOT training training.dat -o training.png
  $PLOT sides energies.flow.dat energies.md.dat -o sides.png
  $PLOT profile profile.dat -o profile.png
  $PLOT series series.template.dat --column cv -o series.png
} >log.pictures
grep '^F(a) - F(b)' log.template
awk '/jumps accepted/ { text = "" } /jumps accepted/, /Move|move has/ { text = text $0 "\n" } END { printf "%s", text }' log.template
echo "pictures in $(pwd): training.png sides.png profile.png series.png"
