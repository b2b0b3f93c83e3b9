/* SPDX-License-Identifier: MIT
   annealed_tested.h - the functions of sample/annealed.h for tested steps, where of, to_flow and at
   are those of the beginning. */
#ifndef BGEN_SAMPLE_ANNEALED_TESTED_H
#define BGEN_SAMPLE_ANNEALED_TESTED_H

#include "sample/annealed.h"

/* log_q[n] is the flow's u_0 there. */
void bgen_tested_from_flow(bgen_annealed *anneal, const bgen_dynamics *dynamics, uint64_t seed,
                           bgen_stream stream, uint64_t first, const double *x);
bgen_status bgen_tested_to_flow(bgen_annealed *anneal, const bgen_dynamics *dynamics, uint64_t seed,
                                bgen_stream stream, uint64_t first, size_t n, const double *x,
                                const double *u, const double *grad_u);
bgen_status bgen_tested_next(bgen_annealed *anneal, bgen_wanted *wanted);
bgen_status bgen_tested_arrive(bgen_annealed *anneal, const double *u, const double *grad_u);

#endif
