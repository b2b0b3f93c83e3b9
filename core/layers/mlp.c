/* SPDX-License-Identifier: MIT
   tape: for each hidden layer the trace of its activation [n][width].  That is half of values and
   slopes, which are made again where they are needed, and are then in cache.
   scratch, [n][width] each: forward, values of two layers; backward, also values and slopes. */
#include "layers/mlp.h"

#include <math.h>
#include <string.h>

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
  return mlp->depth * mlp->width;
}

size_t bgen_mlp_scratch_size(const bgen_mlp *mlp)
{
  return 4 * mlp->width;
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

/* for the product before the one with them */
static bgen_ahead weights_of(const bgen_mlp *mlp, size_t layer, const bgen_real *theta)
{
  return (bgen_ahead){theta + layer_start(mlp, layer), fan_in(mlp, layer) * fan_out(mlp, layer)};
}

bgen_ahead bgen_mlp_first_weights(const bgen_mlp *mlp, const bgen_real *theta)
{
  return weights_of(mlp, 0, theta);
}

/* of the activation after this layer */
static bgen_ahead tape_of(const bgen_mlp *mlp, size_t layer, size_t n, const bgen_real *tape)
{
  return (bgen_ahead){tape + layer * n * mlp->width, n * mlp->width};
}

bgen_ahead bgen_mlp_last_of_tape(const bgen_mlp *mlp, size_t n, const bgen_real *tape)
{
  return tape_of(mlp, mlp->depth - 1, n, tape);
}

void bgen_mlp_forward(const bgen_mlp *mlp, const bgen_mlp_pass *pass, bgen_real *out)
{
  const size_t n = pass->n, step = n * mlp->width, m = mlp->width, last = mlp->depth;
  const bgen_real *in = pass->in;
  for (size_t layer = 0; layer < last; layer++) {
    const size_t k = fan_in(mlp, layer);
    const bgen_real *weight = pass->theta + layer_start(mlp, layer);
    bgen_real *values = pass->scratch + (layer % 2) * step;
    bgen_rows_times(n, k, m, in, weight, NULL, weights_of(mlp, layer + 1, pass->theta), values);
    bgen_activate(mlp->activation, n, m, weight + k * m, values,
                  pass->tape ? pass->tape + layer * step : NULL);
    in = values;
  }
  const bgen_real *weight = pass->theta + layer_start(mlp, last);
  bgen_rows_times(n, m, mlp->n_out, in, weight, weight + m * mlp->n_out, pass->next, out);
}

/* what reaches the values of the layer before, times their slope unless these are the input */
static void grad_of_values(const bgen_mlp *mlp, size_t layer, size_t n, const bgen_real *theta,
                           const bgen_real *slope, const bgen_real *grad_out, bool add,
                           bgen_ahead ahead, bgen_real *grad_values)
{
  const size_t m = fan_out(mlp, layer);
  bgen_multiply(&(bgen_product){.n = n,
                                .k = m,
                                .m = fan_in(mlp, layer),
                                .in = grad_out,
                                .in_row = m,
                                .in_column = 1,
                                .weight = theta + layer_start(mlp, layer),
                                .transposed = true,
                                .out = grad_values,
                                .add = add,
                                .factor = layer == 0 ? NULL : slope,
                                .ahead = ahead});
}

/* what the second product of a layer fetches */
static bgen_ahead ahead_of(const bgen_mlp *mlp, const bgen_mlp_pass *pass, size_t layer,
                           bool by_theta)
{
  if (layer == 0) return pass->next;
  if (!by_theta) return weights_of(mlp, layer - 1, pass->theta);
  return layer > 1 ? tape_of(mlp, layer - 2, pass->n, pass->tape) : (bgen_ahead){0};
}

/* grad_weight comes first: the weights are fetched by it, or else by the product before */
void bgen_mlp_backward(const bgen_mlp *mlp, const bgen_mlp_pass *pass, const bgen_real *grad_out,
                       bgen_mlp_adds adds, bgen_real *grad_in, bgen_real *grad_theta)
{
  const size_t n = pass->n, step = n * mlp->width;
  const bgen_real *theta = pass->theta;
  bgen_real *made = pass->scratch + 2 * step, *slope = pass->scratch + 3 * step;
  for (size_t layer = mlp->depth + 1; layer-- > 0;) {
    const size_t k = fan_in(mlp, layer), m = fan_out(mlp, layer), start = layer_start(mlp, layer);
    const bgen_real *values = pass->in;
    bgen_real *grad_values = layer == 0 ? grad_in : pass->scratch + (layer % 2) * step;
    if (layer > 0)
      values = bgen_retrace(mlp->activation, step, pass->tape + (layer - 1) * step, made, slope);
    if (grad_theta)
      bgen_grad_weight(n, k, m, values, grad_out, adds & BGEN_ADDS_THETA,
                       weights_of(mlp, layer, theta), grad_theta + start,
                       grad_theta + start + k * m);
    grad_of_values(mlp, layer, n, theta, slope, grad_out, layer == 0 && adds & BGEN_ADDS_IN,
                   ahead_of(mlp, pass, layer, grad_theta != NULL), grad_values);
    grad_out = grad_values;
  }
}
