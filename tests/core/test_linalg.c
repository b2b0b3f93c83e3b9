/* SPDX-License-Identifier: GPL-2.0-or-later
   The first two tests are about the BLAS that is installed: run them again for each of its kernels
   (OPENBLAS_CORETYPE) that the processor can take. */
#include "base/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { ROWS = 3 * BGEN_ROW_BLOCK };

/* widths of layers: single columns, odd ones, those of the examples */
static const size_t widths[] = {1, 2, 3, 7, 8, 16, 33, 38, 76, 100, 200};
enum { N_WIDTHS = sizeof widths / sizeof widths[0], WIDEST = 200 };

/* The same row at every place of a batch whose other rows change from place to place, NaN among
   them, and in a batch of one block. */
#define CHECK_ROW_INDEPENDENCE(product, k, m)                                                      \
  do {                                                                                             \
    double *in = must_allocate(ROWS * (k) * sizeof *in);                                           \
    double *out = must_allocate(ROWS * (m) * sizeof *out);                                         \
    double *weight = must_allocate((k) * (m) * sizeof *weight);                                    \
    double row[WIDEST], expected[WIDEST];                                                          \
    for (size_t i = 0; i < (k) * (m); i++) weight[i] = varied(1, i);                               \
    for (size_t i = 0; i < (k); i++) row[i] = 3 * varied(2, i);                                    \
    for (size_t place = 0; place < ROWS; place++) {                                                \
      for (size_t i = 0; i < ROWS * (k); i++) in[i] = 5 * varied(10 + place, i);                   \
      in[(place + 1) % ROWS * (k)] = NAN;                                                          \
      memcpy(in + place * (k), row, (k) * sizeof *row);                                            \
      product(ROWS, k, m, in, weight, out);                                                        \
      if (place == 0) memcpy(expected, out, (m) * sizeof *out);                                    \
      CHECK_SAME(m, out + place * (m), expected);                                                  \
    }                                                                                              \
    memset(in, 0, BGEN_ROW_BLOCK *(k) * sizeof *in);                                               \
    memcpy(in, row, (k) * sizeof *row);                                                            \
    product(BGEN_ROW_BLOCK, k, m, in, weight, out);                                                \
    CHECK_SAME(m, out, expected);                                                                  \
    assert_true(isfinite(expected[0]) && expected[0] != 0);                                        \
    free(in), free(out), free(weight);                                                             \
  } while (0)

static void test_row_independence_double(void **state)
{
  (void) state;
  for (size_t a = 0; a < N_WIDTHS; a++)
    for (size_t b = 0; b < N_WIDTHS; b++)
      CHECK_ROW_INDEPENDENCE(bgen_rows_times_double, widths[a], widths[b]);
}

static void times_upper(size_t n, size_t k, size_t m, const double *in, const double *weight,
                        double *out)
{
  memcpy(out, in, n * k * sizeof *out);
  bgen_rows_times_triangle(BGEN_UPPER, false, n, m, weight, out);
}

static void times_lower_transposed(size_t n, size_t k, size_t m, const double *in,
                                   const double *weight, double *out)
{
  memcpy(out, in, n * k * sizeof *out);
  bgen_rows_times_triangle(BGEN_UNIT_LOWER, true, n, m, weight, out);
}

static void solve_upper(size_t n, size_t k, size_t m, const double *in, const double *weight,
                        double *out)
{
  memcpy(out, in, n * k * sizeof *out);
  bgen_rows_solve_triangle(BGEN_UPPER, false, n, m, weight, out);
}

static void solve_lower_transposed(size_t n, size_t k, size_t m, const double *in,
                                   const double *weight, double *out)
{
  memcpy(out, in, n * k * sizeof *out);
  bgen_rows_solve_triangle(BGEN_UNIT_LOWER, true, n, m, weight, out);
}

/* the inverse of a large random triangle is huge, but finite, and must be the same everywhere */
static void test_row_independence_of_triangles(void **state)
{
  (void) state;
  for (size_t a = 0; a < N_WIDTHS; a++) {
    CHECK_ROW_INDEPENDENCE(times_upper, widths[a], widths[a]);
    CHECK_ROW_INDEPENDENCE(times_lower_transposed, widths[a], widths[a]);
    CHECK_ROW_INDEPENDENCE(solve_upper, widths[a], widths[a]);
    CHECK_ROW_INDEPENDENCE(solve_lower_transposed, widths[a], widths[a]);
  }
}

/* element of a triangle, or of its transpose */
static double element(const double *matrix, size_t dim, bgen_triangle triangle, bool transposed,
                      size_t i, size_t j)
{
  const size_t row = transposed ? j : i, column = transposed ? i : j;
  const double inside = matrix[row * dim + column];
  if (triangle == BGEN_UPPER) return row <= column ? inside : 0;
  return row == column ? 1 : row > column ? inside : 0;
}

static void check_triangle(size_t dim, bgen_triangle triangle, bool transposed)
{
  enum { N = 2 * BGEN_ROW_BLOCK, MOST = 16 };
  double matrix[MOST * MOST], rows[N * MOST], start[N * MOST];
  fill_varied(8, dim * dim, matrix);
  for (size_t i = 0; i < dim; i++) matrix[i * dim + i] += 2;
  fill_varied(9, N * dim, start);
  memcpy(rows, start, sizeof rows);
  bgen_rows_times_triangle(triangle, transposed, N, dim, matrix, rows);
  for (size_t r = 0; r < N; r++)
    for (size_t i = 0; i < dim; i++) {
      double expected = 0;
      for (size_t j = 0; j < dim; j++)
        expected += element(matrix, dim, triangle, transposed, i, j) * start[r * dim + j];
      CHECK_CLOSE(rows[r * dim + i], expected, 1e-13);
    }
  bgen_rows_solve_triangle(triangle, transposed, N, dim, matrix, rows);
  for (size_t i = 0; i < N * dim; i++) CHECK_CLOSE(rows[i], start[i], 1e-11);
}

static void test_triangles(void **state)
{
  static const size_t dims[] = {1, 2, 5, 16};
  (void) state;
  for (size_t k = 0; k < 4; k++)
    for (int transposed = 0; transposed < 2; transposed++) {
      check_triangle(dims[k], BGEN_UNIT_LOWER, transposed);
      check_triangle(dims[k], BGEN_UPPER, transposed);
    }
}

static void test_grad_weight_double(void **state)
{
  enum { N = 5, K = 3, M = 4 };
  double in[N * K], grad_out[N * M], grad[K * M];
  (void) state;
  fill_varied(10, N * K, in);
  fill_varied(11, N * M, grad_out);
  fill_varied(12, K * M, grad);
  bgen_grad_weight_double(N, K, M, in, grad_out, grad);
  for (size_t k = 0; k < K; k++)
    for (size_t m = 0; m < M; m++) {
      double expected = varied(12, k * M + m);
      for (size_t i = 0; i < N; i++) expected += in[i * K + k] * grad_out[i * M + m];
      CHECK_CLOSE(grad[k * M + m], expected, 1e-14);
    }
}

static void test_padded_rows(void **state)
{
  (void) state;
  assert_int_equal(bgen_padded_rows(0), 0);
  assert_int_equal(bgen_padded_rows(1), BGEN_ROW_BLOCK);
  assert_int_equal(bgen_padded_rows(BGEN_ROW_BLOCK), BGEN_ROW_BLOCK);
  assert_int_equal(bgen_padded_rows(BGEN_ROW_BLOCK + 1), 2 * BGEN_ROW_BLOCK);
}

/* a v = value v, v orthonormal, values ascending */
static void check_eigen(size_t n)
{
  double *a = must_allocate(n * n * sizeof *a), *v = must_allocate(n * n * sizeof *v);
  double *value = must_allocate(n * sizeof *value);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = varied(6, i * n + j);
  memcpy(v, a, n * n * sizeof *v);
  CHECK_OK(bgen_symmetric_eigen(n, v, value));
  for (size_t j = 0; j < n; j++) {
    assert_true(j == 0 || value[j - 1] <= value[j]);
    for (size_t i = 0; i < n; i++) {
      double image = 0, overlap = 0;
      for (size_t k = 0; k < n; k++) image += a[i * n + k] * v[k * n + j];
      for (size_t k = 0; k < n; k++) overlap += v[k * n + i] * v[k * n + j];
      CHECK_CLOSE(image, value[j] * v[i * n + j], 1e-13 * (double) n);
      CHECK_CLOSE(overlap, i == j, 1e-13 * (double) n);
    }
  }
  free(a), free(v), free(value);
}

static void test_eigen(void **state)
{
  (void) state;
  check_eigen(1);
  check_eigen(2);
  check_eigen(7);
  check_eigen(40);
}

static void test_eigen_of_nan(void **state)
{
  double a[4] = {1, NAN, NAN, 2}, value[2];
  (void) state;
  CHECK_REFUSED(bgen_symmetric_eigen(2, a, value), BGEN_NOT_FINITE, "2 x 2");
}

/* Vandermonde: |det| = prod_{i<j} |p_j - p_i| */
/* a = b b^T + 1 times known solutions; what is not positive definite is refused, and nothing
   touched */
static void test_solve_positive(void **state)
{
  enum { N = 7, ROWS_SOLVED = 3 };
  double b[N * N], a[N * N], solution[ROWS_SOLVED * N], rows[ROWS_SOLVED * N];
  (void) state;
  fill_varied(71, N * N, b);
  fill_varied(72, ROWS_SOLVED * N, solution);
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++) {
      a[i * N + j] = i == j;
      for (size_t k = 0; k < N; k++) a[i * N + j] += b[i * N + k] * b[j * N + k];
    }
  for (size_t r = 0; r < ROWS_SOLVED; r++)
    for (size_t i = 0; i < N; i++) {
      rows[r * N + i] = 0;
      for (size_t j = 0; j < N; j++) rows[r * N + i] += a[i * N + j] * solution[r * N + j];
    }
  CHECK_OK(bgen_solve_positive(N, a, ROWS_SOLVED, rows));
  for (size_t i = 0; i < ROWS_SOLVED * N; i++) CHECK_CLOSE(rows[i], solution[i], 1e-13);
  double singular[] = {1.5, -1.5, -1.5, 1.5}, right[] = {0.25, -0.75};
  CHECK_REFUSED(bgen_solve_positive(2, singular, 1, right), BGEN_NO_CONVERGENCE, "2 x 2");
  CHECK_CLOSE(right[0], 0.25, 0);
  double broken[] = {1.5, 0.25, 0.25, NAN};
  assert_true(bgen_solve_positive(2, broken, 1, right) != BGEN_OK);
}

int main(void)
{
  bgen_blas_threads(1);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_row_independence_double),
      cmocka_unit_test(test_row_independence_of_triangles),
      cmocka_unit_test(test_triangles),
      cmocka_unit_test(test_grad_weight_double),
      cmocka_unit_test(test_padded_rows),
      cmocka_unit_test(test_eigen),
      cmocka_unit_test(test_solve_positive),
      cmocka_unit_test(test_eigen_of_nan),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
