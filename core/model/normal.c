/* SPDX-License-Identifier: MIT */
#include "model/normal.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "base/moments.h"

/* whiten sums in another order, which its digits depend on (coords/whiten.c) */
void bgen_normal_of(const bgen_shape_space *f, size_t n, const double *shape, bgen_normal *out)
{
  enum { BLOCK = 256 };
  const size_t d = f->d;
  bgen_means(n, d, shape, out->mean);
  memset(out->covariance, 0, d * d * sizeof *out->covariance);
  for (size_t i = 0; i < n; i += BLOCK) {
    const size_t n_rows = n - i < BLOCK ? n - i : BLOCK;
    for (size_t j = 0; j < n_rows * d; j++) f->rows[j] = shape[i * d + j] - out->mean[j % d];
    bgen_grad_weight_double(n_rows, d, d, f->rows, f->rows, out->covariance);
  }
  for (size_t j = 0; j < d * d; j++) out->covariance[j] /= (double) n;
}

/* ---- to displacements and back ---- */

static void transpose(size_t n, size_t m, const double *in, double *out)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < m; j++) out[j * n + i] = in[i * m + j];
}

void bgen_shape_embed(const bgen_shape_space *f, const double *matrix)
{
  const size_t d = f->d, dim = f->dim;
  if (!f->pose) {
    memcpy(f->whole, matrix, d * d * sizeof *matrix);
    return;
  }
  for (size_t i = 0; i < d; i++) bgen_pose_embed(f->pose, matrix + i * d, f->whole + i * dim);
  transpose(d, dim, f->whole, f->work);
  for (size_t i = 0; i < dim; i++) bgen_pose_embed(f->pose, f->work + i * d, f->whole + i * dim);
}

void bgen_shape_project(const bgen_shape_space *f, double *matrix)
{
  const size_t d = f->d, dim = f->dim;
  if (!f->pose) {
    memcpy(matrix, f->whole, d * d * sizeof *matrix);
    return;
  }
  for (size_t i = 0; i < dim; i++) bgen_pose_project(f->pose, f->whole + i * dim, f->work + i * d);
  transpose(dim, d, f->work, f->whole);
  for (size_t i = 0; i < d; i++) bgen_pose_project(f->pose, f->whole + i * dim, matrix + i * d);
}

/* ---- symmetry ---- */

void bgen_shape_average(const bgen_shape_space *f, const bgen_site_symmetry *symmetry,
                        double *matrix)
{
  bgen_shape_embed(f, matrix);
  bgen_site_symmetry_average(symmetry, f->work, f->whole);
  bgen_shape_project(f, matrix);
}

void bgen_shape_average_mean(const bgen_shape_space *f, const bgen_site_symmetry *symmetry,
                             double *mean)
{
  if (f->pose) {
    bgen_pose_embed(f->pose, mean, f->displaced);
    bgen_site_symmetry_average_mean(symmetry, f->work, f->displaced);
    bgen_pose_project(f->pose, f->displaced, mean);
    return;
  }
  for (size_t j = 0; j < f->d; j++) mean[j] -= f->reference[j];
  bgen_site_symmetry_average_mean(symmetry, f->work, mean);
  for (size_t j = 0; j < f->d; j++) mean[j] += f->reference[j];
}

/* ---- algebra ---- */

/* V value^-1 V^T from rows of (V value^-1/2)^T */
bgen_status bgen_shape_invert(const bgen_shape_space *f, double *matrix, double *inverse,
                              size_t *n_not_positive)
{
  const size_t d = f->d;
  double *value = f->rows;
  const bgen_status status = bgen_symmetric_eigen(d, matrix, value);
  *n_not_positive = 0;
  for (size_t j = 0; !status && j < d; j++) *n_not_positive += value[j] > 0 ? 0 : 1;
  if (status || *n_not_positive) return status;
  for (size_t i = 0; i < d; i++)
    for (size_t j = 0; j < d; j++) matrix[i * d + j] /= sqrt(value[j]);
  transpose(d, d, matrix, f->rows);
  memset(inverse, 0, d * d * sizeof *inverse);
  bgen_grad_weight_double(d, d, d, f->rows, f->rows, inverse);
  return BGEN_OK;
}

/* -(d ln 2 pi + ln det C + tr C^-1 (second moments of the frames about the mean)) / 2 */
double bgen_normal_log_q(const bgen_shape_space *f, const double *mean, double *covariance,
                         const bgen_normal *frames)
{
  const size_t d = f->d;
  double sum = (double) d * log(2 * acos(-1));
  for (size_t i = 0; i < d; i++)
    for (size_t j = 0; j < d; j++)
      f->rows[i * d + j] =
          frames->covariance[i * d + j] + (frames->mean[i] - mean[i]) * (frames->mean[j] - mean[j]);
  if (bgen_solve_positive(d, covariance, d, f->rows)) return -INFINITY;
  for (size_t j = 0; j < d; j++) sum += 2 * log(covariance[j * d + j]) + f->rows[j * d + j];
  return isfinite(sum) ? -0.5 * sum : -INFINITY;
}
