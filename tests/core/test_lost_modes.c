/* SPDX-License-Identifier: GPL-2.0-or-later
   Log-weights of a normal peak, and frames far above it.  Where samples have ln p/q of variance s^2
   about -s^2/2, frames have the same about +s^2/2 (their distributions differ by the weight). */
#include "estimate/lost_modes.h"

#include <math.h>

#include "base/rng.h"
#include "check.h"

enum { MOST = 2000, REPEATS = 500 };

static double frames[MOST], samples[MOST];

/* the first n_lost of the frames are that much above their peak */
static double fraction(uint64_t key, double s, size_t n_frames, size_t n_lost, double above,
                       size_t n_samples)
{
  bgen_rng rng = bgen_rng_at(41, BGEN_STREAM_TEST, key);
  bgen_rng_normals(&rng, n_frames, frames);
  bgen_rng_normals(&rng, n_samples, samples);
  for (size_t i = 0; i < n_frames; i++)
    frames[i] = 7 + s * s / 2 + s * frames[i] + (i < n_lost ? above : 0);
  for (size_t i = 0; i < n_samples; i++) samples[i] = 7 - s * s / 2 + s * samples[i];
  return bgen_lost_fraction(n_frames, frames, n_samples, samples);
}

/* from flows that are nearly exact to those of which one jump in a hundred is accepted */
static const double deviation[] = {0, 0.05, 0.5, 1, 2, 3.5};

static void test_good_flows_are_silent(void **state)
{
  (void) state;
  /* never in 6000 sets: less often than once in 2000, at 95 % */
  for (size_t k = 0; k < 6; k++) {
    size_t n_named = 0;
    for (uint64_t r = 0; r < REPEATS; r++)
      n_named += bgen_is_lost_mode(fraction(r, deviation[k], 64, 0, 0, 64), 64) +
                 bgen_is_lost_mode(fraction(r, deviation[k], 1000, 0, 0, 512), 1000);
    assert_int_equal(n_named, 0);
  }
}

/* All of it, whether a small part of the frames or nearly all.  Where 7 of 10 are lost, the
   quantile that bounds the peak is its upper end, and it looks twice as wide: modes of a trained
   flow stand 20 deviations apart and more. */
static void test_lost(void **state)
{
  static const size_t n_lost[] = {20, 100, 500, 700, 800, 950, 1000};
  (void) state;
  for (size_t k = 0; k < 6; k++)
    for (size_t i = 0; i < 7; i++) {
      const double s = deviation[k], above = fmax(20, 20 * s);
      const double found = fraction(i, s, 1000, n_lost[i], above, 512);
      CHECK_CLOSE(found, (double) n_lost[i] / 1000, 0.001);
      assert_true(bgen_is_lost_mode(found, 1000));
    }
}

static void test_half_as_far(void **state)
{
  (void) state;
  CHECK_CLOSE(fraction(1, 0.5, 1000, 300, 3, 512), 0, 0); /* 20 times too few samples */
}

static void test_infinite(void **state)
{
  (void) state;
  (void) fraction(2, 1, 1000, 0, 0, 512);
  for (size_t i = 0; i < 200; i++) frames[i] = INFINITY; /* no density at all */
  for (size_t i = 0; i < 400; i++) samples[i] = i % 2 ? -INFINITY : NAN;
  CHECK_CLOSE(bgen_lost_fraction(1000, frames, 512, samples), 0.2, 0);
  for (size_t i = 200; i < 1000; i++) frames[i] = INFINITY;
  CHECK_CLOSE(bgen_lost_fraction(1000, frames, 512, samples), 1, 0);
  for (size_t i = 0; i < 512; i++) samples[i] = NAN;
  assert_true(isnan(bgen_lost_fraction(1000, frames, 512, samples)));
}

static void test_few(void **state)
{
  (void) state;
  assert_true(isnan(fraction(3, 1, 19, 10, 50, 512)) && isnan(fraction(3, 1, 512, 10, 50, 19)));
  assert_true(isnan(bgen_lost_fraction(0, NULL, 0, NULL)));
  assert_true(bgen_is_lost_mode(0.011, 1000) && !bgen_is_lost_mode(0.009, 1000));
  assert_true(bgen_is_lost_mode(3.0 / 64, 64) && !bgen_is_lost_mode(2.0 / 64, 64));
  assert_false(bgen_is_lost_mode(NAN, 1000));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_good_flows_are_silent),
                                     cmocka_unit_test(test_lost),
                                     cmocka_unit_test(test_half_as_far),
                                     cmocka_unit_test(test_infinite), cmocka_unit_test(test_few)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
