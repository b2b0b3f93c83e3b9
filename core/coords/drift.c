/* SPDX-License-Identifier: MIT */
#include "coords/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/vectors.h"

enum { MOST_FRAMES = 8, MOST_MOVES = 13 }; /* moves: none, two along and about each axis */

/* kT that count as no change.  A normal distribution of the centroid would change by 2 in the mean,
   and mesh-based energies by less. */
static const double SAME_ENERGY = 0.1;

/* along or about an axis, of another amount each way, so that a period is not taken for freedom */
static const double BACK = -0.618, TURN = 0.5;

struct bgen_drift {
  bgen_layout layout;
  size_t n, dim, n_moves;
  bool arrived;
  double shift[3], *x; /* [n][n_moves][dim] */
  double u[MOST_FRAMES * MOST_MOVES];
};

/* width[3] of the centroid, and that of the shape, of all components alike */
static double find_widths(const bgen_drift *d, size_t n, const double *x, double *work,
                          double width[3])
{
  double *mean = work, *square = work + d->dim, *shape = work + 2 * d->dim, of_shape = 0;
  double mean_c[3] = {0}, square_c[3] = {0}, centroid[3];
  memset(work, 0, 2 * d->dim * sizeof *work);
  for (size_t i = 0; i < n; i++) {
    bgen_see_from_centroid(&d->layout, x + i * d->dim, centroid, shape);
    for (size_t c = 0; c < d->layout.n_space; c++) {
      const double apart = centroid[c] - x[c]; /* x[0]: an origin that rounds well */
      mean_c[c] += apart / (double) n, square_c[c] += apart * apart / (double) n;
    }
    for (size_t j = 0; j < d->dim; j++)
      mean[j] += shape[j] / (double) n, square[j] += shape[j] * shape[j] / (double) n;
  }
  for (size_t c = 0; c < 3; c++) width[c] = sqrt(fmax(0, square_c[c] - mean_c[c] * mean_c[c]));
  for (size_t j = 0; j < d->dim; j++)
    of_shape += fmax(0, square[j] - mean[j] * mean[j]) / (double) d->dim;
  return sqrt(of_shape);
}

/* x += amount along an axis */
static void shift(const bgen_drift *d, size_t axis, double amount, double *x)
{
  for (size_t i = 0; i < d->layout.n_particles; i++) x[i * d->layout.n_space + axis] += amount;
}

/* x turned about its centroid, from axis a to axis b */
static void turn(const bgen_drift *d, size_t a, size_t b, double angle, double *x)
{
  double centroid[3];
  bgen_centroid(&d->layout, x, centroid);
  for (size_t i = 0; i < d->layout.n_particles; i++) {
    double *at = x + i * d->layout.n_space;
    const double u = at[a] - centroid[a], v = at[b] - centroid[b];
    at[a] = centroid[a] + cos(angle) * u - sin(angle) * v;
    at[b] = centroid[b] + sin(angle) * u + cos(angle) * v;
  }
}

/* x becomes its image by move m; in the plane there is one way to turn */
static void apply(const bgen_drift *d, size_t m, double *x)
{
  const double sense = m % 2 ? 1 : BACK;
  const size_t k = (m - 1) / 2, c = k - d->layout.n_space;
  if (k < d->layout.n_space)
    shift(d, k, sense * d->shift[k], x);
  else
    turn(d, c, c + 1 < d->layout.n_space ? c + 1 : 0, sense * TURN, x);
}

static void make_points(bgen_drift *d, size_t n, const double *x)
{
  for (size_t i = 0; i < d->n; i++)
    for (size_t m = 0; m < d->n_moves; m++) {
      double *point = d->x + (i * d->n_moves + m) * d->dim;
      memcpy(point, x + i * n / d->n * d->dim, d->dim * sizeof *point);
      if (m > 0) apply(d, m, point);
    }
}

bgen_status bgen_drift_create(const bgen_layout *layout, size_t n, const double *x,
                              bgen_drift **drift)
{
  const size_t n_space = layout->n_space, dim = layout->n_particles * n_space;
  bgen_drift *d = calloc(1, sizeof *d);
  double *work = malloc(3 * dim * sizeof *work), width[3];
  if (d) {
    d->n = n < MOST_FRAMES ? n : MOST_FRAMES;
    d->layout = *layout, d->dim = dim;
    d->n_moves = 1 + 2 * n_space + (n_space == 3 ? 6 : n_space == 2 ? 2 : 0);
    d->arrived = layout->n_particles < 2;
    d->x = malloc(d->n * d->n_moves * dim * sizeof *d->x);
  }
  if (!d || !d->x || !work) {
    bgen_drift_destroy(d), free(work);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to look at frames of %zu coordinates", dim);
  }
  const double of_shape = find_widths(d, n, x, work, width);
  for (size_t c = 0; c < n_space; c++) d->shift[c] = 2 * fmax(width[c], of_shape);
  make_points(d, n, x);
  free(work);
  *drift = d;
  return BGEN_OK;
}

void bgen_drift_destroy(bgen_drift *d)
{
  if (!d) return;
  free(d->x);
  free(d);
}

bgen_status bgen_drift_next(bgen_drift *d, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){d->arrived ? 0 : d->n * d->n_moves, d->x, false};
  return BGEN_OK;
}

bgen_status bgen_drift_arrive(bgen_drift *d, const double *u, const double *grad_u)
{
  (void) grad_u;
  memcpy(d->u, u, d->n * d->n_moves * sizeof *u);
  d->arrived = true;
  return BGEN_OK;
}

/* by moves first and first + 1 of all frames */
static bool changes(const bgen_drift *d, size_t first)
{
  for (size_t i = 0; i < d->n; i++) {
    const double *u = d->u + i * d->n_moves;
    for (size_t m = first; m < first + 2; m++)
      if (!(fabs(u[m] - u[0]) <= SAME_ENERGY)) return true;
  }
  return false;
}

bgen_drift_found bgen_drift_find(const bgen_drift *d)
{
  bgen_drift_found found = {-1, 0, d->layout.n_particles > 1, d->layout.n_space > 1};
  for (size_t c = d->layout.n_space; c-- > 0 && d->layout.n_particles > 1;)
    if (changes(d, 1 + 2 * c))
      found.drifts = false;
    else
      found.axis = (int) c, found.shift = d->shift[c];
  for (size_t m = 1 + 2 * d->layout.n_space; m < d->n_moves; m += 2)
    if (changes(d, m)) found.turns = false;
  return found;
}
