/* SPDX-License-Identifier: MIT
   elementwise_loops.h - the loops of elementwise.c for one instruction set.  NAME makes names for
   the functions, TARGET is their attribute; elementwise.c includes this once for each, and defines
     FUSE(a, b, c)  a b + c in double, rounded once where that is as fast
     fuse(a, b, c)  the same in the networks' precision
   A compiler that fused by itself would do it otherwise in a vector loop than in its remainder, and
   a number would depend on its place. */

/* e^a = 2^k e^r, |r| <= ln2/2, with r = a - k ln2 in two parts (Cody and Waite) and the Taylor sum
   of e^r.  Adding 1.5 * 2^52 rounds a/ln2 to the integer k, which then stands in the low bits of
   the sum; shifted into the exponent they are 2^k. */
TARGET static inline double NAME(exp_double)(double a)
{
  const double rounder = 0x1.8p52;
  a = a > 708.0 ? 708.0 : a < -708.0 ? -708.0 : a;
  const double shifted = FUSE(a, 1.4426950408889634074, rounder), k = shifted - rounder;
  const double r = FUSE(k, -0x1.a39ef35793c76p-33, FUSE(k, -0x1.62e42fee00000p-1, a));
  double sum = 1.0 / 6227020800.0;
  sum = FUSE(sum, r, 1.0 / 479001600.0);
  sum = FUSE(sum, r, 1.0 / 39916800.0);
  sum = FUSE(sum, r, 1.0 / 3628800.0);
  sum = FUSE(sum, r, 1.0 / 362880.0);
  sum = FUSE(sum, r, 1.0 / 40320.0);
  sum = FUSE(sum, r, 1.0 / 5040.0);
  sum = FUSE(sum, r, 1.0 / 720.0);
  sum = FUSE(sum, r, 1.0 / 120.0);
  sum = FUSE(sum, r, 1.0 / 24.0);
  sum = FUSE(sum, r, 1.0 / 6.0);
  sum = FUSE(sum, r, 0.5);
  sum = FUSE(sum * r, r, r) + 1.0;
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}

#ifdef BGEN_DOUBLE_NETWORKS
TARGET static inline double NAME(exp_real)(double a)
{
  return NAME(exp_double)(a);
}
#else
/* the same in float */
TARGET static inline float NAME(exp_real)(float a)
{
  const float rounder = 0x1.8p23f;
  a = a > 87.0f ? 87.0f : a < -87.0f ? -87.0f : a;
  const float shifted = fuse(a, 1.44269504f, rounder), k = shifted - rounder;
  const float r = fuse(k, -0x1.7f7d1cp-20f, fuse(k, -0x1.62e400p-1f, a));
  float sum = 1.0f / 5040.0f;
  sum = fuse(sum, r, 1.0f / 720.0f);
  sum = fuse(sum, r, 1.0f / 120.0f);
  sum = fuse(sum, r, 1.0f / 24.0f);
  sum = fuse(sum, r, 1.0f / 6.0f);
  sum = fuse(sum, r, 0.5f);
  sum = fuse(sum * r, r, r) + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}
#endif

TARGET static inline bgen_real NAME(tanh_real)(bgen_real a)
{
  return 1 - 2 / (NAME(exp_real)(2 * a) + 1);
}

TARGET static void NAME(exp_doubles)(size_t n, const double *in, double *out)
{
  for (size_t i = 0; i < n; i++) out[i] = NAME(exp_double)(in[i]);
}

TARGET static void NAME(tanh_row)(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                                  bgen_real *restrict trace)
{
  for (size_t j = 0; j < m; j++) {
    row[j] = NAME(tanh_real)(row[j] + bias[j]);
    if (trace) trace[j] = row[j];
  }
}

TARGET static void NAME(tanh_retrace)(size_t n, const bgen_real *restrict trace,
                                      bgen_real *restrict value, bgen_real *restrict slope)
{
  for (size_t i = 0; i < n; i++) {
    value[i] = trace[i];
    slope[i] = fuse(-trace[i], trace[i], 1);
  }
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
  for (size_t i = 0; i < n; i++) value[i] = bound * NAME(tanh_real)(value[i] / bound);
}

TARGET static void NAME(bound_values_slope)(bgen_real bound, size_t n, bgen_real *restrict value,
                                            bgen_real *restrict slope)
{
  for (size_t i = 0; i < n; i++) {
    const bgen_real bounded = NAME(tanh_real)(value[i] / bound);
    value[i] = bound * bounded;
    slope[i] = fuse(-bounded, bounded, 1);
  }
}

TARGET static void NAME(exp_values)(size_t n, bgen_real *value)
{
  for (size_t i = 0; i < n; i++) value[i] = NAME(exp_real)(value[i]);
}

static const loops NAME(loops) = {.exp_doubles = NAME(exp_doubles),
                                  .activate_row = {NAME(tanh_row), NAME(silu_row)},
                                  .retrace = {NAME(tanh_retrace), NAME(silu_retrace)},
                                  .bound_values = NAME(bound_values),
                                  .bound_values_slope = NAME(bound_values_slope),
                                  .exp_values = NAME(exp_values)};
