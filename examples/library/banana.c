/* SPDX-License-Identifier: MIT
   A flow learns a bent density in the plane from samples of it, and gives its free energy.

     u(x, y) = x^2/2 + 2 (y - x^2)^2,   F = -ln of the integral of e^-u = -ln pi

   cc banana.c $(pkg-config --cflags --libs bgen) -lm -o banana */
#include <bgen/bgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 5000, STEPS = 1500, SEED = 7 };

static double x[N][2], x_flow[N][2], log_q[N], forward[N], reverse[N];
static bgen_draw draw[N];

static double u(const double *r)
{
  return r[0] * r[0] / 2 + 2 * pow(r[1] - r[0] * r[0], 2);
}

static void check(bgen_status status)
{
  if (status == BGEN_OK) return;
  fprintf(stderr, "%s\n", bgen_last_error());
  exit(1);
}

/* By example alone; with energies too: banana.py. */
static void train(bgen_flow *flow, bgen_frames *frames)
{
  bgen_train_options options = BGEN_TRAIN_DEFAULTS;
  bgen_train_report report;
  bgen_trainer *trainer;
  double batch[256][2];
  options.n_steps = STEPS, options.lr = 5e-3, options.lr_end = 1e-5;
  check(bgen_trainer_create(flow, &options, &trainer));
  for (int step = 0; step < STEPS; step++) {
    bgen_frames_batch(frames, SEED, step, options.batch_data, batch[0]);
    check(bgen_trainer_step(trainer, &(bgen_train_batch){.x_data = batch[0]}, &report));
  }
  bgen_trainer_destroy(trainer);
}

int main(void)
{
  const char *name = "banana";
  const bgen_generator_options options = {.layout = {1, 2},
                                          .n_components = 1,
                                          .names = &name,
                                          .spec = "whiten; realnvp blocks 4 width 32",
                                          .seed = SEED};
  bgen_generator *g;
  bgen_workspace *w;
  bgen_estimate bar;
  bgen_blas_threads(1);
  check(bgen_generator_create(&options, &g));
  check(bgen_workspace_create(g, 1, &w));

  for (int i = 0; i < N; i++) { /* samples: half of them to learn from, the others for BAR */
    bgen_rng rng = bgen_rng_at(SEED, BGEN_STREAM_TEST, i);
    bgen_rng_normals(&rng, 2, x[i]);
    x[i][1] = x[i][0] * x[i][0] + x[i][1] / 2;
  }
  bgen_frames frames = {2, N / 2, N / 2, x[0]};
  check(bgen_generator_fit(g, w, 0, x[N / 2], frames.n, frames.x));
  train(bgen_generator_flow(g, 0), &frames);

  check(bgen_generator_sample(g, w, 1, SEED, BGEN_STREAM_SAMPLE, 0, N, x_flow[0], draw));
  check(bgen_generator_log_q(g, w, 1, N, x[0], log_q));
  for (int i = 0; i < N; i++) forward[i] = u(x_flow[i]) + draw[i].log_q;
  for (int i = N / 2; i < N; i++) reverse[i] = -u(x[i]) - log_q[i];
  const bgen_works there = {N, forward, {0, NULL}}, back = {N / 2, reverse + N / 2, {0, NULL}};
  check(bgen_estimate_bar(&there, &back, &bar));
  printf("bgen %s: F = %.4f +- %.4f kT, exact %.4f\n", bgen_version(), bar.value, bar.error,
         -log(3.14159265358979));

  bgen_workspace_destroy(w);
  bgen_generator_destroy(g);
}
