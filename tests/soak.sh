#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# soak.sh - what takes too long for tests/run.sh: prints its figures in tables, exits with 1 if one is not as it must be
#
#   tests/soak.sh              all of it
#   tests/soak.sh NAME...      some: exactness, kill9 ...
#
#   exactness    all kinds of moves in one run under offsets, 200,000 attempts on 1 and 2 ranks: populations, moments,
#                energies, velocities and histograms within 4 sigma of quadrature                             1 minute
#   kill9        20 runs on 1 and 2 ranks are killed at any moment, go on from their restart files, and end
#                bit for bit as if nobody had killed them                                                    4 minutes
#   coverage     2000 data sets of each of 80 cases, works that hardly overlap and chains of few crossings: how many
#                error bars hold the truth                                                                   5 minutes
#
# It uses build/release as tests/run.sh leaves it, or builds it; BGEN_BUILD names another build tree.

set -eu
cd "$(dirname "$0")/.."
build=${BGEN_BUILD:-build/release}

[ -f "$build/CMakeCache.txt" ] || {
  cmake/setup.sh packages
  cmake --preset release -B "$build"
}
cmake --build "$build" --parallel "${BGEN_JOBS:-$(nproc)}" >"$build/soak.log" 2>&1 || {
  tail -n 60 "$build/soak.log" >&2
  exit 1
}
names=$(echo "$*" | tr ' ' '|')
log=$build/soak.log
# one after the other: what is killed at some moment of a run needs that run to take as long each time
status=0
ctest --test-dir "$build" -C soak -L soak -R "^soak\.(${names:-.*})\$" --no-tests=error -V >"$log" 2>&1 || status=$?
sed -n -e 's/^[0-9][0-9]*: //p' -e '/tests passed/p' -e '/The following tests FAILED/,$p' "$log" |
  grep -v -e '^Test ' -e '^Working Dir' -e '^Environment var' -e '^ [A-Z_0-9]*=' || true
exit "$status"
