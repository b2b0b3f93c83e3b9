/* SPDX-License-Identifier: MIT */
#include "train/held_out.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* the runs, and from which frame on they are new */
typedef struct input {
  const bgen_runs *walkers;
  const bool *is_part;
  size_t first;
} input;

static bool is_new(const input *of, size_t r)
{
  return bgen_run_begin(of->walkers, r) >= of->first && bgen_run_length(of->walkers, r) > 0 &&
         !(of->is_part && of->is_part[r]);
}

typedef struct new_walkers {
  size_t n, n_frames, shortest; /* the first of the shortest ones */
} new_walkers;

static new_walkers find_new(const input *of)
{
  const bgen_runs *walkers = of->walkers;
  new_walkers all = {0, 0, 0};
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t n = bgen_run_length(walkers, r);
    if (!is_new(of, r)) continue;
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
static size_t hold_walkers(const input *of, const new_walkers *all, double fraction, char *held)
{
  const bgen_runs *walkers = of->walkers;
  const double most = most_held(all, fraction);
  size_t n_held = 0;
  double seen = 0, of_held = 0;
  for (size_t r = 0; r < walkers->n; r++) {
    const size_t n = bgen_run_length(walkers, r);
    if (!is_new(of, r)) continue;
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

size_t bgen_hold_out(const bgen_runs *walkers, const bool *is_part, size_t first, double fraction,
                     char *held)
{
  const input of = {walkers, is_part, first};
  const new_walkers all = find_new(&of);
  const double n = (double) all.n;
  assert(fraction > 0 && fraction < 1);
  if (n >= 2 && 2 * fraction * n >= 1) return hold_walkers(&of, &all, fraction, held);
  hold_blocks(walkers, first, fraction, held);
  return 0;
}
