/* SPDX-License-Identifier: MIT
   offsets.h - offsets o of basins: a chain follows e^{-u + o(basin)} instead of e^{-u}.

   With o(b) = F(b) all basins are visited alike. */
#ifndef BGEN_SAMPLE_OFFSETS_H
#define BGEN_SAMPLE_OFFSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/api.h"
#include "sample/work_lists.h"

BGEN_API_BEGIN

/* offset[n_basins] become those that balance the basins, as far as works tell: from the first basin
   on to the one whose difference from a known one is known best, and so on.  A basin of which
   nothing is known keeps its own; then all are shifted, so that the least is 0.

   A difference is known by BAR of works both ways, at least 20 each way, whose error is finite
   (estimate/overlap.h).  Until there are 20 the other way it is searched for: by BAR with the few
   that there are, if its error is finite, else by works of one way, at least 20 of which
   BGEN_SEARCH_WEIGHTS count. */
bgen_status bgen_offsets_balance(const bgen_work_lists *works, double *offset);

typedef struct bgen_offset {
  bool found; /* by works both ways */
  int from;   /* the basin that it is compared with; -1: there are no works both ways */
  bgen_estimate difference; /* F of the basin less F of `from` */
} bgen_offset;

/* How well the offset of each basin is known: all[n_basins].  The first is the reference, found and
   compared with itself; one that was not found is compared with the basin of which works tell
   most, which has an error of INFINITY then. */
bgen_status bgen_offsets_known(const bgen_work_lists *works, bgen_offset *all);

/* True if offsets are to be balanced after this many attempts: after ever more of them, since works
   become ever more. */
bool bgen_offsets_are_due(int64_t n_attempts);

/* The step of a near move after its attempt number n >= 1: ever smaller changes of ln step, towards
   an acceptance of 1/4 (Robbins and Monro, Ann. Math. Stat. 22, 400,
   doi:10.1214/aoms/1177729586). */
double bgen_tuned_step(double step, bool accepted, int64_t n);

BGEN_API_END
#endif
