/* SPDX-License-Identifier: MIT
   acceptance.h - how often independent proposals will be accepted, before any is made. */
#ifndef BGEN_ESTIMATE_ACCEPTANCE_H
#define BGEN_ESTIMATE_ACCEPTANCE_H

#include <stddef.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Mean of min(1, w_j / w_i) over all pairs of a present configuration i and a proposal j, from the
   log-weights log w = -u - log q: old[n_old] of configurations that follow e^-u, proposed[n_proposed]
   of samples of q.  A proposal of log-weight -inf or NaN is never accepted; NaN in old is refused. */
bgen_status bgen_mean_acceptance(size_t n_old, const double *old, size_t n_proposed,
                                 const double *proposed, double *mean);

#ifdef __cplusplus
}
#endif
#endif
