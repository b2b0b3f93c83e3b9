/* SPDX-License-Identifier: MIT */
#include "sample/several.h"

#include <math.h>

bool bgen_several_take(double *log_sum, double log_w, double uniform)
{
  if (!isfinite(log_w) || isnan(*log_sum)) return false;
  const double larger = fmax(*log_sum, log_w), smaller = fmin(*log_sum, log_w);
  *log_sum = larger + log1p(exp(smaller - larger));
  return log(uniform) < log_w - *log_sum;
}
