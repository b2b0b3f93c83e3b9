/* SPDX-License-Identifier: MIT
   What a generator takes from frames. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/moments.h"
#include "coords/site_neighbors.h"
#include "layers/local.h"
#include "model/generator_private.h"
#include "model/shapes.h"
#include "model/workspace.h"

/* ---- a reference ---- */

/* mean[dim] of frames as they are when folded to a reference */
static bgen_status mean_of(const bgen_generator *g, bgen_workspace *w, const double *reference,
                           size_t n, const double *x, double *mean)
{
  enum { MOST_FRAMES = 2000 };
  const size_t n_used = n < MOST_FRAMES ? n : MOST_FRAMES;
  bgen_standpoint from;
  const bgen_status status = bgen_generator_see_from(g, NULL, reference, &from);
  if (status) return status;
  const bgen_chart chart = bgen_generator_chart(g, &from, reference);
  memset(mean, 0, g->dim * sizeof *mean);
  for (size_t i = 0; i < n_used; i++) {
    bgen_chart_fold(&chart, x + i * n / n_used * g->dim, w->chart_work, &w->one, w->folded);
    for (size_t j = 0; j < g->dim; j++) mean[j] += w->folded[j] / (double) n_used;
  }
  bgen_standpoint_free(&from);
  return BGEN_OK;
}

/* Each round folds to the mean of the round before, which brings the frames closer to it or leaves
   all as it was. */
bgen_status bgen_generator_mean_reference(const bgen_generator *g, bgen_workspace *w, size_t n,
                                          const double *x, double *reference)
{
  enum { MOST_ROUNDS = 50 };
  const size_t size = g->dim * sizeof *reference;
  const bgen_conformer_of molecules = {g->tree, g->leaves};
  if (g->tree) return bgen_conformer_mean(&molecules, n, x, reference);
  bgen_status status = bgen_workspace_reserve(w, 1);
  if (status) return status;
  double *mean = w->batch[0];
  bool changes = true;
  assert(n > 0 && mean);
  memcpy(reference, x, size);
  for (size_t round = 0; !status && changes && round < MOST_ROUNDS; round++) {
    status = mean_of(g, w, reference, n, x, mean);
    changes = memcmp(reference, mean, size) != 0;
    memcpy(reference, mean, size);
  }
  return status;
}

/* ---- flows ---- */

bgen_status bgen_generator_set_crystal(bgen_generator *g, const bgen_lattice *lattice,
                                       const int *kinds)
{
  const size_t n = g->layout.n_particles;
  g->lattice = *lattice;
  free(g->kinds);
  g->kinds = NULL;
  if (!kinds) return BGEN_OK;
  g->kinds = malloc(n * sizeof *kinds);
  if (!g->kinds) return bgen_fail(BGEN_NO_MEMORY, "no memory for the kinds of %zu particles", n);
  memcpy(g->kinds, kinds, n * sizeof *kinds);
  return BGEN_OK;
}

/* Half of the difference is the error of the mean, in time, too.  The reference may be the mean of
   fewer frames, so what it is off that of all counts as well.  The largest over thousands of
   coordinates is below 5 of the root mean square, 8 for the difference of two sites. */
double bgen_generator_site_tolerance(const bgen_generator *g, const double *reference, size_t n,
                                     size_t d, const double *shape, double *rows)
{
  const size_t half = n / 2;
  double square = 0, size = 0;
  assert(half > 0);
  bgen_means(half, d, shape, rows);
  bgen_means(n - half, d, shape + half * d, rows + d);
  for (size_t j = 0; j < d; j++) {
    const double off = (rows[j] - rows[d + j]) / 2, mean = (rows[j] + rows[d + j]) / 2;
    square += (off * off + mean * mean) / (double) g->dim;
  }
  for (size_t j = 0; j < g->dim; j++) size = fmax(size, fabs(reference[j]));
  return 8 * sqrt((double) g->layout.n_space * square) + 1e-6 * size;
}

typedef bgen_status (*fit)(bgen_flow *flow, size_t n, const double *shape);

static bgen_status find_neighbors(const bgen_generator *g, size_t k, size_t n, const double *shape,
                                  bgen_neighbors *table)
{
  const bgen_component *c = &g->component[k];
  *table = (bgen_neighbors){0};
  if (!bgen_flow_is_local(c->flow) || n < 2) return BGEN_OK; /* one frame is refused elsewhere */
  double *rows = malloc(2 * g->n_shape * sizeof *rows);
  if (!rows) return bgen_fail(BGEN_NO_MEMORY, "no memory to look at %zu frames", n);
  const double tolerance =
      bgen_generator_site_tolerance(g, c->reference, n, g->n_shape, shape, rows);
  free(rows);
  return bgen_site_neighbors_find(&g->layout, g->kinds, &g->lattice, c->reference, tolerance,
                                  BGEN_MOST_NEIGHBORS, table);
}

bgen_status bgen_component_show_sites(const bgen_generator *g, size_t k, size_t n,
                                      const double *shape, bgen_neighbors *table)
{
  const bgen_status status = find_neighbors(g, k, n, shape, table);
  g->component[k].flow->neighbors = table->site_class ? table : NULL;
  return status;
}

void bgen_component_hide_sites(const bgen_generator *g, size_t k, bgen_neighbors *table)
{
  g->component[k].flow->neighbors = NULL;
  bgen_site_neighbors_free(table);
}

/* to the shapes of n folded frames */
static bgen_status fit_shapes(bgen_generator *g, bgen_workspace *w, size_t k, fit fit_to, size_t n,
                              const double *x)
{
  if (g->coords == BGEN_CARTESIAN) return fit_to(g->component[k].flow, n, x);
  double *shape = malloc((n * g->n_shape + 1) * sizeof *shape);
  if (!shape) return bgen_fail(BGEN_NO_MEMORY, "no memory for the shapes of %zu frames", n);
  bgen_generator_to_shapes(g, w, k, n, x, shape);
  bgen_neighbors table;
  bgen_status status = bgen_component_show_sites(g, k, n, shape, &table);
  if (!status) status = fit_to(g->component[k].flow, n, shape);
  bgen_component_hide_sites(g, k, &table);
  free(shape);
  return status;
}

bgen_status bgen_generator_find_circles(const bgen_generator *g, bgen_workspace *w, size_t k,
                                        size_t n, const double *x, bool *circle)
{
  double *shape = malloc((n * g->n_shape + 1) * sizeof *shape);
  if (!shape) return bgen_fail(BGEN_NO_MEMORY, "no memory for the shapes of %zu frames", n);
  bgen_generator_to_shapes(g, w, k, n, x, shape);
  bgen_conformer_find_circles(g->component[k].from.conformer, g->wanted, n, shape, circle);
  free(shape);
  return BGEN_OK;
}

/* by the shapes of folded frames; the reference stays, but knows the circles */
static bgen_status decide_circles(bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                  const double *x)
{
  bool *circle = malloc(g->n_shape + 1);
  if (!circle) return bgen_fail(BGEN_NO_MEMORY, "no memory for circles");
  bgen_status status = bgen_generator_find_circles(g, w, k, n, x, circle);
  if (!status) status = bgen_component_set_circles(g, k, circle);
  free(circle);
  return status ? status : bgen_component_refer(g, k, g->component[k].reference);
}

bgen_status bgen_generator_fit(bgen_generator *g, bgen_workspace *w, size_t k,
                               const double *reference, size_t n, double *x)
{
  bgen_status status = bgen_workspace_reserve(w, 1);
  if (status) return status;
  bgen_component *component = &g->component[k];
  double *folded = w->batch[0], *old_reference = w->batch[1];
  assert(folded && old_reference);
  memcpy(old_reference, component->reference, g->dim * sizeof *old_reference);
  status = bgen_component_refer(g, k, reference);
  if (status) return status;
  for (size_t i = 0; i < n; i++) {
    bgen_generator_fold(g, w, k, x + i * g->dim, folded);
    memcpy(x + i * g->dim, folded, g->dim * sizeof *x);
  }
  if (g->tree && !component->fitted) status = decide_circles(g, w, k, n, x);
  if (!status) status = fit_shapes(g, w, k, bgen_flow_fit, n, x);
  if (status && component->fitted && bgen_component_refer(g, k, old_reference))
    component->fitted = false; /* there is no memory for what it was */
  component->fitted = component->fitted || status == BGEN_OK;
  return status;
}

bgen_status bgen_generator_fit_prior(bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                     const double *x)
{
  return fit_shapes(g, w, k, bgen_flow_fit_prior, n, x);
}
