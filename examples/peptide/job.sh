# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - LAMMPS' peptide in water with fix shake: driven moves of a torsion with paths of three lengths; called by ../run.sh
set -eu
. ../../stage.sh
peptide=$(../../../cmake/setup.sh peptide)

# runs NAME INPUT SEED OPTIONS...: the options of two walkers, one from each state, with seeds that end in 1 and 2
runs() {
  name=$1 input=$2 seed=${SEED}$3
  shift 3
  for walker in '1 extended' '2 helical'; do
    echo "$* -in ../$input -log log.$name.${walker#* } -var basin ${walker#* } -var seed $seed${walker% *}"
  done
}

equilibrate() { runs equilibrate in.equilibrate 0 -var peptide "$peptide" | walk; }

null_drives() { runs null in.null 1 | walk; }

# the longest first
drives() {
  {
    runs 1600 in.driven 4 -var path 1600 -var attempts 8
    runs 400 in.driven 3 -var path 400 -var attempts 20
    runs 100 in.driven 2 -var path 100 -var attempts 25
  } | walk
}

# a line is a run, one on each core
walk() { OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -L 1 "$LMP" -screen none -var example ..; }

stage 'MD of the peptide in water, to either state' none equilibrate
stage 'paths that drag nothing' none null_drives
stage 'driven paths of 100, 400 and 1600 steps' none drives

for path in 100 400 1600; do
  { cat works.$path.extended.dat && grep -v '^#' works.$path.helical.dat; } >works.$path.dat
done
/usr/bin/python3 ../check.py 100 400 1600 | tee table.peptide
{
  $PLOT works '100 steps=works.100.dat' '400 steps=works.400.dat' '1600 steps=works.1600.dat' -o works.png
  $PLOT series 'from extended=series.400.extended.dat' 'from helical=series.400.helical.dat' --column psi --split -120 -o series.png
} >log.pictures
echo "pictures in $(pwd): works.png series.png"
