/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "normal_target.h"

#include <math.h>

#include "model/prior.h"

double normal_energy(size_t dim, const double *x)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) sum += 0.5 * x[j] * x[j];
  return sum;
}

void normal_draw(uint64_t first, size_t n, size_t dim, double *x)
{
  const bgen_prior normal = {dim, 0, NULL, NULL};
  bgen_prior_sample(&normal, 1, 5, BGEN_STREAM_TEST, first, n, x);
}

void normal_moments_add(normal_moments *moments, size_t n, const double *values)
{
  moments->n += n;
  for (size_t i = 0; i < n; i++) {
    double power = 1;
    for (size_t m = 0; m < 4; m++) moments->sum[m] += power *= values[i];
  }
}

double normal_moments_worst(const normal_moments *moments)
{
  static const double mean[4] = {0, 1, 0, 3}, variance[4] = {1, 2, 15, 96};
  const double n = (double) moments->n;
  double worst = 0;
  for (size_t m = 0; m < 4; m++) {
    const double deviation = fabs(moments->sum[m] / n - mean[m]) / sqrt(variance[m] / n);
    if (!(deviation <= worst)) worst = deviation;
  }
  return worst;
}
