/* SPDX-License-Identifier: MIT
   visits.h - free energy differences from how often a chain visits its states.

   Visits come in order of time and are correlated, so they are kept as counts of at most
   BGEN_VISITS_BLOCKS blocks of equal length: when all are whole, neighbours merge and the length
   doubles.  Memory is fixed, and blocks outgrow the correlation time if the run does. */
#ifndef BGEN_ESTIMATE_VISITS_H
#define BGEN_ESTIMATE_VISITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/api.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

enum { BGEN_VISITS_BLOCKS = 64 };

typedef struct bgen_visits {
  size_t n_states;
  uint64_t *visits; /* [BGEN_VISITS_BLOCKS][n_states], memory of the caller, zero at first */
  uint64_t length;  /* moments in a whole block; 1 at first */
  uint64_t n;       /* moments in all; those of the last block may be fewer than length */
} bgen_visits;

/* One more moment; a state that is n_states or more is none of them. */
void bgen_visits_add(bgen_visits *visits, size_t state);

/* Visits of a state, in all. */
uint64_t bgen_visits_of(const bgen_visits *visits, size_t state);

/* F(b) - F(a) = -ln(n_b / n_a) in kT, if the chain follows e^-u.  The error is that of the spread
   over the whole blocks or over pairs of them, whichever says more: too small while a pair is no
   longer than the correlation time.  BGEN_NOT_FINITE where a state was never seen, or before 8
   blocks are whole. */
bgen_status bgen_visits_difference(const bgen_visits *visits, size_t a, size_t b,
                                   bgen_estimate *estimate);

BGEN_API_END
#endif
