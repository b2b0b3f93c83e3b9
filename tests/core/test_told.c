/* SPDX-License-Identifier: GPL-2.0-or-later
   Which states the points of a pool tell (averages.h), in the two basins of two_basins.h. */
#include "estimate/averages.h"

#include <math.h>

#include "fixture.h"
#include "two_basins.h"

/* a point of no weight is no point, whatever the state says of it */
static void test_weightless(void **state)
{
  enum { HERE = ONE + 3 }; /* a sample of the second basin */
  static const double values[] = {0, 1, 1e300, INFINITY, NAN};
  static double rare[ALL];
  const bgen_averages pool = make(7005);
  bgen_estimate first, e;
  (void) state;
  u[1][HERE] = INFINITY; /* in the state of e^-u, which stands second */
  solve();
  for (size_t i = 0; i < ONE; i++) rare[i] = x[i] > basins[0].middle;
  for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
    rare[HERE] = values[v];
    CHECK_OK(bgen_averages_free_energy(&pool, rare, &e));
    if (v == 0) first = e;
    assert_true(isfinite(e.error));
    CHECK_CLOSE(e.value, first.value, 1e-12);
    CHECK_CLOSE(e.error, first.error, 1e-12);
  }
}

static void check_told(const bgen_averages *pool, const double *a, bool told)
{
  static double all[ALL];
  bgen_estimate e[4];
  for (size_t i = 0; i < ALL; i++) all[i] = 1;
  CHECK_OK(bgen_averages_mean(pool, x, a, &e[0]));
  CHECK_OK(bgen_averages_entropy(pool, energy, a, &e[1]));
  CHECK_OK(bgen_averages_free_energy(pool, a, &e[2]));
  CHECK_OK(bgen_averages_difference(pool, all, a, &e[3]));
  for (size_t i = 0; i < 4; i++) assert_true(told ? isfinite(e[i].error) : isinf(e[i].error));
}

/* A few points far out: what is asked of them has an infinite error, unless frames would have come
   there.  Where there are many, samples alone tell. */
static void test_far_out(void **state)
{
  static const double many[] = {1e9, 1e9}, none[] = {0, 0};
  static double out[ALL], inside[ALL];
  bgen_averages pool = make(7006);
  (void) state;
  for (size_t i = 0; i < ONE; i++) {
    const double far = fabs(x[i] - basins[0].middle) * sqrt(basins[0].stiffness);
    out[i] = i < SAMPLES && far > 2.7 && far < 3.4, inside[i] = far < 1;
  }
  pool.n_frames = none;
  check_told(&pool, out, false);
  check_told(&pool, inside, true);
  pool.n_frames = many;
  check_told(&pool, out, true);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_weightless),
                                     cmocka_unit_test(test_far_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
