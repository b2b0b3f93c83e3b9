/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series.h"

#include <math.h>

#include "base/rng.h"

void fill_series(uint64_t key, kind of, size_t n, const bgen_runs *runs, double *value)
{
  const double fresh = sqrt(1 - of.memory * of.memory);
  const bgen_runs one = {1, &n}, *all = runs && runs->n > 0 ? runs : &one;
  bgen_rng rng = bgen_rng_at(31, BGEN_STREAM_TEST, key);
  bgen_rng_normals(&rng, n, value);
  for (size_t r = 0; r < all->n; r++) {
    const size_t begin = bgen_run_begin(all, r), end = all->end[r];
    double offset[2];
    bgen_rng_normals(&rng, 2, offset);
    for (size_t i = begin + 1; i < end; i++) value[i] = of.memory * value[i - 1] + fresh * value[i];
    for (size_t i = begin; i < end; i++) value[i] += of.cage * offset[0];
  }
}

void to_works(double free_energy, double s, size_t n, double *value)
{
  for (size_t i = 0; i < n; i++) value[i] = free_energy + 0.5 * s * s + s * value[i];
}

bool covers(const bgen_estimate *e, double truth)
{
  return fabs(e->value - truth) <= e->error;
}
