/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "model/prior_fit.h"

enum { DIM = 3, MODES = 3, N_FITTED = MODES * (2 + 2 * DIM), POINTS = 20000 };

static const uint64_t seed = 17;
static const double weight[MODES] = {0.5, 0.2, 0.3};
static const double mean[MODES][DIM] = {{-4, 0.5, 2}, {0.3, 3, -5}, {5, -1, 0.7}};
static const double width[MODES][DIM] = {{0.7, 1.2, 0.4}, {1.1, 0.3, 0.9}, {0.5, 0.8, 1.3}};

static const bgen_prior normal = {DIM, 0, NULL, NULL};
static double numbers[N_FITTED], fitted[N_FITTED], z[POINTS * DIM];

/* one after another as prior.h has them */
static bgen_prior make_mixture(double *memory)
{
  double *at = memory + MODES;
  memcpy(memory, weight, sizeof weight);
  for (size_t m = 0; m < MODES; m++) *at++ = log(width[m][0] * width[m][1] * width[m][2]);
  memcpy(at, mean, sizeof mean);
  memcpy(at + MODES * DIM, width, sizeof width);
  return (bgen_prior){DIM, MODES, memory, NULL};
}

static double gaussian(double x, double center, double variance)
{
  const double d = x - center;
  return exp(-d * d / (2 * variance)) / sqrt(2 * acos(-1) * variance);
}

static void test_normal(void **state)
{
  double rows[2 * DIM], row[DIM];
  (void) state;
  assert_int_equal(bgen_prior_n_fitted(&normal), 0);
  CHECK_CLOSE(bgen_prior_log_p(&normal, 1, (double[]){0.5, -1.5, 2}),
              -0.5 * 6.5 - 1.5 * log(2 * acos(-1)), 1e-14);
  assert_true(isnan(bgen_prior_log_p(&normal, 1, (double[]){NAN, 0, 0})));
  bgen_prior_sample(&normal, 1, seed, BGEN_STREAM_TRAIN, 7, 2, rows);
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_TRAIN, 8);
  bgen_rng_normals(&rng, DIM, row);
  CHECK_SAME(DIM, rows + DIM, row);
}

static void test_density_of_a_mixture(void **state)
{
  const bgen_prior p = make_mixture(numbers);
  (void) state;
  assert_int_equal(bgen_prior_n_fitted(&p), N_FITTED);
  for (uint64_t i = 0; i < 50; i++) {
    double at[DIM], sum = 0;
    const double tau = 1 + 0.9 * varied(1, i);
    fill_varied(2 + i, DIM, at);
    for (size_t j = 0; j < DIM; j++) at[j] *= 5;
    for (size_t m = 0; m < MODES; m++) {
      double product = weight[m];
      for (size_t j = 0; j < DIM; j++)
        product *= gaussian(at[j], mean[m][j], tau * width[m][j] * width[m][j]);
      sum += product;
    }
    CHECK_RELATIVE(bgen_prior_log_p(&p, tau, at), log(sum), 1e-13);
  }
}

/* of one mode the prior at tau is p^(1/tau) but for a constant */
static void test_one_mode_is_tempered(void **state)
{
  double one[2 + 2 * DIM] = {1, log(0.06), 1, -2, 3, 0.5, 0.3, 0.4}, shift = NAN;
  const bgen_prior p = {DIM, 1, one, NULL};
  (void) state;
  for (uint64_t i = 0; i < 10; i++) {
    double at[DIM];
    fill_varied(i, DIM, at);
    const double difference = bgen_prior_log_p(&p, 2.5, at) - bgen_prior_log_p(&p, 1, at) / 2.5;
    if (i > 0) CHECK_CLOSE(difference, shift, 1e-12);
    shift = difference;
  }
}

/* far from all modes every exponential underflows, but not their logarithms */
static void test_far_points(void **state)
{
  const bgen_prior p = make_mixture(numbers);
  const double far[DIM] = {1e8, -1e8, 1e8}, nowhere[DIM] = {INFINITY, 0, 0},
               none[DIM] = {0, NAN, 0};
  double grad[DIM];
  (void) state;
  CHECK_WITHIN(bgen_prior_log_p_gradient(&p, 1, far, grad), -1e18, -1e15);
  for (size_t j = 0; j < DIM; j++) assert_true(isfinite(grad[j]));
  assert_true(bgen_prior_log_p(&p, 1, nowhere) == -INFINITY);
  assert_true(isnan(bgen_prior_log_p(&p, 1, none)));
  numbers[1] = 0; /* a mode without weight is none */
  CHECK_WITHIN(bgen_prior_log_p_gradient(&p, 1, mean[1], grad), -200, -20);
  for (size_t j = 0; j < DIM; j++) assert_true(isfinite(grad[j]));
}

static void check_gradient(const bgen_prior *p, double tau)
{
  const double h = 1e-3;
  for (uint64_t i = 0; i < 20; i++) {
    double at[DIM], grad[DIM], f[4];
    fill_varied(30 + i, DIM, at);
    for (size_t j = 0; j < DIM; j++) at[j] *= 4;
    CHECK_CLOSE(bgen_prior_log_p_gradient(p, tau, at, grad), bgen_prior_log_p(p, tau, at), 0);
    for (size_t j = 0; j < DIM; j++) {
      const double middle = at[j];
      for (int k = 0; k < 4; k++) {
        at[j] = middle + h * (k < 2 ? k - 2 : k - 1);
        f[k] = bgen_prior_log_p(p, tau, at);
      }
      at[j] = middle;
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-8);
    }
  }
}

static void test_gradient(void **state)
{
  const bgen_prior p = make_mixture(numbers);
  (void) state;
  check_gradient(&normal, 1);
  check_gradient(&normal, 0.6);
  check_gradient(&p, 1);
  check_gradient(&p, 2.3);
}

/* E z_0, E z_1^2 and E z_0 z_2 of the mixture */
static void test_moments_of_samples(void **state)
{
  const bgen_prior p = make_mixture(numbers);
  const double tau = 1.8;
  average first = {0}, second = {0}, product = {0};
  double exact[3] = {0}, row[DIM];
  (void) state;
  for (size_t m = 0; m < MODES; m++) {
    exact[0] += weight[m] * mean[m][0];
    exact[1] += weight[m] * (mean[m][1] * mean[m][1] + tau * width[m][1] * width[m][1]);
    exact[2] += weight[m] * mean[m][0] * mean[m][2];
  }
  bgen_prior_sample(&p, tau, seed, BGEN_STREAM_SAMPLE, 5, POINTS, z);
  for (size_t i = 0; i < POINTS; i++) {
    const double *at = z + i * DIM;
    average_add(&first, at[0]), average_add(&second, at[1] * at[1]);
    average_add(&product, at[0] * at[2]);
  }
  CHECK_MEAN(&first, exact[0]);
  CHECK_MEAN(&second, exact[1]);
  CHECK_MEAN(&product, exact[2]);
  bgen_prior_sample(&p, tau, seed, BGEN_STREAM_SAMPLE, 5 + 123, 1, row); /* alone: the same bits */
  CHECK_SAME(DIM, row, z + (size_t) 123 * DIM);
}

/* ---- the fit ---- */

static void draw_points(void)
{
  const bgen_prior p = make_mixture(numbers);
  bgen_prior_sample(&p, 1, seed, BGEN_STREAM_TEST, 0, POINTS, z);
}

/* the fitted mode whose mean is nearest to that of mode m */
static size_t find_mode(size_t m)
{
  size_t best = 0;
  double least = INFINITY;
  for (size_t k = 0; k < MODES; k++) {
    double squares = 0;
    for (size_t j = 0; j < DIM; j++)
      squares += pow(fitted[2 * MODES + k * DIM + j] - mean[m][j], 2);
    if (squares < least) best = k, least = squares;
  }
  return best;
}

/* Modes far apart: each is fitted to its own points, with the errors of a mean and of a width. */
static void test_fit_recovers_a_mixture(void **state)
{
  const bgen_prior p = {DIM, MODES, fitted, NULL};
  double again[N_FITTED];
  (void) state;
  draw_points();
  CHECK_OK(bgen_prior_fit_fit(&p, POINTS, z));
  CHECK_CLOSE(fitted[0] + fitted[1] + fitted[2], 1, 1e-12);
  for (size_t m = 0; m < MODES; m++) {
    const size_t k = find_mode(m);
    const double n = POINTS * weight[m];
    CHECK_CLOSE(fitted[k], weight[m], 5 * sqrt(weight[m] * (1 - weight[m]) / POINTS));
    CHECK_CLOSE(fitted[MODES + k], log(width[m][0] * width[m][1] * width[m][2]),
                5 * sqrt(DIM / (2 * n)));
    for (size_t j = 0; j < DIM; j++) {
      const size_t at = 2 * MODES + k * DIM + j;
      CHECK_CLOSE(fitted[at], mean[m][j], 5 * width[m][j] / sqrt(n));
      CHECK_CLOSE(fitted[at + MODES * DIM], width[m][j], 5 * width[m][j] / sqrt(2 * n));
    }
  }
  memcpy(again, fitted, sizeof again);
  CHECK_OK(bgen_prior_fit_fit(&p, POINTS, z));
  CHECK_SAME((size_t) N_FITTED, again, fitted);
}

/* One mode takes the mean of all points at once, and their variance with one more point. */
static void test_round_of_one_mode(void **state)
{
  enum { N = 200 };
  const double spread[DIM] = {0.5, 2, 5};
  double one[2 + 2 * DIM] = {1, 0, 3, -2, 8, 1, 1, 1}, work[2 + 2 * DIM], log_width = 0;
  const bgen_prior p = {DIM, 1, one, NULL};
  (void) state;
  draw_points();
  bgen_prior_fit_improve(&p, spread, N, z, work);
  for (size_t j = 0; j < DIM; j++) {
    average a = {0};
    for (size_t i = 0; i < N; i++) average_add(&a, z[i * DIM + j]);
    const double expected = sqrt((a.squares + spread[j]) / (N + 1));
    CHECK_CLOSE(one[2 + j], a.value, 1e-12);
    CHECK_CLOSE(one[2 + DIM + j], expected, 1e-12);
    log_width += log(expected);
  }
  CHECK_CLOSE(one[0], 1, 1e-12);
  CHECK_CLOSE(one[1], log_width, 1e-12);
}

static double mean_log_p(const bgen_prior *p, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += bgen_prior_log_p(p, 1, z + i * DIM);
  return sum / (double) n;
}

/* J of mixture.h, from widths */
static double goodness(const bgen_prior *p, const double *spread, size_t n)
{
  double sum = 0;
  for (size_t m = 0; m < MODES; m++)
    for (size_t j = 0; j < DIM; j++) {
      const double variance = pow(p->fitted[2 * MODES + (MODES + m) * DIM + j], 2);
      sum += log(variance) + spread[j] / variance;
    }
  return mean_log_p(p, n) - sum / (2 * (double) n) + 0.5 * DIM * log(2 * acos(-1));
}

/* from wide, wrong modes on; what a round returns is what it began with */
static void test_goodness_never_falls(void **state)
{
  enum { N = 500, ROUNDS = 200 };
  const bgen_prior p = make_mixture(fitted);
  const double spread[DIM] = {0.5, 2, 5};
  double work[N_FITTED], before = -INFINITY;
  (void) state;
  draw_points();
  for (size_t m = 0; m < MODES; m++) {
    fitted[MODES + m] = DIM * log(3);
    for (size_t j = 0; j < DIM; j++) {
      fitted[2 * MODES + m * DIM + j] = varied(3, m * DIM + j);
      fitted[2 * MODES + (MODES + m) * DIM + j] = 3;
    }
  }
  const double at_first = mean_log_p(&p, N);
  for (size_t round = 0; round < ROUNDS; round++) {
    const double expected = goodness(&p, spread, N);
    const double now = bgen_prior_fit_improve(&p, spread, N, z, work);
    CHECK_CLOSE(now, expected, 1e-12);
    CHECK_WITHIN(now - before, -1e-12, INFINITY);
    before = now;
  }
  CHECK_WITHIN(mean_log_p(&p, N) - at_first, 1, 20);
}

/* points that invite a mode to collapse: an outlier, a coordinate that never changes, all the same,
   as many as there are modes; a mode of one point has half of s_0 as its variance */
static void check_collapse(size_t n, double spread, double outlier)
{
  const bgen_prior p = {DIM, MODES, fitted, NULL};
  double variance = 0, center = 0;
  fill_varied(5, n * DIM, z);
  for (size_t i = 0; i < n; i++) z[i * DIM] *= spread, z[i * DIM + 1] *= spread, z[i * DIM + 2] = 2;
  z[0] += outlier;
  for (size_t i = 0; i < n; i++) center += z[i * DIM] / (double) n;
  for (size_t i = 0; i < n; i++) variance += pow(z[i * DIM] - center, 2) / (double) n;
  const double least = outlier > 0 ? sqrt(variance * pow(MODES, -2.0 / DIM) / (double) (n + 1))
                                   : 0.15 * sqrt(variance);
  CHECK_OK(bgen_prior_fit_fit(&p, n, z));
  for (size_t i = 0; i < N_FITTED; i++) assert_true(isfinite(fitted[i]));
  for (size_t m = 0; m < MODES; m++)
    CHECK_WITHIN(fitted[2 * MODES + (MODES + m) * DIM], least, INFINITY);
  assert_true(isfinite(mean_log_p(&p, n)));
}

static void test_no_mode_collapses(void **state)
{
  (void) state;
  check_collapse(200, 1, 100);
  check_collapse(200, 1, 0);
  check_collapse(200, 0, 0);
  check_collapse(200, 0, 5);
  check_collapse(MODES, 1, 0);
}

static void test_refused(void **state)
{
  const bgen_prior p = {DIM, MODES, fitted, NULL};
  double before[N_FITTED];
  (void) state;
  fill_varied(6, N_FITTED, fitted);
  memcpy(before, fitted, sizeof before);
  draw_points();
  CHECK_REFUSED(bgen_prior_fit_fit(&p, MODES - 1, z), BGEN_BAD_INPUT, "3 modes");
  z[11] = NAN;
  CHECK_REFUSED(bgen_prior_fit_fit(&p, 50, z), BGEN_NOT_FINITE, "not finite");
  z[11] = INFINITY;
  CHECK_REFUSED(bgen_prior_fit_fit(&p, 50, z), BGEN_NOT_FINITE, "not finite");
  CHECK_SAME((size_t) N_FITTED, before, fitted);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_normal),
      cmocka_unit_test(test_density_of_a_mixture),
      cmocka_unit_test(test_one_mode_is_tempered),
      cmocka_unit_test(test_far_points),
      cmocka_unit_test(test_gradient),
      cmocka_unit_test(test_moments_of_samples),
      cmocka_unit_test(test_fit_recovers_a_mixture),
      cmocka_unit_test(test_round_of_one_mode),
      cmocka_unit_test(test_goodness_never_falls),
      cmocka_unit_test(test_no_mode_collapses),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
