/* SPDX-License-Identifier: GPL-2.0-or-later
   A flow of one block can turn independent normals into two correlated ones, so training must reach
   the entropy of the target. */
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "model/spec.h"

/* batches of more chunks than the trainer has slots, the last of them not full */
enum { BATCH = 520, STEPS = 400, FRAMES = 5200, DIM = 2 };

static const double log_two_pi = 1.8378770664093453;

/* Normal target: y0 = a0, y1 = slope y0 + width a1 with standard normal a; ln|det| = ln width. */
static const double slope = 0.8, width = 0.5;

static double frames[FRAMES * DIM], batch_x[BATCH * DIM], x_flow[BATCH * DIM];
static double u[BATCH], grad_u[BATCH * DIM];

static void fill_target(void)
{
  bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, 0);
  bgen_rng_normals(&rng, FRAMES * DIM, frames);
  for (size_t i = 0; i < FRAMES; i++)
    frames[2 * i + 1] = slope * frames[2 * i] + width * frames[2 * i + 1];
}

/* u = a0^2/2 + a1^2/2 and its gradient at the samples */
static void rate_samples(void)
{
  for (size_t i = 0; i < BATCH; i++) {
    const double y0 = x_flow[2 * i], a1 = (x_flow[2 * i + 1] - slope * y0) / width;
    u[i] = 0.5 * (y0 * y0 + a1 * a1);
    grad_u[2 * i] = y0 - slope * a1 / width;
    grad_u[2 * i + 1] = a1 / width;
  }
}

static bgen_flow *make_from(const char *spec)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  bgen_flow *flow = NULL;
  CHECK_OK(bgen_spec_build(spec, &(bgen_layout){1, 2}, 1, &map, &n_modes));
  CHECK_OK(bgen_flow_create(map, n_modes, 1, &flow));
  return flow;
}

static bgen_flow *make(void)
{
  return make_from("realnvp blocks 2 width 16");
}

static bgen_train_options options_of(double weight_ml, double weight_kl, int n_threads)
{
  bgen_train_options o = BGEN_TRAIN_DEFAULTS;
  o.n_steps = STEPS, o.batch_data = o.batch_flow = BATCH;
  o.weight_ml = weight_ml, o.weight_kl = weight_kl;
  o.lr = 1e-2, o.lr_end = 1e-4, o.n_threads = n_threads, o.seed = 5;
  return o;
}

/* the samples of the coming step, with their energies, of which `spoil` makes some none */
static void evaluate(bgen_trainer *trainer, void (*spoil)(void))
{
  bgen_wanted wanted;
  CHECK_OK(bgen_trainer_next(trainer, &wanted));
  if (wanted.n == 0) return;
  assert_int_equal(wanted.n, BATCH);
  assert_true(wanted.gradient);
  memcpy(x_flow, wanted.x, sizeof x_flow);
  rate_samples();
  if (spoil) spoil();
  CHECK_OK(bgen_trainer_arrive(trainer, u, grad_u));
}

/* what else the fixture has to say about a step; the collective variable is the first coordinate */
static const bgen_train_batch *batch_of(const double *x_data)
{
  static double s[BATCH], grad_s[BATCH * DIM];
  static bgen_train_batch batch;
  for (size_t i = 0; i < BATCH; i++) {
    s[i] = x_flow[2 * i];
    grad_s[2 * i] = 1, grad_s[2 * i + 1] = 0;
  }
  batch = (bgen_train_batch){x_data, s, grad_s};
  return &batch;
}

/* means of the last quarter */
static bgen_train_report train(bgen_flow *flow, const bgen_train_options *options)
{
  bgen_trainer *trainer = NULL;
  bgen_train_report report, mean = {0};
  CHECK_OK(bgen_trainer_create(flow, options, &trainer));
  for (size_t step = 0; step < STEPS; step++) {
    for (size_t i = 0; i < BATCH * DIM; i++)
      batch_x[i] = frames[(step * BATCH * DIM + i) % (FRAMES * DIM)];
    evaluate(trainer, NULL);
    CHECK_OK(bgen_trainer_step(trainer, batch_of(batch_x), &report));
    if (step < STEPS - STEPS / 4) continue;
    mean.ml += report.ml / (STEPS / 4), mean.kl += report.kl / (STEPS / 4);
  }
  bgen_trainer_destroy(trainer);
  return mean;
}

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

/* Samples are those of the flow, and what a step reports are means of its densities. */
static void check_report(const char *spec, double tau)
{
  bgen_flow *flow = make_from(spec);
  bgen_passes *passes = make_passes(flow, 1);
  bgen_train_options o = options_of(1, 1, 1);
  bgen_trainer *trainer = NULL;
  bgen_train_report report;
  double x[BATCH * DIM], log_q[BATCH], ml = 0, kl = 0;
  CHECK_OK(bgen_flow_fit(flow, FRAMES, frames));
  perturb(9, 0.3, flow->map->n_params, flow->theta);
  bgen_flow_log_q(flow, passes, 1, BATCH, frames, log_q);
  for (size_t i = 0; i < BATCH; i++) ml -= log_q[i] / BATCH;
  o.tau[0] = tau;
  bgen_flow_sample(flow, passes, tau, o.seed, BGEN_STREAM_TRAIN, 0, BATCH, x, log_q);
  o.energy_high = 1e9;
  CHECK_OK(bgen_trainer_create(flow, &o, &trainer));
  evaluate(trainer, NULL);
  CHECK_SAME((size_t) BATCH * DIM, x, x_flow);
  CHECK_OK(bgen_trainer_step(trainer, batch_of(frames), &report));
  for (size_t i = 0; i < BATCH; i++) {
    kl += (u[i] / tau + log_q[i]) / BATCH;
    CHECK_CLOSE(bgen_trainer_log_weights(trainer)[i], -u[i] / tau - log_q[i], 1e-9);
  }
  CHECK_CLOSE(report.ml, ml, 1e-9);
  CHECK_CLOSE(report.kl, kl, 1e-9);
  CHECK_CLOSE(report.loss, ml + kl, 1e-9);
  bgen_trainer_destroy(trainer);
  bgen_passes_destroy(passes);
  bgen_flow_destroy(flow);
}

static const char small[] = "realnvp blocks 1 width 5";
static const char small_mixture[] = "realnvp blocks 1 width 5; mixture modes 3";

static void test_report(void **state)
{
  (void) state;
  fill_target();
  check_report(small, 1);
  check_report(small_mixture, 1);
  check_report(small_mixture, 1.7);
}

/* ---- the gradient, by differences ---- */

/* The loss of the first step and the norm of its gradient; with lr = 0 nothing moves. */
static bgen_train_report first_step(bgen_flow *flow, const bgen_train_options *options)
{
  bgen_trainer *trainer = NULL;
  bgen_train_report report;
  CHECK_OK(bgen_trainer_create(flow, options, &trainer));
  evaluate(trainer, NULL);
  CHECK_OK(bgen_trainer_step(trainer, batch_of(frames), &report));
  bgen_trainer_destroy(trainer);
  return report;
}

static double difference(bgen_flow *flow, const bgen_train_options *options, size_t parameter)
{
  const bgen_real middle = flow->theta[parameter], h = (bgen_real) 1e-3;
  double f[4];
  for (int i = 0; i < 4; i++) {
    flow->theta[parameter] = middle + h * (bgen_real) (i < 2 ? i - 2 : i - 1);
    f[i] = first_step(flow, options).loss;
  }
  flow->theta[parameter] = middle;
  return slope_of(f, (double) h);
}

/* The trainer keeps its gradient to itself, but says its norm, and the first step of Adam follows
   the sign of every component.  Truncation leaves 1e-9 of each difference. */
static void check_gradient(const char *spec, bgen_train_options o)
{
  bgen_flow *flow = make_from(spec);
  const size_t n = flow->map->n_params;
  double *gradient = must_allocate(n * sizeof *gradient), squares = 0;
  bgen_real *before = must_allocate(n * sizeof *before);
  CHECK_OK(bgen_flow_fit(flow, FRAMES, frames));
  perturb(9, 0.5, n, flow->theta);
  memcpy(before, flow->theta, n * sizeof *before);
  o.lr = o.lr_end = 0;
  for (size_t i = 0; i < n; i++) {
    gradient[i] = difference(flow, &o, i);
    squares += gradient[i] * gradient[i];
  }
  o.lr = o.lr_end = 1e-3;
  CHECK_RELATIVE(first_step(flow, &o).grad_norm, sqrt(squares), 1e-7);
  for (size_t i = 0; i < n; i++) {
    const double moved = (double) (flow->theta[i] - before[i]);
    if (fabs(gradient[i]) > 1e-6) CHECK_CLOSE(moved, -copysign(1e-3, gradient[i]), 1e-4);
  }
  bgen_flow_destroy(flow);
  free(gradient), free(before);
}

static void test_gradient(void **state)
{
  (void) state;
  if (!DOUBLE_NETWORKS) skip();
  fill_target();
  check_gradient(small, options_of(1, 0, 1));
  check_gradient(small, options_of(0, 1, 1));
  check_gradient(small, options_of(0.7, 0.4, 1));
  check_gradient(small_mixture, options_of(1, 0, 1));
  check_gradient(small_mixture, options_of(0.7, 0.4, 1));
  bgen_train_options capped = options_of(0.7, 0.4, 1);
  capped.energy_high = 0.5; /* half of the samples */
  check_gradient(small, capped);
  bgen_train_options tempered = options_of(0.7, 0.4, 1);
  tempered.n_tau = 3, tempered.tau[0] = 0.5, tempered.tau[1] = 1, tempered.tau[2] = 3;
  check_gradient(small, tempered);
  check_gradient(small_mixture, tempered);
  tempered.weight_rc = 0.6, tempered.rc_low = -2.5, tempered.rc_high = 2;
  check_gradient(small, tempered);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_example),
                                     cmocka_unit_test(test_by_energy),
                                     cmocka_unit_test(test_log_weights),
                                     cmocka_unit_test(test_temperatures),
                                     cmocka_unit_test(test_spread),
                                     cmocka_unit_test(test_threads_change_no_bit),
                                     cmocka_unit_test(test_energies_that_are_none),
                                     cmocka_unit_test(test_gradient_that_is_none),
                                     cmocka_unit_test(test_best_is_kept),
                                     cmocka_unit_test(test_report),
                                     cmocka_unit_test(test_gradient)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
