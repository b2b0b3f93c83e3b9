/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/conformer_parts.h"
#include "coords/internal.h"

static const double pi = 3.14159265358979323846;

/* mean direction of column j, as an angle; *length is that of the mean vector */
static double mean_angle(size_t d, size_t j, size_t n, const double *shape, double *length)
{
  double sine = 0, cosine = 0;
  for (size_t i = 0; i < n; i++) {
    sine += sin(shape[i * d + j]) / (double) n;
    cosine += cos(shape[i * d + j]) / (double) n;
  }
  *length = hypot(sine, cosine);
  return atan2(sine, cosine);
}

static bool is_narrow(size_t d, size_t j, size_t n, const double *shape)
{
  const double most = 20 * pi / 180;
  double length;
  const double mean = mean_angle(d, j, n, shape, &length);
  if (!(length > exp(-0.5 * most * most))) return false;
  for (size_t i = 0; i < n; i++)
    if (!(cos(shape[i * d + j] - mean) > 0)) return false;
  return true;
}

void bgen_conformer_find_circles(const bgen_conformer *c, const signed char *wanted, size_t n,
                                 const double *shape, bool *circle)
{
  for (size_t j = 0; j < c->n_shape; j++) {
    const bool is_torsion = bgen_conformer_is_torsion(c, j);
    const bool is_given = wanted && wanted[j] >= 0;
    circle[j] = is_torsion && (is_given ? wanted[j] > 0 : !is_narrow(c->n_shape, j, n, shape));
  }
}

static void average(const bgen_conformer *c, size_t n, const double *shape, double *mean)
{
  const size_t d = c->n_shape;
  double length;
  for (size_t j = 0; j < d; j++) {
    mean[j] = 0;
    for (size_t i = 0; i < n; i++) mean[j] += shape[i * d + j] / (double) n;
    if (bgen_conformer_is_torsion(c, j)) mean[j] = mean_angle(d, j, n, shape, &length);
  }
}

/* What a mean is made in; n frames of all are looked at, in equal steps. */
typedef struct averaging {
  size_t n, n_all;
  const double *x;
  double *shape, *work, *ordered; /* [n][d], [9 n_atoms], [n_atoms][3] */
  size_t *order;
  bgen_placement *at;
} averaging;

static bool allocate(averaging *a, size_t n_shape, size_t n_atoms, size_t n_molecules)
{
  a->shape = malloc((a->n * n_shape + 12 * n_atoms) * sizeof *a->shape);
  a->order = malloc((n_atoms + 1) * sizeof *a->order);
  a->at = malloc((n_molecules + 1) * sizeof *a->at);
  if (!a->shape || !a->order || !a->at) return false;
  a->work = a->shape + a->n * n_shape, a->ordered = a->work + 9 * n_atoms;
  return true;
}

static void release(averaging *a)
{
  free(a->shape), free(a->order), free(a->at);
}

/* reference[n_atoms][3] = the mean of all frames as they are seen from it, where it is */
static void average_frames(const bgen_conformer *c, averaging *a, double *reference)
{
  const size_t n_atoms = c->tree->n_atoms;
  assert(a->ordered);
  for (size_t i = 0; i < a->n; i++) {
    const double *frame = a->x + i * a->n_all / a->n * 3 * n_atoms;
    bgen_conformer_find(c, frame, a->work, a->order, a->at);
    for (size_t k = 0; k < n_atoms; k++)
      memcpy(a->ordered + 3 * k, frame + 3 * a->order[k], 3 * sizeof *frame);
    bgen_conformer_to_shape(c, a->at, a->ordered, a->work, a->shape + i * c->n_shape);
  }
  average(c, a->n, a->shape, a->ordered);
  bgen_conformer_from_shape(c, c->at, a->ordered, a->work, reference);
}

/* Aligned atoms are seen from their mean, which takes some rounds to be found; what hangs from them
   does not depend on it. */
bgen_status bgen_conformer_mean(const bgen_conformer_of *of, size_t n, const double *x,
                                double *reference)
{
  enum { MOST_FRAMES = 2000, ROUNDS = 5 };
  const size_t n_atoms = of->tree->n_atoms, n_shape = bgen_internal_kinds(of->tree, NULL);
  averaging a = {.n = n < MOST_FRAMES ? n : MOST_FRAMES, .n_all = n, .x = x};
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory for the mean of %zu frames", n);
  assert(n > 0);
  if (allocate(&a, n_shape, n_atoms, of->tree->n_molecules)) {
    status = BGEN_OK;
    memcpy(reference, x, 3 * n_atoms * sizeof *reference);
  }
  for (size_t round = 0; !status && round < (of->tree->n_aligned ? ROUNDS : 1); round++) {
    bgen_conformer *c = NULL;
    status = bgen_conformer_create(of, NULL, reference, &c);
    if (!status) average_frames(c, &a, reference);
    bgen_conformer_destroy(c);
  }
  release(&a);
  return status;
}
