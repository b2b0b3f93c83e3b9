/* SPDX-License-Identifier: MIT
   elementwise_loops.h - the loops of elementwise.c for one instruction set.  NAME makes names for
   the functions, TARGET is their attribute; elementwise.c includes this once for each, and defines
     FUSE(a, b, c)  a b + c in double, rounded once where that is as fast
     fuse(a, b, c)  the same in the networks' precision
   A compiler that fused by itself would do it otherwise in a vector loop than in its remainder, and
   a number would depend on its place. */

#include "base/exponentials.h"

TARGET static void NAME(exp_doubles)(size_t n, const double *in, double *out)
{
  for (size_t i = 0; i < n; i++) out[i] = NAME(exp_double)(in[i]);
}

TARGET static void NAME(log_doubles)(size_t n, const double *in, double *out)
{
  for (size_t i = 0; i < n; i++) out[i] = NAME(log_double)(in[i]);
}

TARGET static void NAME(tanh_row)(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                                  bgen_real *restrict trace)
{
  for (size_t j = 0; j < m; j++) {
    row[j] = NAME(tanh_real)(row[j] + bias[j]);
    if (trace) trace[j] = row[j];
  }
}

TARGET static void NAME(tanh_slope)(size_t n, const bgen_real *restrict value,
                                    bgen_real *restrict slope)
{
  for (size_t i = 0; i < n; i++) slope[i] = fuse(-value[i], value[i], 1);
}

TARGET static inline bgen_real NAME(sigmoid)(bgen_real a)
{
  return 1 / (1 + NAME(exp_real)(-a));
}

TARGET static void NAME(silu_row)(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                                  bgen_real *restrict trace)
{
  for (size_t j = 0; j < m; j++) {
    const bgen_real a = row[j] + bias[j];
    row[j] = a * NAME(sigmoid)(a);
    if (trace) trace[j] = a;
  }
}

/* sigmoid (1 + a (1 - sigmoid)) */
TARGET static void NAME(silu_retrace)(size_t n, const bgen_real *restrict trace,
                                      bgen_real *restrict value, bgen_real *restrict slope)
{
  for (size_t i = 0; i < n; i++) {
    const bgen_real a = trace[i], sigmoid = NAME(sigmoid)(a);
    value[i] = a * sigmoid;
    slope[i] = sigmoid * fuse(a, 1 - sigmoid, 1);
  }
}

TARGET static void NAME(bound_values)(bgen_real bound, size_t n, bgen_real *value)
{
  const bgen_real scale = 1 / bound;
  for (size_t i = 0; i < n; i++) value[i] = bound * NAME(tanh_real)(value[i] * scale);
}

TARGET static void NAME(bound_values_slope)(bgen_real bound, size_t n, bgen_real *restrict value,
                                            bgen_real *restrict slope)
{
  const bgen_real scale = 1 / bound;
  for (size_t i = 0; i < n; i++) {
    const bgen_real bounded = NAME(tanh_real)(value[i] * scale);
    value[i] = bound * bounded;
    slope[i] = fuse(-bounded, bounded, 1);
  }
}

TARGET static void NAME(bounded_exp)(bgen_real bound, size_t n, bgen_real *value)
{
  const bgen_real scale = 1 / bound;
  for (size_t i = 0; i < n; i++)
    value[i] = NAME(exp_real)(bound * NAME(tanh_real)(value[i] * scale));
}

TARGET static void NAME(bounded_exp_slope)(bgen_real bound, size_t n, bgen_real *restrict value,
                                           bgen_real *restrict slope)
{
  const bgen_real scale = 1 / bound;
  for (size_t i = 0; i < n; i++) {
    const bgen_real bounded = NAME(tanh_real)(value[i] * scale);
    value[i] = NAME(exp_real)(bound * bounded);
    slope[i] = fuse(-bounded, bounded, 1);
  }
}

static const loops NAME(loops) = {.exp_doubles = NAME(exp_doubles),
                                  .log_doubles = NAME(log_doubles),
                                  .activate_row = {NAME(tanh_row), NAME(silu_row)},
                                  .tanh_slope = NAME(tanh_slope),
                                  .silu_retrace = NAME(silu_retrace),
                                  .bound_values = NAME(bound_values),
                                  .bound_values_slope = NAME(bound_values_slope),
                                  .bounded_exp = NAME(bounded_exp),
                                  .bounded_exp_slope = NAME(bounded_exp_slope)};
