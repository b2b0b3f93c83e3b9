/* SPDX-License-Identifier: MIT */
#include "sample/proposal.h"

#include <math.h>

/* Where a batch of moves begins and ends; no step: z' = z. */
typedef struct route {
  size_t from, to; /* components */
  double step;
  bgen_stream stream;
  uint64_t first;
} route;

/* row i of z takes the step of number first + i; step_of[dim] is memory */
static void take_steps(const bgen_generator *g, const route *way, size_t n, double *step_of,
                       double *z)
{
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(g->seed, way->stream, way->first + i);
    bgen_rng_normals(&rng, g->dim, step_of);
    for (size_t j = 0; j < g->dim; j++) z[i * g->dim + j] += way->step * step_of[j];
  }
}

/* the volume factors of both ways; NaN outside the domain of the last flow */
static bgen_status go(bgen_generator *g, const route *way, size_t n, const double *x, double *x_new,
                      double *log_ratio)
{
  bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  double *z = g->batch[1], *back = g->batch_log[0];
  status = bgen_generator_latent(g, way->from, n, x, z, back);
  if (status) return status;
  if (way->step > 0) take_steps(g, way, n, g->folded, z);
  bgen_flow_transform(g->component[way->to].flow, g->workspace, BGEN_FORWARD, n, z, x_new,
                      log_ratio);
  for (size_t i = 0; i < n; i++)
    log_ratio[i] = bgen_generator_fold(g, way->to, x_new + i * g->dim, g->folded)
                       ? log_ratio[i] + back[i]
                       : NAN;
  return BGEN_OK;
}

bgen_status bgen_near_component(bgen_generator *g, size_t k, double step, bgen_stream stream,
                                uint64_t first, size_t n, const double *x, double *x_new,
                                double *log_ratio)
{
  const route way = {k, k, step, stream, first};
  return go(g, &way, n, x, x_new, log_ratio);
}

bgen_status bgen_transfer_component(bgen_generator *g, size_t k, size_t l, const double *x,
                                    double *x_new, double *log_ratio)
{
  const route way = {k, l, 0, BGEN_STREAM_PROPOSAL, 0};
  return go(g, &way, 1, x, x_new, log_ratio);
}

/* ln r_k(x) of all components, in batch_log[1]; 0 where there is but one */
static bgen_status log_shares(bgen_generator *g, const double *x)
{
  const size_t n = g->n_components;
  bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  double *share = g->batch_log[1], largest = -INFINITY, sum = 0;
  share[0] = 0;
  for (size_t k = 0; !status && n > 1 && k < n; k++) {
    status = bgen_generator_log_q_component(g, k, 1, x, share + k);
    share[k] += log(g->component[k].weight);
    largest = fmax(largest, share[k]);
  }
  for (size_t k = 0; k < n; k++) sum += exp(share[k] - largest);
  for (size_t k = 0; n > 1 && k < n; k++) share[k] -= largest + log(sum);
  return status;
}

/* the component whose share of (0,1) holds the number */
static size_t choose(const bgen_generator *g, double uniform)
{
  size_t k = 0;
  while (k + 1 < g->n_components && uniform >= exp(g->batch_log[1][k]))
    uniform -= exp(g->batch_log[1][k++]);
  return k;
}

/* from a component drawn by its share to itself, or to another one, *to */
static bgen_status move(bgen_generator *g, double step, bool elsewhere, uint64_t point,
                        const double *x, double *x_new, double *log_ratio, size_t *to)
{
  bgen_rng rng = bgen_rng_at(g->seed, BGEN_STREAM_COMPONENT, point);
  *log_ratio = NAN;
  bgen_status status = log_shares(g, x);
  if (status) return status;
  const size_t from = choose(g, bgen_rng_uniform(&rng)), n = g->n_components;
  *to = elsewhere ? (from + 1 + bgen_rng_below(&rng, n - 1)) % n : from;
  const route way = {from, *to, step, BGEN_STREAM_PROPOSAL, point};
  const double share = g->batch_log[1][from];
  status = go(g, &way, 1, x, x_new, log_ratio);
  if (status || isnan(*log_ratio)) return status;
  status = log_shares(g, x_new);
  *log_ratio += g->batch_log[1][*to] - share;
  return status;
}

bgen_status bgen_near(bgen_generator *g, double step, uint64_t point, const double *x,
                      double *x_new, double *log_ratio)
{
  size_t to;
  return move(g, step, false, point, x, x_new, log_ratio, &to);
}

bgen_status bgen_transfer(bgen_generator *g, uint64_t point, const double *x, double *x_new,
                          double *log_ratio, size_t *to)
{
  *to = 0;
  if (g->n_components > 1) return move(g, 0, true, point, x, x_new, log_ratio, to);
  for (size_t j = 0; j < g->dim; j++) x_new[j] = x[j];
  *log_ratio = NAN;
  return BGEN_OK;
}
