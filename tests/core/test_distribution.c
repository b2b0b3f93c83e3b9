/* SPDX-License-Identifier: GPL-2.0-or-later
   Averages over half wells at several temperatures and in a changed force field. */
#include "estimate/distribution.h"

#include <math.h>

#include "half_wells.h"

static double value[2][BASINS * MOST];

/* F, U and TS, their order of asking turned round, and of two temperatures at once */
static void check_thermodynamics(const bgen_solution *s, const bgen_distribution *d, size_t t)
{
  const bgen_averages *all = bgen_distribution_averages(d, BGEN_FIELD_FIRST);
  bgen_solution_u(s, t, value[0]);
  for (size_t k = BASINS; k-- > 0;) {
    const double f = free_energy(&first[k], level[t]), mean = mean_u(&first[k], level[t]);
    bgen_estimate e;
    bgen_solution_inside(s, k, value[1]);
    CHECK_OK(bgen_averages_entropy(all, value[0], value[1], &e));
    check_is(&e, mean - f, 0.002, 0.1);
    CHECK_OK(bgen_averages_mean(all, value[0], value[1], &e));
    check_is(&e, mean, 0.002, 0.1);
    CHECK_OK(bgen_averages_free_energy(all, value[1], &e));
    check_is(&e, f, 0.002, 0.1);
    CHECK_CLOSE(e.value, bgen_solution_free_energy(s, t, k).value, 1e-9);
    CHECK_RELATIVE(e.error / bgen_solution_free_energy(s, t, k).error, 1, 1e-6);
  }
}

static void test_thermodynamics(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(6, TEMPERATURES, LEVELS, true);
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *at[TEMPERATURES];
  for (size_t t = TEMPERATURES; t-- > 0;) CHECK_OK(bgen_distribution_create(s, t, &at[t]));
  for (size_t t = 0; t < TEMPERATURES; t++) check_thermodynamics(s, at[t], t);
  for (size_t t = 0; t < TEMPERATURES; t++) bgen_distribution_destroy(at[t]);
  bgen_solution_destroy(s);
}

static void test_changed_force_field(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(7, TEMPERATURES, LEVELS, true);
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *d;
  bgen_estimate change;
  CHECK_OK(bgen_distribution_create(s, 1, &d));
  const bgen_averages *before = bgen_distribution_averages(d, BGEN_FIELD_FIRST),
                      *after = bgen_distribution_averages(d, BGEN_FIELD_CHANGED);
  for (size_t k = 0; k < BASINS; k++) {
    const double truth = free_energy(&changed[k], level[1]) - free_energy(&first[k], level[1]);
    bgen_solution_inside(s, k, value[0]);
    CHECK_OK(bgen_averages_change(before, after, value[0], &change));
    check_is(&change, truth, 0.0005, 0.01);
  }
  double sum = 0;
  assert_int_equal(before->n, bgen_solution_n_points(s));
  bgen_averages_log_weights(after, value[0]);
  for (size_t i = 0; i < after->n; i++) sum += exp(value[0][i]);
  CHECK_CLOSE(sum, 1, 1e-9);
  bgen_distribution_destroy(d);
  bgen_solution_destroy(s);
}

/* Frames remember: their series has g = 10, its square g = 5.  The changed force field has none. */
static void test_independent_frames(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(9, TEMPERATURES, LEVELS, true);
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *d;
  CHECK_OK(bgen_distribution_create(s, 0, &d));
  for (size_t k = 0; k < BASINS; k++) {
    const double n = bgen_distribution_averages(d, BGEN_FIELD_FIRST)->n_frames[k];
    print_message("%d frames of basin %zu count as %.0f\n", FRAMES, k, n);
    CHECK_WITHIN(FRAMES / n, 3, 14);
    CHECK_CLOSE(bgen_distribution_averages(d, BGEN_FIELD_CHANGED)->n_frames[k], 0, 0);
  }
  bgen_distribution_destroy(d);
  bgen_solution_destroy(s);
}

/* a quantity of the points, the second of three, in the order of averages and without what has no
   weight */
static void test_pick(void **state)
{
  (void) state;
  static double table[BASINS][3 * MOST];
  const double *of_basin[BASINS] = {table[0] + 1, table[1] + 1};
  const bgen_ensemble e = make_ensemble(8, TEMPERATURES, LEVELS, false);
  for (size_t k = 0; k < BASINS; k++)
    for (size_t i = 0; i < MOST; i++)
      table[k][3 * i + 1] = bgen_ensemble_has_weight(&e, k, i) ? x[k][i] : NAN;
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *d;
  bgen_estimate mean;
  CHECK_OK(bgen_distribution_create(s, 0, &d));
  bgen_solution_pick(s, of_basin, 3, value[0]);
  for (size_t k = 0; k < BASINS; k++) {
    bgen_solution_inside(s, k, value[1]);
    CHECK_OK(bgen_averages_mean(bgen_distribution_averages(d, BGEN_FIELD_FIRST), value[0], value[1],
                                &mean));
    check_is(&mean, middle[k] + sqrt(2 * level[0] / (pi * first[k].stiffness)), 0.002, 0.05);
  }
  bgen_distribution_destroy(d);
  bgen_solution_destroy(s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_thermodynamics),
      cmocka_unit_test(test_changed_force_field),
      cmocka_unit_test(test_pick),
      cmocka_unit_test(test_independent_frames),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
