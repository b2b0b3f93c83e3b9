/* SPDX-License-Identifier: MIT */
#include "model/workspace.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "model/generator_private.h"

/* flows of components have other sizes where other torsions are circles */
static bgen_status create_passes(const bgen_generator *g, int n_threads, bgen_passes **passes)
{
  bgen_flow *widest = NULL;
  if (!g->tree) return bgen_passes_create(g->component[0].flow, n_threads, passes);
  bgen_status status = bgen_generator_new_flow(g, 0, NULL, &widest);
  if (!status) status = bgen_passes_create(widest, n_threads, passes);
  bgen_flow_destroy(widest);
  return status;
}

static bgen_status allocate(const bgen_generator *g, int n_threads, bgen_workspace *w)
{
  const bgen_chart chart = bgen_component_chart(g, 0);
  w->chart_work = malloc(bgen_chart_work_size(&chart) * sizeof *w->chart_work);
  w->folded = malloc(g->dim * sizeof *w->folded);
  w->one.image.order = malloc(w->n_particles * sizeof *w->one.image.order);
  w->one.at = malloc(w->n_placements * sizeof *w->one.at);
  if (!w->chart_work || !w->folded || !w->one.image.order || !w->one.at)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to fold configurations");
  return create_passes(g, n_threads, &w->passes);
}

bgen_status bgen_workspace_create(const bgen_generator *g, int n_threads, bgen_workspace **result)
{
  assert(n_threads > 0);
  bgen_workspace *w = calloc(1, sizeof *w);
  if (!w) return bgen_fail(BGEN_NO_MEMORY, "no memory for a workspace");
  w->dim = g->dim, w->n_shape = g->n_shape;
  w->n_particles = g->layout.n_particles, w->n_placements = bgen_generator_n_placements(g);
  const bgen_status status = allocate(g, n_threads, w);
  if (status)
    bgen_workspace_destroy(w);
  else
    *result = w;
  return status;
}

static void free_batches(bgen_workspace *w)
{
  for (size_t k = 0; k < 2; k++) {
    free(w->batch[k]), free(w->log[k]);
    w->batch[k] = w->log[k] = NULL;
  }
  free(w->row), free(w->view), free(w->order), free(w->at);
  w->row = w->order = NULL;
  w->view = NULL, w->at = NULL;
  w->capacity = 0;
}

void bgen_workspace_destroy(bgen_workspace *w)
{
  if (!w) return;
  bgen_passes_destroy(w->passes);
  free(w->chart_work), free(w->folded), free(w->one.image.order), free(w->one.at);
  free_batches(w);
  free(w);
}

int bgen_workspace_threads(const bgen_workspace *w)
{
  return bgen_passes_threads(w->passes);
}

static bool has_batches(const bgen_workspace *w)
{
  return w->row && w->view && w->order && w->at && w->batch[0] && w->batch[1] && w->log[0] &&
         w->log[1];
}

bgen_status bgen_workspace_reserve(bgen_workspace *w, size_t n)
{
  if (has_batches(w) && n <= w->capacity) return BGEN_OK;
  const size_t capacity = n ? n : 1;
  const double per_point =
      (double) (2 * w->dim + w->n_particles + 12 * w->n_placements + 4) * sizeof(double);
  const bgen_status fits =
      bgen_memory_check((double) capacity * per_point, "a batch of %zu configurations", n);
  if (fits) return fits;
  free_batches(w);
  w->row = malloc(capacity * sizeof *w->row);
  w->view = malloc(capacity * sizeof *w->view);
  w->order = malloc(capacity * w->n_particles * sizeof *w->order);
  w->at = malloc(capacity * w->n_placements * sizeof *w->at);
  for (size_t k = 0; k < 2; k++) {
    w->batch[k] = malloc(capacity * w->dim * sizeof *w->batch[k]);
    w->log[k] = malloc(capacity * sizeof *w->log[k]);
  }
  if (has_batches(w)) {
    w->capacity = capacity;
    return BGEN_OK;
  }
  free_batches(w);
  return bgen_fail(BGEN_NO_MEMORY, "no memory for a batch of %zu configurations", n);
}
