/* SPDX-License-Identifier: GPL-2.0-or-later
   Works that are all alike have the free energy difference that they are, by one and by both
   sides. */
#include "sample/offsets.h"

#include <math.h>

#include "base/rng.h"
#include "fixture.h"

enum { BASINS = 4, ENOUGH = 20 };

static bgen_work_lists *lists;

static int set_up(void **state)
{
  (void) state;
  CHECK_OK(bgen_work_lists_create(2, BASINS, &lists));
  return 0;
}

static int tear_down(void **state)
{
  (void) state;
  bgen_work_lists_destroy(lists);
  return 0;
}

/* n works into one list alone: w + spread and w - spread in turn, whose -ln<e^-w> is w - ln
   cosh(spread) */
static void give(int move, int a, int b, size_t n, double w, double spread)
{
  bgen_work_list *list = bgen_work_lists_of(lists, move, a, b);
  CHECK_OK(bgen_work_list_reserve(list, list->n + n));
  for (size_t i = 0; i < n; i++) list->work[list->n++] = i % 2 ? w - spread : w + spread;
}

static void check_balance(const double *before, const double *after, double tolerance)
{
  double offset[BASINS];
  for (size_t k = 0; k < BASINS; k++) offset[k] = before[k];
  CHECK_OK(bgen_offsets_balance(lists, offset));
  for (size_t k = 0; k < BASINS; k++) CHECK_CLOSE(offset[k], after[k], tolerance);
}

/* nothing is known: all keep their own, up to a shift */
static void test_unknown(void **state)
{
  static const double own[BASINS] = {1, -2, 0.5, 3}, shifted[BASINS] = {3, 0, 2.5, 5};
  (void) state;
  check_balance(own, shifted, 1e-15);
  give(0, 0, 1, ENOUGH - 1, 5, 0);
  give(0, 1, 0, ENOUGH - 1, -5, 0);
  check_balance(own, shifted, 1e-15);
}

/* 1 from 0, 2 from 1, both one-sided, in either direction; 3 keeps its own */
static void test_chain_of_basins(void **state)
{
  static const double own[BASINS] = {7, 0, 0, 6.5};
  (void) state;
  give(0, 0, 1, ENOUGH, -1.5, 0);  /* F(1) - F(0) = -1.5 */
  give(1, 2, 1, ENOUGH, -2.25, 0); /* F(1) - F(2) = -2.25 */
  check_balance(own, (double[BASINS]){1.5, 0, 2.25, 1.0}, 1e-14);
}

static void test_closed_form_by_one_side(void **state)
{
  static const double own[BASINS] = {0, 9, 0, 0};
  const double difference = 1.0 - log(cosh(0.5));
  (void) state;
  give(0, 0, 1, 2 * ENOUGH, 1.0, 0.5);
  check_balance(own, (double[BASINS]){0, difference, 0, 0}, 1e-14);
}

/* Both ways, even with a large error, count more than one way with a small one. */
static void test_both_ways_first(void **state)
{
  static const double own[BASINS] = {0};
  (void) state;
  give(0, 0, 1, ENOUGH, 9.0, 0);
  give(1, 0, 1, ENOUGH, 2.0, 1.0);
  give(1, 1, 0, ENOUGH, -2.0, 1.0); /* mirrored: BAR gives 2 by symmetry */
  check_balance(own, (double[BASINS]){0, 2.0, 0, 0}, 1e-9);
}

/* Of two one-sided estimates the one with the smaller error, and of two trees the better branch: 2
   is joined to 1. */
static void test_best_first(void **state)
{
  static const double own[BASINS] = {0};
  (void) state;
  give(0, 0, 1, ENOUGH, 3.0, 1.0);
  give(1, 0, 1, ENOUGH, 4.0, 0.1);
  give(0, 0, 2, ENOUGH, 50.0, 2.0);
  give(0, 1, 2, ENOUGH, 1.0, 0.1);
  const double one = 4.0 - log(cosh(0.1)), two = one + 1.0 - log(cosh(0.1));
  check_balance(own, (double[BASINS]){0, one, two, 0}, 1e-14);
}

/* From works that do not overlap, nor from few weights, nothing is set. */
static void test_no_overlap(void **state)
{
  static const double own[BASINS] = {0, 3, 0, 0};
  bgen_offset known[BASINS];
  (void) state;
  give(0, 0, 1, 10 * ENOUGH, 49.0, 1.0); /* -49 back: 98 kT apart */
  give(0, 1, 0, 10 * ENOUGH, 49.0, 1.0);
  give(0, 0, 2, ENOUGH, 30.0, 5.0);
  bgen_work_lists_of(lists, 0, 0, 2)->work[0] = 11.0; /* one weight */
  check_balance(own, own, 0);
  CHECK_OK(bgen_offsets_known(lists, known));
  assert_true(known[0].found && !known[1].found && !known[2].found);
  assert_int_equal(known[1].from, 0);
  CHECK_CLOSE(known[1].difference.value, 0, 1e-9);
  assert_true(isinf(known[1].difference.error));
  assert_int_equal(known[2].from, -1); /* nothing leads back */
}

/* works both ways that do not overlap are not replaced by those of one way */
static void test_one_side_of_two(void **state)
{
  static const double own[BASINS] = {0, 3, 0, 0};
  (void) state;
  give(0, 0, 1, 2 * ENOUGH, 25.0, 0.1);
  check_balance(own, (double[BASINS]){0, 25 - log(cosh(0.1)), 0, 0}, 1e-12);
  give(0, 1, 0, ENOUGH, 25.0, 0.1);
  check_balance(own, own, 0);
}

/* One way, a single weight counts; with six works back that overlap BAR tells enough for a search,
   not for a result: by symmetry, were there as many. */
static void test_few_back(void **state)
{
  bgen_offset known[BASINS];
  double offset[BASINS] = {0, 3, 0, 0};
  (void) state;
  give(0, 0, 1, 10 * ENOUGH, 9.0, 3.0);
  give(0, 1, 0, 6, -5.0, 1.0);
  CHECK_OK(bgen_offsets_balance(lists, offset));
  assert_true(offset[1] > 5.0 && offset[1] < 9.0); /* between what either way would say */
  CHECK_OK(bgen_offsets_known(lists, known));
  assert_false(known[1].found);
  assert_true(isinf(known[1].difference.error));
  give(0, 1, 0, ENOUGH, -5.0, 1.0);
  CHECK_OK(bgen_offsets_balance(lists, offset));
  CHECK_OK(bgen_offsets_known(lists, known));
  assert_true(known[1].found);
}

/* what is found rests on what was found before it */
static void test_known(void **state)
{
  bgen_offset known[BASINS];
  (void) state;
  give(0, 0, 1, 2 * ENOUGH, 2.0, 1.0);
  give(0, 1, 0, 2 * ENOUGH, -2.0, 1.0);
  give(1, 1, 2, 2 * ENOUGH, -3.0, 1.0);
  give(1, 2, 1, 2 * ENOUGH, 3.0, 1.0);
  CHECK_OK(bgen_offsets_known(lists, known));
  assert_true(known[1].found && known[2].found && !known[3].found);
  assert_int_equal(known[2].from, 1);
  CHECK_CLOSE(known[2].difference.value, -3, 1e-9);
  CHECK_WITHIN(known[2].difference.error, 0.05, 0.7);
}

/* ---- the +inf rule ---- */

static void test_lists(void **state)
{
  (void) state;
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 0, 1.5));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, -1, NAN));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 2, -3.0));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 3, INFINITY));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 3, -INFINITY));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 3, NAN));
  CHECK_OK(bgen_work_lists_add(lists, 1, 2, 3, 2.5));
  for (int b = 0; b < BASINS; b++) {
    const bgen_work_list *list = bgen_work_lists_of(lists, 1, 2, b);
    assert_int_equal(list->n, b == 2 ? 0 : 7);
    for (size_t i = 0; i < list->n; i++) {
      const double expected = b == 0 && i == 0 ? 1.5 : b == 3 && i == 6 ? 2.5 : INFINITY;
      assert_true(list->work[i] == expected);
    }
    assert_int_equal(bgen_work_lists_of(lists, 0, 2, b)->n, 0);
    assert_int_equal(bgen_work_lists_of(lists, 1, b, 2)->n, 0);
  }
  bgen_work_lists_clear(lists);
  assert_int_equal(bgen_work_lists_of(lists, 1, 2, 0)->n, 0);
}

/* a full list takes no more, whatever the others do */
static void test_limit(void **state)
{
  bgen_work_lists *many;
  (void) state;
  assert_int_equal(lists->most, 1 << 20);
  CHECK_OK(bgen_work_lists_create(50, 10, &many));
  assert_int_equal(many->most, ((size_t) 1 << 27) / 5000);
  bgen_work_list *list = bgen_work_lists_of(many, 3, 0, 1);
  CHECK_OK(bgen_work_list_reserve(list, many->most));
  for (list->n = 0; list->n < many->most;) list->work[list->n++] = 1.0;
  CHECK_OK(bgen_work_lists_add(many, 3, 0, 1, 2.0));
  assert_int_equal(list->n, many->most);
  assert_int_equal(bgen_work_lists_of(many, 3, 0, 2)->n, 1);
  bgen_work_lists_destroy(many);
}

/* Two wells on a line, u = ((x + 2) / 0.5)^2 / 2 for x < 0 and (x - 2)^2 / 2 + 1 beyond, and a move
   by +3 from the left, -3 from the right.  From the right one in six does not arrive. */
static double energy(double x)
{
  return x < 0 ? 2 * (x + 2) * (x + 2) : 0.5 * (x - 2) * (x - 2) + 1;
}

static double sample(bgen_rng *rng, int basin)
{
  for (;;) {
    double z;
    bgen_rng_normals(rng, 1, &z);
    const double x = basin ? 2 + z : -2 + 0.5 * z;
    if ((x >= 0) == basin) return x;
  }
}

static void test_crooks(void **state)
{
  enum { N = 20000 };
  bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, 1);
  bgen_estimate all, arrived;
  (void) state;
  for (size_t i = 0; i < 2 * N; i++) {
    const int from = (int) (i % 2);
    const double x = sample(&rng, from), y = from ? x - 3 : x + 3;
    const int to = y >= 0;
    CHECK_OK(bgen_work_lists_add(lists, 0, from, to, energy(y) - energy(x)));
    if (to == from) continue; /* move 1 forgets those that did not arrive */
    CHECK_OK(bgen_work_lists_add(lists, 1, from, to, energy(y) - energy(x)));
  }
  const double z_left = 0.5 * 0.5 * erfc(-4 * sqrt(0.5)),
               z_right = 0.5 * exp(-1) * erfc(-2 * sqrt(0.5));
  const double exact = -log(z_right / z_left);
  CHECK_OK(bgen_work_lists_difference(lists, 0, 0, 1, &all));
  CHECK_OK(bgen_work_lists_difference(lists, 1, 0, 1, &arrived));
  print_message("F(right) - F(left) = %.4f +- %.4f, exact %.4f, by those that arrived %.4f\n",
                all.value, all.error, exact, arrived.value);
  CHECK_WITHIN((all.value - exact) / all.error, -4, 4);
  CHECK_WITHIN(fabs(arrived.value - exact) / arrived.error, 10, 1e9);
}

/* ---- when and how far ---- */

static void test_due(void **state)
{
  size_t n_due = 0;
  (void) state;
  assert_true(bgen_offsets_are_due(20) && bgen_offsets_are_due(400));
  assert_false(bgen_offsets_are_due(10) || bgen_offsets_are_due(420));
  assert_true(bgen_offsets_are_due(440) && bgen_offsets_are_due(800));
  assert_true(bgen_offsets_are_due(880) && !bgen_offsets_are_due(840));
  for (int64_t n = 1; n <= 100000; n++) n_due += bgen_offsets_are_due(n);
  assert_int_equal(n_due, 99); /* 20 up to 400, 10 for each of 7 doublings, 9 of the last one */
}

/* Accepted with the probability e^-step: 1/4 at ln 4. The noise that is left after n steps is some
   n^-1/4 / 2. */
static void test_step(void **state)
{
  double step = 20;
  (void) state;
  for (int64_t n = 1; n <= 100000; n++) {
    bgen_rng rng = bgen_rng_at(4, BGEN_STREAM_TEST, (uint64_t) n);
    step = bgen_tuned_step(step, bgen_rng_uniform(&rng) < exp(-step), n);
  }
  CHECK_CLOSE(log(step), log(log(4)), 0.12);
  CHECK_CLOSE(bgen_tuned_step(2, true, 9), 2 * exp(0.25), 1e-15);
  CHECK_CLOSE(bgen_tuned_step(2, false, 4), 2 * exp(-0.125), 1e-15);
}

#define WITH_LISTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {WITH_LISTS(test_unknown),
                                     WITH_LISTS(test_chain_of_basins),
                                     WITH_LISTS(test_closed_form_by_one_side),
                                     WITH_LISTS(test_both_ways_first),
                                     WITH_LISTS(test_best_first),
                                     WITH_LISTS(test_no_overlap),
                                     WITH_LISTS(test_one_side_of_two),
                                     WITH_LISTS(test_few_back),
                                     WITH_LISTS(test_known),
                                     WITH_LISTS(test_lists),
                                     WITH_LISTS(test_limit),
                                     WITH_LISTS(test_crooks),
                                     cmocka_unit_test(test_due),
                                     cmocka_unit_test(test_step)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
