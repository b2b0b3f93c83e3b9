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

/* Where a batch of moves begins and ends; no step: z' = z. */
typedef struct route {
  size_t from, to; /* components */
  double step;
  bgen_stream stream;
  uint64_t first;
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
  const route way = {k, k, step, stream, first};
  return go(&s, &way, n, x, x_new, log_ratio);
}

bgen_status bgen_transfer_component(const bgen_generator *g, bgen_workspace *w, size_t k, size_t l,
                                    const double *x, double *x_new, double *log_ratio)
{
  const source s = {g, w, NAN, 0};
  const route way = {k, l, 0, BGEN_STREAM_PROPOSAL, 0};
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

/* from a component drawn by its share to itself, or to another one, *to */
static bgen_status move(const source *s, double step, bool elsewhere, uint64_t point,
                        const double *x, double *x_new, double *log_ratio, size_t *to)
{
  bgen_rng rng = bgen_rng_at(s->seed, BGEN_STREAM_COMPONENT, point);
  *log_ratio = NAN;
  bgen_status status = log_shares(s, x);
  if (status) return status;
  const size_t from = choose(s, bgen_rng_uniform(&rng));
  const size_t n = bgen_generator_n_components(s->generator);
  *to = elsewhere ? (from + 1 + bgen_rng_below(&rng, n - 1)) % n : from;
  const route way = {from, *to, step, BGEN_STREAM_PROPOSAL, point};
  const double share = s->workspace->log[1][from];
  status = go(s, &way, 1, x, x_new, log_ratio);
  if (status || isnan(*log_ratio)) return status;
  status = log_shares(s, x_new);
  *log_ratio += s->workspace->log[1][*to] - share;
  return status;
}

bgen_status bgen_near(const bgen_generator *g, bgen_workspace *w, double temperature, uint64_t seed,
                      double step, uint64_t point, const double *x, double *x_new,
                      double *log_ratio)
{
  const source s = {g, w, temperature, seed};
  size_t to;
  return move(&s, step, false, point, x, x_new, log_ratio, &to);
}

bgen_status bgen_transfer(const bgen_generator *g, bgen_workspace *w, double temperature,
                          uint64_t seed, uint64_t point, const double *x, double *x_new,
                          double *log_ratio, size_t *to)
{
  const source s = {g, w, temperature, seed};
  *to = 0;
  if (bgen_generator_n_components(g) > 1) return move(&s, 0, true, point, x, x_new, log_ratio, to);
  for (size_t j = 0; j < w->dim; j++) x_new[j] = x[j];
  *log_ratio = NAN;
  return BGEN_OK;
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
