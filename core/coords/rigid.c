/* SPDX-License-Identifier: MIT */
#include "coords/rigid.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 0.1 /* of the smallest distance */

/* of length 1 */
static const double direction[3] = {0.36, 0.48, 0.8};

/* ---- motions to try ---- */

void bgen_rigid_shift(const bgen_layout *layout, double distance, const double *x, double *out)
{
  const size_t d = layout->n_space;
  double norm = 0;
  for (size_t c = 0; c < d; c++) norm += direction[c] * direction[c];
  for (size_t j = 0; j < layout->n_particles * d; j++)
    out[j] = x[j] + distance * direction[j % d] / sqrt(norm);
}

/* y = v turned by 1 rad about `direction` (Rodrigues), in the plane about its normal */
static void turn(size_t n_space, const double *v, double *y)
{
  const double c = cos(1.0), s = sin(1.0), *k = direction;
  if (n_space == 2) {
    y[0] = c * v[0] - s * v[1];
    y[1] = s * v[0] + c * v[1];
    return;
  }
  const double along = k[0] * v[0] + k[1] * v[1] + k[2] * v[2];
  const double across[3] = {k[1] * v[2] - k[2] * v[1], k[2] * v[0] - k[0] * v[2],
                            k[0] * v[1] - k[1] * v[0]};
  for (size_t i = 0; i < 3; i++) y[i] = c * v[i] + s * across[i] + (1 - c) * along * k[i];
}

void bgen_rigid_turn(const bgen_layout *layout, const double *x, double *out)
{
  const size_t d = layout->n_space, n = layout->n_particles;
  double centre[3] = {0, 0, 0};
  for (size_t j = 0; j < n * d; j++) centre[j % d] += x[j] / (double) n;
  for (size_t i = 0; i < n; i++) {
    double v[3], y[3];
    for (size_t c = 0; c < d; c++) y[c] = v[c] = x[i * d + c] - centre[c];
    if (d > 1) turn(d, v, y);
    for (size_t c = 0; c < d; c++) out[i * d + c] = centre[c] + y[c];
  }
}

/* ---- crystals ---- */

/* d[3] = nearest image of a - b - shift; shift may be NULL */
static double distance_squared(size_t n_space, const bgen_cell *cell, const double *a,
                               const double *b, const double *shift)
{
  double d[3] = {0, 0, 0};
  for (size_t c = 0; c < n_space; c++) d[c] = a[c] - b[c] - (shift ? shift[c] : 0);
  bgen_cell_nearest(cell, d);
  return d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
}

double bgen_smallest_distance(const bgen_layout *layout, const bgen_cell *cell, const double *x)
{
  const size_t d = layout->n_space, n = layout->n_particles;
  double least = INFINITY;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < i; k++)
      least = fmin(least, distance_squared(d, cell, x + i * d, x + k * d, NULL));
  return n < 2 ? 0 : sqrt(least);
}

/* a particle of the species of i stands where the shift takes i */
static bool arrives(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                    const double *x, size_t i, const double *shift, double squared)
{
  const size_t d = layout->n_space;
  for (size_t k = 0; k < layout->n_particles; k++)
    if ((!species || species[k] == species[i]) &&
        distance_squared(d, cell, x + k * d, x + i * d, shift) <= squared)
      return true;
  return false;
}

size_t bgen_count_translations(const bgen_layout *layout, const bgen_cell *cell, const int *species,
                               const double *x)
{
  const size_t d = layout->n_space;
  const double reach = TOLERANCE * bgen_smallest_distance(layout, cell, x);
  size_t count = 0;
  for (size_t j = 0; j < layout->n_particles; j++) {
    double shift[3] = {0, 0, 0};
    bool maps = true;
    for (size_t c = 0; c < d; c++) shift[c] = x[j * d + c] - x[c];
    for (size_t i = 0; maps && i < layout->n_particles; i++)
      maps = arrives(layout, cell, species, x, i, shift, reach * reach);
    count += maps;
  }
  return count;
}
