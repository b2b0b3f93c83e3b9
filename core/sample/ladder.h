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

BGEN_API_END
#endif
