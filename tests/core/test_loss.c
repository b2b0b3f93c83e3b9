/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "train/loss.h"

#include <math.h>

#include "fixture.h"

enum { DIM = 5 };
static const double high = 10, scale = 0.3, log_det = -1.7;

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

/* on both sides of where the cap begins, and across it: the value and the slope have no step there */
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

/* standard normal frames: J = |z|^2/2 - log|det dz/dx| is -log q less (dim/2) ln 2 pi */
static void test_example(void **state)
{
  double z[DIM], grad[DIM], moved[DIM], unused[DIM], squares = 0;
  (void) state;
  fill_varied(1, DIM, z);
  for (size_t j = 0; j < DIM; j++) squares += z[j] * z[j];
  CHECK_CLOSE(bgen_loss_example(DIM, z, log_det, scale, grad), squares / 2 - log_det, 1e-14);
  for (size_t j = 0; j < DIM; j++) {
    double f[4];
    for (int i = 0; i < 4; i++) {
      for (size_t c = 0; c < DIM; c++) moved[c] = z[c];
      moved[j] += 1e-3 * (i < 2 ? i - 2 : i - 1);
      f[i] = bgen_loss_example(DIM, moved, log_det, scale, unused);
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
    CHECK_CLOSE(bgen_loss_energy(DIM, u, grad_u, high, log_det, scale, grad), capped - log_det,
                1e-14);
    for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(grad[j], scale * slope * grad_u[j], 1e-15);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cap),
                                     cmocka_unit_test(test_slope_of_cap),
                                     cmocka_unit_test(test_example), cmocka_unit_test(test_energy)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
