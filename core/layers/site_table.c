/* SPDX-License-Identifier: MIT */
#include "layers/site_table.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "layers/local.h"

static bgen_status refuse(const bgen_site_table *t, const bgen_neighbors *of)
{
  if (!of)
    return bgen_fail(BGEN_BAD_INPUT, "local needs the sites of a crystal, which nobody gives");
  assert(of->n_sites == t->n_sites);
  if (of->n_classes > t->n_classes)
    return bgen_fail(BGEN_BAD_INPUT,
                     "local: the %zu sites of the crystal are of %zu classes that no translation "
                     "maps to each other, but classes is %zu: raise it, or collect more frames if "
                     "the crystal has more translations than the mean of its frames shows",
                     t->n_sites, of->n_classes, t->n_classes);
  if (of->n_neighbors >= t->n_neighbors) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "local: neighbors is %zu, but a site has only %zu",
                   t->n_neighbors, of->n_neighbors);
}

bgen_status bgen_site_table_fit(const bgen_site_table *t, const bgen_neighbors *of, double *fitted)
{
  const bgen_status status = refuse(t, of);
  if (status) return status;
  for (size_t i = 0; i < t->n_sites; i++) {
    double *neighbor = fitted + t->n_sites + i * t->n_neighbors;
    fitted[i] = (double) of->site_class[i];
    for (size_t j = 0; j < t->n_neighbors; j++)
      neighbor[j] = (double) of->neighbor[i * of->n_neighbors + j];
  }
  return BGEN_OK;
}

static bool all_below(size_t n, const double *number, size_t most)
{
  for (size_t i = 0; i < n; i++)
    if (!(number[i] >= 0 && number[i] < (double) most && number[i] == floor(number[i])))
      return false;
  return true;
}

/* A translation maps neighbors as it maps sites: neighbor number j of the sites of one class are
   different sites of one class.  seen[n_sites] is memory, a bit for each class. */
static bool neighbor_is_good(const bgen_site_table *t, const double *fitted, size_t j,
                             uint64_t *seen)
{
  double of_class[BGEN_MOST_SITE_CLASSES];
  for (size_t c = 0; c < t->n_classes; c++) of_class[c] = -1;
  memset(seen, 0, t->n_sites * sizeof *seen);
  for (size_t i = 0; i < t->n_sites; i++) {
    const size_t c = (size_t) fitted[i], to = (size_t) fitted[t->n_sites + i * t->n_neighbors + j];
    const uint64_t bit = (uint64_t) 1 << c;
    if (of_class[c] < 0) of_class[c] = fitted[to];
    if (fitted[to] != of_class[c] || (seen[to] & bit)) return false;
    seen[to] |= bit;
  }
  return true;
}

bgen_status bgen_site_table_check(const bgen_site_table *t, const double *fitted)
{
  const size_t n = t->n_sites;
  if (!all_below(n, fitted, t->n_classes) || !all_below(n * t->n_neighbors, fitted + n, n))
    return bgen_fail(BGEN_BAD_FILE, "local: a number is no site, or no class of sites");
  uint64_t *seen = malloc(n * sizeof *seen);
  if (!seen) return bgen_fail(BGEN_NO_MEMORY, "no memory to verify the neighbors of %zu sites", n);
  bool good = true;
  for (size_t j = 0; good && j < t->n_neighbors; j++) good = neighbor_is_good(t, fitted, j, seen);
  free(seen);
  if (good) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "local: neighbors are not those of a lattice");
}
