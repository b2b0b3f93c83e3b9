/* SPDX-License-Identifier: GPL-2.0-or-later
   The products of the instruction set that BGEN_ISA names; ctest runs this once for each. */
#include "base/product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/isa.h"
#include "fixture.h"

enum { MOST_ROWS = 17, WIDEST = 300 };

/* widths of layers: single columns, odd ones, whole vectors and one more or less, those of the
   examples, more than a kernel takes at a time */
static const size_t widths[] = {1, 2, 3, 7, 8, 15, 16, 17, 33, 38, 48, 49, 76, 100, 200, 257, 300};
enum { N_WIDTHS = sizeof widths / sizeof widths[0] };

typedef struct matrices {
  size_t n, k, m;
  bgen_real *in, *weight, *transposed, *bias, *factor, *out;
} matrices;

static bgen_real *numbers(unsigned seed, size_t n)
{
  bgen_real *values = must_allocate((n + 1) * sizeof *values);
  fill_varied_real(seed, n, values);
  return values;
}

static matrices must_make(size_t n, size_t k, size_t m)
{
  matrices a = {n,
                k,
                m,
                numbers(1, n * k),
                numbers(2, k * m),
                numbers(3, k * m),
                numbers(4, m),
                numbers(5, n * m),
                numbers(6, n * m)};
  for (size_t p = 0; p < k; p++)
    for (size_t j = 0; j < m; j++) a.transposed[j * k + p] = a.weight[p * m + j];
  return a;
}

static void destroy(matrices *a)
{
  free(a->in), free(a->weight), free(a->transposed), free(a->bias), free(a->factor), free(a->out);
}

static bgen_product product_of(const matrices *a, bool transposed)
{
  return (bgen_product){.n = a->n,
                        .k = a->k,
                        .m = a->m,
                        .in = a->in,
                        .in_row = a->k,
                        .in_column = 1,
                        .weight = transposed ? a->transposed : a->weight,
                        .transposed = transposed,
                        .out = a->out};
}

static void test_the_instruction_set_is_the_one_named(void **state)
{
  const char *wish = getenv("BGEN_ISA"), *isa = bgen_isa_name(bgen_isa_in_use());
  (void) state;
  print_message("instruction set: %s\n", isa);
#if defined(__x86_64__)
  const bool has_avx512 = __builtin_cpu_supports("avx512f"),
             has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  const bool has_avx512 = false, has_avx2 = false;
#endif
  if (!wish)
    assert_string_equal(isa, has_avx512 ? "avx512" : has_avx2 ? "avx2" : "plain");
  else if ((has_avx512 || strcmp(wish, "avx512") != 0) && (has_avx2 || strcmp(wish, "avx2") != 0))
    assert_string_equal(isa, wish);
  else
    assert_string_equal(isa, "plain");
}

/* rounding of a sum of up to k products of numbers below 1, and of what follows */
static double tolerance(size_t k)
{
  return (DOUBLE_NETWORKS ? 2e-16 : 1.2e-7) * (double) (k + 4);
}

/* (in weight + out + bias) factor, of which bits of `tail` say what is there */
static void check_product(const matrices *a, bool transposed, unsigned tail)
{
  bgen_product p = product_of(a, transposed);
  p.add = tail & 1;
  p.bias = tail & 2 ? a->bias : NULL;
  p.factor = tail & 4 ? a->factor : NULL;
  fill_varied_real(6, a->n * a->m, a->out);
  bgen_multiply(&p);
  for (size_t i = 0; i < a->n; i++)
    for (size_t j = 0; j < a->m; j++) {
      const size_t at = i * a->m + j;
      double expected = p.add ? (double) (bgen_real) varied(6, at) : 0;
      for (size_t q = 0; q < a->k; q++)
        expected += (double) a->in[i * a->k + q] * (double) a->weight[q * a->m + j];
      if (p.bias) expected += (double) a->bias[j];
      if (p.factor) expected *= (double) a->factor[at];
      CHECK_CLOSE(a->out[at], expected, tolerance(a->k));
    }
}

static void test_products_against_loops(void **state)
{
  (void) state;
  for (size_t b = 0; b < N_WIDTHS; b++)
    for (size_t c = 0; c < N_WIDTHS; c++) {
      matrices a = must_make((3 * b + c) % MOST_ROWS + 1, widths[b], widths[c]);
      for (unsigned tail = 0; tail < 8; tail++) {
        check_product(&a, false, tail);
        check_product(&a, true, tail);
      }
      destroy(&a);
    }
}

/* nothing is written beyond the result, and no row for n = 0 */
static void test_nothing_else_is_written(void **state)
{
  (void) state;
  for (size_t n = 0; n <= MOST_ROWS; n++)
    for (size_t c = 0; c < N_WIDTHS; c++) {
      matrices a = must_make(n, 5, widths[c]);
      const bgen_real guard = (bgen_real) 77.25;
      a.out[n * a.m] = guard;
      const bgen_product p = product_of(&a, c % 2);
      bgen_multiply(&p);
      CHECK_SAME(1, &a.out[n * a.m], &guard);
      destroy(&a);
    }
}

/* The same row at every place of batches of every length, whose other rows are others, one of them
   NaN. */
static void check_row_independence(size_t k, size_t m, bool transposed)
{
  matrices a = must_make(MOST_ROWS, k, m);
  bgen_real row[WIDEST], expected[WIDEST];
  fill_varied_real(7, k, row);
  for (size_t n = 1; n <= MOST_ROWS; n++)
    for (size_t place = 0; place < n; place++) {
      fill_varied_real((unsigned) (10 + place), n * k, a.in);
      a.in[(place + 1) % n * k] = (bgen_real) NAN;
      memcpy(a.in + place * k, row, k * sizeof *row);
      a.n = n;
      const bgen_product p = product_of(&a, transposed);
      bgen_multiply(&p);
      if (n == 1) memcpy(expected, a.out, m * sizeof *expected);
      CHECK_SAME(m, a.out + place * m, expected);
    }
  assert_true(isfinite(expected[0]) && expected[0] != 0);
  destroy(&a);
}

static void test_row_independence(void **state)
{
  (void) state;
  for (size_t b = 0; b < N_WIDTHS; b++)
    for (size_t c = 0; c < N_WIDTHS; c++) {
      check_row_independence(widths[b], widths[c], false);
      check_row_independence(widths[b], widths[c], true);
    }
}

/* sums of whole batches, set or added once to what stands there */
/* of no rows it is 0 */
static void test_grad_weight_of_nothing(void **state)
{
  bgen_real grad[6], grad_bias[3], in = 0;
  (void) state;
  fill_varied_real(8, 6, grad);
  fill_varied_real(9, 3, grad_bias);
  bgen_grad_weight(0, 2, 3, &in, &in, true, (bgen_ahead){0}, grad, grad_bias);
  for (size_t i = 0; i < 6; i++) CHECK_CLOSE(grad[i], (bgen_real) varied(8, i), 0);
  bgen_grad_weight(0, 2, 3, &in, &in, false, (bgen_ahead){0}, grad, grad_bias);
  for (size_t i = 0; i < 6; i++) CHECK_CLOSE(grad[i], 0, 0);
  for (size_t i = 0; i < 3; i++) CHECK_CLOSE(grad_bias[i], 0, 0);
}

static void test_grad_weight(void **state)
{
  (void) state;
  for (size_t b = 0; b < N_WIDTHS; b++) {
    const size_t n = 3 * b + 1, k = widths[b], m = widths[(b + 5) % N_WIDTHS];
    bgen_real *in = numbers(1, n * k), *grad_out = numbers(2, n * m), *grad = numbers(3, k * m),
              *grad_bias = numbers(4, m);
    const bool add = b % 2;
    bgen_grad_weight(n, k, m, in, grad_out, add, (bgen_ahead){0}, grad, grad_bias);
    for (size_t p = 0; p <= k; p++)
      for (size_t j = 0; j < m; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
          sum += (p < k ? (double) in[i * k + p] : 1) * (double) grad_out[i * m + j];
        const bgen_real was = (bgen_real) (!add    ? 0
                                           : p < k ? varied(3, p * m + j)
                                                   : varied(4, j)),
                        is = p < k ? grad[p * m + j] : grad_bias[j];
        CHECK_CLOSE(is, (double) was + sum, tolerance(n));
      }
    free(in), free(grad_out), free(grad), free(grad_bias);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_instruction_set_is_the_one_named),
      cmocka_unit_test(test_products_against_loops),
      cmocka_unit_test(test_nothing_else_is_written),
      cmocka_unit_test(test_row_independence),
      cmocka_unit_test(test_grad_weight),
      cmocka_unit_test(test_grad_weight_of_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
