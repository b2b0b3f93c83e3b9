/* SPDX-License-Identifier: MIT
   site_neighbors.h - the neighbors of the sites of a crystal, in an order that its translations
   keep.

   One site of each class is looked at: its neighbors are ordered by distance, and those of one
   distance by their direction (z, then y, then x), with a tolerance.  The translations take this
   order to the other sites of the class, so that noise of the sites cannot break it.  Classes are
   ordered by the kinds of their sites and by where their neighbors are, which does not depend on
   how sites are numbered: a larger box of the same crystal has the same classes and neighbors.

   Neighbors are images of sites.  In a small box several of them belong to one site, and one may
   belong to the site itself, as if the box were repeated. */
#ifndef BGEN_COORDS_SITE_NEIGHBORS_H
#define BGEN_COORDS_SITE_NEIGHBORS_H

#include "base/neighbors.h"
#include "coords/lattice.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Up to `most` neighbors of each site; fewer only where the box does not repeat.  kinds and
   tolerance as in coords/site_symmetry.h.  The table is empty before, and to be freed whatever the
   answer is. */
bgen_status bgen_site_neighbors_find(const bgen_layout *layout, const int *kinds,
                                     const bgen_lattice *lattice, const double *sites,
                                     double tolerance, size_t most, bgen_neighbors *table);
void bgen_site_neighbors_free(bgen_neighbors *table);

#ifdef __cplusplus
}
#endif
#endif
