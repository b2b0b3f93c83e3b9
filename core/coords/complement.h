/* SPDX-License-Identifier: MIT
   complement.h - an orthonormal basis of all vectors that are orthogonal to a few directions.

   B[dim][dim - n_directions] are the first columns of a product of Householder's reflections
   1 - 2 w w^T that maps each direction to one of the last coordinate axes (Golub and Van Loan,
   Matrix computations, 5.1).  Multiplying by it costs n_directions products of vectors, and it is
   the identity but for a matrix of low rank: coordinate j of the inside belongs nearly to
   coordinate j of the whole space. */
#ifndef BGEN_COORDS_COMPLEMENT_H
#define BGEN_COORDS_COMPLEMENT_H

#include <stddef.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_complement {
  size_t dim, n_inside; /* n_inside = dim - n_directions once all of them are excluded */
  size_t n_excluded;
  double *mirror; /* [dim - n_inside][dim], w of each direction */
} bgen_complement;

/* Of n_inside dimensions, once dim - n_inside directions have been excluded. */
bgen_status bgen_complement_create(size_t dim, size_t n_inside, bgen_complement *complement);
void bgen_complement_free(bgen_complement *complement);

/* Vectors must be orthogonal to direction[dim], which is orthogonal to those before, and not 0;
   direction is overwritten. */
void bgen_complement_exclude(bgen_complement *complement, double *direction);

/* inside[n_inside] = B^T v; v[dim] is overwritten. */
void bgen_complement_project(const bgen_complement *complement, double *v, double *inside);

/* v[dim] = B inside */
void bgen_complement_embed(const bgen_complement *complement, const double *inside, double *v);

#ifdef __cplusplus
}
#endif
#endif
