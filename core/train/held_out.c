/* SPDX-License-Identifier: MIT */
#include "train/held_out.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool is_new(const bgen_runs *walkers, size_t r, size_t first)
{
  return bgen_run_begin(walkers, r) >= first && bgen_run_length(walkers, r) > 0;
}

static size_t count_new(const bgen_runs *walkers, size_t first)
{
  size_t n = 0;
  for (size_t r = 0; r < walkers->n; r++) n += is_new(walkers, r, first);
  return n;
}

static void hold(const bgen_runs *walkers, size_t r, size_t n, char *held)
{
  memset(held + walkers->end[r] - n, 1, n);
}

/* a walker where its middle is due, the last one if none is */
static size_t hold_walkers(const bgen_runs *walkers, size_t first, double fraction, char *held)
{
  size_t n_held = 0, last = 0;
  double seen = 0, of_held = 0;
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t n = bgen_run_length(walkers, r);
    if (!is_new(walkers, r, first)) continue;
    seen += (double) n, last = r;
    if (of_held + 0.5 * (double) n > fraction * seen) continue;
    hold(walkers, r, n, held);
    of_held += (double) n, n_held++;
  }
  if (n_held) return n_held;
  hold(walkers, last, bgen_run_length(walkers, last), held);
  return 1;
}

static void hold_blocks(const bgen_runs *walkers, size_t first, double fraction, char *held)
{
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t begin = bgen_run_begin(walkers, r), end = walkers->end[r];
    const size_t n = end <= first ? 0 : end - (begin > first ? begin : first);
    hold(walkers, r, (size_t) floor(fraction * (double) n), held);
  }
}

size_t bgen_hold_out(const bgen_runs *walkers, size_t first, double fraction, char *held)
{
  const double n = (double) count_new(walkers, first);
  assert(fraction > 0 && fraction < 1);
  if (n >= 2 && 2 * fraction * n >= 1) return hold_walkers(walkers, first, fraction, held);
  hold_blocks(walkers, first, fraction, held);
  return 0;
}
