#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ../reference_profile.dat anew: 24 walkers through all windows, 12 from each state, 15 minutes of processor time.
# Variables: ../../umbrella.sh
walkers=$(for seed in $(seq 12); do printf -- '-var basin %s -var seed %s\n' open $seed closed $seed; done)
exec sh "$(dirname "$0")/../../umbrella.sh" open_closed wham.py "$walkers" --spring 20 --border 28.4 --title "hinge of adenylate kinase"
