/* SPDX-License-Identifier: MIT
   mbar_overlap.h - what the solution of MBAR and its errors share: how much states overlap, and
   memory. */
#ifndef BGEN_ESTIMATE_MBAR_OVERLAP_H
#define BGEN_ESTIMATE_MBAR_OVERLAP_H

#include "estimate/mbar.h"

enum { BGEN_MBAR_BLOCK = 256 }; /* samples whose weights are at hand at a time */

typedef struct bgen_mbar_overlap {
  size_t n_free, *free_state; /* [n_free] states with samples that are not known */
  double *overlap;            /* [n_states][n_states] sum_n W_ni W_nj */
  double *matrix;             /* [n_free][n_free] second derivatives of L, see mbar.c */
  double *solved;             /* [n_free][n_free] right-hand sides and solutions */
  double *step, *start;       /* [n_free] of Newton, and where it starts */
  double *kept;               /* [n_states] f as it was given */
  double *in, *out, *row;     /* [n_states] flows of all samples; p of one */
  double *joined, *work;      /* [n_states], [n] of states that have found each other */
  double *block;              /* [BGEN_MBAR_BLOCK][n_states] W */
} bgen_mbar_overlap;

/* All arrays are 0 at first. */
bgen_status bgen_mbar_overlap_create(const bgen_mbar *m, bgen_mbar_overlap *w);
void bgen_mbar_overlap_free(bgen_mbar_overlap *w);

/* W_ni */
double bgen_mbar_weight(const bgen_mbar *m, size_t i, size_t sample);

/* Fills the block with the samples from first on; returns how many. */
size_t bgen_mbar_fill_block(const bgen_mbar *m, bgen_mbar_overlap *w, size_t first);

/* Fills overlap. */
void bgen_mbar_find_overlap(const bgen_mbar *m, bgen_mbar_overlap *w);

/* After find_overlap: rows[n_rows][n_free] become matrix^-1 of them. */
bgen_status bgen_mbar_solve_rows(const bgen_mbar *m, bgen_mbar_overlap *w, size_t n_rows,
                                 double *rows);

#endif
