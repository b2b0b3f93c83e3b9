/* SPDX-License-Identifier: GPL-2.0-or-later
   What a training step reports, its gradient by differences, and trainers that share batches. */
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

/* ---- several trainers that learn a batch together ---- */

enum { MOST_PARTS = 4, TOGETHER = 20 };

static const char learner[] = "realnvp blocks 2 width 16";

typedef struct together {
  size_t n;
  bgen_flow *flow[MOST_PARTS];
  bgen_trainer *trainer[MOST_PARTS];
  bgen_real *gradient[MOST_PARTS];
} together;

static together begin_together(const char *spec, size_t n, bgen_train_options o)
{
  together t = {.n = n};
  o.n_parts = n;
  for (o.part = 0; o.part < n; o.part++) {
    t.flow[o.part] = make_from(spec);
    CHECK_OK(bgen_trainer_create(t.flow[o.part], &o, &t.trainer[o.part]));
  }
  return t;
}

static void end_together(together *t)
{
  for (size_t p = 0; p < t->n; p++) {
    bgen_trainer_destroy(t->trainer[p]);
    bgen_flow_destroy(t->flow[p]);
  }
}

/* x_flow and its energies, of which one is none; each trainer gets its own */
static void propose_together(together *t)
{
  bgen_wanted wanted[MOST_PARTS];
  size_t n = 0;
  for (size_t p = 0; p < t->n; p++) {
    CHECK_OK(bgen_trainer_next(t->trainer[p], &wanted[p]));
    memcpy(x_flow + n * DIM, wanted[p].x, wanted[p].n * DIM * sizeof *x_flow);
    n += wanted[p].n;
  }
  assert_int_equal(n, BATCH);
  rate_samples();
  u[BATCH / 2 + 3] = NAN;
  n = 0;
  for (size_t p = 0; p < t->n; n += wanted[p++].n)
    CHECK_OK(bgen_trainer_arrive(t->trainer[p], u + n, grad_u + n * DIM));
}

static void add_sums(const bgen_train_sums *of, bgen_train_sums *to)
{
  to->ml += of->ml, to->kl += of->kl;
  to->n_not_finite += of->n_not_finite, to->n_capped += of->n_capped;
}

/* everybody has the whole gradient then */
static bgen_train_sums learn_together(together *t)
{
  bgen_train_sums sums = {0}, own;
  const size_t n = t->flow[0]->map->n_params;
  for (size_t p = 0, first = 0; p < t->n; p++) {
    bgen_train_batch batch = *batch_of(frames);
    batch.grad_s += first * DIM;
    first = bgen_trainer_part_begin(BATCH, p + 1, t->n);
    t->gradient[p] = bgen_trainer_gradient(t->trainer[p], &batch, &own);
    add_sums(&own, &sums);
  }
  for (size_t p = 1; p < t->n; p++)
    for (size_t i = 0; i < n; i++) t->gradient[0][i] += t->gradient[p][i];
  for (size_t p = 1; p < t->n; p++) memcpy(t->gradient[p], t->gradient[0], n * sizeof(bgen_real));
  return sums;
}

static bgen_train_report descend_together(together *t, const bgen_train_sums *sums)
{
  bgen_train_report report;
  for (size_t p = 0; p < t->n; p++) CHECK_OK(bgen_trainer_descend(t->trainer[p], sums, &report));
  return report;
}

/* Samples are the same ones, bit for bit, as long as the flows are; sums round in another order. */
static void check_together(const char *spec, int n_steps, size_t n, const bgen_train_options *o)
{
  const double rounding = DOUBLE_NETWORKS ? 1e-10 : 1e-4;
  together whole = begin_together(spec, 1, *o), parts = begin_together(spec, n, *o);
  double x_whole[BATCH * DIM];
  const size_t n_params = whole.flow[0]->map->n_params;
  for (int step = 0; step < n_steps; step++) {
    propose_together(&whole);
    memcpy(x_whole, x_flow, sizeof x_whole);
    const bgen_train_sums of_whole = learn_together(&whole);
    propose_together(&parts);
    if (step == 0) CHECK_SAME((size_t) BATCH * DIM, x_whole, x_flow);
    const bgen_train_sums sums = learn_together(&parts);
    for (size_t i = 0; step == 0 && i < n_params; i++)
      CHECK_CLOSE((double) parts.gradient[0][i], (double) whole.gradient[0][i], rounding);
    const bgen_train_report a = descend_together(&whole, &of_whole),
                            b = descend_together(&parts, &sums);
    CHECK_CLOSE(b.loss, a.loss, rounding);
    assert_int_equal(b.n_not_finite, 1);
  }
  for (size_t p = 1; p < n; p++) CHECK_SAME(n_params, parts.flow[0]->theta, parts.flow[p]->theta);
  end_together(&whole), end_together(&parts);
}

static void test_parts(void **state)
{
  bgen_train_options o = options_of(0.7, 0.4, 1);
  (void) state;
  fill_target();
  o.lr = o.lr_end = 1e-3;
  for (size_t n = 1; n <= MOST_PARTS; n++) check_together(learner, TOGETHER, n, &o);
  o.n_tau = 3, o.tau[0] = 0.5, o.tau[1] = 1, o.tau[2] = 3;
  o.weight_rc = 0.6, o.rc_low = -2.5, o.rc_high = 2;
  check_together(learner, TOGETHER, 3, &o);
  o.batch_data = 2; /* fewer frames than parts */
  check_together(learner, TOGETHER, 4, &o);
}

/* Tapes of so wide a network do not fit into the memory that is kept from making samples to
   learning from them, and those of the parts do: nothing else differs. */
static void test_samples_made_again(void **state)
{
  bgen_train_options o = options_of(1, 1, 1);
  (void) state;
  fill_target();
  o.lr = o.lr_end = 1e-5;
  check_together("realnvp blocks 1 width 18000 depth 1", 1, 4, &o);
}

/* A single part is the whole: the same bits as bgen_trainer_step. */
static void test_one_part(void **state)
{
  const bgen_train_options o = options_of(1, 1, 1);
  together whole = begin_together(learner, 1, o), one = begin_together(learner, 1, o);
  bgen_train_report report;
  (void) state;
  fill_target();
  for (int step = 0; step < TOGETHER; step++) {
    propose_together(&whole);
    CHECK_OK(bgen_trainer_step(whole.trainer[0], batch_of(frames), &report));
    propose_together(&one);
    const bgen_train_sums sums = learn_together(&one);
    assert_true(descend_together(&one, &sums).loss == report.loss);
  }
  CHECK_SAME(one.flow[0]->map->n_params, whole.flow[0]->theta, one.flow[0]->theta);
  end_together(&whole), end_together(&one);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_report), cmocka_unit_test(test_gradient), cmocka_unit_test(test_parts),
      cmocka_unit_test(test_samples_made_again), cmocka_unit_test(test_one_part)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
