#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ../reference_profile.dat anew: 8 walkers through all windows, 4 from each state, 5 minutes of processor time.
# Variables: ../../umbrella.sh
walkers=$(for seed in 1 2 3 4; do printf -- '-var basin %s -var seed %s\n' open $seed closed $seed; done)
exec sh "$(dirname "$0")/../../umbrella.sh" open_closed wham.py "$walkers" --spring 20 --border 28.4 --title "hinge of adenylate kinase"
