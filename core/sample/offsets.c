/* SPDX-License-Identifier: MIT */
#include "sample/offsets.h"

#include <math.h>
#include <stdlib.h>

enum {
  LEAST_WORKS = 20, /* from one side, before they are believed */
  TUNE_EVERY = 20   /* attempts, at the beginning */
};

static const double BEST_OF_NEAR = 0.25; /* acceptance that steps are tuned to */

/* ---- the difference of two basins ---- */

/* F(b) - F(a), by works both ways if possible */
typedef struct difference {
  bgen_estimate estimate;
  bool both_ways;
} difference;

static const difference UNKNOWN = {{0.0, INFINITY}, false};

static bool better(const difference *one, const difference *other)
{
  if (one->both_ways != other->both_ways) return one->both_ways;
  return one->estimate.error < other->estimate.error;
}

static void try_one_side(const bgen_work_list *works, double sign, difference *best)
{
  if (works->n < LEAST_WORKS || best->both_ways) return;
  difference one = UNKNOWN;
  const bgen_works in_time = bgen_work_list_in_time(works);
  if (bgen_estimate_fep(&in_time, &one.estimate)) return;
  one.estimate.value *= sign;
  if (better(&one, best)) *best = one;
}

static void try_both_sides(const bgen_work_lists *works, int move, int a, int b, difference *best)
{
  difference bar = {{0.0, INFINITY}, true};
  if (bgen_work_lists_of(works, move, a, b)->n < LEAST_WORKS ||
      bgen_work_lists_of(works, move, b, a)->n < LEAST_WORKS)
    return;
  if (bgen_work_lists_difference(works, move, a, b, &bar.estimate)) return;
  if (better(&bar, best)) *best = bar;
}

static difference difference_of(const bgen_work_lists *works, int a, int b)
{
  difference best = UNKNOWN;
  for (int move = 0; (size_t) move < works->n_moves; move++) {
    try_both_sides(works, move, a, b, &best);
    try_one_side(bgen_work_lists_of(works, move, a, b), 1.0, &best);
    try_one_side(bgen_work_lists_of(works, move, b, a), -1.0, &best);
  }
  return best;
}

/* ---- all basins ---- */

/* the unknown basin whose difference from a known one is known best; false: there is none */
static bool grow(const bgen_work_lists *works, bool *known, double *offset)
{
  const int n = (int) works->n_basins;
  difference best = UNKNOWN;
  int last = -1, next = -1;
  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++) {
      if (!known[a] || known[b]) continue;
      const difference one = difference_of(works, a, b);
      if (better(&one, &best)) best = one, last = a, next = b;
    }
  if (next < 0) return false;
  offset[next] = offset[last] + best.estimate.value;
  return known[next] = true;
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
