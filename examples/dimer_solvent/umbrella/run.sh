#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ../reference_profile.dat anew: 8 walkers, two at a time, about 8 minutes on 2 cores. Variables: ../../umbrella.sh
exec sh "$(dirname "$0")/../../umbrella.sh" dimer_solvent umbrella.py "$(seq -f "-var seed %g" 8)" --border 1.6 --range 0.98 2.2 \
  --bond 1.6 0 -98.76543209876543 0 243.86526444139614 --umbrella 1.6 0 -10 4 60 \
  --title "bistable dimer in a liquid of 214 repulsive particles, T = 1"
