/* SPDX-License-Identifier: MIT
   split.h - the free energy of a state as the union of sub-states.

   MD that seldom crosses from one sub-state of a basin to another visits them in wrong proportions,
   and BAR over the whole basin inherits these.  Split, each sub-state i has a BAR of its own:
     forward   all samples of the flow; those elsewhere have infinite work
     reverse   the frames in i
   and F = -ln sum_i e^-F_i.  How many frames lie where does not matter any more, only how they are
   distributed within each sub-state.

   The error of F is that of a sum over all samples and all frames (uncertainty.h): a sample counts
   for its own sub-state and, by the number of all, against the others; frames count less the mean
   of their sub-state, and in order of time, so that what a walker carries from one sub-state to the
   next is correlated. */
#ifndef BGEN_ESTIMATE_SPLIT_H
#define BGEN_ESTIMATE_SPLIT_H

#include <stdbool.h>

#include "base/api.h"
#include "base/status.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

/* ---- ranges of quantities ---- */

/* Edges that divide the values of a quantity: n + 1 ranges of a line, the first without a lower
   and the last without an upper end; n ranges of a circle, the last from edge n - 1 to edge 0. */
typedef struct bgen_cut {
  size_t n;           /* >= 1, on a circle >= 2 */
  const double *edge; /* [n] rising, on a circle within one period */
  bool circle;
} bgen_cut;

/* Several quantities: a sub-state is a range of each, the last one counting fastest. */
size_t bgen_cuts_n_sub_states(size_t n, const bgen_cut *cut);
/* That of value[n]; n_sub_states where one of them is NaN. */
size_t bgen_cuts_sub_state(size_t n, const bgen_cut *cut, const double *value);
/* The ends of the range of quantity k in it; -INFINITY and INFINITY where it has none. */
void bgen_cuts_ends(size_t n, const bgen_cut *cut, size_t sub_state, size_t k, double ends[2]);

/* ---- the estimate ---- */

typedef struct bgen_split {
  size_t n; /* sub-states */
  bgen_works forward, reverse;
  const size_t *sample_in; /* [forward n] sub-state of each; n: none */
  const size_t *frame_in;  /* [reverse n] */
} bgen_split;

typedef struct bgen_sub_state {
  size_t n_samples, n_frames; /* samples with a finite work */
  /* By BAR, or by samples alone where there are no frames.  NaN and INFINITY without samples, or
     where no frame has a finite work. */
  bgen_estimate free_energy;
  /* Of frames without samples: F is above it, with 95 %.  None of n samples lies there, so that
     less than 3/n of the flow does.  NaN where it is not needed. */
  double least;
  double share; /* e^(F - F_i); of frames without samples 0 */
} bgen_sub_state;

/* sub[n], and of all of them.  Sub-states whose error is infinite make that of all infinite, unless
   the share that they have, or may have, is less than the error of the others: it is then part of
   the error.  A sub-state that neither samples nor frames have seen is not missed. The value is NaN
   where none of them has one.  BGEN_NOT_FINITE for works that are NaN or -inf. */
bgen_status bgen_split_estimate(const bgen_split *split, bgen_sub_state *sub, bgen_estimate *all);

/* What each work contributes to F of all, given sub[n]: influence[forward n + reverse n],
   which is 0 before. */
bgen_status bgen_split_influence(const bgen_split *split, const bgen_sub_state *sub,
                                 double *influence);

BGEN_API_END
#endif
