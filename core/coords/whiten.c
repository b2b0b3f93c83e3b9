/* SPDX-License-Identifier: MIT
   fitted: mean[dim], S[dim][dim], S^-1[dim][dim], log|det S|.  theta and tape: nothing.
   scratch: two batches. */
#include "coords/whiten.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/moments.h"

typedef struct slices {
  double *mean, *root, *inverse_root, *log_det;
} slices;

static slices slices_of(size_t dim, double *fitted)
{
  slices s = {fitted, fitted + dim, fitted + dim + dim * dim, fitted + dim + 2 * dim * dim};
  return s;
}

static const double *matrix_of(const bgen_bijection *map, const bgen_pass *pass)
{
  const size_t dim = map->dim, skip = pass->direction == BGEN_FORWARD ? dim : dim + dim * dim;
  return pass->fitted + skip;
}

/* out = in matrix through padded copies, since the product takes whole row blocks only */
static void multiply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                     const double *offset, double *out)
{
  const size_t dim = map->dim, n = pass->n, rows = bgen_padded_rows(n);
  double *left = pass->scratch, *product = left + rows * dim;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < dim; j++) left[i * dim + j] = in[i * dim + j] - (offset ? offset[j] : 0);
  memset(left + n * dim, 0, (rows - n) * dim * sizeof *left);
  bgen_rows_times_double(rows, dim, dim, left, matrix_of(map, pass), product);
  memcpy(out, product, n * dim * sizeof *out);
}

static void whiten_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                         double *out, double *log_det)
{
  const size_t dim = map->dim;
  const double *mean = pass->fitted, log_det_root = pass->fitted[dim + 2 * dim * dim];
  const bool forward = pass->direction == BGEN_FORWARD;
  multiply(map, pass, in, forward ? NULL : mean, out);
  for (size_t i = 0; i < pass->n; i++) {
    for (size_t j = 0; forward && j < dim; j++) out[i * dim + j] += mean[j];
    log_det[i] += forward ? log_det_root : -log_det_root;
  }
}

/* both matrices are symmetric, so their transposes need no code */
static void whiten_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                       const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  (void) grad_log_det, (void) grad_theta;
  multiply(map, pass, grad_out, NULL, grad_in);
}

static void covariance_of(size_t n, size_t dim, const double *x, const double *mean, double *c)
{
  memset(c, 0, dim * dim * sizeof *c);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < dim; j++) {
      const double d = (x[i * dim + j] - mean[j]) / (double) n;
      for (size_t k = 0; k < dim; k++) c[j * dim + k] += d * (x[i * dim + k] - mean[k]);
    }
}

/* root = V w V^T and its inverse from eigenvectors V (columns) and widths w */
static void compose(size_t dim, const double *vectors, const double *width, slices s)
{
  memset(s.root, 0, 2 * dim * dim * sizeof *s.root);
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++)
      for (size_t k = 0; k < dim; k++) {
        const double vv = vectors[i * dim + k] * vectors[j * dim + k];
        s.root[i * dim + j] += vv * width[k];
        s.inverse_root[i * dim + j] += vv / width[k];
      }
}

static bgen_status whiten_fit(const bgen_bijection *map, const bgen_real *theta, size_t n,
                              const double *x, double *fitted)
{
  (void) theta;
  const size_t dim = map->dim;
  if (n < 2) return bgen_fail(BGEN_BAD_INPUT, "whiten needs at least 2 frames, and has %zu", n);
  double *work = malloc((dim * dim + 2 * dim) * sizeof *work);
  if (!work) return bgen_fail(BGEN_NO_MEMORY, "no memory to whiten %zu coordinates", dim);
  double *vectors = work, *width = work + dim * dim, *mean = width + dim;
  bgen_means(n, dim, x, mean);
  covariance_of(n, dim, x, mean, vectors);
  bgen_status status = bgen_symmetric_eigen(dim, vectors, width);
  const double log_det = status ? 0 : bgen_widths(dim, width);
  if (!status && !isfinite(log_det))
    status = bgen_fail(BGEN_NOT_FINITE, "the frames to whiten hold a number that is not finite");
  if (!status) {
    slices s = slices_of(dim, fitted);
    memcpy(s.mean, mean, dim * sizeof *mean);
    compose(dim, vectors, width, s);
    *s.log_det = log_det;
  }
  free(work);
  return status;
}

static void whiten_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type whiten_type = {"whiten", whiten_apply, whiten_vjp,
                                                NULL,     whiten_fit,   whiten_destroy};

bgen_status bgen_whiten_create(size_t dim, bgen_bijection **map)
{
  bgen_bijection *whiten = malloc(sizeof *whiten);
  if (!whiten) return bgen_fail(BGEN_NO_MEMORY, "no memory for a map");
  *whiten = (bgen_bijection){&whiten_type, dim, 0, dim + 2 * dim * dim + 1, 0, 2 * dim};
  *map = whiten;
  return BGEN_OK;
}
