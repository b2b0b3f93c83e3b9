/* SPDX-License-Identifier: MIT */
#include "estimate/gibbs.h"

#include <math.h>

#include "base/linalg.h"

/* of all volumes, what two must at least differ by to count as different */
static const double different = 1e-6;

/* in errors of it: with 4 a bar of the volume holds it in 64 % instead of 68 %, with 2 in 57 %,
   where about half of all data sets reach that, by chance (test_gibbs) */
static const double least_curvature = 4;

/* F(V) = origin + c[0] + c[1] s + c[2] s^2 of s = (y - centre) / half, within +-1; y = V^(-2/3) */
typedef struct parabola {
  double centre, half, origin;
  double c[3], covariance[3][3];
  double chi_square;
} parabola;

static bool is_known(const bgen_estimate *F)
{
  return F->error < INFINITY;
}

static bgen_status check_numbers(size_t n, const double *volume, const bgen_estimate *F,
                                 double pressure)
{
  if (!isfinite(pressure)) return bgen_fail(BGEN_BAD_INPUT, "pressure %g is not finite", pressure);
  for (size_t i = 0; i < n; i++) {
    if (!(volume[i] > 0 && volume[i] < INFINITY))
      return bgen_fail(BGEN_BAD_INPUT, "volume %g is no number above 0", volume[i]);
    if (!(F[i].error > 0))
      return bgen_fail(BGEN_BAD_INPUT, "the error %g of F at the volume %.8g is not above 0",
                       F[i].error, volume[i]);
    if (is_known(&F[i]) && !isfinite(F[i].value))
      return bgen_fail(BGEN_BAD_INPUT, "F = %g at the volume %.8g is not finite", F[i].value,
                       volume[i]);
  }
  return BGEN_OK;
}

static double strain(double volume)
{
  return pow(volume, -2.0 / 3);
}

/* the range of the volumes whose F is known, of which one more must lie within */
static bgen_status set_range(size_t n, const double *volume, const bgen_estimate *F, parabola *to)
{
  double low = INFINITY, high = -INFINITY;
  bool within = false;
  for (size_t i = 0; i < n; i++)
    if (is_known(&F[i])) low = fmin(low, volume[i]), high = fmax(high, volume[i]);
  const double margin = different * (high - low);
  for (size_t i = 0; i < n; i++)
    if (is_known(&F[i]) && volume[i] > low + margin && volume[i] < high - margin) within = true;
  if (!within)
    return bgen_fail(BGEN_BAD_INPUT, "a parabola needs known free energies at three different "
                                     "volumes or more");
  to->centre = (strain(low) + strain(high)) / 2;
  to->half = (strain(low) - strain(high)) / 2;
  return BGEN_OK;
}

static void powers_at(const parabola *p, double volume, double power[3])
{
  power[0] = 1;
  power[1] = (strain(volume) - p->centre) / p->half;
  power[2] = power[1] * power[1];
}

static double dot(const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* variance of the sum of slope times c */
static double error_of(const parabola *p, const double slope[3])
{
  double variance = 0;
  for (size_t i = 0; i < 3; i++) variance += slope[i] * dot(p->covariance[i], slope);
  return sqrt(variance);
}

static double chi_square(const parabola *p, size_t n, const double *volume, const bgen_estimate *F)
{
  double sum = 0, power[3];
  for (size_t i = 0; i < n; i++) {
    powers_at(p, volume[i], power);
    const double off = (F[i].value - p->origin - dot(p->c, power)) / F[i].error;
    if (is_known(&F[i])) sum += off * off;
  }
  return sum;
}

static bgen_status fit(size_t n, const double *volume, const bgen_estimate *F, parabola *to)
{
  /* the first row becomes c, the others the inverse */
  double normal[9] = {0}, rows[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, power[3];
  to->origin = NAN;
  for (size_t i = 0; i < n; i++) {
    if (!is_known(&F[i])) continue;
    if (isnan(to->origin)) to->origin = F[i].value;
    const double weight = 1 / (F[i].error * F[i].error);
    powers_at(to, volume[i], power);
    for (size_t j = 0; j < 3; j++) {
      rows[j] += weight * power[j] * (F[i].value - to->origin);
      for (size_t k = 0; k < 3; k++) normal[3 * j + k] += weight * power[j] * power[k];
    }
  }
  if (bgen_solve_positive(3, normal, 4, rows))
    return bgen_fail(BGEN_BAD_INPUT, "the errors of the free energies differ too much for a "
                                     "parabola");
  for (size_t j = 0; j < 3; j++) {
    to->c[j] = rows[j];
    for (size_t k = 0; k < 3; k++) to->covariance[j][k] = rows[3 + 3 * j + k];
  }
  to->chi_square = chi_square(to, n, volume, F);
  return BGEN_OK;
}

/* 99 % of chi-square is below (Wilson and Hilferty) */
static double widening(double chi_square, double freedom)
{
  const double part = 2 / (9 * freedom), root = 1 - part + 2.3263 * sqrt(part);
  if (!(freedom > 0 && chi_square > freedom * root * root * root)) return 1;
  return sqrt(chi_square / freedom);
}

/* d(F + pV)/ds, where V = y^(-3/2) */
static double slope_at(const parabola *p, double pressure, double s)
{
  const double y = p->centre + p->half * s;
  return p->c[1] + 2 * p->c[2] * s - 1.5 * pressure * p->half * pow(y, -2.5);
}

/* between s = -1, downhill, and s = 1, uphill, by halves */
static double find_minimum(const parabola *p, double pressure)
{
  double low = -1, high = 1;
  for (int i = 0; i < 60; i++) {
    const double s = (low + high) / 2;
    if (slope_at(p, pressure, s) < 0)
      low = s;
    else
      high = s;
  }
  return (low + high) / 2;
}

/* By the theorem of envelopes G moves with F at s; s itself moves with the slope of F, divided by
   the second derivative of F + pV.  V F'' = 8 c[2] y^(7/2) / (9 half^2) + 5 p / 3. */
static void set_minimum(const parabola *p, double pressure, double s, bgen_gibbs *to)
{
  const double h = p->half, y = p->centre + h * s, volume = pow(y, -1.5),
               second = 2 * p->c[2] + 3.75 * pressure * h * h * pow(y, -3.5),
               of_G[3] = {1, s, s * s}, of_s[3] = {0, -1 / second, -2 * s / second},
               per_c = 8 / (9 * h * h) * pow(y, 3.5);
  double of_bulk[3];
  for (size_t i = 0; i < 3; i++) of_bulk[i] = 3.5 * h / y * per_c * p->c[2] * of_s[i];
  of_bulk[2] += per_c;
  to->free_energy.value = p->origin + dot(p->c, of_G) + pressure * volume;
  to->free_energy.error = to->widening * error_of(p, of_G);
  to->volume.value = volume;
  to->volume.error = to->widening * 1.5 * h * pow(y, -2.5) * error_of(p, of_s);
  to->bulk_modulus.value = per_c * p->c[2] + 5 * pressure / 3;
  to->bulk_modulus.error = to->widening * error_of(p, of_bulk);
}

bgen_status bgen_gibbs_minimum(size_t n, const double *volume, const bgen_estimate *F,
                               double pressure, bgen_gibbs *minimum)
{
  static const bgen_estimate unknown = {NAN, INFINITY};
  parabola p = {0};
  bgen_status status = check_numbers(n, volume, F, pressure);
  if (!status) status = set_range(n, volume, F, &p);
  if (!status) status = fit(n, volume, F, &p);
  if (status) return status;
  bgen_gibbs found = {unknown, unknown, unknown, 0, false, 0, p.chi_square, 1};
  for (size_t i = 0; i < n; i++) found.n += is_known(&F[i]);
  found.widening = widening(p.chi_square, (double) found.n - 3);
  found.flat = !(p.c[2] > least_curvature * found.widening * sqrt(p.covariance[2][2]));
  /* the largest volume is at s = -1 */
  if (!found.flat && !(slope_at(&p, pressure, -1) < 0)) found.outside = 1;
  if (!found.flat && !(slope_at(&p, pressure, 1) > 0)) found.outside = -1;
  if (!found.flat && !found.outside) set_minimum(&p, pressure, find_minimum(&p, pressure), &found);
  *minimum = found;
  return BGEN_OK;
}
