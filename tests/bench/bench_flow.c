/* SPDX-License-Identifier: MIT
   bench_flow.c - what sampling, density, gradients and training of a flow cost.

     bench_flow FLOW DIM WIDTH BATCH THREADS [BLOCKS] [DEPTH] [CIRCLES]
   prints one line for each operation: name, seconds of one call (best of several), points/s; then
   the weights of the networks that a point passes, and the peak of memory in MiB.
   FLOW is realnvp or nsf on DIM/2 particles in the plane, or circular: "whiten; circular" on DIM
   coordinates, of which the first CIRCLES are on circles.  bench.py runs the same nets in
   PyTorch. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/linalg.h"
#include "model/flow.h"
#include "model/spec.h"
#include "train/trainer.h"

enum { REPEATS = 5 };
static const double least_seconds = 0.2; /* of one repeat */

typedef struct bench {
  size_t n, dim;
  bgen_flow *flow;
  bgen_passes *passes;
  bgen_trainer *by_example, *by_energy;
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

/* ---- operations ---- */

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

static void learn_by_example(bench *b)
{
  bgen_train_report report;
  die_on(bgen_trainer_step(b->by_example, &(bgen_train_batch){.x_data = b->x}, &report));
}

/* of a harmonic energy, which costs nothing */
static void learn_by_energy(bench *b)
{
  bgen_wanted wanted;
  bgen_train_report report;
  die_on(bgen_trainer_next(b->by_energy, &wanted));
  for (size_t i = 0; i < wanted.n; i++) {
    b->log_q[i] = 0;
    for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++) {
      b->log_q[i] += 0.5 * wanted.x[j] * wanted.x[j];
      b->grad[j] = wanted.x[j];
    }
  }
  die_on(bgen_trainer_arrive(b->by_energy, b->log_q, b->grad));
  die_on(bgen_trainer_step(b->by_energy, &(bgen_train_batch){0}, &report));
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
  printf("%-12s %.6e %.6e\n", name, time, (double) b->n / time);
  fflush(stdout);
}

static void report_all(bench *b)
{
  const size_t n = b->n;
  report("sample", sample, b);
  report("density", density, b);
  report("gradient", gradient, b);
  report("ml", learn_by_example, b);
  report("kl", learn_by_energy, b);
  b->n = 1;
  report("one", density, b);
  report("one_gradient", gradient, b);
  b->n = n;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("weights %zu\nmemory %.1f\n", b->flow->map->n_params, (double) usage.ru_maxrss / 1024);
}

/* ---- set-up ---- */

/* frames to whiten and to train by: normal on lines, all around on circles */
static void fill_frames(bench *b, const bool *circle)
{
  const bgen_prior prior = {b->dim, 0, NULL, circle};
  bgen_prior_sample(&prior, 1, 1, BGEN_STREAM_TEST, 0, b->n, b->x);
  if (circle) die_on(bgen_flow_fit(b->flow, b->n, b->x));
}

static void create_trainers(bench *b, int n_threads)
{
  bgen_train_options options = BGEN_TRAIN_DEFAULTS;
  options.batch_data = options.batch_flow = b->n, options.n_threads = n_threads;
  options.lr = options.lr_end = 1e-6;
  die_on(bgen_trainer_create(b->flow, &options, &b->by_example));
  options.weight_ml = 0, options.weight_kl = 1;
  die_on(bgen_trainer_create(b->flow, &options, &b->by_energy));
}

static size_t argument(int argc, char **argv, int k, size_t otherwise)
{
  return k < argc ? strtoul(argv[k], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "realnvp";
  const bool is_circular = strcmp(name, "circular") == 0;
  const size_t dim = argument(argc, argv, 2, 76), width = argument(argc, argv, 3, 100);
  const size_t n = argument(argc, argv, 4, 1024), blocks = argument(argc, argv, 6, 12);
  const int n_threads = (int) argument(argc, argv, 5, 1);
  const bgen_layout layout = {dim / 2, 2};
  char spec[128];
  snprintf(spec, sizeof spec, "%s%s blocks %zu width %zu depth %zu", is_circular ? "whiten; " : "",
           name, blocks, width, argument(argc, argv, 7, 2));
  bgen_blas_threads(1);
  bench b = {.n = n, .dim = dim};
  bgen_bijection *map = NULL;
  size_t n_modes;
  bool *circle = calloc(dim + 1, sizeof *circle);
  b.x = malloc(n * dim * sizeof *b.x);
  b.log_q = malloc(n * sizeof *b.log_q);
  b.grad = malloc(n * dim * sizeof *b.grad);
  if (!circle || !b.x || !b.log_q || !b.grad) return 1;
  for (size_t j = 0; j < argument(argc, argv, 8, 0) && j < dim; j++) circle[j] = true;
  die_on(bgen_spec_build_shape(spec, &layout, dim, circle, 1, &map, &n_modes));
  die_on(bgen_flow_create(map, n_modes, is_circular ? circle : NULL, 1, &b.flow));
  die_on(bgen_passes_create(b.flow, n_threads, &b.passes));
  create_trainers(&b, n_threads);
  fill_frames(&b, is_circular ? circle : NULL);
  report_all(&b);
  bgen_trainer_destroy(b.by_example), bgen_trainer_destroy(b.by_energy);
  bgen_passes_destroy(b.passes);
  bgen_flow_destroy(b.flow);
  free(b.x), free(b.log_q), free(b.grad), free(circle);
  return 0;
}
