/* SPDX-License-Identifier: MIT */
#include "coords/cv.h"

#include <math.h>

double bgen_cv_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  const double *a = x + cv->i * layout->n_space, *b = x + cv->j * layout->n_space;
  if (cv->kind == BGEN_CV_COORDINATE) return a[cv->axis];
  double sum = 0;
  for (size_t c = 0; c < layout->n_space; c++) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sqrt(sum);
}
