/* SPDX-License-Identifier: GPL-2.0-or-later
   Chains of two states with chances alpha and beta to leave them: populations p = beta / (alpha +
   beta) and q = 1 - p, memory lambda = 1 - alpha - beta from step to step. Of n steps in
   equilibrium the share of the first has the variance
     p q / n [(1 + lambda) / (1 - lambda) - 2 lambda (1 - lambda^n) / (n (1 - lambda)^2)]. */
#include "estimate/visits.h"

#include <math.h>
#include <stdbool.h>

#include "base/rng.h"
#include "fixture.h"

enum { STATES = 3, REPEATS = 1000, MOST_CHAINS = 8 };

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
  CHECK_OK(bgen_visits_difference(1, &p, 0, 2, &there));
  CHECK_OK(bgen_visits_difference(1, &p, 2, 0, &back));
  CHECK_CLOSE(there.value, -log(286. / 714), 1e-14); /* F(2) - F(0) */
  CHECK_CLOSE(back.value, -there.value, 1e-14);
  CHECK_CLOSE(back.error, there.error, 1e-14);
}

static void test_refused(void **state)
{
  bgen_visits p = empty();
  bgen_estimate estimate;
  (void) state;
  CHECK_REFUSED(bgen_visits_difference(1, &p, 0, 1, &estimate), BGEN_NOT_FINITE, "visits");
  for (size_t i = 0; i < 7; i++) bgen_visits_add(&p, i % 2);
  CHECK_REFUSED(bgen_visits_difference(1, &p, 0, 1, &estimate), BGEN_NOT_FINITE, "4 and 3");
  bgen_visits_add(&p, 0);
  CHECK_OK(bgen_visits_difference(1, &p, 0, 1, &estimate)); /* 6 crossings are not enough */
  CHECK_CLOSE(estimate.value, log(5. / 3), 1e-14);
  assert_true(isinf(estimate.error));
  assert_int_equal(bgen_visits_crossings(&p, 0, 1), 6);
  for (size_t i = 0; i < 500; i++) bgen_visits_add(&p, 0);
  CHECK_REFUSED(bgen_visits_difference(1, &p, 0, 2, &estimate), BGEN_NOT_FINITE, "505 and 0");
}

/* Of n steps the share of the first state. */
static double variance_of_share(double alpha, double beta, double n)
{
  const double p = beta / (alpha + beta), lambda = 1 - alpha - beta;
  return p * (1 - p) / n *
         ((1 + lambda) / (1 - lambda) -
          2 * lambda * (1 - pow(lambda, n)) / (n * (1 - lambda) * (1 - lambda)));
}

static void walk(bgen_rng *rng, double alpha, double beta, size_t n, bgen_visits *to)
{
  size_t now = bgen_rng_uniform(rng) < beta / (alpha + beta) ? 0u : 1u;
  for (size_t i = 0; i < n; i++) {
    bgen_visits_add(to, now);
    if (bgen_rng_uniform(rng) < (now ? beta : alpha)) now = 1 - now;
  }
}

/* The value, and the error bar within 20 % of the exact one on average (the mean of 1000 is known
   to 0.5 %), whether the last merge has just been or is long ago; and 68 +- 7 % of the bars hold
   the truth.  Of n_chains the first has n steps, the second half as many, and so on. */
static void check_chains(uint64_t key, double alpha, double beta, size_t n_chains, size_t n)
{
  uint64_t words[MOST_CHAINS][sizeof visits / sizeof *visits];
  const double p = beta / (alpha + beta), truth = log(p / (1 - p)); /* F(1) - F(0) */
  double n_all = 0, variance = 0;
  average value = {0}, error = {0};
  size_t n_covered = 0;
  for (size_t c = 0; c < n_chains; c++) {
    const double m = (double) (n / (c + 1));
    n_all += m, variance += m * m * variance_of_share(alpha, beta, m);
  }
  const double exact = sqrt(variance) / n_all / (p * (1 - p));
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_visits chains[MOST_CHAINS];
    bgen_rng rng = bgen_rng_at(43 + key, BGEN_STREAM_TEST, r);
    bgen_estimate estimate;
    for (size_t c = 0; c < n_chains; c++) {
      chains[c] = bgen_visits_begin(STATES, words[c]);
      walk(&rng, alpha, beta, n / (c + 1), &chains[c]);
    }
    CHECK_OK(bgen_visits_difference(n_chains, chains, 0, 1, &estimate));
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
  check_chains(0, 0.5, 0.5, 1, 8192); /* no memory */
  check_chains(1, 0.1, 0.1, 1, 8191);
  check_chains(2, 0.02, 0.06, 1, 20000);
  check_chains(3, 0.01, 0.005, 1, 50000);
}

/* independent chains, short ones beside long ones */
static void test_error_of_several(void **state)
{
  (void) state;
  check_chains(4, 0.5, 0.5, 2, 8192);
  check_chains(5, 0.02, 0.06, 2, 20000);
  check_chains(6, 0.1, 0.1, 5, 8191);
  check_chains(7, 0.02, 0.06, MOST_CHAINS, 9000);
}

/* Counts add up, also of a chain that is shorter than a block of the longest one; one series that
   has come in two parts has visits of both. */
static void test_sum(void **state)
{
  static const size_t n[] = {3000, 7, 100};
  uint64_t words[3][sizeof visits / sizeof *visits];
  bgen_visits chains[3];
  bgen_estimate all, one;
  size_t n_first = 0, n_second = 0, crossings = 0;
  (void) state;
  for (size_t c = 0; c < 3; c++) {
    chains[c] = bgen_visits_begin(STATES, words[c]);
    for (size_t i = 0; i < n[c]; i++) bgen_visits_add(&chains[c], i % (c + 2) ? 1 : 0);
    n_first += (n[c] + c + 1) / (c + 2), n_second += n[c] - (n[c] + c + 1) / (c + 2);
    crossings += bgen_visits_crossings(&chains[c], 0, 1);
  }
  CHECK_OK(bgen_visits_difference(3, chains, 0, 1, &all));
  CHECK_OK(bgen_visits_difference(1, chains, 0, 1, &one));
  CHECK_CLOSE(all.value, log((double) n_first / (double) n_second), 1e-14);
  CHECK_CLOSE(one.value, 0, 1e-14);
  assert_true(all.error > 0 && isfinite(all.error) && crossings > 3000);
  CHECK_OK(bgen_visits_difference(2, &chains[1], 0, 1, &all)); /* n = 7 and 100 */
  CHECK_CLOSE(all.value, log((3. + 25) / (4 + 75)), 1e-14);
  CHECK_REFUSED(bgen_visits_difference(1, &chains[1], 0, 1, &all), BGEN_NOT_FINITE, "3 and 4");
}

/* Few crossings of many chains are enough: 8 of 8 chains that have 1 each, but not 7 of 7. */
static void test_crossings_of_all(void **state)
{
  uint64_t words[MOST_CHAINS][sizeof visits / sizeof *visits];
  bgen_visits chains[MOST_CHAINS];
  bgen_estimate estimate;
  (void) state;
  for (size_t c = 0; c < MOST_CHAINS; c++) {
    chains[c] = bgen_visits_begin(STATES, words[c]);
    for (size_t i = 0; i < 100; i++) bgen_visits_add(&chains[c], (i < 30 + 5 * c) == (c % 2));
  }
  CHECK_OK(bgen_visits_difference(MOST_CHAINS, chains, 0, 1, &estimate));
  CHECK_CLOSE(estimate.value, log(380. / 420), 1e-14);
  CHECK_CLOSE(estimate.error, sqrt(4. / 8 - 1. / 380 - 1. / 420), 1e-14);
  CHECK_OK(bgen_visits_difference(MOST_CHAINS - 1, chains, 0, 1, &estimate));
  assert_true(isinf(estimate.error));
}

/* Chains that each stay in a cage of their own, with a share of the first state of 1/3 or 2/3: the
   spread between chains is all that tells.  The truth is 0, half of them each on average. */
static void test_cages(void **state)
{
  uint64_t words[MOST_CHAINS][sizeof visits / sizeof *visits];
  size_t n_covered = 0;
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_visits chains[MOST_CHAINS];
    bgen_rng rng = bgen_rng_at(59, BGEN_STREAM_TEST, r);
    bgen_estimate estimate;
    for (size_t c = 0; c < MOST_CHAINS; c++) {
      const bool first = bgen_rng_uniform(&rng) < 0.5;
      chains[c] = bgen_visits_begin(STATES, words[c]);
      walk(&rng, first ? 0.2 : 0.4, first ? 0.4 : 0.2, 4000, &chains[c]);
    }
    CHECK_OK(bgen_visits_difference(MOST_CHAINS, chains, 0, 1, &estimate));
    n_covered += fabs(estimate.value) <= estimate.error;
  }
  /* values are few, 0 in 27 % and the next ones in 22 % either way: 27 % or 71 % are possible */
  CHECK_WITHIN((double) n_covered / REPEATS, 0.61, 0.8);
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
      cmocka_unit_test(test_merges),           cmocka_unit_test(test_difference),
      cmocka_unit_test(test_refused),          cmocka_unit_test(test_error_of_chains),
      cmocka_unit_test(test_error_of_several), cmocka_unit_test(test_sum),
      cmocka_unit_test(test_crossings_of_all), cmocka_unit_test(test_cages),
      cmocka_unit_test(test_two_chains)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
