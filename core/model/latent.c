/* SPDX-License-Identifier: MIT */
#include "model/latent.h"

#include <assert.h>
#include <math.h>

#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

bgen_status bgen_latent_bodies(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                               const double *z, double *x, double *log_det)
{
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  bgen_generator_from_latent(g, w, k, n, z, x, log_det);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(log_det[i]) || !bgen_generator_fold(g, w, k, x + i * g->dim, w->folded))
      log_det[i] = NAN;
  return BGEN_OK;
}

bgen_status bgen_latent_energy_gradient(const bgen_generator *g, bgen_workspace *w, size_t k,
                                        size_t n, const double *z, const double *grad_u,
                                        double *grad_w)
{
  const bgen_flow *flow = g->component[k].flow;
  const bgen_chart chart = bgen_component_chart(g, k);
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  assert(w->log[0]);
  double *shape = w->batch[0], *grad_shape = w->batch[1];
  if (g->coords == BGEN_ALIGNED) /* where ln J depends on the shape */
    bgen_flow_transform(flow, w->passes, BGEN_FORWARD, n, z, shape, w->log[0]);
  for (size_t i = 0; i < n; i++)
    bgen_chart_gradient_to_shape(&chart, shape + i * g->n_shape, -1, grad_u + i * g->dim,
                                 w->chart_work, grad_shape + i * g->n_shape);
  bgen_flow_latent_gradient(flow, w->passes, -1, n, z, grad_shape, grad_w);
  return BGEN_OK;
}

void bgen_latent_log_p(const bgen_generator *g, size_t k, double temperature, size_t n,
                       const double *z, double *log_p, double *gradient)
{
  const bgen_prior *prior = &g->component[k].flow->prior;
  const double tau = bgen_generator_tau(g, temperature);
  for (size_t i = 0; i < n; i++)
    log_p[i] = bgen_prior_log_p_gradient(prior, tau, z + i * g->n_shape, gradient + i * g->n_shape);
}
