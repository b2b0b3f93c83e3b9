/* SPDX-License-Identifier: MIT
   relabel.h - identical particles: which of them is called which.

   Particles of one species may be exchanged without changing the energy, so a configuration stands
   for all of its relabellings.  The one that is closest to a reference configuration,
     order = argmin sum_i |x[order[i]] - reference[i]|^2   over permutations within each species,
   represents them (Jonker and Volgenant's assignment by shortest augmenting paths, Computing 38,
   325, doi:10.1007/BF02278710).  coords/symmetry.h says what that is good for. */
#ifndef BGEN_COORDS_RELABEL_H
#define BGEN_COORDS_RELABEL_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"

BGEN_API_BEGIN

typedef struct bgen_relabel bgen_relabel;

/* species[n_particles]: particles of equal value >= 0 are identical, those with -1 are
   themselves. */
bgen_status bgen_relabel_create(const bgen_layout *layout, const int *species,
                                bgen_relabel **relabel);
void bgen_relabel_destroy(bgen_relabel *relabel); /* NULL is fine */

/* The n particles that are identical with particle i, itself among them. */
const size_t *bgen_relabel_alike(const bgen_relabel *relabel, size_t i, size_t *n);
size_t bgen_relabel_largest(const bgen_relabel *relabel); /* n at its greatest */

/* Doubles of memory that one thread needs for bgen_relabel_find. */
size_t bgen_relabel_work_size(const bgen_relabel *relabel);

/* Fills order[n_particles]: particle order[i] of x takes place i.  True if it is the identity.
   A configuration with a number that is not finite gets the identity and false. */
bool bgen_relabel_find(const bgen_relabel *relabel, const double *reference, const double *x,
                       double *work, size_t *order);

/* out[i] = x[order[i]], particle by particle */
void bgen_relabel_apply(const bgen_layout *layout, const size_t *order, const double *x,
                        double *out);

BGEN_API_END
#endif
