# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - frames, training, jumps and pictures of the double well; called by ../run.sh
set -eu
root=../../..

# a walker in each basin to train by, and at each temperature four shorter ones to test by, each from random numbers of its own
{
  for basin in left right; do echo $basin $basin.dump 1000000 1.0; done
  for T in 0.5 1.0 2.0 4.0; do
    for basin in left right; do
      for walker in 1 2 3 4; do echo $basin $basin.T$T.$walker.dump 100000 $T; done
    done
  done
} | awk '{ print NR + 10, $0 }' | xargs -P "$BGEN_JOBS" -n 5 sh -c '"$LMP" -in ../in.frames -screen none -log log.$2 \
  -var potentials '$root'/potentials -var seed $SEED$0 -var basin $1 -var file $2 -var steps $3 -var T $4'

"$LMP" -in ../in.temperatures -log log.temperatures -screen none -var potentials $root/potentials -var seed "$SEED" &
"$LMP" -in ../in.double_well -log log.double_well -var potentials $root/potentials -var seed "$SEED"
wait $!

$PLOT training training.dat -o training.png
$PLOT energies MD=energies.md.dat flow=energies.flow.dat -o energies.png
$PLOT profile bgen=profile.dat --reference ../reference_profile.dat -o profile.png
$PLOT series series.dat --column s -o series.png

# F(right) - F(left) from the visited populations, with the error of 20 blocks
awk 'BEGIN { print "" }
  !/^#/ { n++; side[n] = $2 > 0; right += side[n] }
  END {
    blocks = 20; f = -log(right / (n - right))
    for (b = 0; b < blocks; b++) {
      r = 0; m = int((b + 1) * n / blocks) - int(b * n / blocks)
      for (i = int(b * n / blocks) + 1; i <= int((b + 1) * n / blocks); i++) r += side[i]
      d = r / m - right / n; spread += d * d
    }
    p = right / n; error = sqrt(spread / (blocks * (blocks - 1))) / (p * (1 - p))
    printf "F(right) - F(left) from populations: %.3f +- %.3f kT; reference 3.380 kT\n", f, error
  }' series.dat
grep '^F(right) - F(left)' log.temperatures
echo "pictures in $(pwd): training.png energies.png profile.png series.png"
