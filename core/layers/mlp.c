/* SPDX-License-Identifier: MIT
   tape: for each hidden layer its values [n][width], then its slopes [n][width]. */
#include "layers/mlp.h"

#include <math.h>
#include <string.h>

#include "base/product.h"

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
  return 2 * mlp->width;
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

void bgen_mlp_forward(const bgen_mlp *mlp, size_t n, const bgen_real *theta, const bgen_real *in,
                      bgen_real *tape, bool with_slopes, bgen_real *out)
{
  const size_t step = n * mlp->width;
  for (size_t layer = 0; layer < mlp->depth; layer++, tape += 2 * step) {
    const size_t k = fan_in(mlp, layer);
    bgen_rows_times(n, k, mlp->width, in, theta, NULL, tape);
    bgen_activate(mlp->activation, n, mlp->width, theta + k * mlp->width, tape,
                  with_slopes ? tape + step : NULL);
    in = tape;
    theta += layer_params(mlp, layer);
  }
  const size_t k = fan_in(mlp, mlp->depth);
  bgen_rows_times(n, k, mlp->n_out, in, theta, theta + k * mlp->n_out, out);
}

/* what reaches the values of the layer before, times their slope unless these are the input */
static void grad_of_values(const bgen_mlp *mlp, size_t layer, size_t n, const bgen_real *weight,
                           const bgen_real *slope, const bgen_real *grad_out, bool add,
                           bgen_real *grad_values)
{
  const size_t m = fan_out(mlp, layer);
  bgen_multiply(&(bgen_product){.n = n,
                                .k = m,
                                .m = fan_in(mlp, layer),
                                .in = grad_out,
                                .in_row = m,
                                .in_column = 1,
                                .weight = weight,
                                .transposed = true,
                                .out = grad_values,
                                .add = add,
                                .factor = slope});
}

void bgen_mlp_backward(const bgen_mlp *mlp, size_t n, const bgen_real *theta, const bgen_real *in,
                       const bgen_real *tape, bgen_real *scratch, const bgen_real *grad_out,
                       bgen_mlp_adds adds, bgen_real *grad_in, bgen_real *grad_theta)
{
  const size_t step = n * mlp->width;
  for (size_t layer = mlp->depth + 1; layer-- > 0;) {
    const size_t k = fan_in(mlp, layer), m = fan_out(mlp, layer), start = layer_start(mlp, layer);
    const bgen_real *values = layer == 0 ? in : tape + 2 * (layer - 1) * step;
    bgen_real *grad_values = layer == 0 ? grad_in : scratch + (layer % 2) * step;
    if (grad_theta)
      bgen_grad_weight(n, k, m, values, grad_out, adds & BGEN_ADDS_THETA, grad_theta + start,
                       grad_theta + start + k * m);
    grad_of_values(mlp, layer, n, theta + start, layer == 0 ? NULL : values + step, grad_out,
                   layer == 0 && adds & BGEN_ADDS_IN, grad_values);
    grad_out = grad_values;
  }
}
