/* SPDX-License-Identifier: MIT
   recipe.h - numbers of training that follow from the number of frames of a basin.

   Found by trials on alanine dipeptide with flow molecule (model/spec.h), 1000 and 16,000 frames: by
   example alone the flow overfits, the sooner the fewer frames there are; then by energy too, where
   frames with a small weight keep all modes, and with a great one the flow overfits again. */
#ifndef BGEN_TRAIN_RECIPE_H
#define BGEN_TRAIN_RECIPE_H

#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

double bgen_recipe_ml(size_t n_frames);       /* weight of the loss by example, that by energy 1 */
size_t bgen_recipe_ml_steps(size_t n_frames); /* by example alone */
enum { BGEN_RECIPE_KL_STEPS = 900 };          /* by both */

BGEN_API_END
#endif
