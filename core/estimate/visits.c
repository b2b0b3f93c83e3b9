/* SPDX-License-Identifier: MIT */
#include "estimate/visits.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "estimate/overlap.h"

enum {
  LEAST_BLOCKS = 8,    /* fewer say little about their spread */
  MANY_CROSSINGS = 100 /* of which blocks, each a time of correlation or more, say all */
};

size_t bgen_visits_words(size_t n_states)
{
  return (BGEN_VISITS_BLOCKS + n_states + 1) * n_states;
}

bgen_visits bgen_visits_begin(size_t n, uint64_t *words)
{
  uint64_t *crossings = words + BGEN_VISITS_BLOCKS * n;
  memset(words, 0, bgen_visits_words(n) * sizeof *words);
  return (bgen_visits){n, words, 1, 0, crossings, crossings + n * n};
}

static void merge_neighbours(bgen_visits *p)
{
  const size_t n = p->n_states;
  for (size_t b = 0; b < BGEN_VISITS_BLOCKS / 2; b++)
    for (size_t k = 0; k < n; k++)
      p->visits[b * n + k] = p->visits[2 * b * n + k] + p->visits[(2 * b + 1) * n + k];
  for (size_t i = BGEN_VISITS_BLOCKS / 2 * n; i < BGEN_VISITS_BLOCKS * n; i++) p->visits[i] = 0;
  p->length *= 2;
}

/* from all states that were visited since the last time */
static void count_crossings(bgen_visits *p, size_t state)
{
  for (size_t from = 0; from < p->n_states; from++)
    if (p->last[from] > p->last[state]) p->crossings[from * p->n_states + state]++;
  p->last[state] = p->n + 1;
}

void bgen_visits_other_chain(bgen_visits *p)
{
  memset(p->last, 0, p->n_states * sizeof *p->last);
}

void bgen_visits_add(bgen_visits *p, size_t state)
{
  if (p->n == BGEN_VISITS_BLOCKS * p->length) merge_neighbours(p);
  if (state < p->n_states) {
    p->visits[p->n / p->length * p->n_states + state]++;
    count_crossings(p, state);
  }
  p->n++;
}

uint64_t bgen_visits_crossings(const bgen_visits *p, size_t a, size_t b)
{
  return p->crossings[a * p->n_states + b] + p->crossings[b * p->n_states + a];
}

static double sum(const bgen_visits *p, size_t state, size_t first, size_t n_blocks)
{
  double visits = 0;
  for (size_t b = first; b < first + n_blocks; b++)
    visits += (double) p->visits[b * p->n_states + state];
  return visits;
}

uint64_t bgen_visits_of(const bgen_visits *p, size_t state)
{
  return (uint64_t) sum(p, state, 0, BGEN_VISITS_BLOCKS);
}

/* of ln n_b - ln n_a = ln sum_i b_i - ln sum_i a_i over blocks i: to first order the sum of b_i /
   n_b - a_i / n_a, whose mean is zero (infinitesimal jackknife); `merged` blocks count as one */
static double variance(const bgen_visits *p, size_t a, size_t b, size_t merged)
{
  const size_t n = (size_t) (p->n / p->length) / merged;
  const double n_a = sum(p, a, 0, n * merged), n_b = sum(p, b, 0, n * merged);
  if (n < LEAST_BLOCKS || n_a == 0 || n_b == 0) return 0;
  double squares = 0;
  for (size_t i = 0; i < n; i++) {
    const double change = sum(p, b, i * merged, merged) / n_b - sum(p, a, i * merged, merged) / n_a;
    squares += change * change;
  }
  return squares * (double) n / (double) (n - 1);
}

static double error_of(const bgen_visits *p, size_t a, size_t b, double n_a, double n_b)
{
  const double crossings = (double) bgen_visits_crossings(p, a, b);
  double most = fmax(variance(p, a, b, 1), variance(p, a, b, 2));
  if (crossings < MANY_CROSSINGS) most = fmax(most, 4 / crossings - 1 / n_a - 1 / n_b);
  return bgen_error_by_overlap(most > 0 ? sqrt(most) : INFINITY, crossings / 4);
}

bgen_status bgen_visits_difference(const bgen_visits *p, size_t a, size_t b,
                                   bgen_estimate *estimate)
{
  assert(a < p->n_states && b < p->n_states && a != b);
  const double n_a = sum(p, a, 0, BGEN_VISITS_BLOCKS), n_b = sum(p, b, 0, BGEN_VISITS_BLOCKS);
  if (n_a == 0 || n_b == 0 || p->n < LEAST_BLOCKS)
    return bgen_fail(BGEN_NOT_FINITE, "%.0f and %.0f visits in %.0f attempts are too few", n_a, n_b,
                     (double) p->n);
  *estimate = (bgen_estimate){-log(n_b / n_a), error_of(p, a, b, n_a, n_b)};
  return BGEN_OK;
}
