/* SPDX-License-Identifier: MIT */
#include "sample/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one attempt, one tally ---- */

bgen_attempt bgen_attempt_begin(int move, int from)
{
  return (bgen_attempt){.move = move,
                        .from = from,
                        .to = -1,
                        .proposals = 1,
                        .work = NAN,
                        .path_work = NAN,
                        .step_work = NAN};
}

/* neither the value nor the sum may be infinite */
static void add_if_finite(double value, int64_t *n, double *sum)
{
  if (!isfinite(*sum + value)) return;
  *sum += value;
  ++*n;
}

void bgen_tally_add(bgen_tally *tally, const bgen_attempt *attempt)
{
  tally->attempts++;
  tally->accepted += attempt->accepted;
  tally->outside += attempt->outside;
  tally->refused += attempt->refused;
  tally->not_finite += attempt->not_finite;
  tally->tested += attempt->tested;
  tally->undone += attempt->undone;
  tally->energy_calls += attempt->energy_calls;
  add_if_finite(attempt->path_work, &tally->paths, &tally->path_work);
  add_if_finite(attempt->step_work, &tally->stepped, &tally->step_work);
  tally->seconds += attempt->seconds;
}

static bgen_tally combined(bgen_tally a, bgen_tally b, int sign)
{
  a.attempts += sign * b.attempts;
  a.accepted += sign * b.accepted;
  a.outside += sign * b.outside;
  a.refused += sign * b.refused;
  a.not_finite += sign * b.not_finite;
  a.energy_calls += sign * b.energy_calls;
  a.paths += sign * b.paths;
  a.stepped += sign * b.stepped;
  a.tested += sign * b.tested;
  a.undone += sign * b.undone;
  a.path_work += sign * b.path_work;
  a.step_work += sign * b.step_work;
  a.seconds += sign * b.seconds;
  return a;
}

bgen_tally bgen_tally_sum(bgen_tally a, bgen_tally b)
{
  return combined(a, b, 1);
}

bgen_tally bgen_tally_difference(bgen_tally a, bgen_tally b)
{
  return combined(a, b, -1);
}

/* ---- totals ---- */

static size_t n_tallies(const bgen_totals *totals)
{
  return totals->n_moves * (totals->n_basins + 1) * (totals->n_basins + 1);
}

static size_t n_lists(const bgen_totals *totals)
{
  return totals->n_moves * totals->n_basins * totals->n_basins;
}

bgen_status bgen_totals_create(size_t n_moves, size_t n_basins, bgen_totals **totals)
{
  bgen_totals *t = calloc(1, sizeof *t);
  if (!t) return bgen_fail(BGEN_NO_MEMORY, "no memory for the totals of a chain");
  t->n_moves = n_moves, t->n_basins = n_basins;
  t->tally = calloc(n_tallies(t) + 1, sizeof *t->tally);
  t->n_works = calloc(n_lists(t) + 1, sizeof *t->n_works);
  if (!t->tally || !t->n_works) {
    bgen_totals_destroy(t);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the totals of %zu moves between %zu basins",
                     n_moves, n_basins);
  }
  *totals = t;
  return BGEN_OK;
}

void bgen_totals_destroy(bgen_totals *totals)
{
  if (!totals) return;
  free(totals->tally);
  free(totals->n_works);
  free(totals);
}

void bgen_totals_copy(bgen_totals *to, const bgen_totals *from)
{
  assert(to->n_moves == from->n_moves && to->n_basins == from->n_basins);
  memcpy(to->count, from->count, sizeof to->count);
  memcpy(to->tally, from->tally, n_tallies(to) * sizeof *to->tally);
  memcpy(to->n_works, from->n_works, n_lists(to) * sizeof *to->n_works);
}

bgen_tally *bgen_totals_tally(const bgen_totals *totals, int move, int from, int to)
{
  const size_t n = totals->n_basins + 1;
  assert(move >= 0 && (size_t) move < totals->n_moves && from >= -1 && to >= -1);
  assert((size_t) (from + 1) < n && (size_t) (to + 1) < n);
  return &totals->tally[((size_t) move * n + (size_t) (from + 1)) * n + (size_t) (to + 1)];
}

size_t *bgen_totals_works(const bgen_totals *totals, int move, int a, int b)
{
  const size_t n = totals->n_basins;
  assert(move >= 0 && (size_t) move < totals->n_moves && a >= 0 && b >= 0);
  assert((size_t) a < n && (size_t) b < n);
  return &totals->n_works[((size_t) move * n + (size_t) a) * n + (size_t) b];
}

/* ---- sums ---- */

bgen_tally bgen_totals_sum(const bgen_totals *totals, bgen_jumps which)
{
  const size_t n = totals->n_basins + 1;
  bgen_tally whole = {0};
  for (size_t i = 0; i < n_tallies(totals); i++) {
    const bool between = i / n % n != i % n;
    if (which == BGEN_JUMPS_ALL || between == (which == BGEN_JUMPS_BETWEEN))
      whole = bgen_tally_sum(whole, totals->tally[i]);
  }
  return whole;
}

int64_t bgen_totals_attempts(const bgen_totals *totals)
{
  return bgen_totals_sum(totals, BGEN_JUMPS_ALL).attempts;
}

bgen_tally bgen_totals_of(const bgen_totals *totals, int move)
{
  const size_t n_each = (totals->n_basins + 1) * (totals->n_basins + 1);
  const bgen_tally *tally = bgen_totals_tally(totals, move, -1, -1);
  bgen_tally whole = {0};
  for (size_t i = 0; i < n_each; i++) whole = bgen_tally_sum(whole, tally[i]);
  return whole;
}
