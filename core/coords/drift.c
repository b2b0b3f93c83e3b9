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

/* by so much farther a body that seems free is moved, each time */
enum { FARTHER = 8, MOST_ROUNDS = 3 };

struct bgen_drift {
  bgen_layout layout;
  size_t n, dim, n_moves, round;
  bool ended;
  bool changed[(MOST_MOVES - 1) / 2]; /* along and about axes */
  double shift[3];
  double *frame, *x; /* [n][dim], [n][moves of this round][dim] */
  double u[MOST_FRAMES];
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

/* later rounds shift, and neither look at the frames nor turn them */
static size_t first_move(const bgen_drift *d)
{
  return d->round > 0;
}

static size_t n_moves_now(const bgen_drift *d)
{
  return d->round > 0 ? 2 * d->layout.n_space : d->n_moves;
}

static void make_points(bgen_drift *d)
{
  const size_t n_moves = n_moves_now(d);
  for (size_t i = 0; i < d->n; i++)
    for (size_t k = 0; k < n_moves; k++) {
      double *point = d->x + (i * n_moves + k) * d->dim;
      memcpy(point, d->frame + i * d->dim, d->dim * sizeof *point);
      if (first_move(d) + k > 0) apply(d, first_move(d) + k, point);
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
    d->ended = layout->n_particles < 2;
    d->frame = malloc(d->n * dim * sizeof *d->frame);
    d->x = malloc(d->n * d->n_moves * dim * sizeof *d->x);
  }
  if (!d || !d->frame || !d->x || !work) {
    bgen_drift_destroy(d), free(work);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to look at frames of %zu coordinates", dim);
  }
  const double of_shape = find_widths(d, n, x, work, width);
  for (size_t c = 0; c < n_space; c++) d->shift[c] = 2 * fmax(width[c], of_shape);
  for (size_t i = 0; i < d->n; i++)
    memcpy(d->frame + i * dim, x + i * n / d->n * dim, dim * sizeof *x);
  make_points(d);
  free(work);
  *drift = d;
  return BGEN_OK;
}

void bgen_drift_destroy(bgen_drift *d)
{
  if (!d) return;
  free(d->frame);
  free(d->x);
  free(d);
}

bgen_status bgen_drift_next(bgen_drift *d, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){d->ended ? 0 : d->n * n_moves_now(d), d->x, false};
  return BGEN_OK;
}

/* an energy that is not finite is one of the world at first; the end of a box farther on */
static bool changes(const bgen_drift *d, double u, double moved)
{
  if (d->round > 0 && !isfinite(moved)) return false;
  return !(fabs(moved - u) <= SAME_ENERGY);
}

static bool all_axes_changed(const bgen_drift *d)
{
  for (size_t c = 0; c < d->layout.n_space; c++)
    if (!d->changed[c]) return false;
  return true;
}

bgen_status bgen_drift_arrive(bgen_drift *d, const double *u, const double *grad_u)
{
  const size_t n_moves = n_moves_now(d);
  (void) grad_u;
  for (size_t i = 0; i < d->n; i++) {
    if (d->round == 0) d->u[i] = u[i * n_moves];
    for (size_t k = 0; k < n_moves; k++) {
      const size_t m = first_move(d) + k;
      if (m > 0 && changes(d, d->u[i], u[i * n_moves + k])) d->changed[(m - 1) / 2] = true;
    }
  }
  d->ended = ++d->round == MOST_ROUNDS || all_axes_changed(d);
  for (size_t c = 0; c < 3; c++) d->shift[c] *= d->ended ? 1 : FARTHER;
  if (!d->ended) make_points(d);
  return BGEN_OK;
}

bgen_drift_found bgen_drift_find(const bgen_drift *d)
{
  const size_t n_space = d->layout.n_space;
  bgen_drift_found found = {-1, 0, d->layout.n_particles > 1, n_space > 1};
  for (size_t c = n_space; c-- > 0 && d->layout.n_particles > 1;)
    if (d->changed[c])
      found.drifts = false;
    else
      found.axis = (int) c, found.shift = d->shift[c];
  for (size_t k = n_space; k < (d->n_moves - 1) / 2; k++)
    if (d->changed[k]) found.turns = false;
  return found;
}
