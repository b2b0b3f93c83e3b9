/* SPDX-License-Identifier: GPL-2.0-or-later
   Stages between a flow and e^{-u}, and between temperatures: their ends are exact, what lies
   between follows the law. */
#include "sample/ladder.h"

#include <math.h>

#include "check.h"

enum { STAGES = 7 };

static void test_from_flow(void **state)
{
  (void) state;
  const bgen_ladder ladder = {true, STAGES, 1.5, 1.5, 3};
  for (size_t t = 0; t <= STAGES; t++) {
    const bgen_stage stage = bgen_ladder_stage(&ladder, t);
    CHECK_CLOSE(stage.energy, pow((double) t / STAGES, 3), 1e-15); /* of rounding */
    CHECK_CLOSE(stage.flow + stage.energy, 1, 1e-15);
    CHECK_CLOSE(bgen_ladder_temperature(&ladder, t), 1.5, 0);
  }
  const bgen_stage first = bgen_ladder_stage(&ladder, 0), last = bgen_ladder_stage(&ladder, STAGES);
  assert_true(first.flow == 1 && first.energy == 0 && last.flow == 0 && last.energy == 1);
}

/* u is that at the first temperature: energy_t u = U / kT_t */
static void test_from_temperature(void **state)
{
  (void) state;
  const bgen_ladder ladder = {false, STAGES, 4, 0.5, 1};
  for (size_t t = 0; t <= STAGES; t++) {
    const double T = bgen_ladder_temperature(&ladder, t);
    const bgen_stage stage = bgen_ladder_stage(&ladder, t);
    CHECK_RELATIVE(stage.energy * T, 4, 1e-15);
    assert_true(stage.flow == 0 && bgen_ladder_lambda(&ladder, t) == 0);
    if (t == 0) continue;
    CHECK_RELATIVE(T / bgen_ladder_temperature(&ladder, t - 1), pow(0.125, 1.0 / STAGES), 1e-14);
  }
  CHECK_CLOSE(bgen_ladder_temperature(&ladder, 0), 4, 0);
  CHECK_RELATIVE(bgen_ladder_temperature(&ladder, STAGES), 0.5, 1e-15);
}

/* sqrt(W_S/n) = error, within the margin; only n S counts */
static void test_plan(void **state)
{
  bgen_ladder_plan plan = {0, 0};
  (void) state;
  assert_false(bgen_ladder_plan_paths(50, 40, 0.1, 1000, 1000000, &plan));
  assert_int_equal(plan.n_stages, 320);
  assert_false(bgen_ladder_plan_paths(NAN, 40, 0.1, 1000, 1000000, &plan));
  assert_true(bgen_ladder_plan_paths(2, 40, 0.1, 1000, 1000000, &plan));
  assert_int_equal(plan.n_stages, 80); /* W_S = 1 */
  CHECK_WITHIN(sqrt(1 / (double) plan.n_walkers), 0.08, 0.1);
  const double cost = (double) (plan.n_stages * plan.n_walkers);
  assert_true(bgen_ladder_plan_paths(2, 40, 0.1, 70, 1000000, &plan)); /* 70 frames */
  assert_int_equal(plan.n_walkers, 70);
  CHECK_RELATIVE((double) (plan.n_stages * plan.n_walkers), cost, 0.01); /* of whole numbers */
  assert_true(bgen_ladder_plan_paths(1e-9, 40, 1, 1000, 1000000, &plan));
  assert_true(plan.n_walkers >= 64 && plan.n_stages >= 10);
  assert_true(bgen_ladder_plan_paths(NAN, 500, 1, 1000, 500, &plan)); /* no more is to be had */
  assert_int_equal(plan.n_stages, 500);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_from_flow),
                                     cmocka_unit_test(test_from_temperature),
                                     cmocka_unit_test(test_plan)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
