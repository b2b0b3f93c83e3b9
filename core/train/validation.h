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
#include "estimate/free_energy.h"
#include "model/generator.h"
#include "train/frames.h"

BGEN_API_BEGIN

typedef struct bgen_validation bgen_validation;

/* How many points judge a flow at most. */
typedef struct bgen_validation_size {
  size_t n_frames;  /* once */
  size_t n_samples; /* for each verdict */
} bgen_validation_size;

/* 1024 frames, and 512 samples in each line of a table.  Where a stage learns from few points,
   frames and samples in all its steps, no more than a quarter of them as frames and another quarter
   as samples of all lines; but 256 frames, and 64 samples in a line, without which a verdict says
   nothing. */
bgen_validation_size bgen_validation_size_for(size_t n_points, size_t n_lines);

/* Everything but the numbers is the caller's, and outlives the validation. */
typedef struct bgen_validation_options {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  size_t k; /* component; samples of it count as jumps only within the same basin */
  const bgen_basins *basins;
  uint64_t seed;
  double energy_high; /* kT; energies of samples are capped from here on, as in training */
  bgen_validation_size size;
  bgen_runs walkers; /* of all the frames; n = 0: they are independent */
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
  double lost; /* fraction of the frames in modes that the flow has lost (lost_modes.h) */
} bgen_verdict;

/* As many of the frames as `size` says, evenly, are copied. */
bgen_status bgen_validation_create(const bgen_validation_options *options,
                                   const bgen_frames *frames, bgen_validation **validation);
void bgen_validation_destroy(bgen_validation *validation); /* NULL is fine */

bgen_status bgen_validation_begin(bgen_validation *validation);
bgen_status bgen_validation_next(bgen_validation *validation, bgen_wanted *wanted);
bgen_status bgen_validation_arrive(bgen_validation *validation, const double *u,
                                   const double *grad_u);

/* Once the energies of bgen_validation_begin() have arrived. */
bgen_status bgen_validation_verdict(bgen_validation *validation, bgen_verdict *verdict);

/* Two verdicts are kept to compare with later ones. */
typedef enum bgen_kept_line { BGEN_BEST_LINE, BGEN_EARLIER_LINE, BGEN_KEPT_LINES } bgen_kept_line;

void bgen_validation_keep(bgen_validation *validation, bgen_kept_line which); /* the latest */

/* How much the loss has changed from a kept verdict to the latest, in kT: the mean of ml and kl
   with these weights.  Its error is that of differences from frame to same frame, and from latent
   point to same latent point, so it is much smaller than that of the losses.  NaN: nothing was
   kept. */
bgen_estimate bgen_validation_change(bgen_validation *validation, bgen_kept_line which,
                                     double weight_ml, double weight_kl);

BGEN_API_END
#endif
