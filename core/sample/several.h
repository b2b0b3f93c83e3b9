/* SPDX-License-Identifier: MIT
   several.h - one of several proposals, chosen by weight (iterated sampling-importance-resampling:
   Andrieu, Lee, Vihola, Bernoulli 24, 842, doi:10.3150/15-BEJ785).

   Of a present configuration and K fresh proposals, one is taken with probability proportional to w
   = e^{-u} / q: that leaves e^{-u} invariant.  The weights come one by one and only the present
   choice need be kept:
     log_sum = log w of the present configuration
     for each proposal   if (bgen_several_take(&log_sum, log_w, uniform)) it is the choice now */
#ifndef BGEN_SAMPLE_SEVERAL_H
#define BGEN_SAMPLE_SEVERAL_H

#include <stdbool.h>

#include "base/api.h"
#include "base/rng.h"

BGEN_API_BEGIN

/* Adds a weight to the sum; true, with its share of the new sum as probability, if it is to be
   taken.  uniform in (0,1).  A weight that is NaN or infinite counts as 0; from a sum that is NaN
   nothing is ever taken. */
bool bgen_several_take(double *log_sum, double log_w, double uniform);

BGEN_API_END
#endif
