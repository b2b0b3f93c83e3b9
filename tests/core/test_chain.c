/* SPDX-License-Identifier: GPL-2.0-or-later
   What a Markov chain counts, and what it decides by its own random numbers. */
#include "sample/chain.h"

#include <math.h>

#include "chains.h"
#include "fixture.h"
#include "sample/metropolis.h"

enum { N = 4000 };

static bgen_markov_chain *chain;

static int set_up(void **state)
{
  (void) state;
  chain = make_chain(5);
  return 0;
}

static int tear_down(void **state)
{
  (void) state;
  bgen_markov_destroy(chain);
  return 0;
}

static void attempt(int move, int from, int to, bool accepted, double work)
{
  bgen_attempt one = bgen_attempt_begin(move, from);
  one.to = to, one.accepted = accepted, one.work = work, one.energy_calls = 2, one.seconds = 0.5;
  CHECK_OK(bgen_markov_add(chain, &one));
}

/* ---- counting ---- */

static void test_tallies(void **state)
{
  (void) state;
  attempt(FRESH, 0, 1, true, NAN);
  attempt(FRESH, 0, 1, false, NAN);
  attempt(FRESH, 1, 1, true, NAN);
  attempt(FRESH, -1, -1, true, NAN);
  attempt(NEAR, -1, 2, false, NAN);
  const bgen_totals *totals = bgen_markov_totals(chain);
  const bgen_tally *tally = bgen_totals_tally(totals, FRESH, 0, 1);
  assert_int_equal(tally->attempts, 2);
  assert_int_equal(tally->accepted, 1);
  assert_int_equal(tally->energy_calls, 4);
  CHECK_CLOSE(tally->seconds, 1.0, 0);
  assert_int_equal(bgen_totals_tally(totals, FRESH, 1, 0)->attempts, 0);
  assert_int_equal(bgen_totals_tally(totals, NEAR, -1, 2)->attempts, 1);
  assert_int_equal(bgen_totals_attempts(totals), 5);
  assert_int_equal(bgen_totals_of(totals, FRESH).attempts, 4);
  assert_int_equal(bgen_totals_of(totals, TRANSFER).attempts, 0);
  const bgen_tally within = bgen_totals_sum(totals, BGEN_JUMPS_WITHIN),
                   between = bgen_totals_sum(totals, BGEN_JUMPS_BETWEEN);
  assert_int_equal(within.attempts, 2);
  assert_int_equal(within.accepted, 2);
  assert_int_equal(between.attempts, 3);
  assert_int_equal(between.accepted, 1);
  CHECK_CLOSE(bgen_markov_acceptance(chain), 0.6, 1e-15);
}

/* an attempt that was accepted visits where it led, another one stays */
static void test_visits(void **state)
{
  (void) state;
  CHECK_CLOSE(bgen_markov_acceptance(chain), 0.0, 0);
  attempt(FRESH, 0, 1, true, NAN);
  attempt(FRESH, 1, 2, false, NAN);
  attempt(FRESH, 1, -1, true, NAN);
  attempt(FRESH, -1, 2, true, NAN);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 0), 0);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 1), 2);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 2), 1);
}

/* n attempts in basin 0 or 1, one after the other; how many of them in 1 */
static double visit_two(size_t n)
{
  size_t n_second = 0;
  for (size_t i = 0; i < n; i++) {
    const int now = i % 7 < 2;
    attempt(FRESH, now, 2, false, NAN);
    n_second += (size_t) now;
  }
  return (double) n_second;
}

/* -ln of the ratio of visits, under offsets their difference more */
static void test_difference_by_visits(void **state)
{
  const double offset[CHAIN_BASINS] = {0.5, 2.0, 0};
  bgen_estimate estimate;
  (void) state;
  CHECK_REFUSED(bgen_markov_difference(chain, 1, bgen_markov_visits(chain), 0, 1, &estimate),
                BGEN_NOT_FINITE, "visits");
  const double n = visit_two(N), expected = log((N - n) / n);
  CHECK_OK(bgen_markov_difference(chain, 1, bgen_markov_visits(chain), 0, 1, &estimate));
  CHECK_CLOSE(estimate.value, expected, 1e-12); /* F(1) - F(0) */
  bgen_markov_set_offsets(chain, offset);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 0), 0);
  CHECK_CLOSE(visit_two(N), n, 0);
  CHECK_OK(bgen_markov_difference(chain, 1, bgen_markov_visits(chain), 0, 1, &estimate));
  CHECK_CLOSE(estimate.value, expected + 1.5, 1e-12);
  bgen_markov_set_offsets(chain, offset); /* the same: visits stay */
  CHECK_CLOSE((double) bgen_visits_of(bgen_markov_visits(chain), 1), n, 0);
}

/* ---- works ---- */

static void test_works_are_kept(void **state)
{
  size_t n;
  (void) state;
  bgen_markov_begin(chain, 1, 300);
  attempt(FRESH, 0, 1, true, 1.0); /* has none */
  attempt(TRANSFER, -1, 1, true, 1.0);
  attempt(TRANSFER, 0, 1, true, 1.0);
  attempt(ANNEALED, 0, 2, false, 2.0);
  const double *there = bgen_markov_works_since(chain, NULL, TRANSFER, 0, 1, &n);
  assert_int_equal(n, 1);
  CHECK_CLOSE(there[0], 1.0, 0);
  assert_true(isinf(*bgen_markov_works_since(chain, NULL, TRANSFER, 0, 2, &n)) && n == 1);
  bgen_markov_works_since(chain, NULL, FRESH, 0, 1, &n);
  assert_int_equal(n, 0);
  assert_int_equal(*bgen_totals_works(bgen_markov_totals(chain), ANNEALED, 0, 2), 1);
}

/* works of another model or temperature go, visits of another temperature */
static void test_begins_anew(void **state)
{
  size_t n;
  (void) state;
  bgen_markov_begin(chain, 1, 300);
  attempt(TRANSFER, 0, 1, true, 1.0);
  bgen_markov_begin(chain, 1, 300);
  bgen_markov_works_since(chain, NULL, TRANSFER, 0, 1, &n);
  assert_int_equal(n, 1);
  bgen_markov_begin(chain, 2, 300);
  bgen_markov_works_since(chain, NULL, TRANSFER, 0, 1, &n);
  assert_int_equal(n, 0);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 1), 1);
  attempt(TRANSFER, 0, 1, true, 1.0);
  bgen_markov_begin(chain, 2, 310);
  bgen_markov_works_since(chain, NULL, TRANSFER, 0, 1, &n);
  assert_int_equal(n, 0);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(chain), 1), 0);
  assert_int_equal(bgen_markov_count(chain, BGEN_COUNT_WORKS_DROPPED), 3);
  CHECK_CLOSE(bgen_markov_temperature(chain), 310, 0);
  assert_int_equal(bgen_markov_model(chain), 2);
}

/* of a run: what came after the snapshot, all of it if the lists began anew */
static void test_since(void **state)
{
  bgen_totals *before;
  size_t n;
  (void) state;
  CHECK_OK(bgen_totals_create(CHAIN_MOVES, CHAIN_BASINS, &before));
  bgen_markov_begin(chain, 1, 300);
  attempt(TRANSFER, 0, 1, true, 1.0);
  bgen_markov_works_since(chain, before, TRANSFER, 0, 1, &n);
  assert_int_equal(n, 1);
  bgen_totals_copy(before, bgen_markov_totals(chain));
  attempt(TRANSFER, 0, 1, true, 2.0);
  CHECK_CLOSE(*bgen_markov_works_since(chain, before, TRANSFER, 0, 1, &n), 2.0, 0);
  assert_int_equal(n, 1);
  const bgen_tally since =
      bgen_tally_difference(*bgen_totals_tally(bgen_markov_totals(chain), TRANSFER, 0, 1),
                            *bgen_totals_tally(before, TRANSFER, 0, 1));
  assert_int_equal(since.attempts, 1);
  assert_int_equal(since.energy_calls, 2);
  bgen_markov_begin(chain, 2, 300);
  attempt(TRANSFER, 0, 1, true, 3.0);
  attempt(TRANSFER, 0, 1, true, 4.0);
  CHECK_CLOSE(*bgen_markov_works_since(chain, before, TRANSFER, 0, 1, &n), 3.0, 0);
  assert_int_equal(n, 2);
  bgen_totals_destroy(before);
}

/* ---- random numbers ---- */

/* by frequency: the counts of a multinomial, 5 standard deviations */
static void test_choice_of_moves(void **state)
{
  static const double frequency[CHAIN_MOVES] = {2. / 7, 1. / 7, 1. / 7, 3. / 7};
  double n_chosen[CHAIN_MOVES] = {0};
  (void) state;
  for (size_t i = 0; i < N; i++) {
    const int move = bgen_markov_choose_move(chain, 0);
    bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_MOVE, i);
    assert_int_equal(move, bgen_rng_choose(&rng, CHAIN_MOVES, (double[]){2, 1, 1, 3}));
    n_chosen[move]++;
    attempt(move, 0, 0, false, NAN);
  }
  for (size_t k = 0; k < CHAIN_MOVES; k++) {
    const double p = frequency[k];
    CHECK_WITHIN((n_chosen[k] - N * p) / sqrt(N * p * (1 - p)), -5, 5);
  }
}

/* among the moves that fit the basin; where none does there is a visit and no attempt */
static void test_choice_where_not_all_fit(void **state)
{
  static const bool here[3] = {false, true, false}, always[3] = {false, true, true};
  const bgen_markov_move moves[2] = {{.frequency = 3, .fits = here},
                                     {.frequency = 1, .fits = always}};
  const bgen_markov_options options = {.seed = 5, .n_basins = 2, .n_moves = 2, .move = moves};
  bgen_markov_chain *c;
  int n_first = 0;
  (void) state;
  CHECK_OK(bgen_markov_create(&options, &c));
  for (int i = 0; i < N; i++) {
    bgen_attempt one = bgen_attempt_begin(bgen_markov_choose_move(c, 0), 0);
    n_first += one.move == 0;
    assert_int_equal(bgen_markov_choose_move(c, 1), 1);
    assert_int_equal(bgen_markov_choose_move(c, -1), -1);
    CHECK_OK(bgen_markov_add(c, &one));
  }
  CHECK_WITHIN((n_first - 0.75 * N) / sqrt(0.75 * 0.25 * N), -5, 5);
  /* ln p, but for a constant: 3/4 and 1/4 in the first basin, 1 in the second */
  CHECK_CLOSE(bgen_markov_bias(c, 1, 1) - bgen_markov_bias(c, 1, 0), log(4), 1e-14);
  CHECK_CLOSE(bgen_markov_bias(c, 0, 0), 0, 0);
  assert_true(isinf(bgen_markov_bias(c, 0, 1)) && isinf(bgen_markov_bias(c, 1, -1)));
  assert_true(bgen_markov_joins(c, 1, 0, 1) && !bgen_markov_joins(c, 0, 0, 1));
  bgen_markov_skip(c, 1);
  assert_int_equal(bgen_visits_of(bgen_markov_visits(c), 1), 1);
  assert_int_equal(bgen_markov_count(c, BGEN_COUNT_IDLE), 1);
  assert_int_equal(bgen_totals_attempts(bgen_markov_totals(c)), N);
  bgen_markov_destroy(c);
}

/* the attempt's own number, under the difference of the offsets */
static void test_acceptance(void **state)
{
  const double offset[CHAIN_BASINS] = {0.5, 2.0, 0};
  (void) state;
  bgen_markov_set_offsets(chain, offset);
  assert_true(bgen_markov_has_offsets(chain));
  for (uint64_t i = 0; i < 500; i++) {
    bgen_attempt one = bgen_attempt_begin(FRESH, (int) (i % 4) - 1);
    one.to = (int) (i / 4 % 4) - 1;
    const double change = bgen_markov_offset(chain, one.to) - bgen_markov_offset(chain, one.from);
    bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_ACCEPT, i);
    const bool expected = log(bgen_rng_uniform(&rng)) < -1.0 + change;
    assert_int_equal(bgen_markov_accepts(chain, &one, 3.0, -1.0), expected);
    assert_false(bgen_markov_accepts(chain, &one, INFINITY, 50.0));
    CHECK_OK(bgen_markov_add(chain, &one));
  }
  CHECK_CLOSE(bgen_markov_offset(chain, -1), 0.0, 0);
  CHECK_CLOSE(bgen_markov_offset(chain, 1), 2.0, 0);
}

/* two paths an attempt, numbered on where attempts have several proposals */
static void test_points_of_paths(void **state)
{
  bgen_attempt one = bgen_attempt_begin(FRESH, 0);
  (void) state;
  one.proposals = 5;
  assert_int_equal(bgen_markov_path_point(chain, 1), 1);
  CHECK_OK(bgen_markov_add(chain, &one));
  assert_int_equal(bgen_markov_path_point(chain, 0), 10);
  assert_int_equal(bgen_markov_path_point(chain, 1), 11);
}

/* A chain in two basins: MD that changes it at random, e^-u alike in both, under offsets 0 and -1;
   what is tested stays as often as e^offset says. Without the test both would be visited alike. */
static void test_border(void **state)
{
  const double offset[CHAIN_BASINS] = {0, -1.0, 0};
  average in_second = {0};
  int now = 0;
  (void) state;
  bgen_markov_set_offsets(chain, offset);
  for (size_t i = 0; i < 10 * N; i++) {
    bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_TEST, i);
    const int next = bgen_rng_uniform(&rng) < 0.5;
    if (bgen_markov_crosses(chain, now, next)) now = next;
    average_add(&in_second, now);
    attempt(FRESH, now, now, false, NAN);
  }
  const double exact = exp(-1) / (1 + exp(-1));
  const int64_t crossings = bgen_markov_count(chain, BGEN_COUNT_CROSSINGS),
                undone = bgen_markov_count(chain, BGEN_COUNT_UNDONE);
  print_message("%.4f in the second basin, %.4f exact; %lld of %lld undone\n", in_second.value,
                exact, (long long) undone, (long long) crossings);
  const double memory = 0.5 - 0.5 * exp(-1); /* of a step: the variance is larger by this factor */
  const double factor = (1 + memory) / (1 - memory);
  CHECK_WITHIN(average_sigmas(&in_second, exact) / sqrt(factor), -5, 5);
  CHECK_WITHIN((double) crossings, 0.4 * 10 * N, 0.6 * 10 * N);
  /* from the first basin, where it is with the probability 1 - exact, 1 - e^-1 of them */
  CHECK_CLOSE((double) undone / (double) crossings, (1 - exact) * (1 - exp(-1)), 0.02);
  assert_true(bgen_markov_crosses(chain, 1, 1));
  assert_int_equal(bgen_markov_count(chain, BGEN_COUNT_CROSSINGS), crossings);
}

/* ---- tuning ---- */

static void balance_by_works(double difference)
{
  for (size_t i = 0; i < 40; i++) {
    attempt(TRANSFER, 0, 1, false, difference);
    attempt(TRANSFER, 1, 0, false, -difference);
  }
}

/* offsets follow the works while it tunes, and once more when that ends */
static void test_tunes_offsets(void **state)
{
  const bgen_attempt none = bgen_attempt_begin(FRESH, 0);
  (void) state;
  assert_true(bgen_markov_tuning(chain));
  balance_by_works(1.25);
  CHECK_OK(bgen_markov_tune(chain, &none)); /* 80 attempts: due */
  CHECK_CLOSE(bgen_markov_offset(chain, 1), 1.25, 1e-9);
  attempt(FRESH, 0, 0, false, NAN);
  bgen_markov_begin(chain, 3, 300);
  balance_by_works(2.5); /* 161: not due */
  CHECK_OK(bgen_markov_tune(chain, &none));
  CHECK_CLOSE(bgen_markov_offset(chain, 1), 1.25, 1e-9);
  CHECK_OK(bgen_markov_set_tuning(chain, false));
  CHECK_CLOSE(bgen_markov_offset(chain, 1), 2.5, 1e-9);
  balance_by_works(5);
  for (size_t i = 0; i < 20; i++) {
    attempt(FRESH, 0, 0, false, NAN);
    CHECK_OK(bgen_markov_tune(chain, &none));
  }
  CHECK_CLOSE(bgen_markov_offset(chain, 1), 2.5, 1e-9);
}

static void test_tunes_steps(void **state)
{
  bgen_attempt near = bgen_attempt_begin(NEAR, 0);
  size_t n;
  (void) state;
  near.accepted = true;
  for (int i = 0; i < 4; i++) CHECK_OK(bgen_markov_add(chain, &near));
  CHECK_OK(bgen_markov_tune(chain, &near));
  CHECK_CLOSE(*bgen_markov_tuned(chain, NEAR), 0.5 * exp(0.75 / 2), 1e-15); /* the fourth */
  CHECK_CLOSE(bgen_markov_tuned_values(chain, ANNEALED, &n)[1], 0.25, 0);
  assert_int_equal(n, SCHEDULE);
  assert_true(bgen_markov_adapts(chain, ANNEALED) && bgen_markov_adapts(chain, NEAR));
  assert_false(bgen_markov_adapts(chain, TRANSFER));
  CHECK_OK(bgen_markov_set_tuning(chain, false));
  CHECK_OK(bgen_markov_tune(chain, &near));
  CHECK_CLOSE(*bgen_markov_tuned(chain, NEAR), 0.5 * exp(0.75 / 2), 1e-15);
}

static void test_memory(void **state)
{
  const size_t before = bgen_markov_memory(chain);
  (void) state;
  live(chain, 200);
  assert_true(bgen_markov_memory(chain) >= before + 2 * 6 * 64 * sizeof(double));
}

#define WITH_CHAIN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      WITH_CHAIN(test_tallies),         WITH_CHAIN(test_visits),
      WITH_CHAIN(test_works_are_kept),  WITH_CHAIN(test_difference_by_visits),
      WITH_CHAIN(test_begins_anew),     WITH_CHAIN(test_since),
      WITH_CHAIN(test_choice_of_moves), WITH_CHAIN(test_acceptance),
      WITH_CHAIN(test_points_of_paths), WITH_CHAIN(test_border),
      WITH_CHAIN(test_tunes_offsets),   WITH_CHAIN(test_tunes_steps),
      WITH_CHAIN(test_memory),          cmocka_unit_test(test_choice_where_not_all_fit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
