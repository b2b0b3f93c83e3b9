/* SPDX-License-Identifier: MIT */
#include "train/recipe.h"

#include <math.h>

static const size_t many_frames = 3000;

double bgen_recipe_rate(size_t n_frames)
{
  return n_frames < many_frames ? 1e-3 : 5e-4;
}

double bgen_recipe_ml(size_t n_frames)
{
  return n_frames < many_frames ? 0.03 : 0.1;
}

size_t bgen_recipe_ml_steps(size_t n_frames)
{
  return n_frames < many_frames ? 100 : 250;
}

double bgen_recipe_cap(size_t n, const double *u, size_t dim)
{
  size_t n_finite = 0;
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(u[i])) sum += u[i], n_finite++;
  return n_finite ? sum / (double) n_finite + (double) dim : INFINITY;
}
