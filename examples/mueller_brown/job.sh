# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the Mueller-Brown surface; called by ../run.sh
set -eu
root=../../..

# a walker in each basin to train by, and a shorter one held out
for walker in "1 dump 1000000" "2 test.dump 400000"; do
  for basin in left right; do echo $basin $walker; done
done | xargs -P "$BGEN_JOBS" -n 4 sh -c '"$LMP" -in ../in.frames -log log.$0.$2 -screen none \
  -var potentials '$root'/potentials -var basin $0 -var seed $SEED$1 -var file $0.$2 -var steps $3'

"$LMP" -in ../in.mueller_brown -log log.mueller_brown -var potentials $root/potentials -var seed "$SEED"

$PLOT training training.dat -o training.png
$PLOT energies MD=energies.md.dat flow=energies.flow.dat -o energies.png
$PLOT profile bgen=profile.dat --reference ../reference_profile.dat -o profile.png
$PLOT series series.dat --column s --split -0.75 -o series.png
$PLOT populations series.dat --column s --split -0.75 --reference -3.642 -o populations.png
echo "reference: F(right) - F(left) = 3.642 kT"
echo "pictures in $(pwd): training.png energies.png profile.png series.png populations.png"
