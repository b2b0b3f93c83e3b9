/* SPDX-License-Identifier: MIT
   spline.h - the monotone rational-quadratic spline of neural spline flows (Durkan, Bekasov,
   Murray, Papamakarios, arXiv:1906.04032), of one coordinate.

   Not a map but what a spline coupling does with each of its moved coordinates; a plain value.
   f takes [-bound, bound] to itself in n_bins pieces and is the identity outside, with slope 1 at
   both ends, so f' is continuous.  In a bin of width w and height h that begins at (x, y), with
   slopes d, e at its ends, s = h/w and t = (in - x)/w,
     f  = y + h (s t^2 + d t(1-t)) / (s + (d + e - 2s) t(1-t))
     f' = s^2 (e t^2 + 2s t(1-t) + d (1-t)^2) / (s + (d + e - 2s) t(1-t))^2
   The inverse is the root of a quadratic.

   Its shape is given by positive weights [n_weights]: n_bins for widths, n_bins for heights, and
   the n_bins - 1 slopes at inner knots themselves.  A bin's share of the whole width is 1e-3 at
   least, the rest goes by weight; the same for heights.  Equal weights and slopes of 1 make the
   identity.

   Splines are evaluated side by side, by the kernels of spline_kernel.h; isa.h says which.  None
   depends on the others. */
#ifndef BGEN_LAYERS_SPLINE_H
#define BGEN_LAYERS_SPLINE_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BGEN_SPLINE_MOST_BINS = 100 };

/* What couplings bound the logarithms of weights by: ln 1000. */
#define BGEN_SPLINE_LOG_WEIGHT_BOUND ((bgen_real) 6.907755278982137)

/* 2 <= n_bins <= BGEN_SPLINE_MOST_BINS, bound > 0 */
typedef struct bgen_spline {
  size_t n_bins;
  double bound;
  bool circular;
} bgen_spline;

size_t bgen_spline_n_weights(const bgen_spline *spline);

/* All splines of a batch: n_columns of each row, whose numbers lie as weight[n_rows][stride], those
   of a spline together, n_columns * n_weights of a row; as value[n_rows][n_columns]. */
typedef struct bgen_splines {
  bgen_spline spline;
  size_t n_rows, n_columns, stride;
} bgen_splines;

/* out = f(in) forward, f^-1(in) inverse, and log_slope = log|d(out)/d(in)|, of each. */
void bgen_spline_apply(const bgen_splines *of, bgen_direction direction, const bgen_real *weight,
                       const double *in, double *out, double *log_slope);

/* What a vjp takes and sets.  latent is the in of forward, the out of inverse; all splines of a row
   share dL/d(log_slope). */
typedef struct bgen_spline_gradient {
  const bgen_real *weight, *factor;               /* d(log weight) / d(what gave it) */
  const double *latent, *grad_out, *grad_log_det; /* the last is [n_rows] */
  bgen_real *grad_weight;                         /* is set: dL/d(log weight) factor */
  double *grad_in;                                /* is set; may be grad_out */
} bgen_spline_gradient;

void bgen_spline_vjp(const bgen_splines *of, bgen_direction direction,
                     const bgen_spline_gradient *gradient);

#ifdef __cplusplus
}
#endif
#endif
