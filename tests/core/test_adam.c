/* SPDX-License-Identifier: GPL-2.0-or-later
   Adam beside the formulas of its paper, written out for one parameter in double. */
#include "train/adam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const double tolerance =
    DOUBLE_NETWORKS ? 1e-14 : 1e-5; /* ten roundings of float and its sqrt */

typedef struct reference {
  double theta, m, v, t;
} reference;

static void reference_step(reference *r, double g, double lr)
{
  r->t++;
  r->m = 0.9 * r->m + 0.1 * g;
  r->v = 0.999 * r->v + 0.001 * g * g;
  r->theta -= lr * (r->m / (1 - pow(0.9, r->t))) / (sqrt(r->v / (1 - pow(0.999, r->t))) + 1e-8);
}

static bgen_adam *make(size_t n_params)
{
  bgen_adam *adam = NULL;
  CHECK_OK(bgen_adam_create(n_params, &adam));
  return adam;
}

static void test_formula(void **state)
{
  bgen_adam *adam = make(1);
  bgen_real theta = 0.25f, g;
  reference r = {0.25, 0, 0, 0};
  double norm;
  (void) state;
  for (size_t step = 0; step < 50; step++) {
    const double lr = 0.01 / (double) (1 + step);
    g = (bgen_real) varied(7, step);
    const bgen_real *part = &g;
    CHECK_OK(bgen_adam_step(adam, 1, &part, lr, 0, 1, &theta, &norm));
    reference_step(&r, (double) g, lr);
    CHECK_CLOSE(norm, fabs((double) g), 1e-15);
    CHECK_CLOSE((double) theta, r.theta, tolerance);
  }
  bgen_adam_destroy(adam);
}

/* parts add up; a sum longer than clip is shortened to it, which the second moment shows */
static void test_parts_and_clip(void **state)
{
  bgen_adam *adam = make(2);
  const bgen_real a[2] = {1, 10}, b[2] = {2, -6}, small[2] = {0.1f, 0.1f};
  const bgen_real *const parts[2] = {a, b}, *const later = small;
  bgen_real theta[2] = {0, 0};
  reference r[2] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
  double norm;
  (void) state;
  CHECK_OK(bgen_adam_step(adam, 2, parts, 0.1, 0.5, 1, theta, &norm));
  CHECK_CLOSE(norm, 5, 1e-14);
  CHECK_OK(bgen_adam_step(adam, 1, &later, 0.1, 0.5, 1, theta, &norm));
  for (size_t i = 0; i < 2; i++) {
    reference_step(&r[i], i ? 0.4 : 0.3, 0.1);
    reference_step(&r[i], (double) small[i], 0.1);
    CHECK_CLOSE((double) theta[i], r[i].theta, 10 * tolerance);
  }
  bgen_adam_destroy(adam);
}

static void test_not_finite(void **state)
{
  bgen_adam *adam = make(2), *fresh = make(2);
  const bgen_real bad[2] = {1, (bgen_real) NAN}, good[2] = {1, -1};
  const bgen_real *const bad_part = bad, *const good_part = good;
  bgen_real theta[2] = {3, 4}, expected[2] = {3, 4};
  double norm;
  (void) state;
  CHECK_REFUSED(bgen_adam_step(adam, 1, &bad_part, 0.1, 1, 1, theta, &norm), BGEN_NOT_FINITE,
                "finite");
  CHECK_SAME(2, theta, expected);
  CHECK_OK(bgen_adam_step(adam, 1, &good_part, 0.1, 1, 1, theta, &norm));
  CHECK_OK(bgen_adam_step(fresh, 1, &good_part, 0.1, 1, 1, expected, &norm));
  CHECK_SAME(2, theta, expected);
  bgen_adam_destroy(adam);
  bgen_adam_destroy(fresh);
}

/* more parameters than one block, so that threads have something to share */
static void test_threads_change_no_bit(void **state)
{
  enum { N = 20000 };
  bgen_real *memory = must_allocate(4 * N * sizeof *memory), *theta[2] = {memory, memory + N};
  const bgen_real *const parts[2] = {memory + 2 * N, memory + 3 * N};
  double norm[2];
  (void) state;
  fill_varied_real(11, 4 * N, memory);
  memcpy(theta[1], theta[0], N * sizeof *memory);
  for (int i = 0; i < 2; i++) {
    bgen_adam *adam = make(N);
    for (int step = 0; step < 3; step++)
      CHECK_OK(bgen_adam_step(adam, 2, parts, 0.1, 1, i ? 4 : 1, theta[i], &norm[i]));
    bgen_adam_destroy(adam);
  }
  CHECK_SAME(N, theta[0], theta[1]);
  CHECK_SAME(1, &norm[0], &norm[1]);
  free(memory);
}

static void test_warmup(void **state)
{
  (void) state;
  const double expected[] = {0.25, 0.5, 0.75, 1, 1};
  for (uint64_t step = 0; step < 5; step++) {
    CHECK_CLOSE(bgen_warmup(4, step), expected[step], 0);
    CHECK_CLOSE(bgen_warmup(0, step), 1, 0);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_formula), cmocka_unit_test(test_parts_and_clip),
      cmocka_unit_test(test_not_finite), cmocka_unit_test(test_threads_change_no_bit),
      cmocka_unit_test(test_warmup)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
