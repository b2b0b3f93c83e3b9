/* SPDX-License-Identifier: MIT
   tape, for whole row blocks: y = U z [dim], z [dim].
   scratch: the matrix in double, another for gradients, rows to work on, y and z where no tape is.
   Sizes are per row, so each row has 1/BGEN_ROW_BLOCK of a matrix: a batch has that many rows. */
#include "layers/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"

typedef struct linear {
  bgen_bijection base;
  size_t order[];
} linear;

/* scratch and tape, named */
typedef struct record {
  double *matrix, *product, *work, *y, *z;
} record;

static size_t matrix_share(size_t dim)
{
  return (dim * dim + BGEN_ROW_BLOCK - 1) / BGEN_ROW_BLOCK;
}

static record record_in(size_t dim, const bgen_pass *pass)
{
  const size_t rows = bgen_padded_rows(pass->n);
  record r;
  r.matrix = pass->scratch;
  r.product = r.matrix + rows * matrix_share(dim);
  r.work = r.product + rows * matrix_share(dim);
  r.y = pass->tape ? pass->tape : r.work + rows * dim;
  r.z = r.y + rows * dim;
  return r;
}

/* theta in double, with e^d on the diagonal; returns the sum of d */
static double fill_matrix(size_t dim, const bgen_real *theta, double *matrix)
{
  double sum = 0;
  for (size_t k = 0; k < dim * dim; k++) matrix[k] = (double) theta[k];
  for (size_t i = 0; i < dim; i++) {
    sum += matrix[i * dim + i];
    matrix[i * dim + i] = exp(matrix[i * dim + i]);
  }
  return sum;
}

static void clear_padding(size_t n, size_t rows, size_t dim, double *batch)
{
  memset(batch + n * dim, 0, (rows - n) * dim * sizeof *batch);
}

/* out = P L U in + b */
static void apply_forward(const linear *l, const bgen_pass *pass, record r, const double *in,
                          double *out)
{
  const size_t dim = l->base.dim, rows = bgen_padded_rows(pass->n);
  const bgen_real *b = pass->theta + dim * dim;
  memcpy(r.z, in, pass->n * dim * sizeof *in);
  clear_padding(pass->n, rows, dim, r.z);
  memcpy(r.y, r.z, rows * dim * sizeof *in);
  bgen_rows_times_triangle(BGEN_UPPER, false, rows, dim, r.matrix, r.y);
  memcpy(r.work, r.y, rows * dim * sizeof *in);
  bgen_rows_times_triangle(BGEN_UNIT_LOWER, false, rows, dim, r.matrix, r.work);
  for (size_t i = 0; i < pass->n; i++)
    for (size_t j = 0; j < dim; j++)
      out[i * dim + l->order[j]] = r.work[i * dim + j] + (double) b[l->order[j]];
}

/* out = U^-1 L^-1 P^T (in - b) */
static void apply_inverse(const linear *l, const bgen_pass *pass, record r, const double *in,
                          double *out)
{
  const size_t dim = l->base.dim, rows = bgen_padded_rows(pass->n);
  const bgen_real *b = pass->theta + dim * dim;
  for (size_t i = 0; i < pass->n; i++)
    for (size_t j = 0; j < dim; j++)
      r.y[i * dim + j] = in[i * dim + l->order[j]] - (double) b[l->order[j]];
  clear_padding(pass->n, rows, dim, r.y);
  bgen_rows_solve_triangle(BGEN_UNIT_LOWER, false, rows, dim, r.matrix, r.y);
  memcpy(r.z, r.y, rows * dim * sizeof *in);
  bgen_rows_solve_triangle(BGEN_UPPER, false, rows, dim, r.matrix, r.z);
  memcpy(out, r.z, pass->n * dim * sizeof *in);
}

static void linear_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                         double *out, double *log_det)
{
  if (pass->n == 0) return;
  const linear *l = (const linear *) map;
  const record r = record_in(map->dim, pass);
  const double sum = fill_matrix(map->dim, pass->theta, r.matrix);
  (pass->direction == BGEN_FORWARD ? apply_forward : apply_inverse)(l, pass, r, in, out);
  for (size_t i = 0; i < pass->n; i++) log_det[i] += pass->direction * sum;
}

/* These three do nothing where grad_theta is NULL.
   grad_theta += work^T values, or -= for the inverse, in the triangle alone; d acts through e^d */
static void add_triangle(size_t dim, const bgen_pass *pass, record r, bgen_triangle triangle,
                         const double *values, bgen_real *grad_theta)
{
  if (!grad_theta) return;
  memset(r.product, 0, dim * dim * sizeof *r.product);
  bgen_grad_weight_double(pass->n, dim, dim, r.work, values, r.product);
  for (size_t i = 0; i < dim; i++) {
    const size_t begin = triangle == BGEN_UPPER ? i : 0, end = triangle == BGEN_UPPER ? dim : i;
    if (triangle == BGEN_UPPER) r.product[i * dim + i] *= r.matrix[i * dim + i];
    for (size_t j = begin; j < end; j++)
      grad_theta[i * dim + j] += (bgen_real) (pass->direction * r.product[i * dim + j]);
  }
}

static void add_diagonal(size_t dim, const bgen_pass *pass, const double *grad_log_det,
                         bgen_real *grad_theta)
{
  if (!grad_theta) return;
  double sum = 0;
  for (size_t i = 0; i < pass->n; i++) sum += grad_log_det[i];
  for (size_t j = 0; j < dim; j++) grad_theta[j * dim + j] += (bgen_real) (pass->direction * sum);
}

/* b acts as the x side does: with it forward, against it in the inverse */
static void add_offset(size_t dim, const bgen_pass *pass, const double *grad_x,
                       bgen_real *grad_theta)
{
  if (!grad_theta) return;
  for (size_t j = 0; j < dim; j++) {
    double sum = 0;
    for (size_t i = 0; i < pass->n; i++) sum += grad_x[i * dim + j];
    grad_theta[dim * dim + j] += (bgen_real) (pass->direction * sum);
  }
}

static void vjp_forward(const linear *l, const bgen_pass *pass, record r, const double *grad_out,
                        double *grad_in, bgen_real *grad_theta)
{
  const size_t dim = l->base.dim, rows = bgen_padded_rows(pass->n);
  add_offset(dim, pass, grad_out, grad_theta);
  for (size_t i = 0; i < pass->n; i++)
    for (size_t j = 0; j < dim; j++) r.work[i * dim + j] = grad_out[i * dim + l->order[j]];
  clear_padding(pass->n, rows, dim, r.work);
  add_triangle(dim, pass, r, BGEN_UNIT_LOWER, r.y, grad_theta);
  bgen_rows_times_triangle(BGEN_UNIT_LOWER, true, rows, dim, r.matrix, r.work);
  add_triangle(dim, pass, r, BGEN_UPPER, r.z, grad_theta);
  bgen_rows_times_triangle(BGEN_UPPER, true, rows, dim, r.matrix, r.work);
  memcpy(grad_in, r.work, pass->n * dim * sizeof *grad_in);
}

/* with T y = w:  dy = T^-1 (dw - dT y), so dL/dw = T^-T dL/dy and dL/dT = -dL/dw y^T */
static void vjp_inverse(const linear *l, const bgen_pass *pass, record r, const double *grad_out,
                        double *grad_in, bgen_real *grad_theta)
{
  const size_t dim = l->base.dim, rows = bgen_padded_rows(pass->n);
  memcpy(r.work, grad_out, pass->n * dim * sizeof *grad_out);
  clear_padding(pass->n, rows, dim, r.work);
  bgen_rows_solve_triangle(BGEN_UPPER, true, rows, dim, r.matrix, r.work);
  add_triangle(dim, pass, r, BGEN_UPPER, r.z, grad_theta);
  bgen_rows_solve_triangle(BGEN_UNIT_LOWER, true, rows, dim, r.matrix, r.work);
  add_triangle(dim, pass, r, BGEN_UNIT_LOWER, r.y, grad_theta);
  for (size_t i = 0; i < pass->n; i++)
    for (size_t j = 0; j < dim; j++) grad_in[i * dim + l->order[j]] = r.work[i * dim + j];
  add_offset(dim, pass, grad_in, grad_theta);
}

static void linear_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                       const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  bgen_begin_gradient(map, pass, grad_theta);
  if (pass->n == 0) return;
  const linear *l = (const linear *) map;
  const record r = record_in(map->dim, pass);
  fill_matrix(map->dim, pass->theta, r.matrix);
  (pass->direction == BGEN_FORWARD ? vjp_forward : vjp_inverse)(l, pass, r, grad_out, grad_in,
                                                                grad_theta);
  add_diagonal(map->dim, pass, grad_log_det, grad_theta);
}

static void linear_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  (void) rng;
  memset(theta, 0, map->n_params * sizeof *theta);
}

static void linear_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type linear_type = {"linear", linear_apply, linear_vjp,    linear_init,
                                                NULL,     NULL,         linear_destroy};

bgen_status bgen_linear_create(size_t dim, const size_t *order, bgen_bijection **map)
{
  linear *l = malloc(sizeof *l + dim * sizeof *order);
  if (!l) return bgen_fail(BGEN_NO_MEMORY, "no memory for a linear map of %zu coordinates", dim);
  const size_t batches = 3 * dim, matrices = 2 * matrix_share(dim);
  l->base =
      (bgen_bijection){&linear_type, dim, dim * dim + dim, 0, 2 * dim, matrices + batches, true};
  memcpy(l->order, order, dim * sizeof *order);
  *map = &l->base;
  return BGEN_OK;
}
