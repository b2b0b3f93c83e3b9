/* SPDX-License-Identifier: MIT */
#include "estimate/pool.h"

#include <math.h>

/* Z of a basin in units of that of the likeliest one */
static double share(const bgen_pool *p, size_t k, double least)
{
  return exp(least - p->basin[k].free_energy[p->state[k]]);
}

static double least_free_energy(const bgen_pool *p)
{
  double least = INFINITY;
  for (size_t k = 0; k < p->n_basins; k++)
    least = fmin(least, p->basin[k].free_energy[p->state[k]]);
  return least;
}

void bgen_pool_log_weights(const bgen_pool *p, double *log_weight)
{
  const double least = least_free_energy(p);
  double sum = 0;
  for (size_t k = 0; k < p->n_basins; k++) sum += share(p, k, least);
  for (size_t k = 0; k < p->n_basins; k++) {
    const bgen_mbar *m = &p->basin[k];
    const double *u = m->u + p->state[k] * m->n;
    for (size_t i = 0; i < m->n; i++) *log_weight++ = least - log(sum) - u[i] - m->log_mixture[i];
  }
}

/* int a e^-u in units of the Z of the likeliest basin, and what each point contributes to it: contribution[n] */
static double integral(const bgen_pool *p, const double *a, double *contribution)
{
  const double least = least_free_energy(p);
  double sum = 0;
  for (size_t k = 0; k < p->n_basins; k++) {
    const bgen_mbar *m = &p->basin[k];
    const double scale = share(p, k, least);
    double value;
    bgen_mbar_integral(m, p->influence[k], p->state[k], a, &value, contribution);
    for (size_t i = 0; i < m->n; i++) contribution[i] *= scale;
    sum += scale * value;
    a += m->n, contribution += m->n;
  }
  return sum;
}

static double error(const bgen_pool *p, const double *contribution)
{
  double variance = 0;
  for (size_t k = 0; k < p->n_basins; k++) {
    variance += bgen_mbar_variance(&p->basin[k], contribution);
    contribution += p->basin[k].n;
  }
  return sqrt(variance);
}

/* the same with b = NULL for 1, which `ones` becomes then */
static double integral_of_state(const bgen_pool *p, const double *b, double *ones,
                                double *contribution)
{
  for (size_t i = 0; !b && i < p->n; i++) ones[i] = 1;
  return integral(p, b ? b : ones, contribution);
}

static bgen_status no_weight(void)
{
  return bgen_fail(BGEN_NOT_FINITE, "no point of any weight lies in it");
}

bgen_status bgen_pool_difference(const bgen_pool *p, const double *a, const double *b,
                                 bgen_estimate *estimate)
{
  double *of_a = p->work, *of_b = p->work + p->n;
  const double in_b = integral_of_state(p, b, p->work + 2 * p->n, of_b),
               in_a = integral(p, a, of_a);
  if (!(in_a > 0 && in_b > 0)) return no_weight();
  for (size_t i = 0; i < p->n; i++) of_a[i] = of_b[i] / in_b - of_a[i] / in_a;
  *estimate = (bgen_estimate){log(in_b / in_a), error(p, of_a)};
  return BGEN_OK;
}

/* to of_mean[n], too, what each point contributes */
static bgen_status mean(const bgen_pool *p, const double *a, const double *b, double *value,
                        double *of_mean, double *of_b, double *in_b)
{
  double *product = p->work + 2 * p->n;
  *in_b = integral_of_state(p, b, product, of_b);
  if (!(*in_b > 0)) return no_weight();
  for (size_t i = 0; i < p->n; i++) product[i] = b ? a[i] * b[i] : a[i];
  *value = integral(p, product, of_mean) / *in_b;
  for (size_t i = 0; i < p->n; i++) of_mean[i] = (of_mean[i] - *value * of_b[i]) / *in_b;
  if (!isfinite(*value))
    return bgen_fail(BGEN_NOT_FINITE, "at some points of weight it is not a finite number");
  return BGEN_OK;
}

bgen_status bgen_pool_mean(const bgen_pool *p, const double *a, const double *b,
                           bgen_estimate *estimate)
{
  double value, in_b;
  const bgen_status status = mean(p, a, b, &value, p->work, p->work + p->n, &in_b);
  if (!status) *estimate = (bgen_estimate){value, error(p, p->work)};
  return status;
}

bgen_status bgen_pool_free_energy(const bgen_pool *p, const double *b, bgen_estimate *estimate)
{
  double *of_b = p->work;
  const double in_b = integral_of_state(p, b, p->work + 2 * p->n, of_b);
  if (!(in_b > 0)) return no_weight();
  for (size_t i = 0; i < p->n; i++) of_b[i] /= in_b;
  *estimate = (bgen_estimate){least_free_energy(p) - log(in_b), error(p, of_b)};
  return BGEN_OK;
}

bgen_status bgen_pool_entropy(const bgen_pool *p, const double *u, const double *b,
                              bgen_estimate *estimate)
{
  double *of_mean = p->work, *of_b = p->work + p->n, value, in_b;
  const bgen_status status = mean(p, u, b, &value, of_mean, of_b, &in_b);
  if (status) return status;
  for (size_t i = 0; i < p->n; i++) of_mean[i] += of_b[i] / in_b;
  *estimate = (bgen_estimate){value + log(in_b) - least_free_energy(p), error(p, of_mean)};
  return BGEN_OK;
}
