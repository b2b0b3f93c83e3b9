/* SPDX-License-Identifier: MIT */
#include "coords/complement.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void list_coordinates(bgen_complement *b)
{
  size_t n = 0;
  for (size_t j = 0; j < b->dim; j++) {
    bool is_pivot = false;
    for (size_t k = 0; k < b->n_directions; k++) is_pivot = is_pivot || b->pivot[k] == j;
    if (!is_pivot) b->coordinate[n++] = j;
  }
}

bgen_status bgen_complement_create(size_t dim, size_t n_directions, bgen_complement *b)
{
  assert(n_directions <= BGEN_MOST_DIRECTIONS && n_directions < dim);
  *b = (bgen_complement){.dim = dim, .capacity = n_directions};
  b->mirror = malloc((n_directions * dim + 1) * sizeof *b->mirror);
  b->coordinate = malloc(dim * sizeof *b->coordinate);
  if (!b->mirror || !b->coordinate) {
    bgen_complement_free(b);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for directions in %zu dimensions", dim);
  }
  list_coordinates(b);
  return BGEN_OK;
}

void bgen_complement_free(bgen_complement *b)
{
  free(b->mirror), free(b->coordinate);
  b->mirror = NULL;
  b->coordinate = NULL;
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

/* Of components equal but for rounding the first, so that it does not depend on the machine. */
static size_t largest_of(const bgen_complement *b, const double *v)
{
  size_t largest = b->coordinate[0];
  for (size_t j = 1; j < b->dim - b->n_directions; j++)
    if (fabs(v[b->coordinate[j]]) > 1.000001 * fabs(v[largest])) largest = b->coordinate[j];
  return largest;
}

void bgen_complement_exclude(bgen_complement *b, double *direction)
{
  const size_t dim = b->dim;
  double *w = b->mirror + b->n_directions * dim;
  assert(b->n_directions < b->capacity);
  for (size_t k = 0; k < b->n_directions; k++) reflect(dim, b->mirror + k * dim, direction);
  memset(w, 0, dim * sizeof *w);
  for (size_t j = 0; j < dim - b->n_directions; j++)
    w[b->coordinate[j]] = direction[b->coordinate[j]];
  const size_t pivot = largest_of(b, w);
  w[pivot] += copysign(sqrt(dot(dim, w, w)), w[pivot]);
  const double length = sqrt(dot(dim, w, w));
  for (size_t j = 0; j < dim; j++) w[j] /= length;
  b->pivot[b->n_directions++] = pivot;
  list_coordinates(b);
}

void bgen_complement_project(const bgen_complement *b, double *v, double *inside)
{
  for (size_t k = 0; k < b->n_directions; k++) reflect(b->dim, b->mirror + k * b->dim, v);
  for (size_t j = 0; j < b->dim - b->n_directions; j++) inside[j] = v[b->coordinate[j]];
}

void bgen_complement_embed(const bgen_complement *b, const double *inside, double *v)
{
  memset(v, 0, b->dim * sizeof *v);
  for (size_t j = 0; j < b->dim - b->n_directions; j++) v[b->coordinate[j]] = inside[j];
  for (size_t k = b->n_directions; k-- > 0;) reflect(b->dim, b->mirror + k * b->dim, v);
}
