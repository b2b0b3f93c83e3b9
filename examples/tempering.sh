#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tempering.sh FOLDER "T ..." "BASIN ..." OPTIONS - parallel tempering of a molecule by in.tempering in FOLDER, at these temperatures;
#   replicas start from these basins of the molecule in turn. OPTIONS go to LAMMPS, as -var molecule butane.
#   tempering.py FOLDER LOW HIGH then gives free energies.
#   LMP  a LAMMPS with the package REPLICA (lmp);  MPIRUN (mpirun);  INPUT  another input than in.tempering
set -eu
examples=$(cd "$(dirname "$0")" && pwd)
input=$(realpath "${INPUT:-$examples/in.tempering}")
folder=$1 temperatures=$2 basins=$3
shift 3
mkdir -p "$folder"
cd "$folder"

n=0 replicas= starts=
while [ $n -lt "$(echo "$temperatures" | wc -w)" ]; do
  replicas="$replicas $((n + 1))"
  starts="$starts $(echo "$basins" | tr -s ' ' '\n' | sed -n "$((n % $(echo "$basins" | wc -w) + 1))p")"
  n=$((n + 1))
done
printf 'variable %s world %s\n' T "$temperatures" replica "$replicas" basin "$starts" >replicas.lmp

# there may be fewer cores than replicas, which then give way to each other while they wait
OMP_NUM_THREADS=1 OMPI_MCA_mpi_yield_when_idle=1 "${MPIRUN:-mpirun}" --oversubscribe -np $n "${LMP:-lmp}" -partition ${n}x1 \
  -in "$input" -log log.tempering -screen none -var example "$(dirname "$input")" -var potentials "$examples/../potentials" "$@"
