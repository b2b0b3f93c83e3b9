/* SPDX-License-Identifier: MIT */
#include "base/linalg.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

size_t bgen_padded_rows(size_t n)
{
  return (n + BGEN_ROW_BLOCK - 1) / BGEN_ROW_BLOCK * BGEN_ROW_BLOCK;
}

void bgen_rows_times_double(size_t n, size_t k, size_t m, const double *in, const double *weight,
                            double *out)
{
  assert(n % BGEN_ROW_BLOCK == 0);
  for (size_t row = 0; row < n; row += BGEN_ROW_BLOCK)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BGEN_ROW_BLOCK, (int) m, (int) k, 1,
                in + row * k, (int) k, weight, (int) m, 0, out + row * m, (int) m);
}

void bgen_grad_weight_double(size_t n, size_t k, size_t m, const double *in, const double *grad_out,
                             double *grad_weight)
{
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int) k, (int) m, (int) n, 1, in, (int) k,
              grad_out, (int) m, 1, grad_weight, (int) m);
}

/* a row holds r^T, and (T r)^T = r^T T^T: a factor on the right, transposed */
static void triangle_by_blocks(bool solve, bgen_triangle triangle, bool transposed, size_t n,
                               size_t dim, const double *matrix, double *rows)
{
  const int part = triangle == BGEN_UPPER ? CblasUpper : CblasLower;
  const int diagonal = triangle == BGEN_UPPER ? CblasNonUnit : CblasUnit;
  const int order = transposed ? CblasNoTrans : CblasTrans, m = (int) dim;
  assert(n % BGEN_ROW_BLOCK == 0);
  for (size_t row = 0; row < n; row += BGEN_ROW_BLOCK)
    if (solve)
      cblas_dtrsm(CblasRowMajor, CblasRight, part, order, diagonal, BGEN_ROW_BLOCK, m, 1, matrix, m,
                  rows + row * dim, m);
    else
      cblas_dtrmm(CblasRowMajor, CblasRight, part, order, diagonal, BGEN_ROW_BLOCK, m, 1, matrix, m,
                  rows + row * dim, m);
}

void bgen_rows_times_triangle(bgen_triangle triangle, bool transposed, size_t n, size_t dim,
                              const double *matrix, double *rows)
{
  triangle_by_blocks(false, triangle, transposed, n, dim, matrix, rows);
}

void bgen_rows_solve_triangle(bgen_triangle triangle, bool transposed, size_t n, size_t dim,
                              const double *matrix, double *rows)
{
  triangle_by_blocks(true, triangle, transposed, n, dim, matrix, rows);
}

bgen_status bgen_symmetric_eigen(size_t n, double *a, double *eigenvalue)
{
  const lapack_int code =
      LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int) n, a, (lapack_int) n, eigenvalue);
  if (code == LAPACK_WORK_MEMORY_ERROR || code == LAPACK_TRANSPOSE_MEMORY_ERROR)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the eigenvectors of a %zu x %zu matrix", n, n);
  if (code < 0)
    return bgen_fail(BGEN_NOT_FINITE, "a %zu x %zu matrix with NaN has no eigenvectors", n, n);
  if (code > 0)
    return bgen_fail(BGEN_NO_CONVERGENCE, "eigenvectors of a %zu x %zu matrix not found", n, n);
  return BGEN_OK;
}

/* read column by column a is the same, and its eigenvectors are transposed */
void bgen_symmetric_eigen_small(size_t n, double *a, double *eigenvalue)
{
  double work[64];
  assert(n <= 4);
  const lapack_int size = (lapack_int) n,
                   code = LAPACKE_dsyev_work(LAPACK_COL_MAJOR, 'V', 'U', size, a, size, eigenvalue,
                                             work, sizeof work / sizeof *work);
  assert(code == 0);
  (void) code;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      const double below = a[i * n + j];
      a[i * n + j] = a[j * n + i];
      a[j * n + i] = below;
    }
}

/* read column by column a is the same and each r a column of the right-hand sides, so nothing is
   transposed */
bgen_status bgen_solve_positive(size_t n, double *a, size_t n_rows, double *rows)
{
  const lapack_int code = LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', (lapack_int) n, (lapack_int) n_rows,
                                        a, (lapack_int) n, rows, (lapack_int) n);
  if (code)
    return bgen_fail(BGEN_NO_CONVERGENCE, "a %zu x %zu matrix is not positive definite", n, n);
  return BGEN_OK;
}

/* by the diagonal of U in L U; without memory for the pivots it is not known: NaN */
double bgen_log_det(size_t n, double *a)
{
  lapack_int *pivots = calloc(n, sizeof *pivots);
  if (!pivots) return NAN;
  const lapack_int m = (lapack_int) n;
  double sum = LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, m, m, a, m, pivots) ? -INFINITY : 0;
  for (size_t i = 0; i < n && sum > -INFINITY; i++) sum += log(fabs(a[i * n + i]));
  free(pivots);
  return sum;
}

/* absent from other BLAS libraries, hence weak */
#if defined(__GNUC__)
extern void openblas_set_num_threads(int n_threads) __attribute__((weak));
void bgen_blas_threads(int n_threads)
{
  if (openblas_set_num_threads) openblas_set_num_threads(n_threads);
}
#else
void bgen_blas_threads(int n_threads)
{
  (void) n_threads;
}
#endif
