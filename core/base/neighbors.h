/* SPDX-License-Identifier: MIT
   neighbors.h - which sites of a crystal are next to each other: a plain table, which
   coords/site_neighbors.h makes and layers/local.h takes. */
#ifndef BGEN_BASE_NEIGHBORS_H
#define BGEN_BASE_NEIGHBORS_H

#include <stddef.h>

/* Sites that translations of the lattice map to each other are of one class, and have their
   neighbors in one order.  A site that is seen in several images is there as often. */
typedef struct bgen_neighbors {
  size_t n_sites, n_classes, n_neighbors;
  size_t *site_class; /* [n_sites] */
  size_t *neighbor;   /* [n_sites][n_neighbors], the nearest first */
} bgen_neighbors;

#endif
