/* SPDX-License-Identifier: MIT
   tape: for each hidden layer its values [rows][width], then its slopes [rows][width]. */
#include "layers/mlp.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/linalg.h"

static size_t fan_in(const bgen_mlp *mlp, size_t layer)
{
  return layer == 0 ? mlp->n_in : mlp->width;
}

static size_t fan_out(const bgen_mlp *mlp, size_t layer)
{
  return layer == mlp->depth ? mlp->n_out : mlp->width;
}

static size_t layer_params(const bgen_mlp *mlp, size_t layer)
{
  return (fan_in(mlp, layer) + 1) * fan_out(mlp, layer);
}

/* first parameter of a layer; past the last one, the number of all.  All hidden layers but the
   first are alike: a depth of many is not walked through. */
static size_t layer_start(const bgen_mlp *mlp, size_t layer)
{
  if (layer == 0) return 0;
  const size_t n_alike = (layer < mlp->depth ? layer : mlp->depth) - 1;
  return layer_params(mlp, 0) + n_alike * (mlp->width + 1) * mlp->width +
         (layer > mlp->depth ? layer_params(mlp, mlp->depth) : 0);
}

size_t bgen_mlp_n_params(const bgen_mlp *mlp)
{
  return layer_start(mlp, mlp->depth + 1);
}

size_t bgen_mlp_tape_size(const bgen_mlp *mlp)
{
  return 2 * mlp->depth * mlp->width;
}

size_t bgen_mlp_scratch_size(const bgen_mlp *mlp)
{
  return 2 * mlp->width + mlp->n_in;
}

void bgen_mlp_init(const bgen_mlp *mlp, bgen_rng *rng, bgen_real *theta)
{
  memset(theta, 0, bgen_mlp_n_params(mlp) * sizeof *theta);
  for (size_t layer = 0; layer < mlp->depth; layer++) {
    const size_t n_weights = fan_in(mlp, layer) * fan_out(mlp, layer);
    const double bound = sqrt(3.0 / (double) fan_in(mlp, layer));
    bgen_real *weight = theta + layer_start(mlp, layer);
    for (size_t i = 0; i < n_weights; i++)
      weight[i] = (bgen_real) (bound * (2 * bgen_rng_uniform(rng) - 1));
  }
}

void bgen_mlp_forward(const bgen_mlp *mlp, size_t rows, const bgen_real *theta, const bgen_real *in,
                      bgen_real *tape, bool with_slopes, bgen_real *out)
{
  const size_t step = rows * mlp->width;
  for (size_t layer = 0; layer < mlp->depth; layer++, tape += 2 * step) {
    bgen_rows_times(rows, fan_in(mlp, layer), mlp->width, in, theta, tape);
    const bgen_real *bias = theta + fan_in(mlp, layer) * mlp->width;
    bgen_activate(mlp->activation, rows, mlp->width, bias, tape, with_slopes ? tape + step : NULL);
    in = tape;
    theta += layer_params(mlp, layer);
  }
  bgen_rows_times(rows, fan_in(mlp, mlp->depth), mlp->n_out, in, theta, out);
  const bgen_real *bias = theta + fan_in(mlp, mlp->depth) * mlp->n_out;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < mlp->n_out; j++) out[i * mlp->n_out + j] += bias[j];
}

static void add_column_sums(size_t rows, size_t m, const bgen_real *grad, bgen_real *sums)
{
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < m; j++) sums[j] += grad[i * m + j];
}

static void times_slope(size_t n, const bgen_real *slope, bgen_real *grad)
{
  for (size_t i = 0; i < n; i++) grad[i] *= slope[i];
}

void bgen_mlp_backward(const bgen_mlp *mlp, size_t rows, const bgen_real *theta,
                       const bgen_real *in, const bgen_real *tape, bgen_real *scratch,
                       bgen_real *grad_out, bgen_real *grad_in, bgen_real *grad_theta)
{
  const size_t step = rows * mlp->width;
  bgen_real *grad = grad_out;
  for (size_t layer = mlp->depth + 1; layer-- > 0;) {
    const size_t k = fan_in(mlp, layer), m = fan_out(mlp, layer), start = layer_start(mlp, layer);
    const bgen_real *input = layer == 0 ? in : tape + 2 * (layer - 1) * step;
    bgen_real *grad_input = layer == 0 ? scratch + 2 * step : scratch + (layer % 2) * step;
    if (grad_theta) {
      bgen_grad_weight(rows, k, m, input, grad, grad_theta + start);
      add_column_sums(rows, m, grad, grad_theta + start + k * m);
      bgen_grad_rows(rows, k, m, grad, theta + start, grad_input);
    } else
      bgen_rows_times_transposed(rows, k, m, grad, theta + start, grad_input);
    if (layer > 0) times_slope(step, input + step, grad_input);
    grad = grad_input;
  }
  for (size_t i = 0; i < rows * mlp->n_in; i++) grad_in[i] += grad[i];
}
