/* SPDX-License-Identifier: MIT */
#include "estimate/visits.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/overlap.h"
#include "estimate/uncertainty.h"

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

/* ---- the difference ---- */

typedef struct pair {
  size_t n_chains;
  const bgen_visits *chain;
  size_t a, b;
  uint64_t length; /* of the blocks of the longest chain */
} pair;

static double sum_of_all(const pair *p, size_t state)
{
  double visits = 0;
  for (size_t c = 0; c < p->n_chains; c++)
    visits += sum(&p->chain[c], state, 0, BGEN_VISITS_BLOCKS);
  return visits;
}

/* What blocks, `merged` of the longest chain being one, contribute to ln n_b - ln n_a = ln sum_i
   b_i - ln sum_i a_i: to first order b_i / n_b - a_i / n_a (infinitesimal jackknife), whose sum is
   zero.  change[.]; end[n_chains] as in bgen_runs; returns how many: 0 where they say nothing. */
static size_t changes(const pair *p, size_t merged, double *change, size_t *end)
{
  double n_a = 0, n_b = 0;
  size_t n = 0;
  for (size_t c = 0; c < p->n_chains; c++) {
    const bgen_visits *of = &p->chain[c];
    const size_t each = merged * (size_t) (p->length / of->length),
                 whole = (size_t) (of->n / of->length) / each;
    n_a += sum(of, p->a, 0, whole * each), n_b += sum(of, p->b, 0, whole * each);
    end[c] = n += whole;
  }
  if (n < LEAST_BLOCKS || n_a == 0 || n_b == 0) return 0;
  for (size_t c = 0, i = 0; c < p->n_chains; c++) {
    const size_t each = merged * (size_t) (p->length / p->chain[c].length);
    for (size_t first = 0; i < end[c]; i++, first += each)
      change[i] =
          sum(&p->chain[c], p->b, first, each) / n_b - sum(&p->chain[c], p->a, first, each) / n_a;
  }
  return n;
}

/* of their sum, were they independent */
static double variance(size_t n, const double *change)
{
  double squares = 0;
  for (size_t i = 0; i < n; i++) squares += change[i] * change[i];
  return n ? squares * (double) n / (double) (n - 1) : 0;
}

/* of the sum over blocks, with memory for them */
static double largest_variance(const pair *p, double *change, size_t *end)
{
  const double of_pairs = variance(changes(p, 2, change, end), change);
  const size_t n = changes(p, 1, change, end);
  const double most = fmax(of_pairs, variance(n, change));
  if (p->n_chains == 1 || n == 0) return most;
  const bgen_runs runs = {p->n_chains, end};
  const bgen_spread spread = bgen_spread_of_sum(n, change, &runs);
  return spread.runs_differ ? fmax(most, spread.variance) : most;
}

static bgen_status error_of(const pair *p, double n_a, double n_b, double *error)
{
  double *change = malloc(p->n_chains * BGEN_VISITS_BLOCKS * sizeof *change);
  size_t *end = malloc(p->n_chains * sizeof *end);
  const bool has_memory = change && end;
  double crossings = 0, most = has_memory ? largest_variance(p, change, end) : NAN;
  free(change), free(end);
  if (!has_memory)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for visits of %zu chains", p->n_chains);
  for (size_t c = 0; c < p->n_chains; c++)
    crossings += (double) bgen_visits_crossings(&p->chain[c], p->a, p->b);
  if (crossings < MANY_CROSSINGS) most = fmax(most, 4 / crossings - 1 / n_a - 1 / n_b);
  *error = bgen_error_by_overlap(most > 0 ? sqrt(most) : INFINITY, crossings / 4);
  return BGEN_OK;
}

bgen_status bgen_visits_difference(size_t n_chains, const bgen_visits *visits, size_t a, size_t b,
                                   bgen_estimate *estimate)
{
  pair p = {n_chains, visits, a, b, 1};
  uint64_t n = 0;
  for (size_t c = 0; c < n_chains; c++) {
    assert(a < visits[c].n_states && b < visits[c].n_states && a != b);
    if (visits[c].length > p.length) p.length = visits[c].length;
    n += visits[c].n;
  }
  const double n_a = sum_of_all(&p, a), n_b = sum_of_all(&p, b);
  if (n_a == 0 || n_b == 0 || n < LEAST_BLOCKS)
    return bgen_fail(BGEN_NOT_FINITE, "%.0f and %.0f visits in %.0f attempts are too few", n_a, n_b,
                     (double) n);
  estimate->value = -log(n_b / n_a);
  return error_of(&p, n_a, n_b, &estimate->error);
}
