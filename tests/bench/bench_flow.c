/* SPDX-License-Identifier: MIT
   bench_flow.c - points per second of sampling, density, the gradient of log q, and training.

     bench_flow DIM WIDTH BATCH THREADS [BLOCKS] [DEPTH] [CIRCLES]
   prints one line for each operation: name, seconds of one call (best of several), points/s.
   The flow is "realnvp" on DIM/2 particles in the plane or, with CIRCLES, "whiten; circular" on DIM
   coordinates, of which the first CIRCLES are on circles; bench.py runs the same net in PyTorch. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/linalg.h"
#include "model/flow.h"
#include "model/spec.h"
#include "train/trainer.h"

enum { REPEATS = 7 };
static const double least_seconds = 0.3; /* of one repeat */

typedef struct bench {
  size_t n;
  bgen_flow *flow;
  bgen_passes *passes;
  bgen_trainer *trainer;
  double *x, *log_q, *grad;
} bench;

static void die_on(bgen_status status)
{
  if (!status) return;
  fprintf(stderr, "%s\n", bgen_last_error());
  exit(1);
}

static double seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static void sample(bench *b)
{
  bgen_flow_sample(b->flow, b->passes, 1, 1, BGEN_STREAM_SAMPLE, 0, b->n, b->x, b->log_q);
}

static void density(bench *b)
{
  bgen_flow_log_q(b->flow, b->passes, 1, b->n, b->x, b->log_q);
}

static void gradient(bench *b)
{
  bgen_flow_log_q_gradient(b->flow, b->passes, 1, b->n, b->x, b->log_q, b->grad);
}

static void train(bench *b)
{
  bgen_train_report report;
  die_on(bgen_trainer_step(b->trainer, &(bgen_train_batch){.x_data = b->x}, &report));
}

static double seconds_of(void (*operation)(bench *), bench *b)
{
  operation(b);
  double best = 1e30;
  for (int r = 0; r < REPEATS; r++) {
    const double start = seconds();
    int n_calls = 0;
    do {
      operation(b);
      n_calls++;
    } while (seconds() - start < least_seconds);
    const double mean = (seconds() - start) / n_calls;
    best = mean < best ? mean : best;
  }
  return best;
}

static void report(const char *name, void (*operation)(bench *), bench *b)
{
  const double time = seconds_of(operation, b);
  printf("%-8s %.6e %.6e\n", name, time, (double) b->n / time);
  fflush(stdout);
}

/* frames to whiten and to train by: normal on lines, all around on circles */
static void fill_frames(bench *b, size_t dim, const bool *circle)
{
  const bgen_prior prior = {dim, 0, NULL, circle};
  bgen_prior_sample(&prior, 1, 1, BGEN_STREAM_TEST, 0, b->n, b->x);
  if (circle) die_on(bgen_flow_fit(b->flow, b->n, b->x));
}

static size_t argument(int argc, char **argv, int k, size_t otherwise)
{
  return k < argc ? strtoul(argv[k], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
  const size_t dim = argument(argc, argv, 1, 76), width = argument(argc, argv, 2, 100);
  const size_t n = argument(argc, argv, 3, 1024), n_threads = argument(argc, argv, 4, 1);
  const size_t blocks = argument(argc, argv, 5, 12), depth = argument(argc, argv, 6, 2);
  const size_t n_circles = argument(argc, argv, 7, 0);
  const bool is_circular = argc > 7;
  const bgen_layout layout = {dim / 2, 2};
  char spec[128];
  snprintf(spec, sizeof spec, "%s blocks %zu width %zu depth %zu",
           is_circular ? "whiten; circular" : "realnvp", blocks, width, depth);
  bgen_blas_threads(1);
  bench b = {.n = n};
  bgen_bijection *map = NULL;
  size_t n_modes;
  bool *circle = calloc(dim + 1, sizeof *circle);
  if (!circle) return 1;
  for (size_t j = 0; j < n_circles && j < dim; j++) circle[j] = true;
  die_on(bgen_spec_build_shape(spec, &layout, dim, circle, 1, &map, &n_modes));
  die_on(bgen_flow_create(map, n_modes, is_circular ? circle : NULL, 1, &b.flow));
  die_on(bgen_passes_create(b.flow, (int) n_threads, &b.passes));
  bgen_train_options options = BGEN_TRAIN_DEFAULTS;
  options.batch_data = n, options.lr = options.lr_end = 1e-6, options.n_threads = (int) n_threads;
  die_on(bgen_trainer_create(b.flow, &options, &b.trainer));
  b.x = malloc(n * dim * sizeof *b.x);
  b.log_q = malloc(n * sizeof *b.log_q);
  b.grad = malloc(n * dim * sizeof *b.grad);
  if (!b.x || !b.log_q || !b.grad) return 1;
  fill_frames(&b, dim, is_circular ? circle : NULL);
  report("sample", sample, &b);
  report("density", density, &b);
  report("gradient", gradient, &b);
  report("train", train, &b);
  bgen_trainer_destroy(b.trainer);
  bgen_passes_destroy(b.passes);
  bgen_flow_destroy(b.flow);
  free(b.x), free(b.log_q), free(b.grad), free(circle);
  return 0;
}
