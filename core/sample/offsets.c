/* SPDX-License-Identifier: MIT */
#include "sample/offsets.h"

#include <math.h>
#include <stdlib.h>

#include "estimate/overlap.h"

enum {
  LEAST_WORKS = 20, /* from one side, before they are believed */
  TUNE_EVERY = 20   /* attempts, at the beginning */
};

static const double BEST_OF_NEAR = 0.25; /* acceptance that steps are tuned to */

/* ---- the difference of two basins ---- */

/* What a difference rests on, the best last: the first two are for a search only. */
typedef enum ground { ONE_WAY, FEW_BACK, BOTH_WAYS } ground;

/* F(b) - F(a) */
typedef struct difference {
  bgen_estimate estimate;
  ground ground;
} difference;

static const difference UNKNOWN = {{0.0, INFINITY}, ONE_WAY};

static bool better(const difference *one, const difference *other)
{
  if (one->ground != other->ground) return one->ground > other->ground;
  return one->estimate.error < other->estimate.error;
}

static bool enough(const bgen_work_list *works)
{
  return works->n >= LEAST_WORKS;
}

/* of a basin that the chain has hardly left */
static void try_one_side(const bgen_work_lists *lists, int move, int a, int b, double sign,
                         difference *best)
{
  const bgen_work_list *there = bgen_work_lists_of(lists, move, a, b);
  if (!enough(there) || enough(bgen_work_lists_of(lists, move, b, a)) || best->ground == BOTH_WAYS)
    return;
  difference one = UNKNOWN;
  const bgen_works in_time = bgen_work_list_in_time(there);
  if (bgen_estimate_fep_first_order(&in_time, &one.estimate)) return;
  if (bgen_works_effective(&in_time) < BGEN_SEARCH_WEIGHTS) return;
  one.estimate.value *= sign;
  if (better(&one, best)) *best = one;
}

/* Few works back tell more than many of one way, which seldom reach the other basin's own. */
static void try_both_sides(const bgen_work_lists *works, int move, int a, int b, difference *best)
{
  const bgen_work_list *there = bgen_work_lists_of(works, move, a, b),
                       *back = bgen_work_lists_of(works, move, b, a);
  difference bar = {{0.0, INFINITY}, enough(there) && enough(back) ? BOTH_WAYS : FEW_BACK};
  if (!there->n || !back->n || (!enough(there) && !enough(back))) return;
  if (bgen_work_lists_difference(works, move, a, b, &bar.estimate)) return;
  if (isfinite(bar.estimate.error) && better(&bar, best)) *best = bar;
}

static difference difference_of(const bgen_work_lists *works, int a, int b)
{
  difference best = UNKNOWN;
  for (int move = 0; (size_t) move < works->n_moves; move++) {
    try_both_sides(works, move, a, b, &best);
    try_one_side(works, move, a, b, 1.0, &best);
    try_one_side(works, move, b, a, -1.0, &best);
  }
  return best;
}

/* ---- all basins ---- */

/* a pair of basins, the first of them known */
typedef struct pair {
  int from, to; /* -1: there is none */
  difference of;
} pair;

/* the unknown basin whose difference from a known one is known best */
static pair best_pair(const bgen_work_lists *works, const bool *known)
{
  const int n = (int) works->n_basins;
  pair best = {-1, -1, UNKNOWN};
  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++) {
      if (!known[a] || known[b]) continue;
      const difference one = difference_of(works, a, b);
      if (better(&one, &best.of)) best = (pair){a, b, one};
    }
  return best;
}

/* false: nothing is known of those that are left */
static bool grow(const bgen_work_lists *works, bool *known, double *offset)
{
  const pair next = best_pair(works, known);
  if (next.to < 0) return false;
  offset[next.to] = offset[next.from] + next.of.estimate.value;
  return known[next.to] = true;
}

static void shift_least_to_zero(size_t n, double *offset)
{
  double least = offset[0];
  for (size_t k = 1; k < n; k++) least = offset[k] < least ? offset[k] : least;
  for (size_t k = 0; k < n; k++) offset[k] -= least;
}

bgen_status bgen_offsets_balance(const bgen_work_lists *works, double *offset)
{
  bool *known = calloc(works->n_basins, sizeof *known);
  if (!known) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu offsets", works->n_basins);
  known[0] = true;
  while (grow(works, known, offset)) continue;
  shift_least_to_zero(works->n_basins, offset);
  free(known);
  return BGEN_OK;
}

/* ---- what is known ---- */

/* of a basin that was not found, the works both ways that are most */
static bgen_offset not_found(const bgen_work_lists *works, int b)
{
  bgen_offset unknown = {false, -1, {NAN, INFINITY}};
  size_t most = 0;
  for (int move = 0; (size_t) move < works->n_moves; move++)
    for (int a = 0; (size_t) a < works->n_basins; a++) {
      bgen_estimate bar;
      const size_t there = bgen_work_lists_of(works, move, a, b)->n,
                   back = bgen_work_lists_of(works, move, b, a)->n,
                   fewer = there < back ? there : back;
      if (fewer <= most || bgen_work_lists_difference(works, move, a, b, &bar)) continue;
      most = fewer;
      unknown.from = a, unknown.difference = (bgen_estimate){bar.value, INFINITY};
    }
  return unknown;
}

bgen_status bgen_offsets_known(const bgen_work_lists *works, bgen_offset *all)
{
  bool *known = calloc(works->n_basins, sizeof *known);
  if (!known) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu offsets", works->n_basins);
  for (int b = 0; (size_t) b < works->n_basins; b++) all[b] = not_found(works, b);
  known[0] = true;
  all[0] = (bgen_offset){true, 0, {0, 0}};
  for (pair next; (next = best_pair(works, known)).to >= 0; known[next.to] = true)
    if (next.of.ground == BOTH_WAYS)
      all[next.to] = (bgen_offset){all[next.from].found, next.from, next.of.estimate};
  free(known);
  return BGEN_OK;
}

/* ---- when and how far ---- */

bool bgen_offsets_are_due(int64_t n_attempts)
{
  int64_t interval = TUNE_EVERY;
  while (interval * TUNE_EVERY < n_attempts) interval *= 2;
  return n_attempts % interval == 0;
}

double bgen_tuned_step(double step, bool accepted, int64_t n)
{
  return step * exp(((accepted ? 1.0 : 0.0) - BEST_OF_NEAR) / sqrt((double) n));
}
