# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - all moves side by side in the dimer, with the flows that the example dimer has trained; called by ../run.sh
set -eu
root=../../..

# run.3 takes what ../dimer/run.3 has made
dimer=../../dimer/$(basename "$PWD")
suffix=$(basename "$PWD" | sed 's/^run\.*//')
if ! [ -f "$dimer/dimer.bgen" ]; then
  echo "job.sh: there is no trained model yet: running the example dimer first, which takes about 10 minutes"
  ../../run.sh dimer $suffix
fi

"$LMP" -in ../in.dimer_jumps -log log.dimer_jumps -var potentials $root/potentials -var seed "$SEED" -var model "$dimer/dimer.bgen"

# F(open) - F(closed) as driven moves tell it
difference=$(awk '/by BAR of works of driven/ {value = -$5} END {print value}' log.dimer_jumps)
$PLOT series series.dat --column d --split 1.5 -o series.png
$PLOT works works.dat --difference "$difference" -o works.png
/usr/bin/python3 ../check.py series.dat "$dimer"/closed.*.dump "$dimer"/open.*.dump
echo "reference: F(closed) - F(open) = -6.761 +- 0.009 kT"
echo "pictures in $(pwd): series.png works.png"

# for benchmark.py also: no frames, no flow, eight seeds
if [ -n "${BGEN_BENCHMARK:-}" ]; then sh ../nothing.sh; fi
