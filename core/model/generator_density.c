/* SPDX-License-Identifier: MIT
   What a generator says of configurations: its densities, and where they lie in latent space. */
#include <assert.h>
#include <math.h>

#include "model/generator_private.h"
#include "model/workspace.h"

bool bgen_generator_fold(const bgen_generator *g, bgen_workspace *w, size_t k, const double *x,
                         double *out)
{
  return bgen_symmetry_apply(g->symmetry, g->component[k].reference, x, w->fold_work, out);
}

/* into batch[0] */
static bgen_status fold_batch(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                              const double *x)
{
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  for (size_t i = 0; i < n; i++)
    bgen_generator_fold(g, w, k, x + i * g->dim, w->batch[0] + i * g->dim);
  return BGEN_OK;
}

/* ---- latent space ---- */

bgen_status bgen_generator_latent(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                  const double *x, double *z, double *log_det)
{
  const bgen_status status = fold_batch(g, w, k, n, x);
  if (!status)
    bgen_flow_transform(g->component[k].flow, w->passes, BGEN_INVERSE, n, w->batch[0], z, log_det);
  return status;
}

void bgen_generator_from_latent(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                const double *z, double *x, double *log_det)
{
  bgen_flow_transform(g->component[k].flow, w->passes, BGEN_FORWARD, n, z, x, log_det);
}

/* x holds the latent points of the ends at first */
bgen_status bgen_generator_line(const bgen_generator *g, bgen_workspace *w, size_t k,
                                const double *ends, size_t n, double *z, double *x, double *log_det)
{
  const size_t dim = bgen_generator_dim(g);
  const bgen_status status = bgen_generator_latent(g, w, k, 2, ends, x, log_det);
  if (status) return status;
  for (size_t i = 0; i < n; i++) {
    const double t = (double) i / (double) (n - 1);
    for (size_t j = 0; j < dim; j++) z[i * dim + j] = (1.0 - t) * x[j] + t * x[dim + j];
  }
  bgen_generator_from_latent(g, w, k, n, z, x, log_det);
  return BGEN_OK;
}

/* ---- one component ---- */

bgen_status bgen_generator_log_q_component(const bgen_generator *g, bgen_workspace *w, size_t k,
                                           double temperature, size_t n, const double *x,
                                           double *log_q)
{
  const bgen_status status = fold_batch(g, w, k, n, x);
  if (!status)
    bgen_flow_log_q(g->component[k].flow, w->passes, bgen_generator_tau(g, temperature), n,
                    w->batch[0], log_q);
  return status;
}

/* as fold_batch(), and which images they are */
static void find_images(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                        const double *x)
{
  assert(w->image);
  for (size_t i = 0; i < n; i++) {
    bgen_image *image = &w->image[i];
    image->order = w->order + i * w->n_particles;
    bgen_symmetry_find(g->symmetry, g->component[k].reference, x + i * g->dim, w->fold_work, image);
    bgen_symmetry_image(g->symmetry, image, x + i * g->dim, w->batch[0] + i * g->dim);
  }
}

bgen_status bgen_generator_log_q_component_gradient(const bgen_generator *g, bgen_workspace *w,
                                                    size_t k, double temperature, size_t n,
                                                    const double *x, double *log_q, double *grad)
{
  const bgen_status status = bgen_workspace_reserve(w, n);
  if (status) return status;
  find_images(g, w, k, n, x);
  bgen_flow_log_q_gradient(g->component[k].flow, w->passes, bgen_generator_tau(g, temperature), n,
                           w->batch[0], log_q, w->batch[1]);
  for (size_t i = 0; i < n; i++)
    bgen_symmetry_gradient(g->symmetry, &w->image[i], w->batch[1] + i * g->dim, grad + i * g->dim);
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
