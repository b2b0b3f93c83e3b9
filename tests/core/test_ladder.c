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

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_from_flow),
                                     cmocka_unit_test(test_from_temperature)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
