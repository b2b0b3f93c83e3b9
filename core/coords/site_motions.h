/* SPDX-License-Identifier: MIT
   site_motions.h - finds the motions of coords/site_symmetry.h. */
#ifndef BGEN_COORDS_SITE_MOTIONS_H
#define BGEN_COORDS_SITE_MOTIONS_H

#include "coords/lattice.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Motion m takes the particle at site i to the site order[m][i], turned by matrix[m], of three
   components whatever n_space is; the identity is the first. */
typedef struct bgen_motions {
  size_t n_particles, n, capacity;
  double (*matrix)[9];
  size_t *order;  /* [n][n_particles] */
  double *missed; /* [n_particles][3], the sum over all motions of what comes to a site minus the
                     site */
} bgen_motions;

void bgen_motions_free(bgen_motions *motions);

/* The translations among all motions, and one motion for each matrix; both are empty before, and to
   be freed whatever the answer is. */
bgen_status bgen_site_motions(const bgen_layout *layout, const int *kinds,
                              const bgen_lattice *lattice, const double *sites, double tolerance,
                              bgen_motions *translations, bgen_motions *points);

#ifdef __cplusplus
}
#endif
#endif
