/* SPDX-License-Identifier: MIT */
#include "sample/path.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bgen_status bgen_path_create(size_t dim, size_t capacity, bgen_path **result)
{
  bgen_path *path = calloc(1, sizeof *path);
  double *memory = malloc((3 * capacity * dim + 4 * capacity + dim + 1) * sizeof *memory);
  bgen_rng *rng = malloc((capacity + 1) * sizeof *rng);
  if (!path || !memory || !rng) {
    free(path), free(memory), free(rng);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu paths", capacity);
  }
  path->dim = dim;
  path->capacity = capacity;
  path->x = memory;
  path->v = path->x + capacity * dim;
  path->grad = path->v + capacity * dim;
  path->u = path->grad + capacity * dim;
  path->work = path->u + capacity;
  path->by_step = path->work + capacity;
  path->total = path->by_step + capacity;
  path->normals = path->total + capacity;
  path->rng = rng;
  *result = path;
  return BGEN_OK;
}

void bgen_path_destroy(bgen_path *path)
{
  if (!path) return;
  free(path->x); /* all numbers are in one piece */
  free(path->rng);
  free(path);
}

static void set_energy(bgen_path *path, const double *u, const double *grad)
{
  if (u != path->u) memcpy(path->u, u, path->n * sizeof *u);
  if (grad != path->grad) memcpy(path->grad, grad, path->n * path->dim * sizeof *grad);
}

static double variance_of(const bgen_path *path, size_t c)
{
  return path->dynamics.variance ? path->dynamics.variance[c] : 1;
}

/* velocities that leave all lengths as they are */
static void project(bgen_path *path)
{
  for (size_t i = 0; path->constraints && i < path->n; i++)
    bgen_constraints_project(path->constraints, path->dynamics.variance, path->x + i * path->dim,
                             path->v + i * path->dim);
}

/* v = keep v + gain normal, of all walkers; keep 0: drawn anew, whatever v was */
static void thermalize(bgen_path *path, double keep)
{
  const double gain = sqrt(1 - keep * keep);
  for (size_t i = 0; i < path->n; i++) {
    double *v = path->v + i * path->dim;
    bgen_rng_normals(&path->rng[i], path->dim, path->normals);
    for (size_t c = 0; c < path->dim; c++)
      v[c] = (keep > 0 ? keep * v[c] : 0) + gain * sqrt(variance_of(path, c)) * path->normals[c];
  }
  project(path);
}

static double total_energy(const bgen_path *path, size_t i)
{
  const double *v = path->v + i * path->dim;
  double kinetic = 0;
  for (size_t c = 0; c < path->dim; c++) kinetic += v[c] * v[c] / variance_of(path, c);
  return path->u[i] + 0.5 * kinetic;
}

/* of latent coordinates, those on circles */
static bool is_circle(const bgen_path *path, size_t at)
{
  return path->dynamics.circle && path->dynamics.circle[at % path->dim];
}

static void kick(bgen_path *path)
{
  const double half = 0.5 * path->dynamics.dt, *variance = path->dynamics.variance;
  for (size_t i = 0; !variance && i < path->n * path->dim; i++)
    path->v[i] -= half * (path->grad[i] - (is_circle(path, i) ? 0 : path->x[i]));
  for (size_t i = 0; variance && i < path->n; i++)
    for (size_t c = 0; c < path->dim; c++)
      path->v[i * path->dim + c] -= half * variance[c] * path->grad[i * path->dim + c];
  project(path);
}

static void turn(bgen_path *path)
{
  const double cosine = cos(0.5 * path->dynamics.dt), sine = sin(0.5 * path->dynamics.dt);
  for (size_t c = 0; c < path->n * path->dim; c++) {
    const double x = path->x[c], v = path->v[c];
    if (is_circle(path, c)) {
      path->x[c] += 0.5 * path->dynamics.dt * v;
      continue;
    }
    path->x[c] = cosine * x + sine * v;
    path->v[c] = cosine * v - sine * x;
  }
}

static void drift_held(bgen_path *path, double half)
{
  for (size_t i = 0; i < path->n; i++)
    if (isfinite(path->work[i]) &&
        !bgen_constraints_drift(path->constraints, path->dynamics.variance, half,
                                path->x + i * path->dim, path->v + i * path->dim))
      path->work[i] = INFINITY;
}

static void drift(bgen_path *path)
{
  const double half = 0.5 * path->dynamics.dt;
  if (!path->dynamics.variance) {
    turn(path);
    return;
  }
  if (path->constraints) {
    drift_held(path, half);
    return;
  }
  for (size_t c = 0; c < path->n * path->dim; c++) path->x[c] += half * path->v[c];
}

void bgen_path_seed(bgen_path *path, uint64_t seed, bgen_stream stream, uint64_t first, size_t n)
{
  assert(n <= path->capacity);
  for (size_t i = 0; i < n; i++) path->rng[i] = bgen_rng_at(seed, stream, first + i);
}

void bgen_path_constrain(bgen_path *path, bgen_constraints *constraints)
{
  path->constraints = constraints;
}

void bgen_path_begin(bgen_path *path, const bgen_dynamics *dynamics, uint64_t seed,
                     bgen_stream stream, uint64_t first, size_t n, const double *x, const double *u,
                     const double *grad)
{
  bgen_path_seed(path, seed, stream, first, n);
  bgen_path_begin_again(path, dynamics, n, x, u, grad);
}

void bgen_path_begin_again(bgen_path *path, const bgen_dynamics *dynamics, size_t n,
                           const double *x, const double *u, const double *grad)
{
  assert(dynamics->variance || !path->constraints);
  path->n = n;
  path->dynamics = *dynamics;
  path->fresh = true;
  if (x != path->x) memcpy(path->x, x, n * path->dim * sizeof *x);
  set_energy(path, u, grad);
  for (size_t i = 0; i < n; i++) path->work[i] = path->by_step[i] = 0;
  thermalize(path, 0);
}

void bgen_path_depart(bgen_path *path)
{
  if (!path->fresh) thermalize(path, exp(-path->dynamics.friction * path->dynamics.dt));
  path->fresh = false;
  for (size_t i = 0; i < path->n; i++) path->total[i] = total_energy(path, i);
  kick(path);
  drift(path);
}

void bgen_path_approach(bgen_path *path)
{
  drift(path);
}

void bgen_path_arrive(bgen_path *path, const double *u, const double *grad)
{
  set_energy(path, u, grad);
  kick(path);
  for (size_t i = 0; i < path->n; i++) {
    const double work = total_energy(path, i) - path->total[i];
    path->work[i] += work;
    path->by_step[i] += work;
  }
}

void bgen_path_protocol(bgen_path *path, size_t i, double work)
{
  path->by_step[i] -= work;
}

void bgen_path_switch(bgen_path *path, const double *u, const double *grad)
{
  for (size_t i = 0; i < path->n; i++) path->work[i] += u[i] - path->u[i];
  set_energy(path, u, grad);
}
