/* SPDX-License-Identifier: MIT
   What a generator says of configurations: its densities, and where they lie in latent space. */
#include <assert.h>
#include <math.h>

#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

/* the shapes into batch[0], how they are seen into view[] */
static bgen_status see(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                       const double *x)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  assert(w->view);
  for (size_t i = 0; i < n; i++) {
    bgen_view *view = &w->view[i];
    view->image.order = w->order + i * w->n_particles;
    view->at = w->at + i * w->n_placements;
    bgen_chart_find(&chart, x + i * g->dim, w->chart_work, view);
    bgen_chart_shape(&chart, view, x + i * g->dim, w->chart_work, w->batch[0] + i * g->n_shape);
  }
  return BGEN_OK;
}

/* log[i] += sign ln J of the shapes; -inf outside the domain */
static void add_jacobians(const bgen_generator *g, bgen_workspace *w, size_t k, double sign,
                          size_t n, const double *shape, double *log)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  for (size_t i = 0; g->coords != BGEN_CARTESIAN && i < n; i++) {
    const double ln_J = bgen_chart_log_jacobian(&chart, shape + i * g->n_shape, w->chart_work);
    log[i] = isinf(ln_J) ? -INFINITY : log[i] + sign * ln_J;
  }
}

/* ---- latent space ---- */

bgen_status bgen_generator_latent(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                  const double *x, double *z, double *log_det)
{
  const bgen_status status = see(g, w, k, n, x);
  if (status) return status;
  bgen_flow_transform(g->component[k].flow, w->passes, BGEN_INVERSE, n, w->batch[0], z, log_det);
  add_jacobians(g, w, k, -1, n, w->batch[0], log_det);
  return BGEN_OK;
}

/* within bgen_workspace_reserve(n) for coordinates that are not cartesian */
void bgen_generator_from_latent(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                const double *z, double *x, double *log_det)
{
  const bgen_flow *flow = g->component[k].flow;
  if (g->coords == BGEN_CARTESIAN) {
    bgen_flow_transform(flow, w->passes, BGEN_FORWARD, n, z, x, log_det);
    return;
  }
  double *shape = w->batch[0];
  bgen_flow_transform(flow, w->passes, BGEN_FORWARD, n, z, shape, log_det);
  add_jacobians(g, w, k, 1, n, shape, log_det);
  bgen_generator_from_shapes(g, w, k, n, shape, x);
}

/* ---- one component ---- */

bgen_status bgen_generator_log_q_component(const bgen_generator *g, bgen_workspace *w, size_t k,
                                           double temperature, size_t n, const double *x,
                                           double *log_q)
{
  const bgen_status status = see(g, w, k, n, x);
  if (status) return status;
  bgen_flow_log_q(g->component[k].flow, w->passes, bgen_generator_tau(g, temperature), n,
                  w->batch[0], log_q);
  add_jacobians(g, w, k, -1, n, w->batch[0], log_q);
  return BGEN_OK;
}

bgen_status bgen_generator_log_q_component_gradient(const bgen_generator *g, bgen_workspace *w,
                                                    size_t k, double temperature, size_t n,
                                                    const double *x, double *log_q, double *grad)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  const bgen_status status = see(g, w, k, n, x);
  if (status) return status;
  bgen_flow_log_q_gradient(g->component[k].flow, w->passes, bgen_generator_tau(g, temperature), n,
                           w->batch[0], log_q, w->batch[1]);
  add_jacobians(g, w, k, -1, n, w->batch[0], log_q);
  for (size_t i = 0; i < n; i++)
    bgen_chart_gradient_to_x(&chart, &w->view[i], w->batch[0] + i * g->n_shape, -1,
                             w->batch[1] + i * g->n_shape, w->chart_work, grad + i * g->dim);
  return BGEN_OK;
}

/* ---- all of them ---- */

bgen_status bgen_generator_likeliest(const bgen_generator *g, bgen_workspace *w, double temperature,
                                     const double *x, size_t *likeliest)
{
  double most = -INFINITY, log_q;
  *likeliest = 0;
  for (size_t k = 0; k < g->n_components; k++) {
    const bgen_status status = bgen_generator_log_q_component(g, w, k, temperature, 1, x, &log_q);
    if (status) return status;
    log_q += log(g->component[k].weight);
    if (log_q > most) {
      most = log_q;
      *likeliest = k;
    }
  }
  return BGEN_OK;
}

/* ln(e^a + e^b); NaN where either is */
static double log_add(double a, double b)
{
  if (a == -INFINITY || b == -INFINITY) return a == -INFINITY ? b : a;
  const double larger = a > b ? a : b, smaller = a > b ? b : a;
  return larger + log1p(exp(smaller - larger));
}

bgen_status bgen_generator_log_q(const bgen_generator *g, bgen_workspace *w, double temperature,
                                 size_t n, const double *x, double *log_q)
{
  bgen_status status = bgen_workspace_reserve(w, n);
  for (size_t i = 0; i < n; i++) log_q[i] = -INFINITY;
  for (size_t k = 0; !status && k < g->n_components; k++) {
    const double log_weight = log(g->component[k].weight);
    status = bgen_generator_log_q_component(g, w, k, temperature, n, x, w->log[0]);
    for (size_t i = 0; i < n; i++) log_q[i] = log_add(log_q[i], log_weight + w->log[0][i]);
  }
  return status;
}
