# SPDX-License-Identifier: GPL-2.0-or-later
# stage.sh - how the molecules' job.sh start walkers and show what they do; they read it
#
#   stage WORDS TABLE COMMAND...
#
# runs the command and prints one line: the words, the time, and meanwhile on a terminal the last line of a training table.
# Where the command fails, what LAMMPS said of it.
#
#   walkers INPUT N "BASIN ..." OPTIONS...
#
# runs N walkers in each basin by this input of LAMMPS with these options, one a core: BASIN.1.dump and log.BASIN.1, ...

# progress TABLE: the basin and the step of the last line
progress() {
  [ ! -s "$1" ] || awk '/^#/ { next } { basin = $1; step = $2 } END { if (step) printf "training of basin %s, step %s", basin, step }' "$1"
}

# watch PID WORDS TABLE: until the process has ended
watch() {
  began=$(date +%s)
  while [ -t 1 ] && kill -0 "$1" 2>/dev/null; do
    printf '\r%-58s %4d s  %-40s' "$2" $(($(date +%s) - began)) "$(progress "$3")"
    sleep 1
  done
  status=0
  wait "$1" || status=$?
  [ ! -t 1 ] || printf '\r'
  printf '%-58s %4d s%*s\n' "$2" $(($(date +%s) - began)) "$([ -t 1 ] && echo 42 || echo 0)" ''
}

stage() {
  words=$1 table=$2
  shift 2
  rm -f "$table"
  "$@" &
  watch $! "$words" "$table"
  [ "$status" = 0 ] || {
    grep -h '^ERROR' log.* >&2 || true
    exit 1
  }
}

walkers() {
  input=$1 n=$2 basins=$3
  shift 3
  for basin in $basins; do
    for walker in $(seq "$n"); do
      echo "-log log.$basin.$walker -var basin $basin -var seed $SEED$walker -var file $basin.$walker.dump"
    done
  done | OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -L 1 "$LMP" -in "$input" -screen none -var potentials "$potentials" "$@"
}
