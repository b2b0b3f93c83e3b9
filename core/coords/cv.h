/* SPDX-License-Identifier: MIT
   cv.h - collective variables: the few numbers of a configuration that a user looks at. */
#ifndef BGEN_COORDS_CV_H
#define BGEN_COORDS_CV_H

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bgen_cv_kind {
  BGEN_CV_COORDINATE, /* component `axis` of particle i */
  BGEN_CV_DISTANCE    /* |x_i - x_j|, as x is: no image of a particle is nearer than itself */
} bgen_cv_kind;

typedef struct bgen_cv {
  bgen_cv_kind kind;
  size_t i, j, axis;
} bgen_cv;

double bgen_cv_value(const bgen_cv *cv, const bgen_layout *layout, const double *x);

#ifdef __cplusplus
}
#endif
#endif
