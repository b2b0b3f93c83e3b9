/* SPDX-License-Identifier: GPL-2.0-or-later
   Each verdict on a stage of training, on both sides of where it changes. */
#include "train/course.h"

#include <math.h>

#include "check.h"

/* 20 lines, the last of which is the best */
static bgen_course good(void)
{
  return (bgen_course){true, 20, {0, 0}, 0, {-0.002, 0.004}};
}

static void check_outcome(const bgen_course *course, bgen_outcome expected)
{
  assert_int_equal(bgen_course_outcome(course), expected);
}

static void test_converged(void **state)
{
  (void) state;
  bgen_course c = good();
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
  c.lately.value = 0.3; /* from line to line it varies more than since the best */
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
}

static void test_improving(void **state)
{
  (void) state;
  bgen_course c = good();
  c.lately = (bgen_estimate){-0.21, 0.1};
  check_outcome(&c, BGEN_OUTCOME_IMPROVING);
  c.lately = (bgen_estimate){-0.19, 0.1};
  check_outcome(&c, BGEN_OUTCOME_UNCERTAIN);
  c.lately = (bgen_estimate){-0.09, 0.049};
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
  c.lately = (bgen_estimate){-0.011, 0.001};
  check_outcome(&c, BGEN_OUTCOME_IMPROVING);
  c.lately = (bgen_estimate){-0.009, 0.001}; /* seen, and of no weight */
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
}

static void test_overfitted(void **state)
{
  (void) state;
  bgen_course c = good();
  c.since_best = (bgen_estimate){0.31, 0.1}, c.training_since_best = -0.2;
  check_outcome(&c, BGEN_OUTCOME_OVERFITTED);
  c.training_since_best = 0.15;
  check_outcome(&c, BGEN_OUTCOME_OVERFITTED);
  c.training_since_best = 0.16;
  check_outcome(&c, BGEN_OUTCOME_UNSTABLE);
  c.training_since_best = NAN; /* trained by energy alone */
  check_outcome(&c, BGEN_OUTCOME_UNSTABLE);
  c.since_best = (bgen_estimate){0.29, 0.1}, c.training_since_best = -0.2;
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
  c.since_best = (bgen_estimate){0.051, 0.01};
  check_outcome(&c, BGEN_OUTCOME_OVERFITTED);
  c.since_best = (bgen_estimate){0.049, 0.01};
  check_outcome(&c, BGEN_OUTCOME_CONVERGED);
}

static void test_not_judged(void **state)
{
  (void) state;
  bgen_course c = good();
  c.lately = (bgen_estimate){-0.1, 0.051};
  check_outcome(&c, BGEN_OUTCOME_UNCERTAIN);
  c.lately = (bgen_estimate){NAN, NAN};
  check_outcome(&c, BGEN_OUTCOME_UNKNOWN);
  c = good(), c.n_lines = 1;
  check_outcome(&c, BGEN_OUTCOME_UNKNOWN);
  c = good(), c.is_finite = false;
  check_outcome(&c, BGEN_OUTCOME_DIVERGED);
  c.n_lines = 0;
  check_outcome(&c, BGEN_OUTCOME_DIVERGED);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_converged), cmocka_unit_test(test_improving),
      cmocka_unit_test(test_overfitted), cmocka_unit_test(test_not_judged)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
