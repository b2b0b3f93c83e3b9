/* SPDX-License-Identifier: MIT
   visits.h - free energy differences from how often a chain visits its states.

   Visits come in order of time and are correlated, so they are kept as counts of at most
   BGEN_VISITS_BLOCKS blocks of equal length: when all are whole, neighbours merge and the length
   doubles.  Memory is fixed, and blocks outgrow the correlation time if the run does.

   Beside them stands how often the chain has gone from one of two states to the other, whatever it
   visited in between.  Chains that are independent of each other each have their own. */
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
  uint64_t *visits;    /* [BGEN_VISITS_BLOCKS][n_states] */
  uint64_t length;     /* moments in a whole block; 1 at first */
  uint64_t n;          /* moments in all; those of the last block may be fewer than length */
  uint64_t *crossings; /* [n_states][n_states] from a to b, behind visits in memory */
  uint64_t *last; /* [n_states] moment of the last visit, counted from 1; 0: none; behind that */
} bgen_visits;

/* None so far, in memory of the caller: words[bgen_visits_words]. */
size_t bgen_visits_words(size_t n_states);
bgen_visits bgen_visits_begin(size_t n_states, uint64_t *words);

/* The moments that follow are of another chain: it has not come from where this one was. */
void bgen_visits_other_chain(bgen_visits *visits);

/* One more moment; a state that is n_states or more is none of them. */
void bgen_visits_add(bgen_visits *visits, size_t state);

/* Visits of a state, in all. */
uint64_t bgen_visits_of(const bgen_visits *visits, size_t state);

/* From a to b and from b to a, in all. */
uint64_t bgen_visits_crossings(const bgen_visits *visits, size_t a, size_t b);

/* F(b) - F(a) = -ln(n_b / n_a) in kT by all visits of independent chains, visits[n_chains], if they
   follow e^-u.  The error is that of the spread over the whole blocks or over pairs of them,
   whichever says more, blocks being as long as those of the longest chain: too small while a pair
   is no longer than the correlation time.  So while there are fewer than 100 crossings c it is not
   less than that of a chain which leaves either state at any moment alike,
     variance = 4/c - 1/n_a - 1/n_b,
   and INFINITY below BGEN_LEAST_CROSSINGS (overlap.h).  Nor is it less than the spread between the
   chains, where 4 or more differ by more than chance (uncertainty.h).  BGEN_NOT_FINITE where a
   state was never seen, or before 8 moments; BGEN_NO_MEMORY. */
bgen_status bgen_visits_difference(size_t n_chains, const bgen_visits *visits, size_t a, size_t b,
                                   bgen_estimate *estimate);

BGEN_API_END
#endif
