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

/* ---- plans ---- */

static const double MARGIN = 1.4;      /* works are no normal numbers, and W_S is of some paths */
static const double FAR = 4, MORE = 8; /* kT above which W_S is not yet ~ 1/S; then more stages */
static const double FEWEST_WALKERS = 64, FEWEST_STAGES = 10;

static size_t rounded_up(double least, double number, double most)
{
  return (size_t) ceil(fmin(fmax(number, least), most));
}

bool bgen_ladder_plan_paths(double dissipated, size_t n_stages, double error, size_t most_walkers,
                            size_t most_stages, bgen_ladder_plan *plan)
{
  const double stages = (double) n_stages, most = (double) most_stages;
  if (!(dissipated <= FAR) && n_stages < most_stages) {
    plan->n_stages = rounded_up(1, stages * (dissipated < 2 * MORE ? dissipated / 2 : MORE), most);
    return false;
  }
  const double wished = error * error / MARGIN,
               most_n = fmax((double) most_walkers, FEWEST_WALKERS);
  plan->n_walkers = rounded_up(FEWEST_WALKERS, 1 / wished, most_n);
  const double each = fmin((double) plan->n_walkers * wished, 1);
  plan->n_stages = !isfinite(dissipated)
                       ? most_stages
                       : rounded_up(FEWEST_STAGES, stages * dissipated / each, most);
  return true;
}
