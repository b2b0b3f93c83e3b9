#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ../reference_profile.dat anew: 8 walkers, two at a time, about 9 minutes on 2 cores. Variables: ../../umbrella.sh
exec sh "$(dirname "$0")/../../umbrella.sh" dimer umbrella.py "$(seq -f "-var seed %g" 8)" --border 1.5 --range 0.65 2.4 \
  --bond 1.5 4 -100 0 160 --umbrella 1.66 0 4 0 4 \
  --title "bistable dimer in 36 repulsive particles, T = 1"
