/* SPDX-License-Identifier: MIT */
#include "estimate/averages.h"

#include <math.h>
#include <stdbool.h>

#include "estimate/mbar_overlap.h"
#include "estimate/overlap.h"

static double free_energy_of(const bgen_averages *p, size_t k)
{
  return p->basin[k].free_energy[p->state[k]];
}

static bool any(size_t n, const double *a)
{
  for (size_t i = 0; i < n; i++)
    if (a[i] != 0) return true;
  return false;
}

static bool is_unknown(const bgen_averages *p, size_t k)
{
  return p->known && !p->known[k];
}

/* F of the likeliest basin where a is not 0 everywhere: in its Z integrals neither overflow nor
   vanish */
static double reference(const bgen_averages *p, const double *a)
{
  double least = INFINITY;
  for (size_t k = 0; k < p->n_basins; a += p->basin[k++].n)
    if (any(p->basin[k].n, a)) least = fmin(least, free_energy_of(p, k));
  return least;
}

void bgen_averages_log_weights(const bgen_averages *p, double *log_weight)
{
  double least = INFINITY, sum = 0;
  for (size_t k = 0; k < p->n_basins; k++) least = fmin(least, free_energy_of(p, k));
  for (size_t k = 0; k < p->n_basins; k++)
    if (!isnan(free_energy_of(p, k))) sum += exp(least - free_energy_of(p, k));
  for (size_t k = 0; k < p->n_basins; k++) {
    const bgen_mbar *m = &p->basin[k];
    const double *u = m->u + p->state[k] * m->n;
    const double whole = isnan(free_energy_of(p, k)) ? -INFINITY : least - log(sum);
    for (size_t i = 0; i < m->n; i++) *log_weight++ = whole - u[i] - m->log_mixture[i];
  }
}

/* int a e^-u in units of e^-least, and what each point contributes to it: contribution[n] */
static double integral(const bgen_averages *p, const double *a, double least, double *contribution)
{
  double sum = 0;
  for (size_t k = 0; k < p->n_basins; k++) {
    const bgen_mbar *m = &p->basin[k];
    const double scale = any(m->n, a) ? exp(least - free_energy_of(p, k)) : 0;
    double value;
    bgen_mbar_integral(m, p->influence[k], p->state[k], a, &value, contribution);
    for (size_t i = 0; i < m->n; i++) contribution[i] *= scale;
    if (is_unknown(p, k) && any(m->n, a))
      contribution[0] = NAN; /* however small its share may be */
    sum += scale * value;
    a += m->n, contribution += m->n;
  }
  return sum;
}

double bgen_averages_error(const bgen_averages *p, const double *contribution)
{
  double variance = 0;
  for (size_t k = 0; k < p->n_basins; k++) {
    if (is_unknown(p, k) && any(p->basin[k].n, contribution)) return INFINITY;
    variance += bgen_mbar_variance(&p->basin[k], contribution);
    contribution += p->basin[k].n;
  }
  return isnan(variance) ? INFINITY : sqrt(variance);
}

double bgen_averages_error_of_f(const bgen_averages *p, const double *contribution)
{
  const double error = bgen_averages_error(p, contribution);
  return bgen_error_by_overlap(error, 1 / (error * error));
}

static double n_frames_of(const bgen_averages *p, size_t k)
{
  return p->n_frames ? p->n_frames[k] : (double) p->basin[k].count[p->state[k]];
}

/* The most of int a e^-u in basin k that its points do not tell, in units of e^-least. */
static double hidden(const bgen_averages *p, size_t k, const double *a, double least)
{
  const bgen_mbar *m = &p->basin[k];
  double sum = 0, squares = 0, most = 0;
  size_t n = 0;
  for (size_t i = 0; i < m->n; i++) {
    const double weight = a[i] == 0 ? 0 : bgen_mbar_weight(m, p->state[k], i);
    if (weight == 0) continue;
    sum += a[i] * weight, squares += a[i] * weight * a[i] * weight, n++;
    most = fmax(most, a[i]);
  }
  if (n == 0 || bgen_weights_suffice(sum * sum / squares, n)) return 0;
  if (!(n_frames_of(p, k) > 0)) return INFINITY;
  return BGEN_LEAST_OVERLAP * most / n_frames_of(p, k) * exp(least - free_energy_of(p, k));
}

/* Do the points tell the integral, `value` in units of e^-least? */
static bool is_told(const bgen_averages *p, const double *a, double least, double value)
{
  double sum = 0;
  for (size_t k = 0; k < p->n_basins; a += p->basin[k++].n) sum += hidden(p, k, a, least);
  return sum <= value;
}

/* b, or where it is NULL ones that `room` is filled with */
static const double *state_or_all(const bgen_averages *p, const double *b, double *room)
{
  for (size_t i = 0; !b && i < p->n; i++) room[i] = 1;
  return b ? b : room;
}

static bgen_status no_weight(void)
{
  return bgen_fail(BGEN_NOT_FINITE, "no point of any weight lies in it");
}

bgen_status bgen_averages_integral(const bgen_averages *p, const double *a, double *free_energy,
                                   double *contribution)
{
  a = state_or_all(p, a, p->work + 2 * p->n);
  const double least = reference(p, a), value = integral(p, a, least, contribution);
  if (isnan(value))
    return bgen_fail(BGEN_NOT_FINITE, "the free energy of one of its basins is not known");
  if (!(value > 0)) return no_weight();
  for (size_t i = 0; i < p->n; i++) contribution[i] /= -value;
  if (!is_told(p, a, least, value)) contribution[0] = NAN;
  *free_energy = least - log(value);
  return BGEN_OK;
}

bgen_status bgen_averages_free_energy(const bgen_averages *p, const double *a,
                                      bgen_estimate *estimate)
{
  const bgen_status status = bgen_averages_integral(p, a, &estimate->value, p->work);
  if (!status) estimate->error = bgen_averages_error_of_f(p, p->work);
  return status;
}

/* F(a) in the one less F(b) in the other; the first one's work is used */
static bgen_status difference(const bgen_averages *of_a, const double *a, const bgen_averages *of_b,
                              const double *b, bgen_estimate *estimate)
{
  const bgen_averages *p = of_a;
  double *to_a = p->work, *to_b = p->work + p->n, f_a, f_b;
  bgen_status status = bgen_averages_integral(of_a, a, &f_a, to_a);
  if (!status) status = bgen_averages_integral(of_b, b, &f_b, to_b);
  if (status) return status;
  for (size_t i = 0; i < p->n; i++) to_a[i] -= to_b[i];
  *estimate = (bgen_estimate){f_a - f_b, bgen_averages_error_of_f(p, to_a)};
  return BGEN_OK;
}

bgen_status bgen_averages_difference(const bgen_averages *p, const double *a, const double *b,
                                     bgen_estimate *estimate)
{
  return difference(p, a, p, b, estimate);
}

bgen_status bgen_averages_change(const bgen_averages *before, const bgen_averages *after,
                                 const double *b, bgen_estimate *estimate)
{
  return difference(after, b, before, b, estimate);
}

/* to to_mean[n] and to_f[n] what each point contributes to the mean, and to F(b) */
static bgen_status mean(const bgen_averages *p, const double *a, const double *b, double *value,
                        double *to_mean, double *to_f, double *f)
{
  double *product = p->work + 2 * p->n;
  const bgen_status status = bgen_averages_integral(p, b, f, to_f);
  if (status) return status;
  b = state_or_all(p, b, product);
  const double least = reference(p, b), in_b = exp(least - *f);
  for (size_t i = 0; i < p->n; i++) product[i] = b[i] == 0 ? 0 : a[i] * b[i];
  *value = integral(p, product, least, to_mean) / in_b;
  if (!isfinite(*value))
    return bgen_fail(BGEN_NOT_FINITE, "at some points of weight it is not a finite number");
  for (size_t i = 0; i < p->n; i++) to_mean[i] = to_mean[i] / in_b + *value * to_f[i];
  return BGEN_OK;
}

bgen_status bgen_averages_mean(const bgen_averages *p, const double *a, const double *b,
                               bgen_estimate *estimate)
{
  double value, f = NAN;
  const bgen_status status = mean(p, a, b, &value, p->work, p->work + p->n, &f);
  if (!status) *estimate = (bgen_estimate){value, bgen_averages_error(p, p->work)};
  return status;
}

bgen_status bgen_averages_entropy(const bgen_averages *p, const double *u, const double *b,
                                  bgen_estimate *estimate)
{
  double *to_mean = p->work, *to_f = p->work + p->n, value, f = NAN;
  const bgen_status status = mean(p, u, b, &value, to_mean, to_f, &f);
  if (status) return status;
  for (size_t i = 0; i < p->n; i++) to_mean[i] -= to_f[i];
  *estimate = (bgen_estimate){value - f, bgen_averages_error(p, to_mean)};
  return BGEN_OK;
}
