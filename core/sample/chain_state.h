/* SPDX-License-Identifier: MIT
   chain_state.h - the inside of a Markov chain, for chain.c, chain_pool.c and chain_restart.c. */
#ifndef BGEN_SAMPLE_CHAIN_STATE_H
#define BGEN_SAMPLE_CHAIN_STATE_H

#include "sample/chain.h"

enum { BGEN_MARKOV_TEXTS = 4 };

struct bgen_markov_chain {
  uint64_t seed, model;
  double temperature;
  uint64_t tuning; /* 0 or 1 */
  bool tunes_offsets;
  bgen_totals *totals;
  bgen_work_lists *works;
  bgen_work_lists **of_pool; /* [n_pool], of the chains of a pool; NULL where it is this one */
  size_t n_pool;
  size_t n_moves, n_basins;
  bgen_markov_move *move; /* [n_moves]; untuned and fits are NULL */
  double *frequency;      /* [n_moves] */
  bool *fits;             /* [n_basins + 1][n_moves] */
  double *lost;           /* [n_basins + 1] -ln of the share of all frequencies that fits */
  double *chosen;         /* [n_moves] memory */
  double **tuned;         /* [n_moves][n_tuned of the move] */
  double *offset;         /* [n_basins] */
  uint64_t *visits;       /* memory of visited */
  bgen_visits visited;
  char *text[BGEN_MARKOV_TEXTS]; /* moves, cvs, basins, offsets */
};

/* of chain_pool.c */
bgen_status bgen_markov_balance_now(bgen_markov_chain *chain); /* by all works */
void bgen_markov_leave_pool(bgen_markov_chain *chain);

/* n_works of the totals, from the lists */
void bgen_markov_note_works(bgen_markov_chain *chain);

#endif
