# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - dumps of the double well, then everything from them alone, beside exact numbers; called by ../run.sh
set -eu
root=../../..
frames() { # basin walker file steps
  "$LMP" -in $root/examples/double_well/in.frames -screen none -var potentials $root/potentials -var basin "$1" \
    -var seed "$SEED$2" -var file "$3" -log "log.$3" -var steps "$4"
}

for basin in left right; do
  frames $basin 9 $basin.dump 1000000 &
  for walker in 1 2 3 4; do frames $basin $walker $basin.$walker.dump 400000; done &
done
wait

"$LMP" -in ../in.dumps -log log.dumps -var potentials $root/potentials -var seed "$SEED"
"$LMP" -in ../in.slopes -log log.slopes -var potentials $root/potentials -var seed "$SEED"

/usr/bin/python3 $root/examples/double_well/reference.py >reference_profile.dat
$PLOT profile bgen=profile.dat --reference reference_profile.dat -o profile.png
$PLOT profile plane.dat -o plane.png
$PLOT sides sides.flow.dat sides.md.dat -o sides.png
$PLOT convergence convergence.dat -o convergence.png
/usr/bin/python3 ../check.py results.dat slopes.dat
echo "pictures in $(pwd): profile.png plane.png sides.png convergence.png"
