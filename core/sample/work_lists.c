/* SPDX-License-Identifier: MIT */
#include "sample/work_lists.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t MOST_WORKS = (size_t) 1 << 20; /* in a list, and */
static const size_t ALL_WORKS = (size_t) 1 << 27;  /* in all: LAMMPS keeps at most 2 GiB of a fix */

static size_t n_lists(const bgen_work_lists *lists)
{
  return lists->n_moves * lists->n_basins * lists->n_basins;
}

static size_t most_works(size_t n)
{
  const size_t share = ALL_WORKS / (n ? n : 1);
  return share < MOST_WORKS ? share : MOST_WORKS;
}

bgen_status bgen_work_lists_create(size_t n_moves, size_t n_basins, bgen_work_lists **lists)
{
  bgen_work_lists *l = malloc(sizeof *l);
  if (!l) return bgen_fail(BGEN_NO_MEMORY, "no memory for lists of works");
  *l = (bgen_work_lists){.n_moves = n_moves, .n_basins = n_basins};
  l->most = most_works(n_lists(l));
  l->list = calloc(n_lists(l) + 1, sizeof *l->list);
  if (!l->list) {
    free(l);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for works of %zu moves between %zu basins", n_moves,
                     n_basins);
  }
  *lists = l;
  return BGEN_OK;
}

void bgen_work_lists_destroy(bgen_work_lists *lists)
{
  if (!lists) return;
  for (size_t i = 0; i < n_lists(lists); i++) free(lists->list[i].work), free(lists->list[i].ends);
  free(lists->list);
  free(lists);
}

void bgen_work_lists_clear(bgen_work_lists *lists)
{
  for (size_t i = 0; i < n_lists(lists); i++) lists->list[i].n = lists->list[i].n_ends = 0;
}

bgen_work_list *bgen_work_lists_of(const bgen_work_lists *lists, int move, int a, int b)
{
  const size_t n = lists->n_basins;
  assert(move >= 0 && (size_t) move < lists->n_moves && a >= 0 && b >= 0);
  assert((size_t) a < n && (size_t) b < n);
  return &lists->list[((size_t) move * n + (size_t) a) * n + (size_t) b];
}

bgen_status bgen_work_list_reserve(bgen_work_list *list, size_t n)
{
  if (n <= list->capacity) return BGEN_OK;
  size_t capacity = list->capacity ? 2 * list->capacity : 64;
  if (capacity < n) capacity = n;
  double *grown = realloc(list->work, capacity * sizeof *grown);
  if (!grown) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu works", capacity);
  list->work = grown, list->capacity = capacity;
  return BGEN_OK;
}

/* all lists from a basin have the same length */
static bgen_status reserve_next(bgen_work_lists *lists, int move, int from)
{
  bgen_status status = BGEN_OK;
  for (int to = 0; !status && (size_t) to < lists->n_basins; to++) {
    bgen_work_list *list = bgen_work_lists_of(lists, move, from, to);
    if (to != from && list->n < lists->most) status = bgen_work_list_reserve(list, list->n + 1);
  }
  return status;
}

bgen_status bgen_work_lists_add(bgen_work_lists *lists, int move, int from, int to, double work)
{
  const bgen_status status = reserve_next(lists, move, from);
  if (status) return status;
  for (int b = 0; (size_t) b < lists->n_basins; b++) {
    bgen_work_list *list = bgen_work_lists_of(lists, move, from, b);
    if (b == from || list->n >= lists->most) continue;
    list->work[list->n++] = b == to && isfinite(work) ? work : INFINITY;
  }
  return BGEN_OK;
}

bgen_works bgen_work_list_in_time(const bgen_work_list *list)
{
  const bgen_runs one = {1, &list->n}, several = {list->n_ends, list->ends};
  return (bgen_works){list->n, list->work, list->n_ends ? several : one};
}

static bgen_status append(bgen_work_list *list, const bgen_work_list *more, size_t most)
{
  const size_t room = most - list->n, n_more = more->n < room ? more->n : room;
  if (n_more == 0) return BGEN_OK;
  const bgen_status status = bgen_work_list_reserve(list, list->n + n_more);
  if (status) return status;
  size_t *ends = realloc(list->ends, (list->n_ends + 1) * sizeof *ends);
  if (!ends) return bgen_fail(BGEN_NO_MEMORY, "no memory for works of %zu chains", list->n_ends);
  memcpy(list->work + list->n, more->work, n_more * sizeof *list->work);
  list->n += n_more;
  list->ends = ends;
  list->ends[list->n_ends++] = list->n;
  return BGEN_OK;
}

bgen_status bgen_work_lists_append(bgen_work_lists *lists, const bgen_work_lists *of_chain)
{
  bgen_status status = BGEN_OK;
  assert(lists->n_moves == of_chain->n_moves && lists->n_basins == of_chain->n_basins);
  for (size_t i = 0; !status && i < n_lists(lists); i++)
    status = append(&lists->list[i], &of_chain->list[i], lists->most);
  return status;
}

void bgen_works_moments(size_t n, const double *work, double *mean, double *deviation)
{
  size_t n_finite = 0;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(work[i])) sum += work[i], n_finite++;
  *mean = n_finite ? sum / (double) n_finite : NAN;
  for (size_t i = 0; i < n; i++)
    if (isfinite(work[i])) squares += (work[i] - *mean) * (work[i] - *mean);
  *deviation = n_finite > 1 ? sqrt(squares / (double) (n_finite - 1)) : NAN;
}

bgen_status bgen_work_lists_difference(const bgen_work_lists *lists, int move, int a, int b,
                                       bgen_estimate *estimate)
{
  const bgen_works forward = bgen_work_list_in_time(bgen_work_lists_of(lists, move, a, b)),
                   reverse = bgen_work_list_in_time(bgen_work_lists_of(lists, move, b, a));
  return bgen_estimate_bar(&forward, &reverse, estimate);
}
