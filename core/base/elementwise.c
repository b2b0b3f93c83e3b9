/* SPDX-License-Identifier: MIT */
#include "base/elementwise.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ifunc dispatch and the address sanitizer do not go together */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(BGEN_NO_CLONES)
#define BGEN_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define BGEN_CLONES
#endif

/* e^a = 2^k e^r, |r| <= ln2/2, with r = a - k ln2 in two parts (Cody and Waite) and the Taylor sum
   of e^r.  Adding 1.5 * 2^52 rounds a/ln2 to the integer k, which then stands in the low bits of
   the sum; shifted into the exponent they are 2^k. */
static inline double exp_double(double a)
{
  const double rounder = 0x1.8p52;
  a = a > 708.0 ? 708.0 : a < -708.0 ? -708.0 : a;
  const double shifted = a * 1.4426950408889634074 + rounder, k = shifted - rounder;
  const double r = (a - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = (sum * r * r + r) + 1.0;
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}

BGEN_CLONES
static void exp_doubles(size_t n, const double *in, double *out)
{
  for (size_t i = 0; i < n; i++) out[i] = exp_double(in[i]);
}

/* not a clone itself: their names are exported, whatever the visibility */
void bgen_exp(size_t n, const double *in, double *out)
{
  exp_doubles(n, in, out);
}

#ifdef BGEN_DOUBLE_NETWORKS
static inline double exp_real(double a)
{
  return exp_double(a);
}
#else
/* the same in float */
static inline float exp_real(float a)
{
  const float rounder = 0x1.8p23f;
  a = a > 87.0f ? 87.0f : a < -87.0f ? -87.0f : a;
  const float shifted = a * 1.44269504f + rounder, k = shifted - rounder;
  const float r = (a - k * 0x1.62e400p-1f) - k * 0x1.7f7d1cp-20f;
  float sum = 1.0f / 5040.0f;
  sum = sum * r + 1.0f / 720.0f;
  sum = sum * r + 1.0f / 120.0f;
  sum = sum * r + 1.0f / 24.0f;
  sum = sum * r + 1.0f / 6.0f;
  sum = sum * r + 0.5f;
  sum = (sum * r * r + r) + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}
#endif

static inline bgen_real tanh_real(bgen_real a)
{
  return 1 - 2 / (exp_real(2 * a) + 1);
}

BGEN_CLONES
static void tanh_row(size_t m, const bgen_real *restrict bias, bgen_real *restrict row)
{
  for (size_t j = 0; j < m; j++) row[j] = tanh_real(row[j] + bias[j]);
}

BGEN_CLONES
static void tanh_row_slope(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                           bgen_real *restrict slope)
{
  for (size_t j = 0; j < m; j++) {
    const bgen_real value = tanh_real(row[j] + bias[j]);
    row[j] = value;
    slope[j] = 1 - value * value;
  }
}

BGEN_CLONES
static void silu_row(size_t m, const bgen_real *restrict bias, bgen_real *restrict row)
{
  for (size_t j = 0; j < m; j++) {
    const bgen_real a = row[j] + bias[j];
    row[j] = a * (1 / (1 + exp_real(-a)));
  }
}

BGEN_CLONES
static void silu_row_slope(size_t m, const bgen_real *restrict bias, bgen_real *restrict row,
                           bgen_real *restrict slope)
{
  for (size_t j = 0; j < m; j++) {
    const bgen_real a = row[j] + bias[j], sigmoid = 1 / (1 + exp_real(-a));
    row[j] = a * sigmoid;
    slope[j] = sigmoid * (1 + a * (1 - sigmoid));
  }
}

void bgen_activate(bgen_activation f, size_t n, size_t m, const bgen_real *bias, bgen_real *rows,
                   bgen_real *slope)
{
  for (size_t i = 0; i < n; i++, rows += m) {
    if (f == BGEN_TANH && slope) tanh_row_slope(m, bias, rows, slope + i * m);
    if (f == BGEN_TANH && !slope) tanh_row(m, bias, rows);
    if (f == BGEN_SILU && slope) silu_row_slope(m, bias, rows, slope + i * m);
    if (f == BGEN_SILU && !slope) silu_row(m, bias, rows);
  }
}

BGEN_CLONES
static void bound_values(bgen_real bound, size_t n, bgen_real *value)
{
  for (size_t i = 0; i < n; i++) value[i] = bound * tanh_real(value[i] / bound);
}

BGEN_CLONES
static void bound_values_slope(bgen_real bound, size_t n, bgen_real *restrict value,
                               bgen_real *restrict slope)
{
  for (size_t i = 0; i < n; i++) {
    const bgen_real bounded = tanh_real(value[i] / bound);
    value[i] = bound * bounded;
    slope[i] = 1 - bounded * bounded;
  }
}

void bgen_bound(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope)
{
  if (slope)
    bound_values_slope(bound, n, value, slope);
  else
    bound_values(bound, n, value);
}

BGEN_CLONES
static void exp_values(size_t n, bgen_real *value)
{
  for (size_t i = 0; i < n; i++) value[i] = exp_real(value[i]);
}

void bgen_bounded_exp(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope)
{
  bgen_bound(bound, n, value, slope);
  exp_values(n, value);
}
