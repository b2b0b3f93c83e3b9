/* SPDX-License-Identifier: GPL-2.0-or-later
   The distance from a plane: in closed form, under motions of the whole, and its gradient. */
#include <math.h>

#include "coords/cv.h"
#include "fixture.h"

enum { N = 6, DIM = 3 * N, TRIALS = 20, N_TERMS = 8 };

static const bgen_layout space = {N, 3};

/* p from 5 to 3 and 1; u and v are of particles that are in others, too; 2 is in none */
static const bgen_cv_term terms[N_TERMS] = {{3, 0, 0.4}, {1, 0, 0.6}, {5, 0, -1},  {1, 1, 1},
                                            {4, 1, -1},  {0, 2, 0.5}, {5, 2, 0.5}, {4, 2, -1}};
static const bgen_cv h = {.type = &bgen_cv_plane_distance, .n_terms = N_TERMS, .term = terms};

/* u along x, v along x and y: the distance is z, whatever u and v are */
static void test_value(void **state)
{
  const double x[] = {0, 0, 0, 2, 0, 0, 1, 3, 0, 7, -5, 1.5};
  const bgen_cv_term of[] = {{3, 0, 1}, {0, 0, -1}, {1, 1, 1}, {0, 1, -1}, {2, 2, 1}, {0, 2, -1}};
  const bgen_cv above = {.type = &bgen_cv_plane_distance, .n_terms = 6, .term = of};
  (void) state;
  CHECK_CLOSE(bgen_cv_value(&above, &(bgen_layout){4, 3}, x), 1.5, 1e-15);
  const bgen_cv_term turned[] = {{3, 0, 1},  {0, 0, -1}, {1, 2, 1},
                                 {0, 2, -1}, {2, 1, 1},  {0, 1, -1}};
  const bgen_cv below = {.type = &bgen_cv_plane_distance, .n_terms = 6, .term = turned};
  CHECK_CLOSE(bgen_cv_value(&below, &(bgen_layout){4, 3}, x), -1.5, 1e-15);
}

/* of the shape: the same after a turn and a displacement, of the other sign in a mirror */
static void test_motions(void **state)
{
  const double c = cos(0.7), s = sin(0.7);
  (void) state;
  assert_true(bgen_cv_is_of_shape(&h, true));
  for (uint64_t t = 0; t < TRIALS; t++) {
    double x[DIM], moved[DIM], mirrored[DIM];
    fill_varied(t, DIM, x);
    for (size_t i = 0; i < N; i++) {
      const double *r = x + 3 * i;
      moved[3 * i] = c * r[0] - s * r[1] + 4, moved[3 * i + 1] = s * r[0] + c * r[1] - 2;
      moved[3 * i + 2] = r[2] + 9;
      mirrored[3 * i] = -r[0], mirrored[3 * i + 1] = r[1], mirrored[3 * i + 2] = r[2];
    }
    const double value = bgen_cv_value(&h, &space, x);
    assert_true(fabs(value) > 1e-6);
    CHECK_CLOSE(bgen_cv_value(&h, &space, moved), value, 1e-12);
    CHECK_CLOSE(bgen_cv_value(&h, &space, mirrored), -value, 1e-12);
  }
}

/* added, times a factor; nothing to a particle that is in no vector */
static void test_gradient(void **state)
{
  const double step = 1e-4, factor = -0.37;
  (void) state;
  for (uint64_t t = 0; t < TRIALS; t++) {
    double x[DIM], grad[DIM];
    fill_varied(100 + t, DIM, x);
    for (size_t j = 0; j < DIM; j++) grad[j] = (double) j;
    bgen_cv_gradient(&h, &space, x, factor, grad);
    for (size_t j = 0; j < DIM; j++) {
      double f[4];
      const double at = x[j];
      for (int p = 0; p < 4; p++) {
        x[j] = at + step * (double) (p < 2 ? p - 2 : p - 1);
        f[p] = bgen_cv_value(&h, &space, x);
      }
      x[j] = at;
      CHECK_RELATIVE((grad[j] - (double) j) / factor, slope_of(f, step), 1e-7);
      if (j / 3 == 2) CHECK_CLOSE(grad[j], (double) j, 0);
    }
  }
}

/* u and v parallel: a number, and no gradient */
static void test_degenerate(void **state)
{
  double x[DIM], grad[DIM] = {0};
  (void) state;
  fill_varied(3, DIM, x);
  for (size_t c = 0; c < 3; c++) x[3 + c] = x[12 + c];
  CHECK_CLOSE(bgen_cv_value(&h, &space, x), 0, 0);
  bgen_cv_gradient(&h, &space, x, 1, grad);
  assert_true(isnan(grad[3]));
  CHECK_CLOSE(grad[6], 0, 0);
  x[0] = NAN;
  assert_true(isnan(bgen_cv_value(&h, &space, x)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_value), cmocka_unit_test(test_motions),
                                     cmocka_unit_test(test_gradient),
                                     cmocka_unit_test(test_degenerate)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
