/* SPDX-License-Identifier: MIT
   trainer.h - one stage of training of one flow.

   The caller owns the loop and the energies (base/wanted.h):
     repeat
       bgen_trainer_next(trainer, &wanted)          the samples of this step; none, and no end
       if (wanted.n)                                of it, where weight_kl = weight_rc = 0
         { evaluate u and its gradient at wanted.x, and a collective variable s if weight_rc > 0;
           bgen_trainer_arrive(trainer, u, grad_u); }
       bgen_trainer_step(trainer, &batch, &report)  with frames, if weight_ml > 0

   Several temperatures are learned at once: sample i belongs to tau[i mod n_tau], its latent point
   comes from the prior at that tau and its energy counts as u / tau.  Frames belong to tau = 1. */
#ifndef BGEN_TRAIN_TRAINER_H
#define BGEN_TRAIN_TRAINER_H

#include <stdbool.h>

#include "base/api.h"
#include "base/wanted.h"
#include "model/flow.h"

BGEN_API_BEGIN

enum { BGEN_MOST_TAU = 16 };

typedef struct bgen_train_options {
  size_t n_steps;                /* the learning rate falls from lr to lr_end over them */
  size_t batch_data, batch_flow; /* frames and samples of a step */
  double weight_ml, weight_kl, weight_rc;
  double rc_low, rc_high; /* where samples are to be spread, along the collective variable */
  size_t n_tau;
  double tau[BGEN_MOST_TAU];
  double lr, lr_end;  /* along half a cosine */
  double energy_high; /* kT; where the energy cap begins */
  double clip;        /* greatest norm of a gradient; <= 0: none */
  double ema;         /* decay of the moving average of parameters (train/ema.h); 0: none */
  uint64_t seed;
  uint64_t first_sample; /* where the stream of latent points goes on */
  int n_threads;
  size_t n_warmup;      /* steps in which the rate rises from 0: moments are not known at first */
  size_t part, n_parts; /* which part of each batch this trainer has, see bgen_trainer_gradient() */
} bgen_train_options;

#define BGEN_TRAIN_DEFAULTS                                                                        \
  {                                                                                                \
    .n_steps = 1000, .batch_data = 256, .batch_flow = 256, .weight_ml = 1, .weight_kl = 0,         \
    .weight_rc = 0, .rc_low = 0, .rc_high = 1, .n_tau = 1, .tau = {1}, .lr = 1e-3, .lr_end = 1e-3, \
    .energy_high = 1e3, .clip = 100, .ema = 0, .seed = 0, .first_sample = 0, .n_threads = 1,       \
    .n_warmup = 0, .part = 0, .n_parts = 1                                                         \
  }
bgen_train_options bgen_train_defaults(void); /* the same, for other languages */

/* Means over the batch, in kT; NaN where a loss has no weight: ml of -log q of the frames, kl of
   u/tau (capped) + log q of the samples. */
typedef struct bgen_train_report {
  double loss, ml, kl, rc, lr, grad_norm;
  size_t n_not_finite; /* samples without a finite energy or gradient: left out of the step */
  size_t n_capped;     /* samples beyond energy_high */
} bgen_train_report;

typedef struct bgen_trainer bgen_trainer;

/* Trains flow, which stays the caller's and must outlive the trainer. */
bgen_status bgen_trainer_create(bgen_flow *flow, const bgen_train_options *options,
                                bgen_trainer **trainer);
void bgen_trainer_destroy(bgen_trainer *trainer); /* NULL is fine */

/* The samples of this step: wanted.x[n][dim], n = batch_flow, or of its part.  The parameters must
   stay as they are until the step, which uses what the map left here. */
bgen_status bgen_trainer_next(bgen_trainer *trainer, bgen_wanted *wanted);
bgen_status bgen_trainer_arrive(bgen_trainer *trainer, const double *u, const double *grad_u);

/* What else the caller brings to a step; NULL for what no loss needs. */
typedef struct bgen_train_batch {
  const double *x_data;     /* [batch_data][dim] */
  const double *s, *grad_s; /* [batch_flow] of all samples, [n][dim] of those of the trainer */
} bgen_train_batch;

/* BGEN_NOT_FINITE: nothing was changed but the step is counted. */
bgen_status bgen_trainer_step(bgen_trainer *trainer, const bgen_train_batch *batch,
                              bgen_train_report *report);

/* Several trainers of equal flows, one in each of n_parts places, learn each batch together.  Each
   has its part of the samples, with the random numbers that they have in the whole batch, and of
   the frames.  Instead of bgen_trainer_step

     gradient = bgen_trainer_gradient(trainer, &batch, &sums)   [n_params] of its part
     the sum over all trainers comes into gradient, that of sums into sums
     bgen_trainer_descend(trainer, &sums, &report)

   All flows stay equal if these sums are, bit for bit.  What is learned is what one trainer learns
   of the whole batch, but for the order of sums. */
typedef struct bgen_train_sums {
  double ml, kl; /* of the losses; numbers of samples */
  double n_not_finite, n_capped;
} bgen_train_sums;

bgen_real *bgen_trainer_gradient(bgen_trainer *trainer, const bgen_train_batch *batch,
                                 bgen_train_sums *sums);
bgen_status bgen_trainer_descend(bgen_trainer *trainer, const bgen_train_sums *sums,
                                 bgen_train_report *report);

/* The part of n points that trainer `part` of n_parts has begins here. */
size_t bgen_trainer_part_begin(size_t n, size_t part, size_t n_parts);

/* Keeps the parameters as they are now if loss, a number of the caller's, is the least so far (and
   not NaN); true if it is.  bgen_trainer_take_best goes back to them, if there are any. */
bool bgen_trainer_keep_if_best(bgen_trainer *trainer, double loss);
void bgen_trainer_take_best(bgen_trainer *trainer);

/* The flow gets the moving average of its parameters, and back; nothing where there is none.  No
   step is made in between. */
void bgen_trainer_swap_mean(bgen_trainer *trainer);

/* Where training has diverged: to the best parameters, or those before the first step if none were
   kept. */
bool bgen_trainer_is_finite(const bgen_trainer *trainer); /* all parameters are */
void bgen_trainer_go_back(bgen_trainer *trainer);

/* log w = -u/tau - log q [n] of the trainer's samples of the last step; -inf where u is not
   finite. */
const double *bgen_trainer_log_weights(const bgen_trainer *trainer);

BGEN_API_END
#endif
