/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "estimate/profile.h"

#include <math.h>

#include "base/rng.h"
#include "fixture.h"

enum { BINS = 8, SAMPLES = 4000 };

static bgen_profile make(size_t n_bins, double low, double high)
{
  bgen_profile profile;
  CHECK_OK(bgen_profile_create(n_bins, low, high, &profile));
  return profile;
}

static void test_counts(void **state)
{
  const double s[] = {0.1, 0.2, 0.6, 1.0, -0.1, 5}; /* the last three are outside of [0, 1) */
  bgen_profile profile = make(2, 0, 1);
  double at, f[2], error[2];
  (void) state;
  bgen_profile_add(&profile, 6, s, NULL, 1);
  for (size_t bin = 0; bin < 2; bin++) bgen_profile_at(&profile, bin, &at, &f[bin], &error[bin]);
  CHECK_CLOSE(at, 0.75, 1e-15);
  CHECK_CLOSE(f[0], -log(2. / 6 / 0.5), 1e-14);
  CHECK_CLOSE(f[1] - f[0], log(2), 1e-14);
  CHECK_CLOSE(error[0], 1 / sqrt(2), 1e-14);
  CHECK_CLOSE(error[1], 1, 1e-14);
  bgen_profile_free(&profile);
}

static void test_empty_bin(void **state)
{
  bgen_profile profile = make(2, 0, 1);
  double s, f, error;
  (void) state;
  bgen_profile_add(&profile, 1, (double[]){0.3}, NULL, 1);
  bgen_profile_at(&profile, 1, &s, &f, &error);
  assert_true(isinf(f) && f > 0 && isinf(error));
  bgen_profile_free(&profile);
}

/* Samples of a uniform density weighted with e^(s), in units of e^1000 that would overflow, twice, as
   if of two basins: F falls by the width of a bin from bin to bin, and the error bars are those seen. */
static void test_weighted(void **state)
{
  enum { REPEATS = 400 };
  average f[BINS] = {{0}}, claimed = {0};
  double s[SAMPLES], log_weight[SAMPLES], at, value, error;
  (void) state;
  for (size_t repeat = 0; repeat < REPEATS; repeat++) {
    bgen_profile profile = make(BINS, 0, 2);
    bgen_rng rng = bgen_rng_at(17, BGEN_STREAM_TEST, repeat);
    for (size_t i = 0; i < SAMPLES; i++) {
      s[i] = 2 * bgen_rng_uniform(&rng);
      log_weight[i] = s[i] + 1000;
    }
    bgen_profile_add(&profile, SAMPLES / 2, s, log_weight, 0.5);
    bgen_profile_add(&profile, SAMPLES / 2, s + SAMPLES / 2, log_weight + SAMPLES / 2, 0.5);
    for (size_t bin = 0; bin < BINS; bin++) {
      bgen_profile_at(&profile, bin, &at, &value, &error);
      average_add(&f[bin], exp(-value));
      if (bin == 3) average_add(&claimed, error * exp(-value));
    }
    bgen_profile_free(&profile);
  }
  const double width = 2. / BINS, z = exp(2) - 1;
  for (size_t bin = 0; bin < BINS; bin++)
    CHECK_MEAN(&f[bin],
               (exp((double) (bin + 1) * width) - exp((double) bin * width)) / (width * z));
  /* the error bar is that of a sum, before the division by the total that makes it a little smaller:
     400 repeats know it to 3.5 % */
  CHECK_RELATIVE(claimed.value, sqrt(average_variance(&f[3])), 0.2 * claimed.value);
}

static void test_refused(void **state)
{
  bgen_profile profile;
  (void) state;
  CHECK_REFUSED(bgen_profile_create(3, 1, 1, &profile), BGEN_BAD_INPUT, "bins");
  CHECK_REFUSED(bgen_profile_create(3, 0, NAN, &profile), BGEN_BAD_INPUT, "bins");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_counts), cmocka_unit_test(test_empty_bin),
      cmocka_unit_test(test_weighted), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
