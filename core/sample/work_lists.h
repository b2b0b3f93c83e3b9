/* SPDX-License-Identifier: MIT
   work_lists.h - works of the moves of a chain, from each basin a to each other one b.

   Each attempt from a gives one work to the list of every b: its own where it led to b, +INFINITY
   where it did not.  Then the works from a to b and from b to a meet Crooks' relation whatever the
   basins are, and BAR of the two lists is exact. */
#ifndef BGEN_SAMPLE_WORK_LISTS_H
#define BGEN_SAMPLE_WORK_LISTS_H

#include "base/api.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

typedef struct bgen_work_list {
  size_t n, capacity;
  double *work;         /* [n] finite or +INFINITY, in order of time */
  size_t n_ends, *ends; /* bgen_runs.end of the chains that they are of; 0: of one */
} bgen_work_list;

/* Members are to be read. */
typedef struct bgen_work_lists {
  size_t n_moves, n_basins;
  size_t most;          /* works in a list: later ones are not kept */
  bgen_work_list *list; /* [n_moves][n_basins][n_basins] */
} bgen_work_lists;

bgen_status bgen_work_lists_create(size_t n_moves, size_t n_basins, bgen_work_lists **lists);
void bgen_work_lists_destroy(bgen_work_lists *lists); /* NULL is fine */

void bgen_work_lists_clear(bgen_work_lists *lists);

/* One attempt from basin `from` >= 0 to `to`, -1 for none.  A work that is not finite arrives
   nowhere. */
bgen_status bgen_work_lists_add(bgen_work_lists *lists, int move, int from, int to, double work);

bgen_work_list *bgen_work_lists_of(const bgen_work_lists *lists, int move, int a, int b);

/* All works of one more chain come behind those of the others, as a run of their own.  Both are of
   as many moves and basins. */
bgen_status bgen_work_lists_append(bgen_work_lists *lists, const bgen_work_lists *of_chain);

/* Room for n works in all. */
bgen_status bgen_work_list_reserve(bgen_work_list *list, size_t n);

/* The same for an estimator, a run in time for each chain; valid until the list changes. */
bgen_works bgen_work_list_in_time(const bgen_work_list *list);

/* Mean and standard deviation of the finite ones: NaN of none, or of one. */
void bgen_works_moments(size_t n, const double *work, double *mean, double *deviation);

/* F(b) - F(a) in kT by BAR of the works of a move both ways; a status where they do not tell. */
bgen_status bgen_work_lists_difference(const bgen_work_lists *lists, int move, int a, int b,
                                       bgen_estimate *estimate);

BGEN_API_END
#endif
