#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# soak.sh - what takes too long for tests/run.sh: prints its figures in tables, exits with 1 if one is not as it must be
#
#   tests/soak.sh              exactness, kill9 and coverage
#   tests/soak.sh NAME...      these only
#
#   exactness    all kinds of moves in one run under offsets, 200,000 attempts on 1 and 2 ranks: populations, moments,
#                energies, velocities and histograms within 4 sigma of quadrature                             1 minute
#   kill9        20 runs on 1 and 2 ranks are killed at any moment, go on from their restart files, and end
#                bit for bit as if nobody had killed them                                                    3 minutes
#   coverage     how often error bars of barely overlapping data hold the truth, by 4,000 data sets of each kind
#   fuzz         tests/fuzz/run.sh, which needs clang: readers of files and lines, 10 minutes each           40 minutes
#
# It uses build/release as tests/run.sh leaves it, or builds it; BGEN_BUILD names another build tree.

set -eu
cd "$(dirname "$0")/.."
build=${BGEN_BUILD:-build/release}
log=$build/soak.log
[ $# -gt 0 ] || set -- exactness kill9 coverage
for name in "$@"; do
  case $name in
    exactness | kill9 | coverage | fuzz) ;;
    *)
      echo "usage: tests/soak.sh [exactness] [kill9] [coverage] [fuzz]" >&2
      exit 2
      ;;
  esac
done

[ -f "$build/CMakeCache.txt" ] || {
  cmake/setup.sh packages
  cmake --preset release -B "$build"
}
cmake --build "$build" --parallel "${BGEN_JOBS:-$(nproc)}" >"$log" 2>&1 || {
  tail -n 60 "$log" >&2
  exit 1
}

failed=
for name in "$@"; do
  case $name in
    exactness | kill9 | coverage)
      ctest --test-dir "$build" -C soak -R "^soak\.$name\$" --no-tests=error -V >"$log" 2>&1 || failed="$failed $name"
      sed -n -e 's/^[0-9][0-9]*: //p' -e '/^No tests/p' "$log" |
        grep -v -e '^Test ' -e '^Working Dir' -e '^Environment var' -e '^ [A-Z_0-9]*=' || true
      ;;
    fuzz) tests/fuzz/run.sh || failed="$failed $name" ;;
  esac
done
[ -z "$failed" ] || {
  echo "soak: failed:$failed"
  exit 1
}
echo "soak: all as it must be"
