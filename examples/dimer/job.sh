# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the dimer; called by ../run.sh
set -eu
root=../../..

# 20 walkers in each basin, one a core
for basin in closed open; do
  for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo $basin $seed; done
done | xargs -P "$BGEN_JOBS" -n 2 sh -c '"$LMP" -in ../in.frames -log log.$0.$1 -screen none \
  -var potentials '$root'/potentials -var basin $0 -var seed $SEED$1 -var file $0.$1.dump'

"$LMP" -in ../in.dimer -log log.dimer -var potentials $root/potentials -var seed "$SEED"

$PLOT training training.dat -o training.png
$PLOT energies MD=energies.md.dat flow=energies.flow.dat -o energies.png
$PLOT profile bgen=profile.dat --reference ../reference_profile.dat -o profile.png
$PLOT sides energies.flow.dat energies.md.dat -o sides.png
$PLOT convergence convergence.dat --difference -6.761 -o convergence.png
$PLOT series series.dat --column d -o series.png
echo "reference: F(closed) - F(open) = -6.761 +- 0.009 kT"
echo "pictures in $(pwd): training.png energies.png profile.png sides.png convergence.png series.png"

# for benchmark.py also: the net and the schedule of the published work on the same frames, and how no frames are needed
if [ -n "${BGEN_BENCHMARK:-}" ]; then
  for more in paper explore; do
    "$LMP" -in ../in.$more -log log.$more -var potentials $root/potentials -var seed "$SEED"
  done
fi
