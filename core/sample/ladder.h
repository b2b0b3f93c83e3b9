/* SPDX-License-Identifier: MIT
   ladder.h - the stages of a population (population.h), one after the other: t = 0 ... n_stages

     from a flow, at one temperature    lambda_t = (t / n_stages)^power
                                        stage (1 - lambda_t, lambda_t)
     from one temperature to another    T_t = first (last / first)^(t / n_stages)
                                        stage (0, first / T_t), u being that at the first of them */
#ifndef BGEN_SAMPLE_LADDER_H
#define BGEN_SAMPLE_LADDER_H

#include "base/api.h"
#include "sample/population.h"

BGEN_API_BEGIN

typedef struct bgen_ladder {
  bool from_flow;
  size_t n_stages;
  double first, last; /* temperatures; from a flow they are the same */
  double power;       /* from a flow */
} bgen_ladder;

double bgen_ladder_lambda(const bgen_ladder *ladder, size_t t); /* 0 where there is no flow */
double bgen_ladder_temperature(const bgen_ladder *ladder, size_t t);
bgen_stage bgen_ladder_stage(const bgen_ladder *ladder, size_t t);

/* Paths both ways, with which the free energy between a flow and e^{-u} has a wished error. */
typedef struct bgen_ladder_plan {
  size_t n_walkers, n_stages;
} bgen_ladder_plan;

/* From what paths of n_stages stages have dissipated, the mean of both ways, in kT.  Near
   equilibrium a path of S stages dissipates W_S ~ 1/S, and BAR of n paths each way has the error
   sqrt(W_S/n) (Shirts, Bair, Hooker, Pande, Phys. Rev. Lett. 91, 140601,
   doi:10.1103/PhysRevLett.91.140601), so that only n S counts; W_S is to be 1 kT, or less where n
   would exceed most_walkers.  False: the paths were far from equilibrium, and `plan` is of stages
   to look at next. */
bool bgen_ladder_plan_paths(double dissipated, size_t n_stages, double error, size_t most_walkers,
                            size_t most_stages, bgen_ladder_plan *plan);

BGEN_API_END
#endif
