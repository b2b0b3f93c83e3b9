/* SPDX-License-Identifier: MIT
   exponentials.h - exp, log and tanh of one number, which vectorise; elementwise_loops.h includes
   this once for each instruction set. */

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

/* ln a = k ln2 + ln(1 + g), 1 + g between sqrt(1/2) and sqrt 2.  With s = g/(2 + g) the last is
   2 artanh s, whose Taylor sum begins with g - g^2/2 + s g^2/2; so the rounding of s counts little.
   Below the normal numbers a is scaled. */
TARGET static inline double NAME(log_double)(double a)
{
  const uint64_t half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000, magic = 0x4330000000000000;
  const bool tiny = a < 0x1p-1022;
  const double scaled = tiny ? a * 0x1p54 : a;
  uint64_t bits;
  memcpy(&bits, &scaled, sizeof bits);
  bits += one - half;
  const uint64_t exponent = (bits >> 52) | magic, mantissa = (bits & 0xfffffffffffff) + half;
  double k, g;
  memcpy(&k, &exponent, sizeof k), memcpy(&g, &mantissa, sizeof g);
  k -= tiny ? 0x1p52 + 1023 + 54 : 0x1p52 + 1023;
  g -= 1;
  const double s = g / (2 + g), z = s * s, square = 0.5 * g * g;
  double sum = 2.0 / 21;
  sum = FUSE(sum, z, 2.0 / 19);
  sum = FUSE(sum, z, 2.0 / 17);
  sum = FUSE(sum, z, 2.0 / 15);
  sum = FUSE(sum, z, 2.0 / 13);
  sum = FUSE(sum, z, 2.0 / 11);
  sum = FUSE(sum, z, 2.0 / 9);
  sum = FUSE(sum, z, 2.0 / 7);
  sum = FUSE(sum, z, 2.0 / 5);
  sum = FUSE(sum, z, 2.0 / 3);
  const double rest = FUSE(k, 0x1.a39ef35793c76p-33, s * FUSE(sum, z, square));
  const double value = FUSE(k, 0x1.62e42fee00000p-1, g - (square - rest));
  return a > 0 && a < INFINITY ? value : a == 0 ? -INFINITY : a > 0 ? a : NAN;
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
