/* SPDX-License-Identifier: MIT */
#include "train/adam.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static const double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-8;

/* Parameters are treated in blocks of this many; the norm is summed block by block, so that it does
   not depend on the threads. */
enum { BLOCK = 4096 };

struct bgen_adam {
  size_t n_params, n_blocks;
  uint64_t n_steps;
  bgen_real *gradient, *moment_1, *moment_2; /* [n_params] */
  double *norm_squared;                      /* [n_blocks] */
};

bgen_status bgen_adam_create(size_t n_params, bgen_adam **result)
{
  bgen_adam *adam = malloc(sizeof *adam);
  const size_t n_blocks = (n_params + BLOCK - 1) / BLOCK;
  bgen_real *memory = calloc(3 * n_params + 1, sizeof *memory);
  double *norms = malloc((n_blocks + 1) * sizeof *norms);
  if (!adam || !memory || !norms) {
    free(adam), free(memory), free(norms);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to train %zu parameters", n_params);
  }
  *adam =
      (bgen_adam){n_params, n_blocks, 0, memory, memory + n_params, memory + 2 * n_params, norms};
  *result = adam;
  return BGEN_OK;
}

void bgen_adam_destroy(bgen_adam *adam)
{
  if (!adam) return;
  free(adam->gradient);
  free(adam->norm_squared);
  free(adam);
}

static size_t block_length(const bgen_adam *adam, size_t block)
{
  const size_t rest = adam->n_params - block * BLOCK;
  return rest < BLOCK ? rest : BLOCK;
}

static void sum_block(bgen_adam *adam, size_t block, size_t n_parts, const bgen_real *const *part)
{
  const size_t first = block * BLOCK, n = block_length(adam, block);
  bgen_real *sum = adam->gradient + first;
  memcpy(sum, part[0] + first, n * sizeof *sum);
  for (size_t k = 1; k < n_parts; k++)
    for (size_t i = 0; i < n; i++) sum[i] += part[k][first + i];
  double norm_squared = 0;
  for (size_t i = 0; i < n; i++) norm_squared += (double) sum[i] * (double) sum[i];
  adam->norm_squared[block] = norm_squared;
}

/* m = b1 m + (1-b1) g,  v = b2 v + (1-b2) g^2,  theta -= rate m / (sqrt(v) / root + eps) */
static void move_block(bgen_adam *adam, size_t block, bgen_real shrink, bgen_real rate,
                       bgen_real root, bgen_real *theta)
{
  const size_t first = block * BLOCK, n = block_length(adam, block);
  const bgen_real b1 = (bgen_real) beta_1, b2 = (bgen_real) beta_2, eps = (bgen_real) epsilon;
  const bgen_real *restrict gradient = adam->gradient + first;
  bgen_real *restrict m = adam->moment_1 + first, *restrict v = adam->moment_2 + first;
  bgen_real *restrict moved = theta + first;
  for (size_t i = 0; i < n; i++) {
    const bgen_real g = shrink * gradient[i];
    m[i] = b1 * m[i] + (1 - b1) * g;
    v[i] = b2 * v[i] + (1 - b2) * g * g;
    moved[i] -= rate * m[i] / ((bgen_real) sqrt(v[i]) * root + eps);
  }
}

static double norm_of(const bgen_adam *adam)
{
  double sum = 0;
  for (size_t block = 0; block < adam->n_blocks; block++) sum += adam->norm_squared[block];
  return sqrt(sum);
}

bgen_status bgen_adam_step(bgen_adam *adam, size_t n_parts, const bgen_real *const *part, double lr,
                           double clip, int n_threads, bgen_real *theta, double *norm)
{
  const size_t n_blocks = adam->n_blocks;
#pragma omp parallel for schedule(static) num_threads(n_threads)
  for (size_t block = 0; block < n_blocks; block++) sum_block(adam, block, n_parts, part);
  *norm = norm_of(adam);
  if (!isfinite(*norm))
    return bgen_fail(BGEN_NOT_FINITE, "a training step has a gradient that is not finite");
  const double step = (double) ++adam->n_steps;
  const double shrink = clip > 0 && *norm > clip ? clip / *norm : 1;
  const double rate = lr / (1 - pow(beta_1, step)), root = 1 / sqrt(1 - pow(beta_2, step));
#pragma omp parallel for schedule(static) num_threads(n_threads)
  for (size_t block = 0; block < n_blocks; block++)
    move_block(adam, block, (bgen_real) shrink, (bgen_real) rate, (bgen_real) root, theta);
  return BGEN_OK;
}

double bgen_cosine_rate(double lr, double lr_end, size_t n_steps, uint64_t step)
{
  const double pi = 3.14159265358979323846;
  const double done = n_steps ? (double) step / (double) n_steps : 1;
  const double share = done < 1 ? 0.5 * (1 + cos(pi * done)) : 0;
  return lr_end + (lr - lr_end) * share;
}

double bgen_warmup(size_t n_warmup, uint64_t step)
{
  return step < n_warmup ? (double) (step + 1) / (double) n_warmup : 1;
}
