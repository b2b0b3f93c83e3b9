/* SPDX-License-Identifier: MIT */
#include "train/recipe.h"

static const size_t many_frames = 3000;

double bgen_recipe_ml(size_t n_frames)
{
  return n_frames < many_frames ? 0.03 : 0.1;
}

size_t bgen_recipe_ml_steps(size_t n_frames)
{
  return n_frames < many_frames ? 100 : 250;
}
