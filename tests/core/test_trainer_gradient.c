/* SPDX-License-Identifier: GPL-2.0-or-later
   What a training step reports, and its gradient by differences. */
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "training.h"

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
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_report),
                                     cmocka_unit_test(test_gradient)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
