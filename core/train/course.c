/* SPDX-License-Identifier: MIT
   All comparisons are false for NaN. */
#include "train/course.h"

#include <math.h>

/* The best of some twenty lines is 2 errors better by chance; the fall is asked about once. */
static const double errors_of_rise = 3, errors_of_fall = 2, least_rise = 0.05, least_fall = 0.01;

/* kT; with more the change that is asked about is not seen */
static const double most_noise = 0.05;

static bool rises(const bgen_estimate *change, double errors, double least)
{
  return change->value > errors * change->error && change->value > least;
}

bool bgen_course_has_risen(const bgen_course *c)
{
  return rises(&c->since_best, errors_of_rise, least_rise);
}

bgen_outcome bgen_course_outcome(const bgen_course *c)
{
  const bgen_estimate fall = {-c->lately.value, c->lately.error};
  if (!c->is_finite) return BGEN_OUTCOME_DIVERGED;
  if (c->n_lines < 2) return BGEN_OUTCOME_UNKNOWN;
  if (bgen_course_has_risen(c))
    return c->training_since_best <= c->since_best.value / 2 ? BGEN_OUTCOME_OVERFITTED
                                                             : BGEN_OUTCOME_UNSTABLE;
  if (rises(&fall, errors_of_fall, least_fall)) return BGEN_OUTCOME_IMPROVING;
  if (!isfinite(c->lately.error)) return BGEN_OUTCOME_UNKNOWN;
  return c->lately.error > most_noise ? BGEN_OUTCOME_UNCERTAIN : BGEN_OUTCOME_CONVERGED;
}
