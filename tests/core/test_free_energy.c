/* SPDX-License-Identifier: GPL-2.0-or-later
   Free energies that are known: of Gaussian works (series.h) and of harmonic wells. */
#include "estimate/free_energy.h"

#include <math.h>

#include "base/rng.h"
#include "estimate/acceptance.h"
#include "fixture.h"
#include "series.h"

enum { MOST = 20000, REPEATS = 1000 };

static double forward[MOST], reverse[MOST];

static bgen_works independent(size_t n, const double *work)
{
  return (bgen_works){n, work, {0, NULL}};
}

static void fill_both(uint64_t key, size_t n_forward, size_t n_reverse, double free_energy,
                      double s)
{
  fill_series(2 * key, (kind){0, 0}, n_forward, NULL, forward);
  fill_series(2 * key + 1, (kind){0, 0}, n_reverse, NULL, reverse);
  to_works(free_energy, s, n_forward, forward);
  to_works(-free_energy, s, n_reverse, reverse);
}

static void bar(size_t n_forward, size_t n_reverse, bgen_estimate *e)
{
  const bgen_works there = independent(n_forward, forward), back = independent(n_reverse, reverse);
  CHECK_OK(bgen_estimate_bar(&there, &back, e));
}

static void fep(size_t n, bgen_estimate *e)
{
  const bgen_works there = independent(n, forward);
  CHECK_OK(bgen_estimate_fep(&there, e));
}

/* also of the sign and the size that other programs get wrong */
static void test_closed_form(void **state)
{
  static const double truth[] = {2.385, -1.86, 0, -250.7, 480.3};
  bgen_estimate one, two;
  (void) state;
  for (size_t k = 0; k < 5; k++) {
    fill_both(k, MOST, MOST / 2, truth[k], 1.3);
    fep(MOST, &one);
    bar(MOST, MOST / 2, &two);
    CHECK_CLOSE(one.value, truth[k], 5 * one.error);
    CHECK_CLOSE(two.value, truth[k], 5 * two.error);
    CHECK_WITHIN(two.error, 0.001, 0.02);
  }
}

/* A frame that is read again and again, or a single one, shows nothing of how works vary; where no
   works vary at all the states are the same. */
static void test_frozen(void **state)
{
  static const size_t n_frames[] = {1, 1000};
  bgen_estimate e;
  (void) state;
  for (size_t k = 0; k < 2; k++) {
    const size_t n = n_frames[k];
    fill_both(3, 1000, n, 1, 0.5);
    for (size_t i = 1; i < n; i++) reverse[i] = reverse[0] * (1 + 1e-13 * (double) (i % 3));
    const bgen_works samples = independent(1000, forward), frames = {n, reverse, {1, &n}};
    CHECK_OK(bgen_estimate_bar(&samples, &frames, &e));
    assert_true(isinf(e.error));
    CHECK_OK(bgen_estimate_bar(&frames, &samples, &e));
    assert_true(isinf(e.error));
    CHECK_OK(bgen_estimate_one_sided(&frames, &samples, &e));
    assert_true(isinf(e.error));
  }
  const size_t n = 1000;
  for (size_t i = 0; i < n; i++) forward[i] = 2.5, reverse[i] = -2.5;
  const bgen_works samples = independent(n, forward), frames = {n, reverse, {1, &n}};
  CHECK_OK(bgen_estimate_bar(&samples, &frames, &e));
  CHECK_CLOSE(e.value, 2.5, 1e-12);
  CHECK_CLOSE(e.error, 0, 1e-12);
}

static double fermi_sum(size_t n, const double *work, double offset, int power)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += pow(1 / (1 + exp(offset + work[i])), power);
  return sum;
}

/* both sums are equal at F, and the error of independent works is
   (<f^2> / <f>^2 - 1) / n of both sides, whose works may lie far from each other */
static void test_as_bennett_says(void **state)
{
  enum { N0 = 3000, N1 = 500 };
  static const double s[] = {0.2, 1.7, 5};
  const double m = log((double) N0 / N1);
  bgen_estimate e;
  (void) state;
  for (size_t k = 0; k < 3; k++) {
    fill_both(5 + k, N0, N1, -1.86, s[k]);
    bar(N0, N1, &e);
    const double a = fermi_sum(N0, forward, m - e.value, 1);
    const double b = fermi_sum(N1, reverse, e.value - m, 1);
    CHECK_RELATIVE(a, b, 1e-10);
    const double variance = fermi_sum(N0, forward, m - e.value, 2) / (a * a) - 1.0 / N0 +
                            fermi_sum(N1, reverse, e.value - m, 2) / (b * b) - 1.0 / N1;
    CHECK_CLOSE(e.error, sqrt(variance), 1e-10);
  }
}

/* values are solved for until 1e-13 */
static void test_antisymmetric(void **state)
{
  const size_t end[] = {400, 900, 1500, 2500, 3000}, one[] = {1000};
  bgen_estimate there, back;
  (void) state;
  fill_both(7, 3000, 1000, 3.1, 1.7);
  fill_series(99, (kind){0.7, 0.1}, 3000, &(bgen_runs){5, end}, forward);
  to_works(3.1, 1.7, 3000, forward);
  for (size_t with_runs = 0; with_runs < 2; with_runs++) {
    const bgen_works a = {3000, forward, {with_runs ? 5 : 0, end}},
                     b = {1000, reverse, {with_runs, one}};
    CHECK_OK(bgen_estimate_bar(&a, &b, &there));
    CHECK_OK(bgen_estimate_bar(&b, &a, &back));
    CHECK_CLOSE(there.value, -back.value, 1e-12);
    CHECK_CLOSE(there.error, back.error, 1e-12);
  }
}

/* half of the forward samples reach nothing: F rises by ln 2, and reverse works by Crooks stay as
   they are */
static void test_infinite_works(void **state)
{
  bgen_estimate one, two;
  (void) state;
  fill_both(11, MOST, MOST, -0.45, 0.8);
  for (size_t i = 0; i < MOST; i += 2) forward[i] = INFINITY;
  fep(MOST, &one);
  bar(MOST, MOST, &two);
  CHECK_CLOSE(one.value, -0.45 + log(2.0), 5 * one.error);
  CHECK_CLOSE(two.value, -0.45 + log(2.0), 5 * two.error);
}

/* State 0 is uniform on [0, 1], state 1 e^-2x on [0.3, 1.6]: each reaches a part of the other, and
   all that one side alone tells of F = -ln of the integral of e^-2x, 0.3 to 1.6, needs how much of
   the other it reaches. */
static void test_partial_reach(void **state)
{
  const double low = exp(-0.6), high = exp(-3.2), truth = -log(0.5 * (low - high));
  size_t n_covered[2] = {0};
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_rng rng = bgen_rng_at(43, BGEN_STREAM_TEST, r);
    for (size_t i = 0; i < 300; i++) {
      const double x = bgen_rng_uniform(&rng),
                   y = -0.5 * log(low + (high - low) * bgen_rng_uniform(&rng));
      forward[i] = x < 0.3 ? INFINITY : 2 * x;
      reverse[i] = y > 1 ? INFINITY : -2 * y;
    }
    const bgen_works there = independent(300, forward), back = independent(300, reverse);
    bgen_estimate by[2];
    CHECK_OK(bgen_estimate_one_sided(&there, &back, &by[0]));
    CHECK_OK(bgen_estimate_one_sided(&back, &there, &by[1]));
    by[1].value *= -1;
    for (size_t k = 0; k < 2; k++) n_covered[k] += fabs(by[k].value - truth) <= by[k].error;
  }
  for (size_t k = 0; k < 2; k++) CHECK_WITHIN((double) n_covered[k] / REPEATS, 0.61, 0.75);
  for (size_t i = 0; i < 300; i++) reverse[i] = INFINITY;
  const bgen_works there = independent(300, forward), back = independent(300, reverse);
  bgen_estimate none;
  CHECK_REFUSED(bgen_estimate_one_sided(&there, &back, &none), BGEN_NOT_FINITE, "reverse");
}

static void test_refused(void **state)
{
  const bgen_works there = independent(100, forward), back = independent(100, reverse);
  bgen_estimate e;
  (void) state;
  fill_both(13, 100, 100, 0.5, 1);
  forward[17] = NAN;
  CHECK_REFUSED(bgen_estimate_fep(&there, &e), BGEN_NOT_FINITE, "work 18 of 100 is nan");
  CHECK_REFUSED(bgen_estimate_bar(&there, &back, &e), BGEN_NOT_FINITE,
                "forward work 18 of 100 is nan");
  forward[17] = -INFINITY;
  CHECK_REFUSED(bgen_estimate_fep(&there, &e), BGEN_NOT_FINITE, "work 18 of 100 is -inf");
  CHECK_REFUSED(bgen_estimate_bar(&back, &there, &e), BGEN_NOT_FINITE,
                "reverse work 18 of 100 is -inf");
  for (size_t i = 0; i < 100; i++) forward[i] = INFINITY;
  CHECK_REFUSED(bgen_estimate_fep(&there, &e), BGEN_NOT_FINITE, "overlap");
  for (size_t i = 0; i < 100; i++) forward[i] = reverse[i] = 5000;
  CHECK_OK(bgen_estimate_bar(&there, &back, &e));
  assert_true(isinf(e.error) && e.value >= -5000 && e.value <= 5000);
  const bgen_works none = independent(0, forward);
  CHECK_REFUSED(bgen_estimate_bar(&none, &back, &e), BGEN_NOT_FINITE, "none of the 0");
}

/* ---- error bars ---- */

/* samples of both states and how they are related; memory = 0: taken as independent */
typedef struct samples {
  size_t n_forward, n_reverse;
  double memory;
} samples;

static const samples apart = {400, 250, 0}, in_time = {2000, 3000, 0.8};

/* the values of both sides, in runs or not */
static void fill_sides(uint64_t key, samples of)
{
  fill_series(2 * key, (kind){of.memory, 0}, of.n_forward, NULL, forward);
  fill_series(2 * key + 1, (kind){of.memory, 0}, of.n_reverse, NULL, reverse);
}

static void gaussian_works(samples of, double free_energy)
{
  to_works(free_energy, 1.1, of.n_forward, forward);
  to_works(-free_energy, 1.1, of.n_reverse, reverse);
}

enum { STIFF = 3 }; /* k_1, of k_0 = 1 */

/* u_0 = x^2/2, u_1 = k (x - 0.4)^2 / 2: F = ln(k) / 2 */
static void harmonic_works(samples of, double free_energy)
{
  (void) free_energy;
  for (size_t i = 0; i < of.n_forward; i++) {
    const double x = forward[i];
    forward[i] = 0.5 * STIFF * (x - 0.4) * (x - 0.4) - 0.5 * x * x;
  }
  for (size_t i = 0; i < of.n_reverse; i++) {
    const double x = 0.4 + reverse[i] / sqrt(STIFF);
    reverse[i] = 0.5 * x * x - 0.5 * STIFF * (x - 0.4) * (x - 0.4);
  }
}

/* error bars of BAR, of FEP and of BAR that takes all as independent */
static void check_coverage(const char *name, samples of, double truth,
                           void (*fill_works)(samples of, double free_energy))
{
  const size_t n_runs = of.memory > 0;
  const bgen_works there = {of.n_forward, forward, {n_runs, &of.n_forward}},
                   back = {of.n_reverse, reverse, {n_runs, &of.n_reverse}};
  size_t n_fep = 0, n_bar = 0, n_naive = 0;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_estimate one, two, naive;
    fill_sides(100 + r, of);
    fill_works(of, truth);
    CHECK_OK(bgen_estimate_fep(&there, &one));
    CHECK_OK(bgen_estimate_bar(&there, &back, &two));
    bar(of.n_forward, of.n_reverse, &naive);
    n_fep += covers(&one, truth), n_bar += covers(&two, truth), n_naive += covers(&naive, truth);
  }
  print_message(
      "%s, memory %.1f: of %d errors %zu of FEP, %zu of BAR, %zu as of independent works cover\n",
      name, of.memory, REPEATS, n_fep, n_bar, n_naive);
  CHECK_COVERS(n_fep, REPEATS);
  CHECK_COVERS(n_bar, REPEATS);
  if (n_runs) CHECK_WITHIN((double) n_naive / REPEATS, 0.1, 0.55);
}

static void test_errors_cover(void **state)
{
  (void) state;
  check_coverage("Gaussian works", apart, 1.9, gaussian_works);
  check_coverage("harmonic wells", apart, 0.5 * log(STIFF), harmonic_works);
}

static void test_errors_cover_in_time(void **state)
{
  (void) state;
  check_coverage("Gaussian works", in_time, -0.7, gaussian_works);
  check_coverage("harmonic wells", in_time, 0.5 * log(STIFF), harmonic_works);
}

/* ---- weights ---- */

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
                                     cmocka_unit_test(test_frozen),
                                     cmocka_unit_test(test_as_bennett_says),
                                     cmocka_unit_test(test_antisymmetric),
                                     cmocka_unit_test(test_infinite_works),
                                     cmocka_unit_test(test_partial_reach),
                                     cmocka_unit_test(test_refused),
                                     cmocka_unit_test(test_errors_cover),
                                     cmocka_unit_test(test_errors_cover_in_time),
                                     cmocka_unit_test(test_kish),
                                     cmocka_unit_test(test_mean_acceptance)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
