/* SPDX-License-Identifier: GPL-2.0-or-later
   A flow whose density is the Boltzmann distribution itself, up to a constant, has the best verdict
   there is; from there on each number is made worse in a way that has a closed form. */
#include "train/validation.h"

#include <math.h>
#include <stdlib.h>

#include "estimate/free_energy.h"
#include "fixture.h"

enum { FRAMES = 300, MANY = 2500, MOST = 1024, SAMPLES = 512, SEED = 8, K = 1 };

#define SHIFT 1.25        /* u = -log q + SHIFT: F of the basin in kT */
#define EVERYWHERE -1e300 /* border of basin K */

static const bgen_cv_term first_x[1] = {{0, 0, 1.0}};
static const bgen_cv along_x = {.type = &bgen_cv_linear, .n_terms = 1, .term = first_x};
static const bgen_layout plane = {1, 2};

static model m;
static bgen_cv_range range[2]; /* of basins 0 and K: x below the border, and beyond it */
static bgen_basins basins;
static bgen_frames frames;
static bgen_validation *validation;
static bgen_runs walkers;
static size_t first_frame; /* of those that are filled */
static double *x_samples;  /* [SAMPLES][dim] of the latest verdict */

static void set_up(bgen_layout layout, symmetry blind_to, double border)
{
  m = make_model(layout, blind_to, 2, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  range[0] = (bgen_cv_range){-INFINITY, border}, range[1] = (bgen_cv_range){border, INFINITY};
  basins = (bgen_basins){2, 1, layout, &along_x, range};
  frames = bgen_frames_empty(m.dim);
  validation = NULL;
  x_samples = must_allocate(SAMPLES * m.dim * sizeof *x_samples);
}

static void tear_down(void)
{
  bgen_validation_destroy(validation);
  bgen_frames_free(&frames);
  free(x_samples);
  free_model(&m);
}

static void create(size_t n_frames, double energy_high)
{
  const size_t n = first_frame + n_frames;
  double *x = must_allocate((n + 1) * m.dim * sizeof *x);
  fill_frames(6, n, m.dim, x);
  for (size_t i = first_frame; i < n; i++) CHECK_OK(bgen_frames_append(&frames, x + i * m.dim));
  free(x);
  const bgen_validation_options options = {
      m.g, m.w, K, &basins, SEED, energy_high, {MOST, SAMPLES}, walkers};
  CHECK_OK(bgen_validation_create(&options, &frames, &validation));
}

/* -log q + SHIFT of component K; beyond `wall` in the first coordinate +inf, and so where there is
   no q */
static void evaluate(const bgen_wanted *wanted, double wall, double *u)
{
  CHECK_OK(bgen_generator_log_q_component(m.g, m.w, K, m.T, wanted->n, wanted->x, u));
  for (size_t i = 0; i < wanted->n; i++)
    u[i] = wanted->x[i * m.dim] > wall ? INFINITY : SHIFT - u[i];
}

/* how many points were wanted */
static size_t follow(double wall)
{
  size_t n = 0;
  bgen_wanted wanted;
  for (;;) {
    CHECK_OK(bgen_validation_next(validation, &wanted));
    assert_false(wanted.gradient);
    if (wanted.n == 0) return n;
    n += wanted.n;
    double *u = must_allocate(wanted.n * sizeof *u);
    evaluate(&wanted, wall, u);
    for (size_t i = 0; wanted.n == SAMPLES && i < SAMPLES * m.dim; i++) x_samples[i] = wanted.x[i];
    CHECK_OK(bgen_validation_arrive(validation, u, NULL));
    free(u);
  }
}

static bgen_verdict judge(double wall)
{
  bgen_verdict verdict;
  CHECK_OK(bgen_validation_begin(validation));
  assert_int_equal(follow(wall), SAMPLES);
  CHECK_OK(bgen_validation_verdict(validation, &verdict));
  return verdict;
}

static size_t samples_below(double value)
{
  size_t n = 0;
  for (size_t i = 0; i < SAMPLES; i++) n += x_samples[i * m.dim] <= value;
  return n;
}

static double mean_of_minus_log_q(void)
{
  double sum = 0, log_q;
  for (size_t i = 0; i < frames.n; i++) {
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, K, m.T, 1, frames.x + i * m.dim, &log_q));
    sum -= log_q / (double) frames.n;
  }
  return sum;
}

/* all weights are alike */
static double error_of_even_works(size_t n_forward, size_t n_frames)
{
  static double forward[SAMPLES], reverse[FRAMES];
  for (size_t i = 0; i < SAMPLES; i++) forward[i] = i < n_forward ? 0 : INFINITY;
  for (size_t i = 0; i < n_frames; i++) reverse[i] = 0;
  const bgen_works there = {SAMPLES, forward, {0, NULL}},
                   back = {n_frames, reverse, {1, &n_frames}};
  bgen_estimate bar;
  CHECK_OK(bgen_estimate_bar(&there, &back, &bar));
  return bar.error;
}

static void test_best(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, 1e3);
  assert_int_equal(follow(INFINITY), FRAMES);
  const bgen_verdict verdict = judge(INFINITY);
  CHECK_CLOSE(verdict.ml, mean_of_minus_log_q(), 1e-12);
  CHECK_CLOSE(verdict.kl, SHIFT, 1e-12);
  CHECK_CLOSE(verdict.outside, 0, 0);
  CHECK_CLOSE(verdict.acceptance, 1, 1e-12);
  CHECK_CLOSE(verdict.bar_error, error_of_even_works(SAMPLES, FRAMES), 1e-9);
  CHECK_CLOSE(verdict.lost, 0, 0);
  tear_down();
}

/* the samples that lie in the other basin are no jumps within this one, but samples they are */
static void test_other_basin(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, 0.3);
  create(FRAMES, 1e3);
  follow(INFINITY);
  const bgen_verdict verdict = judge(INFINITY);
  const size_t n_within = SAMPLES - samples_below(0.3);
  CHECK_WITHIN((double) n_within, 50, SAMPLES - 50);
  CHECK_CLOSE(verdict.acceptance, (double) n_within / SAMPLES, 1e-12);
  CHECK_CLOSE(verdict.kl, SHIFT, 1e-12);
  CHECK_WITHIN(verdict.bar_error, 1.01 * error_of_even_works(SAMPLES, FRAMES), 1);
  tear_down();
}

/* q is normalised to the samples that have an energy: their fraction f makes KL larger by -ln f */
static void test_normalised(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, 1e3);
  follow(INFINITY);
  const bgen_verdict verdict = judge(0.4);
  const double fraction = (double) samples_below(0.4) / SAMPLES;
  CHECK_WITHIN(fraction, 0.1, 0.9);
  CHECK_CLOSE(verdict.kl, SHIFT - log(fraction), 1e-12);
  CHECK_CLOSE(verdict.acceptance, fraction, 1e-12);
  CHECK_CLOSE(verdict.outside, 0, 0);
  tear_down();
}

/* u = -log q + SHIFT, but where it is beyond `high` it counts as high + ln(1 + u - high) */
static void test_capped(void **state)
{
  const double high = 3.0;
  double expected = 0, log_q;
  size_t n_capped = 0;
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, high);
  follow(INFINITY);
  const bgen_verdict verdict = judge(INFINITY);
  for (size_t i = 0; i < SAMPLES; i++) {
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, K, m.T, 1, x_samples + i * m.dim, &log_q));
    const double u = SHIFT - log_q;
    n_capped += u > high;
    expected += ((u > high ? high + log(1 + u - high) : u) + log_q) / SAMPLES;
  }
  CHECK_WITHIN((double) n_capped, 100, SAMPLES - 100);
  CHECK_CLOSE(verdict.kl, expected, 1e-12);
  tear_down();
}

/* of identical particles: some samples lie outside the domain, and count as those without an
   energy */
static void test_outside(void **state)
{
  static const int alike[2] = {0, 0};
  static bgen_draw draw[SAMPLES];
  (void) state;
  set_up((bgen_layout){2, 1}, (symmetry){.species = alike}, EVERYWHERE);
  create(FRAMES, 1e3);
  follow(INFINITY);
  const bgen_verdict verdict = judge(INFINITY);
  double *x = must_allocate(SAMPLES * m.dim * sizeof *x), n_outside = 0;
  CHECK_OK(bgen_generator_sample_component(m.g, m.w, K, m.T, SEED, BGEN_STREAM_JUDGE, 0, SAMPLES, x,
                                           draw));
  for (size_t i = 0; i < SAMPLES; i++) n_outside += !draw[i].in_domain;
  CHECK_SAME(SAMPLES * m.dim, x, x_samples);
  CHECK_WITHIN(n_outside, 20, SAMPLES - 20);
  CHECK_CLOSE(verdict.outside, n_outside / SAMPLES, 0);
  CHECK_CLOSE(verdict.kl, SHIFT - log(1 - n_outside / SAMPLES), 1e-12);
  free(x);
  tear_down();
}

/* evenly from all, and a verdict may be asked for before their energies are known: they come
   first */
static void test_many_frames(void **state)
{
  bgen_wanted wanted;
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(MANY, 1e3);
  CHECK_OK(bgen_validation_begin(validation));
  CHECK_OK(bgen_validation_next(validation, &wanted));
  assert_int_equal(wanted.n, MOST);
  for (size_t i = 0; i < MOST; i++)
    CHECK_SAME(m.dim, wanted.x + i * m.dim, frames.x + i * MANY / MOST * m.dim);
  assert_int_equal(follow(INFINITY), MOST + SAMPLES);
  const bgen_verdict first = judge(INFINITY), second = judge(INFINITY);
  assert_true(isfinite(first.ml) && isfinite(first.bar_error));
  CHECK_SAME(1, &first, &second); /* from the same latent points */
  tear_down();
}

static void test_without_frames(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(0, 1e3);
  assert_int_equal(follow(INFINITY), 0);
  const bgen_verdict verdict = judge(INFINITY);
  CHECK_CLOSE(verdict.kl, SHIFT, 1e-12);
  CHECK_CLOSE(verdict.outside, 0, 0);
  assert_true(isnan(verdict.ml) && isnan(verdict.acceptance) && isnan(verdict.bar_error));
  tear_down();
}

/* ---- what it costs ---- */

static void test_size(void **state)
{
  static const struct {
    size_t n_points, n_lines, n_frames, n_samples;
  } expected[] = {{256000, 20, MOST, SAMPLES}, /* a stage of the examples */
                  {1, 1, 256, 64},
                  {0, 0, 256, 64},
                  {2000, 20, 500, 64},
                  {12800, 20, MOST, 160},
                  {40960, 20, MOST, SAMPLES},
                  {40880, 20, MOST, SAMPLES - 1}};
  (void) state;
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    const bgen_validation_size size =
        bgen_validation_size_for(expected[i].n_points, expected[i].n_lines);
    assert_int_equal(size.n_frames, expected[i].n_frames);
    assert_int_equal(size.n_samples, expected[i].n_samples);
  }
}

/* ---- from line to line ---- */

/* changes the flow by this much in every parameter; the same again takes it back */
static void shift_parameters(double by)
{
  bgen_flow *flow = bgen_generator_flow(m.g, K);
  for (size_t i = 0; i < flow->map->n_params; i++) flow->theta[i] += (bgen_real) (i % 2 ? by : -by);
}

/* of the exact flow both losses are least, and energies are its own */
static void test_change(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, 1e3);
  follow(INFINITY);
  const bgen_verdict before = judge(INFINITY);
  assert_true(isnan(bgen_validation_change(validation, BGEN_BEST_LINE, 1, 0).value));
  bgen_validation_keep(validation, BGEN_BEST_LINE);
  const bgen_estimate none = bgen_validation_change(validation, BGEN_BEST_LINE, 1, 2);
  CHECK_CLOSE(none.value, 0, 0);
  CHECK_CLOSE(none.error, 0, 0);
  shift_parameters(0.02);
  const bgen_verdict after = judge(INFINITY);
  const bgen_estimate ml = bgen_validation_change(validation, BGEN_BEST_LINE, 3, 0),
                      kl = bgen_validation_change(validation, BGEN_BEST_LINE, 0, 3),
                      both = bgen_validation_change(validation, BGEN_BEST_LINE, 1, 3);
  CHECK_CLOSE(ml.value, after.ml - before.ml, 1e-12);
  CHECK_CLOSE(kl.value, after.kl - before.kl, 1e-12);
  CHECK_CLOSE(both.value, 0.25 * ml.value + 0.75 * kl.value, 1e-12);
  CHECK_CLOSE(both.error, hypot(0.25 * ml.error, 0.75 * kl.error), 1e-12);
  assert_true(isnan(bgen_validation_change(validation, BGEN_EARLIER_LINE, 1, 0).error));
  tear_down();
}

/* Of frames of one distribution the change differs by as much as its error says: 68 % of 200 are
   136, and 5 sigma 33. */
static void test_change_covers(void **state)
{
  enum { REPEATS = 200 };
  double change[REPEATS], error[REPEATS], truth = 0;
  size_t n_covered = 0;
  (void) state;
  for (size_t r = 0; r < REPEATS; r++) {
    set_up(plane, no_symmetry, EVERYWHERE);
    first_frame = 100 * r;
    create(100, 1e3);
    follow(INFINITY);
    judge(INFINITY);
    bgen_validation_keep(validation, BGEN_EARLIER_LINE);
    shift_parameters(0.02);
    judge(INFINITY);
    const bgen_estimate e = bgen_validation_change(validation, BGEN_EARLIER_LINE, 1, 0);
    change[r] = e.value, error[r] = e.error, truth += e.value / REPEATS;
    tear_down();
  }
  first_frame = 0;
  for (size_t r = 0; r < REPEATS; r++) n_covered += fabs(change[r] - truth) <= error[r];
  print_message("%zu of %d errors cover\n", n_covered, (int) REPEATS);
  CHECK_WITHIN((double) n_covered, 136 - 33, 136 + 33);
}

/* a third of the frames lie where the flow has no density left */
static void test_lost(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, 1e3);
  for (size_t i = 0; i < FRAMES / 3; i++) frames.x[3 * i * m.dim] += 20;
  bgen_validation_destroy(validation);
  const bgen_validation_options options = {m.g,      m.w, K, &basins, SEED, 1e3, {MOST, SAMPLES},
                                           {0, NULL}};
  CHECK_OK(bgen_validation_create(&options, &frames, &validation));
  bgen_wanted wanted;
  double u[FRAMES];
  CHECK_OK(bgen_validation_next(validation, &wanted));
  evaluate(&wanted, INFINITY, u);
  for (size_t i = 0; i < FRAMES / 3; i++) u[3 * i] = u[3 * i + 1]; /* of a mode of its own */
  CHECK_OK(bgen_validation_arrive(validation, u, NULL));
  CHECK_CLOSE(judge(INFINITY).lost, 1.0 / 3, 1e-12);
  tear_down();
}

/* a frame without an energy makes no verdict of jumps, and no sample with an energy none of KL */
static void test_without_energies(void **state)
{
  (void) state;
  set_up(plane, no_symmetry, EVERYWHERE);
  create(FRAMES, 1e3);
  follow(-1.0);
  bgen_verdict verdict = judge(INFINITY);
  assert_true(isfinite(verdict.ml) && isfinite(verdict.kl));
  CHECK_WITHIN(verdict.acceptance, 0.5, 1); /* a frame of weight 0 leaves at once */
  verdict = judge(-1e9);
  assert_true(isnan(verdict.kl));
  tear_down();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_best),           cmocka_unit_test(test_other_basin),
      cmocka_unit_test(test_normalised),     cmocka_unit_test(test_capped),
      cmocka_unit_test(test_outside),        cmocka_unit_test(test_many_frames),
      cmocka_unit_test(test_without_frames), cmocka_unit_test(test_without_energies),
      cmocka_unit_test(test_size),           cmocka_unit_test(test_change),
      cmocka_unit_test(test_change_covers),  cmocka_unit_test(test_lost)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
