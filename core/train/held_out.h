/* SPDX-License-Identifier: MIT
   held_out.h - which of the frames to train by are held out, to judge the flow.

   Frames of one walker are alike for as long as it remembers.  A flow that learns them by heart is
   good at every other frame of the same walkers, too: only frames of walkers that it has not seen
   show that.  So whole walkers are held out where there are enough of them, and else the last
   frames of each walker, in one block. */
#ifndef BGEN_TRAIN_HELD_OUT_H
#define BGEN_TRAIN_HELD_OUT_H

#include <stdbool.h>

#include "base/api.h"
#include "estimate/uncertainty.h"

BGEN_API_BEGIN

/* About the fraction 0 < fraction < 1 of the new frames, those from number `first` on, which the
   flow has not been trained on: 1 in held[n], which is 0 before.  Whole walkers among those that
   begin there, spread evenly, if these are 1/(2 fraction) or more and at least two; a walker that
   would make it more than twice the fraction, or leave less than half of what is to be learned, is
   too long.  Else a block at the end of the new frames of each walker.

   is_part[walkers->n]: the run is not all of its walker, which has others, so that it is not held
   out whole; NULL: none is.  Returns how many walkers are held out whole; 0: blocks. */
size_t bgen_hold_out(const bgen_runs *walkers, const bool *is_part, size_t first, double fraction,
                     char *held);

BGEN_API_END
#endif
