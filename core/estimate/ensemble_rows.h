/* SPDX-License-Identifier: MIT
   ensemble_rows.h - which points of a basin an estimate is of, and in which state each was found:
   the inside of solution.h */
#ifndef BGEN_ESTIMATE_ENSEMBLE_ROWS_H
#define BGEN_ESTIMATE_ENSEMBLE_ROWS_H

#include "estimate/solution.h"

/* Rows stand in the order of the states that they are samples of, as bgen_mbar wants them. */
typedef struct bgen_rows {
  size_t n;
  size_t *point;   /* [n] number among the points of the basin */
  size_t *count;   /* [n_states] rows of each */
  bgen_runs *runs; /* [n_states] walkers of each */
  size_t *ends;    /* where the ends of all walkers are */
  double *work;    /* [n] of samples u + log q, of frames the negative, of other levels nothing */
} bgen_rows;

/* BGEN_NO_MEMORY alone; `rows` may be freed in any case. */
bgen_status bgen_rows_create(const bgen_ensemble *e, size_t k, const bgen_part *part,
                             bgen_rows *rows);
void bgen_rows_free(bgen_rows *rows);

size_t bgen_rows_first(const bgen_rows *rows, size_t state);

/* Reduced energies of all rows in all states: u[n_states][n]. */
void bgen_rows_energies(const bgen_ensemble *e, size_t k, const bgen_rows *rows, double *u);

#endif
