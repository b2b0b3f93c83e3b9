/* SPDX-License-Identifier: MIT
   diagnosis.h - from the numbers of a free energy difference to sentences: what may be wrong with
   it, and what to do. */
#ifndef BGEN_ESTIMATE_DIAGNOSIS_H
#define BGEN_ESTIMATE_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

/* What the works of one direction tell.  NaN: not known, and not judged. */
typedef struct bgen_side {
  size_t n;                /* works; 0: this direction has none */
  size_t n_not_finite;     /* of them, inf or NaN, which count nothing */
  double effective;        /* bgen_kish_ess of the weights e^-work */
  bgen_estimate one_sided; /* F_1 - F_0 from this direction alone, of the same sign for both */
  double inefficiency;     /* g of its contributions to the two-sided estimate */
  size_t n_walkers;        /* runs of MD that they come from; 0: none, drawn independently */
  bool walkers_differ;     /* runs_differ of bgen_spread */
  double between;          /* its between / (independent * inefficiency) */
} bgen_side;

typedef struct bgen_evidence {
  bgen_side forward, reverse;
  bgen_estimate estimate;   /* F_1 - F_0 by BAR */
  double independent_error; /* were all works independent */
  bgen_estimate half;       /* from the first half of the data */
  double lost;    /* fraction of the frames, the reverse side, in lost modes (lost_modes.h) */
  double overlap; /* that the estimate rests on (overlap.h) */
  bool split;     /* the estimate is of a union of sub-states, the sides are of all (split.h) */
} bgen_evidence;

enum { BGEN_DIAGNOSIS_LENGTH = 2048 }; /* holds all sentences at once */

/* Nothing is known yet: counts 0, numbers NaN. */
bgen_evidence bgen_evidence_unknown(void);

/* Of works of moves from state 0 to 1 and back, each by what it tells alone; the estimate is that
   of both. */
bgen_evidence bgen_evidence_of_works(const bgen_works *forward, const bgen_works *reverse,
                                     const bgen_estimate *estimate);

/* One warning a line, each ending with a newline, or one line that begins with "no warning";
   returns how many warnings. */
size_t bgen_diagnosis(const bgen_evidence *evidence, char text[BGEN_DIAGNOSIS_LENGTH]);

BGEN_API_END
#endif
