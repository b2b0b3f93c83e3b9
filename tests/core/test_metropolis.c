/* SPDX-License-Identifier: GPL-2.0-or-later
   One-step invariance of jumps, see normal_target.h. */
#include "sample/metropolis.h"

#include <math.h>
#include <stdlib.h>

#include "fixture.h"
#include "normal_target.h"
#include "sample/proposal.h"
#include "sample/several.h"

enum { POINTS = 100000, BATCH = 1000, MOST_DIM = 8, SEVERAL = 4, SEED = 91 };

#define STEP 1.3 /* of near moves */

/* x_new and log_ratio of the batch */
typedef void (*move)(model m, uint64_t first, bool spoiled);

static double x[BATCH * MOST_DIM], x_new[BATCH * MOST_DIM], z[BATCH * MOST_DIM];
static double log_q[BATCH], log_det[BATCH], log_ratio[BATCH];
static bgen_draw draw[BATCH];

typedef struct outcome {
  double worst;      /* deviation of a moment in its standard errors */
  double acceptance; /* fraction */
} outcome;

/* what a log q without log-determinant would be, of a generator with one component */
static void spoil(model m, const double *points, double *value)
{
  for (size_t i = 0; i < BATCH; i++) {
    CHECK_OK(bgen_generator_latent(m.g, m.w, 0, 1, points + i * m.dim, z + i * m.dim, log_det + i));
    value[i] = bgen_prior_log_p(&bgen_generator_flow(m.g, 0)->prior, 1, z + i * m.dim);
  }
}

/* log ratios of fresh proposals x_new */
static void propose_fresh(model m, uint64_t first, bool spoiled)
{
  double log_q_new[BATCH];
  CHECK_OK(
      bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_PROPOSAL, first, BATCH, x_new, draw));
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, BATCH, x, log_q));
  for (size_t i = 0; i < BATCH; i++) log_q_new[i] = draw[i].log_q;
  if (spoiled) {
    spoil(m, x, log_q);
    spoil(m, x_new, log_q_new);
  }
  for (size_t i = 0; i < BATCH; i++)
    log_ratio[i] =
        draw[i].in_domain ? bgen_metropolis_log_ratio(0, log_q[i], 0, log_q_new[i]) : NAN;
}

/* the same of near moves; what spoils them is to forget all volume factors */
static void propose_near(model m, uint64_t first, bool spoiled)
{
  if (m.n_components == 1) /* faster in one batch, otherwise the same */
    CHECK_OK(bgen_near_component(m.g, m.w, 0, SEED, STEP, BGEN_STREAM_PROPOSAL, first, BATCH, x,
                                 x_new, log_ratio));
  for (size_t i = 0; i < BATCH && m.n_components > 1; i++)
    CHECK_OK(bgen_near(m.g, m.w, m.T, SEED, STEP, first + i, x + i * m.dim, x_new + i * m.dim,
                       log_ratio + i));
  for (size_t i = 0; i < BATCH && spoiled; i++)
    if (isfinite(log_ratio[i])) log_ratio[i] = 0;
}

/* near moves of a component drawn by its share, as if that cost nothing */
static void propose_near_unshared(model m, uint64_t first, bool spoiled)
{
  static double share[BATCH], x_of[BATCH * MOST_DIM], ratio_of[BATCH], rest[BATCH];
  assert_false(spoiled);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, BATCH, x, log_q));
  for (size_t i = 0; i < BATCH; i++) {
    bgen_rng rng = bgen_rng_at(7, BGEN_STREAM_COMPONENT, first + i);
    rest[i] = bgen_rng_uniform(&rng);
  }
  for (size_t k = 0; k < m.n_components; k++) {
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, BATCH, x, share));
    CHECK_OK(bgen_near_component(m.g, m.w, k, SEED, STEP, BGEN_STREAM_PROPOSAL, first, BATCH, x,
                                 x_of, ratio_of));
    for (size_t i = 0; i < BATCH; i++) {
      if (rest[i] < 0) continue; /* has its component */
      rest[i] -= bgen_generator_weight(m.g, k) * exp(share[i] - log_q[i]);
      for (size_t j = 0; j < m.dim; j++) x_new[i * m.dim + j] = x_of[i * m.dim + j];
      log_ratio[i] = ratio_of[i];
    }
  }
}

static void propose_transfer(model m, uint64_t first, bool spoiled)
{
  size_t to;
  for (size_t i = 0; i < BATCH; i++) {
    CHECK_OK(bgen_transfer(m.g, m.w, m.T, SEED, first + i, x + i * m.dim, x_new + i * m.dim,
                           log_ratio + i, &to));
    assert_true(to < m.n_components);
  }
  for (size_t i = 0; i < BATCH && spoiled; i++)
    if (isfinite(log_ratio[i])) log_ratio[i] = 0;
}

/* One of several fresh proposals, or none.  The choice is made here: the test after it always
   passes, or never. */
static void propose_several(model m, uint64_t first, bool spoiled)
{
  static bgen_several several[BATCH];
  static double chosen[BATCH * MOST_DIM];
  for (size_t i = 0; i < BATCH; i++) /* log w of x is -u(x), as log_ratio has log q of both */
    several[i] = bgen_several_begin(bgen_rng_at(8, BGEN_STREAM_ACCEPT, first + i),
                                    -normal_energy(m.dim, x + i * m.dim));
  for (size_t k = 0; k < SEVERAL; k++) {
    propose_fresh(m, SEVERAL * first + k * BATCH, spoiled);
    for (size_t i = 0; i < BATCH; i++) {
      const double *new = x_new + i *m.dim;
      if (!bgen_several_offer(&several[i], log_ratio[i] - normal_energy(m.dim, new))) continue;
      for (size_t j = 0; j < m.dim; j++) chosen[i * m.dim + j] = new[j];
    }
  }
  for (size_t i = 0; i < BATCH; i++)
    log_ratio[i] = bgen_several_accept(&several[i]) ? INFINITY : NAN;
  for (size_t i = 0; i < BATCH * m.dim; i++) x_new[i] = chosen[i];
}

/* one jump of each point of the batch; returns how many were accepted */
static size_t jump(model m, uint64_t first, move propose, bool spoiled)
{
  size_t n_accepted = 0;
  propose(m, first, spoiled);
  for (size_t i = 0; i < BATCH; i++) {
    double *old = x + i * m.dim, *new = x_new + i *m.dim;
    bgen_generator_reflect(m.g, SEED, BGEN_STREAM_MIRROR, first + i, new);
    const double u_new = normal_energy(m.dim, new), change = normal_energy(m.dim, old) - u_new;
    bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_ACCEPT, first + i);
    if (!bgen_metropolis_accept(u_new, change + log_ratio[i], bgen_rng_uniform(&rng))) continue;
    for (size_t j = 0; j < m.dim; j++) old[j] = new[j];
    n_accepted++;
  }
  return n_accepted;
}

/* What goes point by point is slow: fewer of them, but enough for the controls. */
static uint64_t points_of(model m, move propose)
{
  if (propose == propose_several) return POINTS / SEVERAL;
  if (propose == propose_transfer) return POINTS / 10;
  if (propose != propose_near || m.n_components == 1) return POINTS;
  return m.n_components > 2 ? POINTS / 2 : POINTS / 10;
}

static outcome one_step(model m, move propose, bool spoiled)
{
  const uint64_t n_points = points_of(m, propose);
  normal_moments moments = {0, {0}};
  size_t n_accepted = 0;
  for (uint64_t first = 0; first < n_points; first += BATCH) {
    normal_draw(first, BATCH, m.dim, x);
    n_accepted += jump(m, first, propose, spoiled);
    normal_moments_add(&moments, BATCH * m.dim, x);
  }
  return (outcome){normal_moments_worst(&moments), (double) n_accepted / (double) n_points};
}

static void check_move(model m, move propose, const char *name)
{
  const outcome right = one_step(m, propose, false);
  print_message("%s: worst moment %.2f sigma, acceptance %.3f\n", name, right.worst,
                right.acceptance);
  CHECK_WITHIN(right.worst, 0, NORMAL_LIMIT);
  CHECK_WITHIN(right.acceptance, 0.005, 0.95);
  if (m.n_components > 1 && propose != propose_transfer) return; /* spoil() knows one component */
  const outcome wrong = one_step(m, propose, true);
  print_message("%s: without log-determinant %.1f sigma\n", name, wrong.worst);
  CHECK_WITHIN(wrong.worst, NORMAL_LIMIT, 1e9);
}

static void check_invariance(bgen_layout layout, symmetry blind_to, size_t n_components)
{
  model m = make_model(layout, blind_to, n_components, "whiten; realnvp blocks 2 width 8", 0.3, 2);
  check_move(m, propose_fresh, "fresh");
  check_move(m, propose_near, "near");
  check_move(m, propose_several, "several");
  if (n_components > 1) check_move(m, propose_transfer, "transfer");
  free_model(&m);
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
  model m =
      make_model((bgen_layout){1, 2}, no_symmetry, 3, "whiten; realnvp blocks 2 width 8", 0.3, 2);
  const outcome wrong = one_step(m, propose_near_unshared, false);
  print_message("near: without shares %.1f sigma\n", wrong.worst);
  CHECK_WITHIN(wrong.worst, NORMAL_LIMIT, 1e9);
  free_model(&m);
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

static void test_what_is_never_taken(void **state)
{
  double none = NAN, sum = -INFINITY, endless = INFINITY;
  (void) state;
  assert_false(bgen_several_take(&none, 0, 1e-300));
  assert_true(isnan(none));
  assert_false(bgen_several_take(&endless, 700, 1e-300));
  assert_false(bgen_several_take(&sum, NAN, 1e-300));
  assert_false(bgen_several_take(&sum, INFINITY, 1e-300));
  assert_false(bgen_several_take(&sum, -INFINITY, 1e-300));
  assert_true(bgen_several_take(&sum, -3, 0.999));
  CHECK_CLOSE(sum, -3, 0);
  assert_true(bgen_several_take(&sum, -3, 0.499));
  assert_false(bgen_several_take(&sum, sum, 0.501));
}

/* There is a choice even where nothing can be taken: the last one, which is never accepted. */
static void test_there_is_a_choice(void **state)
{
  bgen_several several = bgen_several_begin(bgen_rng_at(3, BGEN_STREAM_TEST, 1), -700);
  bgen_rng same = bgen_rng_at(3, BGEN_STREAM_TEST, 1);
  (void) state;
  assert_true(bgen_several_offer(&several, NAN));
  assert_true(bgen_several_offer(&several, INFINITY));
  bgen_several none = several;
  assert_false(bgen_several_accept(&none));
  assert_true(bgen_several_offer(&several, -3));
  assert_false(bgen_several_offer(&several, NAN));
  assert_false(bgen_several_offer(&several, -INFINITY));
  assert_true(bgen_several_accept(&several)); /* e^697 times as likely as to stay */
  for (int i = 0; i < 6; i++) bgen_rng_uniform(&same);
  CHECK_CLOSE(bgen_rng_uniform(&several.rng), bgen_rng_uniform(&same), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ratio_is_antisymmetric),
                                     cmocka_unit_test(test_what_is_never_accepted),
                                     cmocka_unit_test(test_what_is_never_taken),
                                     cmocka_unit_test(test_there_is_a_choice),
                                     cmocka_unit_test(test_one_particle_in_the_plane),
                                     cmocka_unit_test(test_mixture),
                                     cmocka_unit_test(test_gas_of_identical_particles),
                                     cmocka_unit_test(test_mirrored_gas)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
