/* SPDX-License-Identifier: MIT
   rigid.h - rigid motions that map a body onto itself. */
#ifndef BGEN_COORDS_RIGID_H
#define BGEN_COORDS_RIGID_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "coords/images.h"

BGEN_API_BEGIN

/* The smallest distance between two particles, nearest images in the cell (NULL: there are
   none); 0 for fewer than 2. */
double bgen_smallest_distance(const bgen_layout *layout, const bgen_cell *cell, const double *x);

/* Below, a motion maps x[dim] onto itself but for the exchange of particles of one
   kind[n_particles] (NULL: all are of one) if every particle comes to a tenth of the smallest
   distance from where one was; the identity counts. */

/* Translations by parts of the periodic box: n_particles for a crystal with one particle a
   primitive cell, half of that for diamond, 1 with a vacancy.  all_alike: motions of the box, some
   of which also turn or mirror, take any particle to any other, as in diamond, and not beside a
   vacancy; NULL is fine. */
bgen_status bgen_count_translations(const bgen_layout *layout, const bgen_cell *cell,
                                    const int *kinds, const double *x, size_t *count,
                                    bool *all_alike);

/* The symmetry number of a free body: how many orders of its particles come of rotations, and of
   reflections where the body and its mirror image are one (mirrored).  Orders that exchange only
   particles of one species (coords/relabel.h; NULL: all are distinct) are one with the identity:
   they are found anew for each configuration. */
bgen_status bgen_symmetry_number(const bgen_layout *layout, const int *kinds, const int *species,
                                 bool mirrored, const double *x, size_t *number);

BGEN_API_END
#endif
