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

bgen_several bgen_several_begin(bgen_rng rng, double log_w_present)
{
  return (bgen_several){rng, log_w_present, -INFINITY};
}

bool bgen_several_offer(bgen_several *several, double log_w)
{
  const double uniform = bgen_rng_uniform(&several->rng);
  return bgen_several_take(&several->proposals, log_w, uniform) || several->proposals == -INFINITY;
}

bool bgen_several_accept(bgen_several *several)
{
  double sum = several->present;
  return bgen_several_take(&sum, several->proposals, bgen_rng_uniform(&several->rng));
}
