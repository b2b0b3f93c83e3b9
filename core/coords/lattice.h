/* SPDX-License-Identifier: MIT
   lattice.h - the vectors by which a periodic box repeats, in the shortest form they have, and what
   turns and mirrors the lattice onto itself.

   Vectors have three components here; those beyond n_space are 0. */
#ifndef BGEN_COORDS_LATTICE_H
#define BGEN_COORDS_LATTICE_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "coords/images.h"

BGEN_API_BEGIN

/* The vectors by which a box repeats; 0 of them: it does not, and what is in it is a free body. */
typedef struct bgen_lattice {
  size_t n_vectors;
  double vector[9]; /* [n_vectors][n_space] */
} bgen_lattice;

/* of a box, in the first n_space components */
bgen_lattice bgen_lattice_of(const bgen_cell *cell, size_t n_space);

BGEN_API_END

#ifdef __cplusplus
extern "C" {
#endif

/* Three edges: of the lattice, as short as can be, then others that complete them. */
typedef struct bgen_cell_edges {
  size_t n_space, n_periodic;
  double edge[9];    /* [edge][component] */
  double inverse[9]; /* [component][edge]: fractions of edges are x inverse */
} bgen_cell_edges;

/* BGEN_BAD_INPUT where the vectors depend on each other, or there are more than n_space. */
bgen_status bgen_cell_edges_find(size_t n_space, const bgen_lattice *lattice,
                                 bgen_cell_edges *cell);

enum { BGEN_MOST_LATTICE_POINTS = 48 };

/* All orthogonal matrix[][3][3] that map the lattice to itself, the identity first; how many.
   Directions in which the box does not repeat are kept or turned over. */
size_t bgen_cell_point_group(const bgen_cell_edges *cell, double matrix[][9]);

#ifdef __cplusplus
}
#endif
#endif
