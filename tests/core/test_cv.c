/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "coords/cv.h"

#include "check.h"

static void test_coordinate(void **state)
{
  const bgen_layout layout = {3, 2};
  const double x[] = {1, 2, 3, 4, 5, 6};
  (void) state;
  CHECK_SAME(1, x + 2,
             &(double){bgen_cv_value(&(bgen_cv){BGEN_CV_COORDINATE, 1, 1, 0}, &layout, x)});
  CHECK_SAME(1, x + 5,
             &(double){bgen_cv_value(&(bgen_cv){BGEN_CV_COORDINATE, 2, 2, 1}, &layout, x)});
}

static void test_distance(void **state)
{
  const double plane[] = {9, 9, 1, 2, 4, -2}, space[] = {1, 2, 3, 3, 8, -6}, line[] = {7, 4.5};
  (void) state;
  CHECK_CLOSE(bgen_cv_value(&(bgen_cv){BGEN_CV_DISTANCE, 1, 2, 0}, &(bgen_layout){3, 2}, plane), 5,
              1e-15);
  CHECK_CLOSE(bgen_cv_value(&(bgen_cv){BGEN_CV_DISTANCE, 1, 0, 0}, &(bgen_layout){2, 3}, space), 11,
              1e-14);
  CHECK_CLOSE(bgen_cv_value(&(bgen_cv){BGEN_CV_DISTANCE, 0, 1, 0}, &(bgen_layout){2, 1}, line), 2.5,
              0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_coordinate),
                                     cmocka_unit_test(test_distance)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
