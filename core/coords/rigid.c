/* SPDX-License-Identifier: MIT */
#include "coords/rigid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/site_symmetry.h"
#include "coords/vectors.h"

#define TOLERANCE 0.1 /* of the smallest distance */

double bgen_smallest_distance(const bgen_layout *layout, const bgen_cell *cell, const double *x)
{
  const size_t n = layout->n_particles, n_space = layout->n_space;
  double least = INFINITY;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < i; k++) {
      double d[3] = {0, 0, 0};
      for (size_t c = 0; c < n_space; c++) d[c] = x[i * n_space + c] - x[k * n_space + c];
      if (cell) bgen_cell_nearest(cell, d);
      least = fmin(least, d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    }
  return n < 2 ? 0 : sqrt(least);
}

static bgen_status symmetry_of(const bgen_layout *layout, const bgen_cell *cell, const int *kinds,
                               const double *x, bgen_site_symmetry **symmetry)
{
  const bgen_lattice none = {0, {0}},
                     lattice = cell ? bgen_lattice_of(cell, layout->n_space) : none;
  const double tolerance = TOLERANCE * bgen_smallest_distance(layout, cell, x);
  return bgen_site_symmetry_create(layout, kinds, &lattice, x, tolerance, symmetry);
}

/* Motions form a group: what they take particle 0 to, they take to each other. */
static bgen_status find_all_alike(const bgen_site_symmetry *symmetry, size_t n_particles,
                                  bool *all_alike)
{
  const size_t n_motions =
      bgen_site_symmetry_n_translations(symmetry) * bgen_site_symmetry_n_points(symmetry);
  size_t n_reached = 0, *order = malloc(n_particles * sizeof *order);
  bool *reached = calloc(n_particles, sizeof *reached);
  double matrix[9];
  if (!order || !reached) {
    free(order), free(reached);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu particles", n_particles);
  }
  for (size_t m = 0; m < n_motions && n_reached < n_particles; m++) {
    bgen_site_symmetry_motion(symmetry, m, order, matrix);
    n_reached += !reached[order[0]];
    reached[order[0]] = true;
  }
  *all_alike = n_reached == n_particles;
  free(order), free(reached);
  return BGEN_OK;
}

bgen_status bgen_count_translations(const bgen_layout *layout, const bgen_cell *cell,
                                    const int *kinds, const double *x, size_t *count,
                                    bool *all_alike)
{
  bgen_site_symmetry *symmetry = NULL;
  bgen_status status = symmetry_of(layout, cell, kinds, x, &symmetry);
  if (status) return status;
  *count = bgen_site_symmetry_n_translations(symmetry);
  if (all_alike) status = find_all_alike(symmetry, layout->n_particles, all_alike);
  bgen_site_symmetry_destroy(symmetry);
  return status;
}

/* ---- orders of the particles of a free body ---- */

/* distinct ones, and memory for one more */
typedef struct orders {
  size_t n_particles, n, *all;
} orders;

/* the one behind the last, unless it is there already */
static void keep_next(orders *of)
{
  const size_t n = of->n_particles, *next = of->all + of->n * n;
  for (size_t k = 0; k < of->n; k++)
    if (!memcmp(of->all + k * n, next, n * sizeof *next)) return;
  of->n++;
}

/* every particle has another of its kind across the centre: fills order[n] */
static bool find_half_turn(const bgen_layout *layout, const int *kinds, const double *x,
                           size_t *order)
{
  const double tolerance = TOLERANCE * bgen_smallest_distance(layout, NULL, x);
  double centre[3];
  const size_t n = layout->n_particles, d = layout->n_space;
  bgen_centroid(layout, x, centre);
  for (size_t i = 0; i < n; i++) {
    bool found = false;
    for (size_t k = 0; k < n && !found; k++) {
      double off[3] = {0, 0, 0};
      for (size_t c = 0; c < d; c++) off[c] = x[k * d + c] + x[i * d + c] - 2 * centre[c];
      found = (!kinds || kinds[k] == kinds[i]) && sqrt(bgen_dot3(off, off)) <= tolerance;
      order[i] = k;
    }
    if (!found) return false;
  }
  return true;
}

static double determinant(size_t n, const double *m)
{
  if (n == 1) return m[0];
  return n == 2 ? m[0] * m[3] - m[1] * m[2] : bgen_det3(m);
}

/* Of a body on one line in the plane, and of two particles in space, the symmetry of sites knows
   the identity alone. */
static void find_orders(const bgen_site_symmetry *symmetry, const bgen_layout *layout,
                        const int *kinds, bool mirrored, const double *x, orders *of)
{
  double matrix[9];
  for (size_t m = 0; m < bgen_site_symmetry_n_points(symmetry); m++) {
    bgen_site_symmetry_motion(symmetry, m, of->all + of->n * of->n_particles, matrix);
    if (mirrored || determinant(layout->n_space, matrix) > 0) keep_next(of);
  }
  const bool may_half_turn =
      layout->n_space == 2 || (layout->n_space == 3 && layout->n_particles == 2);
  if (may_half_turn && find_half_turn(layout, kinds, x, of->all + of->n * of->n_particles))
    keep_next(of);
}

/* does it exchange particles of one species only? */
static bool is_within(size_t n, const int *species, const size_t *order)
{
  for (size_t i = 0; i < n; i++)
    if (order[i] != i && (!species || species[i] < 0 || species[order[i]] != species[i]))
      return false;
  return true;
}

bgen_status bgen_symmetry_number(const bgen_layout *layout, const int *kinds, const int *species,
                                 bool mirrored, const double *x, size_t *number)
{
  bgen_site_symmetry *symmetry = NULL;
  const bgen_status status = symmetry_of(layout, NULL, kinds, x, &symmetry);
  if (status) return status;
  const size_t n = layout->n_particles, most = bgen_site_symmetry_n_points(symmetry) + 2;
  orders of = {n, 0, malloc(most * n * sizeof *of.all)};
  size_t n_within = 0;
  if (of.all) find_orders(symmetry, layout, kinds, mirrored, x, &of);
  for (size_t k = 0; k < of.n; k++) n_within += is_within(n, species, of.all + k * n);
  bgen_site_symmetry_destroy(symmetry);
  free(of.all);
  if (!of.n) return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu particles", n);
  *number = of.n / (n_within ? n_within : 1); /* the identity is there */
  return BGEN_OK;
}
