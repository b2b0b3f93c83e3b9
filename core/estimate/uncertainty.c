/* SPDX-License-Identifier: MIT */
#include "estimate/uncertainty.h"

#include <assert.h>
#include <math.h>

/* of the largest value: rounding alone makes values differ so much */
static const double rounding = 1e-10;

enum {
  LEAST_RUNS = 4, /* fewer say little about their spread */
  LEAST_LAGS = 3, /* noise, or values that alternate, may be negative before */
  FINE_LAGS = 16  /* then one lag stands for more and more of them */
};

typedef struct series {
  size_t n;
  const double *value;
  bgen_runs runs;  /* n = 0: independent */
  double mean;     /* of all */
  bool own_centre; /* values are taken about the mean of their run instead */
} series;

/* from the first value on, so that constant values have no variance at all */
static double mean_of(size_t n, const double *value)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += value[i] - value[0];
  return n ? value[0] + sum / (double) n : 0;
}

static series series_of(size_t n, const double *value, const bgen_runs *runs)
{
  const bgen_runs all = runs ? *runs : (bgen_runs){0, NULL};
  assert(all.n == 0 || all.end[all.n - 1] == n);
  return (series){n, value, all, mean_of(n, value), false};
}

size_t bgen_longest_run(const bgen_runs *runs)
{
  size_t most = 0;
  for (size_t r = 0; r < runs->n; r++)
    if (bgen_run_length(runs, r) > most) most = bgen_run_length(runs, r);
  return most;
}

/* about the mean, over all pairs that are lag apart: (n - lag) C(lag), not normalised */
static double products_of(size_t n, const double *value, double mean, size_t lag)
{
  double sum = 0;
  for (size_t i = lag; i < n; i++) sum += (value[i] - mean) * (value[i - lag] - mean);
  return sum;
}

/* of pairs within the same run */
static double products(const series *s, size_t lag)
{
  if (s->runs.n == 0) return products_of(s->n, s->value, s->mean, lag);
  double sum = 0;
  for (size_t r = 0; r < s->runs.n; r++) {
    const size_t n = bgen_run_length(&s->runs, r);
    const double *value = s->value + bgen_run_begin(&s->runs, r);
    sum += products_of(n, value, s->own_centre ? mean_of(n, value) : s->mean, lag);
  }
  return sum;
}

static bool is_constant(const series *s)
{
  double largest = 0;
  for (size_t i = 0; i < s->n; i++) largest = fmax(largest, fabs(s->value[i]));
  return products_of(s->n, s->value, s->mean, 0) <= (double) s->n * pow(rounding * largest, 2);
}

/* Products are a straight line between the lags at which they are taken: those of the last `step`
   lags sum to step (now + before) / 2 + (now - before) / 2. */
static double inefficiency(const series *s)
{
  const double whole = products(s, 0);
  const size_t n_lags = bgen_longest_run(&s->runs);
  double g = 1, before = 1;
  if (s->n == 0 || isnan(whole)) return 1;
  if (is_constant(s)) return n_lags ? (double) s->n : 1;
  for (size_t lag = 1, step = 1; lag < n_lags; step = 1 + lag / FINE_LAGS, lag += step) {
    const double now = products(s, lag) / whole;
    if (!(now > 0) && lag > LEAST_LAGS) break;
    g += (double) step * (now + before) + now - before;
    before = now;
  }
  return fmax(g, 1);
}

double bgen_statistical_inefficiency(size_t n, const double *value, const bgen_runs *runs)
{
  const series s = series_of(n, value, runs);
  return inefficiency(&s);
}

/* 95 % of chi-square is below (Wilson and Hilferty) */
static double chance(double freedom)
{
  const double width = 2 / (9 * freedom), root = 1 - width + 1.6449 * sqrt(width);
  return freedom * root * root * root;
}

/* What chance explains is known from within runs: about their own means. */
static double variance_within(const series *s)
{
  series within = *s;
  within.own_centre = true;
  return products(&within, 0) * inefficiency(&within);
}

double bgen_student(double freedom)
{
  return 1 + 0.5 / freedom + 0.25 / (freedom * freedom);
}

/* Of runs with shares p_r of the values and sums S_r about the mean of all.  Without differences
   between runs, sum S_r^2 / p_r is chi-square times the variance of the sum.  If each run has an
   offset of its own,
     E S_r^2 is in proportion to p_r^2 (1 - 2 p_r + P), the variance of the sum to P = sum p_r^2,
   and 1/P runs of equal length would tell as much; for these the formula is right in both cases. */
static void compare_runs(const series *s, bgen_spread *spread)
{
  double chi_square = 0, P = 0, n_runs = 0;
  for (size_t r = 0; r < s->runs.n; r++) {
    const double share = (double) bgen_run_length(&s->runs, r) / (double) s->n;
    P += share * share;
    n_runs += share > 0;
  }
  if (n_runs < LEAST_RUNS) return;
  for (size_t r = 0; r < s->runs.n; r++) {
    const double n = (double) bgen_run_length(&s->runs, r), share = n / (double) s->n;
    if (n == 0) continue;
    const double sum = n * (mean_of((size_t) n, s->value + bgen_run_begin(&s->runs, r)) - s->mean);
    chi_square += sum * sum / share;
    spread->between += sum * sum / (1 - 2 * share + P);
  }
  spread->runs_differ = chi_square > chance(n_runs - 1) * variance_within(s);
  const double wider = bgen_student(1 / P - 1);
  if (spread->runs_differ)
    spread->variance = fmax(spread->variance, spread->between * wider * wider);
}

bgen_spread bgen_spread_of_sum(size_t n, const double *value, const bgen_runs *runs)
{
  const series s = series_of(n, value, runs);
  bgen_spread spread = {.independent = products_of(n, value, s.mean, 0),
                        .inefficiency = inefficiency(&s)};
  spread.variance = spread.independent * spread.inefficiency;
  compare_runs(&s, &spread);
  return spread;
}

size_t bgen_subsample(const bgen_runs *runs, double inefficiency, size_t *index, size_t *end)
{
  size_t n_kept = 0;
  assert(inefficiency >= 1);
  for (size_t r = 0; r < runs->n; r++) {
    const size_t first = bgen_run_begin(runs, r);
    for (size_t k = 0; first + (size_t) (inefficiency * (double) k) < runs->end[r]; k++)
      index[n_kept++] = first + (size_t) (inefficiency * (double) k);
    end[r] = n_kept;
  }
  return n_kept;
}
