/* SPDX-License-Identifier: MIT */
#include "coords/lattice.h"

#include <math.h>
#include <string.h>

#include "coords/vectors.h"

/* out = sum of count[i] edges */
static void combine(const double *edge, const int *count, double *out)
{
  for (size_t c = 0; c < 3; c++)
    out[c] = count[0] * edge[c] + count[1] * edge[3 + c] + count[2] * edge[6 + c];
}

/* -1, 0, 1 of each digit of 0 ... 26 */
static void digits(int number, int count[3])
{
  for (size_t i = 0; i < 3; i++, number /= 3) count[i] = number % 3 - 1;
}

bgen_lattice bgen_lattice_of(const bgen_cell *cell, size_t n_space)
{
  const double edge[3][3] = {
      {cell->xx, 0, 0}, {cell->xy, cell->yy, 0}, {cell->xz, cell->yz, cell->zz}};
  bgen_lattice lattice = {0, {0}};
  for (size_t i = 0; i < n_space; i++)
    if (cell->periodic[i])
      memcpy(lattice.vector + n_space * lattice.n_vectors++, edge[i], n_space * sizeof(double));
  return lattice;
}

/* ---- edges ---- */

/* Replaces an edge by a shorter one that differs by others of the lattice; false if none is: the
   basis is Minkowski's then, for which combinations by -1, 0, 1 decide in three dimensions. */
static bool shorten(bgen_cell_edges *cell)
{
  for (size_t i = 0; i < cell->n_periodic; i++)
    for (int k = 0; k < 27; k++) {
      int count[3];
      double shorter[3], *old = cell->edge + 3 * i;
      digits(k, count);
      count[i] = 1;
      for (size_t j = cell->n_periodic; j < 3; j++) count[j] = 0;
      combine(cell->edge, count, shorter);
      if (!(bgen_dot3(shorter, shorter) < (1 - 1e-9) * bgen_dot3(old, old))) continue;
      memcpy(old, shorter, sizeof shorter);
      return true;
    }
  return false;
}

/* Edge k becomes the axis that is farthest from the edges before, without what it has of them; it
   is so long that no edge of the lattice, nor a sum of them, is like it. */
static void complete(bgen_cell_edges *cell, size_t k, double length)
{
  double best = -1;
  for (size_t axis = k < cell->n_space ? 0 : k; axis < 3; axis++) {
    double rest[3] = {axis == 0, axis == 1, axis == 2}, square;
    if (axis >= cell->n_space && k < cell->n_space) continue;
    for (size_t round = 0; round < 4; round++) /* edges are not orthogonal to each other */
      for (size_t i = 0; i < k; i++) {
        const double *e = cell->edge + 3 * i, part = bgen_dot3(rest, e) / bgen_dot3(e, e);
        for (size_t c = 0; c < 3; c++) rest[c] -= part * e[c];
      }
    square = bgen_dot3(rest, rest);
    if (!(square > best + 1e-9)) continue;
    best = square;
    for (size_t c = 0; c < 3; c++) cell->edge[3 * k + c] = rest[c] * length / sqrt(square);
  }
}

/* false if the edges depend on each other */
static bool invert(bgen_cell_edges *cell)
{
  double lengths = 1, volume;
  for (size_t i = 0; i < 3; i++) {
    double column[3];
    const double *e = cell->edge;
    bgen_cross3(e + 3 * ((i + 1) % 3), e + 3 * ((i + 2) % 3), column);
    volume = bgen_dot3(e + 3 * i, column);
    lengths *= sqrt(bgen_dot3(e + 3 * i, e + 3 * i));
    for (size_t c = 0; c < 3; c++) cell->inverse[3 * c + i] = column[c] / volume;
    if (i == 2) return fabs(volume) > 1e-9 * lengths;
  }
  return false;
}

bgen_status bgen_cell_edges_find(size_t n_space, const bgen_lattice *lattice, bgen_cell_edges *cell)
{
  const size_t n = lattice->n_vectors;
  double length = 1;
  if (n > n_space)
    return bgen_fail(BGEN_BAD_INPUT, "a lattice of %zu vectors in %zu dimensions", n, n_space);
  *cell = (bgen_cell_edges){n_space, n, {0}, {0}};
  for (size_t i = 0; i < n; i++)
    memcpy(cell->edge + 3 * i, lattice->vector + i * n_space, n_space * sizeof(double));
  while (shorten(cell)) {
  }
  for (size_t i = 0; i < n; i++) length += sqrt(bgen_dot3(cell->edge + 3 * i, cell->edge + 3 * i));
  for (size_t k = n; k < 3; k++) {
    length *= 3;
    complete(cell, k, length);
  }
  if (invert(cell)) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "the vectors of a lattice depend on each other");
}

/* ---- point group ---- */

/* Lengths of boxes have six digits where they come from a file. */
static bool same(double a, double b, double scale)
{
  return fabs(a - b) <= 2e-6 * scale;
}

/* combinations of edges that are as long as edge i; how many */
static size_t images_of(const bgen_cell_edges *cell, size_t i, double image[27][3])
{
  const double *e = cell->edge + 3 * i, square = bgen_dot3(e, e);
  size_t n = 0;
  if (i >= cell->n_space) {
    memcpy(image[0], e, sizeof image[0]);
    return 1;
  }
  for (int k = 0; k < 27; k++) {
    int count[3];
    digits(k, count);
    combine(cell->edge, count, image[n]);
    n += same(bgen_dot3(image[n], image[n]), square, square);
  }
  return n;
}

/* x M^T = x inverse image: edges go to their images */
static void matrix_of(const bgen_cell_edges *cell, const double *const image[3], double *matrix)
{
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++) {
      matrix[3 * a + b] = 0;
      for (size_t i = 0; i < 3; i++) matrix[3 * a + b] += cell->inverse[3 * b + i] * image[i][a];
    }
}

/* angles between images are those between edges */
static bool fits(const bgen_cell_edges *cell, const double *const image[3], size_t i)
{
  const double *e = cell->edge;
  for (size_t j = 0; j < i; j++) {
    const double scale = sqrt(bgen_dot3(e + 3 * i, e + 3 * i) * bgen_dot3(e + 3 * j, e + 3 * j));
    if (!same(bgen_dot3(image[i], image[j]), bgen_dot3(e + 3 * i, e + 3 * j), scale)) return false;
  }
  return true;
}

static bool is_identity(const double *matrix)
{
  for (size_t j = 0; j < 9; j++)
    if (fabs(matrix[j] - (j % 4 == 0)) > 1e-6) return false;
  return true;
}

size_t bgen_cell_point_group(const bgen_cell_edges *cell, double matrix[][9])
{
  double images[3][27][3];
  size_t n_images[3], n = 0;
  for (size_t i = 0; i < 3; i++) n_images[i] = images_of(cell, i, images[i]);
  for (size_t a = 0; a < n_images[0]; a++)
    for (size_t b = 0; b < n_images[1]; b++) {
      const double *image[3] = {images[0][a], images[1][b], NULL};
      for (size_t c = 0; fits(cell, image, 1) && c < n_images[2]; c++) {
        image[2] = images[2][c];
        if (!fits(cell, image, 2) || n == BGEN_MOST_LATTICE_POINTS) continue;
        matrix_of(cell, image, matrix[n++]);
        if (!is_identity(matrix[n - 1]) || n == 1) continue;
        memcpy(matrix[n - 1], matrix[0], sizeof matrix[0]);
        memcpy(matrix[0], (const double[9]){1, 0, 0, 0, 1, 0, 0, 0, 1}, sizeof matrix[0]);
      }
    }
  return n;
}
