/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/elementwise.h"

#include <float.h>
#include <math.h>

#include "fixture.h"

static double exp_of(double a)
{
  double value;
  bgen_exp(1, &a, &value);
  return value;
}

/* against the 64-bit mantissa of long double; a result is normal everywhere in the range */
static double error_ulp(double value, long double exact)
{
  int exponent;
  (void) frexpl(exact, &exponent);
  return (double) (fabsl((long double) value - exact) / ldexpl(1, exponent - DBL_MANT_DIG));
}

static double exp_error_ulp(double a)
{
  return error_ulp(exp_of(a), expl((long double) a));
}

static void test_exp(void **state)
{
  static const double special[] = {0, -0.0, 708, -708, 1e-300, -1e-300, 0.34657359, -0.34657359, 1};
  double worst = 0;
  (void) state;
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    CHECK_WITHIN(exp_error_ulp(special[i]), 0, 2);
  for (size_t i = 0; i < 200000; i++) {
    const double a = i % 2 ? 708 * varied(1, i) : varied(1, i), error = exp_error_ulp(a);
    CHECK_WITHIN(error, 0, 2);
    if (error > worst) worst = error;
  }
  print_message("worst error of exp: %.2f ulp\n", worst);
}

static void test_exp_at_the_ends(void **state)
{
  (void) state;
  assert_true(isnan(exp_of(NAN)) && isnan(exp_of(-NAN)));
  CHECK_CLOSE(exp_of(INFINITY), exp_of(708), 0);
  CHECK_CLOSE(exp_of(1e300), exp_of(708), 0);
  CHECK_CLOSE(exp_of(-INFINITY), exp_of(-708), 0);
  CHECK_CLOSE(exp_of(-709), exp_of(-708), 0);
}

static double log_of(double a)
{
  double value;
  bgen_log(1, &a, &value);
  return value;
}

static double log_error_ulp(double a)
{
  return error_ulp(log_of(a), logl((long double) a));
}

/* everywhere, where 1 + g meets its ends, and near 1, where the result is small */
static void test_log(void **state)
{
  static const double special[] = {0.5,       2,          0.70710678118654746, 0.70710678118654757,
                                   DBL_MIN,   DBL_MAX,    1.4142135623730949,  1.4142135623730951,
                                   0x1p-1074, 0x1.8p-1050};
  double worst = 0;
  (void) state;
  CHECK_CLOSE(log_of(1), 0, 0);
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    CHECK_WITHIN(log_error_ulp(special[i]), 0, 1);
  for (size_t i = 0; i < 200000; i++) {
    const double size[] = {700, 1, 1e-3, 1e-9}, a = exp(size[i % 4] * varied(13, i));
    const double error = a == 1 ? 0 : log_error_ulp(a);
    CHECK_WITHIN(error, 0, 1);
    if (error > worst) worst = error;
  }
  print_message("worst error of log: %.2f ulp\n", worst);
}

static void test_log_at_the_ends(void **state)
{
  (void) state;
  assert_true(isnan(log_of(NAN)) && isnan(log_of(-1)) && isnan(log_of(-INFINITY)));
  assert_true(log_of(INFINITY) == INFINITY);
  assert_true(log_of(0) == -INFINITY && log_of(-0.0) == -INFINITY);
}

typedef struct reference {
  const char *name;
  bgen_activation f;
  double (*value)(double), (*slope)(double);
} reference;

static double tanh_slope(double a)
{
  return 1 / (cosh(a) * cosh(a));
}

static double sigmoid(double a)
{
  return 1 / (1 + exp(-a));
}

static double silu(double a)
{
  return a * sigmoid(a);
}

static double silu_slope(double a)
{
  return sigmoid(a) + a * sigmoid(a) * sigmoid(-a);
}

static const reference activations[] = {{"tanh", BGEN_TANH, tanh, tanh_slope},
                                        {"silu", BGEN_SILU, silu, silu_slope}};

/* a few roundings of numbers of the size of 1, or of the argument */
static double tolerance(double a)
{
  return (DOUBLE_NETWORKS ? 4 * DBL_EPSILON : 4 * (double) FLT_EPSILON) * fmax(1, fabs(a));
}

/* rows becomes the values, slope[n][m] their slopes; the trace tells the same bits again */
static void activate_with_slope(bgen_activation f, size_t n, size_t m, const bgen_real *bias,
                                bgen_real *rows, bgen_real *slope)
{
  enum { MOST = 64 };
  bgen_real trace[MOST], again[MOST];
  assert_true(n * m <= MOST);
  bgen_activate(f, n, m, bias, rows, trace);
  const bgen_real *values = bgen_retrace(f, n * m, trace, again, slope);
  for (size_t i = 0; i < n * m; i++) assert_true(values[i] == rows[i] || isnan(rows[i]));
}

static void test_activations(void **state)
{
  (void) state;
  for (size_t k = 0; k < 2; k++)
    for (size_t i = 0; i < 20000; i++) {
      const bgen_real in = (bgen_real) (i % 2 ? 30 * varied(2, i) : 2 * varied(2, i));
      const bgen_real bias = (bgen_real) varied(3, i), at = in + bias;
      bgen_real value = in, slope = (bgen_real) NAN, alone = in;
      activate_with_slope(activations[k].f, 1, 1, &bias, &value, &slope);
      bgen_activate(activations[k].f, 1, 1, &bias, &alone, NULL);
      CHECK_CLOSE(value, activations[k].value((double) at), tolerance((double) at));
      CHECK_CLOSE(slope, activations[k].slope((double) at), tolerance((double) at));
      CHECK_SAME(1, &value, &alone);
    }
}

/* the slope is the derivative of the value, whatever formula made either */
static void test_slopes_by_differences(void **state)
{
  const double h = DOUBLE_NETWORKS ? 1e-3 : 0.1, allowed = DOUBLE_NETWORKS ? 1e-10 : 1e-4;
  const bgen_real zero = 0;
  (void) state;
  for (size_t k = 0; k < 2; k++)
    for (size_t i = 0; i < 200; i++) {
      const double a = 4 * varied(4, i);
      bgen_real at = (bgen_real) a, slope = (bgen_real) NAN;
      double f[4];
      for (int s = 0; s < 4; s++) {
        bgen_real value = (bgen_real) (a + h * (s < 2 ? s - 2 : s - 1));
        bgen_activate(activations[k].f, 1, 1, &zero, &value, NULL);
        f[s] = (double) value;
      }
      activate_with_slope(activations[k].f, 1, 1, &zero, &at, &slope);
      CHECK_CLOSE(slope, slope_of(f, h), allowed);
    }
}

static void test_bound(void **state)
{
  const bgen_real bounds[] = {2, (bgen_real) 0.7};
  (void) state;
  for (size_t b = 0; b < 2; b++)
    for (size_t i = 0; i < 5000; i++) {
      const double limit = (double) bounds[b];
      const bgen_real in = (bgen_real) (i % 2 ? 100 * varied(5, i) : 3 * varied(5, i));
      bgen_real value = in, slope = (bgen_real) NAN, alone = in;
      bgen_bound(bounds[b], 1, &value, &slope);
      bgen_bound(bounds[b], 1, &alone, NULL);
      CHECK_CLOSE(value, limit * tanh((double) in / limit), limit * tolerance(1));
      CHECK_CLOSE(slope, tanh_slope((double) in / limit), 2 * tolerance(1));
      CHECK_WITHIN(value, -limit, limit);
      CHECK_SAME(1, &value, &alone);
    }
}

static void test_bounded_exp(void **state)
{
  const double limit = 3;
  bgen_real one = 0;
  (void) state;
  bgen_bounded_exp((bgen_real) limit, 1, &one, NULL);
  CHECK_CLOSE(one, 1, 0);
  for (size_t i = 0; i < 5000; i++) {
    const bgen_real in = (bgen_real) (i % 2 ? 100 * varied(12, i) : 3 * varied(12, i));
    const double expected = exp(limit * tanh((double) in / limit));
    bgen_real value = in, slope = (bgen_real) NAN, alone = in;
    bgen_bounded_exp((bgen_real) limit, 1, &value, &slope);
    bgen_bounded_exp((bgen_real) limit, 1, &alone, NULL);
    CHECK_CLOSE(value, expected, expected * (limit * tolerance(1) + tolerance(1)));
    CHECK_CLOSE(slope, tanh_slope((double) in / limit), 2 * tolerance(1));
    CHECK_SAME(1, &value, &alone);
  }
}

static void test_nan_goes_through(void **state)
{
  (void) state;
  for (size_t k = 0; k < 2; k++) {
    const bgen_real zero = 0;
    bgen_real value = (bgen_real) NAN, slope = 0;
    activate_with_slope(activations[k].f, 1, 1, &zero, &value, &slope);
    assert_true(isnan(value) && isnan(slope));
  }
  bgen_real value = (bgen_real) NAN, slope = 0;
  bgen_bound(2, 1, &value, &slope);
  assert_true(isnan(value) && isnan(slope));
  bgen_bounded_exp(2, 1, &value, &slope);
  assert_true(isnan(value) && isnan(slope));
}

/* vector loops and their remainders give the same bits, so a result does not depend on its place */
static void test_place_does_not_matter(void **state)
{
  enum { MOST = 41 };
  double in[MOST], out[MOST];
  bgen_real raw[MOST], bias[MOST], value[MOST], slope[MOST];
  (void) state;
  fill_varied(6, MOST, in);
  fill_varied_real(7, MOST, raw);
  fill_varied_real(8, MOST, bias);
  for (size_t n = 1; n <= MOST; n++) {
    bgen_exp(n, in, out);
    for (size_t i = 0; i < n; i++) CHECK_CLOSE(out[i], exp_of(in[i]), 0);
    bgen_log(n, out, out);
    for (size_t i = 0; i < n; i++) CHECK_CLOSE(out[i], log_of(exp_of(in[i])), 0);
    for (size_t i = 0; i < n; i++) value[i] = raw[i];
    bgen_bounded_exp(2, n, value, NULL);
    for (size_t i = 0; i < n; i++) {
      bgen_real one = raw[i];
      bgen_bounded_exp(2, 1, &one, NULL);
      CHECK_SAME(1, &value[i], &one);
    }
    for (size_t k = 0; k < 2; k++) {
      for (size_t i = 0; i < n; i++) value[i] = raw[i];
      activate_with_slope(activations[k].f, 1, n, bias, value, slope);
      for (size_t i = 0; i < n; i++) {
        bgen_real one = raw[i], its_slope;
        activate_with_slope(activations[k].f, 1, 1, bias + i, &one, &its_slope);
        CHECK_SAME(1, &value[i], &one);
        CHECK_SAME(1, &slope[i], &its_slope);
      }
    }
  }
}

static void test_rows_share_the_bias(void **state)
{
  enum { N = 3, M = 5 };
  bgen_real rows[N * M], bias[M], slope[N * M];
  (void) state;
  fill_varied_real(9, N * M, rows);
  fill_varied_real(10, M, bias);
  activate_with_slope(BGEN_SILU, N, M, bias, rows, slope);
  for (size_t i = 0; i < N * M; i++) {
    bgen_real one = (bgen_real) varied(9, i), its_slope;
    activate_with_slope(BGEN_SILU, 1, 1, bias + i % M, &one, &its_slope);
    CHECK_SAME(1, &rows[i], &one);
    CHECK_SAME(1, &slope[i], &its_slope);
  }
}

static void test_exp_in_place(void **state)
{
  double in[13], out[13];
  (void) state;
  fill_varied(11, 13, in);
  bgen_exp(13, in, out);
  bgen_exp(13, in, in);
  CHECK_SAME(13, in, out);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_exp),
      cmocka_unit_test(test_exp_at_the_ends),
      cmocka_unit_test(test_log),
      cmocka_unit_test(test_log_at_the_ends),
      cmocka_unit_test(test_activations),
      cmocka_unit_test(test_slopes_by_differences),
      cmocka_unit_test(test_bound),
      cmocka_unit_test(test_bounded_exp),
      cmocka_unit_test(test_nan_goes_through),
      cmocka_unit_test(test_place_does_not_matter),
      cmocka_unit_test(test_rows_share_the_bias),
      cmocka_unit_test(test_exp_in_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
