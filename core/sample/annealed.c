/* SPDX-License-Identifier: MIT */
#include "sample/annealed.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample/annealed_tested.h"

bgen_status bgen_annealed_create(const bgen_generator *g, bgen_workspace *workspace,
                                 size_t capacity, bgen_annealed **result)
{
  const size_t dim = bgen_generator_dim(g);
  bgen_annealed *a = calloc(1, sizeof *a);
  double *memory = malloc((capacity * (3 * dim + 5) + 1) * sizeof *memory);
  bgen_path *path = NULL;
  bgen_views *views = NULL;
  if (!a || !memory || bgen_path_create(dim, capacity, &path) ||
      bgen_views_create(g, capacity, &views)) {
    free(a), free(memory), bgen_path_destroy(path);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu annealed paths", capacity);
  }
  a->generator = g;
  a->workspace = workspace;
  a->path = path;
  a->log_q = memory;
  a->gap = memory + capacity;
  a->u = memory + 2 * capacity;
  a->log_det = memory + 3 * capacity;
  a->energy = memory + 4 * capacity;
  a->grad_q = memory + 5 * capacity;
  a->grad_u = a->grad_q + capacity * dim;
  a->body = a->grad_u + capacity * dim;
  a->views = views;
  a->x = path->x;
  *result = a;
  return BGEN_OK;
}

bgen_status bgen_annealed_create_tested(const bgen_generator *g, bgen_workspace *workspace,
                                        bool latent, size_t capacity, bgen_annealed **result)
{
  bgen_annealed *a = NULL;
  bgen_status status = bgen_annealed_create(g, workspace, capacity, &a);
  if (status) return status;
  assert(a);
  a->latent = latent;
  status =
      bgen_population_create(g, workspace, latent, bgen_generator_dim(g), capacity, &a->walkers);
  if (status)
    bgen_annealed_destroy(a);
  else
    *result = a;
  return status;
}

void bgen_annealed_destroy(bgen_annealed *a)
{
  if (!a) return;
  bgen_population_destroy(a->walkers);
  bgen_path_destroy(a->path);
  bgen_views_destroy(a->views);
  free(a->log_q); /* and the others */
  free(a);
}

void bgen_annealed_schedule(size_t n_steps, double power, double *lambda)
{
  for (size_t t = 0; t < n_steps; t++) lambda[t] = pow((double) t / (double) n_steps, power);
  lambda[n_steps] = 1;
}

/* lambda as a function of the spread summed up to it, which is linear in each old step */
void bgen_annealed_adapt(size_t n_steps, const double *lambda, const double *spread,
                         double *adapted)
{
  double total = 0, passed = 0; /* of all steps, and of those before step t */
  size_t t = 0;
  for (size_t i = 0; i < n_steps; i++) total += spread[i];
  for (size_t i = 0; i < n_steps; i++) {
    const double goal = total * (double) i / (double) n_steps;
    while (passed + spread[t] < goal && t + 1 < n_steps) passed += spread[t++];
    adapted[i] = lambda[t] + (lambda[t + 1] - lambda[t]) * fmin((goal - passed) / spread[t], 1);
  }
  adapted[n_steps] = 1;
}

/* ---- energies of paths, which are of z in latent space ---- */

/* Where the paths are in x. */
static bgen_status find_bodies(bgen_annealed *a)
{
  if (!a->latent) return BGEN_OK;
  return bgen_latent_bodies(a->generator, a->workspace, a->of.k, a->path->n, a->views, a->path->x,
                            a->x, a->log_det);
}

/* with what the path must know of z */
static bgen_dynamics of_latent(const bgen_annealed *a, const bgen_dynamics *dynamics)
{
  bgen_dynamics how = *dynamics;
  how.circle = a->latent ? bgen_latent_circles(a->generator, a->of.k) : NULL;
  return how;
}

/* x[n][dim] is where they begin. */
static bgen_status place(bgen_annealed *a, const bgen_dynamics *dynamics, size_t n, const double *x)
{
  const size_t dim = bgen_generator_dim(a->generator);
  a->latent = !dynamics->variance;
  a->path->n = n;
  a->path->dim = a->latent ? bgen_generator_n_shape(a->generator) : dim;
  a->x = a->latent ? a->body : a->path->x;
  memcpy(a->x, x, n * dim * sizeof *x);
  if (!a->latent) return BGEN_OK;
  return bgen_latent_find(a->generator, a->workspace, a->of.k, n, x, a->views, a->path->x,
                          a->log_det);
}

/* *u and *grad_u at the paths become those of z */
static bgen_status see_energy(bgen_annealed *a, const double **u, const double **grad_u)
{
  if (!a->latent) return BGEN_OK;
  const bgen_status status = bgen_latent_gradient(a->generator, a->workspace, a->of.k, a->path->n,
                                                  a->views, a->path->x, *grad_u, a->grad_u);
  for (size_t i = 0; i < a->path->n; i++) a->u[i] = (*u)[i] - a->log_det[i];
  *u = a->u;
  *grad_u = a->grad_u;
  return status;
}

/* log q_k, or log p, which is none outside the domain */
static bgen_status density(bgen_annealed *a)
{
  const size_t n = a->path->n;
  if (!a->latent)
    return bgen_generator_log_q_component_gradient(
        a->generator, a->workspace, a->of.k, a->of.temperature, n, a->path->x, a->log_q, a->grad_q);
  bgen_latent_log_p(a->generator, a->of.k, a->of.temperature, n, a->path->x, a->log_q, a->grad_q);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(a->log_det[i])) a->log_q[i] = NAN;
  return BGEN_OK;
}

/* log_q and grad_q become the flow's part of u_t and its gradient at path->x.  At lambda 1 it has
   none, though log q be infinite. */
static bgen_status flow_part(bgen_annealed *a, double lambda)
{
  const size_t n = a->path->n, n_all = n * a->path->dim;
  const bgen_status status = lambda < 1 ? density(a) : BGEN_OK;
  for (size_t i = 0; i < n; i++) a->log_q[i] = lambda < 1 ? (lambda - 1) * a->log_q[i] : 0;
  for (size_t c = 0; c < n_all; c++) a->grad_q[c] = lambda < 1 ? (lambda - 1) * a->grad_q[c] : 0;
  return status;
}

/* and all of u_t */
static bgen_status mix(bgen_annealed *a, double lambda, const double *u, const double *grad_u)
{
  const size_t n = a->path->n, n_all = n * a->path->dim;
  const bgen_status status = flow_part(a, lambda);
  if (status) return status;
  for (size_t i = 0; i < n; i++) a->log_q[i] += lambda * u[i];
  for (size_t c = 0; c < n_all; c++) a->grad_q[c] += lambda * grad_u[c];
  return BGEN_OK;
}

static double lambda_at(const bgen_annealed *a, size_t at)
{
  return a->of.lambda[a->to_flow ? a->of.n_steps - at : at];
}

/* ---- the work of the protocol: u_t - u_{t-1} = (lambda_t - lambda_{t-1}) (u + log q_k) ---- */

static void forget_gaps(bgen_annealed *a)
{
  for (size_t i = 0; i < a->path->n; i++) a->gap[i] = NAN;
}

/* Of a step, whose end has this gap, if it is known: else one end is taken for both, since an end
   without it is at the beginning or end of the path, where x is about as it was. */
static void note_protocol(bgen_annealed *a, size_t i, double gap)
{
  const double before = isnan(a->gap[i]) ? gap : a->gap[i], now = isnan(gap) ? a->gap[i] : gap;
  const double changed = lambda_at(a, a->at) - lambda_at(a, a->at - 1);
  bgen_path_protocol(a->path, i, 0.5 * changed * (before + now));
  a->gap[i] = gap;
}

bgen_status bgen_annealed_from_flow(bgen_annealed *a, const bgen_anneal *of,
                                    const bgen_dynamics *dynamics, uint64_t seed,
                                    bgen_stream stream, uint64_t first, size_t n, const double *x)
{
  assert(of->n_steps > 0 && n <= a->path->capacity);
  a->of = *of;
  a->to_flow = false;
  a->at = 0;
  bgen_status status = place(a, dynamics, n, x);
  if (!status) status = flow_part(a, 0);
  if (status) return status;
  if (a->walkers) { /* u_0 and log_det are for the map between flows, before u is known */
    bgen_tested_from_flow(a, dynamics, seed, stream, first, x);
    return BGEN_OK;
  }
  const bgen_dynamics how = of_latent(a, dynamics);
  bgen_path_begin(a->path, &how, seed, stream, first, n, a->path->x, a->log_q, a->grad_q);
  forget_gaps(a);
  return BGEN_OK;
}

bgen_status bgen_annealed_to_flow(bgen_annealed *a, const bgen_anneal *of,
                                  const bgen_dynamics *dynamics, uint64_t seed, bgen_stream stream,
                                  uint64_t first, size_t n, const double *x, const double *u,
                                  const double *grad_u)
{
  assert(of->n_steps > 0 && n <= a->path->capacity);
  a->of = *of;
  a->to_flow = true;
  a->at = 0;
  memcpy(a->energy, u, n * sizeof *u);
  if (a->walkers) return bgen_tested_to_flow(a, dynamics, seed, stream, first, n, x, u, grad_u);
  bgen_status status = place(a, dynamics, n, x);
  if (!status) status = see_energy(a, &u, &grad_u);
  if (status) return status;
  const bgen_dynamics how = of_latent(a, dynamics);
  bgen_path_begin(a->path, &how, seed, stream, first, n, a->path->x, u, grad_u);
  forget_gaps(a);
  return BGEN_OK;
}

static bool any_finite(const bgen_path *path)
{
  for (size_t i = 0; i < path->n; i++)
    if (isfinite(path->work[i])) return true;
  return false;
}

bgen_status bgen_annealed_next(bgen_annealed *a, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){0, a->x, true};
  if (a->at == a->of.n_steps || !any_finite(a->path)) return BGEN_OK;
  if (a->walkers) return bgen_tested_next(a, wanted);
  bgen_path_depart(a->path);
  bgen_path_approach(a->path);
  a->at++;
  bgen_status status = find_bodies(a);
  if (!status && (!a->to_flow || a->at < a->of.n_steps)) {
    wanted->n = a->path->n;
    return BGEN_OK;
  }
  if (!status) status = flow_part(a, 0);
  if (status) return status;
  bgen_path_arrive(a->path, a->log_q, a->grad_q);
  for (size_t i = 0; i < a->path->n; i++) note_protocol(a, i, NAN);
  return BGEN_OK;
}

bgen_status bgen_annealed_arrive(bgen_annealed *a, const double *u, const double *grad_u)
{
  if (a->walkers) return bgen_tested_arrive(a, u, grad_u);
  const double lambda = lambda_at(a, a->at);
  memcpy(a->energy, u, a->path->n * sizeof *u);
  bgen_status status = see_energy(a, &u, &grad_u);
  if (!status) status = mix(a, lambda, u, grad_u);
  if (status) return status;
  bgen_path_arrive(a->path, a->log_q, a->grad_q);
  for (size_t i = 0; i < a->path->n; i++) /* log_q is that of all of u_t */
    note_protocol(a, i, lambda < 1 ? u[i] - (a->log_q[i] - lambda * u[i]) / (1 - lambda) : NAN);
  return BGEN_OK;
}
