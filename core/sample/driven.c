/* SPDX-License-Identifier: MIT */
#include "sample/driven.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* where the restraint stands after step t; exactly `to` after the last */
static double place(const bgen_driven *d, size_t t)
{
  const double lambda = (double) t / (double) d->n_steps;
  return (1 - lambda) * d->from + lambda * d->to;
}

/* 1 at both ends, `heat` half way */
static double heat_at(const bgen_driven *d, size_t t)
{
  const double depth = 1 - fabs(2 * (double) t / (double) d->n_steps - 1);
  return 1 / (1 + depth * (1 / d->heat - 1));
}

/* s - s_t, the shorter way round where s is periodic */
static double distance_from(const bgen_driven *d, double s, double s_t)
{
  const double period = d->cv->type->period, difference = s - s_t;
  return period > 0 ? remainder(difference, period) : difference;
}

/* u and its gradient at path->x become those of u_t */
static double with_restraint(const bgen_driven *d, size_t t, double u, double *grad_u)
{
  const double heat = heat_at(d, t), *x = d->path->x;
  const double apart = distance_from(d, bgen_cv_value(d->cv, &d->layout, x), place(d, t));
  for (size_t c = 0; c < d->path->dim; c++) grad_u[c] *= heat;
  bgen_cv_gradient(d->cv, &d->layout, x, d->spring * apart, grad_u);
  return heat * u + 0.5 * d->spring * apart * apart;
}

bool bgen_driven_can_escort(const bgen_cv *cv)
{
  return cv->type == &bgen_cv_linear || cv->type == &bgen_cv_distance;
}

/* The factor by which lengths across a bond grow when it does. */
static double stretch(const bgen_driven *d, double shift)
{
  if (d->cv->type != &bgen_cv_distance) return 1;
  return 1 + shift / bgen_cv_value(d->cv, &d->layout, d->path->x);
}

/* x moves along the gradient of s until s has moved by shift; where a distance would vanish there
   is no way */
static void escort(bgen_driven *d, double shift)
{
  double *x = d->path->x, *grad = d->escort_grad, square = 0;
  const double grown = stretch(d, shift);
  memset(grad, 0, d->path->dim * sizeof *grad);
  bgen_cv_gradient(d->cv, &d->layout, x, 1, grad);
  for (size_t c = 0; c < d->path->dim; c++) square += grad[c] * grad[c];
  for (size_t c = 0; c < d->path->dim; c++) x[c] += shift * grad[c] / square;
  d->path->work[0] += grown > 0 ? -(double) (d->layout.n_space - 1) * log(grown) : INFINITY;
}

void bgen_driven_begin(bgen_driven *d, const bgen_dynamics *dynamics, uint64_t seed,
                       bgen_stream stream, uint64_t point, const double *x, double u,
                       const double *grad_u)
{
  assert(d->n_steps > 0 && d->heat > 0 && (!d->escort || bgen_driven_can_escort(d->cv)));
  bgen_path *path = d->path;
  d->at = 0;
  bgen_path_begin(path, dynamics, seed, stream, point, 1, x, &u, grad_u);
  const double u_0 = with_restraint(d, 0, u, path->grad);
  bgen_path_switch(path, &u_0, path->grad);
}

bool bgen_driven_next(bgen_driven *d)
{
  if (d->at == d->n_steps || !isfinite(d->path->work[0])) return false;
  bgen_path_depart(d->path);
  for (size_t c = 0; d->shift && c < d->path->dim; c++)
    d->path->x[c] += d->shift[c] / (double) d->n_steps; /* of volume 1 */
  if (d->escort) escort(d, place(d, d->at + 1) - place(d, d->at));
  bgen_path_approach(d->path);
  d->at++;
  return true;
}

void bgen_driven_arrive(bgen_driven *d, double u, double *grad_u)
{
  const double u_t = with_restraint(d, d->at, u, grad_u);
  bgen_path_arrive(d->path, &u_t, grad_u);
  if (d->at == d->n_steps) bgen_path_switch(d->path, &u, grad_u);
}
