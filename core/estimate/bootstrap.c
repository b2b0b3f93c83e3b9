/* SPDX-License-Identifier: MIT */
#include "estimate/bootstrap.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

enum { ENOUGH_RUNS = 24 }; /* their spread has an error of 15 % */

/* ---- one side: forward or reverse works ---- */

typedef struct side {
  const bgen_works *works;
  size_t n_runs;    /* to draw whole; 0: blocks */
  size_t block;     /* values in a block */
  double *drawn;    /* room for as many as may come */
  const size_t *in; /* sub-state of each, of a split; or NULL */
  size_t *drawn_in;
} side;

/* the run that holds value i */
static size_t run_of(const bgen_runs *runs, size_t i)
{
  size_t low = 0, high = runs->n - 1;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (i < runs->end[middle])
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void plan(side *s, const double *influence)
{
  const bgen_runs *runs = &s->works->runs;
  const double n = (double) s->works->n;
  const bgen_spread spread = bgen_spread_of_sum(s->works->n, influence, runs);
  size_t n_runs = 0;
  for (size_t r = 0; r < runs->n; r++) n_runs += bgen_run_length(runs, r) > 0;
  s->n_runs = spread.runs_differ || n_runs >= ENOUGH_RUNS ? n_runs : 0;
  const double g = spread.inefficiency;
  s->block = runs->n ? (size_t) ceil(fmax(4 * g, cbrt(n * g * g))) : 1;
}

static size_t room(const side *s)
{
  return s->n_runs ? s->n_runs * bgen_longest_run(&s->works->runs) : s->works->n;
}

static void take(const side *s, size_t i, size_t *n)
{
  if (s->in) s->drawn_in[*n] = s->in[i];
  s->drawn[(*n)++] = s->works->work[i];
}

static size_t draw_runs(const side *s, bgen_rng *rng)
{
  const bgen_runs *runs = &s->works->runs;
  size_t n = 0;
  for (size_t k = 1; k < s->n_runs; k++) {
    size_t r = 0;
    do r = (size_t) bgen_rng_below(rng, runs->n);
    while (bgen_run_length(runs, r) == 0);
    for (size_t i = bgen_run_begin(runs, r); i < runs->end[r]; i++) take(s, i, &n);
  }
  return n;
}

/* each value begins a block as often, and a block that reaches the end of its run goes on at its
   beginning */
static size_t draw_blocks(const side *s, bgen_rng *rng)
{
  const size_t n = s->works->n;
  const bgen_runs one = {1, &n}, *runs = s->works->runs.n ? &s->works->runs : &one;
  for (size_t filled = 0; filled < n;) {
    size_t i = (size_t) bgen_rng_below(rng, n);
    const size_t r = run_of(runs, i), length = bgen_run_length(runs, r);
    const size_t block = s->block < length ? s->block : length;
    for (size_t k = 0; k < block && filled < n; k++) {
      take(s, i++, &filled);
      if (i == runs->end[r]) i = bgen_run_begin(runs, r);
    }
  }
  return n;
}

/* without runs: only the value is asked of it */
static bgen_works draw(const side *s, bgen_rng *rng)
{
  const size_t n = s->n_runs ? draw_runs(s, rng) : draw_blocks(s, rng);
  return (bgen_works){n, s->drawn, {0, NULL}};
}

/* ---- one or two sides ---- */

typedef struct sides {
  size_t n; /* 1: FEP, 2: BAR, or of a split */
  side side[2];
  size_t n_sub; /* 0: no split */
  bgen_sub_state *sub;
} sides;

static bgen_status estimate_split(const sides *s, const bgen_split *split, bgen_estimate *estimate)
{
  const bgen_status status = bgen_split_estimate(split, s->sub, estimate);
  if (!status && isnan(estimate->value))
    return bgen_fail(BGEN_NOT_FINITE, "none of %zu sub-states has a free energy", s->n_sub);
  return status;
}

static bgen_split split_of(const sides *s)
{
  return (bgen_split){s->n_sub, *s->side[0].works, *s->side[1].works, s->side[0].in, s->side[1].in};
}

static bgen_status estimate_of(const sides *s, bgen_estimate *estimate)
{
  const bgen_split split = split_of(s);
  if (s->n_sub) return estimate_split(s, &split, estimate);
  return s->n == 1 ? bgen_estimate_fep(&split.forward, estimate)
                   : bgen_estimate_bar(&split.forward, &split.reverse, estimate);
}

/* of works drawn anew */
static bgen_status estimate_again(const sides *s, bgen_rng *rng, bgen_estimate *estimate)
{
  sides again = *s;
  bgen_works drawn[2];
  for (size_t i = 0; i < s->n; i++) {
    drawn[i] = draw(&s->side[i], rng);
    again.side[i].works = &drawn[i];
    again.side[i].in = s->side[i].drawn_in;
  }
  return estimate_of(&again, estimate);
}

static bgen_status repeat(const sides *s, size_t n_repeats, uint64_t seed, double *error)
{
  double mean = 0, squares = 0;
  for (size_t k = 0; k < n_repeats; k++) {
    bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_BOOTSTRAP, k);
    bgen_estimate one;
    const bgen_status status = estimate_again(s, &rng, &one);
    if (status == BGEN_NOT_FINITE) { /* they do not reach each other any more */
      *error = INFINITY;
      return BGEN_OK;
    }
    if (status) return status;
    const double step = one.value - mean;
    mean += step / (double) (k + 1);
    squares += step * (one.value - mean);
  }
  *error = sqrt(squares / (double) (n_repeats - 1));
  return BGEN_OK;
}

static bgen_status influence_of(const sides *s, double free_energy, double *influence)
{
  const bgen_split split = split_of(s);
  if (s->n_sub) return bgen_split_influence(&split, s->sub, influence);
  if (s->n == 1)
    bgen_fep_influence(&split.forward, free_energy, influence);
  else
    bgen_bar_influence(&split.forward, &split.reverse, free_energy, influence);
  return BGEN_OK;
}

/* its plan, and room for what is drawn */
static bgen_status prepare(side *s, const double *influence)
{
  plan(s, influence);
  const size_t n = room(s);
  assert(n > 0);
  s->drawn = malloc(n * sizeof *s->drawn);
  if (s->in) s->drawn_in = malloc(n * sizeof *s->drawn_in);
  return s->drawn && (!s->in || s->drawn_in)
             ? BGEN_OK
             : bgen_fail(BGEN_NO_MEMORY, "no memory to draw %zu works anew", n);
}

/* the influence of each side tells how it is to be drawn */
static bgen_status plan_sides(sides *s, double free_energy)
{
  const size_t n = s->side[0].works->n, both = n + (s->n > 1 ? s->side[1].works->n : 0);
  double *influence = calloc(both, sizeof *influence);
  bgen_status status = influence ? influence_of(s, free_energy, influence)
                                 : bgen_fail(BGEN_NO_MEMORY, "no memory for %zu works", both);
  if (!status) status = prepare(&s->side[0], influence);
  if (!status && s->n > 1) status = prepare(&s->side[1], influence + n);
  free(influence);
  return status;
}

static bgen_status bootstrap(sides *s, size_t n_repeats, uint64_t seed, bgen_estimate *estimate)
{
  bgen_estimate whole;
  double error = 0;
  assert(n_repeats >= 2);
  bgen_status status = estimate_of(s, &whole);
  if (!status) status = plan_sides(s, whole.value);
  if (!status) status = repeat(s, n_repeats, seed, &error);
  if (!status) *estimate = (bgen_estimate){whole.value, isinf(whole.error) ? INFINITY : error};
  for (size_t i = 0; i < 2; i++) free(s->side[i].drawn), free(s->side[i].drawn_in);
  return status;
}

bgen_status bgen_bootstrap_fep(const bgen_works *forward, size_t n_repeats, uint64_t seed,
                               bgen_estimate *estimate)
{
  sides s = {.n = 1, .side = {{.works = forward}, {.works = forward}}};
  return bootstrap(&s, n_repeats, seed, estimate);
}

bgen_status bgen_bootstrap_bar(const bgen_works *forward, const bgen_works *reverse,
                               size_t n_repeats, uint64_t seed, bgen_estimate *estimate)
{
  sides s = {.n = 2, .side = {{.works = forward}, {.works = reverse}}};
  return bootstrap(&s, n_repeats, seed, estimate);
}

bgen_status bgen_bootstrap_split(const bgen_split *split, size_t n_repeats, uint64_t seed,
                                 bgen_estimate *estimate)
{
  sides s = {.n = 2,
             .side = {{.works = &split->forward, .in = split->sample_in},
                      {.works = &split->reverse, .in = split->frame_in}},
             .n_sub = split->n,
             .sub = malloc(split->n * sizeof *s.sub)};
  const bgen_status status = s.sub ? bootstrap(&s, n_repeats, seed, estimate)
                                   : bgen_fail(BGEN_NO_MEMORY, "no memory to split works");
  free(s.sub);
  return status;
}
