/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "training.h"

#include <string.h>

#include "fixture.h"
#include "model/spec.h"

const double slope = 0.8, width = 0.5;

double frames[FRAMES * DIM], batch_x[BATCH * DIM], x_flow[BATCH * DIM];
double u[BATCH], grad_u[BATCH * DIM];

void fill_target(void)
{
  bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, 0);
  bgen_rng_normals(&rng, FRAMES * DIM, frames);
  for (size_t i = 0; i < FRAMES; i++)
    frames[2 * i + 1] = slope * frames[2 * i] + width * frames[2 * i + 1];
}

/* u = a0^2/2 + a1^2/2 and its gradient at the samples */
void rate_samples(void)
{
  for (size_t i = 0; i < BATCH; i++) {
    const double y0 = x_flow[2 * i], a1 = (x_flow[2 * i + 1] - slope * y0) / width;
    u[i] = 0.5 * (y0 * y0 + a1 * a1);
    grad_u[2 * i] = y0 - slope * a1 / width;
    grad_u[2 * i + 1] = a1 / width;
  }
}

bgen_flow *make_from(const char *spec)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  bgen_flow *flow = NULL;
  CHECK_OK(bgen_spec_build(spec, &(bgen_layout){1, 2}, 1, &map, &n_modes));
  CHECK_OK(bgen_flow_create(map, n_modes, NULL, 1, &flow));
  return flow;
}

bgen_flow *make(void)
{
  return make_from("realnvp blocks 2 width 16");
}

bgen_train_options options_of(double weight_ml, double weight_kl, int n_threads)
{
  bgen_train_options o = BGEN_TRAIN_DEFAULTS;
  o.n_steps = STEPS, o.batch_data = o.batch_flow = BATCH;
  o.weight_ml = weight_ml, o.weight_kl = weight_kl;
  o.lr = 1e-2, o.lr_end = 1e-4, o.n_threads = n_threads, o.seed = 5;
  return o;
}

/* the samples of the coming step, with their energies, of which `spoil` makes some none */
void evaluate(bgen_trainer *trainer, void (*spoil)(void))
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
const bgen_train_batch *batch_of(const double *x_data)
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
bgen_train_report train(bgen_flow *flow, const bgen_train_options *options)
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
