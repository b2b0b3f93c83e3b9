/* SPDX-License-Identifier: MIT
   trainer_private.h - the inside of a trainer, for trainer.c and trainer_gradient.c alone. */
#ifndef BGEN_TRAIN_TRAINER_PRIVATE_H
#define BGEN_TRAIN_TRAINER_PRIVATE_H

#include "base/product.h"
#include "train/adam.h"
#include "train/ema.h"
#include "train/trainer.h"

/* A chunk of points walks through the whole gradient once.  Chunks add to the gradient of their
   slot, chunk c to slot c mod n_slots, in rising order; slots are then summed in order.  So the sum
   does not depend on which thread did what.
   A chunk is a pair of BGEN_SUM_ROWS points; where too few pairs leave threads idle, its halves are
   chunks of their own, whose gradients are added up before those of slots: the same bits.  Maps
   that add often take one half at a time, always. */
enum { BGEN_TRAIN_PAIR = 2 * BGEN_SUM_ROWS, BGEN_TRAIN_SLOTS = 16 };

/* Samples keep the tapes of their map until they teach, up to so many doubles: 128 MiB.  Those
   beyond are made again. */
enum { BGEN_TRAIN_MOST_KEPT = 1 << 24 };

/* Sums over BGEN_SUM_ROWS points. */
typedef struct bgen_train_tally {
  double loss;
  size_t n_not_finite, n_capped;
} bgen_train_tally;

/* Which points of a batch a trainer has. */
typedef struct bgen_train_share {
  size_t first, n;
} bgen_train_share;

struct bgen_trainer {
  bgen_flow *flow;
  bgen_train_options options;
  uint64_t step;
  bgen_train_share data, samples; /* of the batches, that this trainer has */
  size_t chunk_size;              /* points */
  size_t n_data_chunks, n_flow_chunks, n_slots;
  size_t n_halves; /* chunks of a slot that are made apart, 1 or 2 */
  size_t n_kept;   /* of the chunks of samples, those that keep their tapes */
  bgen_adam *adam;
  bgen_ema *ema;       /* NULL: parameters are not averaged */
  bgen_real *gradient; /* [n_slots][n_halves][n_params] */
  bgen_real *best;     /* [n_params], of the least loss; at first those before the first step */
  double least_loss;
  const bgen_real *slot[BGEN_TRAIN_SLOTS]; /* first half of each, which becomes its sum */
  double *memory;                          /* of the lanes, [n_threads][lane_size] */
  size_t lane_size;
  double *kept;                  /* [n_kept][chunk_size * tape_size] */
  bgen_train_tally *tally;       /* [n_data_chunks + n_flow_chunks][chunk_size / BGEN_SUM_ROWS] */
  double *latent;                /* [samples.n][dim] of the samples last proposed */
  double *x;                     /* [samples.n][dim], these samples */
  double *u, *grad_u;            /* [samples.n], [samples.n][dim], and what has arrived of them */
  bool has_energies;             /* they have arrived */
  double *log_weight;            /* [samples.n]; until energies are rated, log-determinants */
  double *slope;                 /* [batch_flow] d(loss)/ds, of weight_rc */
  double rc;                     /* loss along s */
  const bgen_train_batch *batch; /* of the step in progress */
};

/* Of the lane of one thread, its memory. */
size_t bgen_trainer_lane_size(const bgen_trainer *trainer);

/* A sample of the batch has this temperature, relative to that of training. */
double bgen_trainer_tau(const bgen_trainer *trainer, size_t sample);

/* The samples of the coming step: latent, x, and log-determinants into log_weight. */
void bgen_trainer_make_samples(bgen_trainer *trainer);

/* The gradient of the points of this trainer into its slots, and their sums into tally[]; rc. */
void bgen_trainer_learn(bgen_trainer *trainer, const bgen_train_batch *batch);

#endif
