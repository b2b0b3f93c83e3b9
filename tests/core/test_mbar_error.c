/* SPDX-License-Identifier: GPL-2.0-or-later
   Errors of MBAR must cover what is known of wells, and contributions of samples be what a solution
   with other samples says. */
#include <math.h>
#include <string.h>

#include "wells.h"

enum { REPEATS = 1000 };

static double unit[MOST], of_unit[MOST];

static bool covers_difference(size_t i, size_t j, double error)
{
  return covers(&(bgen_estimate){f[j] - f[i], error}, truth(j) - truth(i));
}

/* the mean of a in a state and its error */
static bgen_estimate mean_in(const bgen_mbar *m, size_t k, const double *a)
{
  double mean, one;
  for (size_t i = 0; i < m->n; i++) unit[i] = 1;
  bgen_mbar_integral(m, influence, k, a, &mean, contribution);
  bgen_mbar_integral(m, influence, k, unit, &one, of_unit);
  CHECK_CLOSE(one, 1, 1e-9);
  for (size_t i = 0; i < m->n; i++) contribution[i] -= mean * of_unit[i];
  return (bgen_estimate){mean, sqrt(bgen_mbar_variance(m, contribution))};
}

/* of the first and third state; of a state without samples, and of the mean of x in it */
static void test_coverage(void **state)
{
  size_t n_spread = 0, n_paper = 0, n_empty = 0, n_paper_empty = 0, n_mean = 0;
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_mbar m = problem(4, 1, (const size_t[]){120, 90, 150, 0});
    draw(&m, 100 + r);
    solve(&m);
    n_spread += covers_difference(0, 2, difference_error(&m, 0, 2));
    n_paper += covers_difference(0, 2, independent_error(&m, 0, 2));
    n_empty += covers_difference(1, 3, difference_error(&m, 1, 3));
    n_paper_empty += covers_difference(1, 3, independent_error(&m, 1, 3));
    const bgen_estimate mean = mean_in(&m, 3, x);
    n_mean += covers(&mean, wells[3].centre);
  }
  CHECK_COVERS(n_spread, REPEATS);
  CHECK_COVERS(n_paper, REPEATS);
  CHECK_COVERS(n_empty, REPEATS);
  CHECK_COVERS(n_paper_empty, REPEATS);
  CHECK_COVERS(n_mean, REPEATS);
}

/* correlated samples need their runs; also the mean of a step function, as bins of profiles are */
static void test_coverage_in_time(void **state)
{
  enum { N = 600, RUNS = 3 };
  static const size_t end[RUNS] = {N / 3, 2 * N / 3, N};
  const bgen_runs runs[] = {{0, NULL}, {RUNS, end}, {RUNS, end}};
  const double below = 0.5 * erfc(-0.3 * sqrt(0.5 * wells[1].stiffness));
  size_t n_spread = 0, n_naive = 0, n_step = 0;
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_mbar m = problem(3, 1, (const size_t[]){N / 2, N, N});
    m.runs = runs;
    draw(&m, 5000 + r);
    solve(&m);
    n_spread += covers_difference(1, 2, difference_error(&m, 1, 2));
    n_naive += covers_difference(1, 2, independent_error(&m, 1, 2));
    for (size_t i = 0; i < m.n; i++) x[i] = x[i] < wells[1].centre + 0.3;
    const bgen_estimate share = mean_in(&m, 1, x);
    n_step += covers(&share, below);
  }
  CHECK_COVERS(n_spread, REPEATS);
  CHECK_COVERS(n_step, REPEATS);
  CHECK_WITHIN((double) n_naive / REPEATS, 0.1, 0.5);
}

/* contributions to the integral of 1 are those to -f */
static void test_integral_of_one(void **state)
{
  double one;
  (void) state;
  bgen_mbar m = problem(4, 1, (const size_t[]){200, 100, 150, 0});
  draw(&m, 3);
  solve(&m);
  for (size_t i = 0; i < m.n; i++) unit[i] = 1;
  for (size_t k = 1; k < 4; k++) {
    bgen_mbar_integral(&m, influence, k, unit, &one, contribution);
    for (size_t i = 0; i < m.n; i++) CHECK_CLOSE(contribution[i], -influence[k * m.n + i], 1e-12);
  }
}

/* every sample `copies` times, one of state `own` with some added or taken away */
static bgen_mbar replicate(size_t n_states, const size_t *counts, size_t n_known, size_t copies,
                           size_t own, size_t sample, size_t added, size_t taken)
{
  size_t more[STATES], n = 0, first = 0;
  double kept[100];
  memcpy(kept, x, sizeof kept);
  for (size_t k = 0; k < n_states; first += counts[k++]) {
    more[k] = counts[k] * copies + (k == own ? added : 0) - (k == own ? taken : 0);
    for (size_t i = first; i < first + counts[k]; i++) {
      const size_t times = copies + (i == sample ? added : 0) - (i == sample ? taken : 0);
      for (size_t c = 0; c < times; c++) x[n++] = kept[i];
    }
  }
  bgen_mbar m = problem(n_states, n_known, more);
  assert_int_equal(m.n, n);
  fill_energies(n_states, n);
  memcpy(x, kept, sizeof kept);
  return m;
}

/* The derivative by the weight of one sample of state k, and by its count with it, is phi_n less
   the mean of phi over all samples weighted for state k.  By differences of 1/100, without those of
   even order. */
static void check_influence_of(size_t n_known, size_t own, size_t sample)
{
  enum { COPIES = 100, N = 60 };
  static const size_t counts[] = {20, 15, 25, 0}, first[] = {0, 20, 35};
  double expected[4] = {0}, shifted[2][4];
  bgen_mbar m = problem(4, n_known, counts);
  draw(&m, 29);
  solve(&m);
  for (size_t k = 0; k < 4; k++) {
    double mean = 0;
    for (size_t i = 0; i < N; i++)
      mean += exp(f[own] - u[own * N + i] - log_mixture[i]) * influence[k * N + i];
    expected[k] = influence[k * N + first[own] + sample] - mean;
  }
  for (size_t sign = 0; sign < 2; sign++) {
    bgen_mbar more = replicate(4, counts, n_known, COPIES, own, first[own] + sample, sign, !sign);
    CHECK_OK(bgen_mbar_solve(&more));
    memcpy(shifted[sign], f, sizeof shifted[sign]);
  }
  for (size_t k = 0; k < 4; k++) {
    const double slope = 0.5 * COPIES * (shifted[1][k] - shifted[0][k]);
    CHECK_CLOSE(slope, expected[k], 2e-5); /* (1/100)^2 of third derivatives, below 0.2 */
    if (k >= n_known) assert_true(fabs(expected[k]) > 1e-4);
  }
}

static void test_influence(void **state)
{
  (void) state;
  for (size_t n_known = 1; n_known <= 2; n_known++)
    for (size_t own = 0; own < 3; own++)
      for (size_t sample = 0; sample < 15; sample += 4) check_influence_of(n_known, own, sample);
}

/* <x> in state 3 and its error */
static bgen_estimate mean_of_x(const bgen_mbar *m)
{
  static double of_ones[MOST], ones[MOST];
  double value, one;
  for (size_t i = 0; i < m->n; i++) ones[i] = 1;
  bgen_mbar_integral(m, influence, 3, ones, &one, of_ones);
  bgen_mbar_integral(m, influence, 3, x, &value, contribution);
  for (size_t i = 0; i < m->n; i++) contribution[i] -= value * of_ones[i];
  return (bgen_estimate){value, sqrt(bgen_mbar_variance(m, contribution))};
}

/* another zero changes no difference, no mean and none of their errors, but errors of f are
   relative to it */
static void test_zero(void **state)
{
  static const size_t counts[] = {200, 150, 250, 100};
  (void) state;
  for (size_t zero = 0; zero < 4; zero++) {
    double before[4], errors[4];
    bgen_mbar m = problem(4, 1, counts);
    draw(&m, 53);
    solve(&m);
    const bgen_estimate mean = mean_of_x(&m);
    for (size_t i = 0; i < 4; i++) before[i] = f[i], errors[i] = difference_error(&m, zero, i);
    bgen_mbar_set_zero(&m, influence, zero);
    const bgen_estimate again = mean_of_x(&m);
    CHECK_CLOSE(again.value, mean.value, 1e-12);
    CHECK_CLOSE(again.error, mean.error, 1e-12);
    for (size_t i = 0; i < 4; i++) {
      CHECK_CLOSE(f[i], before[i] - before[zero], 1e-12);
      CHECK_CLOSE(sqrt(bgen_mbar_variance(&m, influence + i * m.n)), errors[i], 1e-12);
    }
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_coverage),
      cmocka_unit_test(test_coverage_in_time),
      cmocka_unit_test(test_integral_of_one),
      cmocka_unit_test(test_influence),
      cmocka_unit_test(test_zero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
