/* SPDX-License-Identifier: GPL-2.0-or-later
   What the conformance suite cannot know: that frames come out with zero mean and unit variance. */
#include "layers/actnorm.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "layers/chain.h"

enum { DIM = 5, N = 300, N_FITTED = 2 * DIM + 1 };

static bgen_bijection *actnorm(void)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_actnorm_create(DIM, &map));
  assert_int_equal(map->n_fitted, N_FITTED);
  return map;
}

static void check_normed(const double *z)
{
  for (size_t j = 0; j < DIM; j++) {
    average m = {0};
    for (size_t i = 0; i < N; i++) average_add(&m, z[i * DIM + j]);
    CHECK_CLOSE(m.value, 0, 1e-12);
    CHECK_CLOSE(m.squares / N, 1, 1e-12);
  }
}

static void test_frames_become_normed(void **state)
{
  rig r = make_rig(actnorm(), N, 1, 0);
  static double x[N * DIM], z[N * DIM], log_det[N];
  (void) state;
  fill_frames(2, N, DIM, x);
  CHECK_OK(r.map->type->fit(r.map, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
  rig_apply(&r, BGEN_INVERSE, N, false, x, z, log_det);
  check_normed(z);
  free_rig(&r);
}

/* the map on the latent side is new, the other was trained: the frames it leaves are those to
   norm */
static void test_fit_inside_a_chain(void **state)
{
  bgen_bijection *maps[2] = {actnorm(), actnorm()}, *chain = NULL;
  static double x[N * DIM], z[N * DIM], log_det[N];
  (void) state;
  CHECK_OK(bgen_chain_create(2, maps, &chain));
  rig r = make_rig(chain, N, 3, 0);
  perturb(4, 0.5, chain->n_params / 2, r.theta + chain->n_params / 2);
  fill_frames(5, N, DIM, x);
  CHECK_OK(chain->type->fit(chain, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
  rig_apply(&r, BGEN_INVERSE, N, false, x, z, log_det);
  check_normed(z);
  free_rig(&r);
}

/* s and t count in units of the width: x = m + w (t + e^s z) */
static void test_units_of_parameters(void **state)
{
  rig r = make_rig(actnorm(), 1, 6, 0.5);
  double z[DIM], x[DIM], log_det, expected_log_det = 0;
  (void) state;
  fill_varied(7, DIM, z);
  rig_apply(&r, BGEN_FORWARD, 1, false, z, x, &log_det);
  for (size_t j = 0; j < DIM; j++) {
    const double mean = r.fitted[j], width = r.fitted[DIM + j];
    const double s = (double) r.theta[j], t = (double) r.theta[DIM + j];
    CHECK_CLOSE(x[j], mean + width * (t + exp(s) * z[j]), 1e-14);
    expected_log_det += log(width) + s;
  }
  CHECK_CLOSE(log_det, expected_log_det, 1e-14);
  free_rig(&r);
}

/* coordinate 2 never moves: the map still has an inverse */
static void test_frozen_coordinate(void **state)
{
  rig r = make_rig(actnorm(), 1, 8, 0);
  static double x[N * DIM];
  double total = 0;
  (void) state;
  fill_frames(9, N, DIM, x);
  for (size_t i = 0; i < N; i++) x[i * DIM + 2] = 0.75;
  CHECK_OK(r.map->type->fit(r.map, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
  for (size_t j = 0; j < DIM; j++) total += j == 2 ? 0 : pow(r.fitted[DIM + j], 2);
  CHECK_CLOSE(r.fitted[DIM + 2], 1e-4 * sqrt(total / DIM), 1e-15);
  free_rig(&r);
}

static void test_refused_frames(void **state)
{
  (void) state;
  check_refused_frames(actnorm(), "actnorm");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_frames_become_normed), cmocka_unit_test(test_fit_inside_a_chain),
      cmocka_unit_test(test_units_of_parameters),  cmocka_unit_test(test_frozen_coordinate),
      cmocka_unit_test(test_refused_frames),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
