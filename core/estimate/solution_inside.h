/* SPDX-License-Identifier: MIT
   solution_inside.h - what a solution is made of, for solution.c and distribution.c */
#ifndef BGEN_ESTIMATE_SOLUTION_INSIDE_H
#define BGEN_ESTIMATE_SOLUTION_INSIDE_H

#include "estimate/ensemble_rows.h"
#include "estimate/mbar.h"
#include "estimate/split.h"

enum { BGEN_SOLUTION_SENTENCE = 512 };

/* of one basin at one temperature, relative to the flow of this temperature */
typedef struct bgen_found {
  bgen_estimate free_energy;
  double independent_error, overlap; /* overlap.h */
  bgen_spread frames;
} bgen_found;

typedef struct bgen_basin_solution {
  bgen_rows rows;
  bgen_mbar mbar;      /* where the flow of the first temperature has the free energy 0 */
  double *u;           /* [n_states][n] */
  double *free_energy; /* [n_states] */
  double *log_mixture; /* [n] */
  double *influence;   /* [n_states][n] */
  bgen_found *found;   /* [n_temperatures] */
  bgen_status status;  /* of MBAR; unless BGEN_OK, influence is 0 */
  char sentence[BGEN_SOLUTION_SENTENCE]; /* that goes with it */
  bgen_split split;
  size_t *in; /* [n] sub-state of each row; NULL: it is not split */
  bgen_sub_state *sub_state;
} bgen_basin_solution;

struct bgen_solution {
  const bgen_ensemble *ensemble;
  bgen_basin_solution *basin; /* [n_basins] */
};

/* F of a basin as that of the union of its sub-states. */
bgen_status bgen_solution_split_basin(const bgen_ensemble *e, size_t k, bgen_basin_solution *b);

#endif
