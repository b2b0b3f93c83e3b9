/* SPDX-License-Identifier: MIT
   site_symmetry.h - the motions that map the sites of particles to themselves.

   A motion x -> M x + t with an orthogonal M belongs to the sites if it maps each of them to a site
   of its kind, up to vectors of the lattice of a periodic box, which it maps to itself.  It carries
   the displacement d of the particle at site i to the site order[i], where it is M d:

     (P d)_order[i] = M d_i

   Where the energy does not change under motions and under the exchange of particles of a kind, the
   mean m and the covariance C of displacements are what they are after any of them, P m and P C
   P^T.  So those of a sample may be averaged over all of them: there are fewer free numbers left,
   and less noise.

   The motions are the products of the translations among them (M = 1) and of one motion for each M
   (the point group), which is how they are found and averaged over: fcc in a cubic box of 32 sites
   has 32 translations and 48 M. */
#ifndef BGEN_COORDS_SITE_SYMMETRY_H
#define BGEN_COORDS_SITE_SYMMETRY_H

#include "base/api.h"
#include "base/bijection.h"
#include "coords/lattice.h"

BGEN_API_BEGIN

typedef struct bgen_site_symmetry bgen_site_symmetry;

/* Sites may be off by the tolerance, a length: that of what is known of them.  The lattice is taken
   to be exact, to six digits.  kinds[n_particles]; NULL: all are of one kind. */
bgen_status bgen_site_symmetry_create(const bgen_layout *layout, const int *kinds,
                                      const bgen_lattice *lattice, const double *sites,
                                      double tolerance, bgen_site_symmetry **symmetry);
void bgen_site_symmetry_destroy(bgen_site_symmetry *symmetry); /* NULL is fine */

/* Both count the identity; all motions are as many as their product. */
size_t bgen_site_symmetry_n_translations(const bgen_site_symmetry *symmetry);
size_t bgen_site_symmetry_n_points(const bgen_site_symmetry *symmetry);

/* Motion number m: order[n_particles], matrix[n_space][n_space]. */
void bgen_site_symmetry_motion(const bgen_site_symmetry *symmetry, size_t m, size_t *order,
                               double *matrix);

/* The average over all motions of a mean displacement[dim] from the sites and of a
   covariance[dim][dim], in place.  The mean is that of positions, so that sites that are symmetric
   only nearly are made so.  work[dim dim] */
void bgen_site_symmetry_average_mean(const bgen_site_symmetry *symmetry, double *work,
                                     double *displacement);
void bgen_site_symmetry_average(const bgen_site_symmetry *symmetry, double *work,
                                double *covariance);

BGEN_API_END
#endif
