/* SPDX-License-Identifier: MIT */
#include "estimate/ensemble_rows.h"

#include <math.h>
#include <stdlib.h>

void bgen_rows_free(bgen_rows *rows)
{
  free(rows->point);
  free(rows->count);
  free(rows->runs);
  free(rows->ends);
  free(rows->work);
}

/* 0 bytes are no failure */
static void *room_for(size_t n, size_t size)
{
  return calloc(n ? n : 1, size);
}

/* as much as the whole of the points would take */
static bgen_status make_room(const bgen_ensemble *e, size_t k, bgen_rows *rows)
{
  const bgen_basin_points *points = &e->points[k];
  const size_t n_states = bgen_ensemble_n_states(e);
  size_t n_walkers = 0;
  for (size_t l = 0; l < e->n_levels; l++) n_walkers += points->frames[l].walkers.n;
  *rows = (bgen_rows){.point = room_for(points->n, sizeof *rows->point),
                      .count = room_for(n_states, sizeof *rows->count),
                      .runs = room_for(n_states, sizeof *rows->runs),
                      .ends = room_for(n_walkers, sizeof *rows->ends),
                      .work = room_for(points->n, sizeof *rows->work)};
  if (rows->point && rows->count && rows->runs && rows->ends && rows->work) return BGEN_OK;
  return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu points of an ensemble", points->n);
}

/* ---- which points ---- */

/* of n that follow each other, the first */
static size_t first_of(size_t n, double fraction)
{
  return (size_t) ceil(fraction * (double) n);
}

static void add_points(bgen_rows *rows, size_t first, size_t n)
{
  for (size_t i = 0; i < n; i++) rows->point[rows->n++] = first + i;
}

static void add_samples(const bgen_group *samples, double fraction, size_t state, bgen_rows *rows)
{
  rows->count[state] = first_of(samples->n, fraction);
  add_points(rows, samples->first, rows->count[state]);
}

/* the first of each walker; their ends, as many as there are walkers, to `ends` */
static void add_frames(const bgen_group *frames, double fraction, size_t state, size_t *ends,
                       bgen_rows *rows)
{
  const size_t begin = rows->n;
  for (size_t r = 0; r < frames->walkers.n; r++) {
    add_points(rows, frames->first + bgen_run_begin(&frames->walkers, r),
               first_of(bgen_run_length(&frames->walkers, r), fraction));
    ends[r] = rows->n - begin;
  }
  rows->count[state] = rows->n - begin;
  rows->runs[state] = (bgen_runs){frames->walkers.n, ends};
}

/* of the works between frames and the flow nearest in temperature, which is the first where there
   is none of theirs */
static bgen_status inefficiency_of(const bgen_ensemble *e, size_t k, size_t level, double *g)
{
  const bgen_group *frames = &e->points[k].frames[level];
  double *work = room_for(frames->n, sizeof *work);
  if (!work) return bgen_fail(BGEN_NO_MEMORY, "no memory for works of %zu frames", frames->n);
  for (size_t i = 0; i < frames->n; i++)
    work[i] = bgen_ensemble_work(e, level < e->n_temperatures ? level : 0, k, frames->first + i);
  *g = bgen_statistical_inefficiency(frames->n, work, &frames->walkers);
  free(work);
  return BGEN_OK;
}

/* of the rows of the last state only every g-th of each walker */
static bgen_status thin(double g, size_t state, size_t *ends, bgen_rows *rows)
{
  const size_t n = rows->count[state], begin = rows->n - n, n_runs = rows->runs[state].n;
  size_t *index = room_for(n + n_runs, sizeof *index), *thin_ends = index + n;
  if (!index) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu frames", n);
  const size_t n_kept = bgen_subsample(&rows->runs[state], g, index, thin_ends);
  for (size_t i = 0; i < n_kept; i++) rows->point[begin + i] = rows->point[begin + index[i]];
  for (size_t r = 0; r < n_runs; r++) ends[r] = thin_ends[r];
  free(index);
  rows->count[state] = n_kept;
  rows->n = begin + n_kept;
  return BGEN_OK;
}

static bgen_status add_level(const bgen_ensemble *e, size_t k, const bgen_part *part, size_t level,
                             size_t *ends, bgen_rows *rows)
{
  const bgen_group *frames = &e->points[k].frames[level];
  const size_t state = e->n_temperatures + level;
  double g = 1;
  add_frames(frames, part->fraction, state, ends, rows);
  if (!part->decorrelated || frames->n == 0) return BGEN_OK;
  const bgen_status status = inefficiency_of(e, k, level, &g);
  return status ? status : thin(g, state, ends, rows);
}

static void fill_works(const bgen_ensemble *e, size_t k, size_t state, size_t t, double sign,
                       bgen_rows *rows)
{
  const size_t first = bgen_rows_first(rows, state);
  for (size_t row = first; row < first + rows->count[state]; row++) {
    const double work = bgen_ensemble_work(e, t, k, rows->point[row]);
    rows->work[row] = isfinite(work) ? sign * work : INFINITY;
  }
}

bgen_status bgen_rows_create(const bgen_ensemble *e, size_t k, const bgen_part *part,
                             bgen_rows *rows)
{
  const bgen_basin_points *points = &e->points[k];
  bgen_status status = make_room(e, k, rows);
  if (status) return status;
  size_t *ends = rows->ends;
  for (size_t t = 0; t < e->n_temperatures; t++)
    add_samples(&points->samples[t], part->fraction, t, rows);
  for (size_t l = 0; l < e->n_levels && !status; ends += points->frames[l++].walkers.n)
    status = add_level(e, k, part, l, ends, rows);
  for (size_t t = 0; t < e->n_temperatures && !status; t++) {
    fill_works(e, k, t, t, +1, rows);
    fill_works(e, k, e->n_temperatures + t, t, -1, rows);
  }
  return status;
}

size_t bgen_rows_first(const bgen_rows *rows, size_t state)
{
  size_t first = 0;
  for (size_t i = 0; i < state; i++) first += rows->count[i];
  return first;
}

/* ---- energies ---- */

void bgen_rows_energies(const bgen_ensemble *e, size_t k, const bgen_rows *rows, double *u)
{
  for (size_t row = 0; row < rows->n; row++)
    bgen_ensemble_energies(e, k, rows->point[row], rows->n, u + row);
}
