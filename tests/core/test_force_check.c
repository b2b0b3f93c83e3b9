/* SPDX-License-Identifier: GPL-2.0-or-later
   Energies and forces that belong together, nearly, or not at all. */
#include "sample/force_check.h"

#include <math.h>

#include "base/rng.h"
#include "check.h"

enum { DIM = 6, SEED = 5, REPEATS = 2000 };

/* sum of x^4 - 6 x^2 + x, with forces that are wrong by a factor, and a jump of the energy */
typedef struct energy {
  double offset, factor, jump_at, jump;
} energy;

static double value(const energy *e, const double *x, double *grad)
{
  double sum = e->offset;
  for (int i = 0; i < DIM; i++) {
    sum += pow(x[i], 4) - 6 * x[i] * x[i] + x[i] + (x[i] > e->jump_at ? e->jump : 0.0);
    grad[i] = e->factor * (4 * pow(x[i], 3) - 12 * x[i] + 1);
  }
  return sum;
}

static bgen_slope slope_at(const energy *e, const double *x, const double *direction, double s)
{
  double there[DIM], grad[DIM];
  for (int i = 0; i < DIM; i++) there[i] = x[i] + s * direction[i];
  bgen_slope slope = {value(e, there, grad), 0.0, 0.0};
  for (int i = 0; i < DIM; i++) {
    slope.slope += grad[i] * direction[i];
    slope.scale += pow(grad[i] * direction[i], 2);
  }
  slope.scale = sqrt(slope.scale);
  return slope;
}

/* the number of the try that agrees; BGEN_FORCE_CHECK_TRIES: none does */
static int tries_of(const energy *e, const double *x, uint64_t point)
{
  double direction[DIM], grad[DIM];
  value(e, x, grad);
  int t = 0;
  for (; t < BGEN_FORCE_CHECK_TRIES; t++) {
    const double step = bgen_force_check_step(t, DIM, grad, 1.0, 0.01);
    bgen_force_check_direction(SEED, point * BGEN_FORCE_CHECK_TRIES + (uint64_t) t, DIM, grad,
                               direction);
    const bgen_slope at[] = {slope_at(e, x, direction, 0.0), slope_at(e, x, direction, 0.5 * step),
                             slope_at(e, x, direction, step)};
    if (bgen_force_check_compare(at, step, 0.0, fabs(e->offset)).agrees) break;
  }
  return t;
}

/* at many points: the most tries it took, and how often none agreed */
static int most_tries(energy e, int *n_refused)
{
  int most = 0;
  *n_refused = 0;
  for (uint64_t i = 0; i < REPEATS; i++) {
    double x[DIM];
    bgen_rng rng = bgen_rng_at(SEED, BGEN_STREAM_TEST, i);
    bgen_rng_normals(&rng, DIM, x);
    const int tries = tries_of(&e, x, i);
    if (tries > most) most = tries;
    if (tries == BGEN_FORCE_CHECK_TRIES) ++*n_refused;
  }
  return most;
}

static void test_right(void **state)
{
  (void) state;
  int n;
  assert_int_equal(most_tries((energy){0, 1, INFINITY, 0}, &n), 0);
  assert_int_equal(most_tries((energy){0, 1.02, INFINITY, 0}, &n), 0); /* of a table */
  assert_int_equal(most_tries((energy){-1e6, 1, INFINITY, 0}, &n), 0); /* of many atoms */
  most_tries((energy){0, 1, 0.1, 0.01}, &n);                           /* a cutoff */
  assert_int_equal(n, 0);
}

/* half the energy, in the middle of a well */
static void test_in_the_middle(void **state)
{
  (void) state;
  const double step = 0.01;
  const bgen_slope right[3] = {
      {0, 0, 0}, {step * step / 8, step / 2, step / 2}, {step * step / 2, step, step}};
  assert_true(bgen_force_check_compare(right, step, 0.0, 1e-3).agrees);
  const bgen_slope half[3] = {
      {0, 0, 0}, {step * step / 16, step / 2, step / 2}, {step * step / 4, step, step}};
  assert_false(bgen_force_check_compare(half, step, 0.0, 1e-3).agrees);
}

static void test_wrong(void **state)
{
  (void) state;
  static const double factors[] = {0.0, -1.0, 0.8, 1.25, 2.0};
  for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
    int n;
    most_tries((energy){0, factors[k], INFINITY, 0}, &n);
    assert_int_equal(n, REPEATS);
  }
}

/* no force, no energy: right, and no NaN */
static void test_nothing(void **state)
{
  (void) state;
  const double grad[DIM] = {0};
  CHECK_CLOSE(bgen_force_check_step(0, DIM, grad, 1.0, 0.01), 0.01, 0);
  const bgen_slope none[3] = {{-3, 0, 0}, {-3, 0, 0}, {-3, 0, 0}};
  assert_true(bgen_force_check_compare(none, 0.01, 0.0, 3.0).agrees);
  const bgen_slope broken[3] = {{NAN, 0, 0}, {-3, 0, 0}, {-3, 0, 0}};
  assert_false(bgen_force_check_compare(broken, 0.01, 0.0, 3.0).agrees);
}

/* of a mesh: forces that it knows no better */
static void test_noise(void **state)
{
  (void) state;
  const bgen_slope at[3] = {{0, 0, 1e-4}, {5e-5, 0, 1e-4}, {1e-4, 0, 1e-4}};
  assert_false(bgen_force_check_compare(at, 0.01, 0.0, 3.0).agrees);
  assert_true(bgen_force_check_compare(at, 0.01, 0.01, 1e-4).agrees);
}

static void test_same(void **state)
{
  (void) state;
  assert_true(bgen_same_energy(-5.0, -5.0, 1.0));
  assert_true(bgen_same_energy(-1e6, -1e6 + 0.1, 1.0));
  assert_false(bgen_same_energy(-5.0, -4.9, 1.0));
  assert_false(bgen_same_energy(-5.0, NAN, 1.0));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_right),   cmocka_unit_test(test_wrong),
      cmocka_unit_test(test_nothing), cmocka_unit_test(test_in_the_middle),
      cmocka_unit_test(test_noise),   cmocka_unit_test(test_same)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
