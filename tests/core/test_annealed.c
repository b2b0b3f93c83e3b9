/* SPDX-License-Identifier: GPL-2.0-or-later
   Annealed paths: schedules, the free energy that works give, and energies that are none.  Moves
   made of two paths: test_annealed_move.c. */
#include "sample/annealed.h"

#include <math.h>

#include "estimate/free_energy.h"
#include "fixture.h"
#include "normal_target.h"

enum { DIM = 2, STEPS = 2 };

static const double ones[DIM] = {1, 1};
static bgen_dynamics dynamics = {0.2, 0.4, ones, NULL};

static double energy(const double *x, double *grad)
{
  for (size_t j = 0; j < DIM; j++) grad[j] = x[j];
  return normal_energy(DIM, x);
}

/* the path that has been begun, to its end: its work */
static double follow(bgen_annealed *a)
{
  double grad[DIM];
  bgen_wanted wanted;
  CHECK_OK(bgen_annealed_next(a, &wanted));
  while (wanted.n) {
    assert_true(wanted.n == 1);
    assert_true(wanted.gradient);
    const double u = energy(wanted.x, grad);
    CHECK_OK(bgen_annealed_arrive(a, &u, grad));
    CHECK_OK(bgen_annealed_next(a, &wanted));
  }
  return a->path->work[0];
}

static double to_flow(bgen_annealed *a, const bgen_anneal *of, uint64_t point, const double *x)
{
  double grad[DIM];
  const double u = energy(x, grad);
  CHECK_OK(
      bgen_annealed_to_flow(a, of, &dynamics, 21, BGEN_STREAM_PATH, 2 * point, 1, x, &u, grad));
  return follow(a);
}

static double from_flow(bgen_annealed *a, const bgen_anneal *of, uint64_t point)
{
  double x[DIM];
  bgen_draw draw;
  CHECK_OK(bgen_generator_sample_component(a->generator, a->workspace, of->k, of->temperature, 91,
                                           BGEN_STREAM_PROPOSAL, point, 1, x, &draw));
  assert_true(draw.in_domain);
  CHECK_OK(bgen_annealed_from_flow(a, of, &dynamics, 21, BGEN_STREAM_PATH, 2 * point + 1, 1, x));
  return follow(a);
}

/* u = |x|^2 / 2 in two dimensions: F = -ln Z = -ln 2 pi, whatever the temperature of the flow */
static void check_free_energy(double temperature, bool tested)
{
  enum { N = 4000 };
  static double forward[N], reverse[N];
  double x[DIM], lambda[STEPS + 1];
  model m =
      make_model((bgen_layout){1, 2}, no_symmetry, 1, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  const bgen_anneal of = {0, temperature, STEPS, lambda};
  bgen_annealed *a;
  bgen_estimate bar, fep;
  CHECK_OK(tested ? bgen_annealed_create_tested(m.g, m.w, !dynamics.variance, 1, &a)
                  : bgen_annealed_create(m.g, m.w, 1, &a));
  bgen_annealed_schedule(STEPS, 1.5, lambda);
  for (uint64_t i = 0; i < N; i++) {
    forward[i] = from_flow(a, &of, i);
    normal_draw(i, 1, DIM, x);
    reverse[i] = to_flow(a, &of, i, x);
  }
  const bgen_works there = {N, forward, {0, NULL}}, back = {N, reverse, {0, NULL}};
  CHECK_OK(bgen_estimate_bar(&there, &back, &bar));
  CHECK_OK(bgen_estimate_fep(&there, &fep));
  print_message("BAR %.4f +- %.4f, Jarzynski %.4f +- %.4f, exact %.4f\n", bar.value, bar.error,
                fep.value, fep.error, -log(2 * 3.14159265358979));
  CHECK_CLOSE(bar.value, -log(2 * 3.14159265358979), 5 * bar.error);
  CHECK_CLOSE(fep.value, -log(2 * 3.14159265358979), 5 * fep.error);
  CHECK_WITHIN(bar.error, 0, 0.05);
  bgen_annealed_destroy(a);
  free_model(&m);
}

static void test_works_give_the_free_energy(void **state)
{
  (void) state;
  check_free_energy(1, false);
  check_free_energy(1.5, false);
  dynamics = (bgen_dynamics){0.3, 0.4, NULL, NULL}; /* latent */
  check_free_energy(1, false);
  check_free_energy(1.5, false);
  dynamics = (bgen_dynamics){0.2, 0.4, ones, NULL};
}

/* A time step that is far too long costs no work: it is undone. */
static void test_works_of_tested_steps(void **state)
{
  (void) state;
  for (int latent = 0; latent < 2; latent++) {
    dynamics = (bgen_dynamics){1.4, 0.4, latent ? NULL : ones, NULL};
    check_free_energy(1, true);
    check_free_energy(1.5, true);
  }
  dynamics = (bgen_dynamics){0.2, 0.4, ones, NULL};
}

/* between the changes of lambda: none of tiny steps, all of huge ones; counted anew on each path */
static void test_undone_steps_are_counted(void **state)
{
  (void) state;
  double lambda[STEPS + 1];
  model m =
      make_model((bgen_layout){1, 2}, no_symmetry, 1, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  const bgen_anneal of = {0, 1, STEPS, lambda};
  const double x[DIM] = {0.3, -0.2};
  bgen_annealed *a;
  CHECK_OK(bgen_annealed_create_tested(m.g, m.w, false, 1, &a));
  bgen_annealed_schedule(STEPS, 1, lambda);
  for (int huge = 0; huge < 2; huge++) {
    dynamics = (bgen_dynamics){huge ? 1e3 : 1e-4, 0.4, ones, NULL};
    for (int to = 0; to < 2; to++) {
      assert_true(isfinite(to ? to_flow(a, &of, 1, x) : from_flow(a, &of, 1)));
      assert_int_equal(a->n_tested, STEPS - 1);
      assert_int_equal(a->n_undone, huge ? STEPS - 1 : 0);
    }
  }
  dynamics = (bgen_dynamics){0.2, 0.4, ones, NULL};
  bgen_annealed_destroy(a);
  free_model(&m);
}

/* where u is none the work stays so, and nothing more is wanted */
static void test_path_breaks_off(void **state)
{
  const double lambda[4] = {0, 0.3, 0.6, 1}, nowhere = INFINITY, grad[DIM] = {0};
  const double x[DIM] = {0.3, -0.2};
  model m =
      make_model((bgen_layout){1, 2}, no_symmetry, 1, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  const bgen_anneal of = {0, 1, 3, lambda};
  bgen_annealed *a;
  bgen_wanted wanted;
  (void) state;
  CHECK_OK(bgen_annealed_create(m.g, m.w, 1, &a));
  CHECK_OK(bgen_annealed_from_flow(a, &of, &dynamics, 1, BGEN_STREAM_PATH, 0, 1, x));
  CHECK_OK(bgen_annealed_next(a, &wanted));
  assert_int_equal(wanted.n, 1);
  CHECK_OK(bgen_annealed_arrive(a, &nowhere, grad));
  CHECK_OK(bgen_annealed_next(a, &wanted));
  assert_int_equal(wanted.n, 0);
  assert_true(a->at == 1);
  assert_true(a->path->work[0] == INFINITY);
  bgen_annealed_destroy(a);
  free_model(&m);
}

static void test_schedule(void **state)
{
  double lambda[5];
  (void) state;
  bgen_annealed_schedule(4, 2, lambda);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(lambda[t], t * t / 16.0, 1e-15);
}

static void test_adapted_schedule(void **state)
{
  static const double lambda[5] = {0, 0.1, 0.4, 0.5, 1}, spread[4] = {4, 1, 1, 2};
  static const double expected[5] = {0, 0.05, 0.1, 0.5, 1}, alike[4] = {2, 2, 2, 2};
  double adapted[5], again[5];
  (void) state;
  bgen_annealed_adapt(4, lambda, spread, adapted);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(adapted[t], expected[t], 1e-15);
  bgen_annealed_adapt(4, adapted, alike, again);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(again[t], adapted[t], 1e-15);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_schedule),
                                     cmocka_unit_test(test_adapted_schedule),
                                     cmocka_unit_test(test_path_breaks_off),
                                     cmocka_unit_test(test_works_give_the_free_energy),
                                     cmocka_unit_test(test_works_of_tested_steps),
                                     cmocka_unit_test(test_undone_steps_are_counted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
