/* SPDX-License-Identifier: GPL-2.0-or-later
   A slope that no frame climbs: x is normal with a width of 1/2, and y with a width of 1/5 about
   3 x, while the flow draws both by themselves with a width of 1.  Far out in x its samples lie
   beside the target's y, and the few that weigh there are far from those that matter. */
#include "estimate/profile.h"

#include <math.h>

#include "base/rng.h"
#include "fixture.h"

enum { SAMPLES = 9000, FRAMES = 2000, N = SAMPLES + FRAMES, BINS = 39, REPEATS = 60 };
static const double SLOPE = 3, WIDTH_X = 0.5, WIDTH_Y = 0.2, LOW = -0.5, HIGH = 3.4;
static double x[N], y[N], u[2 * N], mixture[N], influence[2 * N], work[3 * N], free_energy[2];
static bgen_mbar mbar;

static void draw(bgen_rng *rng)
{
  bgen_rng_normals(rng, N, x);
  bgen_rng_normals(rng, N, y);
  for (size_t i = SAMPLES; i < N; i++) x[i] *= WIDTH_X, y[i] = SLOPE * x[i] + WIDTH_Y * y[i];
}

/* energies without their constants: F - F_flow = -ln(WIDTH_X WIDTH_Y) */
static void find_energies(void)
{
  for (size_t i = 0; i < N; i++) {
    const double a = x[i] / WIDTH_X, b = (y[i] - SLOPE * x[i]) / WIDTH_Y;
    u[i] = 0.5 * (x[i] * x[i] + y[i] * y[i]);
    u[N + i] = 0.5 * (a * a + b * b);
  }
}

static bgen_averages make(uint64_t key)
{
  static const size_t count[2] = {SAMPLES, FRAMES};
  static const size_t state = 1;
  static const double *const influences[] = {influence};
  bgen_rng rng = bgen_rng_at(43, BGEN_STREAM_TEST, key);
  draw(&rng);
  find_energies();
  mbar = (bgen_mbar){.n_states = 2,
                     .n = N,
                     .n_known = 1,
                     .count = count,
                     .u = u,
                     .free_energy = free_energy,
                     .log_mixture = mixture};
  free_energy[0] = 0;
  CHECK_OK(bgen_mbar_solve(&mbar));
  CHECK_OK(bgen_mbar_influence(&mbar, influence));
  return (bgen_averages){1, N, &mbar, influences, &state, work, NULL, NULL};
}

static double exact(double low, double high)
{
  const double s = sqrt(0.5) / WIDTH_X;
  return -log(0.5 * (erf(s * high) - erf(s * low)) / (high - low));
}

/* of all bins with a finite error, in all repeats */
static void check_bars(size_t *n_known)
{
  const bgen_profile profile = {1, {{BINS, LOW, HIGH}, {0}}};
  const double *const s[] = {x}, width = (HIGH - LOW) / BINS;
  size_t n = 0, within_one = 0, within_three = 0;
  bgen_estimate bins[BINS];
  for (uint64_t r = 0; r < REPEATS; r++) {
    const bgen_averages pool = make(r);
    CHECK_OK(bgen_profile_estimate(&profile, &pool, s, bins));
    for (size_t b = 0; b < BINS; b++) {
      const double low = LOW + width * (double) b;
      const double off = fabs(bins[b].value - exact(low, low + width));
      if (!isfinite(bins[b].error)) continue;
      n++, n_known[b]++, within_one += off <= bins[b].error,
          within_three += off <= 3 * bins[b].error;
    }
  }
  print_message("of %zu bars %.3f hold the truth, and %.3f of three of them\n", n,
                (double) within_one / (double) n, (double) within_three / (double) n);
  CHECK_WITHIN((double) within_one / (double) n, 0.62, 0.74);
  CHECK_WITHIN((double) within_three / (double) n, 0.98, 1);
}

/* where many frames are every bar is known; far out none is */
static void test_slope(void **state)
{
  size_t n_known[BINS] = {0};
  (void) state;
  check_bars(n_known);
  for (size_t b = 0; b < 15; b++) assert_int_equal(n_known[b], REPEATS); /* up to x = 1 */
  for (size_t b = 23; b < BINS; b++) assert_int_equal(n_known[b], 0);    /* from x = 1.8 */
}

static void test_no_bins(void **state)
{
  (void) state;
  CHECK_REFUSED(bgen_profile_check(&(bgen_profile){1, {{3, 1, 1}, {0}}}), BGEN_BAD_INPUT, "bins");
  CHECK_REFUSED(bgen_profile_check(&(bgen_profile){1, {{3, 0, NAN}, {0}}}), BGEN_BAD_INPUT, "bins");
  CHECK_REFUSED(bgen_profile_check(&(bgen_profile){2, {{3, 0, 1}, {0, 0, 1}}}), BGEN_BAD_INPUT,
                "bins");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_slope), cmocka_unit_test(test_no_bins)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
