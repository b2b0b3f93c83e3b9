/* SPDX-License-Identifier: GPL-2.0-or-later
   What the conformance suite cannot know: that whitened frames are white. */
#include "coords/whiten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/moments.h"
#include "fixture.h"
#include "layers/chain.h"
#include "layers/coupling.h"

enum { DIM = 5, N = 300, N_FITTED = DIM + 1 + 4 * DIM * DIM };

static bgen_bijection *whiten_as(bgen_whitening kind)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_whiten_create(DIM, kind, NULL, &map));
  assert_int_equal(map->n_fitted, N_FITTED);
  return map;
}

static bgen_bijection *whiten(void)
{
  return whiten_as(BGEN_ZCA);
}

static void check_white(size_t n, const double *z, double tolerance)
{
  for (size_t j = 0; j < DIM; j++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += z[i * DIM + j];
    CHECK_CLOSE(sum / (double) n, 0, tolerance);
    for (size_t k = 0; k < DIM; k++) {
      double product = 0;
      for (size_t i = 0; i < n; i++) product += z[i * DIM + j] * z[i * DIM + k];
      CHECK_CLOSE(product / (double) n, j == k, tolerance);
    }
  }
}

static void test_frames_become_white(void **state)
{
  static double x[N * DIM], z[N * DIM], log_det[N];
  (void) state;
  fill_frames(2, N, DIM, x);
  for (int kind = BGEN_ZCA; kind <= BGEN_PCA; kind++) {
    rig r = make_rig(whiten_as((bgen_whitening) kind), N, 1, 0);
    CHECK_OK(r.map->type->fit(r.map, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
    rig_apply(&r, BGEN_INVERSE, N, false, x, z, log_det);
    check_white(N, z, 1e-12);
    free_rig(&r);
  }
}

/* what the components of z do to x: at right angles to each other, and the first does most */
static void test_principal_components(void **state)
{
  rig r = make_rig(whiten_as(BGEN_PCA), DIM + 1, 3, 0);
  double in[(DIM + 1) * DIM] = {0}, out[(DIM + 1) * DIM], log_det[DIM + 1], before = INFINITY;
  (void) state;
  for (size_t j = 0; j < DIM; j++) in[j * DIM + j] = 1;
  rig_apply(&r, BGEN_FORWARD, DIM + 1, false, in, out, log_det);
  for (size_t i = 0; i < DIM; i++) {
    double product[DIM] = {0};
    for (size_t j = 0; j < DIM; j++)
      for (size_t c = 0; c < DIM; c++)
        product[j] +=
            (out[i * DIM + c] - out[DIM * DIM + c]) * (out[j * DIM + c] - out[DIM * DIM + c]);
    for (size_t j = 0; j < DIM; j++)
      if (j != i) CHECK_CLOSE(product[j], 0, 1e-13);
    assert_true(product[i] <= before);
    before = product[i];
  }
  free_rig(&r);
}

/* d(out)/d(in) is symmetric and positive: no rotation is mixed in */
static void test_the_root_is_symmetric(void **state)
{
  rig r = make_rig(whiten(), DIM + 1, 3, 0);
  double in[(DIM + 1) * DIM] = {0}, out[(DIM + 1) * DIM], log_det[DIM + 1];
  (void) state;
  for (size_t j = 0; j < DIM; j++) in[j * DIM + j] = 1;
  rig_apply(&r, BGEN_FORWARD, DIM + 1, false, in, out, log_det);
  for (size_t i = 0; i < DIM; i++)
    for (size_t j = 0; j < DIM; j++) {
      const double ij = out[i * DIM + j] - out[DIM * DIM + j];
      const double ji = out[j * DIM + i] - out[DIM * DIM + i];
      CHECK_CLOSE(ij, ji, 1e-13);
      assert_true(i != j || ij > 0);
    }
  free_rig(&r);
}

/* the second map of the chain sees what the first, on its x side, makes of the frames */
static void test_fit_inside_a_chain(void **state)
{
  const bool moved[DIM] = {true, true, false, false, true};
  bgen_bijection *maps[2] = {whiten(), NULL}, *chain = NULL;
  static double x[N * DIM], z[N * DIM], log_det[N];
  (void) state;
  CHECK_OK(bgen_coupling_create(DIM, moved, 8, 2, &maps[1]));
  CHECK_OK(bgen_chain_create(2, maps, &chain));
  rig r = make_rig(chain, N, 4, 0.5);
  fill_frames(4, N, DIM, x);
  CHECK_OK(chain->type->fit(chain, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
  fill_frames(4, 1, DIM, z);
  CHECK_SAME(DIM, x, z); /* the caller's frames are left alone */
  rig_apply(&r, BGEN_INVERSE, N, false, x, z, log_det);
  check_white(N, z, 1e-12);
  free_rig(&r);
}

/* Lines are whitened as if there were nothing else, also to a covariance that is given. */
static void test_circles_are_left_alone(void **state)
{
  enum { WIDE = DIM + 2 };
  static const bool circle[WIDE] = {false, true, false, false, false, true, false};
  static double x[N * DIM], all[N * WIDE], mean[WIDE], covariance[WIDE * WIDE];
  double alone[N_FITTED], among[N_FITTED];
  bgen_bijection *map = NULL, *lines = whiten();
  (void) state;
  fill_frames(2, N, DIM, x);
  fill_varied(3, N * WIDE, all);
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0, k = 0; j < WIDE; j++)
      if (!circle[j]) all[i * WIDE + j] = x[i * DIM + k++];
  CHECK_OK(bgen_whiten_create(WIDE, BGEN_ZCA, circle, &map));
  assert_int_equal(map->n_fitted, N_FITTED);
  CHECK_OK(lines->type->fit(lines, NULL, &(bgen_examples){N, x, NULL}, alone));
  CHECK_OK(map->type->fit(map, NULL, &(bgen_examples){N, all, NULL}, among));
  CHECK_SAME(N_FITTED, alone, among);
  CHECK_OK(map->type->check(map, among));
  bgen_means(N, WIDE, all, mean);
  for (size_t k = 0; k < WIDE * WIDE; k++)
    for (size_t i = 0; i < N; i++)
      covariance[k] += (all[i * WIDE + k / WIDE] - mean[k / WIDE]) *
                       (all[i * WIDE + k % WIDE] - mean[k % WIDE]) / N;
  CHECK_OK(bgen_whiten_to(map, mean, covariance, among));
  for (size_t k = 0; k < N_FITTED; k++) CHECK_CLOSE(among[k], alone[k], 1e-10);
  bgen_bijection_destroy(map);
  bgen_bijection_destroy(lines);
}

/* coordinate 2 never moves: its width is 1e-4 of the root mean square of all */
static void test_frozen_coordinate(void **state)
{
  rig r = make_rig(whiten(), 2, 5, 0);
  static double x[N * DIM];
  double total = 0, in[2 * DIM] = {0}, out[2 * DIM], log_det[2];
  (void) state;
  fill_frames(6, N, DIM, x);
  for (size_t i = 0; i < N; i++) x[i * DIM + 2] = 0.75;
  for (size_t j = 0; j < DIM; j++) {
    average m = {0};
    for (size_t i = 0; i < N; i++) average_add(&m, x[i * DIM + j]);
    total += m.squares / N;
  }
  CHECK_OK(r.map->type->fit(r.map, r.theta, &(bgen_examples){N, x, NULL}, r.fitted));
  in[DIM + 2] = 1;
  rig_apply(&r, BGEN_FORWARD, 2, false, in, out, log_det);
  CHECK_CLOSE(out[DIM + 2] - out[2], 1e-4 * sqrt(total / DIM), 1e-15);
  CHECK_CLOSE(out[2], 0.75, 1e-13); /* the mean of 300 numbers */
  free_rig(&r);
}

/* What a fit gives passes, also of fewer frames than coordinates and of widths from 1e-6 to 1e3;
   what is off by a part in a thousand does not (tests/core/test_model_damage.c). */
static void test_check_of_any_fit(void **state)
{
  enum { WIDE = 70, FEW = 40, MANY = 200 };
  static double wide[MANY * WIDE];
  (void) state;
  for (int kind = BGEN_ZCA; kind <= BGEN_PCA; kind++)
    for (int n = FEW; n <= MANY; n += MANY - FEW) {
      bgen_bijection *map = NULL;
      CHECK_OK(bgen_whiten_create(WIDE, (bgen_whitening) kind, NULL, &map));
      double *fitted = must_allocate(map->n_fitted * sizeof *fitted);
      fill_frames(8, (size_t) n, WIDE, wide);
      for (int i = 0; i < n * WIDE; i++) wide[i] *= pow(10, i % WIDE % 10 - 6);
      CHECK_OK(map->type->fit(map, NULL, &(bgen_examples){(size_t) n, wide, NULL}, fitted));
      CHECK_OK(map->type->check(map, fitted));
      fitted[WIDE] += 1e-3;
      CHECK_REFUSED(map->type->check(map, fitted), BGEN_BAD_FILE, "ln|det S|");
      free(fitted);
      bgen_bijection_destroy(map);
    }
}

static void test_refused_frames(void **state)
{
  (void) state;
  check_refused_frames(whiten(), "");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_frames_become_white),  cmocka_unit_test(test_the_root_is_symmetric),
      cmocka_unit_test(test_fit_inside_a_chain),   cmocka_unit_test(test_frozen_coordinate),
      cmocka_unit_test(test_principal_components), cmocka_unit_test(test_refused_frames),
      cmocka_unit_test(test_check_of_any_fit),     cmocka_unit_test(test_circles_are_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
