/* SPDX-License-Identifier: GPL-2.0-or-later
   chains.h - a Markov chain whose attempts are made up. */
#ifndef BGEN_TESTS_CHAINS_H
#define BGEN_TESTS_CHAINS_H

#include "sample/chain.h"

/* fresh, near with a tuned step, transfer with works, annealed with works and a tuned schedule */
enum { FRESH, NEAR, TRANSFER, ANNEALED, CHAIN_MOVES, CHAIN_BASINS = 3, SCHEDULE = 4 };

/* Its offsets are tuned. */
bgen_markov_chain *make_chain(uint64_t seed);

/* n more attempts, each counted and tuned.  All of it depends on the state of the chain alone. */
void live(bgen_markov_chain *chain, int64_t n);

/* What it packs, of *n words, which must be freed. */
uint64_t *packed(const bgen_markov_chain *chain, size_t *n);

/* Both pack the same. */
void check_same_chains(const bgen_markov_chain *a, const bgen_markov_chain *b);

#endif
