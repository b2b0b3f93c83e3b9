/* SPDX-License-Identifier: MIT */
#include "coords/basin.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { AT_ONCE = 64 }; /* basins in a word, so that each cv is evaluated once for so many */

static const bgen_cv_range *range_of(const bgen_basins *basins, size_t basin, size_t cv)
{
  return &basins->range[basin * basins->n_cvs + cv];
}

double bgen_basins_cv(const bgen_basins *basins, size_t cv, const double *x)
{
  assert(cv < basins->n_cvs);
  return bgen_cv_value(&basins->cv[cv], &basins->layout, x);
}

void bgen_basins_cv_gradient(const bgen_basins *basins, size_t cv, const double *x, double *grad)
{
  assert(cv < basins->n_cvs);
  memset(grad, 0, basins->layout.n_particles * basins->layout.n_space * sizeof *grad);
  bgen_cv_gradient(&basins->cv[cv], &basins->layout, x, 1.0, grad);
}

/* no basin of these has a range of it, and it may be expensive */
static bool is_idle(const bgen_basins *basins, size_t first, size_t n, size_t cv)
{
  if (basins->cv[cv].type->gradient) return false;
  for (size_t i = 0; i < n; i++) {
    const bgen_cv_range *range = range_of(basins, first + i, cv);
    if (range->low != -INFINITY || range->high != INFINITY) return false;
  }
  return true;
}

/* bit i: basin first + i holds x */
static uint64_t inside(const bgen_basins *basins, size_t first, size_t n, const double *x)
{
  uint64_t in = n == AT_ONCE ? UINT64_MAX : (UINT64_C(1) << n) - 1;
  for (size_t k = 0; in && k < basins->n_cvs; k++) {
    if (is_idle(basins, first, n, k)) continue;
    const double s = bgen_basins_cv(basins, k, x);
    for (size_t i = 0; i < n; i++)
      if (!bgen_cv_range_holds(range_of(basins, first + i, k), s)) in &= ~(UINT64_C(1) << i);
  }
  return in;
}

int bgen_basin_of(const bgen_basins *basins, const double *x)
{
  for (size_t first = 0; first < basins->n; first += AT_ONCE) {
    const size_t left = basins->n - first, n = left < AT_ONCE ? left : AT_ONCE;
    const uint64_t in = inside(basins, first, n, x);
    for (size_t i = 0; in && i < n; i++)
      if (in >> i & 1) return (int) (first + i);
  }
  return -1;
}

int bgen_basin_at(const bgen_basins *basins, size_t cv, double s)
{
  int found = -1;
  assert(cv < basins->n_cvs);
  for (size_t i = 0; i < basins->n; i++) {
    if (!bgen_cv_range_holds(range_of(basins, i, cv), s)) continue;
    if (found >= 0) return -1;
    found = (int) i;
  }
  return found;
}

bool bgen_basins_overlap(size_t n_cvs, const bgen_cv_range *a, const bgen_cv_range *b)
{
  for (size_t k = 0; k < n_cvs; k++)
    if (!bgen_cv_ranges_overlap(&a[k], &b[k])) return false;
  return true;
}
