/* SPDX-License-Identifier: GPL-2.0-or-later
   Chains of two states with chances alpha and beta to leave them: populations p = beta / (alpha +
   beta) and q = 1 - p, memory lambda = 1 - alpha - beta from step to step. Of n steps in
   equilibrium the share of the first has the variance
     p q / n [(1 + lambda) / (1 - lambda) - 2 lambda (1 - lambda^n) / (n (1 - lambda)^2)]. */
#include "estimate/visits.h"

#include <math.h>

#include "base/rng.h"
#include "fixture.h"

enum { STATES = 3, REPEATS = 1000 };

static uint64_t visits[(BGEN_VISITS_BLOCKS + STATES + 1) * STATES];

static bgen_visits empty(void)
{
  assert_int_equal(bgen_visits_words(STATES), sizeof visits / sizeof *visits);
  return bgen_visits_begin(STATES, visits);
}

static void test_merges(void **state)
{
  bgen_visits p = empty();
  uint64_t n[STATES + 1] = {0};
  bgen_rng rng = bgen_rng_at(41, BGEN_STREAM_TEST, 0);
  (void) state;
  for (uint64_t i = 0; i < 5000; i++) {
    const size_t now = bgen_rng_below(&rng, STATES + 1);
    bgen_visits_add(&p, now);
    n[now]++;
  }
  assert_int_equal(p.n, 5000);
  assert_int_equal(p.length, 128); /* 39 whole blocks and a part of one */
  for (size_t k = 0; k < STATES; k++) assert_int_equal(bgen_visits_of(&p, k), n[k]);
  for (size_t b = 0; b < BGEN_VISITS_BLOCKS; b++) {
    const uint64_t in_block = visits[b * STATES] + visits[b * STATES + 1] + visits[b * STATES + 2];
    CHECK_WITHIN((double) in_block, b < 39 ? 60 : 0, b < 39 ? 128 : b == 39 ? 8 : 0);
  }
}

static void test_difference(void **state)
{
  bgen_visits p = empty();
  bgen_estimate there, back;
  (void) state;
  for (size_t i = 0; i < 1000; i++) bgen_visits_add(&p, i % 7 < 2 ? 2 : 0);
  CHECK_OK(bgen_visits_difference(&p, 0, 2, &there));
  CHECK_OK(bgen_visits_difference(&p, 2, 0, &back));
  CHECK_CLOSE(there.value, -log(286. / 714), 1e-14); /* F(2) - F(0) */
  CHECK_CLOSE(back.value, -there.value, 1e-14);
  CHECK_CLOSE(back.error, there.error, 1e-14);
}

static void test_refused(void **state)
{
  bgen_visits p = empty();
  bgen_estimate estimate;
  (void) state;
  CHECK_REFUSED(bgen_visits_difference(&p, 0, 1, &estimate), BGEN_NOT_FINITE, "visits");
  for (size_t i = 0; i < 7; i++) bgen_visits_add(&p, i % 2);
  CHECK_REFUSED(bgen_visits_difference(&p, 0, 1, &estimate), BGEN_NOT_FINITE, "4 and 3");
  bgen_visits_add(&p, 0);
  CHECK_OK(bgen_visits_difference(&p, 0, 1, &estimate)); /* 6 crossings are not enough */
  CHECK_CLOSE(estimate.value, log(5. / 3), 1e-14);
  assert_true(isinf(estimate.error));
  assert_int_equal(bgen_visits_crossings(&p, 0, 1), 6);
  for (size_t i = 0; i < 500; i++) bgen_visits_add(&p, 0);
  CHECK_REFUSED(bgen_visits_difference(&p, 0, 2, &estimate), BGEN_NOT_FINITE, "505 and 0");
}

/* The value, and the error bar within 20 % of the exact one on average (the mean of 1000 is known
   to 0.5 %), whether the last merge has just been or is long ago; and 68 +- 7 % of the bars hold
   the truth. */
static void check_chain(uint64_t key, double alpha, double beta, size_t n)
{
  const double p = beta / (alpha + beta), lambda = 1 - alpha - beta, m = (double) n;
  const double variance = p * (1 - p) / m *
                          ((1 + lambda) / (1 - lambda) -
                           2 * lambda * (1 - pow(lambda, m)) / (m * (1 - lambda) * (1 - lambda)));
  const double exact = sqrt(variance) / (p * (1 - p)), truth = log(p / (1 - p)); /* F(1) - F(0) */
  average value = {0}, error = {0};
  size_t n_covered = 0;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_visits population = empty();
    bgen_rng rng = bgen_rng_at(43 + key, BGEN_STREAM_TEST, r);
    bgen_estimate estimate;
    size_t now = bgen_rng_uniform(&rng) < p ? 0u : 1u;
    for (size_t i = 0; i < n; i++) {
      bgen_visits_add(&population, now);
      if (bgen_rng_uniform(&rng) < (now ? beta : alpha)) now = 1 - now;
    }
    CHECK_OK(bgen_visits_difference(&population, 0, 1, &estimate));
    average_add(&value, estimate.value);
    average_add(&error, estimate.error);
    n_covered += fabs(estimate.value - truth) <= estimate.error;
  }
  CHECK_WITHIN(error.value / exact, 0.8, 1.2);
  CHECK_WITHIN((double) n_covered / REPEATS, 0.61, 0.75);
  CHECK_WITHIN(value.value, truth - exact, truth + exact);
}

static void test_error_of_chains(void **state)
{
  (void) state;
  check_chain(0, 0.5, 0.5, 8192); /* no memory */
  check_chain(1, 0.1, 0.1, 8191);
  check_chain(2, 0.02, 0.06, 20000);
  check_chain(3, 0.01, 0.005, 50000);
}

/* A chain that is in state 0 only and one that is in state 1 only have never crossed. */
static void test_two_chains(void **state)
{
  uint64_t words[200];
  bgen_visits one = bgen_visits_begin(2, words);
  (void) state;
  for (int i = 0; i < 10; i++) bgen_visits_add(&one, 0);
  bgen_visits_other_chain(&one);
  for (int i = 0; i < 10; i++) bgen_visits_add(&one, 1);
  assert_int_equal(bgen_visits_crossings(&one, 0, 1), 0);
  assert_int_equal(bgen_visits_of(&one, 0), 10);
  bgen_visits_add(&one, 0);
  assert_int_equal(bgen_visits_crossings(&one, 0, 1), 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_merges), cmocka_unit_test(test_difference),
      cmocka_unit_test(test_refused), cmocka_unit_test(test_error_of_chains),
      cmocka_unit_test(test_two_chains)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
