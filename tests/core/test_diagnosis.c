/* SPDX-License-Identifier: GPL-2.0-or-later
   Each sentence comes where it should and not where it should not; what is not known is not
   judged. */
#include "estimate/diagnosis.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "series.h"

static char text[BGEN_DIAGNOSIS_LENGTH];

/* nothing is wrong with these */
static bgen_evidence sound(void)
{
  return (bgen_evidence){
      .forward = {20000, 90, 850.5, {-2.31, 0.06}, 1.02, 0, false, NAN},
      .reverse = {8000, 0, 320.1, {-2.42, 0.08}, 1.4, 8, false, 1.2},
      .estimate = {-2.355, 0.021},
      .independent_error = 0.019,
      .half = {-2.331, 0.03},
      .lost = 0.004,
  };
}

static void check_warns(const bgen_evidence *e, const char *sentence)
{
  const size_t n = bgen_diagnosis(e, text);
  if (n != 1 || strcmp(text, sentence) != 0) print_error("%zu warnings:\n%s", n, text);
  assert_int_equal(n, 1);
  assert_string_equal(text, sentence);
}

static void check_silent(const bgen_evidence *e)
{
  const size_t n = bgen_diagnosis(e, text);
  if (n) print_error("%s", text);
  assert_int_equal(n, 0);
  assert_true(strncmp(text, "no warning", 10) == 0);
  assert_true(text[strlen(text) - 1] == '\n');
}

static void test_sound(void **state)
{
  (void) state;
  const bgen_evidence good = sound(), unknown = bgen_evidence_unknown();
  check_silent(&good);
  check_silent(&unknown);
}

static void test_no_frames(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.reverse = bgen_evidence_unknown().reverse;
  check_warns(&e, "no test frames at this temperature: flow samples alone cannot show what the "
                  "flow has missed\n");
}

static void test_weights(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.forward.effective = 4.2;
  check_warns(&e, "the forward one-sided estimate is dominated by 4.2 of 20000 samples: use BAR\n");
  e.forward.effective = 199;
  check_warns(&e, "the forward one-sided estimate is dominated by 199 of 20000 samples: use BAR\n");
  e.forward.effective = 201;
  check_silent(&e);
  e.reverse.n = 1000, e.reverse.effective = 24.5;
  check_warns(&e, "the reverse one-sided estimate is dominated by 24.5 of 1000 samples: use BAR\n");
  e.reverse.effective = 25.5;
  check_silent(&e);
  e.reverse.n = 20, e.reverse.effective = 17; /* few, but they overlap */
  check_silent(&e);
  e.reverse.effective = 9;
  check_warns(&e, "the reverse one-sided estimate is dominated by 9 of 20 samples: use BAR\n");
  e.reverse.effective = NAN;
  check_silent(&e);
}

static void test_lost_mode(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.lost = 0.312;
  check_warns(&e, "lost mode: 31.2 % of the test frames lie where the flow has lost density, too "
                  "low by a factor of 1000 or more: jumps hardly ever reach them, train the flow "
                  "on frames of it\n");
  e.lost = 0.0099;
  check_silent(&e);
  e.lost = 0.02, e.reverse.n = 100; /* two frames may be anything */
  check_silent(&e);
  e.lost = NAN;
  check_silent(&e);
}

/* of frames in wrong proportions one side differs, and that of a union of sub-states does not */
static void test_split(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.reverse.one_sided.value = -3;
  check_warns(&e, "the reverse one-sided estimate differs from BAR by 7.8 standard errors: too few "
                  "samples overlap\n");
  e.split = true;
  check_silent(&e);
  e.estimate.error = INFINITY, e.overlap = 0;
  check_warns(&e, "the error is infinite: see the sub-states below\n");
}

static void test_frozen(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.estimate.error = INFINITY, e.overlap = 0, e.reverse.n = 1, e.reverse.inefficiency = 1;
  e.reverse.effective = 1, e.half = (bgen_estimate){NAN, INFINITY};
  check_warns(&e,
              "the error is infinite: the test frames, 1, count as one, because all of them "
              "have one weight; are their atoms held, or was one frame read again and again?\n");
}

static void test_correlation(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.reverse.inefficiency = 25.8, e.independent_error = 0.021 / 7.9;
  check_warns(
      &e,
      "reverse samples are correlated: 8000 count as 310 independent ones; without this the error "
      "would be 7.9 times too small\n");
  e.independent_error = NAN;
  check_warns(&e, "reverse samples are correlated: 8000 count as 310 independent ones\n");
  e.reverse.inefficiency = 1.49;
  check_silent(&e);
  e.reverse.inefficiency = NAN;
  check_silent(&e);
}

static void test_population(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.reverse.n_walkers = 1;
  check_warns(&e, "the test frames come from one walker; the error bar cannot include what it "
                  "never visited: add test frames from independent runs\n");
  e.reverse.n_walkers = 2;
  check_silent(&e);
  e.reverse.between = 16;
  check_silent(&e); /* of two walkers, chance */
  e.reverse.walkers_differ = true;
  check_warns(&e, "the walkers of the test frames differ 4 times more than their correlation "
                  "explains: each may "
                  "have visited only a part of the basin; use more or longer walkers\n");
  e.reverse.between = NAN;
  check_silent(&e);
}

static void test_overlap(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.forward.one_sided = (bgen_estimate){-2.355 + 5.1 * 0.05, sqrt(0.05 * 0.05 - 0.021 * 0.021)};
  check_warns(&e, "the forward one-sided estimate differs from BAR by 5.1 standard errors: too "
                  "few samples overlap\n");
  e.forward.one_sided.value = -2.355 + 2.9 * 0.05;
  check_silent(&e);
  e.forward.one_sided.value = -2.355 - 3.1 * 0.05;
  check_warns(&e, "the forward one-sided estimate differs from BAR by 3.1 standard errors: too "
                  "few samples overlap\n");
  e.forward.one_sided.error = NAN;
  check_silent(&e);
}

static void test_not_finite(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.forward.n_not_finite = 2000;
  check_warns(&e, "2000 of 20000 forward works are not finite: if their energies failed, the "
                  "estimate is off by up "
                  "to 0.105 kT\n");
  e.estimate = (bgen_estimate){NAN, NAN}, e.forward.one_sided.error = 0.11;
  check_silent(&e);
  e.forward.one_sided.error = NAN; /* no error is known to hide behind */
  assert_int_equal(bgen_diagnosis(&e, text), 1);
  e.forward.n_not_finite = 0;
  check_silent(&e);
  e = sound();
  e.forward.n_not_finite = e.forward.n;
  assert_int_equal(bgen_diagnosis(&e, text), 1);
  assert_non_null(strstr(text, "20000 of 20000 forward works"));
}

static void test_guess(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.estimate.error = 2.34, e.independent_error = 2.3;
  check_warns(&e,
              "an error of 2.34 kT is not reliable: forward and reverse works hardly overlap\n");
  e.estimate.error = 0.9;
  check_silent(&e);
}

/* an error that is infinite says why, and nothing else compares with it */
static void test_infinite(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.estimate = (bgen_estimate){-176, INFINITY}, e.independent_error = 0.2, e.overlap = 0.0031;
  check_warns(&e, "the error is infinite: forward and reverse works overlap by 0.0031 effective "
                  "samples, at least 2 are needed; the value means nothing\n");
  e.forward.effective = 4.2, e.reverse.inefficiency = 25.8;
  assert_int_equal(bgen_diagnosis(&e, text), 3);
  assert_null(strstr(text, "use BAR"));
  assert_null(strstr(text, "inf times"));
  e = sound(), e.estimate.error = INFINITY, e.overlap = NAN;
  check_warns(&e, "the error is infinite: too few samples carry the estimate; the value means "
                  "nothing\n");
}

/* a half of error sqrt(2) e differs from the whole by e; one that is surer of itself, by e too */
static void test_doubling(void **state)
{
  (void) state;
  bgen_evidence e = sound();
  e.half = (bgen_estimate){e.estimate.value - 3.4 * 0.021, sqrt(2) * 0.021};
  check_warns(
      &e,
      "the estimate changed by 3.4 standard errors when the data doubled: it has not converged\n");
  e.half.error = 0.001;
  check_warns(
      &e,
      "the estimate changed by 3.4 standard errors when the data doubled: it has not converged\n");
  e.half.error = 0.021 * sqrt(5); /* 1.7 of its errors */
  check_silent(&e);
  e.half = (bgen_estimate){e.estimate.value + 2.9 * 0.021, 0.03};
  check_silent(&e);
  e.half = (bgen_estimate){NAN, 0.03};
  check_silent(&e);
}

/* Works of normal deviation: each side alone tells F_1 - F_0, with one sign. */
static void test_works(void **state)
{
  (void) state;
  enum { N = 4000 };
  static double there[N], back[N];
  fill_series(1, (kind){0, 0}, N, NULL, there);
  fill_series(2, (kind){0, 0}, N, NULL, back);
  to_works(2.5, 0.8, N, there);
  to_works(-2.5, 0.8, N, back);
  for (size_t i = 0; i < N / 4; i++) there[4 * i] = INFINITY; /* attempts that lead elsewhere */
  const bgen_works forward = {N, there, {0, NULL}}, reverse = {N, back, {0, NULL}};
  const bgen_evidence e =
      bgen_evidence_of_works(&forward, &reverse, &(bgen_estimate){2.5 - log(0.75), 0.02});
  CHECK_CLOSE(e.forward.one_sided.value, 2.5 - log(0.75), 5 * e.forward.one_sided.error);
  CHECK_CLOSE(e.reverse.one_sided.value, 2.5 - log(0.75), 5 * e.reverse.one_sided.error);
  CHECK_WITHIN(e.forward.one_sided.error, 0.005, 0.05);
  CHECK_WITHIN(e.forward.effective, 0.75 * N * exp(-0.64) * 0.8, 0.75 * N * exp(-0.64) * 1.25);
  CHECK_WITHIN(e.reverse.effective, N * exp(-0.64) * 0.8, N * exp(-0.64) * 1.25);
  assert_int_equal(e.forward.n, N);
  assert_int_equal(e.reverse.n_walkers, 0);
  check_silent(&e);
}

/* all at once and with the longest numbers they fit, and each is a line */
static void test_all(void **state)
{
  (void) state;
  const bgen_side worst = {(size_t) -1, (size_t) -2, -1.23456e-300, {-1.23456e300, 1.2e-300},
                           1.23456e300, 1,           true,          1.5e300};
  const bgen_evidence e = {
      worst, worst, {1.23456e300, 1.3}, 1.23456e-300, {-1.23456e300, 1.3}, 1.23456e300, NAN, false};
  const size_t n = bgen_diagnosis(&e, text);
  size_t n_lines = 0;
  for (const char *c = text; *c; c++) n_lines += *c == '\n';
  assert_int_equal(n, 15);
  assert_int_equal(n_lines, n);
  assert_true(text[strlen(text) - 1] == '\n');
  CHECK_WITHIN((double) strlen(text), 1000, BGEN_DIAGNOSIS_LENGTH - 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sound),     cmocka_unit_test(test_no_frames),
      cmocka_unit_test(test_weights),   cmocka_unit_test(test_correlation),
      cmocka_unit_test(test_lost_mode), cmocka_unit_test(test_split),
      cmocka_unit_test(test_frozen),    cmocka_unit_test(test_population),
      cmocka_unit_test(test_overlap),   cmocka_unit_test(test_not_finite),
      cmocka_unit_test(test_guess),     cmocka_unit_test(test_doubling),
      cmocka_unit_test(test_infinite),  cmocka_unit_test(test_works),
      cmocka_unit_test(test_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
