# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - dumps of the double well, then everything from them alone, beside exact numbers; called by ../run.sh
set -eu
root=../../..

# in each basin a walker to train by, and four shorter ones to test by, each from random numbers of its own
for basin in left right; do
  echo $basin $basin.dump 1000000
  for walker in 1 2 3 4; do echo $basin $basin.$walker.dump 400000; done
done | awk '{ print NR + 10, $0 }' | xargs -P "$BGEN_JOBS" -n 4 sh -c '"$LMP" -in ../../double_well/in.frames -screen none \
  -log log.$2 -var potentials '$root'/potentials -var seed $SEED$0 -var basin $1 -var file $2 -var steps $3'

"$LMP" -in ../in.dumps -log log.dumps -var potentials $root/potentials -var seed "$SEED"
"$LMP" -in ../in.slopes -log log.slopes -var potentials $root/potentials -var seed "$SEED"

$PLOT profile bgen=profile.dat --reference ../../double_well/reference_profile.dat --label 'x (σ)' -o profile.png
$PLOT profile plane.dat --label 'x (σ)' -o plane.png
$PLOT sides sides.flow.dat sides.md.dat -o sides.png
$PLOT convergence convergence.dat --difference 3.379901 -o convergence.png
/usr/bin/python3 ../check.py .
echo "pictures in $(pwd): profile.png plane.png sides.png convergence.png"
