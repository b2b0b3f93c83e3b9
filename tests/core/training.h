/* SPDX-License-Identifier: GPL-2.0-or-later
   training.h - a target that trainers are tested on: two correlated normals, which a flow of one
   block can make of independent ones. */
#ifndef BGEN_TESTS_TRAINING_H
#define BGEN_TESTS_TRAINING_H

#include "train/trainer.h"

/* batches of more chunks than the trainer has slots, the last of them not full */
enum { BATCH = 520, STEPS = 400, FRAMES = 5200, DIM = 2 };

/* y0 = a0, y1 = slope y0 + width a1 with standard normal a; ln|det| = ln width. */
extern const double slope, width;

/* frames of the target; those of a step; the samples of the last step with their energies */
extern double frames[FRAMES * DIM], batch_x[BATCH * DIM], x_flow[BATCH * DIM];
extern double u[BATCH], grad_u[BATCH * DIM];

void fill_target(void);  /* frames */
void rate_samples(void); /* u = a0^2/2 + a1^2/2 and its gradient at x_flow */

bgen_flow *make_from(const char *spec);
bgen_flow *make(void); /* able to learn the target */

bgen_train_options options_of(double weight_ml, double weight_kl, int n_threads);

/* the samples of the coming step, with their energies, of which `spoil` makes some none */
void evaluate(bgen_trainer *trainer, void (*spoil)(void));

/* what else there is to say about a step; the collective variable is the first coordinate */
const bgen_train_batch *batch_of(const double *x_data);

/* STEPS steps: means over the last quarter of them */
bgen_train_report train(bgen_flow *flow, const bgen_train_options *options);

#endif
