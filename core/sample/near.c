/* SPDX-License-Identifier: MIT */
#include "sample/near.h"

#include <math.h>

/* row i of z takes the step of number first + i; step_of[dim] is memory */
static void take_steps(const bgen_generator *g, double step, bgen_stream stream, uint64_t first,
                       size_t n, double *step_of, double *z)
{
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(g->seed, stream, first + i);
    bgen_rng_normals(&rng, g->dim, step_of);
    for (size_t j = 0; j < g->dim; j++) z[i * g->dim + j] += step * step_of[j];
  }
}

bgen_status bgen_near_component(bgen_generator *g, size_t k, double step, bgen_stream stream,
                                uint64_t first, size_t n, const double *x, double *x_new,
                                double *log_ratio)
{
  const bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  const bgen_flow *flow = g->component[k].flow;
  double *folded = g->batch[0], *z = g->batch[1], *back = g->batch_log[0];
  for (size_t i = 0; i < n; i++) bgen_generator_fold(g, k, x + i * g->dim, folded + i * g->dim);
  bgen_flow_transform(flow, g->workspace, BGEN_INVERSE, n, folded, z, back);
  take_steps(g, step, stream, first, n, g->folded, z);
  bgen_flow_transform(flow, g->workspace, BGEN_FORWARD, n, z, x_new, log_ratio);
  for (size_t i = 0; i < n; i++)
    log_ratio[i] =
        bgen_generator_fold(g, k, x_new + i * g->dim, g->folded) ? log_ratio[i] + back[i] : NAN;
  return BGEN_OK;
}

/* ln r_k(x), where the mixture has the density log_q */
static bgen_status log_share(bgen_generator *g, size_t k, const double *x, double log_q,
                             double *share)
{
  const bgen_status status = bgen_generator_log_q_component(g, k, 1, x, share);
  *share += log(g->component[k].weight) - log_q;
  return status;
}

/* the component whose share of (0,1) holds the point's uniform number, and ln of that share */
static bgen_status choose(bgen_generator *g, uint64_t point, const double *x, size_t *k,
                          double *share)
{
  bgen_rng rng = bgen_rng_at(g->seed, BGEN_STREAM_COMPONENT, point);
  double rest = bgen_rng_uniform(&rng), log_q = NAN;
  bgen_status status = bgen_generator_log_q(g, 1, x, &log_q);
  for (*k = 0; !status; ++*k) {
    status = log_share(g, *k, x, log_q, share);
    rest -= exp(*share);
    if (rest < 0 || *k + 1 == g->n_components) break;
  }
  return status;
}

/* ln r_k of where a move leads */
static bgen_status share_of_end(bgen_generator *g, size_t k, const double *x_new, double *share)
{
  double log_q = NAN;
  const bgen_status status = bgen_generator_log_q(g, 1, x_new, &log_q);
  return status ? status : log_share(g, k, x_new, log_q, share);
}

bgen_status bgen_near(bgen_generator *g, double step, uint64_t point, const double *x,
                      double *x_new, size_t *component, double *log_ratio)
{
  const bool mixture = g->n_components > 1;
  double share = 0, share_new = 0;
  *component = 0, *log_ratio = NAN;
  bgen_status status = mixture ? choose(g, point, x, component, &share) : BGEN_OK;
  if (!status)
    status = bgen_near_component(g, *component, step, BGEN_STREAM_PROPOSAL, point, 1, x, x_new,
                                 log_ratio);
  if (!status && mixture && isfinite(*log_ratio))
    status = share_of_end(g, *component, x_new, &share_new);
  *log_ratio += share_new - share;
  return status;
}
