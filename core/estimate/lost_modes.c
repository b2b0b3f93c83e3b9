/* SPDX-License-Identifier: MIT */
#include "estimate/lost_modes.h"

#include <math.h>
#include <stdlib.h>

/* ln 1000, and standard deviations */
static const double far_above = 6.907755278982137, most_deviations = 6;

/* between the quantiles of a normal distribution that are used below, in standard deviations:
   5 % lie below -1.645, 25 % below -0.674, 84 % below 0.994 */
static const double low_side = 1.645 - 0.674, quarter = 0.674, high_side = 0.994;

static const double least_fraction = 0.01;
enum { LEAST_FRAMES = 3 };

/* with fewer the lower side of a peak is not seen */
enum { LEAST_PEAK = 20 };

static int rising(const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* those that are more than -inf, in rising order; returns how many */
static size_t sort(size_t n, const double *value, double *sorted)
{
  size_t n_kept = 0;
  for (size_t i = 0; i < n; i++)
    if (value[i] > -INFINITY) sorted[n_kept++] = value[i];
  qsort(sorted, n_kept, sizeof *sorted, rising);
  return n_kept;
}

static double quantile(size_t n, const double *sorted, double share)
{
  return sorted[(size_t) (share * (double) (n - 1))];
}

static double beyond(double centre, double deviation)
{
  return centre + fmax(far_above, most_deviations * deviation);
}

/* A peak of few correlated frames may look too narrow: no narrower than that of samples. */
static double end_of_frames(size_t n, const double *sorted, double deviation_of_samples)
{
  const double low = quantile(n, sorted, 0.05), middle = quantile(n, sorted, 0.25);
  const double deviation = fmax((middle - low) / low_side, deviation_of_samples);
  return beyond(middle + quarter * deviation, deviation);
}

/* Their lower side is longer, where energies are high. */
static double deviation_of_samples(size_t n, const double *sorted)
{
  return (quantile(n, sorted, 0.84) - quantile(n, sorted, 0.5)) / high_side;
}

/* A normal peak of samples of variance s^2 is s^2 lower than that of frames. */
static double end_of_samples(size_t n, const double *sorted)
{
  const double deviation = deviation_of_samples(n, sorted);
  return beyond(quantile(n, sorted, 0.5) + deviation * deviation, deviation);
}

/* where the peak ends, beyond which a frame is lost */
static double end_of_peak(size_t n_frames, const double *frames, size_t n_samples,
                          const double *samples)
{
  const double by_samples = end_of_samples(n_samples, samples);
  if (quantile(n_frames, frames, 0.25) > by_samples) return by_samples;
  return end_of_frames(n_frames, frames, deviation_of_samples(n_samples, samples));
}

double bgen_lost_fraction(size_t n_frames, const double *frames, size_t n_samples,
                          const double *samples)
{
  double *sorted = malloc((n_frames + n_samples + 1) * sizeof *sorted), fraction = NAN;
  if (!sorted) return NAN;
  double *others = sorted + n_frames;
  const size_t n = sort(n_frames, frames, sorted), n_others = sort(n_samples, samples, others);
  if (n >= LEAST_PEAK && n_others >= LEAST_PEAK) {
    const double end = end_of_peak(n, sorted, n_others, others);
    size_t n_lost = 0;
    for (size_t i = 0; i < n; i++) n_lost += sorted[i] > end;
    fraction = (double) n_lost / (double) n_frames;
  }
  free(sorted);
  return fraction;
}

bool bgen_is_lost_mode(double fraction, size_t n_frames)
{
  return fraction >= least_fraction && fraction * (double) n_frames >= LEAST_FRAMES - 0.5;
}
