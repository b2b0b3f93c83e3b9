/* SPDX-License-Identifier: MIT
   site_images.h - periodic images of the particles of a crystal beside its sites.

   coords/images.h takes each particle at the image that is nearest to its own site.  Of identical
   particles one may have gone to the site of another across the periodic border, and its own site
   takes it back by a box.  So images are chosen by whatever site of its species is nearest, before
   coords/relabel.h gives the particles new names.  Sites and particles are compared by their
   displacements from the mean displacement: a crystal may drift. */
#ifndef BGEN_COORDS_SITE_IMAGES_H
#define BGEN_COORDS_SITE_IMAGES_H

#include "base/bijection.h"
#include "coords/images.h"

BGEN_API_BEGIN

/* x[n_particles][n_space], each next to its own site: those with species[] >= 0 (coords/relabel.h)
   become their images next to the nearest site of the same species.  A particle that is within
   reach of its own site, half of the least distance of two sites, is not looked at. */
void bgen_site_images(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                      double reach, const double *site, double *x);

/* Whether particles next to sites a are next to sites b as well, and not a box away. */
bool bgen_sites_agree(const bgen_layout *layout, const bgen_cell *cell, const double *a,
                      const double *b);

BGEN_API_END
#endif
