/* SPDX-License-Identifier: GPL-2.0-or-later
   Basins along two cvs of a small molecule, and more of them than fit in one pass. */
#include "coords/basin.h"

#include <math.h>

#include "fixture.h"

enum { DIM = 12, MANY = 150 };

static const bgen_layout layout = {4, 3};
static const bgen_cv_term along_x[1] = {{0, 0, 1.0}};
static const bgen_cv_term chain[4] = {{0, 0, 0.0}, {1, 0, 0.0}, {2, 0, 0.0}, {3, 0, 0.0}};
static bgen_cv cv[2];
static bgen_cv_range range[4][2];

/* two halves of x > 0 by the dihedral, one of them around 180 degrees; x < -1; and one that
   overlaps it */
static bgen_basins four(void)
{
  const bgen_cv_range all = {-INFINITY, INFINITY};
  cv[0] = (bgen_cv){.type = &bgen_cv_linear, .n_terms = 1, .term = along_x};
  cv[1] = (bgen_cv){.type = &bgen_cv_dihedral, .n_terms = 4, .term = chain};
  for (size_t b = 0; b < 4; b++) range[b][0] = range[b][1] = all;
  range[0][0] = range[1][0] = (bgen_cv_range){0.0, INFINITY};
  range[0][1] = bgen_cv_range_between(cv[1].type, -60, 60);
  range[1][1] = bgen_cv_range_between(cv[1].type, 60, -60);
  range[2][0] = (bgen_cv_range){-INFINITY, -1.0};
  range[3][0] = (bgen_cv_range){-5.0, -1.5};
  return (bgen_basins){4, 2, layout, cv, &range[0][0]};
}

/* of four particles in a row of bonds, the first at x0, turned by phi degrees */
static const double *turned(double x0, double phi)
{
  static double x[DIM];
  const double angle = phi / 57.295779513082320877;
  const double at[DIM] = {x0, 1, 0, x0, 0, 0, x0 + 1, 0, 0, x0 + 1, cos(angle), sin(angle)};
  for (size_t c = 0; c < DIM; c++) x[c] = at[c];
  return x;
}

static void test_which(void **state)
{
  const bgen_basins basins = four();
  (void) state;
  assert_int_equal(bgen_basin_of(&basins, turned(2.0, 10)), 0);
  assert_int_equal(bgen_basin_of(&basins, turned(0.0, -59)), 0); /* the lower end belongs to it */
  assert_int_equal(bgen_basin_of(&basins, turned(2.0, 179)), 1);
  assert_int_equal(bgen_basin_of(&basins, turned(2.0, -179)), 1);
  assert_int_equal(bgen_basin_of(&basins, turned(-0.5, 10)), -1);
  assert_int_equal(bgen_basin_of(&basins, turned(-1.0, 10)), -1); /* the upper end does not */
  assert_int_equal(bgen_basin_of(&basins, turned(-1.1, 100)), 2);
  assert_int_equal(bgen_basin_of(&basins, turned(-2.0, 100)), 2); /* the first of two */
  assert_int_equal(bgen_basin_of(&basins, turned(NAN, 10)), -1);
}

static void test_of_values(void **state)
{
  const bgen_basins basins = four();
  (void) state;
  assert_int_equal(bgen_basin_at(&basins, 0, 1.0), -1);  /* two */
  assert_int_equal(bgen_basin_at(&basins, 0, -0.5), -1); /* none */
  assert_int_equal(bgen_basin_at(&basins, 0, -1.2), 2);
  assert_int_equal(bgen_basin_at(&basins, 0, -2.0), -1);
  CHECK_CLOSE(bgen_basins_cv(&basins, 0, turned(2.5, 30)), 2.5, 0);
  CHECK_CLOSE(fabs(bgen_basins_cv(&basins, 1, turned(2.5, 30))), 30.0, 1e-12);
}

static void test_overlap(void **state)
{
  static const bool expected[4][4] = {{true, false, false, false},
                                      {false, true, false, false},
                                      {false, false, true, true},
                                      {false, false, true, true}};
  four();
  (void) state;
  for (size_t a = 0; a < 4; a++)
    for (size_t b = 0; b < 4; b++)
      assert_int_equal(bgen_basins_overlap(2, range[a], range[b]), expected[a][b]);
}

/* set, not added to */
static void test_gradient(void **state)
{
  const bgen_basins basins = four();
  double grad[DIM], expected[DIM] = {1.0};
  (void) state;
  for (size_t c = 0; c < DIM; c++) grad[c] = NAN;
  bgen_basins_cv_gradient(&basins, 0, turned(2.0, 10), grad);
  CHECK_SAME(DIM, grad, expected);
}

/* cells of a line, with a gap between each two */
static void test_many(void **state)
{
  static bgen_cv_range cell[MANY];
  const bgen_cv line = {.type = &bgen_cv_linear, .n_terms = 1, .term = along_x};
  (void) state;
  for (int i = 0; i < MANY; i++) cell[i] = (bgen_cv_range){i, i + 0.5};
  for (size_t n = 1; n <= MANY; n += n % 64 == 63 ? 1 : 7) {
    const bgen_basins basins = {n, 1, {1, 1}, &line, cell};
    for (int i = -1; i <= MANY; i++) {
      const double held = i + 0.25, between = i + 0.75;
      assert_int_equal(bgen_basin_of(&basins, &held), i >= 0 && i < (int) n ? i : -1);
      assert_int_equal(bgen_basin_of(&basins, &between), -1);
    }
  }
}

static void test_without_cvs(void **state)
{
  const bgen_basins all = {1, 0, {1, 1}, NULL, NULL};
  const double x = NAN;
  (void) state;
  assert_int_equal(bgen_basin_of(&all, &x), 0);
  assert_true(bgen_basins_overlap(0, all.range, all.range));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_which),   cmocka_unit_test(test_of_values),
      cmocka_unit_test(test_overlap), cmocka_unit_test(test_gradient),
      cmocka_unit_test(test_many),    cmocka_unit_test(test_without_cvs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
