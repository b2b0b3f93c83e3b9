/* SPDX-License-Identifier: GPL-2.0-or-later
   Errors from works that are drawn anew, beside those of first order and beside the truth. */
#include "estimate/bootstrap.h"

#include <math.h>

#include "fixture.h"
#include "series.h"

enum { MOST = 1000, FEW = 400, DATA_SETS = 20, DRAWS = 150, REPEATS = 400, FEW_DRAWS = 30 };

static double forward[MOST], reverse[MOST];

static const double F = -0.7, S = 0.9;

static const size_t ends[] = {100, 180, 220, 290, 340, 420, 480, 530,
                              610, 650, 700, 780, 830, 890, 960, MOST},
                    whole[] = {MOST};

/* how the works of both sides are correlated, and in which runs they are */
typedef struct side_by_side {
  const char *name;
  kind of;
  size_t n;
  bgen_runs runs;
} side_by_side;

static const side_by_side independent = {"independent", {0, 0}, FEW, {0, NULL}},
                          correlated = {"in one run", {0.5, 0}, MOST, {1, whole}},
                          walkers = {"in 16 runs", {0.5, 0}, MOST, {16, ends}},
                          caged = {"in 16 cages", {0.3, 0.3}, MOST, {16, ends}};

static void fill(uint64_t key, const side_by_side *c)
{
  fill_series(2 * key, c->of, c->n, &c->runs, forward);
  fill_series(2 * key + 1, c->of, c->n, &c->runs, reverse);
  to_works(F, S, c->n, forward);
  to_works(-F, S, c->n, reverse);
}

/* 10 %: 150 draws are known to 6 % in each of 20 data sets, blocks lack up to 1/8 of the
   correlation */
static void check_agreement(const side_by_side *c)
{
  const bgen_works there = {c->n, forward, c->runs}, back = {c->n, reverse, c->runs};
  average fep = {0, 0, 0}, bar = {0, 0, 0};
  for (uint64_t k = 0; k < DATA_SETS; k++) {
    bgen_estimate expected, drawn;
    fill(k, c);
    CHECK_OK(bgen_estimate_fep(&there, &expected));
    CHECK_OK(bgen_bootstrap_fep(&there, DRAWS, k, &drawn));
    CHECK_CLOSE(drawn.value, expected.value, 0);
    average_add(&fep, drawn.error / expected.error);
    CHECK_OK(bgen_estimate_bar(&there, &back, &expected));
    CHECK_OK(bgen_bootstrap_bar(&there, &back, DRAWS, k, &drawn));
    CHECK_CLOSE(drawn.value, expected.value, 0);
    average_add(&bar, drawn.error / expected.error);
  }
  print_message(
      "%s: errors by drawing anew are %.3f (FEP) and %.3f (BAR) times those of first order\n",
      c->name, fep.value, bar.value);
  CHECK_CLOSE(fep.value, 1, 0.1);
  CHECK_CLOSE(bar.value, 1, 0.1);
}

static void test_agreement(void **state)
{
  (void) state;
  check_agreement(&independent);
  check_agreement(&correlated);
  check_agreement(&walkers);
}

static void check_coverage(const side_by_side *c, double truth)
{
  const bgen_works there = {c->n, forward, c->runs}, back = {c->n, reverse, c->runs};
  size_t n_fep = 0, n_bar = 0;
  for (uint64_t k = 0; k < REPEATS; k++) {
    bgen_estimate fep, bar;
    fill(1000 + k, c);
    CHECK_OK(bgen_bootstrap_fep(&there, FEW_DRAWS, k, &fep));
    CHECK_OK(bgen_bootstrap_bar(&there, &back, FEW_DRAWS, k, &bar));
    n_fep += covers(&fep, truth), n_bar += covers(&bar, F);
  }
  print_message("%s: of %d errors %zu of FEP and %zu of BAR cover\n", c->name, REPEATS, n_fep,
                n_bar);
  CHECK_COVERS(n_fep, REPEATS);
  CHECK_COVERS(n_bar, REPEATS);
}

static void test_coverage(void **state)
{
  (void) state;
  check_coverage(&independent, F);
  check_coverage(&correlated, F);
}

/* over all cages the variance of works is s^2 (1 + cage^2); BAR is right by symmetry */
static void test_coverage_of_cages(void **state)
{
  (void) state;
  check_coverage(&caged, F - 0.5 * S * S * caged.of.cage * caged.of.cage);
}

static void test_draws(void **state)
{
  const bgen_works there = {400, forward, {0, NULL}}, back = {400, reverse, {0, NULL}};
  bgen_estimate a, b, other;
  (void) state;
  fill(3, &independent);
  CHECK_OK(bgen_bootstrap_bar(&there, &back, 50, 7, &a));
  CHECK_OK(bgen_bootstrap_bar(&there, &back, 50, 7, &b));
  CHECK_OK(bgen_bootstrap_bar(&there, &back, 50, 8, &other));
  assert_true(a.error == b.error && a.error != other.error);
}

static void test_refused(void **state)
{
  const bgen_works there = {100, forward, {0, NULL}}, back = {100, reverse, {0, NULL}};
  bgen_estimate e = {1, 2};
  (void) state;
  fill(5, &independent);
  forward[41] = NAN;
  CHECK_REFUSED(bgen_bootstrap_fep(&there, 10, 1, &e), BGEN_NOT_FINITE, "42 of 100 is nan");
  CHECK_REFUSED(bgen_bootstrap_bar(&there, &back, 10, 1, &e), BGEN_NOT_FINITE, "42 of 100 is nan");
  for (size_t i = 1; i < 100; i++) forward[i] = INFINITY; /* a third of draws lack the only one */
  assert_true(e.value == 1 && e.error == 2);
  CHECK_OK(bgen_bootstrap_fep(&there, 100, 1, &e));
  assert_true(isfinite(e.value) && isinf(e.error));
}

/* works that do not overlap: each draw says the same, with little spread */
static void test_no_overlap(void **state)
{
  const bgen_works there = {400, forward, {0, NULL}}, back = {400, reverse, {0, NULL}};
  bgen_estimate e = {1, 2};
  (void) state;
  fill(3, &independent);
  for (size_t i = 0; i < 400; i++) forward[i] += 300, reverse[i] += 100;
  CHECK_OK(bgen_bootstrap_bar(&there, &back, 50, 7, &e));
  assert_true(isinf(e.error));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_agreement),         cmocka_unit_test(test_coverage),
      cmocka_unit_test(test_coverage_of_cages), cmocka_unit_test(test_draws),
      cmocka_unit_test(test_refused),           cmocka_unit_test(test_no_overlap)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
