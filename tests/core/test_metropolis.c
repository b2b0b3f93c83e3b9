/* SPDX-License-Identifier: GPL-2.0-or-later
   One-step invariance: points drawn exactly from the target make one jump each, and are then still
   distributed as the target.  They are independent, so the errors of their moments are honest. */
#include "sample/metropolis.h"

#include <math.h>
#include <stdlib.h>

#include "fixture.h"

enum { POINTS = 100000, BATCH = 1000, MOST_DIM = 8, MOMENTS = 4 };

/* The target is a standard normal in every coordinate, u = |x|^2 / 2.  Moments over the coordinates of a
   point do not change when identical particles change places. */
static const double moment_mean[MOMENTS] = {0, 1, 0, 3}, moment_variance[MOMENTS] = {1, 2, 15, 96};

static double x[BATCH * MOST_DIM], x_new[BATCH * MOST_DIM], z[BATCH * MOST_DIM];
static double log_q[BATCH], log_det[BATCH];
static bgen_draw draw[BATCH];

typedef struct outcome {
  double worst;      /* deviation of a moment in its standard errors */
  double acceptance; /* fraction */
} outcome;

static double energy(size_t dim, const double *point)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) sum += 0.5 * point[j] * point[j];
  return sum;
}

static void draw_target(uint64_t first, size_t dim)
{
  const bgen_prior normal = {dim, 0, NULL};
  bgen_prior_sample(&normal, 1, 5, BGEN_STREAM_TEST, first, BATCH, x);
}

/* what a log q without log-determinant would be, of a generator with one component */
static void spoil(bgen_generator *g, const double *points, double *value)
{
  double relabelled[MOST_DIM];

  for (size_t i = 0; i < BATCH; i++) {
    bgen_generator_fold(g, 0, points + i * g->dim, relabelled);
    bgen_flow_transform(g->component[0].flow, g->workspace, BGEN_INVERSE, 1, relabelled,
                        z + i * g->dim, log_det + i);
    value[i] = bgen_prior_log_p(&g->component[0].flow->prior, 1, z + i * g->dim);
  }
}

/* one jump of each point of the batch; returns how many were accepted */
static size_t jump(bgen_generator *g, uint64_t first, bool spoiled)
{
  double log_q_new[BATCH];
  size_t n_accepted = 0;
  CHECK_OK(bgen_generator_sample(g, BGEN_STREAM_PROPOSAL, first, BATCH, x_new, draw));
  CHECK_OK(bgen_generator_log_q(g, BATCH, x, log_q));
  for (size_t i = 0; i < BATCH; i++) log_q_new[i] = draw[i].log_q;
  if (spoiled) {
    spoil(g, x, log_q);
    spoil(g, x_new, log_q_new);
  }
  for (size_t i = 0; i < BATCH; i++)
    bgen_generator_reflect(g, BGEN_STREAM_MIRROR, first + i, x_new + i * g->dim);
  for (size_t i = 0; i < BATCH; i++) {
    double *old = x + i * g->dim, *new = x_new + i * g->dim;
    const double u_new = energy(g->dim, new);
    const double log_ratio =
        bgen_metropolis_log_ratio(energy(g->dim, old), log_q[i], u_new, log_q_new[i]);
    bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_ACCEPT, first + i);
    const bool accepted = bgen_metropolis_accept(u_new, log_ratio, bgen_rng_uniform(&rng));
    if (!accepted || !draw[i].in_domain) continue;
    for (size_t j = 0; j < g->dim; j++) old[j] = new[j];
    n_accepted++;
  }
  return n_accepted;
}

static void add_moments(size_t dim, double sum[MOMENTS])
{
  for (size_t i = 0; i < BATCH * dim; i++) {
    double power = 1;
    for (size_t m = 0; m < MOMENTS; m++) sum[m] += power *= x[i];
  }
}

static outcome one_step(bgen_generator *g, bool spoiled)
{
  double sum[MOMENTS] = {0};
  size_t n_accepted = 0;
  for (uint64_t first = 0; first < POINTS; first += BATCH) {
    draw_target(first, g->dim);
    n_accepted += jump(g, first, spoiled);
    add_moments(g->dim, sum);
  }
  const double n = (double) POINTS * (double) g->dim;
  outcome result = {0, (double) n_accepted / POINTS};
  for (size_t m = 0; m < MOMENTS; m++) {
    const double deviation = fabs(sum[m] / n - moment_mean[m]) / sqrt(moment_variance[m] / n);
    if (!(deviation <= result.worst)) result.worst = deviation;
  }
  return result;
}

/* 5 sigma in 4 moments: a false alarm in 4e5 runs, and with fixed seeds never or always */
static void check_invariance(bgen_layout layout, symmetry blind_to, size_t n_components)
{
  bgen_generator *g =
      make_generator(layout, blind_to, n_components, "whiten; realnvp blocks 2 width 8", 0.3, 2);
  const outcome right = one_step(g, false);
  print_message("worst moment %.2f sigma, acceptance %.3f\n", right.worst, right.acceptance);
  CHECK_WITHIN(right.worst, 0, 5);
  CHECK_WITHIN(right.acceptance, 0.005, 0.95);
  if (n_components == 1) {
    const outcome wrong = one_step(g, true);
    print_message("without log-determinant %.1f sigma\n", wrong.worst);
    CHECK_WITHIN(wrong.worst, 8, 1e9);
  }
  bgen_generator_destroy(g);
}

static void test_one_particle_in_the_plane(void **state)
{
  (void) state;
  check_invariance((bgen_layout){1, 2}, no_symmetry, 1);
}

static void test_mixture(void **state)
{
  (void) state;
  check_invariance((bgen_layout){1, 2}, no_symmetry, 3);
}

static void test_gas_of_identical_particles(void **state)
{
  static const int alike[4] = {0, 0, 0, 0};
  (void) state;
  check_invariance((bgen_layout){4, 1}, (symmetry){.species = alike}, 1);
  check_invariance((bgen_layout){4, 1}, (symmetry){.species = alike}, 2);
}

/* odd moments stay 0 only because accepted proposals are reflected at random */
static void test_mirrored_gas(void **state)
{
  static const int alike[4] = {0, 0, 0, 0};
  const symmetry both = {alike, 1, {{0, 0}, {0, 0}, {0, 0}}};
  const symmetry mirrors = {NULL, 2, {{1, 0}, {0, 0}, {0, 0}}};
  (void) state;
  check_invariance((bgen_layout){4, 1}, both, 1);
  check_invariance((bgen_layout){1, 2}, mirrors, 2);
}

static void test_ratio_is_antisymmetric(void **state)
{
  (void) state;
  for (size_t i = 0; i < 100; i++) {
    const double u = 50 * varied(1, i), v = 50 * varied(2, i), p = 20 * varied(3, i),
                 q = 20 * varied(4, i);
    CHECK_CLOSE(bgen_metropolis_log_ratio(u, p, v, q), -bgen_metropolis_log_ratio(v, q, u, p), 0);
  }
}

static void test_what_is_never_accepted(void **state)
{
  (void) state;
  assert_true(bgen_metropolis_accept(1.5, 0.1, 0.999));
  assert_false(bgen_metropolis_accept(1.5, -0.7, 0.6));
  assert_true(bgen_metropolis_accept(1.5, -0.7, 0.4));
  assert_false(bgen_metropolis_accept(NAN, 1e9, 1e-300));
  assert_false(bgen_metropolis_accept(INFINITY, 1e9, 1e-300));
  assert_false(bgen_metropolis_accept(-INFINITY, 1e9, 1e-300));
  assert_false(bgen_metropolis_accept(1.5, NAN, 1e-300));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ratio_is_antisymmetric),
                                     cmocka_unit_test(test_what_is_never_accepted),
                                     cmocka_unit_test(test_one_particle_in_the_plane),
                                     cmocka_unit_test(test_mixture),
                                     cmocka_unit_test(test_gas_of_identical_particles),
                                     cmocka_unit_test(test_mirrored_gas)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
