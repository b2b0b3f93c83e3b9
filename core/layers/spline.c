/* SPDX-License-Identifier: MIT */
#include "layers/spline.h"

#include "base/elementwise.h"
#include "base/isa.h"
#include "layers/spline_kernels.h"

static const bgen_spline_kernels *best(void)
{
#if defined(__x86_64__)
  static const bgen_spline_kernels *const all[] = {&bgen_spline_plain, &bgen_spline_avx2,
                                                   &bgen_spline_avx512};
  return all[bgen_isa_in_use()];
#else
  return &bgen_spline_plain;
#endif
}

size_t bgen_spline_n_weights(const bgen_spline *spline)
{
  return 3 * spline->n_bins - !spline->circular;
}

void bgen_spline_apply(const bgen_splines *of, bgen_direction direction, const bgen_real *weight,
                       const double *in, double *out, double *log_slope)
{
  best()->apply(of, direction, weight, in, out, log_slope);
  bgen_log(of->n_rows * of->n_columns, log_slope, log_slope);
}

void bgen_spline_vjp(const bgen_splines *of, bgen_direction direction,
                     const bgen_spline_gradient *gradient)
{
  best()->vjp(of, direction, gradient);
}
