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
  size_t n_runs; /* to draw whole; 0: blocks */
  size_t block;  /* values in a block */
  double *drawn; /* room for as many as may come */
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

static size_t draw_runs(side *s, bgen_rng *rng)
{
  const bgen_runs *runs = &s->works->runs;
  size_t n = 0;
  for (size_t k = 1; k < s->n_runs; k++) {
    size_t r = 0;
    do r = (size_t) bgen_rng_below(rng, runs->n);
    while (bgen_run_length(runs, r) == 0);
    for (size_t i = bgen_run_begin(runs, r); i < runs->end[r]; i++)
      s->drawn[n++] = s->works->work[i];
  }
  return n;
}

/* each value begins a block as often, and a block that reaches the end of its run goes on at its
   beginning */
static size_t draw_blocks(side *s, bgen_rng *rng)
{
  const size_t n = s->works->n;
  const bgen_runs one = {1, &n}, *runs = s->works->runs.n ? &s->works->runs : &one;
  for (size_t filled = 0; filled < n;) {
    size_t i = (size_t) bgen_rng_below(rng, n);
    const size_t r = run_of(runs, i), length = bgen_run_length(runs, r);
    const size_t block = s->block < length ? s->block : length;
    for (size_t k = 0; k < block && filled < n; k++) {
      s->drawn[filled++] = s->works->work[i++];
      if (i == runs->end[r]) i = bgen_run_begin(runs, r);
    }
  }
  return n;
}

/* without runs: only the value is asked of it */
static bgen_works draw(side *s, bgen_rng *rng)
{
  const size_t n = s->n_runs ? draw_runs(s, rng) : draw_blocks(s, rng);
  return (bgen_works){n, s->drawn, {0, NULL}};
}

/* ---- one or two sides ---- */

static bgen_status estimate_of(size_t n_sides, const bgen_works *works, bgen_estimate *estimate)
{
  return n_sides == 1 ? bgen_estimate_fep(&works[0], estimate)
                      : bgen_estimate_bar(&works[0], &works[1], estimate);
}

static bgen_status repeat(size_t n_sides, side *sides, size_t n_repeats, uint64_t seed,
                          double *error)
{
  double mean = 0, squares = 0;
  for (size_t k = 0; k < n_repeats; k++) {
    bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_BOOTSTRAP, k);
    bgen_works drawn[2];
    bgen_estimate one;
    for (size_t s = 0; s < n_sides; s++) drawn[s] = draw(&sides[s], &rng);
    const bgen_status status = estimate_of(n_sides, drawn, &one);
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

/* the influence of each side tells how it is to be drawn */
static bgen_status plan_sides(size_t n_sides, const bgen_works *works, double free_energy,
                              side *sides)
{
  const size_t n = works[0].n + (n_sides > 1 ? works[1].n : 0);
  double *influence = malloc(n * sizeof *influence);
  bool full = influence != NULL;
  if (full && n_sides == 1) bgen_fep_influence(&works[0], free_energy, influence);
  if (full && n_sides == 2) bgen_bar_influence(&works[0], &works[1], free_energy, influence);
  for (size_t s = 0; full && s < n_sides; s++) {
    plan(&sides[s], influence + (s ? works[0].n : 0));
    const size_t n_room = room(&sides[s]);
    assert(n_room > 0);
    sides[s].drawn = malloc(n_room * sizeof *sides[s].drawn);
    full = sides[s].drawn != NULL;
  }
  free(influence);
  return full ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory to draw %zu works anew", n);
}

static bgen_status bootstrap(size_t n_sides, const bgen_works *works, size_t n_repeats,
                             uint64_t seed, bgen_estimate *estimate)
{
  side sides[2] = {{.works = &works[0]}, {.works = &works[n_sides - 1]}};
  bgen_estimate whole;
  double error = 0;
  assert(n_repeats >= 2);
  bgen_status status = estimate_of(n_sides, works, &whole);
  if (!status) status = plan_sides(n_sides, works, whole.value, sides);
  if (!status) status = repeat(n_sides, sides, n_repeats, seed, &error);
  if (!status) *estimate = (bgen_estimate){whole.value, isinf(whole.error) ? INFINITY : error};
  free(sides[0].drawn), free(sides[1].drawn);
  return status;
}

bgen_status bgen_bootstrap_fep(const bgen_works *forward, size_t n_repeats, uint64_t seed,
                               bgen_estimate *estimate)
{
  return bootstrap(1, forward, n_repeats, seed, estimate);
}

bgen_status bgen_bootstrap_bar(const bgen_works *forward, const bgen_works *reverse,
                               size_t n_repeats, uint64_t seed, bgen_estimate *estimate)
{
  return bootstrap(2, (const bgen_works[]){*forward, *reverse}, n_repeats, seed, estimate);
}
