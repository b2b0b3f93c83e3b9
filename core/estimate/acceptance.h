/* SPDX-License-Identifier: MIT
   acceptance.h - how often independent proposals will be accepted, before any is made, and how
   often each flow should propose. */
#ifndef BGEN_ESTIMATE_ACCEPTANCE_H
#define BGEN_ESTIMATE_ACCEPTANCE_H

#include <stddef.h>

#include "base/api.h"
#include "base/status.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

/* Mean of min(1, w_j / w_i) over all pairs of a present configuration i and a proposal j, from the
   log-weights log w = -u - log q: old[n_old] of configurations that follow e^-u,
   proposed[n_proposed] of samples of q.  A proposal of log-weight -inf or NaN is never accepted;
   NaN in old is refused. */
bgen_status bgen_mean_acceptance(size_t n_old, const double *old, size_t n_proposed,
                                 const double *proposed, double *mean);

/* The same from works (free_energy.h): back, of configurations of a basin of free energy f_from,
   and there, of proposals to a basin of free energy f_to, where both basins are made equally
   probable, as e^-u/Z in each, and are proposed equally often.  Within one basin f_from = f_to. */
bgen_status bgen_balanced_acceptance(const bgen_works *back, double f_from, const bgen_works *there,
                                     double f_to, double *mean);

/* Weights with which each flow is proposed as often as its basin is visited, up to a common factor,
   the greatest being 1: weight[n] > 0 from free_energy[n]. */
void bgen_mixture_weights(size_t n, const double *free_energy, double *weight);

BGEN_API_END
#endif
