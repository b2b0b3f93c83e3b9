/* SPDX-License-Identifier: MIT */
#include "model/latent.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

struct bgen_views {
  size_t capacity, n_particles, n_placements;
  bgen_view *view, *former; /* [capacity] and memory, whose orders and placements lie in */
  size_t *order;            /* [2 capacity][n_particles] */
  bgen_placement *at;       /* [2 capacity][n_placements] */
};

bgen_status bgen_views_create(const bgen_generator *g, size_t capacity, bgen_views **result)
{
  const size_t n_particles = g->layout.n_particles, n_at = bgen_generator_n_placements(g);
  bgen_views *v = calloc(1, sizeof *v);
  bgen_view *view = calloc(2 * capacity + 1, sizeof *view);
  size_t *order = calloc(2 * capacity * n_particles + 1, sizeof *order);
  bgen_placement *at = calloc(2 * capacity * n_at + 1, sizeof *at);
  if (!v || !view || !order || !at) {
    free(v), free(view), free(order), free(at);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the places of %zu bodies", capacity);
  }
  *v = (bgen_views){capacity, n_particles, n_at, view, view + capacity, order, at};
  for (size_t i = 0; i < 2 * capacity; i++)
    view[i] = (bgen_view){{0, order + i * n_particles}, at + i * n_at};
  *result = v;
  return BGEN_OK;
}

void bgen_views_destroy(bgen_views *v)
{
  if (!v) return;
  free(v->view), free(v->order), free(v->at);
  free(v);
}

static void copy_view(const bgen_views *v, const bgen_view *from, bgen_view *to)
{
  to->image.reflection = from->image.reflection;
  memcpy(to->at, from->at, v->n_placements * sizeof *to->at);
  memcpy(to->image.order, from->image.order, v->n_particles * sizeof *to->image.order);
}

void bgen_views_follow(bgen_views *v, size_t n, const size_t *order)
{
  for (size_t i = 0; i < n; i++) copy_view(v, &v->view[i], &v->former[i]);
  for (size_t i = 0; i < n; i++) copy_view(v, &v->former[order[i]], &v->view[i]);
}

bgen_status bgen_latent_find(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                             const double *x, bgen_views *views, double *z, double *log_det)
{
  assert(n <= views->capacity);
  const bgen_status status = bgen_generator_latent(g, w, k, n, x, z, log_det);
  if (status) return status;
  for (size_t i = 0; i < n; i++) {
    copy_view(views, &w->view[i], &views->view[i]);
    log_det[i] *= -1;
  }
  return BGEN_OK;
}

/* ---- bodies ---- */

/* from where the reference stands; another place or order does not change what is seen */
static bool is_inside(const bgen_generator *g, bgen_workspace *w, size_t k, const double *x)
{
  return bgen_generator_fold(g, w, k, x, w->folded);
}

/* x of a body as the reference sees it: where, in which order and how reflected the view says */
static void see_from(const bgen_chart *chart, bgen_workspace *w, const bgen_view *view,
                     const double *shape, double *x)
{
  if (!bgen_chart_is_cartesian(chart)) {
    bgen_chart_body(chart, view, shape, w->chart_work, x);
    return;
  }
  bgen_symmetry_reflect(chart->symmetry, view->image.reflection, x, w->chart_work);
  bgen_symmetry_gradient(chart->symmetry, &(bgen_image){0, view->image.order}, w->chart_work, x);
}

bgen_status bgen_latent_bodies(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                               const bgen_views *views, const double *z, double *x, double *log_det)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  bgen_generator_from_latent(g, w, k, n, z, x, log_det);
  for (size_t i = 0; i < n; i++) {
    double *body = x + i * g->dim;
    if (!isfinite(log_det[i]) || !is_inside(g, w, k, body)) log_det[i] = NAN;
    see_from(&chart, w, &views->view[i], w->batch[0] + i * g->n_shape, body);
  }
  return BGEN_OK;
}

/* ---- energies ---- */

/* only where ln J depends on the shape is that needed */
static void find_shapes(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                        const double *z)
{
  if (g->coords == BGEN_ALIGNED || g->coords == BGEN_INTERNAL)
    bgen_flow_transform(g->component[k].flow, w->passes, BGEN_FORWARD, n, z, w->batch[0],
                        w->log[0]);
}

/* of u - ln J */
static void gradient_to_shape(const bgen_chart *chart, bgen_workspace *w, const bgen_view *view,
                              const double *shape, const double *grad_u, double *grad)
{
  if (!bgen_chart_is_cartesian(chart)) {
    bgen_chart_gradient_to_shape(chart, view, shape, -1, grad_u, w->chart_work, grad);
    return;
  }
  bgen_chart_home(chart, &w->one);
  const bgen_image order = {0, view->image.order},
                   reflection = {view->image.reflection, w->one.image.order};
  bgen_symmetry_image(chart->symmetry, &order, grad_u, w->chart_work);
  bgen_symmetry_gradient(chart->symmetry, &reflection, w->chart_work, grad);
}

bgen_status bgen_latent_gradient(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                 const bgen_views *views, const double *z, const double *grad_u,
                                 double *grad_w)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  assert(w->batch[1]);
  find_shapes(g, w, k, n, z);
  for (size_t i = 0; i < n; i++)
    gradient_to_shape(&chart, w, &views->view[i], w->batch[0] + i * g->n_shape, grad_u + i * g->dim,
                      w->batch[1] + i * g->n_shape);
  bgen_flow_latent_gradient(g->component[k].flow, w->passes, -1, n, z, w->batch[1], grad_w);
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

/* ---- circles ---- */

const bool *bgen_latent_circles(const bgen_generator *g, size_t k)
{
  return g->component[k].flow->prior.circle;
}

void bgen_latent_wrap(const bgen_generator *g, size_t k, size_t n, double *z)
{
  const double turn = 6.28318530717958647692;
  const bool *circle = bgen_latent_circles(g, k);
  for (size_t i = 0; circle && i < n * g->n_shape; i++)
    if (circle[i % g->n_shape]) z[i] -= turn * round(z[i] / turn);
}

void bgen_latent_convert(const bgen_generator *g, size_t k, size_t l, size_t n, double *z,
                         double *log_det)
{
  const bgen_prior *from = &g->component[k].flow->prior, *to = &g->component[l].flow->prior;
  for (size_t i = 0; i < n; i++) log_det[i] += bgen_prior_convert(from, to, z + i * g->n_shape);
}

/* ---- temperatures ---- */

double bgen_latent_rescale(const bgen_generator *g, size_t k, double from, double to, bgen_rng *rng,
                           double *z)
{
  return bgen_prior_rescale(&g->component[k].flow->prior, bgen_generator_tau(g, from),
                            bgen_generator_tau(g, to), rng, z);
}
