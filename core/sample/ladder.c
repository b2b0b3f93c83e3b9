/* SPDX-License-Identifier: MIT */
#include "sample/ladder.h"

#include <math.h>

static double part(const bgen_ladder *ladder, size_t t)
{
  return (double) t / (double) ladder->n_stages;
}

double bgen_ladder_lambda(const bgen_ladder *ladder, size_t t)
{
  if (!ladder->from_flow) return 0;
  return t < ladder->n_stages ? pow(part(ladder, t), ladder->power) : 1;
}

double bgen_ladder_temperature(const bgen_ladder *ladder, size_t t)
{
  if (ladder->from_flow) return ladder->first;
  return ladder->first * pow(ladder->last / ladder->first, part(ladder, t));
}

bgen_stage bgen_ladder_stage(const bgen_ladder *ladder, size_t t)
{
  const double lambda = bgen_ladder_lambda(ladder, t);
  if (ladder->from_flow) return (bgen_stage){1 - lambda, lambda};
  return (bgen_stage){0, ladder->first / bgen_ladder_temperature(ladder, t)};
}
