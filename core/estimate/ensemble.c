/* SPDX-License-Identifier: MIT */
#include "estimate/ensemble.h"

#include <math.h>

bool bgen_ensemble_has_changed(const bgen_ensemble *e)
{
  return e->points[0].u_changed != NULL;
}

size_t bgen_ensemble_n_states(const bgen_ensemble *e)
{
  return e->n_temperatures + e->n_levels + (bgen_ensemble_has_changed(e) ? e->n_temperatures : 0);
}

size_t bgen_ensemble_state(const bgen_ensemble *e, size_t t, enum bgen_field field)
{
  return e->n_temperatures + t + (field == BGEN_FIELD_CHANGED ? e->n_levels : 0);
}

/* of basin and domain, whatever its energy */
static bool lies_in(const bgen_basin_points *points, size_t k, size_t i)
{
  return points->in_domain[i] && points->basin[i] == (int) k;
}

bool bgen_ensemble_has_weight(const bgen_ensemble *e, size_t k, size_t i)
{
  return lies_in(&e->points[k], k, i) && isfinite(e->points[k].u[i]);
}

double bgen_ensemble_u_at(const bgen_ensemble *e, double temperature, double u)
{
  return u * e->temperature / temperature;
}

double bgen_ensemble_work(const bgen_ensemble *e, size_t t, size_t k, size_t i)
{
  const bgen_basin_points *points = &e->points[k];
  const double value =
      bgen_ensemble_u_at(e, e->level[t], points->u[i]) + points->log_q[i * e->n_temperatures + t];
  return bgen_ensemble_has_weight(e, k, i) && !isnan(value) ? value : INFINITY;
}

/* A sample outside the domain counts in its own flow only. */
static double in_flow(const bgen_ensemble *e, size_t k, size_t t, size_t i)
{
  const bgen_group *samples = &e->points[k].samples[t];
  const bool own = i >= samples->first && i < samples->first + samples->n;
  const double log_q = e->points[k].log_q[i * e->n_temperatures + t];
  return isfinite(log_q) ? -log_q : own ? 0.0 : INFINITY;
}

void bgen_ensemble_energies(const bgen_ensemble *e, size_t k, size_t i, size_t stride, double *u)
{
  const bgen_basin_points *points = &e->points[k];
  const bool has_weight = bgen_ensemble_has_weight(e, k, i);
  const double here = has_weight ? points->u[i] : INFINITY;
  const double there = has_weight && points->u_changed ? points->u_changed[i] : INFINITY;
  for (size_t t = 0; t < e->n_temperatures; t++) u[t * stride] = in_flow(e, k, t, i);
  for (size_t l = 0; l < e->n_levels; l++)
    u[(e->n_temperatures + l) * stride] = bgen_ensemble_u_at(e, e->level[l], here);
  for (size_t t = 0; points->u_changed && t < e->n_temperatures; t++)
    u[bgen_ensemble_state(e, t, BGEN_FIELD_CHANGED) * stride] =
        isnan(there) ? INFINITY : bgen_ensemble_u_at(e, e->level[t], there);
}

bool bgen_ensemble_has_frames(const bgen_ensemble *e, size_t t)
{
  for (size_t k = 0; k < e->n_basins; k++)
    if (e->points[k].frames[t].n == 0) return false;
  return true;
}

size_t bgen_ensemble_n_failed(const bgen_ensemble *e, size_t t, size_t k)
{
  const bgen_basin_points *points = &e->points[k];
  const bgen_group *samples = &points->samples[t];
  size_t n = 0;
  for (size_t i = samples->first; i < samples->first + samples->n; i++)
    n += lies_in(points, k, i) && isnan(points->u[i]);
  return n;
}

size_t bgen_ensemble_n_changed(const bgen_ensemble *e, size_t k)
{
  size_t n = 0;
  for (size_t i = 0; i < e->points[k].n; i++)
    n += bgen_ensemble_has_weight(e, k, i) && isfinite(e->points[k].u_changed[i]);
  return n;
}

size_t bgen_ensemble_n_failed_changed(const bgen_ensemble *e)
{
  size_t n = 0;
  for (size_t k = 0; k < e->n_basins; k++)
    for (size_t i = 0; i < e->points[k].n; i++)
      n += bgen_ensemble_has_weight(e, k, i) && isnan(e->points[k].u_changed[i]);
  return n;
}
