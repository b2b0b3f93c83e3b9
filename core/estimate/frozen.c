/* SPDX-License-Identifier: MIT */
#include "estimate/frozen.h"

#include <math.h>

/* of works that are differences of energies; sums of 1e6 terms round to less */
static const double rounding = 1e-9;

static bool vary(const bgen_works *w)
{
  double first = INFINITY;
  for (size_t i = 0; i < w->n; i++) {
    const double work = w->work[i];
    if (!isfinite(work)) continue;
    if (fabs(work - first) > rounding * (1 + fabs(work)) && isfinite(first)) return true;
    if (!isfinite(first)) first = work;
  }
  return false;
}

bool bgen_works_are_frozen(const bgen_works *works, const bgen_works *others)
{
  return works->runs.n > 0 && works->n > 0 && !vary(works) && vary(others);
}
