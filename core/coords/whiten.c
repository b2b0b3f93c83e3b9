/* SPDX-License-Identifier: MIT
   fitted, of the n coordinates on lines: mean[n], log|det S|, S, S^-1 and, for gradients, S^T and
   S^-T, each [n][n].
   theta and tape: nothing.  scratch: two batches. */
#include "coords/whiten.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/moments.h"

typedef struct whiten {
  bgen_bijection base;
  bgen_whitening kind;
  size_t n_lines, line[]; /* which coordinates are on lines, [n_lines] of [dim] */
} whiten;

enum { ROOT, INVERSE_ROOT, ROOT_TRANSPOSED, INVERSE_ROOT_TRANSPOSED, N_MATRICES };

static size_t place_of(size_t n_lines, size_t matrix)
{
  return n_lines + 1 + matrix * n_lines * n_lines;
}

/* those of one row, side by side */
static void gather(const whiten *map, const double *row, double *lines)
{
  for (size_t k = 0; k < map->n_lines; k++) lines[k] = row[map->line[k]];
}

/* out = in matrix through padded copies, since the product takes whole row blocks only */
static void multiply(const whiten *map, const bgen_pass *pass, size_t matrix, const double *in,
                     const double *offset, double *out)
{
  const size_t dim = map->base.dim, m = map->n_lines, n = pass->n, rows = bgen_padded_rows(n);
  double *left = pass->scratch, *product = left + rows * m;
  for (size_t i = 0; i < n; i++) {
    gather(map, in + i * dim, left + i * m);
    for (size_t k = 0; k < m; k++) left[i * m + k] -= offset ? offset[k] : 0;
  }
  memset(left + n * m, 0, (rows - n) * m * sizeof *left);
  bgen_rows_times_double(rows, m, m, left, pass->fitted + place_of(m, matrix), product);
  if (m < dim) memcpy(out, in, n * dim * sizeof *out);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m; k++) out[i * dim + map->line[k]] = product[i * m + k];
}

static void whiten_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                         double *out, double *log_det)
{
  const whiten *w = (const whiten *) map;
  const double *mean = pass->fitted, log_det_root = pass->fitted[w->n_lines];
  const bool forward = pass->direction == BGEN_FORWARD;
  multiply(w, pass, forward ? ROOT : INVERSE_ROOT, in, forward ? NULL : mean, out);
  for (size_t i = 0; i < pass->n; i++) {
    for (size_t k = 0; forward && k < w->n_lines; k++) out[i * map->dim + w->line[k]] += mean[k];
    log_det[i] += forward ? log_det_root : -log_det_root;
  }
}

static void whiten_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                       const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  (void) grad_log_det, (void) grad_theta;
  const bool forward = pass->direction == BGEN_FORWARD;
  multiply((const whiten *) map, pass, forward ? ROOT_TRANSPOSED : INVERSE_ROOT_TRANSPOSED,
           grad_out, NULL, grad_in);
}

/* Not shared with bgen_normal_of(), which sums blocks of frames by BLAS, many times faster: the
   order of these sums decides the last bits of every flow that is fitted to frames alone. */
static void covariance_of(size_t n, size_t dim, const double *x, const double *mean, double *c)
{
  memset(c, 0, dim * dim * sizeof *c);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < dim; j++) {
      const double d = (x[i * dim + j] - mean[j]) / (double) n;
      for (size_t k = 0; k < dim; k++) c[j * dim + k] += d * (x[i * dim + k] - mean[k]);
    }
}

/* out = V w V^T from eigenvectors V (columns) and widths w */
static void compose(size_t dim, const double *vectors, const double *width, double *out)
{
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++) {
      double sum = 0;
      for (size_t k = 0; k < dim; k++)
        sum += vectors[i * dim + k] * vectors[j * dim + k] * width[k];
      out[i * dim + j] = sum;
    }
}

/* out = w V^T, the widest first; eigenvalues come in rising order */
static void sort_components(size_t dim, const double *vectors, const double *width, double *out)
{
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++)
      out[i * dim + j] = width[dim - 1 - i] * vectors[j * dim + dim - 1 - i];
}

static void transpose(size_t dim, const double *in, double *out)
{
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++) out[j * dim + i] = in[i * dim + j];
}

/* inverse_width is filled with 1/w.  For PCA S^-1 = V / w is the transpose of V^T / w. */
static void fill_matrices(const whiten *map, const double *vectors, const double *width,
                          double *inverse_width, double *fitted)
{
  const size_t dim = map->n_lines;
  double *matrix[N_MATRICES];
  for (size_t m = 0; m < N_MATRICES; m++) matrix[m] = fitted + place_of(dim, m);
  for (size_t j = 0; j < dim; j++) inverse_width[j] = 1 / width[j];
  if (map->kind == BGEN_ZCA) {
    compose(dim, vectors, width, matrix[ROOT]);
    compose(dim, vectors, inverse_width, matrix[INVERSE_ROOT]);
    transpose(dim, matrix[INVERSE_ROOT], matrix[INVERSE_ROOT_TRANSPOSED]);
  } else {
    sort_components(dim, vectors, width, matrix[ROOT]);
    sort_components(dim, vectors, inverse_width, matrix[INVERSE_ROOT_TRANSPOSED]);
    transpose(dim, matrix[INVERSE_ROOT_TRANSPOSED], matrix[INVERSE_ROOT]);
  }
  transpose(dim, matrix[ROOT], matrix[ROOT_TRANSPOSED]);
}

/* of the lines: vectors[n][n] is the covariance, and memory like width[n] */
static bgen_status fit_normal(const whiten *map, const double *mean, double *vectors, double *width,
                              double *fitted)
{
  const size_t dim = map->n_lines;
  bgen_status status = bgen_symmetric_eigen(dim, vectors, width);
  const double log_det = status ? 0 : bgen_widths(dim, width);
  if (!status && !isfinite(log_det))
    status = bgen_fail(BGEN_NOT_FINITE, "a frame to whiten contains a number that is not finite");
  if (status) return status;
  memcpy(fitted, mean, dim * sizeof *mean);
  fitted[dim] = log_det;
  fill_matrices(map, vectors, width, width + dim, fitted);
  return BGEN_OK;
}

static double *memory_to_fit(size_t n_lines)
{
  return malloc((n_lines * n_lines + 3 * n_lines + 1) * sizeof(double));
}

static bgen_status whiten_fit(const bgen_bijection *map, const bgen_real *theta,
                              const bgen_examples *to, double *fitted)
{
  (void) theta;
  const whiten *w = (const whiten *) map;
  const size_t m = w->n_lines, n = to->n;
  if (n < 2) return bgen_fail(BGEN_BAD_INPUT, "whiten needs at least 2 frames, but has %zu", n);
  double *work = memory_to_fit(m),
         *lines = m < map->dim ? malloc((n * m + 1) * sizeof *lines) : NULL;
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory to whiten %zu coordinates", m);
  if (work && (lines || m == map->dim)) {
    double *vectors = work, *width = work + m * m, *mean = width + 2 * m;
    for (size_t i = 0; lines && i < n; i++) gather(w, to->x + i * map->dim, lines + i * m);
    bgen_means(n, m, lines ? lines : to->x, mean);
    covariance_of(n, m, lines ? lines : to->x, mean, vectors);
    status = fit_normal(w, mean, vectors, width, fitted);
  }
  free(work), free(lines);
  return status;
}

bgen_status bgen_whiten_to(const bgen_bijection *map, const double *mean, const double *covariance,
                           double *fitted)
{
  const whiten *w = (const whiten *) map;
  const size_t dim = map->dim, m = w->n_lines;
  double *work = memory_to_fit(m);
  if (!work) return bgen_fail(BGEN_NO_MEMORY, "no memory to whiten %zu coordinates", m);
  for (size_t k = 0; k < m; k++) gather(w, covariance + w->line[k] * dim, work + k * m);
  double *width = work + m * m, *mean_of_lines = width + 2 * m;
  gather(w, mean, mean_of_lines);
  const bgen_status status = fit_normal(w, mean_of_lines, work, width, fitted);
  free(work);
  return status;
}

static double norm_of(size_t n, const double *a)
{
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += a[k] * a[k];
  return sqrt(sum);
}

static bool is_transpose(size_t dim, const double *a, const double *b)
{
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++)
      if (a[i * dim + j] != b[j * dim + i]) return false;
  return true;
}

/* the largest deviation of S S^-1 from 1; memory[2][padded rows][dim] */
static double residual(size_t dim, const double *s, const double *inverse, double *memory)
{
  const size_t rows = bgen_padded_rows(dim);
  double *product = memory + rows * dim, largest = 0;
  memset(memory, 0, rows * dim * sizeof *memory);
  memcpy(memory, s, dim * dim * sizeof *memory);
  bgen_rows_times_double(rows, dim, dim, memory, inverse, product);
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++) {
      const double off = fabs(product[i * dim + j] - (i == j));
      if (!(off <= largest)) largest = off;
    }
  return largest;
}

/* Both matrices come from eigenvectors, with dim sums that round by eps of the larger, so S S^-1 is
   off by eps dim |S||S^-1|, and ln|det S| by dim as much; the factor 8 is for other ways to get
   there. */
static bgen_status check_matrices(size_t dim, double log_det, const double *matrix, double *memory)
{
  const size_t n = dim * dim;
  const double *s = matrix + ROOT * n, *inverse = matrix + INVERSE_ROOT * n;
  const double tolerance =
      8 * (double) dim * DBL_EPSILON * (1 + norm_of(n, s) * norm_of(n, inverse));
  if (!is_transpose(dim, s, matrix + ROOT_TRANSPOSED * n) ||
      !is_transpose(dim, inverse, matrix + INVERSE_ROOT_TRANSPOSED * n))
    return bgen_fail(BGEN_BAD_FILE, "whiten: a matrix differs from its transpose in the file");
  if (!(residual(dim, s, inverse, memory) <= tolerance))
    return bgen_fail(BGEN_BAD_FILE, "whiten: a matrix and its inverse do not belong together");
  memcpy(memory, s, n * sizeof *memory);
  const double found = bgen_log_det(dim, memory);
  if (fabs(found - log_det) <= (double) dim * tolerance) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "whiten: ln|det S| is %.9g, but the file says %.9g", found,
                   log_det);
}

static bgen_status whiten_check(const bgen_bijection *map, const double *fitted)
{
  const size_t dim = ((const whiten *) map)->n_lines;
  if (!dim) return BGEN_OK;
  double *memory = malloc(2 * bgen_padded_rows(dim) * dim * sizeof *memory);
  if (!memory) return bgen_fail(BGEN_NO_MEMORY, "no memory to whiten %zu coordinates", dim);
  const bgen_status status = check_matrices(dim, fitted[dim], fitted + place_of(dim, 0), memory);
  free(memory);
  return status;
}

static void whiten_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type whiten_type = {"whiten",   whiten_apply, whiten_vjp,    NULL,
                                                whiten_fit, whiten_check, whiten_destroy};

bool bgen_is_whiten(const bgen_bijection *map)
{
  return map->type == &whiten_type;
}

bgen_status bgen_whiten_create(size_t dim, bgen_whitening kind, const bool *circle,
                               bgen_bijection **map)
{
  whiten *w = malloc(sizeof *w + dim * sizeof *w->line);
  if (!w) return bgen_fail(BGEN_NO_MEMORY, "no memory for a map");
  w->n_lines = 0;
  for (size_t j = 0; j < dim; j++)
    if (!circle || !circle[j]) w->line[w->n_lines++] = j;
  w->base =
      (bgen_bijection){&whiten_type, dim, 0, place_of(w->n_lines, N_MATRICES), 0, 2 * dim, false};
  w->kind = kind;
  *map = &w->base;
  return BGEN_OK;
}
