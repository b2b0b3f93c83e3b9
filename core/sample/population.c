/* SPDX-License-Identifier: MIT */
#include "sample/population.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sample/metropolis.h"

static double *place_terms(bgen_terms *terms, size_t size, size_t capacity, double *memory)
{
  terms->u = memory;
  terms->log_q = terms->u + capacity;
  terms->log_det = terms->log_q + capacity;
  terms->grad_u = terms->log_det + capacity;
  terms->grad_q = terms->grad_u + capacity * size;
  return terms->grad_q + capacity * size;
}

/* memory is zeros */
static void place(bgen_population *w, size_t capacity, double *memory)
{
  const size_t size = w->size;
  w->u_t = place_terms(&w->then, size, capacity, place_terms(&w->at, size, capacity, memory));
  w->grad_t = w->u_t + capacity;
  w->x = w->grad_t + capacity * size;
  w->z = w->latent ? w->x + capacity * w->dim : w->x;
  w->there = w->latent ? w->z + capacity * size : w->path->x;
}

bgen_status bgen_population_create(const bgen_generator *generator, bgen_workspace *workspace,
                                   bool latent, size_t dim, size_t capacity,
                                   bgen_population **result)
{
  const size_t size = latent ? bgen_generator_n_shape(generator) : dim;
  const size_t n_numbers = 5 * size + 7 + dim + (latent ? size + dim : 0);
  const double per_walker = (3.0 * (double) size + 8.0 + (double) n_numbers) * sizeof(double);
  const bgen_status fits =
      bgen_memory_check((double) capacity * per_walker, "%zu walkers", capacity);
  if (fits) return fits;
  bgen_population *w = calloc(1, sizeof *w);
  double *memory = calloc(capacity * n_numbers + 1, sizeof *memory);
  bgen_path *path = NULL;
  bgen_weights *weights = NULL;
  bgen_views *views = NULL;
  if (!w || !memory || bgen_path_create(size, capacity, &path) ||
      bgen_weights_create(capacity, &weights) ||
      (latent && bgen_views_create(generator, capacity, &views))) {
    free(w), free(memory), bgen_path_destroy(path), bgen_weights_destroy(weights);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu walkers", capacity);
  }
  w->dim = dim;
  w->size = size;
  w->latent = latent;
  w->memory = memory;
  w->views = views;
  w->generator = generator;
  w->workspace = workspace;
  w->path = path;
  w->weights = weights;
  place(w, capacity, memory);
  *result = w;
  return BGEN_OK;
}

void bgen_population_destroy(bgen_population *w)
{
  if (!w) return;
  bgen_path_destroy(w->path);
  bgen_weights_destroy(w->weights);
  bgen_views_destroy(w->views);
  free(w->memory);
  free(w);
}

/* a term that has no share is not looked at: it may be infinite */
static double share(double factor, double term)
{
  return factor > 0 ? factor * term : 0;
}

static double value_at(bgen_stage stage, const bgen_terms *terms, size_t i)
{
  return share(stage.energy, terms->u[i]) - share(stage.flow, terms->log_q[i]);
}

/* u_t and grad_t of the present stage */
static void mix(bgen_population *w, const bgen_terms *terms)
{
  for (size_t i = 0; i < w->n; i++) w->u_t[i] = value_at(w->stage, terms, i) - terms->log_det[i];
  for (size_t c = 0; c < w->n * w->size; c++)
    w->grad_t[c] =
        share(w->stage.energy, terms->grad_u[c]) - share(w->stage.flow, terms->grad_q[c]);
}

/* of z, whose log_det is known; what is outside has no energy */
static bgen_status fill_latent(bgen_population *w, const double *z, const double *grad_u,
                               bgen_terms *terms)
{
  bgen_latent_log_p(w->generator, w->k, w->temperature, w->n, z, terms->log_q, terms->grad_q);
  for (size_t i = 0; i < w->n; i++) {
    if (!isfinite(terms->log_det[i])) terms->u[i] = INFINITY, terms->log_det[i] = 0;
    terms->log_q[i] -= terms->log_det[i];
  }
  return bgen_latent_gradient(w->generator, w->workspace, w->k, w->n, w->views, z, grad_u,
                              terms->grad_u);
}

/* of the points of paths, z, which are x unless latent */
static bgen_status fill_terms(bgen_population *w, const double *z, const double *u,
                              const double *grad_u, bgen_terms *terms)
{
  memcpy(terms->u, u, w->n * sizeof *u);
  if (w->latent) return fill_latent(w, z, grad_u, terms);
  memcpy(terms->grad_u, grad_u, w->n * w->dim * sizeof *grad_u);
  if (!w->generator) return BGEN_OK;
  return bgen_generator_log_q_component_gradient(w->generator, w->workspace, w->k, w->temperature,
                                                 w->n, z, terms->log_q, terms->grad_q);
}

bgen_status bgen_population_begin(bgen_population *w, size_t k, double temperature,
                                  bgen_stage first, size_t n, const double *x, const double *u,
                                  const double *grad_u, const char *within)
{
  w->n = n;
  w->k = k;
  w->temperature = temperature;
  w->n_left = 0;
  w->stage = first;
  bgen_weights_begin(w->weights, n);
  if (x != w->x) memcpy(w->x, x, n * w->dim * sizeof *x);
  bgen_status status = BGEN_OK;
  if (w->latent)
    status = bgen_latent_find(w->generator, w->workspace, k, n, x, w->views, w->z, w->at.log_det);
  if (!status) status = fill_terms(w, w->z, u, grad_u, &w->at);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(u[i]) || (within && !within[i])) bgen_weights_lose(w->weights, i, INFINITY);
  return status;
}

void bgen_population_enter(bgen_population *w, bgen_stage stage)
{
  for (size_t i = 0; i < w->n; i++)
    bgen_weights_lose(w->weights, i, value_at(stage, &w->at, i) - value_at(w->stage, &w->at, i));
  w->stage = stage;
}

bool bgen_population_resample(bgen_population *w, double uniform)
{
  if (!bgen_weights_resample(w->weights, uniform)) return false;
  double *const vectors[] = {w->z, w->at.grad_u, w->at.grad_q};
  double *const numbers[] = {w->at.u, w->at.log_q, w->at.log_det};
  for (size_t i = 0; i < 3; i++)
    bgen_weights_follow(w->weights, w->size * sizeof(double), vectors[i]);
  for (size_t i = 0; i < 3; i++) bgen_weights_follow(w->weights, sizeof(double), numbers[i]);
  if (w->latent) bgen_weights_follow(w->weights, w->dim * sizeof(double), w->x);
  if (w->latent) bgen_views_follow(w->views, w->n, w->weights->order);
  return true;
}

void bgen_population_set_out(bgen_population *w, const bgen_dynamics *dynamics, size_t n_steps,
                             uint64_t seed, bgen_stream stream, uint64_t first)
{
  bgen_path_seed(w->path, seed, stream, first, w->n);
  bgen_population_set_out_again(w, dynamics, n_steps);
}

void bgen_population_set_out_again(bgen_population *w, const bgen_dynamics *dynamics,
                                   size_t n_steps)
{
  mix(w, &w->at);
  bgen_dynamics how = *dynamics;
  how.circle = w->latent ? bgen_latent_circles(w->generator, w->k) : NULL;
  bgen_path_begin_again(w->path, &how, w->n, w->z, w->u_t, w->grad_t);
  w->n_left = n_steps;
}

bgen_status bgen_population_next(bgen_population *w, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){0, w->there, true};
  if (w->n_left == 0) return BGEN_OK;
  bgen_path_depart(w->path);
  bgen_path_approach(w->path);
  w->n_left--;
  wanted->n = w->n;
  if (!w->latent) return BGEN_OK;
  return bgen_latent_bodies(w->generator, w->workspace, w->k, w->n, w->views, w->path->x, w->there,
                            w->then.log_det);
}

bgen_status bgen_population_arrive(bgen_population *w, const double *u, const double *grad_u)
{
  const bgen_status status = fill_terms(w, w->path->x, u, grad_u, &w->then);
  mix(w, &w->then);
  bgen_path_arrive(w->path, w->u_t, w->grad_t);
  return status;
}

static void go(bgen_population *w, size_t i)
{
  const size_t n_bytes = w->size * sizeof *w->z, at = i * w->size;
  memcpy(w->z + at, w->path->x + at, n_bytes);
  if (w->latent) memcpy(w->x + i * w->dim, w->there + i * w->dim, w->dim * sizeof *w->x);
  memcpy(w->at.grad_u + at, w->then.grad_u + at, n_bytes);
  memcpy(w->at.grad_q + at, w->then.grad_q + at, n_bytes);
  w->at.u[i] = w->then.u[i];
  w->at.log_q[i] = w->then.log_q[i];
  w->at.log_det[i] = w->then.log_det[i];
}

size_t bgen_population_settle(bgen_population *w, const char *within)
{
  size_t n_accepted = 0;
  for (size_t i = 0; i < w->n; i++) {
    const double uniform = bgen_rng_uniform(&w->path->rng[i]);
    if (within && !within[i]) continue;
    if (!bgen_metropolis_accept(w->then.u[i], -w->path->work[i], uniform)) continue;
    go(w, i);
    n_accepted += isfinite(w->weights->log_w[i]) != 0;
  }
  return n_accepted;
}
