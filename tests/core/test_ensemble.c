/* SPDX-License-Identifier: GPL-2.0-or-later
   Two harmonic basins U = offset + stiffness (x - middle)^2 / 2 at three temperatures, of which two
   are asked about, and a changed force field.  A flow is a normal density that is somewhat off;
   frames follow e^(-U/T) in walkers with memory.  Only x > middle is in the basin (the first) or in
   the domain of the flow (the second). */
#include "estimate/ensemble.h"

#include <math.h>
#include <string.h>

#include "estimate/acceptance.h"
#include "estimate/distribution.h"

#include "series.h"

enum { BASINS = 2, TEMPERATURES = 2, LEVELS = 3, SAMPLES = 3000, WALKERS = 8, LENGTH = 500 };
enum { FRAMES = WALKERS * LENGTH, MOST = TEMPERATURES * SAMPLES + LEVELS * FRAMES };
static const double PI = 3.14159265358979323846, T_OF_U = 2.0;
static const double level[LEVELS] = {1.0, 1.6, 1.25};

typedef struct harmonic {
  double offset, stiffness;
} harmonic;
static const harmonic first[BASINS] = {{-1.3, 1.7}, {0.9, 0.6}};
static const harmonic changed[BASINS] = {{-1.0, 2.1}, {0.4, 0.7}};
static const double middle[BASINS] = {0.4, -5.1};

static double x[BASINS][MOST], u[BASINS][MOST], u_changed[BASINS][MOST];
static double log_q[BASINS][MOST * TEMPERATURES];
static int basin[BASINS][MOST];
static char in_domain[BASINS][MOST];
static size_t ends[WALKERS];
static bgen_group samples[BASINS][TEMPERATURES], frames[BASINS][LEVELS];
static bgen_basin_points points[BASINS];
static double value[4][BASINS * MOST];

/* ---- what is true ---- */

/* of half a well */
static double free_energy(const harmonic *h, double T)
{
  return h->offset / T - 0.5 * log(2 * PI * T / h->stiffness) + log(2);
}

static double mean_u(const harmonic *h, double T)
{
  return h->offset / T + 0.5;
}

/* ---- points ---- */

static double energy(const harmonic *h, size_t k, double at)
{
  return h->offset + 0.5 * h->stiffness * (at - middle[k]) * (at - middle[k]);
}

static double width(size_t k, double T)
{
  return (k ? 0.9 : 1.15) * sqrt(T / first[k].stiffness);
}

static double log_density(size_t k, double T, double at)
{
  const double z = (at - middle[k] - 0.1) / width(k, T);
  return -0.5 * z * z - log(width(k, T)) - 0.5 * log(2 * PI);
}

static void fill_point(size_t k, size_t i)
{
  const double at = x[k][i];
  const bool right = at > middle[k];
  basin[k][i] = k == 0 && !right ? -1 : (int) k;
  in_domain[k][i] = k == 0 || right;
  u[k][i] = in_domain[k][i] ? energy(&first[k], k, at) / T_OF_U : NAN;
  u_changed[k][i] = in_domain[k][i] ? energy(&changed[k], k, at) / T_OF_U : NAN;
  for (size_t t = 0; t < TEMPERATURES; t++)
    log_q[k][i * TEMPERATURES + t] = in_domain[k][i] ? log_density(k, level[t], at) : NAN;
}

static void draw_samples(uint64_t key, size_t k, size_t t, size_t begin)
{
  samples[k][t] = (bgen_group){begin, SAMPLES, {0, NULL}};
  fill_series(key + 10 * k + t, (kind){0, 0}, SAMPLES, NULL, x[k] + begin);
  for (size_t i = begin; i < begin + SAMPLES; i++) {
    x[k][i] = middle[k] + 0.1 + width(k, level[t]) * x[k][i];
    fill_point(k, i);
  }
}

/* those of half a well are those of a whole, folded */
static void draw_frames(uint64_t key, size_t k, size_t l, size_t begin)
{
  frames[k][l] = (bgen_group){begin, FRAMES, {WALKERS, ends}};
  fill_series(key + 10 * k + 5 + l, (kind){exp(-0.2), 0}, FRAMES, &frames[k][l].walkers,
              x[k] + begin);
  for (size_t i = begin; i < begin + FRAMES; i++) {
    x[k][i] = middle[k] + sqrt(level[l] / first[k].stiffness) * fabs(x[k][i]);
    fill_point(k, i);
  }
}

static bgen_ensemble make_ensemble(uint64_t key, size_t n_temperatures, size_t n_levels,
                                   bool has_changed)
{
  for (size_t r = 0; r < WALKERS; r++) ends[r] = (r + 1) * LENGTH;
  for (size_t k = 0; k < BASINS; k++) {
    size_t n = 0;
    for (size_t t = 0; t < TEMPERATURES; t++, n += SAMPLES) draw_samples(100 * key, k, t, n);
    for (size_t l = 0; l < LEVELS; l++, n += FRAMES) draw_frames(100 * key, k, l, n);
    points[k] = (bgen_basin_points){.name = k ? "b" : "a",
                                    .n = n,
                                    .u = u[k],
                                    .log_q = log_q[k],
                                    .basin = basin[k],
                                    .in_domain = in_domain[k],
                                    .u_changed = has_changed ? u_changed[k] : NULL,
                                    .samples = samples[k],
                                    .frames = frames[k]};
  }
  return (bgen_ensemble){BASINS, points, T_OF_U, n_temperatures, n_levels, level};
}

static bgen_solution *solve(const bgen_ensemble *e, double fraction, bool decorrelated)
{
  bgen_solution *s;
  CHECK_OK(bgen_solution_create(e, &(bgen_part){fraction, decorrelated}, &s));
  return s;
}

/* ---- free energies ---- */

static void check_is(const bgen_estimate *f, double truth, double least_error, double most_error)
{
  CHECK_CLOSE(f->value, truth, 5 * f->error);
  CHECK_WITHIN(f->error, least_error, most_error);
}

static void test_closed_form(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(1, TEMPERATURES, LEVELS, true);
  bgen_solution *s = solve(&e, 1, false);
  CHECK_OK(bgen_solution_status(s));
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

static void test_part_that_does_not_tell(void **state)
{
  (void) state;
  const bgen_ensemble e = make_ensemble(5, TEMPERATURES, LEVELS, false);
  for (size_t i = 0; i < points[1].n; i++) /* no sample reaches the basin */
    if (i < TEMPERATURES * SAMPLES) basin[1][i] = -1;
  bgen_solution *s = solve(&e, 1, false);
  bgen_distribution *none = NULL;
  double mean = -1;
  CHECK_REFUSED(bgen_solution_status(s), BGEN_NOT_FINITE, "basin b");
  assert_true(isnan(bgen_solution_free_energy(s, 0, 0).value)); /* all or nothing */
  assert_true(isnan(bgen_solution_free_energy(s, 0, 1).value));
  assert_int_equal(bgen_solution_sample_works(s, 0, 1).n, SAMPLES);
  assert_true(isinf(bgen_solution_sample_works(s, 0, 1).work[0]));
  assert_true(isfinite(bgen_solution_by_samples(s, 0, 0).value));
  assert_true(isnan(bgen_solution_by_samples(s, 0, 1).value));
  CHECK_REFUSED(bgen_distribution_create(s, 0, &none), BGEN_NOT_FINITE, "basin b");
  CHECK_REFUSED(bgen_solution_balanced_acceptance(s, 0, 0, 1, &mean), BGEN_NOT_FINITE, "basin b");
  assert_true(!none && mean == -1);
  bgen_solution_destroy(s);
}

/* ---- the distribution ---- */

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
    check_is(&mean, middle[k] + sqrt(2 * level[0] / (PI * first[k].stiffness)), 0.002, 0.05);
  }
  bgen_distribution_destroy(d);
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
  bgen_population_weights(3, f, weight);
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
      cmocka_unit_test(test_thermodynamics),
      cmocka_unit_test(test_changed_force_field),
      cmocka_unit_test(test_pick),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_evidence),
      cmocka_unit_test(test_acceptance),
      cmocka_unit_test(test_population_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
