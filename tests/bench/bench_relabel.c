/* SPDX-License-Identifier: MIT
   bench_relabel.c - microseconds of one relabelling, and of one fold with two mirrors.

     bench_relabel [PARTICLES]      default 36, identical, in the plane
   prints one line for each operation: name, microseconds of one call (best of several).  Frames are
   a square lattice, the reference, displaced by a third of its spacing (near) or anywhere in its
   square (far). */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "coords/relabel.h"
#include "coords/symmetry.h"

enum { N_FRAMES = 100, REPEATS = 50 };

typedef struct bench {
  size_t n;
  bgen_relabel *relabel;
  bgen_symmetry *fold;
  double *reference, *x, *out, *work;
  size_t *order;
} bench;

static void die_on(bgen_status status)
{
  if (!status) return;
  fprintf(stderr, "%s\n", bgen_last_error());
  exit(1);
}

static void *allocate(size_t n, size_t size)
{
  void *memory = calloc(n, size);
  if (!memory) exit(1);
  return memory;
}

static double seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static void fill(bench *b, bool near)
{
  const size_t side = (size_t) ceil(sqrt((double) b->n)), dim = 2 * b->n;
  bgen_rng rng = bgen_rng_at(1, BGEN_STREAM_SAMPLE, near);
  for (size_t i = 0; i < b->n; i++) {
    b->reference[2 * i] = (double) (i % side);
    b->reference[2 * i + 1] = (double) (i / side);
  }
  for (size_t j = 0; j < N_FRAMES * dim; j++) {
    const double anywhere = (double) side * bgen_rng_uniform(&rng) - 0.5;
    b->x[j] = near ? b->reference[j % dim] + (bgen_rng_uniform(&rng) - 0.5) / 1.5 : anywhere;
  }
}

static void relabel(bench *b, const double *x)
{
  bgen_relabel_find(b->relabel, b->reference, x, b->work, b->order);
}

static void fold(bench *b, const double *x)
{
  bgen_symmetry_apply(b->fold, b->reference, x, b->work, b->out);
}

static void report(const char *name, void (*operation)(bench *, const double *), bench *b)
{
  double best = 1e30;
  for (int r = 0; r < REPEATS; r++) {
    const double start = seconds();
    for (size_t i = 0; i < N_FRAMES; i++) operation(b, b->x + i * 2 * b->n);
    best = fmin(best, seconds() - start);
  }
  printf("%-16s %.2f\n", name, 1e6 * best / N_FRAMES);
}

int main(int argc, char **argv)
{
  bench b = {.n = argc > 1 ? strtoul(argv[1], NULL, 10) : 36};
  const bgen_layout layout = {b.n, 2};
  int *species = allocate(b.n, sizeof *species);
  const double middle = 0.5 * (ceil(sqrt((double) b.n)) - 1);
  const bgen_mirror mirrors[2] = {{0, middle}, {1, middle}};
  die_on(bgen_relabel_create(&layout, species, &b.relabel));
  die_on(bgen_symmetry_create(&layout, species, 2, mirrors, &b.fold));
  b.reference = allocate(2 * b.n, sizeof *b.reference);
  b.x = allocate(N_FRAMES * 2 * b.n, sizeof *b.x);
  b.out = allocate(2 * b.n, sizeof *b.out);
  b.work = allocate(bgen_symmetry_work_size(b.fold), sizeof *b.work);
  b.order = allocate(b.n, sizeof *b.order);
  for (int near = 1; near >= 0; near--) {
    fill(&b, near);
    report(near ? "relabel near" : "relabel far", relabel, &b);
    report(near ? "fold near" : "fold far", fold, &b);
  }
  bgen_relabel_destroy(b.relabel);
  bgen_symmetry_destroy(b.fold);
  free(b.reference), free(b.x), free(b.out), free(b.work), free(b.order), free(species);
  return 0;
}
