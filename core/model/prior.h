/* SPDX-License-Identifier: MIT
   prior.h - the distribution of latent points: independent standard normals. */
#ifndef BGEN_MODEL_PRIOR_H
#define BGEN_MODEL_PRIOR_H

#include "base/rng.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Row i of z[n][dim] is drawn from its own generator, at point first + i of the stream. */
void bgen_prior_sample(uint64_t seed, bgen_stream stream, uint64_t first, size_t n, size_t dim,
                       double *z);

/* log of the density of one point: -|z|^2 / 2 - dim ln(2 pi) / 2 */
double bgen_prior_log_p(size_t dim, const double *z);

#ifdef __cplusplus
}
#endif
#endif
