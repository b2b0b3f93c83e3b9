/* SPDX-License-Identifier: MIT */
#include "estimate/profile.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

bgen_status bgen_profile_check(const bgen_profile *profile)
{
  double n_bins = 1; /* of all axes */
  assert(profile->n_axes == 1 || profile->n_axes == 2);
  for (size_t k = 0; k < profile->n_axes; k++) {
    const bgen_axis *axis = &profile->axis[k];
    if (!(axis->n_bins > 0 && axis->high > axis->low && isfinite(axis->high - axis->low)))
      return bgen_fail(BGEN_BAD_INPUT, "a profile from %g to %g with %zu bins has no bins",
                       axis->low, axis->high, axis->n_bins);
    n_bins *= (double) axis->n_bins;
  }
  if (n_bins > BGEN_PROFILE_MOST_BINS)
    return bgen_fail(BGEN_BAD_INPUT, "a profile of %.0f bins has too many: at most %d in all",
                     n_bins, BGEN_PROFILE_MOST_BINS);
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

/* F of a bin whose points are those of number bin, as a density; whole: F of all and what points
   contribute to it */
static bgen_estimate density(const bgen_averages *pool, const size_t *bins, size_t bin,
                             double *inside, double whole, const double *to_whole)
{
  double *to_bin = pool->work, f;
  for (size_t i = 0; i < pool->n; i++) inside[i] = bins[i] == bin;
  if (bgen_averages_integral(pool, inside, &f, to_bin)) return (bgen_estimate){INFINITY, INFINITY};
  for (size_t i = 0; i < pool->n; i++) to_bin[i] -= to_whole[i];
  return (bgen_estimate){f - whole, bgen_averages_error_of_f(pool, to_bin)};
}

static bgen_status fill(const bgen_profile *profile, const bgen_averages *pool, const size_t *bin,
                        double *room, bgen_estimate *bins)
{
  double volume = 1, whole;
  for (size_t k = 0; k < profile->n_axes; k++) volume *= width(&profile->axis[k]);
  const bgen_status status = bgen_averages_integral(pool, NULL, &whole, room);
  if (status) return status;
  const size_t n_bins = bgen_profile_n_bins(profile);
  for (size_t b = 0; b < n_bins; b++) bins[b] = (bgen_estimate){INFINITY, INFINITY};
  for (size_t i = 0; i < pool->n; i++)
    if (bin[i] < n_bins) bins[bin[i]].value = 0; /* a bin with points */
  for (size_t b = 0; b < n_bins; b++)
    if (bins[b].value == 0) {
      bins[b] = density(pool, bin, b, room + pool->n, whole, room);
      bins[b].value += log(volume);
    }
  return BGEN_OK;
}

bgen_status bgen_profile_estimate(const bgen_profile *profile, const bgen_averages *pool,
                                  const double *const *s, bgen_estimate *bins)
{
  size_t *bin = malloc(pool->n * sizeof *bin);
  double *room = malloc(2 * pool->n * sizeof *room);
  bgen_status status;
  if (bin && room) {
    for (size_t i = 0; i < pool->n; i++) bin[i] = bin_of(profile, s, i);
    status = fill(profile, pool, bin, room, bins);
  } else
    status = bgen_fail(BGEN_NO_MEMORY, "no memory for %zu points", pool->n);
  free(bin);
  free(room);
  return status;
}
