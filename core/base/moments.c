/* SPDX-License-Identifier: MIT */
#include "base/moments.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double width_floor = 1e-4;

void bgen_means(size_t n, size_t dim, const double *x, double *mean)
{
  memset(mean, 0, dim * sizeof *mean);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < dim; j++) mean[j] += x[i * dim + j] / (double) n;
}

double bgen_widths(size_t dim, double *variance)
{
  double total = 0, log_product = 0;
  for (size_t k = 0; k < dim; k++) total += variance[k];
  const double scale = total <= 0 ? 1 : sqrt(total / (double) dim);
  for (size_t k = 0; k < dim; k++) {
    const double width = variance[k] > 0 ? sqrt(variance[k]) : 0;
    variance[k] = width > width_floor * scale ? width : width_floor * scale;
    log_product += log(variance[k]);
  }
  return log_product;
}

/* dim additions round by eps of what was summed so far, logarithms by eps of themselves */
bool bgen_sum_of_logs(size_t dim, const double *width, double sum)
{
  double own = 0, size = 1;
  for (size_t j = 0; j < dim; j++) {
    if (!(width[j] > 0)) return false;
    own += log(width[j]);
    size += fabs(log(width[j]));
  }
  return fabs(own - sum) <= 2 * (double) (dim + 1) * DBL_EPSILON * size;
}
