/* SPDX-License-Identifier: MIT */
#include "model/prior.h"

#include <math.h>

static const double half_log_two_pi = 0.91893853320467274178;

void bgen_prior_sample(uint64_t seed, bgen_stream stream, uint64_t first, size_t n, size_t dim,
                       double tau, double *z)
{
  const double width = sqrt(tau);
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(seed, stream, first + i);
    bgen_rng_normals(&rng, dim, z + i * dim);
    for (size_t j = 0; j < dim; j++) z[i * dim + j] *= width;
  }
}

double bgen_prior_log_p(size_t dim, double tau, const double *z)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) sum += z[j] * z[j];
  return -0.5 * sum / tau - (double) dim * (half_log_two_pi + 0.5 * log(tau));
}
