/* SPDX-License-Identifier: MIT
   overlap.h - the one place that says how much an estimate must rest on.

   A free energy difference is known by what its data have in common with both states: by their
   information, which is 1/variance of the difference, were the data just enough to tell the states
   apart, all independent.
     BAR       sum f (1 - f) of all works, f the probability that one belongs to the other state
     MBAR      the same of two among several states: 1 / (d H^-1 d), see mbar.c
     visits    crossings / 4, of a chain that goes to and fro between two states
     repeats   1 / (relative variance of e^-F of one repeat)
     states    the frames of the basin that are in the state, or one-sided weights (averages.h)
   What counts, `overlap`, is the information or 1/error^2 if this is less, as it is where data are
   correlated.  The two are alike as long as states overlap; where they do not, errors of first
   order are small and the information is next to nothing.

   Below BGEN_LEAST_OVERLAP an error is INFINITY, in the result itself.  tests/estimate/coverage.c
   shows why, from works of all shapes that were tried, of states at ever larger distances, and from
   chains of ever fewer crossings.  Where nearly all data sets reach an overlap of 2, bars of one
   error hold the truth in 66 % to 72 % of them and bars of two in 94 % to 97 %.  Where about half
   of them do, by chance, it is 57 % to 72 % and 87 % to 97 % of these.  Below 1 bars miss by any
   number of errors, because nothing lies between the states that would tell.

   One-sided estimates have a bias that no bar knows (Jensen) as long as few weights carry the sum:
   with works of a deviation of 3 kT, 1000 weights of which 25 count miss the truth by more than two
   bars in every case.  Such cases are 1 in 10 at that deviation, and fewer at others, if 25 weights
   and 1 % of all are asked for.  A search for a basin that was never visited has nothing else to go
   by, and corrects itself once it was there: 10 weights. */
#ifndef BGEN_ESTIMATE_OVERLAP_H
#define BGEN_ESTIMATE_OVERLAP_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

enum {
  BGEN_LEAST_OVERLAP = 2,
  BGEN_LEAST_CROSSINGS = 4 * BGEN_LEAST_OVERLAP,
  BGEN_LEAST_WEIGHTS = 25, /* and 1 % of all */
  BGEN_SEARCH_WEIGHTS = 10
};

static inline double bgen_overlap(double information, double error)
{
  return fmin(information, 1 / (error * error));
}

/* error, or INFINITY where the overlap is too small or unknown (NaN). */
static inline double bgen_error_by_overlap(double error, double overlap)
{
  return overlap >= BGEN_LEAST_OVERLAP ? error : INFINITY;
}

/* Of n weights so many count (bgen_kish_ess): are they enough for a one-sided estimate? */
static inline bool bgen_weights_suffice(double effective, size_t n)
{
  return effective >= BGEN_LEAST_WEIGHTS && effective >= 0.01 * (double) n;
}

BGEN_API_END
#endif
