/* SPDX-License-Identifier: MIT
   tally.h - what became of one attempted jump, and of many: totals of a Markov chain.

   Basins are numbered as in coords/basin.h; -1 is none of them. */
#ifndef BGEN_SAMPLE_TALLY_H
#define BGEN_SAMPLE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/api.h"
#include "base/status.h"

BGEN_API_BEGIN

typedef struct bgen_attempt {
  int move;       /* its number among the moves of the chain */
  int from, to;   /* basins of the present and of the proposed configuration */
  bool accepted;  /* the chain is now where the proposal was */
  int proposals;  /* made by it, and of these */
  int outside;    /* outside the domain of their flow */
  int refused;    /* that must not be evaluated */
  int not_finite; /* without a finite energy */
  /* Reduced, without offsets: -ln of the unclipped acceptance ratio.  +INFINITY: certainly
     rejected; NaN: the move has none. */
  double work;
  /* Of a path that has ended, wherever that was: its work, and the part of it that the time step
     has done alone (path.h).  NaN: there is none. */
  double path_work, step_work;
  int64_t tested, undone; /* steps of paths (annealed.h), and of these undone */
  int64_t energy_calls;
  double seconds;
} bgen_attempt;

/* One proposal, rejected so far, to no basin, without a work. */
bgen_attempt bgen_attempt_begin(int move, int from);

typedef struct bgen_tally {
  int64_t attempts, accepted;
  int64_t outside, refused, not_finite; /* proposals */
  int64_t energy_calls;
  int64_t paths, stepped;               /* attempts with a path_work, with a step_work */
  int64_t tested, undone;               /* steps of paths, and of these undone */
  double path_work, step_work, seconds; /* sums */
} bgen_tally;

void bgen_tally_add(bgen_tally *tally, const bgen_attempt *attempt);
bgen_tally bgen_tally_sum(bgen_tally a, bgen_tally b);
bgen_tally bgen_tally_difference(bgen_tally a, bgen_tally b); /* a - b */

/* What a chain counts besides: numbers of the streams of base/rng.h go on from there. */
typedef enum bgen_counter {
  BGEN_COUNT_PROPOSALS,    /* of all jumps */
  BGEN_COUNT_ENERGY_CALLS, /* by runs before the present one */
  BGEN_COUNT_SAMPLES,      /* on demand */
  BGEN_COUNT_TRAIN_STEPS,
  BGEN_COUNT_TRAIN_SAMPLES,
  BGEN_COUNT_ANNEALED,      /* numbers of populations */
  BGEN_COUNT_EXPLORED,      /* near moves of frames in training */
  BGEN_COUNT_CROSSINGS,     /* MD segments under offsets that changed the basin, */
  BGEN_COUNT_UNDONE,        /* and of these, those that were undone */
  BGEN_COUNT_WORKS_DROPPED, /* times that the lists of works began anew */
  BGEN_COUNT_IDLE,          /* times that no move could be attempted */
  BGEN_COUNT_EXCHANGES,     /* with the next higher temperature, */
  BGEN_COUNT_EXCHANGED,     /* of these, those that were accepted, */
  BGEN_COUNT_AS_THEY_ARE,   /* and those in which plain exchange would have been */
  BGEN_N_COUNTERS
} bgen_counter;

/* What only grows: copied at the start of a run and subtracted at its end.  Members are to be
   read. */
typedef struct bgen_totals {
  size_t n_moves, n_basins;
  int64_t count[BGEN_N_COUNTERS];
  bgen_tally *tally; /* [n_moves][n_basins + 1][n_basins + 1], at [move][from + 1][to + 1] */
  size_t *n_works;   /* [n_moves][n_basins][n_basins]: length of the list of works */
} bgen_totals;

/* All zero, as at the beginning of a chain. */
bgen_status bgen_totals_create(size_t n_moves, size_t n_basins, bgen_totals **totals);
void bgen_totals_destroy(bgen_totals *totals); /* NULL is fine */

/* Both have the same numbers of moves and basins. */
void bgen_totals_copy(bgen_totals *to, const bgen_totals *from);

bgen_tally *bgen_totals_tally(const bgen_totals *totals, int move, int from, int to);
size_t *bgen_totals_works(const bgen_totals *totals, int move, int a, int b);

typedef enum bgen_jumps { BGEN_JUMPS_ALL, BGEN_JUMPS_WITHIN, BGEN_JUMPS_BETWEEN } bgen_jumps;

/* Of all moves; within basins (from none to none is within), or from one to another. */
bgen_tally bgen_totals_sum(const bgen_totals *totals, bgen_jumps which);

int64_t bgen_totals_attempts(const bgen_totals *totals);        /* of all moves */
bgen_tally bgen_totals_of(const bgen_totals *totals, int move); /* from and to anywhere */

BGEN_API_END
#endif
