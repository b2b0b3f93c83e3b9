/* SPDX-License-Identifier: MIT */
#include "train/loss.h"

#include <math.h>

double bgen_cap_energy(double u, double high, double *slope)
{
  const double excess = u - high + 1;
  *slope = u > high ? 1 / excess : 1;
  return u > high ? high + log(excess) : u;
}

double bgen_loss_example(size_t dim, const double *z, double log_det, double scale, double *grad_z)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) {
    sum += z[j] * z[j];
    grad_z[j] = scale * z[j];
  }
  return 0.5 * sum - log_det;
}

double bgen_loss_energy(size_t dim, double u, const double *grad_u, double high, double log_det,
                        double scale, double *grad_x)
{
  double slope;
  const double capped = bgen_cap_energy(u, high, &slope);
  for (size_t j = 0; j < dim; j++) grad_x[j] = scale * slope * grad_u[j];
  return capped - log_det;
}
