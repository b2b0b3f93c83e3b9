/* SPDX-License-Identifier: MIT
   course.h - how a stage of training went: from its lines to one verdict */
#ifndef BGEN_TRAIN_COURSE_H
#define BGEN_TRAIN_COURSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

typedef enum bgen_outcome {
  BGEN_OUTCOME_CONVERGED,  /* the loss of held-out points changes no more */
  BGEN_OUTCOME_IMPROVING,  /* it was still falling */
  BGEN_OUTCOME_OVERFITTED, /* it rose while that of training frames did not */
  BGEN_OUTCOME_UNSTABLE,   /* both rose, or there are none */
  BGEN_OUTCOME_DIVERGED,   /* parameters or losses are not finite */
  BGEN_OUTCOME_UNCERTAIN,  /* held-out points are too few to tell */
  BGEN_OUTCOME_UNKNOWN     /* nothing to compare */
} bgen_outcome;

/* Changes of losses, in kT, up to the last line; NaN: not known. */
typedef struct bgen_course {
  bool is_finite;             /* parameters and losses are, as far as they must be */
  size_t n_lines;             /* that were judged by held-out points */
  bgen_estimate since_best;   /* from the best line on */
  double training_since_best; /* the same of the loss over training frames */
  bgen_estimate lately;       /* over the last quarter of the steps */
} bgen_course;

/* A rise counts from three standard errors and 0.05 kT on, since the parameters of lines differ by
   some hundredths without any trend; a fall from two and 0.01 kT on, by which weights change by a
   percent. */
bgen_outcome bgen_course_outcome(const bgen_course *course);

/* The loss has risen since the best line, by so much; false where that is not known. */
bool bgen_course_has_risen(const bgen_course *course);

BGEN_API_END
#endif
