#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - sets up, builds and runs one example with Debian's LAMMPS
#
#   examples/run.sh                  lists the examples
#   examples/run.sh NAME             results, pictures and a report in examples/NAME/run
#   examples/run.sh NAME SEED        the same from other random numbers, in examples/NAME/run.SEED
#   examples/run.sh build            only sets up and builds
#
# BGEN_JOBS sets how many cores are used (else all).

set -eu
cd "$(dirname "$0")"
name=${1:-}
SEED=${2:-1}
folder=$name/run${2:+.$2}
if ! { [ -f "$name/job.sh" ] || [ "$name" = build ]; } || [ $# -gt 2 ] || ! [ "$SEED" -gt 0 ]; then
  echo "usage: examples/run.sh NAME [SEED], one of:" */job.sh | sed 's,/job.sh,,g' >&2
  exit 2
fi
BGEN_JOBS=${BGEN_JOBS:-$(nproc)}
export BGEN_JOBS

# One run at a time sets up and builds; the lock ends with the processes that hold it.
mkdir -p ../build
exec 8>../build/examples.lock
flock -n 8 || {
  echo "run.sh: waits until another run has built" >&2
  flock 8
}
../cmake/setup.sh packages
log=$(cd ../build && pwd)/examples.log
{
  cmake -S .. -B ../build/examples -G Ninja -D CMAKE_BUILD_TYPE=Release -D BGEN_TESTS=OFF &&
    cmake --build ../build/examples --parallel "$BGEN_JOBS"
} >"$log" 2>&1 || {
  tail -n 40 "$log" >&2
  echo "run.sh: the build failed, see build/examples.log" >&2
  exit 1
}
exec 8>&-
[ "$name" != build ] || exit 0

# The networks run on OpenMP threads, LAMMPS on one rank.
LMP=$(cd ../build/examples/plugin && pwd)/lmp_bgen
BGEN="/usr/bin/python3 -B $(cd ../python && pwd)/bgen"
PLOT="$BGEN plot"
OMP_NUM_THREADS=$BGEN_JOBS
export LMP PLOT SEED OMP_NUM_THREADS
unset OPENBLAS_CORETYPE # some machines export it, and it halves OpenBLAS

mkdir -p "$folder"
cd "$folder"
sh ../job.sh
$BGEN report .
