/* SPDX-License-Identifier: MIT */
#include "estimate/free_energy.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "estimate/frozen.h"
#include "estimate/overlap.h"

enum { FEW_REPEATS = 8 }; /* Student's factor is 1.09 for 7, and below 8 % from here on */

bgen_estimate bgen_estimate_difference(const bgen_estimate *a, const bgen_estimate *b)
{
  return (bgen_estimate){a->value - b->value, hypot(a->error, b->error)};
}

/* ---- sums of exponentials ---- */

static double greatest(size_t n, const double *value, double sign)
{
  double top = -INFINITY;
  for (size_t i = 0; i < n; i++)
    if (sign * value[i] > top) top = sign * value[i];
  return top;
}

/* of weights e^(sign value) */
static double effective(size_t n, const double *value, double sign)
{
  const double top = greatest(n, value, sign);
  if (!isfinite(top)) return 0;
  double sum = 0, sum_squared = 0;
  for (size_t i = 0; i < n; i++) {
    const double w = isnan(value[i]) ? 0 : exp(sign * value[i] - top);
    sum += w, sum_squared += w * w;
  }
  return sum * sum / sum_squared;
}

double bgen_kish_ess(size_t n, const double *log_weight)
{
  return effective(n, log_weight, 1);
}

double bgen_works_effective(const bgen_works *works)
{
  return effective(works->n, works->work, -1);
}

static bgen_status check_works(const bgen_works *w, const char *which)
{
  bool any = false;
  for (size_t i = 0; i < w->n; i++) {
    if (isnan(w->work[i]) || w->work[i] == -INFINITY)
      return bgen_fail(BGEN_NOT_FINITE, "%s work %zu of %zu is %g", which, i + 1, w->n, w->work[i]);
    any = any || isfinite(w->work[i]);
  }
  if (!any)
    return bgen_fail(BGEN_NOT_FINITE, "none of the %zu %s works is finite: no overlap", w->n,
                     which);
  return BGEN_OK;
}

static bgen_status no_memory(size_t n)
{
  return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu works", n);
}

/* -ln <e^-w>, as <e^-(w - least)> */
static double free_energy_of(const bgen_works *w)
{
  const double top = greatest(w->n, w->work, -1);
  double sum = 0;
  for (size_t i = 0; i < w->n; i++) sum += exp(-w->work[i] - top);
  return -(log(sum / (double) w->n) + top);
}

/* d F = -d <e^(F - w)> */
void bgen_fep_influence(const bgen_works *forward, double free_energy, double *influence)
{
  for (size_t i = 0; i < forward->n; i++)
    influence[i] = -exp(free_energy - forward->work[i]) / (double) forward->n;
}

/* effective: how many weights count, correlated ones for fewer */
static bgen_status fep(const bgen_works *forward, bgen_estimate *estimate, double *effective)
{
  const bgen_status status = check_works(forward, "forward");
  if (status) return status;
  double *influence = malloc(forward->n * sizeof *influence);
  if (!influence) return no_memory(forward->n);
  estimate->value = free_energy_of(forward);
  bgen_fep_influence(forward, estimate->value, influence);
  const bgen_spread spread = bgen_spread_of_sum(forward->n, influence, &forward->runs);
  estimate->error = sqrt(spread.variance);
  *effective = bgen_overlap(bgen_works_effective(forward), estimate->error);
  free(influence);
  return BGEN_OK;
}

bgen_status bgen_estimate_fep_first_order(const bgen_works *forward, bgen_estimate *estimate)
{
  double effective;
  return fep(forward, estimate, &effective);
}

static size_t count_finite(const bgen_works *w)
{
  size_t n = 0;
  for (size_t i = 0; i < w->n; i++) n += isfinite(w->work[i]);
  return n;
}

bgen_status bgen_estimate_fep(const bgen_works *forward, bgen_estimate *estimate)
{
  double effective = 0;
  const bgen_status status = fep(forward, estimate, &effective);
  if (!status && !bgen_weights_suffice(effective, count_finite(forward)))
    estimate->error = INFINITY;
  return status;
}

/* ln of the part of works that are finite, and its variance */
static double log_reach(const bgen_works *w, double *is_finite, double *variance)
{
  double n_finite = 0;
  for (size_t i = 0; i < w->n; i++) n_finite += is_finite[i] = isfinite(w->work[i]);
  *variance = bgen_spread_of_sum(w->n, is_finite, &w->runs).variance / (n_finite * n_finite);
  return log(n_finite / (double) w->n);
}

bgen_status bgen_estimate_one_sided(const bgen_works *forward, const bgen_works *reverse,
                                    bgen_estimate *estimate)
{
  bgen_status status = check_works(reverse, "reverse");
  if (!status) status = bgen_estimate_fep(forward, estimate);
  if (status) return status;
  double *is_finite = malloc(reverse->n * sizeof *is_finite), variance;
  if (!is_finite) return no_memory(reverse->n);
  estimate->value += log_reach(reverse, is_finite, &variance);
  estimate->error = bgen_works_are_frozen(forward, reverse)
                        ? INFINITY
                        : sqrt(estimate->error * estimate->error + variance);
  free(is_finite);
  return BGEN_OK;
}

bgen_status bgen_estimate_repeats(size_t n, const double *value, bgen_estimate *estimate)
{
  const bgen_works repeats = {n, value, {0, NULL}};
  const bgen_status status = bgen_estimate_fep_first_order(&repeats, estimate);
  if (status) return status;
  estimate->error *= sqrt((double) n / (double) (n - 1)); /* of a few */
  if (n < FEW_REPEATS) estimate->error *= bgen_student((double) (n - 1));
  const double variance = (double) n * estimate->error * estimate->error; /* of one */
  estimate->error = bgen_error_by_overlap(estimate->error, 1 / variance);
  return BGEN_OK;
}

/* ---- Bennett's acceptance ratio ----
   With M = ln(n_forward / n_reverse) and the Fermi function f(a) = 1/(1 + e^a), F solves
     sum f(M + w_forward - F) = sum f(-M + w_reverse + F). */

static double fermi(double a)
{
  return 1 / (1 + exp(a));
}

static double shift(const bgen_works *forward, const bgen_works *reverse)
{
  return log((double) forward->n) - log((double) reverse->n);
}

/* sum over one side of f(offset + w), its derivative by the offset times -1 in slope */
static double sum_of_fermi(const bgen_works *w, double offset, double *slope)
{
  double sum = 0;
  *slope = 0;
  for (size_t i = 0; i < w->n; i++) {
    const double f = fermi(offset + w->work[i]);
    sum += f, *slope += f * (1 - f);
  }
  return sum;
}

/* the least works of both sides bound the root from either end, apart from M */
static void bracket(const bgen_works *forward, const bgen_works *reverse, double *low, double *high)
{
  const double margin = fabs(shift(forward, reverse)) + 40;
  const double least_forward = -greatest(forward->n, forward->work, -1);
  const double least_reverse = -greatest(reverse->n, reverse->work, -1);
  *low = fmin(least_forward, -least_reverse) - margin;
  *high = fmax(least_forward, -least_reverse) + margin;
}

/* Newton's steps, or halves of the bracket where they leave it or do not even halve themselves:
   they end above rounding, which would make them jump.  Left minus right side rises with F. */
static double solve(const bgen_works *forward, const bgen_works *reverse)
{
  const double m = shift(forward, reverse);
  double low, high, step = INFINITY;
  bracket(forward, reverse, &low, &high);
  double f = 0.5 * (low + high);
  for (int k = 0; k < 200 && fabs(step) > 1e-13 * (1 + fabs(f)); k++) {
    double slope, slope_reverse;
    const double left = sum_of_fermi(forward, m - f, &slope),
                 imbalance = left - sum_of_fermi(reverse, f - m, &slope_reverse);
    if (imbalance > 0)
      high = f;
    else
      low = f;
    const double newton = -imbalance / (slope + slope_reverse);
    const bool good = fabs(newton) < 0.5 * fabs(step) && f + newton > low && f + newton < high;
    step = good ? newton : 0.5 * (low + high) - f;
    f += step;
  }
  return f;
}

/* sign f(offset + w) / sum of f over the side */
static void fill_shares(const bgen_works *w, double offset, double sign, double *share)
{
  double sum = 0;
  for (size_t i = 0; i < w->n; i++) sum += share[i] = fermi(offset + w->work[i]);
  for (size_t i = 0; i < w->n; i++) share[i] *= sign / sum;
}

/* F = ln <f>_reverse - ln <f>_forward + M for whatever constant is in place of F - M in f, and to
   first order it matters not which */
void bgen_bar_influence(const bgen_works *forward, const bgen_works *reverse, double free_energy,
                        double *influence)
{
  const double m = shift(forward, reverse);
  fill_shares(forward, m - free_energy, -1, influence);
  fill_shares(reverse, free_energy - m, +1, influence + forward->n);
}

/* sum of f (1 - f) */
static double information(const bgen_works *forward, const bgen_works *reverse, double f)
{
  double of_forward, of_reverse;
  const double m = shift(forward, reverse);
  (void) sum_of_fermi(forward, m - f, &of_forward);
  (void) sum_of_fermi(reverse, f - m, &of_reverse);
  return of_forward + of_reverse;
}

/* overlap, and the error by what each work contributes */
static double judge(const bgen_works *forward, const bgen_works *reverse, double f,
                    const double *influence, double *error)
{
  *error = sqrt(bgen_spread_of_sum(forward->n, influence, &forward->runs).variance +
                bgen_spread_of_sum(reverse->n, influence + forward->n, &reverse->runs).variance);
  if (bgen_works_are_frozen(forward, reverse) || bgen_works_are_frozen(reverse, forward)) return 0;
  return bgen_overlap(information(forward, reverse, f), *error);
}

/* influence[forward n + reverse n] is room */
static bgen_estimate bar(const bgen_works *forward, const bgen_works *reverse, double *influence)
{
  const double f = solve(forward, reverse);
  double error;
  bgen_bar_influence(forward, reverse, f, influence);
  const double overlap = judge(forward, reverse, f, influence, &error);
  return (bgen_estimate){f, bgen_error_by_overlap(error, overlap)};
}

bgen_status bgen_estimate_bar(const bgen_works *forward, const bgen_works *reverse,
                              bgen_estimate *estimate)
{
  bgen_status status = check_works(forward, "forward");
  if (!status) status = check_works(reverse, "reverse");
  if (status) return status;
  const size_t n = forward->n + reverse->n;
  assert(n > 0);
  double *influence = malloc(n * sizeof *influence);
  if (!influence) return no_memory(n);
  *estimate = bar(forward, reverse, influence);
  free(influence);
  return BGEN_OK;
}

double bgen_bar_overlap(const bgen_works *forward, const bgen_works *reverse, double free_energy)
{
  const size_t n = forward->n + reverse->n;
  double *influence = malloc((n + 1) * sizeof *influence), error, overlap = NAN;
  if (influence && forward->n && reverse->n) {
    bgen_bar_influence(forward, reverse, free_energy, influence);
    overlap = judge(forward, reverse, free_energy, influence, &error);
  }
  free(influence);
  return overlap;
}
