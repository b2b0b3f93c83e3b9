/* SPDX-License-Identifier: MIT
   wander.h - whether a body drifts or turns in the frames of MD, among others that move.

   These meet the body wherever it is, so that energies do not tell what holds it (coords/drift.h
   asks them where all others stay).  The frames do: what is held comes back in the time of a run,
   what is free does not.  Each run is cut into 16 blocks, about whose means m_b

     -sum_b (m_b+1 - m_b) . (m_b - mean) / sum_b |m_b - mean|^2

   is the fraction by which the body returns from block to block.  It is 1 where blocks are
   independent, and some 3/16 for a body that diffuses, however long the run is.  Below 5/16 the
   body is not held: of 400 bodies in space that diffuse, with or without fast rattling, 80 to 95 %
   have less in one run and all in 4; of those that a spring holds with a relaxation time of 1/20 of
   the run, 1 %.

   Orientations are bounded.  So a body turns, too, if hardly anything is left of the mean of its
   rotated positions, or of its rotations, but about one axis.

   Both count where they move the atoms by more than the shape's own width. */
#ifndef BGEN_TRAIN_WANDER_H
#define BGEN_TRAIN_WANDER_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "estimate/uncertainty.h"

BGEN_API_BEGIN

/* Widths of what a run does with the body, over that of its shape, all as root mean squares of a
   component; 0: unknown, since there is no shape, or no run of 16 frames. */
typedef struct bgen_wander {
  double centre, orientation;
  bool drifts, turns;
} bgen_wander;

/* of frames x[n][dim] in runs of time order; there must be some */
bgen_status bgen_wander_find(const bgen_layout *layout, const bgen_runs *runs, const double *x,
                             bgen_wander *found);

BGEN_API_END
#endif
