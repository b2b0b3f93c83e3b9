/* SPDX-License-Identifier: MIT */
#include "coords/site_images.h"

#include "coords/vectors.h"

/* of x from site, of all particles */
static void mean_displacement(const bgen_layout *layout, const double *site, const double *x,
                              double mean[3])
{
  double of_sites[3];
  bgen_centroid(layout, site, of_sites);
  bgen_centroid(layout, x, mean);
  for (size_t c = 0; c < 3; c++) mean[c] -= of_sites[c];
}

/* of particle i from site j, less the mean */
static void displacement(const bgen_layout *layout, const double *site, size_t j, const double *x,
                         size_t i, const double mean[3], double d[3])
{
  double to[3];
  bgen_load3(layout, site, j, d);
  bgen_load3(layout, x, i, to);
  for (size_t c = 0; c < 3; c++) d[c] = to[c] - d[c] - mean[c];
}

/* to the image of particle i next to the nearest site of its species */
static void find_shift(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                       const double *site, const double *x, size_t i, const double mean[3],
                       double shift[3])
{
  double least = -1;
  for (size_t k = 0; k < layout->n_particles; k++) {
    const size_t j = (i + k) % layout->n_particles; /* its own one first */
    double direct[3], d[3];
    if (species[j] != species[i]) continue;
    displacement(layout, site, j, x, i, mean, direct);
    for (size_t c = 0; c < 3; c++) d[c] = direct[c];
    bgen_cell_nearest(cell, d);
    if (k > 0 && !(bgen_dot3(d, d) < least)) continue;
    least = bgen_dot3(d, d);
    for (size_t c = 0; c < 3; c++) shift[c] = d[c] - direct[c];
  }
}

void bgen_site_images(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                      double reach, const double *site, double *x)
{
  double mean[3], d[3], shift[3];
  mean_displacement(layout, site, x, mean);
  for (size_t i = 0; i < layout->n_particles; i++) {
    displacement(layout, site, i, x, i, mean, d);
    if (species[i] < 0 || bgen_dot3(d, d) < reach * reach) continue;
    find_shift(layout, cell, species, site, x, i, mean, shift);
    for (size_t c = 0; c < layout->n_space; c++) x[i * layout->n_space + c] += shift[c];
  }
}

bool bgen_sites_agree(const bgen_layout *layout, const bgen_cell *cell, const double *a,
                      const double *b)
{
  double mean[3], d[3];
  bool agree = true;
  mean_displacement(layout, a, b, mean);
  for (size_t i = 0; i < layout->n_particles; i++) {
    displacement(layout, a, i, b, i, mean, d);
    if (!bgen_cell_nearest(cell, d)) agree = false;
  }
  return agree;
}
