# SPDX-License-Identifier: GPL-2.0-or-later
# job.sh - a vacancy: its hop by driven moves and by flows, and its free energy of formation; called by ../run.sh
set -eu

printf '%s\n' 'driven -var far 1.6' 'flow -var far 1.6' 'flow -var far 1.1 -var name held' \
  'formation -var vacancies 0 -var T 0.3' 'formation -var vacancies 1 -var T 0.3' \
  'formation -var vacancies 0 -var T 0.05' 'formation -var vacancies 1 -var T 0.05' \
  'formation -var vacancies 0 -var T 0.01' 'formation -var vacancies 1 -var T 0.01' |
  OMP_NUM_THREADS=1 xargs -P "$BGEN_JOBS" -I {} sh -c 'set -- {}; input=$1; shift
    "$LMP" -in ../in.$input -screen none -log "log.$(echo $input $* | sed "s/-var [a-z]*//g; s/  */./g")" \
      -var example .. -var seed "$SEED" "$@"'

/usr/bin/python3 ../check.py .
$PLOT series series.driven.dat --column s --split 0 -o series.driven.png
$PLOT series series.flow.dat --column s --split 0 -o series.flow.png
echo "pictures in $(pwd): series.driven.png series.flow.png"
