/* SPDX-License-Identifier: GPL-2.0-or-later
   Gaussian works with a free energy F and variance s^2 have the means F + s^2/2 forward and
   -F + s^2/2 in reverse (Crooks). */
#include "estimate/free_energy.h"

#include <math.h>

#include "base/rng.h"
#include "estimate/acceptance.h"
#include "fixture.h"

enum { MOST = 20000, REPEATS = 1000 };

static double forward[MOST], reverse[MOST];

static void fill_works(uint64_t key, size_t n, double free_energy, double s, double *work)
{
  bgen_rng rng = bgen_rng_at(31, BGEN_STREAM_TEST, key);
  bgen_rng_normals(&rng, n, work);
  for (size_t i = 0; i < n; i++) work[i] = free_energy + 0.5 * s * s + s * work[i];
}

static void fill_both(uint64_t key, size_t n_forward, size_t n_reverse, double free_energy,
                      double s)
{
  fill_works(2 * key, n_forward, free_energy, s, forward);
  fill_works(2 * key + 1, n_reverse, -free_energy, s, reverse);
}

static void test_closed_form(void **state)
{
  static const double truth[] = {2.385, -1.86, 0, -250.7};
  bgen_estimate one, two;
  (void) state;
  for (size_t k = 0; k < 4; k++) {
    fill_both(k, MOST, MOST / 2, truth[k], 1.3);
    CHECK_OK(bgen_estimate_fep(MOST, forward, &one));
    CHECK_OK(bgen_estimate_bar(MOST, forward, MOST / 2, reverse, 0, &two));
    CHECK_CLOSE(one.value, truth[k], 5 * one.error);
    CHECK_CLOSE(two.value, truth[k], 5 * two.error);
    CHECK_WITHIN(two.error, 0.001, 0.02);
  }
}

static void test_antisymmetric(void **state)
{
  bgen_estimate there, back;
  (void) state;
  fill_both(7, 3000, 1000, 3.1, 1.7);
  CHECK_OK(bgen_estimate_bar(3000, forward, 1000, reverse, 0, &there));
  CHECK_OK(bgen_estimate_bar(1000, reverse, 3000, forward, 0, &back));
  CHECK_CLOSE(there.value, -back.value, 1e-9);
  CHECK_CLOSE(there.error, back.error, 1e-9);
}

/* half of the forward samples reach nothing: F rises by ln 2, and reverse works by Crooks stay as they are */
static void test_infinite_works(void **state)
{
  bgen_estimate one, two;
  (void) state;
  fill_both(11, MOST, MOST, -0.45, 0.8);
  for (size_t i = 0; i < MOST; i += 2) forward[i] = INFINITY;
  CHECK_OK(bgen_estimate_fep(MOST, forward, &one));
  CHECK_OK(bgen_estimate_bar(MOST, forward, MOST, reverse, 0, &two));
  CHECK_CLOSE(one.value, -0.45 + log(2.0), 5 * one.error);
  CHECK_CLOSE(two.value, -0.45 + log(2.0), 5 * two.error);
}

static void test_refused(void **state)
{
  bgen_estimate e;
  (void) state;
  fill_both(13, 100, 100, 0.5, 1);
  forward[17] = NAN;
  CHECK_REFUSED(bgen_estimate_fep(100, forward, &e), BGEN_NOT_FINITE, "18");
  CHECK_REFUSED(bgen_estimate_bar(100, forward, 100, reverse, 0, &e), BGEN_NOT_FINITE, "forward");
  forward[17] = -INFINITY;
  CHECK_REFUSED(bgen_estimate_fep(100, forward, &e), BGEN_NOT_FINITE, "inf");
  for (size_t i = 0; i < 100; i++) forward[i] = INFINITY;
  CHECK_REFUSED(bgen_estimate_fep(100, forward, &e), BGEN_NOT_FINITE, "overlap");
  for (size_t i = 0; i < 100; i++) forward[i] = reverse[i] = 5000;
  CHECK_REFUSED(bgen_estimate_bar(100, forward, 100, reverse, 0, &e), BGEN_NOT_FINITE, "overlap");
}

static bool covers(const bgen_estimate *e, double truth)
{
  return fabs(e->value - truth) <= e->error;
}

/* 68 +- 7 % of the error bars hold the truth; the binomial error of 1000 repeats is 1.5 % */
static void test_error_bars_cover(void **state)
{
  size_t n_fep = 0, n_bar = 0;
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_estimate one, two;
    fill_both(100 + r, 400, 250, 1.9, 1.1);
    CHECK_OK(bgen_estimate_fep(400, forward, &one));
    CHECK_OK(bgen_estimate_bar(400, forward, 250, reverse, 0, &two));
    n_fep += covers(&one, 1.9);
    n_bar += covers(&two, 1.9);
  }
  CHECK_WITHIN((double) n_fep / REPEATS, 0.61, 0.75);
  CHECK_WITHIN((double) n_bar / REPEATS, 0.61, 0.75);
}

/* works of mean F + s^2/2 become an autoregressive series, e-folding in 10 values, of the same distribution */
static void correlate(size_t n, double free_energy, double s, double *work)
{
  const double memory = exp(-0.1), fresh = sqrt(1 - memory * memory),
               mean = free_energy + 0.5 * s * s;
  for (size_t i = 1; i < n; i++)
    work[i] = mean + memory * (work[i - 1] - mean) + fresh * (work[i] - mean);
}

static void test_blocks_cover_correlated_series(void **state)
{
  const double s = 1.1;
  size_t n_naive = 0, n_blocks = 0, n_both = 0;
  (void) state;
  for (uint64_t r = 0; r < REPEATS / 2; r++) {
    bgen_estimate naive, blocked, both;
    fill_both(5000 + r, 2000, 4000, -0.7, s);
    correlate(4000, 0.7, s, reverse);
    CHECK_OK(bgen_estimate_bar(2000, forward, 4000, reverse, 0, &naive));
    CHECK_OK(bgen_estimate_bar(2000, forward, 4000, reverse, 20, &blocked));
    correlate(2000, -0.7, s, forward);
    CHECK_OK(bgen_estimate_bar_in_time(2000, forward, 4000, reverse, 20, &both));
    n_naive += covers(&naive, -0.7);
    n_blocks += covers(&blocked, -0.7);
    n_both += covers(&both, -0.7);
  }
  CHECK_WITHIN((double) n_blocks / (REPEATS / 2), 0.61, 0.75);
  CHECK_WITHIN((double) n_both / (REPEATS / 2), 0.61, 0.75);
  CHECK_WITHIN((double) n_naive / (REPEATS / 2), 0.1, 0.55);
}

/* State 0 is N(0, 1) and state 1 N(m, s^2) with F = -ln s: pooled weights sum to 1 and have the moments of state 1;
   samples that state 1 does not reach count nothing, samples that state 0 does not reach 1/n each. */
static void test_pooled(void **state)
{
  enum { N0 = MOST, N1 = MOST / 4 };
  const double m = 0.7, s = 0.8;
  double x[N0 + N1], log_weight[N0 + N1], sum = 0, mean = 0, square = 0;
  bgen_estimate e;
  (void) state;
  bgen_rng rng = bgen_rng_at(37, BGEN_STREAM_TEST, 0);
  bgen_rng_normals(&rng, N0 + N1, x);
  for (size_t i = 0; i < N0 + N1; i++) {
    if (i >= N0) x[i] = m + s * x[i];
    const double work = 0.5 * (x[i] - m) * (x[i] - m) / (s * s) - 0.5 * x[i] * x[i];
    *(i < N0 ? &forward[i] : &reverse[i - N0]) = i < N0 ? work : -work;
  }
  CHECK_OK(bgen_estimate_bar(N0, forward, N1, reverse, 0, &e));
  bgen_pooled_log_weights(N0, forward, N1, reverse, e.value, log_weight);
  for (size_t i = 0; i < N0 + N1; i++) {
    const double w = exp(log_weight[i]);
    sum += w, mean += w * x[i], square += w * (x[i] - m) * (x[i] - m);
  }
  CHECK_CLOSE(sum, 1, 1e-9);
  CHECK_CLOSE(mean, m, 5 * s / sqrt(N1)); /* from state 1 alone */
  CHECK_CLOSE(square, s * s, 5 * sqrt(2.0) * s * s / sqrt(N1));
  bgen_pooled_log_weights(1, (double[]){INFINITY}, 4, (double[]){INFINITY, 0, 0, 0}, e.value,
                          log_weight);
  assert_true(log_weight[0] == -INFINITY);
  CHECK_CLOSE(log_weight[1], -log(4.0), 1e-15);
}

static void test_kish(void **state)
{
  const double equal[] = {-3.7, -3.7, -3.7}, one[] = {-INFINITY, 900.5, NAN};
  const double two[] = {log(3.0) + 1e4, 1e4}, none[] = {-INFINITY, -INFINITY};
  (void) state;
  CHECK_CLOSE(bgen_kish_ess(3, equal), 3, 1e-12);
  CHECK_CLOSE(bgen_kish_ess(3, one), 1, 1e-12);
  CHECK_CLOSE(bgen_kish_ess(2, two), 1.6, 1e-9);
  CHECK_CLOSE(bgen_kish_ess(2, none), 0, 0);
}

static void test_mean_acceptance(void **state)
{
  enum { OLD = 37, NEW = 53 };
  double old[OLD], new[NEW], expected = 0, found;
  (void) state;
  fill_varied(3, OLD, old);
  fill_varied(4, NEW, new);
  new[5] = -INFINITY;
  for (size_t i = 0; i < OLD; i++)
    for (size_t j = 0; j < NEW; j++)
      expected += fmin(1, exp(3 * new[j] - 3 * old[i])) / (OLD * NEW);
  for (size_t i = 0; i < OLD; i++) old[i] *= 3;
  for (size_t j = 0; j < NEW; j++) new[j] *= 3;
  CHECK_OK(bgen_mean_acceptance(OLD, old, NEW, new, &found));
  CHECK_CLOSE(found, expected, 1e-12);
  old[3] = NAN;
  CHECK_REFUSED(bgen_mean_acceptance(OLD, old, NEW, new, &found), BGEN_NOT_FINITE, "");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_form),
                                     cmocka_unit_test(test_antisymmetric),
                                     cmocka_unit_test(test_infinite_works),
                                     cmocka_unit_test(test_refused),
                                     cmocka_unit_test(test_error_bars_cover),
                                     cmocka_unit_test(test_blocks_cover_correlated_series),
                                     cmocka_unit_test(test_pooled),
                                     cmocka_unit_test(test_kish),
                                     cmocka_unit_test(test_mean_acceptance)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
