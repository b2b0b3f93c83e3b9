/* SPDX-License-Identifier: MIT */
#include "estimate/free_energy.h"

#include <math.h>
#include <stdbool.h>

/* ---- sums of exponentials ---- */

static double greatest(size_t n, const double *value, double sign)
{
  double top = -INFINITY;
  for (size_t i = 0; i < n; i++)
    if (sign * value[i] > top) top = sign * value[i];
  return top;
}

double bgen_kish_ess(size_t n, const double *log_weight)
{
  const double top = greatest(n, log_weight, 1);
  if (!isfinite(top)) return 0;
  double sum = 0, sum_squared = 0;
  for (size_t i = 0; i < n; i++) {
    const double w = isnan(log_weight[i]) ? 0 : exp(log_weight[i] - top);
    sum += w, sum_squared += w * w;
  }
  return sum * sum / sum_squared;
}

static bgen_status check_works(size_t n, const double *work, const char *which)
{
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    if (isnan(work[i]) || work[i] == -INFINITY)
      return bgen_fail(BGEN_NOT_FINITE, "%s work %zu of %zu is %g", which, i + 1, n, work[i]);
    any = any || isfinite(work[i]);
  }
  if (!any)
    return bgen_fail(BGEN_NOT_FINITE, "none of the %zu %s works is finite: no overlap", n, which);
  return BGEN_OK;
}

bgen_status bgen_estimate_fep(size_t n, const double *work, bgen_estimate *estimate)
{
  const bgen_status status = check_works(n, work, "forward");
  if (status) return status;
  const double top = greatest(n, work, -1);
  double sum = 0, sum_squared = 0;
  for (size_t i = 0; i < n; i++) {
    const double w = exp(-work[i] - top);
    sum += w, sum_squared += w * w;
  }
  const double count = (double) n, mean = sum / count;
  const double variance = fmax(sum_squared / count - mean * mean, 0);
  estimate->value = -(log(mean) + top);
  estimate->error = sqrt(variance / count) / mean;
  return BGEN_OK;
}

bgen_status bgen_estimate_repeats(size_t n, const double *value, bgen_estimate *estimate)
{
  const bgen_status status = bgen_estimate_fep(n, value, estimate);
  if (!status) estimate->error *= sqrt((double) n / (double) (n - 1)); /* of a few */
  return status;
}

/* ---- Bennett's acceptance ratio ----
   With M = ln(n_forward / n_reverse) and the Fermi function f(a) = 1/(1 + e^a), F solves
     sum f(M + w_forward - F) = sum f(-M + w_reverse + F). */

typedef struct works {
  size_t n_forward, n_reverse;
  const double *forward, *reverse;
  double shift; /* M */
} works;

static double fermi(double a)
{
  return 1 / (1 + exp(a));
}

/* left minus right side of the equation; rises with f */
static double imbalance(const works *w, double f)
{
  double sum = 0;
  for (size_t i = 0; i < w->n_forward; i++) sum += fermi(w->shift + w->forward[i] - f);
  for (size_t i = 0; i < w->n_reverse; i++) sum -= fermi(-w->shift + w->reverse[i] + f);
  return sum;
}

/* the finite works of both sides bound the root from either end, apart from M */
static void bracket(const works *w, double *low, double *high)
{
  const double margin = fabs(w->shift) + 40;
  const double forward_low = -greatest(w->n_forward, w->forward, -1);
  const double reverse_low = -greatest(w->n_reverse, w->reverse, -1);
  *low = fmin(forward_low, -reverse_low) - margin;
  *high = fmax(forward_low, -reverse_low) + margin;
}

/* widen until the root is inside, then halve */
static bgen_status solve(const works *w, double *root)
{
  double low, high, step = 1;
  bracket(w, &low, &high);
  while (imbalance(w, low) > 0 && step < 1e9) low -= step, step *= 2;
  while (imbalance(w, high) < 0 && step < 1e9) high += step, step *= 2;
  if (!(step < 1e9)) return bgen_fail(BGEN_NO_CONVERGENCE, "BAR finds no free energy");
  for (int k = 0; k < 200 && high - low > 1e-12 * (1 + fabs(low)); k++) {
    const double middle = 0.5 * (low + high);
    if (imbalance(w, middle) > 0)
      high = middle;
    else
      low = middle;
  }
  *root = 0.5 * (low + high);
  return BGEN_OK;
}

/* Relative variance of the mean of f(offset + work): from independent values, or from the means of
   n_blocks equal runs of a correlated series, whichever says more. */
static double relative_variance(size_t n, const double *work, double offset, size_t n_blocks)
{
  double sum = 0, sum_squared = 0;
  for (size_t i = 0; i < n; i++) {
    const double f = fermi(offset + work[i]);
    sum += f, sum_squared += f * f;
  }
  const double count = (double) n, mean = sum / count;
  double variance = fmax(sum_squared / count - mean * mean, 0) / count;
  if (n_blocks > 1 && n >= 2 * n_blocks) {
    double spread = 0;
    for (size_t b = 0; b < n_blocks; b++) {
      const size_t first = b * n / n_blocks, last = (b + 1) * n / n_blocks;
      double block = 0;
      for (size_t i = first; i < last; i++) block += fermi(offset + work[i]);
      block /= (double) (last - first);
      spread += (block - mean) * (block - mean);
    }
    variance = fmax(variance, spread / (double) (n_blocks * (n_blocks - 1)));
  }
  return variance / (mean * mean);
}

/* the blocks are those of forward and of reverse works */
static bgen_status bar(const works *w, const size_t n_blocks[2], bgen_estimate *estimate)
{
  bgen_status status = check_works(w->n_forward, w->forward, "forward");
  if (!status) status = check_works(w->n_reverse, w->reverse, "reverse");
  if (status) return status;
  double f = 0;
  status = solve(w, &f);
  if (status) return status;
  const double error = sqrt(relative_variance(w->n_forward, w->forward, w->shift - f, n_blocks[0]) +
                            relative_variance(w->n_reverse, w->reverse, f - w->shift, n_blocks[1]));
  if (!isfinite(error))
    return bgen_fail(BGEN_NOT_FINITE, "forward and reverse works do not overlap at all");
  *estimate = (bgen_estimate){f, error};
  return BGEN_OK;
}

bgen_status bgen_estimate_bar(size_t n_forward, const double *forward, size_t n_reverse,
                              const double *reverse, size_t n_blocks, bgen_estimate *estimate)
{
  const works w = {n_forward, n_reverse, forward, reverse,
                   log((double) n_forward / (double) n_reverse)};
  return bar(&w, (const size_t[]){0, n_blocks}, estimate);
}

bgen_status bgen_estimate_bar_in_time(size_t n_forward, const double *forward, size_t n_reverse,
                                      const double *reverse, size_t n_blocks,
                                      bgen_estimate *estimate)
{
  const works w = {n_forward, n_reverse, forward, reverse,
                   log((double) n_forward / (double) n_reverse)};
  return bar(&w, (const size_t[]){n_blocks, n_blocks}, estimate);
}

/* p_1 / p_0 = e^(F - w) at a forward work w */
void bgen_pooled_log_weights(size_t n_forward, const double *forward, size_t n_reverse,
                             const double *reverse, double free_energy, double *log_weight)
{
  const double n_0 = (double) n_forward, n_1 = (double) n_reverse;
  for (size_t i = 0; i < n_forward; i++)
    log_weight[i] = -log(n_1 + n_0 * exp(forward[i] - free_energy));
  for (size_t i = 0; i < n_reverse; i++)
    log_weight[n_forward + i] = -log(n_1 + n_0 * exp(-reverse[i] - free_energy));
}
