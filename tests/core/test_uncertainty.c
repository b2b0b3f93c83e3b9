/* SPDX-License-Identifier: GPL-2.0-or-later
   Autoregressive series tell their statistical inefficiency, and error bars of means must cover the
   true one. */
#include "estimate/uncertainty.h"

#include <math.h>

#include "fixture.h"
#include "series.h"

enum { MOST = 1500000, REPEATS = 1000, N = 4000 };

static double value[MOST];

/* runs of unequal length */
static const size_t end_of_eight[] = {300, 1000, 1400, 1450, 2300, 2900, 3100, N};
static const bgen_runs eight = {8, end_of_eight};
static const size_t end_of_one[] = {N};
static const bgen_runs one = {1, end_of_one};

/* ---- statistical inefficiency ---- */

static double mean_inefficiency(double memory, size_t n, const bgen_runs *runs)
{
  average g = {0, 0, 0};
  for (uint64_t k = 0; k < 20; k++) {
    fill_series(k, (kind){memory, 0}, n, runs, value);
    average_add(&g, bgen_statistical_inefficiency(n, value, runs));
  }
  return g.value;
}

/* 6 %: 20 series are known to 2 % at worst, and a sum that stops where noise takes over is too
   large by as much */
static void test_closed_form(void **state)
{
  enum { LONG = 40000 };
  const size_t four_ends[] = {LONG / 8, LONG / 8, LONG / 2, LONG}, end[] = {LONG};
  static const double memory[] = {0, 0.5, 0.9};
  (void) state;
  for (size_t k = 0; k < 3; k++) {
    const double truth = (1 + memory[k]) / (1 - memory[k]);
    const double found = mean_inefficiency(memory[k], LONG, &(bgen_runs){1, end});
    const double of_four = mean_inefficiency(memory[k], LONG, &(bgen_runs){4, four_ends});
    print_message("g %.3f: %.3f in one run, %.3f in four\n", truth, found, of_four);
    CHECK_CLOSE(found, truth, 0.06 * truth);
    CHECK_CLOSE(of_four, truth, 0.06 * truth);
  }
}

/* the sum of the paper, lag by lag */
static double slow_inefficiency(size_t n, const double *x)
{
  double mean = 0, square = 0, g = 1;
  for (size_t i = 0; i < n; i++) mean += x[i] / (double) n;
  for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean) / (double) n;
  for (size_t t = 1; t < n; t++) {
    double c = 0;
    for (size_t i = 0; i + t < n; i++)
      c += (x[i] - mean) * (x[i + t] - mean) / ((double) (n - t) * square);
    if (c <= 0 && t > 3) break;
    g += 2 * (1 - (double) t / (double) n) * c;
  }
  return fmax(g, 1);
}

static void test_as_in_the_paper(void **state)
{
  enum { FEW = 500 };
  const size_t end[] = {FEW};
  (void) state;
  for (uint64_t k = 0; k < 5; k++) {
    fill_series(k, (kind){0.6, 0}, FEW, NULL, value);
    for (size_t i = 0; i < FEW; i++) value[i] = 7.3 - 0.02 * value[i];
    const double slow = slow_inefficiency(FEW, value);
    CHECK_CLOSE(bgen_statistical_inefficiency(FEW, value, &(bgen_runs){1, end}), slow, 1e-9);
    CHECK_WITHIN(slow, 2, 8);
  }
}

/* Two runs stay where they are: products are 0.8, 0.6, 0.4, 0.2 within runs, 0.7, 0.4, 0.1, -0.2
   over their border. */
static void test_pairs_within_runs_alone(void **state)
{
  const double x[] = {1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
  const size_t two_ends[] = {5, 10}, end[] = {10};
  (void) state;
  CHECK_CLOSE(bgen_statistical_inefficiency(10, x, &(bgen_runs){2, two_ends}), 5, 1e-14);
  CHECK_CLOSE(bgen_statistical_inefficiency(10, x, &(bgen_runs){1, end}), 3.4, 1e-14);
}

static void test_nothing_to_see(void **state)
{
  (void) state;
  for (size_t i = 0; i < N; i++) value[i] = 0.1;
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, &one), N, 0);
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, NULL), 1, 0);
  CHECK_CLOSE(bgen_spread_of_sum(N, value, &eight).variance, 0, 0);
  for (size_t i = 0; i < N; i++) value[i] = -250 * (1 + 1e-13 * (double) (i % 3));
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, &one), N, 0);
  for (size_t i = 0; i < N; i++) value[i] = -250 + 1e-6 * (double) (i % 3); /* more than rounding */
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, &one), 1, 0);
  fill_series(3, (kind){0.9, 0}, N, NULL, value);
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, NULL), 1, 0);
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, &(bgen_runs){0, NULL}), 1, 0);
  CHECK_CLOSE(bgen_spread_of_sum(0, value, NULL).variance, 0, 0);
  for (size_t i = 0; i < N; i++) value[i] = i % 2 ? -1 : 1;
  CHECK_CLOSE(bgen_statistical_inefficiency(N, value, &one), 1, 0);
  value[5] = NAN;
  assert_true(isnan(bgen_spread_of_sum(N, value, &eight).variance));
}

/* A straight line never forgets, and g is in proportion to its length.  Lag by lag it would take
   ten minutes. */
static void test_long_memory_is_cheap(void **state)
{
  enum { FEW = 2000 };
  const size_t end[] = {MOST}, few[] = {FEW};
  (void) state;
  for (size_t i = 0; i < MOST; i++) value[i] = (double) i;
  const double g = bgen_statistical_inefficiency(MOST, value, &(bgen_runs){1, end});
  const double slow = slow_inefficiency(FEW, value);
  CHECK_CLOSE(g / MOST, slow / FEW, 0.02 * slow / FEW);
  CHECK_CLOSE(bgen_statistical_inefficiency(FEW, value, &(bgen_runs){1, few}), slow, 0.01 * slow);
}

static void test_subsample(void **state)
{
  static const size_t end[] = {5, 5, 7, 14}, expected[] = {0, 2, 4, 5, 7, 9, 11, 13},
                      expected_end[] = {3, 3, 4, 8};
  size_t index[14], kept_end[4];
  (void) state;
  assert_int_equal(bgen_subsample(&(bgen_runs){4, end}, 2.1, index, kept_end), 8);
  CHECK_SAME(8, index, expected);
  CHECK_SAME(4, kept_end, expected_end);
  assert_int_equal(bgen_subsample(&(bgen_runs){4, end}, 2.6, index, kept_end), 6);
  assert_int_equal(index[5], 12); /* 7, then 2.6 and 5.2 later */
  assert_int_equal(bgen_subsample(&(bgen_runs){4, end}, 1, index, kept_end), 14);
}

/* ---- error bars of means ---- */

typedef struct coverage {
  size_t naive, by_g, final; /* means within the error of independent values, with g, in the end */
  size_t n_differ;           /* repeats where runs were found to differ */
  double between;            /* mean variance of the sum by whole runs */
} coverage;

static coverage cover(kind of, const bgen_runs *runs)
{
  coverage c = {0, 0, 0, 0, 0};
  for (uint64_t r = 0; r < REPEATS; r++) {
    double sum = 0;
    fill_series(1000 + r, of, N, runs, value);
    for (size_t i = 0; i < N; i++) sum += value[i];
    const bgen_spread s = bgen_spread_of_sum(N, value, runs);
    c.naive += sum * sum <= s.independent;
    c.by_g += sum * sum <= s.independent * s.inefficiency;
    c.final += sum * sum <= s.variance;
    c.n_differ += s.runs_differ;
    c.between += s.between / REPEATS;
  }
  print_message("memory %.2f, cage %.2f, %zu runs: independent %zu, g %zu, in the end %zu of %d "
                "cover; runs differ in %zu\n",
                of.memory, of.cage, runs ? runs->n : 0, c.naive, c.by_g, c.final, REPEATS,
                c.n_differ);
  return c;
}

static void test_independent(void **state)
{
  (void) state;
  CHECK_COVERS(cover((kind){0, 0}, NULL).final, REPEATS);
  const coverage in_runs = cover((kind){0, 0}, &eight);
  CHECK_COVERS(in_runs.final, REPEATS);
  CHECK_WITHIN((double) in_runs.n_differ, 15, 85); /* 5 % by chance, 5 sigma */
}

static void test_correlated(void **state)
{
  const kind of = {0.8, 0};
  (void) state;
  const coverage in_one = cover(of, &one), in_eight = cover(of, &eight);
  CHECK_COVERS(in_one.final, REPEATS);
  CHECK_COVERS(in_eight.final, REPEATS);
  CHECK_WITHIN((double) in_one.naive, 0, 0.4 * REPEATS);
  CHECK_WITHIN((double) in_eight.n_differ, 15, 85);
}

/* Small offsets are lost in the noise of the correlation, and yet most of the error; those that are
   seen in it do not make g large enough, for their own mean is subtracted. */
static void test_cages(void **state)
{
  (void) state;
  const coverage small = cover((kind){0.5, 0.2}, &eight), large = cover((kind){0.5, 2}, &eight);
  CHECK_COVERS(small.final, REPEATS);
  CHECK_COVERS(large.final, REPEATS);
  CHECK_WITHIN((double) small.by_g, 0, 0.5 * REPEATS);
  CHECK_WITHIN((double) large.by_g, 0, 0.6 * REPEATS);
  double variance = 3 * N; /* g N and cage^2 n_r^2 of each run; 10 %: known to 2 %, 5 sigma */
  for (size_t r = 0; r < 8; r++)
    variance += 4 * pow((double) (eight.end[r] - bgen_run_begin(&eight, r)), 2);
  CHECK_CLOSE(large.between, variance, 0.1 * variance);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_form),
                                     cmocka_unit_test(test_as_in_the_paper),
                                     cmocka_unit_test(test_pairs_within_runs_alone),
                                     cmocka_unit_test(test_nothing_to_see),
                                     cmocka_unit_test(test_long_memory_is_cheap),
                                     cmocka_unit_test(test_subsample),
                                     cmocka_unit_test(test_independent),
                                     cmocka_unit_test(test_correlated),
                                     cmocka_unit_test(test_cages)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
