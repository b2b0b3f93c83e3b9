/* SPDX-License-Identifier: MIT */
#include "base/elementwise.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/isa.h"

/* of one instruction set */
typedef struct loops {
  void (*exp_doubles)(size_t n, const double *in, double *out);
  void (*log_doubles)(size_t n, const double *in, double *out);
  /* [bgen_activation] */
  void (*activate_row[2])(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                          bgen_real *restrict trace);
  void (*tanh_slope)(size_t n, const bgen_real *restrict value, bgen_real *restrict slope);
  void (*silu_retrace)(size_t n, const bgen_real *restrict trace, bgen_real *restrict value,
                       bgen_real *restrict slope);
  void (*bound_values)(bgen_real bound, size_t n, bgen_real *value);
  void (*bound_values_slope)(bgen_real bound, size_t n, bgen_real *restrict value,
                             bgen_real *restrict slope);
  void (*bounded_exp)(bgen_real bound, size_t n, bgen_real *value);
  void (*bounded_exp_slope)(bgen_real bound, size_t n, bgen_real *restrict value,
                            bgen_real *restrict slope);
} loops;

#define FUSE(a, b, c) ((a) * (b) + (c))
#define fuse FUSE
#define TARGET
#define NAME(function) function##_plain
#include "base/elementwise_loops.h"

#if defined(__x86_64__)
#undef FUSE
#undef fuse
#define FUSE __builtin_fma
#ifdef BGEN_DOUBLE_NETWORKS
#define fuse __builtin_fma
#else
#define fuse __builtin_fmaf
#endif

#undef TARGET
#undef NAME
#define TARGET __attribute__((target("avx2,fma")))
#define NAME(function) function##_avx2
#include "base/elementwise_loops.h"

#undef TARGET
#undef NAME
#define TARGET __attribute__((target("avx512f,fma")))
#define NAME(function) function##_avx512
#include "base/elementwise_loops.h"
#endif

static const loops *best(void)
{
#if defined(__x86_64__)
  static const loops *const all[] = {&loops_plain, &loops_avx2, &loops_avx512};
  return all[bgen_isa_in_use()];
#else
  return &loops_plain;
#endif
}

void bgen_exp(size_t n, const double *in, double *out)
{
  best()->exp_doubles(n, in, out);
}

void bgen_log(size_t n, const double *in, double *out)
{
  best()->log_doubles(n, in, out);
}

void bgen_activate(bgen_activation f, size_t n, size_t m, const bgen_real *bias, bgen_real *rows,
                   bgen_real *trace)
{
  const loops *of = best();
  for (size_t i = 0; i < n; i++)
    of->activate_row[f](m, bias, rows + i * m, trace ? trace + i * m : NULL);
}

const bgen_real *bgen_retrace(bgen_activation f, size_t n, const bgen_real *trace, bgen_real *value,
                              bgen_real *slope)
{
  if (f == BGEN_SILU) {
    best()->silu_retrace(n, trace, value, slope);
    return value;
  }
  best()->tanh_slope(n, trace, slope);
  return trace;
}

void bgen_bound(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope)
{
  if (slope)
    best()->bound_values_slope(bound, n, value, slope);
  else
    best()->bound_values(bound, n, value);
}

void bgen_bounded_exp(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope)
{
  if (slope)
    best()->bounded_exp_slope(bound, n, value, slope);
  else
    best()->bounded_exp(bound, n, value);
}
