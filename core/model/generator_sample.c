/* SPDX-License-Identifier: MIT
   What a generator makes. */
#include <assert.h>
#include <math.h>

#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

/* What all samples of a batch share. */
typedef struct request {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  double temperature;
  uint64_t seed;
  bgen_stream stream;
  uint64_t first;
  size_t n;
} request;

/* shape of component k becomes x; true if it lies in its domain. *log_det += ln J */
static bool make_body(const request *r, size_t k, const double *shape, double *x, double *log_det)
{
  bgen_workspace *w = r->workspace;
  const bgen_chart chart = bgen_component_chart(r->generator, k);
  const double log_jacobian = bgen_chart_log_jacobian(&chart, shape, w->chart_work);
  bgen_generator_from_shapes(r->generator, w, k, 1, shape, x);
  *log_det += log_jacobian;
  return log_jacobian > -INFINITY && bgen_generator_fold(r->generator, w, k, x, w->folded);
}

void bgen_generator_reflect(const bgen_generator *g, uint64_t seed, bgen_stream stream,
                            uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(seed, stream, point);
  const size_t r = (size_t) bgen_rng_below(&rng, bgen_symmetry_n_reflections(g->symmetry));
  bgen_symmetry_reflect(g->symmetry, r, x, x);
}

bgen_status bgen_generator_sample_component(const bgen_generator *g, bgen_workspace *w, size_t k,
                                            double temperature, uint64_t seed, bgen_stream stream,
                                            uint64_t first, size_t n, double *x, bgen_draw *draw)
{
  const request r = {g, w, temperature, seed, stream, first, n};
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  assert(w->log[0]);
  bgen_flow_sample(g->component[k].flow, w->passes, bgen_generator_tau(g, temperature), seed,
                   stream, first, n, w->batch[0], w->log[0]);
  for (size_t i = 0; i < n; i++) {
    double log_det = 0;
    const bool inside = make_body(&r, k, w->batch[0] + i * g->n_shape, x + i * g->dim, &log_det);
    draw[i] = (bgen_draw){k, inside ? w->log[0][i] - log_det : NAN, inside};
  }
  return BGEN_OK;
}

/* ---- the mixture ---- */

/* the component whose share of (0,1) holds a uniform number of this point */
static size_t component_of(const request *r, uint64_t point)
{
  const bgen_generator *g = r->generator;
  bgen_rng rng = bgen_rng_at(r->seed, BGEN_STREAM_COMPONENT, point);
  double rest = bgen_rng_uniform(&rng);
  size_t k = 0;
  while (k + 1 < g->n_components && rest >= g->component[k].weight)
    rest -= g->component[k++].weight;
  return k;
}

/* the latent points of component k alone, gathered; returns how many */
static size_t gather_latent(const request *r, size_t k, const bgen_draw *draw)
{
  const bgen_generator *g = r->generator;
  bgen_workspace *w = r->workspace;
  const double tau = bgen_generator_tau(g, r->temperature);
  size_t m = 0;
  assert(w->row);
  for (size_t i = 0; i < r->n; i++) {
    if (draw[i].component != k) continue;
    bgen_prior_sample(&g->component[k].flow->prior, tau, r->seed, r->stream, r->first + i, 1,
                      w->batch[0] + m * g->n_shape);
    w->row[m++] = i;
  }
  return m;
}

static void sample_share(const request *r, size_t k, double *x, bgen_draw *draw)
{
  const bgen_generator *g = r->generator;
  bgen_workspace *w = r->workspace;
  const size_t m = gather_latent(r, k, draw);
  bgen_flow_transform(g->component[k].flow, w->passes, BGEN_FORWARD, m, w->batch[0], w->batch[1],
                      w->log[0]);
  for (size_t j = 0; j < m; j++) {
    const size_t i = w->row[j];
    draw[i].in_domain =
        make_body(r, k, w->batch[1] + j * g->n_shape, x + i * g->dim, w->log[0] + j);
  }
}

/* log q of the whole mixture at all samples */
static bgen_status rate_samples(const request *r, const double *x, bgen_draw *draw)
{
  double *log_q = r->workspace->log[1];
  assert(log_q);
  const bgen_status status =
      bgen_generator_log_q(r->generator, r->workspace, r->temperature, r->n, x, log_q);
  for (size_t i = 0; i < r->n; i++) draw[i].log_q = draw[i].in_domain ? log_q[i] : NAN;
  return status;
}

bgen_status bgen_generator_sample(const bgen_generator *g, bgen_workspace *w, double temperature,
                                  uint64_t seed, bgen_stream stream, uint64_t first, size_t n,
                                  double *x, bgen_draw *draw)
{
  const request r = {g, w, temperature, seed, stream, first, n};
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  for (size_t i = 0; i < n; i++) draw[i].component = component_of(&r, first + i);
  for (size_t k = 0; k < g->n_components; k++) sample_share(&r, k, x, draw);
  return rate_samples(&r, x, draw);
}
