/* SPDX-License-Identifier: MIT
   several.h - one of several proposals, chosen by weight (iterated sampling-importance-resampling:
   Andrieu, Lee, Vihola, Bernoulli 24, 842, doi:10.3150/15-BEJ785).

   Of a present configuration and K fresh proposals, one is taken with probability proportional to w
   = e^{-u} / q: that leaves e^{-u} invariant.  The weights come one by one and only the present
   choice need be kept:

     several = bgen_several_begin(rng, log w of the present configuration)
     for each proposal   if (bgen_several_offer(&several, log_w)) it is the choice now
     if (bgen_several_accept(&several)) the chain goes to the choice */
#ifndef BGEN_SAMPLE_SEVERAL_H
#define BGEN_SAMPLE_SEVERAL_H

#include <stdbool.h>

#include "base/api.h"
#include "base/rng.h"

BGEN_API_BEGIN

typedef struct bgen_several {
  bgen_rng rng;
  double present;   /* log w */
  double proposals; /* ln of the sum of w; -inf: none can be taken yet */
} bgen_several;

bgen_several bgen_several_begin(bgen_rng rng, double log_w_present);

/* Takes one random number.  True also for a proposal that can never be taken (log_w NaN or
   infinite) while there is no better one: so there always is a choice. */
bool bgen_several_offer(bgen_several *several, double log_w);

/* Takes one random number. */
bool bgen_several_accept(bgen_several *several);

/* Adds a weight to the sum; true, with its share of the new sum as probability, if it is to be
   taken. uniform in (0,1).  A weight that is NaN or infinite counts as 0; from a sum that is NaN
   nothing is ever taken. */
bool bgen_several_take(double *log_sum, double log_w, double uniform);

BGEN_API_END
#endif
