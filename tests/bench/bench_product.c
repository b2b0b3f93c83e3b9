/* SPDX-License-Identifier: MIT
   bench_product.c - GFLOP/s of the products of networks, beside CBLAS and its peak, on one core.

     bench_product THREADS
   prints the peak of so many threads, and nothing else;
     bench_product
   prints the peak of one, a product of 1024 x 1024 x 1024 by CBLAS, and a line for each shape:
   rows, inner, columns; forward, gradient of the input, gradient of the weight; forward by CBLAS,
   whole and in blocks of 8 rows, which is what gives a row the same bits wherever it stands.  Best
   of several turns, in which all take part. */
#define _POSIX_C_SOURCE 200809L
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/isa.h"
#include "base/linalg.h"
#include "base/product.h"

enum { TURNS = 15, LARGE = 1024, N_WEIGHTS = 8 };
static const double flops_of_turn = 4e7;

/* N_WEIGHTS weights, used in turn, so that they do not stay in the nearest cache */
typedef struct shape {
  size_t n, k, m, turn;
  bgen_real *in, *weight, *out, *grad_in, *grad_weight, *grad_bias;
} shape;

static bgen_real *numbers(size_t n)
{
  bgen_real *values = malloc(n * sizeof *values);
  if (!values) exit(1);
  for (size_t i = 0; i < n; i++) values[i] = (bgen_real) ((double) (i % 17) / 17 - 0.5);
  return values;
}

static double seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static size_t weight_at(const shape *s)
{
  return s->turn % N_WEIGHTS * s->k * s->m;
}

static void forward(const shape *s)
{
  bgen_rows_times(s->n, s->k, s->m, s->in, s->weight + weight_at(s), NULL, (bgen_ahead){0}, s->out);
}

static void gradient_of_input(const shape *s)
{
  bgen_multiply(&(bgen_product){.n = s->n,
                                .k = s->m,
                                .m = s->k,
                                .in = s->out,
                                .in_row = s->m,
                                .in_column = 1,
                                .weight = s->weight + weight_at(s),
                                .transposed = true,
                                .out = s->grad_in});
}

static void gradient_of_weight(const shape *s)
{
  bgen_grad_weight(s->n, s->k, s->m, s->in, s->out, true, (bgen_ahead){0},
                   s->grad_weight + weight_at(s), s->grad_bias);
}

static void by_cblas(const shape *s, size_t rows)
{
  for (size_t i = 0; i < s->n; i += rows)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) (rows < s->n ? rows : s->n),
                (int) s->m, (int) s->k, 1, s->in + i * s->k, (int) s->k, s->weight + weight_at(s),
                (int) s->m, 0, s->out + i * s->m, (int) s->m);
}

static void whole_by_cblas(const shape *s)
{
  by_cblas(s, s->n);
}

static void blocks_by_cblas(const shape *s)
{
  by_cblas(s, BGEN_ROW_BLOCK);
}

typedef void (*operation)(const shape *);
static const operation operations[] = {forward, gradient_of_input, gradient_of_weight,
                                       whole_by_cblas, blocks_by_cblas};
enum { N_OPERATIONS = sizeof operations / sizeof operations[0] };

static double gflops(operation run, shape *s)
{
  const double flops = 2 * (double) s->n * (double) s->k * (double) s->m;
  const int n_calls = (int) (flops_of_turn / flops) + 1;
  run(s);
  const double start = seconds();
  for (int c = 0; c < n_calls; c++, s->turn++) run(s);
  return n_calls * flops / (seconds() - start) * 1e-9;
}

static shape make(size_t n, size_t k, size_t m)
{
  return (shape){n,
                 k,
                 m,
                 0,
                 numbers(n * k),
                 numbers(N_WEIGHTS * k * m),
                 numbers(n * m),
                 numbers(n * k),
                 numbers(N_WEIGHTS * k * m),
                 numbers(m)};
}

static void destroy(shape *s)
{
  free(s->in), free(s->weight), free(s->out);
  free(s->grad_in), free(s->grad_weight), free(s->grad_bias);
}

static double best_of(operation run, shape *s)
{
  double best = 0;
  for (int turn = 0; turn < TURNS; turn++) {
    const double now = gflops(run, s);
    best = now > best ? now : best;
  }
  return best;
}

static void report(size_t n, size_t k, size_t m)
{
  shape s = make(n, k, m);
  double best[N_OPERATIONS] = {0};
  for (int turn = 0; turn < TURNS; turn++)
    for (int o = 0; o < N_OPERATIONS; o++) {
      const double now = gflops(operations[o], &s);
      best[o] = now > best[o] ? now : best[o];
    }
  printf("%5zu %5zu %5zu", n, k, m);
  for (int o = 0; o < N_OPERATIONS; o++) printf(" %7.1f", best[o]);
  printf("\n");
  destroy(&s);
}

static void report_peak(int n_threads)
{
  shape large = make(LARGE, LARGE, LARGE);
  bgen_blas_threads(n_threads);
  printf("peak %.1f\n", best_of(whole_by_cblas, &large));
  bgen_blas_threads(1);
  destroy(&large);
}

int main(int argc, char **argv)
{
  static const size_t rows[] = {1, 8, 64, 128}, widths[] = {64, 100, 200};
  report_peak(argc > 1 ? atoi(argv[1]) : 1);
  if (argc > 1) return 0;
  printf("isa %s\n", bgen_isa_name(bgen_isa_in_use()));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
      report(rows[r], widths[w], widths[w]);
      report(rows[r], 38, widths[w]);
      report(rows[r], widths[w], 38);
    }
  return 0;
}
