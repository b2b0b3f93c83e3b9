/* SPDX-License-Identifier: MIT */
#include "estimate/profile.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

bgen_status bgen_profile_check(const bgen_profile *profile)
{
  assert(profile->n_axes == 1 || profile->n_axes == 2);
  for (size_t k = 0; k < profile->n_axes; k++) {
    const bgen_axis *axis = &profile->axis[k];
    if (!(axis->n_bins > 0 && axis->high > axis->low && isfinite(axis->high - axis->low)))
      return bgen_fail(BGEN_BAD_INPUT, "a profile from %g to %g with %zu bins has no bins",
                       axis->low, axis->high, axis->n_bins);
  }
  return BGEN_OK;
}

size_t bgen_profile_n_bins(const bgen_profile *profile)
{
  return profile->axis[0].n_bins * (profile->n_axes == 2 ? profile->axis[1].n_bins : 1);
}

static double width(const bgen_axis *axis)
{
  return (axis->high - axis->low) / (double) axis->n_bins;
}

double bgen_profile_centre(const bgen_profile *profile, size_t k, size_t bin)
{
  const size_t n = profile->axis[0].n_bins, place = k ? bin / n : bin % n;
  return profile->axis[k].low + ((double) place + 0.5) * width(&profile->axis[k]);
}

/* n_bins for a point in none of them */
static size_t bin_of(const bgen_profile *profile, const double *const *s, size_t i)
{
  size_t bin = 0, stride = 1;
  for (size_t k = 0; k < profile->n_axes; k++) {
    const bgen_axis *axis = &profile->axis[k];
    const double place = (s[k][i] - axis->low) / width(axis);
    if (!(place >= 0 && place < (double) axis->n_bins)) return bgen_profile_n_bins(profile);
    bin += stride * (size_t) place;
    stride *= axis->n_bins;
  }
  return bin;
}

/* F of a bin whose points are those of number bin, as a density */
static bgen_estimate density(const bgen_pool *pool, const size_t *bins, size_t bin, double volume,
                             double *inside)
{
  bgen_estimate estimate;
  for (size_t i = 0; i < pool->n; i++) inside[i] = bins[i] == bin;
  if (bgen_pool_difference(pool, inside, NULL, &estimate))
    return (bgen_estimate){INFINITY, INFINITY};
  estimate.value += log(volume);
  return estimate;
}

bgen_status bgen_profile_estimate(const bgen_profile *profile, const bgen_pool *pool,
                                  const double *const *s, bgen_estimate *bins)
{
  size_t *bin = malloc(pool->n * sizeof *bin);
  double *inside = malloc(pool->n * sizeof *inside), volume = 1;
  const bgen_status status =
      bin && inside ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory for %zu points", pool->n);
  for (size_t i = 0; !status && i < pool->n; i++) bin[i] = bin_of(profile, s, i);
  for (size_t k = 0; k < profile->n_axes; k++) volume *= width(&profile->axis[k]);
  for (size_t b = 0; !status && b < bgen_profile_n_bins(profile); b++)
    bins[b] = density(pool, bin, b, volume, inside);
  free(bin);
  free(inside);
  return status;
}
