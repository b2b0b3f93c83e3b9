/* SPDX-License-Identifier: MIT
   chain.h - the Markov chain of jumps: what it has counted, its offsets and what it tunes.

   Random numbers are drawn by counting, so this is the whole state of the chain (and what a restart
   file keeps: chain_restart.h).  For each attempt

     bgen_markov_begin(chain, model, temperature)
     move = bgen_markov_choose_move(chain, from)      -1: bgen_markov_skip(chain, from), and no more
     attempt = bgen_attempt_begin(move, from)
     ... propose; evaluate; bgen_markov_accepts(chain, ...) ...
     bgen_markov_add(chain, &attempt)
     bgen_markov_tune(chain, &attempt)

   Basins are numbered as in coords/basin.h; -1 is none of them.  Functions begin with bgen_markov_,
   since bgen_chain_create() is that of a chain of maps (layers/chain.h). */
#ifndef BGEN_SAMPLE_CHAIN_H
#define BGEN_SAMPLE_CHAIN_H

#include "base/api.h"
#include "base/rng.h"
#include "estimate/visits.h"
#include "sample/offsets.h"
#include "sample/tally.h"

BGEN_API_BEGIN

typedef struct bgen_markov_chain bgen_markov_chain;

/* A move is tried with a probability p that is its share of the frequencies of all moves that fit
   the basin where the chain is.  Where the moves that fit differ from basin to basin, so does p: a
   move is exact if it leaves e^{-u + offset} p invariant, basin by basin (bgen_markov_bias). */
typedef struct bgen_markov_move {
  double frequency;      /* 0: it is never drawn, only chosen by the caller */
  const bool *fits;      /* [n_basins + 1] at [basin + 1]: it can begin there; NULL: everywhere */
  bool has_work;         /* its works meet Crooks' relation, and are kept */
  bool tunes_step;       /* bgen_markov_tune() changes tuned[0], the step of a near move */
  bool tunes_schedule;   /* the caller changes tuned[], by bgen_markov_tuned() */
  size_t n_tuned;        /* its step or schedule; 0 is fine */
  const double *untuned; /* [n_tuned], as they are at first */
} bgen_markov_move;

/* All of it is copied.  The texts are one line each: a chain is continued with the same only. */
typedef struct bgen_markov_options {
  uint64_t seed;
  size_t n_basins, n_moves;
  const double *offset; /* [n_basins]; NULL: all are 0 */
  bool tunes_offsets;
  const bgen_markov_move *move; /* [n_moves] */
  const char *moves, *cvs, *basins, *offsets;
} bgen_markov_options;

bgen_status bgen_markov_create(const bgen_markov_options *options, bgen_markov_chain **chain);
void bgen_markov_destroy(bgen_markov_chain *chain); /* NULL is fine */

/* ---- the next attempt ---- */

/* The attempts to come are with the model of this checksum and at this temperature.  Works of
   several models, or of several temperatures, do not belong together: those of others are dropped,
   and so are visits at another temperature. */
void bgen_markov_begin(bgen_markov_chain *chain, uint64_t model, double temperature);

/* One that fits the basin, by the attempt's own random number; -1: none does. */
int bgen_markov_choose_move(const bgen_markov_chain *chain, int from);

/* Where none does the chain stays: a visit of the basin, but no attempt. */
void bgen_markov_skip(bgen_markov_chain *chain, int from);

bool bgen_markov_fits(const bgen_markov_chain *chain, int move, int basin);
bool bgen_markov_joins(const bgen_markov_chain *chain, int move, int a, int b); /* it fits both */
/* offset + ln p of a move that fits the basin, up to a constant; else -INFINITY.  It is the offset
   alone where all moves fit everywhere. */
double bgen_markov_bias(const bgen_markov_chain *chain, int move, int basin);

/* The random numbers of the attempt for a purpose that has one point an attempt (MOVE, ACCEPT,
   VELOCITY, BORDER), and the point of its first (0) or second (1) path in BGEN_STREAM_PATH. */
bgen_rng bgen_markov_rng(const bgen_markov_chain *chain, bgen_stream stream);
uint64_t bgen_markov_path_point(const bgen_markov_chain *chain, int second);

/* The Metropolis test under offsets, of a move chosen as above; u_new at the proposal, log_ratio
   that of e^-u (metropolis.h). */
bool bgen_markov_accepts(const bgen_markov_chain *chain, const bgen_attempt *attempt, double u_new,
                         double log_ratio);

/* MD that follows e^-u led from one basin to another, under offsets: false if it must be undone (go
   back to where it began, with reversed velocities: MD run backwards from its end would have been
   as likely; Duane, Kennedy, Pendleton, Roweth, Phys. Lett. B 195, 216,
   doi:10.1016/0370-2693(87)91197-X).  Counts crossings. */
bool bgen_markov_crosses(bgen_markov_chain *chain, int from, int to);

/* Counts the attempt; after it the random numbers are those of the next one. */
bgen_status bgen_markov_add(bgen_markov_chain *chain, const bgen_attempt *attempt);

/* ---- tuning; a chain that is tuned by its own past is not exact ---- */

/* After bgen_markov_add(): offsets if they are due, and the step of the move.  Nothing unless
   tuning. */
bgen_status bgen_markov_tune(bgen_markov_chain *chain, const bgen_attempt *attempt);

bool bgen_markov_tuning(const bgen_markov_chain *chain); /* at first, where anything can be tuned */

/* Tuning that ends balances the offsets once more. */
bgen_status bgen_markov_set_tuning(bgen_markov_chain *chain, bool tunes);

/* The step or schedule [n_tuned] of a move. */
double *bgen_markov_tuned(bgen_markov_chain *chain, int move);
const double *bgen_markov_tuned_values(const bgen_markov_chain *chain, int move, size_t *n);
bool bgen_markov_adapts(const bgen_markov_chain *chain, int move); /* it can be tuned */

/* The chain follows e^{-u + offset[basin]}; visits under others are dropped. */
void bgen_markov_set_offsets(bgen_markov_chain *chain, const double *offset);
bool bgen_markov_has_offsets(const bgen_markov_chain *chain); /* that are not 0 */
double bgen_markov_offset(const bgen_markov_chain *chain, int basin);
bool bgen_markov_tunes_offsets(const bgen_markov_chain *chain); /* by its options */

/* ---- what it knows ---- */

uint64_t bgen_markov_seed(const bgen_markov_chain *chain);
uint64_t bgen_markov_model(const bgen_markov_chain *chain);     /* checksum; 0: no attempt yet */
double bgen_markov_temperature(const bgen_markov_chain *chain); /* 0: no attempt yet */
bool bgen_markov_has_work(const bgen_markov_chain *chain, int move);

int64_t bgen_markov_count(const bgen_markov_chain *chain, bgen_counter counter);
void bgen_markov_count_up(bgen_markov_chain *chain, bgen_counter counter, int64_t n);

/* For a snapshot, and for all that tally.h says of it; valid as long as the chain, which changes
   it. */
const bgen_totals *bgen_markov_totals(const bgen_markov_chain *chain);
const bgen_work_lists *bgen_markov_works(const bgen_markov_chain *chain);

/* Works of the chains of a pool, in their order: of_chains[n], NULL for this chain itself, which
   owns the others from now on, even where it fails.  They count in tuning until the model or the
   temperature of the chain is another one; they are not in its restart.  n = 0: no pool. */
bgen_status bgen_markov_pool(bgen_markov_chain *chain, size_t n, bgen_work_lists *const *of_chains);
/* Its works and those of its pool, a run for each chain; the caller destroys them. */
bgen_status bgen_markov_all_works(const bgen_markov_chain *chain, bgen_work_lists **works);
/* Offsets by all of these, if it tunes them now. */
bgen_status bgen_markov_balance(bgen_markov_chain *chain);

/* The works from a to b that have come since `before`, a snapshot (NULL: all): work[n]. */
const double *bgen_markov_works_since(const bgen_markov_chain *chain, const bgen_totals *before,
                                      int move, int a, int b, size_t *n);

/* Its visits of the basins after attempts. */
const bgen_visits *bgen_markov_visits(const bgen_markov_chain *chain);
/* F(b) - F(a) in kT from visits[n_chains] under its present offsets: its own, or those of a pool as
   well; a status with a sentence where it is unknown.  From works: bgen_work_lists_difference(). */
bgen_status bgen_markov_difference(const bgen_markov_chain *chain, size_t n_chains,
                                   const bgen_visits *visits, int a, int b,
                                   bgen_estimate *estimate);

double bgen_markov_acceptance(const bgen_markov_chain *chain); /* of all attempts; 0 before any */
size_t bgen_markov_memory(const bgen_markov_chain *chain);     /* bytes */

BGEN_API_END
#endif
