/* SPDX-License-Identifier: MIT
   recipe.h - numbers of training that follow from the frames of a basin.

   Found by trials on alanine dipeptide with flow molecule (model/spec.h), 1000 and 16,000 frames:
   by example alone the flow overfits, the sooner the fewer frames there are; then by energy too,
   where frames with a small weight keep all modes, and with a great one the flow overfits again. */
#ifndef BGEN_TRAIN_RECIPE_H
#define BGEN_TRAIN_RECIPE_H

#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

double bgen_recipe_rate(size_t n_frames);     /* of learning by both, at first */
double bgen_recipe_ml(size_t n_frames);       /* weight of the loss by example, that by energy 1 */
size_t bgen_recipe_ml_steps(size_t n_frames); /* by example alone */
enum { BGEN_RECIPE_KL_STEPS = 900 };          /* by both */

/* Where the cap of energies (train/loss.h) begins: the mean of u[n] of frames, as far as they are
   finite, and kT for each of dim coordinates.  Frames of a harmonic basin lie below it by dim/2 and
   sqrt(2 dim) standard deviations.  Far above it a single clash would be all that a batch teaches.
   +inf if no u is finite. */
double bgen_recipe_cap(size_t n, const double *u, size_t dim);

BGEN_API_END
#endif
