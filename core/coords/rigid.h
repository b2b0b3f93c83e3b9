/* SPDX-License-Identifier: MIT
   rigid.h - rigid motions: one to try on an energy, and those that map a crystal onto itself. */
#ifndef BGEN_COORDS_RIGID_H
#define BGEN_COORDS_RIGID_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "coords/images.h"

BGEN_API_BEGIN

/* out[dim] = x shifted by distance, along no axis or diagonal; out may be x.  An energy that does
   not change has a free centre of mass. */
void bgen_rigid_shift(const bgen_layout *layout, double distance, const double *x, double *out);

/* out[dim] = x turned by 1 rad about its centre, about no axis of space; out may be x.  In one
   dimension there are no turns. */
void bgen_rigid_turn(const bgen_layout *layout, const double *x, double *out);

/* The smallest distance between two particles, nearest images; 0 for fewer than 2. */
double bgen_smallest_distance(const bgen_layout *layout, const bgen_cell *cell, const double *x);

/* Translations of the periodic box, the identity included, that map a crystal x[dim] onto itself
   but for the exchange of particles of one species[n_particles] (NULL: all are of one): every
   particle comes to a tenth of the smallest distance from another one.  n_particles for a lattice
   with one particle a primitive cell, half of that for diamond, 1 for a crystal with a vacancy. */
size_t bgen_count_translations(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                               const double *x);

BGEN_API_END
#endif
