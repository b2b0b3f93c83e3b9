/* SPDX-License-Identifier: GPL-2.0-or-later
   d(log q_k(R_k x))/dx where x is not folded: four particles in the plane, three of them identical
   and one on its own, two mirrors off the origin. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "coords/relabel.h"
#include "fixture.h"

enum { N = 70, DIM = 8, COMPONENTS = 2, REFLECTIONS = 4 };

static const int species[4] = {2, -1, 2, 2};
static const bgen_layout plane = {4, 2};
static const symmetry gas = {species, 2, {{1, 0.4}, {0, -0.3}}};

static double x[N * DIM], log_q[N], other_log_q[N], grad[N * DIM], other_grad[N * DIM];

/* at a temperature that is not that of training */
static model make(int n_threads)
{
  model m = make_model(plane, gas, COMPONENTS, "whiten; realnvp blocks 2 width 8; mixture modes 2",
                       0.3, n_threads);
  m.T = 1.6;
  fill_frames(51, N, DIM, x);
  return m;
}

/* which image the fold takes, by a symmetry of our own */
static bgen_image image_of(model m, size_t k, const double *at, size_t *order)
{
  static bgen_symmetry *fold;
  static double *work;
  if (!fold) {
    CHECK_OK(bgen_symmetry_create(&plane, gas.species, gas.n_mirrors, gas.mirror, &fold));
    work = must_allocate(bgen_symmetry_work_size(fold) * sizeof *work);
  }
  bgen_image image = {0, order};
  bgen_symmetry_find(fold, bgen_generator_reference(m.g, k), at, work, &image);
  return image;
}

/* log q at -2h, -h, h, 2h along coordinate j; false if the image changes on the way, where log q
   may jump */
static bool values_along(model m, size_t k, const double *from, size_t j, double h, double f[4])
{
  size_t order[4], other_order[4];
  const bgen_image image = image_of(m, k, from, order);
  bool same = true;
  double at[DIM];
  for (int s = 0; s < 4; s++) {
    memcpy(at, from, sizeof at);
    at[j] += h * (s < 2 ? s - 2 : s - 1);
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, 1, at, &f[s]));
    const bgen_image other = image_of(m, k, at, other_order);
    same = same && other.reflection == image.reflection &&
           memcmp(order, other_order, sizeof order) == 0;
  }
  return same;
}

/* In float a network is a staircase: there only gross faults are looked for.  In double the step
   leaves 1e-10 of the series out, and rounding adds 1e-12. */
static void test_differences(void **state)
{
  const double h = DOUBLE_NETWORKS ? 3e-4 : 1e-2, tolerance = DOUBLE_NETWORKS ? 1e-8 : 2e-2;
  model m = make(1);
  size_t n_reflected[REFLECTIONS] = {0}, n_permuted = 0, n_skipped = 0;
  double f[4];
  (void) state;
  for (size_t k = 0; k < COMPONENTS; k++) {
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, N, x, other_log_q));
    CHECK_OK(bgen_generator_log_q_component_gradient(m.g, m.w, k, m.T, N, x, log_q, grad));
    CHECK_SAME(N, log_q, other_log_q);
    for (size_t i = 0; i < N; i++) {
      static const size_t unchanged[4] = {0, 1, 2, 3};
      size_t order[4];
      n_reflected[image_of(m, k, x + i * DIM, order).reflection]++;
      n_permuted += memcmp(order, unchanged, sizeof order) != 0;
      for (size_t j = 0; j < DIM; j++)
        if (values_along(m, k, x + i * DIM, j, h, f))
          CHECK_RELATIVE(grad[i * DIM + j], slope_of(f, h), tolerance);
        else
          n_skipped++;
    }
  }
  for (size_t r = 0; r < REFLECTIONS; r++) assert_true(n_reflected[r] > 10);
  CHECK_WITHIN((double) n_permuted, 0.5 * N * COMPONENTS, 0.95 * N * COMPONENTS);
  CHECK_WITHIN((double) n_skipped, 0, 0.05 * N * COMPONENTS * DIM);
  free_model(&m);
}

/* whoever of equal particles is called what, each has its own gradient, to the last bit */
static void test_gradient_follows_its_particle(void **state)
{
  static const size_t renamed[4] = {3, 1, 0, 2};
  model m = make(1);
  double there[N * DIM];
  (void) state;
  for (size_t i = 0; i < N * DIM; i += DIM) bgen_relabel_apply(&plane, renamed, x + i, there + i);
  CHECK_OK(bgen_generator_log_q_component_gradient(m.g, m.w, 1, m.T, N, x, log_q, grad));
  CHECK_OK(
      bgen_generator_log_q_component_gradient(m.g, m.w, 1, m.T, N, there, other_log_q, other_grad));
  CHECK_SAME(N, log_q, other_log_q);
  for (size_t i = 0; i < N * DIM; i += DIM)
    bgen_relabel_apply(&plane, renamed, grad + i, there + i);
  CHECK_SAME(N * DIM, other_grad, there);
  free_model(&m);
}

/* any number of threads, points alone or together: the same bits */
static void test_threads_and_batches_do_not_matter(void **state)
{
  static const size_t parts[] = {0, 1, 2, 9, 33, N};
  model one = make(1), two = make(2);
  (void) state;
  CHECK_OK(bgen_generator_log_q_component_gradient(one.g, one.w, 0, one.T, N, x, log_q, grad));
  for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
    const size_t n = parts[p], skip = N - n;
    CHECK_OK(bgen_generator_log_q_component_gradient(two.g, two.w, 0, two.T, n, x + skip * DIM,
                                                     other_log_q, other_grad));
    CHECK_SAME(n, other_log_q, log_q + skip);
    CHECK_SAME(n * DIM, other_grad, grad + skip * DIM);
  }
  free_model(&one);
  free_model(&two);
}

static void test_nan_stays_in_its_point(void **state)
{
  const size_t bad = 3;
  model m = make(1);
  (void) state;
  CHECK_OK(bgen_generator_log_q_component_gradient(m.g, m.w, 0, m.T, N, x, log_q, grad));
  x[bad * DIM + 5] = NAN;
  CHECK_OK(
      bgen_generator_log_q_component_gradient(m.g, m.w, 0, m.T, N, x, other_log_q, other_grad));
  assert_true(isnan(other_log_q[bad]));
  for (size_t j = 0; j < DIM; j++) assert_true(isnan(other_grad[bad * DIM + j]));
  memcpy(other_grad + bad * DIM, grad + bad * DIM, DIM * sizeof *grad);
  CHECK_SAME(N * DIM, other_grad, grad);
  free_model(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_differences),
                                     cmocka_unit_test(test_gradient_follows_its_particle),
                                     cmocka_unit_test(test_threads_and_batches_do_not_matter),
                                     cmocka_unit_test(test_nan_stays_in_its_point)};
  bgen_blas_threads(1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
