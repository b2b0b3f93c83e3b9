# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the Mueller-Brown surface; called by ../run.sh
set -eu
root=../../..

# in each basin a walker to train by, and four shorter ones to test by, each from random numbers of its own
for basin in left right; do
  echo $basin $basin.dump 1000000
  for walker in 1 2 3 4; do echo $basin $basin.test.$walker.dump 100000; done
done | awk '{ print NR + 10, $0 }' | xargs -P "$BGEN_JOBS" -n 4 sh -c '"$LMP" -in ../in.frames -screen none -log log.$2 \
  -var potentials '$root'/potentials -var seed $SEED$0 -var basin $1 -var file $2 -var steps $3'

"$LMP" -in ../in.mueller_brown -log log.mueller_brown -var potentials $root/potentials -var seed "$SEED"

$PLOT training training.dat -o training.png
$PLOT energies MD=energies.md.dat flow=energies.flow.dat -o energies.png
$PLOT profile bgen=profile.dat --reference ../reference_profile.dat -o profile.png
$PLOT series series.dat --column s --split -0.75 -o series.png
$PLOT populations series.dat --column s --split -0.75 --difference -3.642 -o populations.png
echo "reference: F(right) - F(left) = 3.642 kT"
echo "pictures in $(pwd): training.png energies.png profile.png series.png populations.png"
