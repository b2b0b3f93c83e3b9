/* SPDX-License-Identifier: MIT
   vectors.h - vectors and matrices of three components, whatever n_space is, and the centroid. */
#ifndef BGEN_COORDS_VECTORS_H
#define BGEN_COORDS_VECTORS_H

#include <assert.h>

#include "base/bijection.h"

/* position of particle i of x; 0 along axes that there are not */
static inline void bgen_load3(const bgen_layout *layout, const double *x, size_t i, double out[3])
{
  for (size_t c = 0; c < 3; c++) out[c] = c < layout->n_space ? x[i * layout->n_space + c] : 0;
}

static inline double bgen_dot3(const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* out may be neither a nor b */
static inline void bgen_cross3(const double a[3], const double b[3], double out[3])
{
  for (size_t c = 0; c < 3; c++)
    out[c] = a[(c + 1) % 3] * b[(c + 2) % 3] - a[(c + 2) % 3] * b[(c + 1) % 3];
}

static inline double bgen_det3(const double m[9])
{
  double over[3];
  bgen_cross3(m + 3, m + 6, over);
  return bgen_dot3(m, over);
}

/* centre[3] of the particles, all alike; 0 along axes that there are not */
static inline void bgen_centroid(const bgen_layout *layout, const double *x, double centre[3])
{
  assert(layout->n_space >= 1 && layout->n_space <= 3);
  for (size_t c = 0; c < 3; c++) centre[c] = 0;
  for (size_t i = 0; i < layout->n_particles; i++)
    for (size_t c = 0; c < layout->n_space; c++)
      centre[c] += x[i * layout->n_space + c] / (double) layout->n_particles;
}

/* y = x seen from its centroid, which centre[3] becomes; y may be x */
static inline void bgen_see_from_centroid(const bgen_layout *layout, const double *x,
                                          double centre[3], double *y)
{
  const size_t n_space = layout->n_space, dim = layout->n_particles * n_space;
  bgen_centroid(layout, x, centre);
  for (size_t j = 0; j < dim; j++) y[j] = x[j] - centre[j % n_space];
}

#endif
