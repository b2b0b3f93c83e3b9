/* SPDX-License-Identifier: MIT
   What a generator sees of configurations: their shapes, and where they are. */
#include <math.h>
#include <string.h>

#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

bool bgen_generator_fold(const bgen_generator *g, bgen_workspace *w, size_t k, const double *x,
                         double *out)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  return bgen_chart_fold(&chart, x, w->chart_work, &w->one, out);
}

const bool *bgen_generator_circles(const bgen_generator *g, size_t k)
{
  return g->tree && g->component[k].fitted ? g->component[k].flow->circle : NULL;
}

const bgen_conformer *bgen_generator_conformer(const bgen_generator *g, size_t k)
{
  return g->component[k].fitted ? g->component[k].from.conformer : NULL;
}

void bgen_generator_place(const bgen_generator *g, bgen_workspace *w, size_t k, const double *x,
                          size_t l, const double *sample, double *out)
{
  const bgen_chart from = bgen_component_chart(g, k), to = bgen_component_chart(g, l);
  bgen_chart_home(&to, &w->one);
  bgen_chart_shape(&to, &w->one, sample, w->chart_work, w->folded);
  bgen_chart_find(&from, x, w->chart_work, &w->one);
  bgen_chart_body(&to, &w->one, w->folded, w->chart_work, out);
}

void bgen_generator_to_shapes(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                              const double *x, double *shape)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  bgen_chart_home(&chart, &w->one);
  for (size_t i = 0; i < n; i++)
    bgen_chart_shape(&chart, &w->one, x + i * g->dim, w->chart_work, shape + i * g->n_shape);
}

void bgen_generator_from_shapes(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                const double *shape, double *x)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  bgen_chart_home(&chart, &w->one);
  for (size_t i = 0; i < n; i++)
    bgen_chart_body(&chart, &w->one, shape + i * g->n_shape, w->chart_work, x + i * g->dim);
}

double bgen_generator_mean_log_jacobian(const bgen_generator *g, bgen_workspace *w, size_t k,
                                        size_t n, const double *shape)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  double mean = 0;
  for (size_t i = 0; i < n; i++)
    mean += bgen_chart_log_jacobian(&chart, shape + i * g->n_shape, w->chart_work) / (double) n;
  return mean;
}

void bgen_generator_shape_energies(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                   const double *shape, double *u, const double *grad_u,
                                   double *grad_shape)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  bgen_chart_home(&chart, &w->one);
  for (size_t i = 0; i < n; i++) {
    const double *of = shape + i * g->n_shape;
    u[i] -= bgen_chart_log_jacobian(&chart, of, w->chart_work);
    bgen_chart_gradient_to_shape(&chart, &w->one, of, -1, grad_u + i * g->dim, w->chart_work,
                                 grad_shape + i * g->n_shape);
  }
}

void bgen_generator_shape_gradient(const bgen_generator *g, bgen_workspace *w, size_t k,
                                   const double *shape, const double *grad_x, double *grad_shape)
{
  const bgen_chart chart = bgen_component_chart(g, k);
  bgen_chart_home(&chart, &w->one);
  bgen_chart_gradient_to_shape(&chart, &w->one, shape, 0, grad_x, w->chart_work, grad_shape);
}
