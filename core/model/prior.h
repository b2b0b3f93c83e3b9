/* SPDX-License-Identifier: MIT
   prior.h - the distribution of latent points: independent normals of variance tau.  A flow that was
   trained at one temperature is asked about another one through tau, the ratio of the two (Noe, Olsson,
   Koehler, Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147). */
#ifndef BGEN_MODEL_PRIOR_H
#define BGEN_MODEL_PRIOR_H

#include "base/rng.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Row i of z[n][dim] is drawn from its own generator, at point first + i of the stream, and is the same
   for every tau but for its length. */
void bgen_prior_sample(uint64_t seed, bgen_stream stream, uint64_t first, size_t n, size_t dim,
                       double tau, double *z);

/* log of the density of one point: -|z|^2 / (2 tau) - dim ln(2 pi tau) / 2 */
double bgen_prior_log_p(size_t dim, double tau, const double *z);

#ifdef __cplusplus
}
#endif
#endif
