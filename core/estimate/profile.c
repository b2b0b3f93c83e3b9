/* SPDX-License-Identifier: MIT */
#include "estimate/profile.h"

#include <math.h>
#include <stdlib.h>

bgen_status bgen_profile_create(size_t n_bins, double low, double high, bgen_profile *profile)
{
  if (!(n_bins > 0 && high > low))
    return bgen_fail(BGEN_BAD_INPUT, "a profile from %g to %g with %zu bins has no bins", low, high,
                     n_bins);
  double *memory = calloc(2 * n_bins, sizeof *memory);
  if (!memory) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu bins", n_bins);
  *profile = (bgen_profile){n_bins, low, high, memory, memory + n_bins};
  return BGEN_OK;
}

void bgen_profile_free(bgen_profile *profile)
{
  free(profile->density);
  *profile = (bgen_profile){0};
}

static double total_weight(size_t n, const double *log_weight, double *top)
{
  *top = log_weight ? -INFINITY : 0;
  for (size_t i = 0; log_weight && i < n; i++) *top = fmax(*top, log_weight[i]);
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += log_weight ? exp(log_weight[i] - *top) : 1;
  return sum;
}

void bgen_profile_add(bgen_profile *profile, size_t n, const double *s, const double *log_weight,
                      double weight)
{
  double top;
  const double scale = weight / total_weight(n, log_weight, &top);
  const double width = (profile->high - profile->low) / (double) profile->n_bins;
  for (size_t i = 0; i < n; i++) {
    const double place = (s[i] - profile->low) / width;
    if (!(place >= 0 && place < (double) profile->n_bins)) continue;
    const double w = scale * (log_weight ? exp(log_weight[i] - top) : 1);
    profile->density[(size_t) place] += w / width;
    profile->variance[(size_t) place] += w * w / (width * width);
  }
}

void bgen_profile_at(const bgen_profile *profile, size_t bin, double *s, double *free_energy,
                     double *error)
{
  const double width = (profile->high - profile->low) / (double) profile->n_bins;
  const double density = profile->density[bin];
  *s = profile->low + ((double) bin + 0.5) * width;
  *free_energy = -log(density);
  *error = density > 0 ? sqrt(profile->variance[bin]) / density : INFINITY;
}
