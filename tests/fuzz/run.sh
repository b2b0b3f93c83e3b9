#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [SECONDS [NAME ...]]: libFuzzer with the address and undefined-behaviour sanitizers, SECONDS (600) of processor time
# for each of model, restart, spec and fix_line. What it finds stays in build/fuzz/found: mend it, and keep the input in corpus.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- model restart spec fix_line
cmake -S "$root" -B "$root/build/fuzz" -G Ninja -D CMAKE_C_COMPILER=clang -D CMAKE_CXX_COMPILER=clang++ -D BGEN_FUZZ=ON \
  -D BGEN_PLUGIN=OFF -D CMAKE_BUILD_TYPE=RelWithDebInfo > /dev/null
ninja -C "$root/build/fuzz" fuzz_model fuzz_restart fuzz_spec fuzz_fix_line > /dev/null
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
[ -w /dev/shm ] && export TMPDIR=/dev/shm # models are files

times_of=$(mktemp)
trap 'rm -f "$times_of"' EXIT
cpu() { # seconds of processor time that children have used, in $seconds_used
  times > "$times_of"
  seconds_used=$(awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] } print int(sum) }' "$times_of")
}

for name in "$@"; do
  work=$root/build/fuzz/work/$name
  mkdir -p "$work" "$root/build/fuzz/found" "$root/tests/fuzz/corpus/$name"
  cpu
  begin=$seconds_used runs=0 used=0
  while [ "$used" -lt "$seconds" ]; do
    status=0
    nice -n 19 "$root/build/fuzz/tests/fuzz/fuzz_$name" "$work" "$root/build/fuzz/tests/fuzz/seeds/$name" \
      "$root/tests/fuzz/corpus/$name" -max_total_time=60 \
      -timeout=20 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -artifact_prefix="$root/build/fuzz/found/$name-" \
      -dict="$root/tests/fuzz/words.$name" > "$work.log" 2>&1 || status=$?
    runs=$((runs + $(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")))
    cpu
    used=$((seconds_used - begin))
    if [ $status -ne 0 ]; then
      echo "$name: a finding after $runs runs"
      grep -vE '^#' "$work.log" | tail -40
      exit 1
    fi
  done
  echo "$name: $runs runs in $used s of processor time, no finding"
done
