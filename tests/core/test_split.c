/* SPDX-License-Identifier: GPL-2.0-or-later
   The free energy of a union of sub-states.  A configuration is a sub-state i and a number x, with
     u = c_i + x^2/2,  q = p_i times the normal density of mean 0.4 and width 1.2,
   so that F = -ln sum_i e^-c_i - ln sqrt(2 pi).  Frames have memory in x, which goes on when they
   change their sub-state, and visit sub-states in proportions that are wrong. */
#include "estimate/split.h"

#include <math.h>

#include "base/rng.h"
#include "estimate/bootstrap.h"
#include "fixture.h"
#include "series.h"

enum { SUB = 3, SAMPLES = 2000, WALKERS = 6, LENGTH = 400, FRAMES = WALKERS * LENGTH };
enum { REPEATS = 600, DATA_SETS = 20, DRAWS = 100 };

static const double log_sqrt_2pi = 0.91893853320467274178, memory = 0.7;
static const double c[SUB] = {0, 1.2, 0.3}, p[SUB] = {0.2, 0.5, 0.3};
static const double visits[SUB] = {0.15, 0.6, 0.25}; /* of frames; right would be 0.49 0.15 0.36 */

static double forward[SAMPLES], reverse[FRAMES], x[FRAMES];
static size_t sample_in[SAMPLES], frame_in[FRAMES];
static const size_t ends[WALKERS] = {LENGTH,     2 * LENGTH, 3 * LENGTH,
                                     4 * LENGTH, 5 * LENGTH, FRAMES};
static const bgen_split all = {
    SUB, {SAMPLES, forward, {0, NULL}}, {FRAMES, reverse, {WALKERS, ends}}, sample_in, frame_in};

static double truth(void)
{
  return -log(exp(-c[0]) + exp(-c[1]) + exp(-c[2])) - log_sqrt_2pi;
}

static double log_q(size_t i, double at)
{
  const double z = (at - 0.4) / 1.2;
  return log(p[i]) - 0.5 * z * z - log(1.2) - log_sqrt_2pi;
}

static double work(size_t i, double at)
{
  return c[i] + 0.5 * at * at + log_q(i, at);
}

static size_t pick(bgen_rng *rng, const double *share)
{
  const double r = bgen_rng_uniform(rng);
  return r < share[0] ? 0 : r < share[0] + share[1] ? 1 : 2;
}

/* stay: the probability that a frame is where the one before it was */
static void draw(uint64_t key, double stay)
{
  bgen_rng rng = bgen_rng_at(77, BGEN_STREAM_TEST, key);
  bgen_rng_normals(&rng, SAMPLES, forward);
  fill_series(1000 + key, (kind){memory, 0}, FRAMES, &all.reverse.runs, x);
  for (size_t k = 0; k < SAMPLES; k++) {
    sample_in[k] = pick(&rng, p);
    forward[k] = work(sample_in[k], 0.4 + 1.2 * forward[k]);
  }
  for (size_t k = 0; k < FRAMES; k++) {
    const bool anew = k % LENGTH == 0 || bgen_rng_uniform(&rng) >= stay;
    frame_in[k] = anew ? pick(&rng, visits) : frame_in[k - 1];
    reverse[k] = -work(frame_in[k], x[k]);
  }
}

/* ---- with and without ---- */

/* What BAR of the whole tends to, where frames are so many in each sub-state: the integrals of both
   sides, q f and p f, are equal. */
static double unsplit(void)
{
  const double m = log((double) SAMPLES / FRAMES), dx = 0.01;
  double low = -10, high = 10;
  while (high - low > 1e-10) {
    const double f = 0.5 * (low + high);
    double imbalance = 0;
    for (double at = -10; at < 10; at += dx)
      for (size_t i = 0; i < SUB; i++) {
        const double offset = m + work(i, at) - f, back = 1 / (1 + exp(-offset));
        imbalance += SAMPLES * exp(log_q(i, at)) * (1 - back) -
                     FRAMES * visits[i] * exp(-0.5 * at * at - log_sqrt_2pi) * back;
      }
    if (imbalance > 0)
      high = f;
    else
      low = f;
  }
  return 0.5 * (low + high);
}

static void test_wrong_proportions(void **state)
{
  (void) state;
  average split = {0, 0, 0}, whole = {0, 0, 0};
  bgen_sub_state sub[SUB];
  for (uint64_t k = 0; k < 100; k++) {
    bgen_estimate one;
    draw(k, 0);
    CHECK_OK(bgen_split_estimate(&all, sub, &one));
    average_add(&split, one.value);
    CHECK_OK(bgen_estimate_bar(&all.forward, &all.reverse, &one));
    average_add(&whole, one.value);
  }
  print_message("F is %.4f: split %.4f, as a whole %.4f, where %.4f is expected\n", truth(),
                split.value, whole.value, unsplit());
  CHECK_MEAN(&split, truth());
  CHECK_MEAN(&whole, unsplit());
  CHECK_WITHIN(unsplit() - truth(), 0.05, 1); /* five errors of one F and more */
}

static void test_sub_states(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f;
  size_t n_samples = 0, n_frames = 0;
  double share = 0;
  draw(3, 0.9);
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  for (size_t i = 0; i < SUB; i++) {
    const bgen_estimate *one = &sub[i].free_energy;
    CHECK_WITHIN((one->value - c[i] + log_sqrt_2pi) / one->error, -5, 5);
    CHECK_CLOSE(sub[i].share, exp(f.value - one->value), 1e-12);
    assert_true(isnan(sub[i].least));
    n_samples += sub[i].n_samples, n_frames += sub[i].n_frames, share += sub[i].share;
  }
  assert_true(n_samples == SAMPLES && n_frames == FRAMES);
  CHECK_CLOSE(share, 1, 1e-12);
}

/* one sub-state is BAR itself */
static void test_one(void **state)
{
  (void) state;
  bgen_sub_state sub;
  bgen_estimate f, bar;
  draw(4, 0.9);
  bgen_split one = all;
  size_t zero[FRAMES] = {0};
  one.n = 1, one.sample_in = one.frame_in = zero;
  CHECK_OK(bgen_split_estimate(&one, &sub, &f));
  CHECK_OK(bgen_estimate_bar(&all.forward, &all.reverse, &bar));
  CHECK_CLOSE(f.value, bar.value, 1e-12);
  CHECK_CLOSE(f.error, bar.error, 1e-12);
}

/* ---- errors ---- */

/* 0.98: a walker changes some ten times, so that few runs, of any length, lie in a sub-state */
static void test_coverage(void **state)
{
  (void) state;
  const double stay[] = {0, 0.9, 0.98};
  for (size_t s = 0; s < 3; s++) {
    size_t n = 0;
    average ratio = {0, 0, 0}, values = {0, 0, 0};
    for (uint64_t k = 0; k < REPEATS; k++) {
      bgen_sub_state sub[SUB];
      bgen_estimate f;
      draw(1000 * (s + 1) + k, stay[s]);
      CHECK_OK(bgen_split_estimate(&all, sub, &f));
      n += covers(&f, truth());
      average_add(&ratio, f.error);
      average_add(&values, f.value);
    }
    const double scatter = sqrt(average_variance(&values));
    print_message("frames stay with %.2f: %zu of %d errors cover; %.4f, where values scatter by "
                  "%.4f\n",
                  stay[s], n, REPEATS, ratio.value, scatter);
    CHECK_COVERS(n, REPEATS);
    CHECK_CLOSE(ratio.value / scatter, 1, 0.15); /* 600 values know their scatter to 3 % */
  }
}

static void test_bootstrap(void **state)
{
  (void) state;
  average ratio = {0, 0, 0};
  for (uint64_t k = 0; k < DATA_SETS; k++) {
    bgen_sub_state sub[SUB];
    bgen_estimate expected, drawn;
    draw(50 + k, 0.9);
    CHECK_OK(bgen_split_estimate(&all, sub, &expected));
    CHECK_OK(bgen_bootstrap_split(&all, DRAWS, k, &drawn));
    CHECK_CLOSE(drawn.value, expected.value, 0);
    average_add(&ratio, drawn.error / expected.error);
  }
  print_message("errors by drawing anew are %.3f times those of first order\n", ratio.value);
  CHECK_CLOSE(ratio.value, 1, 0.1); /* as test_bootstrap.c */
}

/* ---- what has not been seen ---- */

/* sub-state `from` has no frames, or no samples: they are elsewhere */
static void empty(size_t from, bool frames)
{
  for (size_t k = 0; frames && k < FRAMES; k++)
    if (frame_in[k] == from) frame_in[k] = 0, reverse[k] = -work(0, x[k]);
  for (size_t k = 0; !frames && k < SAMPLES; k++)
    if (sample_in[k] == from) forward[k] = INFINITY;
}

static void test_without_frames(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f, by_samples;
  double weighed[SAMPLES];
  draw(5, 0.9);
  empty(1, true);
  for (size_t k = 0; k < SAMPLES; k++) weighed[k] = sample_in[k] == 1 ? forward[k] : INFINITY;
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  CHECK_OK(bgen_estimate_fep(&(bgen_works){SAMPLES, weighed, {0, NULL}}, &by_samples));
  CHECK_CLOSE(sub[1].free_energy.value, by_samples.value, 1e-12);
  CHECK_CLOSE(sub[1].free_energy.error, by_samples.error, 1e-12);
  assert_true(sub[1].n_frames == 0);
  CHECK_WITHIN((f.value - truth()) / f.error, -5, 5);
}

static void test_without_samples(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f;
  draw(6, 0.9);
  empty(2, false);
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  assert_true(isnan(sub[2].free_energy.value) && sub[2].n_samples == 0 && sub[2].n_frames > 0);
  assert_true(isinf(sub[2].free_energy.error) && sub[2].share == 0);
  CHECK_CLOSE(f.value, -log(exp(-c[0]) + exp(-c[1])) - log_sqrt_2pi, 0.2);
  /* 3/n of a flow has none of n samples once in 20 cases; q has 0.3 there */
  assert_true(fabs(pow(1 - 3.0 / SAMPLES, SAMPLES) - 0.05) < 0.001);
  const double expected = c[2] - log_sqrt_2pi + log(p[2] * SAMPLES / 3);
  CHECK_CLOSE(sub[2].least, expected, 0.3);
  assert_true(f.error < 0.05); /* the bound is what says that it hardly counts */
  for (size_t k = 0; k < FRAMES; k++)
    if (frame_in[k] == 2) reverse[k] += 6; /* e^6 times as much may lie there */
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  CHECK_CLOSE(sub[2].least, expected - 6, 0.3);
  assert_true(isinf(f.error));
  for (size_t k = 0; k < FRAMES; k++)
    if (frame_in[k] == 2) reverse[k] = INFINITY; /* outside the domain of the flow */
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  assert_true(sub[2].least == -INFINITY && isinf(f.error));
}

/* without samples and frames a sub-state is not missed; where there is nothing at all, there is no
   F; what lies in no range makes the error infinite */
static void test_nothing(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f;
  draw(7, 0.9);
  empty(1, false), empty(1, true);
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  assert_true(isnan(sub[1].free_energy.value) && isnan(sub[1].least));
  CHECK_WITHIN((f.value + log(exp(-c[0]) + exp(-c[2])) + log_sqrt_2pi) / f.error, -5, 5);
  frame_in[7] = SUB;
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  assert_true(isinf(f.error));
  for (size_t i = 0; i < SUB; i++) empty(i, false);
  CHECK_OK(bgen_split_estimate(&all, sub, &f));
  assert_true(isnan(f.value) && isinf(f.error));
  CHECK_REFUSED(bgen_bootstrap_split(&all, DRAWS, 1, &f), BGEN_NOT_FINITE, "sub-states");
}

/* at a temperature without MD: all by samples, which is FEP of the whole */
static void test_no_frames_at_all(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f, whole;
  draw(9, 0.9);
  bgen_split samples = all;
  samples.reverse = (bgen_works){0, NULL, {0, NULL}};
  CHECK_OK(bgen_split_estimate(&samples, sub, &f));
  CHECK_OK(bgen_estimate_fep(&all.forward, &whole));
  CHECK_CLOSE(f.value, whole.value, 1e-12);
  CHECK_CLOSE(f.error, whole.error, 1e-12);
}

static void test_refused(void **state)
{
  (void) state;
  bgen_sub_state sub[SUB];
  bgen_estimate f;
  draw(8, 0.9);
  forward[3] = NAN;
  CHECK_REFUSED(bgen_split_estimate(&all, sub, &f), BGEN_NOT_FINITE, "forward work 4");
}

/* ---- ranges ---- */

static void test_cuts(void **state)
{
  (void) state;
  const double edge[] = {-60, 60};
  const bgen_cut line = {2, edge, false}, circle = {2, edge, true};
  const double value[] = {-180, -60.1, -60, 59.9, 60, 180};
  const size_t on_line[] = {0, 0, 1, 1, 2, 2}, on_circle[] = {1, 1, 0, 0, 1, 1};
  double range[2];
  assert_true(bgen_cuts_n_sub_states(1, &line) == 3 && bgen_cuts_n_sub_states(1, &circle) == 2);
  for (size_t k = 0; k < 6; k++) {
    assert_int_equal(bgen_cuts_sub_state(1, &line, &value[k]), on_line[k]);
    assert_int_equal(bgen_cuts_sub_state(1, &circle, &value[k]), on_circle[k]);
  }
  bgen_cuts_ends(1, &line, 0, 0, range);
  assert_true(range[0] == -INFINITY && range[1] == -60);
  bgen_cuts_ends(1, &line, 2, 0, range);
  assert_true(range[0] == 60 && range[1] == INFINITY);
  bgen_cuts_ends(1, &circle, 1, 0, range);
  assert_true(range[0] == 60 && range[1] == -60);
}

/* of a circle and a line: sub-states are numbered as their ranges, and NaN is in none */
static void test_two_cuts(void **state)
{
  (void) state;
  const double angle[] = {-60, 60}, length = 1.5;
  const bgen_cut cut[] = {{2, angle, true}, {1, &length, false}};
  assert_int_equal(bgen_cuts_n_sub_states(2, cut), 4);
  const double at[][2] = {{0, 1}, {0, 2}, {170, 1}, {-170, 2}, {0, NAN}, {NAN, 1}};
  const size_t expected[] = {0, 1, 2, 3, 4, 4};
  for (size_t k = 0; k < 6; k++) assert_int_equal(bgen_cuts_sub_state(2, cut, at[k]), expected[k]);
  double range[2];
  bgen_cuts_ends(2, cut, 2, 0, range);
  assert_true(range[0] == 60 && range[1] == -60);
  bgen_cuts_ends(2, cut, 2, 1, range);
  assert_true(range[0] == -INFINITY && range[1] == 1.5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_wrong_proportions),
      cmocka_unit_test(test_sub_states),
      cmocka_unit_test(test_one),
      cmocka_unit_test(test_coverage),
      cmocka_unit_test(test_bootstrap),
      cmocka_unit_test(test_without_frames),
      cmocka_unit_test(test_without_samples),
      cmocka_unit_test(test_nothing),
      cmocka_unit_test(test_no_frames_at_all),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_cuts),
      cmocka_unit_test(test_two_cuts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
