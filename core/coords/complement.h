/* SPDX-License-Identifier: MIT
   complement.h - an orthonormal basis of all vectors that are orthogonal to a few directions.

   B[dim][dim - n_directions] is Q^T without some columns, Q a product of Householder's reflections
   1 - 2 w w^T that maps each direction to a coordinate axis, its pivot (Golub and Van Loan, Matrix
   computations, 5.1).  Multiplying by it costs n_directions products of vectors, and it is the
   identity but for a matrix of low rank: what belongs to a coordinate of the whole space belongs
   nearly to one coordinate here. */
#ifndef BGEN_COORDS_COMPLEMENT_H
#define BGEN_COORDS_COMPLEMENT_H

#include <stddef.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BGEN_MOST_DIRECTIONS = 6 };

typedef struct bgen_complement {
  size_t dim, n_directions, capacity;
  size_t pivot[BGEN_MOST_DIRECTIONS];
  double *mirror;     /* [capacity][dim], w of each */
  size_t *coordinate; /* [dim - n_directions], ascending: all but the pivots */
} bgen_complement;

/* Of no direction yet, and of n_directions < dim at most. */
bgen_status bgen_complement_create(size_t dim, size_t n_directions, bgen_complement *complement);
void bgen_complement_free(bgen_complement *complement);

/* Vectors must be orthogonal to direction[dim], which is orthogonal to those before, and not 0;
   direction is overwritten. */
void bgen_complement_exclude(bgen_complement *complement, double *direction);

/* inside[dim - n_directions] = B^T v; v[dim] is overwritten. */
void bgen_complement_project(const bgen_complement *complement, double *v, double *inside);

/* v[dim] = B inside */
void bgen_complement_embed(const bgen_complement *complement, const double *inside, double *v);

#ifdef __cplusplus
}
#endif
#endif
