/* SPDX-License-Identifier: GPL-2.0-or-later
   The prior on circles, and points that go from a circle to the line. */
#include "model/prior.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

enum { DIM = 3, POINTS = 20000 };

static const uint64_t seed = 17;

static double gaussian(double x, double center, double variance)
{
  const double d = x - center;
  return exp(-d * d / (2 * variance)) / sqrt(2 * acos(-1) * variance);
}

/* The normal at tau on the line, 1/2pi on the circles wherever they are. */
static void test_circles(void **state)
{
  static const bool circle[DIM] = {true, false, true};
  static double rows[POINTS * DIM], warm[POINTS * DIM];
  const bgen_prior p = {DIM, 0, NULL, circle};
  const double log_circles = -2 * log(2 * acos(-1)), tau = 2.5;
  double grad[DIM], sum[2] = {0};
  (void) state;
  for (int k = -1; k <= 1; k++) {
    const double at[DIM] = {0.5 + 7 * k, -1.5, 2};
    CHECK_CLOSE(bgen_prior_log_p_gradient(&p, tau, at, grad),
                log(gaussian(-1.5, 0, tau)) + log_circles, 1e-14);
    CHECK_SAME(DIM, grad, ((double[]){0, 1.5 / tau, 0}));
  }
  assert_true(isnan(bgen_prior_log_p(&p, 1, (double[]){NAN, 0, 0})));
  bgen_prior_sample(&p, 1, seed, BGEN_STREAM_TEST, 0, POINTS, rows);
  bgen_prior_sample(&p, tau, seed, BGEN_STREAM_TEST, 0, POINTS, warm);
  for (size_t i = 0; i < POINTS * DIM; i += DIM) {
    assert_true(fabs(rows[i]) < acos(-1) && rows[i] == warm[i]);
    CHECK_CLOSE(warm[i + 1], sqrt(tau) * rows[i + 1], 1e-13);
    sum[0] += cos(rows[i]), sum[1] += cos(rows[i]) * cos(rows[i + 2]);
  }
  CHECK_WITHIN(sum[0] / POINTS, -5 * sqrt(0.5 / POINTS), 5 * sqrt(0.5 / POINTS)); /* 5 sigma */
  CHECK_WITHIN(sum[1] / POINTS, -5 * sqrt(0.25 / POINTS), 5 * sqrt(0.25 / POINTS));
}

/* From a circle to the line and back: as much probability as before lies at each point, and the
   slope of the map is what it says. */
static void test_convert(void **state)
{
  static const bool there[DIM] = {true, false, false}, here[DIM] = {false, true, false};
  const bgen_prior from = {DIM, 0, NULL, there}, to = {DIM, 0, NULL, here};
  const double h = 1e-4;
  (void) state;
  for (uint64_t i = 0; i < 200; i++) {
    double at[DIM], point[DIM], f[4][DIM];
    fill_varied(70 + i, DIM, at);
    at[0] = 3 * at[0] + 2 * acos(-1) * ((double) (i % 3) - 1), at[1] *= 2.5;
    memcpy(point, at, sizeof at);
    const double log_det = bgen_prior_convert(&from, &to, point);
    CHECK_CLOSE(bgen_prior_log_p(&from, 1, at), bgen_prior_log_p(&to, 1, point) + log_det, 1e-12);
    assert_true(point[2] == at[2] && fabs(point[1]) < acos(-1));
    for (size_t s = 0; s < 4; s++) {
      memcpy(f[s], point, sizeof point);
      for (size_t j = 0; j < 2; j++) f[s][j] += h * (s < 2 ? (double) s - 2 : (double) s - 1);
      CHECK_WITHIN(bgen_prior_convert(&to, &from, f[s]), -100, 100);
    }
    CHECK_RELATIVE(slope_of((double[]){f[0][0], f[1][0], f[2][0], f[3][0]}, h) *
                       slope_of((double[]){f[0][1], f[1][1], f[2][1], f[3][1]}, h),
                   exp(-log_det), 1e-7);
    CHECK_CLOSE(bgen_prior_convert(&to, &from, point), -log_det, 1e-9);
    CHECK_CLOSE(point[0], at[0] - 2 * acos(-1) * round(at[0] / (2 * acos(-1))), 1e-12);
    CHECK_CLOSE(point[1], at[1], 1e-9);
  }
}

/* what double precision cannot bring back */
static void test_ends_of_the_line(void **state)
{
  static const bool there[1] = {true};
  const bgen_prior circle = {1, 0, NULL, there}, line = {1, 0, NULL, NULL};
  double far = 8.1, end = -acos(-1), none = NAN;
  (void) state;
  assert_true(isnan(bgen_prior_convert(&line, &circle, &far)));
  assert_true(isnan(bgen_prior_convert(&circle, &line, &end)));
  assert_true(isnan(bgen_prior_convert(&circle, &line, &none)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_circles),
      cmocka_unit_test(test_convert),
      cmocka_unit_test(test_ends_of_the_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
