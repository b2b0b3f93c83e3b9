/* SPDX-License-Identifier: MIT */
#include "train/ema.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bgen_ema {
  size_t n_params;
  double decay, n_steps;
  bgen_real mean[]; /* [n_params] */
};

bgen_status bgen_ema_create(size_t n_params, double decay, const bgen_real *theta,
                            bgen_ema **result)
{
  assert(decay > 0 && decay < 1);
  bgen_ema *ema = malloc(sizeof *ema + n_params * sizeof *theta);
  if (!ema) return bgen_fail(BGEN_NO_MEMORY, "no memory to average %zu parameters", n_params);
  ema->n_params = n_params, ema->decay = decay, ema->n_steps = 0;
  memcpy(ema->mean, theta, n_params * sizeof *theta);
  *result = ema;
  return BGEN_OK;
}

void bgen_ema_destroy(bgen_ema *ema)
{
  free(ema);
}

void bgen_ema_follow(bgen_ema *ema, const bgen_real *theta)
{
  const double n = ++ema->n_steps;
  const bgen_real share = (bgen_real) (1 - fmin(ema->decay, n / (n + 9)));
  for (size_t i = 0; i < ema->n_params; i++) ema->mean[i] += share * (theta[i] - ema->mean[i]);
}

void bgen_ema_swap(bgen_ema *ema, bgen_real *theta)
{
  for (size_t i = 0; i < ema->n_params; i++) {
    const bgen_real there = theta[i];
    theta[i] = ema->mean[i], ema->mean[i] = there;
  }
}
