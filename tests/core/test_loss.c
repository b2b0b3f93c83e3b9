/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "train/loss.h"

#include <math.h>

#include "fixture.h"

enum { DIM = 5 };
static const double high = 10, scale = 0.3, log_det = -1.7, log_q = -2.3;

static void test_cap(void **state)
{
  double slope;
  (void) state;
  for (double u = -50; u <= high; u += 2.5) {
    CHECK_CLOSE(bgen_cap_energy(u, high, &slope), u, 0);
    CHECK_CLOSE(slope, 1, 0);
  }
  CHECK_CLOSE(bgen_cap_energy(high + exp(3) - 1, high, &slope), high + 3, 1e-12);
  CHECK_CLOSE(bgen_cap_energy(1e300, high, &slope), high + 300 * log(10), 1e-9);
  CHECK_WITHIN(slope, 0, 1e-299);
}

/* on both sides of where the cap begins, and across it: the value and the slope have no step
   there */
static void test_slope_of_cap(void **state)
{
  const double h = 1e-4;
  (void) state;
  for (double u = high - 1; u < high + 30; u += 0.73) {
    double f[4], slope, unused;
    const double at[4] = {u - 2 * h, u - h, u + h, u + 2 * h};
    for (size_t i = 0; i < 4; i++) f[i] = bgen_cap_energy(at[i], high, &unused);
    bgen_cap_energy(u, high, &slope);
    CHECK_CLOSE(slope_of(f, h), slope, 1e-9);
  }
  double below, above;
  bgen_cap_energy(high, high, &below);
  bgen_cap_energy(high + 1e-9, high, &above);
  CHECK_CLOSE(above, below, 2e-9);
}

/* with the standard normal J = |z|^2/2 + (dim/2) ln 2 pi - log|det dz/dx| */
static void test_example(void **state)
{
  const bgen_prior normal = {DIM, 0, NULL, NULL};
  double z[DIM], grad[DIM], moved[DIM], unused[DIM], squares = 0;
  (void) state;
  fill_varied(1, DIM, z);
  for (size_t j = 0; j < DIM; j++) squares += z[j] * z[j];
  CHECK_CLOSE(bgen_loss_example(&normal, z, log_det, scale, grad),
              squares / 2 + 0.5 * DIM * log(2 * acos(-1)) - log_det, 1e-14);
  for (size_t j = 0; j < DIM; j++) {
    double f[4];
    for (int i = 0; i < 4; i++) {
      for (size_t c = 0; c < DIM; c++) moved[c] = z[c];
      moved[j] += 1e-3 * (i < 2 ? i - 2 : i - 1);
      f[i] = bgen_loss_example(&normal, moved, log_det, scale, unused);
    }
    CHECK_CLOSE(grad[j], scale * slope_of(f, 1e-3), 1e-11);
  }
}

static void test_energy(void **state)
{
  double grad_u[DIM], grad[DIM], slope;
  (void) state;
  fill_varied(2, DIM, grad_u);
  for (double u = high - 3; u < high + 20; u += 7) {
    const double capped = bgen_cap_energy(u, high, &slope);
    CHECK_CLOSE(bgen_loss_energy(DIM, u, grad_u, high, log_q, scale, grad), capped + log_q, 1e-14);
    for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(grad[j], scale * slope * grad_u[j], 1e-15);
  }
}

/* ---- along a variable ---- */

enum { SAMPLES = 40, STRIDE = 3 };
static const double low = -2, far = 3;

static double spread(const double *s, double *grad)
{
  return bgen_loss_spread(SAMPLES, STRIDE, s, low, far, scale, grad);
}

static void test_spread_gradient(void **state)
{
  double s[SAMPLES * STRIDE], grad[SAMPLES * STRIDE] = {0}, unused[SAMPLES * STRIDE];
  (void) state;
  fill_varied(3, SAMPLES * STRIDE, s);
  for (size_t i = 0; i < SAMPLES; i++) s[i * STRIDE] *= 4; /* some of them beyond the range */
  spread(s, grad);
  for (size_t i = 0; i < SAMPLES; i++) {
    const double at = s[i * STRIDE], h = 1e-3;
    double f[4];
    for (int k = 0; k < 4; k++) {
      s[i * STRIDE] = at + h * (k < 2 ? k - 2 : k - 1);
      f[k] = spread(s, unused);
    }
    s[i * STRIDE] = at;
    CHECK_CLOSE(grad[i * STRIDE], scale * slope_of(f, h), 1e-9);
    CHECK_CLOSE(grad[i * STRIDE + 1], 0, 0); /* others of the stride are left alone */
  }
}

/* one bin's share of the same samples everywhere is better than all in one place, which is better
   than a sample fewer */
static void test_spread_values(void **state)
{
  double even[SAMPLES * STRIDE], gathered[SAMPLES * STRIDE], unused[SAMPLES * STRIDE];
  (void) state;
  for (size_t i = 0; i < SAMPLES; i++) {
    even[i * STRIDE] = low + (far - low) * ((double) i + 0.5) / SAMPLES;
    gathered[i * STRIDE] = 0.3;
  }
  CHECK_WITHIN(spread(even, unused), 0, 1);
  CHECK_WITHIN(spread(gathered, unused), 20, 200);
  gathered[0] = 1e9; /* as far as can be: in the last bin, without an overflow */
  CHECK_WITHIN(spread(gathered, unused), 1, 200);
}

static void test_spread_without_a_value(void **state)
{
  double s[SAMPLES * STRIDE], grad[SAMPLES * STRIDE], without[SAMPLES * STRIDE];
  (void) state;
  fill_varied(4, SAMPLES * STRIDE, s);
  s[(SAMPLES - 1) * STRIDE] = NAN;
  const double loss = spread(s, grad);
  CHECK_CLOSE(bgen_loss_spread(SAMPLES - 1, STRIDE, s, low, far, scale, without), loss, 1e-12);
  CHECK_CLOSE(grad[(SAMPLES - 1) * STRIDE], 0, 0);
  CHECK_CLOSE(grad[0], without[0], 1e-15);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cap),
                                     cmocka_unit_test(test_slope_of_cap),
                                     cmocka_unit_test(test_example),
                                     cmocka_unit_test(test_energy),
                                     cmocka_unit_test(test_spread_gradient),
                                     cmocka_unit_test(test_spread_values),
                                     cmocka_unit_test(test_spread_without_a_value)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
