/* SPDX-License-Identifier: MIT */
#include "sample/driven.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bgen_status bgen_driven_create(const bgen_layout *layout, bgen_driven **result)
{
  const size_t dim = layout->n_particles * layout->n_space;
  bgen_driven *d = calloc(1, sizeof *d);
  double *grad = malloc((dim + 1) * sizeof *grad);
  bgen_path *path = NULL;
  if (!d || !grad || bgen_path_create(dim, 1, &path)) {
    free(d), free(grad);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for a driven path of %zu coordinates", dim);
  }
  d->layout = *layout;
  d->path = path;
  d->grad = grad;
  *result = d;
  return BGEN_OK;
}

void bgen_driven_destroy(bgen_driven *d)
{
  if (!d) return;
  bgen_path_destroy(d->path);
  free(d->grad);
  free(d);
}

/* a - b, the shorter way round where s is periodic */
static double apart(const bgen_cv *cv, double a, double b)
{
  return cv->type->period > 0 ? remainder(a - b, cv->type->period) : a - b;
}

/* where the restraint stands after step t; exactly `to`, or a period from it, after the last */
static double place(const bgen_driven *d, size_t t)
{
  const double lambda = (double) t / (double) d->of.n_steps;
  return (1 - lambda) * d->of.from + lambda * d->of.to;
}

/* 1 at both ends, `heat` half way */
static double heat_at(const bgen_driven *d, size_t t)
{
  const double depth = 1 - fabs(2 * (double) t / (double) d->of.n_steps - 1);
  return 1 / (1 + depth * (1 / d->of.heat - 1));
}

/* u and its gradient at path->x become those of u_t */
static double with_restraint(const bgen_driven *d, size_t t, double u, double *grad_u)
{
  const double heat = heat_at(d, t), *x = d->path->x;
  const double off = apart(d->of.cv, bgen_cv_value(d->of.cv, &d->layout, x), place(d, t));
  for (size_t c = 0; c < d->path->dim; c++) grad_u[c] *= heat;
  bgen_cv_gradient(d->of.cv, &d->layout, x, d->of.spring * off, grad_u);
  return heat * u + 0.5 * d->of.spring * off * off;
}

/* u_t - u_{t-1} where x is */
static double switching(const bgen_driven *d, size_t t)
{
  const double s = bgen_cv_value(d->of.cv, &d->layout, d->path->x);
  const double before = apart(d->of.cv, s, place(d, t - 1)), now = apart(d->of.cv, s, place(d, t));
  const double heated = heat_at(d, t) - heat_at(d, t - 1);
  return (heated != 0 ? heated * d->u : 0) + 0.5 * d->of.spring * (now - before) * (now + before);
}

bool bgen_driven_can_escort(const bgen_cv *cv)
{
  return cv->type == &bgen_cv_linear || cv->type == &bgen_cv_distance;
}

/* The factor by which lengths across a bond grow when it does. */
static double stretch(const bgen_driven *d, double shift)
{
  if (d->of.cv->type != &bgen_cv_distance) return 1;
  return 1 + shift / bgen_cv_value(d->of.cv, &d->layout, d->path->x);
}

/* x moves along the gradient of s until s has moved by shift; where a distance would vanish there
   is no way */
static void escort(bgen_driven *d, double shift)
{
  double *x = d->path->x, *grad = d->grad, square = 0;
  const double grown = stretch(d, shift);
  memset(grad, 0, d->path->dim * sizeof *grad);
  bgen_cv_gradient(d->of.cv, &d->layout, x, 1, grad);
  for (size_t c = 0; c < d->path->dim; c++) square += grad[c] * grad[c];
  for (size_t c = 0; c < d->path->dim; c++) x[c] += shift * grad[c] / square;
  d->path->work[0] += grown > 0 ? -(double) (d->layout.n_space - 1) * log(grown) : INFINITY;
}

void bgen_driven_begin(bgen_driven *d, const bgen_drag *of, const bgen_dynamics *dynamics,
                       uint64_t seed, bgen_stream stream, uint64_t point, const double *x, double u,
                       const double *grad_u)
{
  assert(of->n_steps > 0 && of->heat > 0 && (!of->escort || bgen_driven_can_escort(of->cv)));
  bgen_path *path = d->path;
  d->of = *of;
  if (of->cv->type->period > 0) d->of.to = of->from + apart(of->cv, of->to, of->from);
  d->at = 0;
  d->u = u;
  bgen_path_begin(path, dynamics, seed, stream, point, 1, x, &u, grad_u);
  const double u_0 = with_restraint(d, 0, u, path->grad);
  bgen_path_switch(path, &u_0, path->grad);
}

bgen_status bgen_driven_next(bgen_driven *d, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){0, d->path->x, true};
  if (d->at == d->of.n_steps || !isfinite(d->path->work[0])) return BGEN_OK;
  const bool escorted = d->of.shift || d->of.escort;
  d->switched = escorted ? NAN : switching(d, d->at + 1);
  bgen_path_depart(d->path);
  for (size_t c = 0; d->of.shift && c < d->path->dim; c++)
    d->path->x[c] += d->of.shift[c] / (double) d->of.n_steps; /* of volume 1 */
  if (d->of.escort) escort(d, place(d, d->at + 1) - place(d, d->at));
  bgen_path_approach(d->path);
  d->at++;
  wanted->n = isfinite(d->path->work[0]); /* constraints may end a path here */
  return BGEN_OK;
}

bgen_status bgen_driven_arrive(bgen_driven *d, const double *u, const double *grad_u)
{
  memcpy(d->grad, grad_u, d->path->dim * sizeof *grad_u);
  const double u_t = with_restraint(d, d->at, *u, d->grad);
  bgen_path_arrive(d->path, &u_t, d->grad);
  d->u = *u;
  bgen_path_protocol(d->path, 0, 0.5 * (d->switched + switching(d, d->at)));
  if (d->at == d->of.n_steps) bgen_path_switch(d->path, u, grad_u);
  return BGEN_OK;
}

/* ---- ends ---- */

bgen_driven_ends bgen_driven_ends_between(const bgen_basins *basins, size_t cv, double a, double b)
{
  bgen_driven_ends ends = {cv, {a, b}, {-1, -1}};
  const int at_a = bgen_basin_at(basins, cv, a), at_b = bgen_basin_at(basins, cv, b);
  if (at_a >= 0 && at_b >= 0 && at_a != at_b) ends.basin[0] = at_a, ends.basin[1] = at_b;
  return ends;
}

int bgen_driven_end_of(const bgen_driven_ends *ends, const bgen_basins *basins, const double *x)
{
  if (ends->basin[0] >= 0) {
    const int now = bgen_basin_of(basins, x);
    return now == ends->basin[0] ? 0 : now == ends->basin[1] ? 1 : -1;
  }
  const bgen_cv *cv = &basins->cv[ends->cv];
  const double s = bgen_basins_cv(basins, ends->cv, x);
  return fabs(apart(cv, s, ends->s[0])) < fabs(apart(cv, s, ends->s[1])) ? 0 : 1;
}
