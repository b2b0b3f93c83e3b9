/* SPDX-License-Identifier: MIT
   lost_modes.h - whether frames lie where a flow has lost density

   A flow that has lost a mode of the distribution makes no sample there, so that samples alone
   agree with each other.  Frames tell: ln p/q = -u - log q, up to a constant, has one peak if the
   flow is as wide as the frames, and frames of a lost mode stand far above it. */
#ifndef BGEN_ESTIMATE_LOST_MODES_H
#define BGEN_ESTIMATE_LOST_MODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

/* Fraction of the frames whose -u - log q is farther above the others than a single peak reaches:
   by ln 1000 at least, since hardly any run makes up for samples that are 1000 times too few, and
   by 6 standard deviations of the peak, as the lower side of the frames or the upper side of the
   samples has them, whichever is more.  Where three of four frames stand so far above the samples,
   they are compared with the samples instead.

   frames[n_frames], samples[n_samples]: log-weights -u - log q, +inf where the flow has no density,
   -inf or NaN where there is no energy.  NaN with fewer than 20 of either. */
double bgen_lost_fraction(size_t n_frames, const double *frames, size_t n_samples,
                          const double *samples);

/* Whether so many of the frames are worth a word: one in a hundred and three at least.  Samples
   alone are off by as much kT, and one frame or two may be anything. */
bool bgen_is_lost_mode(double fraction, size_t n_frames);

BGEN_API_END
#endif
