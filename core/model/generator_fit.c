/* SPDX-License-Identifier: MIT
   What a generator takes from frames. */
#include <assert.h>
#include <string.h>

#include "model/generator_private.h"
#include "model/workspace.h"

/* Each round folds to the mean of the round before, which brings the frames closer to it or leaves
   all as it was. */
bgen_status bgen_generator_mean_reference(const bgen_generator *g, bgen_workspace *w, size_t n,
                                          const double *x, double *reference)
{
  enum { MOST_FRAMES = 2000, MOST_ROUNDS = 50 };
  const size_t n_used = n < MOST_FRAMES ? n : MOST_FRAMES, size = g->dim * sizeof *reference;
  const bgen_status status = bgen_workspace_reserve(w, 1);
  if (status) return status;
  double *mean = w->batch[0];
  bool changes = true;
  assert(n > 0 && mean);
  memcpy(reference, x, size);
  for (size_t round = 0; changes && round < MOST_ROUNDS; round++) {
    memset(mean, 0, size);
    for (size_t i = 0; i < n_used; i++) {
      bgen_symmetry_apply(g->symmetry, reference, x + i * n / n_used * g->dim, w->fold_work,
                          w->folded);
      for (size_t j = 0; j < g->dim; j++) mean[j] += w->folded[j] / (double) n_used;
    }
    changes = memcmp(reference, mean, size) != 0;
    memcpy(reference, mean, size);
  }
  return BGEN_OK;
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
  memcpy(component->reference, reference, g->dim * sizeof *reference);
  for (size_t i = 0; i < n; i++) {
    bgen_generator_fold(g, w, k, x + i * g->dim, folded);
    memcpy(x + i * g->dim, folded, g->dim * sizeof *x);
  }
  status = bgen_flow_fit(component->flow, n, x);
  if (status) memcpy(component->reference, old_reference, g->dim * sizeof *old_reference);
  component->fitted = component->fitted || status == BGEN_OK;
  return status;
}

bgen_status bgen_generator_fit_prior(bgen_generator *g, size_t k, size_t n, const double *x)
{
  return bgen_flow_fit_prior(g->component[k].flow, n, x);
}
