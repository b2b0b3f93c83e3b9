/* SPDX-License-Identifier: MIT */
#include "estimate/acceptance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* of a flow whose basin is hardly ever visited: weights of a mixture are positive */
static const double least_weight = 1e-30;

static int rising(const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Over old configurations in rising order: those lighter than the proposal count 1 each, the others
   w_j / w_i.  above[i] = ln sum_{k >= i} 1/w_k grows from the far end, where 1/w is least. */
static double sum_of_proposal(size_t n, const double *old, const double *above, double log_w)
{
  size_t low = 0, high = n; /* the first that is heavier lies in [low, high] */
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (old[middle] <= log_w)
      low = middle + 1;
    else
      high = middle;
  }
  return (double) low + (low < n ? exp(log_w + above[low]) : 0);
}

static void fill_above(size_t n, const double *old, double *above)
{
  double sum = -INFINITY;
  for (size_t i = n; i-- > 0;) {
    sum = sum == -INFINITY ? -old[i] : -old[i] + log1p(exp(sum + old[i]));
    above[i] = sum;
  }
}

bgen_status bgen_mean_acceptance(size_t n_old, const double *old, size_t n_proposed,
                                 const double *proposed, double *mean)
{
  for (size_t i = 0; i < n_old; i++)
    if (isnan(old[i]))
      return bgen_fail(BGEN_NOT_FINITE, "log-weight %zu of %zu is not a number", i + 1, n_old);
  if (n_old == 0 || n_proposed == 0)
    return bgen_fail(BGEN_BAD_INPUT, "an acceptance needs configurations and proposals");
  double *sorted = malloc(2 * n_old * sizeof *sorted), *above = sorted + n_old;
  if (!sorted) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu log-weights", n_old);
  memcpy(sorted, old, n_old * sizeof *sorted);
  qsort(sorted, n_old, sizeof *sorted, rising);
  fill_above(n_old, sorted, above);
  double sum = 0;
  for (size_t j = 0; j < n_proposed; j++)
    if (proposed[j] > -INFINITY) sum += sum_of_proposal(n_old, sorted, above, proposed[j]);
  *mean = sum / ((double) n_old * (double) n_proposed);
  free(sorted);
  return BGEN_OK;
}

bgen_status bgen_balanced_acceptance(const bgen_works *back, double f_from, const bgen_works *there,
                                     double f_to, double *mean)
{
  const size_t n = back->n + there->n;
  double *log_w = malloc((n ? n : 1) * sizeof *log_w), *proposed = log_w + back->n;
  if (!log_w) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu log-weights", n);
  for (size_t i = 0; i < back->n; i++) log_w[i] = back->work[i] + f_from;
  for (size_t i = 0; i < there->n; i++) proposed[i] = f_to - there->work[i];
  const bgen_status status = bgen_mean_acceptance(back->n, log_w, there->n, proposed, mean);
  free(log_w);
  return status;
}

void bgen_mixture_weights(size_t n, const double *free_energy, double *weight)
{
  double least = INFINITY;
  for (size_t k = 0; k < n; k++) least = fmin(least, free_energy[k]);
  for (size_t k = 0; k < n; k++) weight[k] = fmax(least_weight, exp(least - free_energy[k]));
}
