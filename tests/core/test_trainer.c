/* SPDX-License-Identifier: GPL-2.0-or-later
   A flow of one block can turn independent normals into two correlated ones, so training must reach
   the entropy of the target. */
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "training.h"

static const double log_two_pi = 1.8378770664093453;

/* of the samples of the last step */
static double variance_of_s(void)
{
  average s = {0};
  for (size_t i = 0; i < BATCH; i++) average_add(&s, x_flow[2 * i]);
  return average_variance(&s);
}

/* -log q of the frames, its entropy, and 0.02 for what 5200 frames leave open */
static void test_by_example(void **state)
{
  bgen_flow *flow = make();
  const bgen_train_options o = options_of(1, 0, 1);
  (void) state;
  fill_target();
  CHECK_CLOSE(train(flow, &o).ml, log_two_pi + 1 + log(width), 0.03);
  bgen_flow_destroy(flow);
}

/* u + log q of the samples: -ln Z of the target */
static void test_by_energy(void **state)
{
  bgen_flow *flow = make();
  const bgen_train_options o = options_of(0, 1, 1);
  (void) state;
  CHECK_CLOSE(train(flow, &o).kl, -log_two_pi - log(width), 0.03);
  bgen_flow_destroy(flow);
}

/* log weights of a trained flow are -log Z of the target, nearly all the same */
static void test_log_weights(void **state)
{
  bgen_flow *flow = make();
  bgen_train_options o = options_of(1, 1, 1);
  bgen_trainer *trainer = NULL;
  bgen_train_report report;
  (void) state;
  fill_target();
  train(flow, &o);
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  evaluate(trainer, NULL);
  CHECK_OK(bgen_trainer_step(trainer, batch_of(frames), &report));
  double mean = 0;
  for (size_t i = 0; i < BATCH; i++) mean += bgen_trainer_log_weights(trainer)[i] / BATCH;
  CHECK_CLOSE(mean, log_two_pi + log(width), 0.03);
  bgen_trainer_destroy(trainer);
  bgen_flow_destroy(flow);
}

/* One flow for three temperatures.  The target is a normal one, so at tau its Z grows by tau: ln Z
   at tau is the mean of the log weights there, and they hardly differ. */
static void test_temperatures(void **state)
{
  bgen_flow *flow = make();
  bgen_passes *passes = make_passes(flow, 1);
  bgen_train_options o = options_of(0, 1, 1);
  double log_q[BATCH];
  (void) state;
  o.n_tau = 3, o.tau[0] = 0.5, o.tau[1] = 1, o.tau[2] = 4;
  train(flow, &o);
  for (size_t k = 0; k < o.n_tau; k++) {
    average log_weight = {0};
    const double tau = o.tau[k];
    bgen_flow_sample(flow, passes, tau, 8, BGEN_STREAM_TEST, 0, BATCH, x_flow, log_q);
    rate_samples();
    for (size_t i = 0; i < BATCH; i++) average_add(&log_weight, -u[i] / tau - log_q[i]);
    CHECK_CLOSE(log_weight.value, log_two_pi + log(width * tau), 0.03);
    CHECK_WITHIN(average_variance(&log_weight), 0, 0.05);
  }
  bgen_passes_destroy(passes);
  bgen_flow_destroy(flow);
}

/* The loss along s spreads the samples: with a flat energy they fill the range. */
static void test_spread(void **state)
{
  bgen_flow *narrow = make(), *wide = make();
  bgen_train_options o = options_of(0, 1, 1);
  (void) state;
  train(narrow, &o);
  const double left_alone = variance_of_s();
  o.weight_rc = 3, o.rc_low = -6, o.rc_high = 6;
  train(wide, &o);
  CHECK_WITHIN(left_alone, 0.8, 1.2);
  CHECK_WITHIN(variance_of_s(), 2, 20);
  bgen_flow_destroy(narrow);
  bgen_flow_destroy(wide);
}

static void test_threads_change_no_bit(void **state)
{
  bgen_flow *one = make(), *four = make();
  const bgen_train_options o1 = options_of(1, 1, 1), o4 = options_of(1, 1, 4);
  (void) state;
  fill_target();
  train(one, &o1);
  train(four, &o4);
  CHECK_SAME(one->map->n_params, one->theta, four->theta);
  bgen_flow_destroy(one);
  bgen_flow_destroy(four);
}

/* of one step, by some threads */
static bgen_real *gradient_by(bgen_flow *flow, int n_threads)
{
  const bgen_train_options o = options_of(1, 1, n_threads);
  const size_t size = flow->map->n_params * sizeof(bgen_real);
  bgen_trainer *trainer = NULL;
  bgen_train_sums sums;
  bgen_real *gradient = must_allocate(size);
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  evaluate(trainer, NULL);
  memcpy(gradient, bgen_trainer_gradient(trainer, batch_of(frames), &sums), size);
  bgen_trainer_destroy(trainer);
  return gradient;
}

/* 520 frames and 520 samples are 6 pairs of sums, of which two are not full: 2, 4, 5, 16 threads
   take their halves apart, 3 and 6 take pairs.  A linear map takes one sum at a time. */
static void test_gradient_of_any_threads(void **state)
{
  static const char *const specs[] = {"realnvp blocks 2 width 16", "nsf blocks 2 width 16 bins 4",
                                      "actnorm; linear; realnvp blocks 1 width 8"};
  static const int n_threads[] = {2, 3, 4, 5, 6, 16};
  (void) state;
  fill_target();
  for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
    bgen_flow *flow = make_from(specs[s]);
    CHECK_OK(bgen_flow_fit(flow, FRAMES, frames));
    perturb(9, 0.3, flow->map->n_params, flow->theta);
    bgen_real *one = gradient_by(flow, 1);
    for (size_t k = 0; k < sizeof n_threads / sizeof n_threads[0]; k++) {
      bgen_real *other = gradient_by(flow, n_threads[k]);
      CHECK_SAME(flow->map->n_params, other, one);
      free(other);
    }
    free(one);
    bgen_flow_destroy(flow);
  }
}

static void spoil_some(void)
{
  u[3] = NAN, u[4] = INFINITY, grad_u[2 * 7] = NAN, u[9] = 2e3;
}

static void test_energies_that_are_none(void **state)
{
  bgen_flow *flow = make();
  const bgen_train_options o = options_of(0, 1, 1);
  bgen_trainer *trainer = NULL;
  bgen_train_report report;
  (void) state;
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  evaluate(trainer, spoil_some);
  CHECK_OK(bgen_trainer_step(trainer, batch_of(NULL), &report));
  assert_int_equal(report.n_not_finite, 3);
  assert_int_equal(report.n_capped, 1);
  for (size_t i = 0; i < flow->map->n_params; i++) assert_true(isfinite(flow->theta[i]));
  bgen_trainer_destroy(trainer);
  bgen_flow_destroy(flow);
}

static void test_gradient_that_is_none(void **state)
{
  bgen_flow *flow = make();
  const bgen_train_options o = options_of(1, 0, 1);
  bgen_trainer *trainer = NULL;
  bgen_train_report report;
  (void) state;
  fill_target();
  const size_t n = flow->map->n_params;
  bgen_real *theta = must_allocate(n * sizeof *theta);
  memcpy(theta, flow->theta, n * sizeof *theta);
  memcpy(batch_x, frames, sizeof batch_x);
  batch_x[11] = NAN;
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  CHECK_REFUSED(bgen_trainer_step(trainer, batch_of(batch_x), &report), BGEN_NOT_FINITE,
                "gradient");
  CHECK_SAME(n, theta, flow->theta);
  bgen_trainer_destroy(trainer);
  bgen_flow_destroy(flow);
  free(theta);
}

static void test_best_is_kept(void **state)
{
  static const double losses[] = {3, NAN, 1, 2, 1};
  bgen_flow *flow = make();
  const bgen_train_options o = options_of(1, 0, 1);
  bgen_trainer *trainer = NULL;
  const size_t n = flow->map->n_params;
  bgen_real *expected = must_allocate(n * sizeof *expected);
  (void) state;
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  memcpy(expected, flow->theta, n * sizeof *expected);
  bgen_trainer_take_best(trainer); /* nothing has been kept yet */
  CHECK_SAME(n, expected, flow->theta);
  for (size_t i = 0; i < 5; i++) {
    perturb(50 + i, 0.1, n, flow->theta);
    assert_int_equal(bgen_trainer_keep_if_best(trainer, losses[i]), i == 0 || i == 2);
    if (i == 2) memcpy(expected, flow->theta, n * sizeof *expected);
  }
  bgen_trainer_take_best(trainer);
  CHECK_SAME(n, expected, flow->theta);
  bgen_trainer_destroy(trainer);
  bgen_flow_destroy(flow);
  free(expected);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_example),
                                     cmocka_unit_test(test_by_energy),
                                     cmocka_unit_test(test_log_weights),
                                     cmocka_unit_test(test_temperatures),
                                     cmocka_unit_test(test_spread),
                                     cmocka_unit_test(test_threads_change_no_bit),
                                     cmocka_unit_test(test_gradient_of_any_threads),
                                     cmocka_unit_test(test_energies_that_are_none),
                                     cmocka_unit_test(test_gradient_that_is_none),
                                     cmocka_unit_test(test_best_is_kept)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
