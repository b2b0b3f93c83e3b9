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

typedef struct new_walkers {
  size_t n, n_frames, shortest; /* the first of the shortest ones */
} new_walkers;

static new_walkers find_new(const bgen_runs *walkers, size_t first)
{
  new_walkers all = {0, 0, 0};
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t n = bgen_run_length(walkers, r);
    if (!is_new(walkers, r, first)) continue;
    if (all.n == 0 || n < bgen_run_length(walkers, all.shortest)) all.shortest = r;
    all.n++, all.n_frames += n;
  }
  return all;
}

static void hold(const bgen_runs *walkers, size_t r, size_t n, char *held)
{
  memset(held + walkers->end[r] - n, 1, n);
}

/* at most twice what was asked, and half of what was to be learned is left */
static double most_held(const new_walkers *all, double fraction)
{
  return fmin(2 * fraction, (1 + fraction) / 2) * (double) all->n_frames;
}

/* a walker where its middle is due, unless it is too long; the shortest one if none is */
static size_t hold_walkers(const bgen_runs *walkers, size_t first, const new_walkers *all,
                           double fraction, char *held)
{
  const double most = most_held(all, fraction);
  size_t n_held = 0;
  double seen = 0, of_held = 0;
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t n = bgen_run_length(walkers, r);
    if (!is_new(walkers, r, first)) continue;
    seen += (double) n;
    if (of_held + 0.5 * (double) n > fraction * seen || of_held + (double) n > most) continue;
    hold(walkers, r, n, held);
    of_held += (double) n, n_held++;
  }
  if (n_held) return n_held;
  hold(walkers, all->shortest, bgen_run_length(walkers, all->shortest), held);
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
  const new_walkers all = find_new(walkers, first);
  const double n = (double) all.n;
  assert(fraction > 0 && fraction < 1);
  if (n >= 2 && 2 * fraction * n >= 1) return hold_walkers(walkers, first, &all, fraction, held);
  hold_blocks(walkers, first, fraction, held);
  return 0;
}
