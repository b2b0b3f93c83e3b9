/* SPDX-License-Identifier: MIT */
#include "sample/proposal.h"

#include <math.h>
#include <string.h>

#include "model/latent.h"
#include "model/shapes.h"
#include "model/workspace.h"

/* What makes proposals. */
typedef struct source {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  double temperature; /* of the shares */
  uint64_t seed;
} source;

/* Where a batch of moves begins and ends; no step: z' = z; no temperature: it stays as it is. */
typedef struct route {
  size_t from, to; /* components */
  double step;
  bgen_stream stream;
  uint64_t first;
  double to_temperature;
} route;

/* row i of z takes the step of number first + i; step_of[n_shape] is memory */
static void take_steps(const source *s, const route *way, size_t n, double *step_of, double *z)
{
  const size_t dim = s->workspace->n_shape;
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(s->seed, way->stream, way->first + i);
    bgen_rng_normals(&rng, dim, step_of);
    for (size_t j = 0; j < dim; j++) z[i * dim + j] += way->step * step_of[j];
  }
}

/* row i is of the temperature of the shares */
static void change_temperature(const source *s, const route *way, size_t n, double *z,
                               double *log_ratio)
{
  const size_t dim = s->workspace->n_shape;
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(s->seed, way->stream, way->first + i);
    log_ratio[i] += bgen_latent_rescale(s->generator, way->from, s->temperature,
                                        way->to_temperature, &rng, z + i * dim);
  }
}

/* what component l has made comes to where component k sees x; batch[0] is memory */
static void place(const source *s, size_t k, const double *x, size_t l, double *made)
{
  bgen_workspace *w = s->workspace;
  if (bgen_generator_coords(s->generator) == BGEN_CARTESIAN) return;
  bgen_generator_place(s->generator, w, k, x, l, made, w->batch[0]);
  memcpy(made, w->batch[0], w->dim * sizeof *made);
}

/* the volume factors of both ways; NaN outside the domain of the last flow */
static bgen_status go(const source *s, const route *way, size_t n, const double *x, double *x_new,
                      double *log_ratio)
{
  bgen_workspace *w = s->workspace;
  bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  double *z = w->batch[1], *back = w->log[0];
  status = bgen_generator_latent(s->generator, w, way->from, n, x, z, back);
  if (status) return status;
  if (way->step > 0) take_steps(s, way, n, w->folded, z);
  if (way->to_temperature > 0) change_temperature(s, way, n, z, back);
  bgen_latent_convert(s->generator, way->from, way->to, n, z, back);
  bgen_generator_from_latent(s->generator, w, way->to, n, z, x_new, log_ratio);
  for (size_t i = 0; i < n; i++) {
    double *made = x_new + i * w->dim;
    const bool inside =
        log_ratio[i] > -INFINITY && bgen_generator_fold(s->generator, w, way->to, made, w->folded);
    log_ratio[i] = inside ? log_ratio[i] + back[i] : NAN;
    if (inside) place(s, way->from, x + i * w->dim, way->to, made);
  }
  return BGEN_OK;
}

bgen_status bgen_near_component(const bgen_generator *g, bgen_workspace *w, size_t k, uint64_t seed,
                                double step, bgen_stream stream, uint64_t first, size_t n,
                                const double *x, double *x_new, double *log_ratio)
{
  const source s = {g, w, NAN, seed};
  const route way = {k, k, step, stream, first, 0};
  return go(&s, &way, n, x, x_new, log_ratio);
}

bgen_status bgen_transfer_component(const bgen_generator *g, bgen_workspace *w, size_t k, size_t l,
                                    const double *x, double *x_new, double *log_ratio)
{
  const source s = {g, w, NAN, 0};
  const route way = {k, l, 0, BGEN_STREAM_PROPOSAL, 0, 0};
  return go(&s, &way, 1, x, x_new, log_ratio);
}

/* ln r_k(x) of all components, in log[1] of the workspace; 0 where there is but one */
static bgen_status log_shares(const source *s, const double *x)
{
  const bgen_generator *g = s->generator;
  const size_t n = bgen_generator_n_components(g);
  bgen_status status = bgen_workspace_reserve(s->workspace, n);
  if (status) return status;
  double *share = s->workspace->log[1], largest = -INFINITY, sum = 0;
  share[0] = 0;
  for (size_t k = 0; !status && n > 1 && k < n; k++) {
    status = bgen_generator_log_q_component(g, s->workspace, k, s->temperature, 1, x, share + k);
    share[k] += log(bgen_generator_weight(g, k));
    largest = fmax(largest, share[k]);
  }
  for (size_t k = 0; k < n; k++) sum += exp(share[k] - largest);
  for (size_t k = 0; n > 1 && k < n; k++) share[k] -= largest + log(sum);
  return status;
}

/* the component whose share of (0,1) holds the number */
static size_t choose(const source *s, double uniform)
{
  const double *share = s->workspace->log[1];
  const size_t n = bgen_generator_n_components(s->generator);
  size_t k = 0;
  while (k + 1 < n && uniform >= exp(share[k])) uniform -= exp(share[k++]);
  return k;
}

/* *k is drawn by its share of the density at x; shares are in log[1] */
static bgen_status draw_component(const source *s, bgen_rng *rng, const double *x, size_t *k)
{
  const bgen_status status = log_shares(s, x);
  if (!status) *k = choose(s, bgen_rng_uniform(rng));
  return status;
}

/* along the way, from a component that was drawn by its share, which log[1] still has */
static bgen_status move(const source *s, const route *way, const double *x, double *x_new,
                        double *log_ratio)
{
  const double share = s->workspace->log[1][way->from];
  bgen_status status = go(s, way, 1, x, x_new, log_ratio);
  if (status || isnan(*log_ratio)) return status;
  source there = *s;
  if (way->to_temperature > 0) there.temperature = way->to_temperature;
  status = log_shares(&there, x_new);
  *log_ratio += s->workspace->log[1][way->to] - share;
  return status;
}

/* within a component that is drawn: a step, or to another temperature */
static bgen_status move_within(const source *s, double step, double to_temperature, uint64_t point,
                               const double *x, double *x_new, double *log_ratio)
{
  bgen_rng rng = bgen_rng_at(s->seed, BGEN_STREAM_COMPONENT, point);
  size_t k = 0;
  *log_ratio = NAN;
  const bgen_status status = draw_component(s, &rng, x, &k);
  const route way = {k, k, step, BGEN_STREAM_PROPOSAL, point, to_temperature};
  return status ? status : move(s, &way, x, x_new, log_ratio);
}

bgen_status bgen_near(const bgen_generator *g, bgen_workspace *w, double temperature, uint64_t seed,
                      double step, uint64_t point, const double *x, double *x_new,
                      double *log_ratio)
{
  const source s = {g, w, temperature, seed};
  return move_within(&s, step, 0, point, x, x_new, log_ratio);
}

bgen_status bgen_exchange(const bgen_generator *g, bgen_workspace *w, double from, double to,
                          uint64_t seed, uint64_t point, const double *x, double *x_new,
                          double *log_ratio)
{
  const source s = {g, w, from, seed};
  return move_within(&s, 0, to, point, x, x_new, log_ratio);
}

bgen_status bgen_transfer(const bgen_generator *g, bgen_workspace *w, double temperature,
                          uint64_t seed, uint64_t point, const double *x, double *x_new,
                          double *log_ratio, size_t *to)
{
  const source s = {g, w, temperature, seed};
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_COMPONENT, point);
  const size_t n = bgen_generator_n_components(g);
  size_t k = 0;
  *to = 0;
  *log_ratio = NAN;
  if (n < 2) {
    memcpy(x_new, x, w->dim * sizeof *x_new);
    return BGEN_OK;
  }
  const bgen_status status = draw_component(&s, &rng, x, &k);
  if (status) return status;
  *to = (k + 1 + bgen_rng_below(&rng, n - 1)) % n;
  return move(&s, &(route){k, *to, 0, BGEN_STREAM_PROPOSAL, point, 0}, x, x_new, log_ratio);
}

bgen_status bgen_place_sample(const bgen_generator *g, bgen_workspace *w, double temperature,
                              uint64_t seed, uint64_t point, const double *x, size_t l,
                              double *sample)
{
  const source s = {g, w, temperature, seed};
  size_t from = 0;
  if (bgen_generator_coords(g) == BGEN_CARTESIAN) return BGEN_OK;
  if (bgen_generator_n_components(g) > 1) {
    bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_PLACE, point);
    const bgen_status status = log_shares(&s, x);
    if (status) return status;
    from = choose(&s, bgen_rng_uniform(&rng));
  }
  const bgen_status status = bgen_workspace_reserve(w, 1);
  if (!status) place(&s, from, x, l, sample);
  return status;
}
