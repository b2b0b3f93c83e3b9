/* SPDX-License-Identifier: MIT
   images.h - which periodic images of particles belong together.

   Particles are joined by bonds, and by pairs that a user looks at, such as the two of a distance.
   The joined ones form trees.  The rule: the particle of lowest number of a tree stays where it is,
   and every other one is the image that is nearest to the one before it in the tree.  Bonds come
   first, so a molecule is whole along its bonds; a pair joins two molecules, of which the one with
   the higher lowest number moves as a whole.

   So x is a function of the configuration on the torus (and of where the lowest ones are), and a
   Markov chain of such x is one of configurations.  It stays exact only where no proposal is
   accepted that is not an x of the rule itself: from there the rule would lead elsewhere.
   bgen_images_hold() tells.  (It is as with relabelling.)

   The particles of a crystal have sites instead: every particle is the image whose displacement
   from its site is nearest to that of the lowest particle.  So a crystal may drift any way, and its
   particles come in any images.

   Of a molecule that is bonded to an image of itself nothing can be whole: its particles stay as
   they are. */
#ifndef BGEN_COORDS_IMAGES_H
#define BGEN_COORDS_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "base/status.h"

BGEN_API_BEGIN

/* A periodic box; its edges are (xx, 0, 0), (xy, yy, 0), (xz, yz, zz). */
typedef struct bgen_cell {
  double xx, yy, zz, yz, xz, xy;
  bool periodic[3];
} bgen_cell;

/* d[3] becomes the image nearest to 0: z first, then y, then x, as LAMMPS does.  True if it was
   that before. */
bool bgen_cell_nearest(const bgen_cell *cell, double *d);

/* s[3]: d[n_space] along the edges of the cell, as fractions of them; 0 of those that are not
   periodic, which may have no length. */
void bgen_cell_fractions(const bgen_cell *cell, size_t n_space, const double *d, double *s);

typedef struct bgen_images bgen_images;

/* Of n particles; bond[n_bonds][2], pair[n_pairs][2] in any order, which does not matter but for
   pairs that close a ring: the later one joins nothing. */
bgen_status bgen_images_create(size_t n, size_t n_bonds, const size_t *bond, size_t n_pairs,
                               const size_t *pair, bgen_images **images);
/* Of the n particles of a crystal, whose sites are site[n][3], each in some image. */
bgen_status bgen_images_create_at_sites(size_t n, const double *site, bgen_images **images);
void bgen_images_destroy(bgen_images *images); /* NULL is fine */

/* Where are they whole?  u[n][3] is some image of each.  A molecule whose bonds close around the
   box is left alone from now on; how many there are. */
size_t bgen_images_leave_wrapped(bgen_images *images, const bgen_cell *cell, const double *u);

/* A pair joins nothing, since others join its molecules already (and not bonds). */
bool bgen_images_closes_ring(const bgen_images *images, size_t pair);

size_t bgen_images_n_joined(const bgen_images *images); /* particles that follow another one */

/* shift[n][3]: from u[n][3], some image of each, to the one of the rule.  0 of most. */
void bgen_images_shift(const bgen_images *images, const bgen_cell *cell, const double *u,
                       double *shift);

/* x[n][3] is of the rule. */
bool bgen_images_hold(const bgen_images *images, const bgen_cell *cell, const double *x);

BGEN_API_END
#endif
