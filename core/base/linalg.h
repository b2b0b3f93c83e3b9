/* SPDX-License-Identifier: MIT
   linalg.h - products and factorisations in double; the only user of CBLAS and LAPACKE.  The
   products of networks are in product.h.

   All matrices are row-major and dense.  A batch of n points is a matrix of n rows. */
#ifndef BGEN_BASE_LINALG_H
#define BGEN_BASE_LINALG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/blas.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Batches are multiplied in blocks of this many rows.  A BLAS may sum a row in another order when
   it stands elsewhere in a larger block (OpenBLAS' AVX2 sgemm does from 12 rows on), and then log q
   of a configuration would depend on its neighbours in the batch.  With blocks of 8 every kernel
   tried gives a row the same bits wherever it stands; test_linalg checks the one that is
   installed. */
enum { BGEN_ROW_BLOCK = 8 };

/* n rounded up to whole row blocks: the rows that a batch of n occupies in tape and scratch. */
size_t bgen_padded_rows(size_t n);

/* out[n][m] = in[n][k] weight[k][m], n a multiple of BGEN_ROW_BLOCK; no row's result depends on the
   others or on n. */
void bgen_rows_times_double(size_t n, size_t k, size_t m, const double *in, const double *weight,
                            double *out);

/* grad_weight[k][m] += in[n][k]^T grad_out[n][m], any n */
void bgen_grad_weight_double(size_t n, size_t k, size_t m, const double *in, const double *grad_out,
                             double *grad_weight);

/* One of the two triangles that share a matrix[dim][dim]: what lies below the diagonal with ones on
   it, or the diagonal and what lies above. */
typedef enum bgen_triangle { BGEN_UNIT_LOWER, BGEN_UPPER } bgen_triangle;

/* Each r of rows[n][dim] becomes T r, or T^T r if transposed; n a multiple of BGEN_ROW_BLOCK; no
   row's result depends on the others or on n. */
void bgen_rows_times_triangle(bgen_triangle triangle, bool transposed, size_t n, size_t dim,
                              const double *matrix, double *rows);

/* Each r becomes T^-1 r, or T^-T r. */
void bgen_rows_solve_triangle(bgen_triangle triangle, bool transposed, size_t n, size_t dim,
                              const double *matrix, double *rows);

/* The symmetric a[n][n] becomes its eigenvectors, vector j in column j; eigenvalue[n] ascends. */
bgen_status bgen_symmetric_eigen(size_t n, double *a, double *eigenvalue);

/* The same for n <= 4 and finite a, without allocating: for hot paths. */
void bgen_symmetric_eigen_small(size_t n, double *a, double *eigenvalue);

/* rows[n_rows][n]: each r becomes a^-1 r, a[n][n] symmetric and positive definite, which becomes
   its Cholesky factor.
   BGEN_NO_CONVERGENCE, and rows as they were, if it is not. */
bgen_status bgen_solve_positive(size_t n, double *a, size_t n_rows, double *rows);

/* ln|det a| of a[n][n], which is overwritten; -inf if it is singular. */
double bgen_log_det(size_t n, double *a);

#ifdef __cplusplus
}
#endif
#endif
