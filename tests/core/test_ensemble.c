/* SPDX-License-Identifier: GPL-2.0-or-later
   Free energies of half wells at several temperatures, from all points and parts of them. */
#include <math.h>
#include <stdlib.h>

#include "estimate/acceptance.h"
#include "half_wells.h"

/* ---- free energies ---- */

static void test_closed_form(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(1, TEMPERATURES, LEVELS, true);
  bgen_solution *s = solve(&e, 1, false);
  for (size_t k = 0; k < BASINS; k++) CHECK_OK(bgen_solution_status(s, k));
  for (size_t k = 0; k < BASINS; k++)
    for (size_t t = 0; t < TEMPERATURES; t++) {
      const double truth = free_energy(&first[k], level[t]);
      const bgen_estimate f = bgen_solution_free_energy(s, t, k),
                          by_samples = bgen_solution_by_samples(s, t, k),
                          by_frames = bgen_solution_by_frames(s, t, k);
      check_is(&f, truth, 0.005, 0.05);
      check_is(&by_samples, truth, f.error, 0.05);
      check_is(&by_frames, truth, f.error, 0.1);
    }
  bgen_solution_destroy(s);
}

static bgen_estimate bar_of_normal_flow(size_t k)
{
  static double there[SAMPLES], back[FRAMES];
  for (size_t i = 0; i < SAMPLES; i++) {
    const double at = x[k][i];
    there[i] = at > middle[k] ? energy(&first[k], k, at) / level[0] + log_density(k, level[0], at)
                              : INFINITY;
  }
  for (size_t i = 0; i < FRAMES; i++) {
    const double at = x[k][frames[k][0].first + i];
    back[i] = -energy(&first[k], k, at) / level[0] - log_density(k, level[0], at);
  }
  const bgen_works forward = {SAMPLES, there, {0, NULL}}, reverse = {FRAMES, back, {WALKERS, ends}};
  bgen_estimate bar;
  CHECK_OK(bgen_estimate_bar(&forward, &reverse, &bar));
  return bar;
}

/* with one temperature MBAR is BAR, correlated errors included */
static void test_one_temperature_is_bar(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(2, 1, 1, false);
  for (size_t k = 0; k < BASINS; k++) /* one temperature: one column */
    for (size_t i = 0; i < points[k].n; i++) log_q[k][i] = log_q[k][i * TEMPERATURES];
  bgen_solution *s = solve(&e, 1, false);
  for (size_t k = 0; k < BASINS; k++) {
    const bgen_estimate f = bgen_solution_free_energy(s, 0, k), bar = bar_of_normal_flow(k);
    CHECK_CLOSE(f.value, bar.value, 1e-9);
    CHECK_RELATIVE(f.error / bar.error, 1, 0.01); /* n or n - 1 */
  }
  bgen_solution_destroy(s);
}

/* g of memory e^-0.2 is near 10 for x, and 5 for x^2, which is what folded frames remember */
static void test_correlation(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(3, TEMPERATURES, LEVELS, false);
  bgen_solution *all = solve(&e, 1, false), *thin = solve(&e, 1, true);
  for (size_t k = 0; k < BASINS; k++) {
    const bgen_spread spread = bgen_solution_frame_spread(all, 0, k);
    CHECK_WITHIN(spread.inefficiency, 3, 12);
    const double error = bgen_solution_free_energy(all, 0, k).error;
    CHECK_WITHIN(bgen_solution_independent_error(all, 0, k), 0.3 * error, 0.999 * error);
    /* thinned by g of works, which are related to contributions but not the same */
    CHECK_WITHIN(bgen_solution_frame_spread(thin, 0, k).inefficiency, 1, 2);
    const bgen_works kept = bgen_solution_frame_works(thin, 0, k);
    const double g = (double) FRAMES / (double) kept.n;
    assert_int_equal(kept.runs.end[WALKERS - 1], kept.n);
    CHECK_WITHIN(g, 3, 12);
    const bgen_estimate f = bgen_solution_free_energy(thin, 0, k);
    check_is(&f, free_energy(&first[k], level[0]), 0.8 * error, 2 * error);
  }
  bgen_solution_destroy(all);
  bgen_solution_destroy(thin);
}

/* ---- parts ---- */

static void test_half_is_the_first_of_each_walker(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(4, TEMPERATURES, LEVELS, false);
  bgen_solution *all = solve(&e, 1, false), *half = solve(&e, 0.5, false);
  for (size_t k = 0; k < BASINS; k++) {
    const bgen_works there = bgen_solution_sample_works(all, 1, k),
                     first_there = bgen_solution_sample_works(half, 1, k),
                     back = bgen_solution_frame_works(all, 1, k),
                     first_back = bgen_solution_frame_works(half, 1, k);
    assert_int_equal(there.n, SAMPLES);
    assert_int_equal(first_there.n, SAMPLES / 2);
    assert_int_equal(back.n, FRAMES);
    assert_int_equal(first_back.n, FRAMES / 2);
    assert_int_equal(first_back.runs.n, WALKERS);
    CHECK_SAME(first_there.n, first_there.work, there.work);
    for (size_t r = 0; r < WALKERS; r++) {
      assert_int_equal(first_back.runs.end[r], (r + 1) * LENGTH / 2);
      CHECK_SAME((size_t) LENGTH / 2, first_back.work + r * LENGTH / 2, back.work + r * LENGTH);
    }
    const bgen_estimate f = bgen_solution_free_energy(half, 1, k);
    check_is(&f, free_energy(&first[k], level[1]), 0.005, 0.06);
  }
  bgen_solution_destroy(all);
  bgen_solution_destroy(half);
}

/* What is of the first basin alone is known, all else is not. */
static void check_one_basin(const bgen_solution *s, const bgen_averages *all)
{
  double *in[BASINS], *one = malloc(bgen_solution_n_points(s) * sizeof *one);
  bgen_estimate e = {0, 0};
  for (size_t k = 0; k < BASINS; k++) {
    in[k] = malloc(bgen_solution_n_points(s) * sizeof *in[k]);
    bgen_solution_inside(s, k, in[k]);
  }
  for (size_t i = 0; i < bgen_solution_n_points(s); i++) one[i] = 1;
  CHECK_OK(bgen_averages_mean(all, one, in[0], &e));
  CHECK_CLOSE(e.value, 1, 1e-12);
  assert_true(isfinite(e.error));
  CHECK_REFUSED(bgen_averages_mean(all, one, in[1], &e), BGEN_NOT_FINITE, "not known");
  CHECK_REFUSED(bgen_averages_free_energy(all, NULL, &e), BGEN_NOT_FINITE, "not known");
  for (size_t k = 0; k < BASINS; k++) free(in[k]);
  free(one);
}

static void test_part_that_does_not_tell(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(5, TEMPERATURES, LEVELS, false);
  for (size_t i = 0; i < points[1].n; i++) /* no sample reaches the basin */
    if (i < TEMPERATURES * SAMPLES) basin[1][i] = -1;
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *d = NULL;
  double mean = -1;
  CHECK_OK(bgen_solution_status(s, 0));
  CHECK_REFUSED(bgen_solution_status(s, 1), BGEN_NOT_FINITE, "basin b");
  check_is(&(bgen_estimate){bgen_solution_free_energy(s, 0, 0).value, 0.05},
           free_energy(&first[0], level[0]), 0.005, 0.06); /* the other basin is not lost */
  assert_true(isfinite(bgen_solution_free_energy(s, 0, 0).error));
  assert_true(isnan(bgen_solution_free_energy(s, 0, 1).value));
  assert_true(isinf(bgen_solution_free_energy(s, 0, 1).error));
  assert_int_equal(bgen_solution_sample_works(s, 0, 1).n, SAMPLES);
  assert_true(isinf(bgen_solution_sample_works(s, 0, 1).work[0]));
  assert_true(isfinite(bgen_solution_by_samples(s, 0, 0).value));
  assert_true(isnan(bgen_solution_by_samples(s, 0, 1).value));
  CHECK_REFUSED(bgen_solution_balanced_acceptance(s, 0, 0, 1, &mean), BGEN_NOT_FINITE, "basins");
  assert_true(mean == -1);
  CHECK_OK(bgen_distribution_create(s, 0, &d));
  check_one_basin(s, bgen_distribution_averages(d, BGEN_FIELD_FIRST));
  bgen_distribution_destroy(d);
  bgen_solution_destroy(s);
}

/* of the first basin alone there are errors */
static void check_errors_of_averages(const bgen_solution *s)
{
  const size_t n = bgen_solution_n_points(s);
  double *inside = malloc(n * sizeof *inside), *one = malloc(n * sizeof *one);
  bgen_distribution *d = NULL;
  CHECK_OK(bgen_distribution_create(s, 0, &d));
  for (size_t i = 0; i < n; i++) one[i] = 1;
  for (size_t k = 0; k < BASINS; k++) {
    bgen_estimate mean = {NAN, NAN};
    bgen_solution_inside(s, k, inside);
    CHECK_OK(
        bgen_averages_mean(bgen_distribution_averages(d, BGEN_FIELD_FIRST), one, inside, &mean));
    CHECK_CLOSE(mean.value, 1, 1e-12);
    assert_true(k ? isinf(mean.error) : isfinite(mean.error));
  }
  bgen_distribution_destroy(d);
  free(inside), free(one);
}

/* a value, but no error, and the other basin as it was */
static void test_doubt(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(5, TEMPERATURES, LEVELS, false);
  points[1].doubt = "nobody knows";
  bgen_solution *s = solve(&e, 1, false);
  double mean = -1;
  CHECK_OK(bgen_solution_status(s, 0));
  CHECK_REFUSED(bgen_solution_status(s, 1), BGEN_NOT_FINITE, "basin b: nobody knows");
  for (size_t t = 0; t < TEMPERATURES; t++) {
    assert_true(isfinite(bgen_solution_free_energy(s, t, 0).error));
    assert_true(isinf(bgen_solution_free_energy(s, t, 1).error));
    CHECK_CLOSE(bgen_solution_overlap(s, t, 1), 0, 0);
  }
  CHECK_CLOSE(bgen_solution_free_energy(s, 0, 1).value, free_energy(&first[1], level[0]), 0.1);
  CHECK_REFUSED(bgen_solution_balanced_acceptance(s, 0, 0, 1, &mean), BGEN_NOT_FINITE, "basins");
  check_errors_of_averages(s);
  bgen_solution_destroy(s);
}

/* ---- what is counted and said ---- */

static void test_counts(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(9, TEMPERATURES, LEVELS, true);
  size_t n_left = 0, n_weight = 0;
  for (size_t i = 0; i < points[0].n; i++) n_weight += bgen_ensemble_has_weight(&e, 0, i);
  for (size_t i = 0; i < SAMPLES; i++) n_left += x[0][i] <= middle[0];
  assert_in_range(n_left, SAMPLES / 4, SAMPLES / 2);
  assert_int_equal(bgen_ensemble_n_changed(&e, 0), n_weight);
  assert_int_equal(bgen_ensemble_n_failed_changed(&e), 0);
  assert_int_equal(bgen_ensemble_n_failed(&e, 0, 0), 0);
  for (size_t i = 0; i < SAMPLES; i++) u[0][i] = NAN; /* of those outside the basin nobody cares */
  u_changed[1][points[1].n - 1] = NAN;
  assert_int_equal(bgen_ensemble_n_failed(&e, 0, 0), SAMPLES - n_left);
  assert_int_equal(bgen_ensemble_n_failed(&e, 1, 0), 0);
  assert_int_equal(bgen_ensemble_n_failed_changed(&e), 1);
  assert_true(bgen_ensemble_has_frames(&e, 0) && bgen_ensemble_has_frames(&e, 1));
  frames[1][1].n = 0;
  assert_true(bgen_ensemble_has_frames(&e, 0) && !bgen_ensemble_has_frames(&e, 1));
}

static void test_evidence(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(10, TEMPERATURES, LEVELS, false);
  bgen_solution *s = solve(&e, 1, false), *half = solve(&e, 0.5, false);
  const bgen_evidence all = bgen_solution_evidence(s, half, 1, 0);
  const bgen_estimate f = bgen_solution_free_energy(s, 1, 0);
  assert_int_equal(all.forward.n, SAMPLES);
  assert_int_equal(all.forward.n_walkers, 0);
  assert_int_equal(all.reverse.n, FRAMES);
  assert_int_equal(all.reverse.n_walkers, WALKERS);
  CHECK_CLOSE(all.estimate.value, f.value, 0);
  CHECK_CLOSE(all.half.value, bgen_solution_free_energy(half, 1, 0).value, 0);
  CHECK_CLOSE(all.reverse.one_sided.value, free_energy(&first[0], level[1]), 0.2);
  CHECK_CLOSE(all.reverse.inefficiency, bgen_solution_frame_spread(s, 1, 0).inefficiency, 0);
  CHECK_WITHIN(all.forward.effective, 0.3 * SAMPLES, 0.6 * SAMPLES); /* half is outside */
  CHECK_WITHIN(all.reverse.effective, 0.5 * FRAMES, FRAMES);
  assert_true(isnan(bgen_solution_evidence(s, NULL, 1, 0).half.value));
  bgen_solution_destroy(s);
  bgen_solution_destroy(half);
}

/* ---- proposals ---- */

/* Half of the samples are outside, and the others are off by little: acceptance is somewhat below
   one half, whatever offset the energies have; a flow that is the distribution itself has all of
   them accepted. */
static void test_acceptance(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(11, TEMPERATURES, LEVELS, false);
  bgen_solution *s = solve(&e, 1, false);
  double there, back;
  CHECK_OK(bgen_solution_balanced_acceptance(s, 0, 0, 1, &there));
  CHECK_OK(bgen_solution_balanced_acceptance(s, 0, 1, 0, &back));
  CHECK_WITHIN(there, 0.35, 0.55);
  CHECK_WITHIN(back, 0.35, 0.55);
  CHECK_WITHIN(bgen_solution_acceptance(s, 0, 0), 0.35, 0.55);
  bgen_solution_destroy(s);
  const double works[] = {-3.5, -3.5, -3.5}, works_back[] = {700, 700};
  CHECK_OK(bgen_balanced_acceptance(&(bgen_works){2, works_back, {0, NULL}}, -700,
                                    &(bgen_works){3, works, {0, NULL}}, -3.5, &there));
  CHECK_CLOSE(there, 1, 1e-12);
  CHECK_OK(bgen_balanced_acceptance(&(bgen_works){2, works_back, {0, NULL}}, -700 + log(2),
                                    &(bgen_works){3, works, {0, NULL}}, -3.5, &there));
  CHECK_CLOSE(there, 0.5, 1e-12);
}

static void test_population_weights(void **state)
{
  (void) state;
  const double f[] = {3.1 + log(2), 3.1, 3.1 + 500};
  double weight[3];
  bgen_mixture_weights(3, f, weight);
  CHECK_CLOSE(weight[0], 0.5, 1e-12);
  CHECK_CLOSE(weight[1], 1, 0);
  CHECK_CLOSE(weight[2], 1e-30, 1e-40); /* never never */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed_form),
      cmocka_unit_test(test_one_temperature_is_bar),
      cmocka_unit_test(test_correlation),
      cmocka_unit_test(test_half_is_the_first_of_each_walker),
      cmocka_unit_test(test_part_that_does_not_tell),
      cmocka_unit_test(test_doubt),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_evidence),
      cmocka_unit_test(test_acceptance),
      cmocka_unit_test(test_population_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
