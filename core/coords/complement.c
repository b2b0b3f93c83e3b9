/* SPDX-License-Identifier: MIT */
#include "coords/complement.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bgen_status bgen_complement_create(size_t dim, size_t n_inside, bgen_complement *b)
{
  assert(n_inside > 0 && n_inside <= dim);
  *b = (bgen_complement){.dim = dim, .n_inside = n_inside};
  b->mirror = malloc(((dim - n_inside) * dim + 1) * sizeof *b->mirror);
  return b->mirror ? BGEN_OK
                   : bgen_fail(BGEN_NO_MEMORY, "no memory for directions in %zu dimensions", dim);
}

void bgen_complement_free(bgen_complement *b)
{
  free(b->mirror);
  b->mirror = NULL;
}

static double dot(size_t dim, const double *a, const double *b)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) sum += a[j] * b[j];
  return sum;
}

static void reflect(size_t dim, const double *w, double *v)
{
  const double along = 2 * dot(dim, w, v);
  for (size_t j = 0; j < dim; j++) v[j] -= along * w[j];
}

/* direction n_excluded goes to axis dim - 1 - n_excluded, and has no part along those behind */
void bgen_complement_exclude(bgen_complement *b, double *direction)
{
  const size_t dim = b->dim, axis = dim - 1 - b->n_excluded;
  double *w = b->mirror + b->n_excluded * dim;
  assert(axis >= b->n_inside);
  for (size_t k = 0; k < b->n_excluded; k++) reflect(dim, b->mirror + k * dim, direction);
  memset(w, 0, dim * sizeof *w);
  memcpy(w, direction, (axis + 1) * sizeof *w);
  w[axis] += copysign(sqrt(dot(dim, w, w)), w[axis]);
  const double length = sqrt(dot(dim, w, w));
  for (size_t j = 0; j < dim; j++) w[j] /= length;
  b->n_excluded++;
}

void bgen_complement_project(const bgen_complement *b, double *v, double *inside)
{
  for (size_t k = 0; k < b->n_excluded; k++) reflect(b->dim, b->mirror + k * b->dim, v);
  memcpy(inside, v, b->n_inside * sizeof *inside);
}

void bgen_complement_embed(const bgen_complement *b, const double *inside, double *v)
{
  memcpy(v, inside, b->n_inside * sizeof *v);
  memset(v + b->n_inside, 0, (b->dim - b->n_inside) * sizeof *v);
  for (size_t k = b->n_excluded; k-- > 0;) reflect(b->dim, b->mirror + k * b->dim, v);
}
