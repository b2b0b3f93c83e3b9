/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "coords/cv.h"
#include "coords/vectors.h"

/* the vectors p, u and v, w = u x v with its length, and the value */
typedef struct plane {
  double vector[3][3], w[3], length, value;
} plane;

static plane plane_of(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  plane is = {.value = 0};
  for (size_t k = 0; k < cv->n_terms; k++)
    for (size_t c = 0; c < 3; c++)
      is.vector[cv->term[k].axis][c] +=
          cv->term[k].coefficient * x[cv->term[k].particle * layout->n_space + c];
  bgen_cross3(is.vector[1], is.vector[2], is.w);
  is.length = sqrt(bgen_dot3(is.w, is.w));
  const double along = bgen_dot3(is.vector[0], is.w);
  is.value = is.length > 0 ? along / is.length : 0 * along; /* NaN stays */
  return is;
}

static double plane_distance_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  return plane_of(cv, layout, x).value;
}

/* by p along the normal n; by w with g = (p - value n) / |w|, of which u has v x g and v g x u */
static void plane_distance_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                                    double factor, double *grad)
{
  const plane is = plane_of(cv, layout, x);
  double by[3][3], g[3];
  for (size_t c = 0; c < 3; c++) {
    by[0][c] = is.w[c] / is.length;
    g[c] = (is.vector[0][c] - is.value * by[0][c]) / is.length;
  }
  bgen_cross3(is.vector[2], g, by[1]);
  bgen_cross3(g, is.vector[1], by[2]);
  for (size_t k = 0; k < cv->n_terms; k++)
    for (size_t c = 0; c < 3; c++)
      grad[cv->term[k].particle * layout->n_space + c] +=
          factor * cv->term[k].coefficient * by[cv->term[k].axis][c];
}

const bgen_cv_type bgen_cv_plane_distance = {"plane_distance",       0, 3, 0, plane_distance_value,
                                             plane_distance_gradient};
