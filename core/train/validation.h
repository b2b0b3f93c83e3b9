/* SPDX-License-Identifier: MIT
   validation.h - what the flow of a basin is worth: by held-out frames, by samples, and by what a
   jump would meet.

   Energies are those at the temperature of training, by the protocol of base/wanted.h, without
   gradients:

     bgen_validation_create(...)
     next, arrive until it has ended       the held-out frames, once
     for each verdict
       bgen_validation_begin(it)           samples, from the same latent points each time, so that
                                           verdicts of one validation differ by less noise
       next, arrive until it has ended     their energies
       bgen_validation_verdict(it, &verdict) */
#ifndef BGEN_TRAIN_VALIDATION_H
#define BGEN_TRAIN_VALIDATION_H

#include "base/api.h"
#include "base/wanted.h"
#include "coords/basin.h"
#include "model/generator.h"
#include "train/frames.h"

BGEN_API_BEGIN

typedef struct bgen_validation bgen_validation;

/* Everything but the numbers is the caller's, and outlives the validation. */
typedef struct bgen_validation_options {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  size_t k; /* component; samples of it count as jumps only within the same basin */
  const bgen_basins *basins;
  uint64_t seed;
  double energy_high; /* kT; energies of samples are capped from here on, as in training */
} bgen_validation_options;

/* In kT; NaN where there are no frames, or where it is unknown. */
typedef struct bgen_verdict {
  double ml; /* mean of -log q over the frames */
  /* Mean of u (capped) + log q over the samples that are in the domain and have an energy; q is
     normalised to these, so that a flow gains nothing by leaving its domain. */
  double kl;
  double outside;    /* fraction of samples outside the domain of the flow */
  double acceptance; /* mean acceptance of jumps within the basin */
  /* of the basin's free energy, were all of this BAR's input; frames independent */
  double bar_error;
} bgen_verdict;

/* Up to 1024 of the frames, evenly, are copied. */
bgen_status bgen_validation_create(const bgen_validation_options *options,
                                   const bgen_frames *frames, bgen_validation **validation);
void bgen_validation_destroy(bgen_validation *validation); /* NULL is fine */

bgen_status bgen_validation_begin(bgen_validation *validation);
bgen_status bgen_validation_next(bgen_validation *validation, bgen_wanted *wanted);
bgen_status bgen_validation_arrive(bgen_validation *validation, const double *u,
                                   const double *grad_u);

/* Once the energies of bgen_validation_begin() have arrived. */
bgen_status bgen_validation_verdict(bgen_validation *validation, bgen_verdict *verdict);

BGEN_API_END
#endif
