/* SPDX-License-Identifier: MIT
   fitted: mean[dim], width[dim], sum of log widths.  theta: log-scale[dim], shift[dim].
   tape: the latent side [dim].  scratch: e^s, or e^-s for the inverse, in the first row. */
#include "layers/actnorm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/moments.h"
#include "base/product.h"

/* what a pass works with, [dim] each */
typedef struct constants {
  const double *mean, *width, *factor;
  const bgen_real *log_scale, *shift;
} constants;

static constants constants_of(const bgen_bijection *map, const bgen_pass *pass)
{
  const size_t dim = map->dim;
  double *factor = pass->scratch;
  for (size_t j = 0; j < dim; j++) factor[j] = exp(pass->direction * (double) pass->theta[j]);
  return (constants){pass->fitted, pass->fitted + dim, factor, pass->theta, pass->theta + dim};
}

static double log_det_of(const bgen_bijection *map, const bgen_pass *pass)
{
  double sum = pass->fitted[2 * map->dim];
  for (size_t j = 0; j < map->dim; j++) sum += (double) pass->theta[j];
  return pass->direction * sum;
}

static void transform_row(size_t dim, bgen_direction direction, constants c, const double *in,
                          double *out)
{
  for (size_t j = 0; j < dim; j++) {
    const double shift = (double) c.shift[j];
    out[j] = direction == BGEN_FORWARD ? c.mean[j] + c.width[j] * (shift + c.factor[j] * in[j])
                                       : ((in[j] - c.mean[j]) / c.width[j] - shift) * c.factor[j];
  }
}

static void actnorm_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                          double *out, double *log_det)
{
  if (pass->n == 0) return;
  const size_t dim = map->dim;
  const constants c = constants_of(map, pass);
  const double own = log_det_of(map, pass);
  for (size_t i = 0; i < pass->n; i++) {
    transform_row(dim, pass->direction, c, in + i * dim, out + i * dim);
    log_det[i] += own;
  }
  if (pass->tape)
    memcpy(pass->tape, pass->direction == BGEN_FORWARD ? in : out, pass->n * dim * sizeof *in);
}

/* sums over the batch, of coordinate j */
static void add_parameters(size_t dim, const bgen_pass *pass, size_t j, double by_shift,
                           double by_scale, const double *grad_out, const double *grad_log_det,
                           bgen_real *grad_theta)
{
  for (size_t i = 0; i < pass->n;) {
    const size_t left = pass->n - i, end = i + (left < BGEN_SUM_ROWS ? left : BGEN_SUM_ROWS);
    double grad_scale = 0, grad_shift = 0;
    for (; i < end; i++) {
      const double grad = grad_out[i * dim + j];
      grad_shift += by_shift * grad;
      grad_scale += by_scale * grad * pass->tape[i * dim + j] + pass->direction * grad_log_det[i];
    }
    grad_theta[j] += (bgen_real) grad_scale;
    grad_theta[dim + j] += (bgen_real) grad_shift;
  }
}

/* forward:  d(out) = w e^s d(in) + w dt + w e^s z ds
   inverse:  d(out) = e^-s/w d(in) - e^-s dt - z ds,  z = out */
static void actnorm_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                        const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  bgen_begin_gradient(map, pass, grad_theta);
  if (pass->n == 0) return;
  const size_t dim = map->dim;
  const bool forward = pass->direction == BGEN_FORWARD;
  const constants c = constants_of(map, pass);
  for (size_t j = 0; j < dim; j++) {
    const double by_in = forward ? c.width[j] * c.factor[j] : c.factor[j] / c.width[j];
    const double by_shift = forward ? c.width[j] : -c.factor[j];
    const double by_scale = forward ? by_in : -1; /* times z */
    for (size_t i = 0; i < pass->n; i++) grad_in[i * dim + j] = by_in * grad_out[i * dim + j];
    if (grad_theta)
      add_parameters(dim, pass, j, by_shift, by_scale, grad_out, grad_log_det, grad_theta);
  }
}

static void actnorm_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  (void) rng;
  memset(theta, 0, map->n_params * sizeof *theta);
}

static void variances(size_t n, size_t dim, const double *x, const double *mean, double *variance)
{
  memset(variance, 0, dim * sizeof *variance);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < dim; j++) {
      const double d = x[i * dim + j] - mean[j];
      variance[j] += d * d / (double) n;
    }
}

static bgen_status actnorm_fit(const bgen_bijection *map, const bgen_real *theta,
                               const bgen_examples *to, double *fitted)
{
  (void) theta;
  const size_t dim = map->dim, n = to->n;
  const double *x = to->x;
  if (n < 2) return bgen_fail(BGEN_BAD_INPUT, "actnorm needs at least 2 frames, but has %zu", n);
  double *found = malloc(map->n_fitted * sizeof *found);
  if (!found) return bgen_fail(BGEN_NO_MEMORY, "no memory to fit %zu coordinates", dim);
  bgen_status status = BGEN_OK;
  bgen_means(n, dim, x, found);
  variances(n, dim, x, found, found + dim);
  found[2 * dim] = bgen_widths(dim, found + dim);
  if (isfinite(found[2 * dim]))
    memcpy(fitted, found, map->n_fitted * sizeof *found);
  else
    status = bgen_fail(BGEN_NOT_FINITE, "a frame for actnorm contains a number that is not finite");
  free(found);
  return status;
}

static bgen_status actnorm_check(const bgen_bijection *map, const double *fitted)
{
  if (bgen_sum_of_logs(map->dim, fitted + map->dim, fitted[2 * map->dim])) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "actnorm: widths and the sum of their logarithms do not belong "
                                  "together");
}

static void actnorm_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type actnorm_type = {"actnorm",      actnorm_apply, actnorm_vjp,
                                                 actnorm_init,   actnorm_fit,   actnorm_check,
                                                 actnorm_destroy};

bgen_status bgen_actnorm_create(size_t dim, bgen_bijection **map)
{
  bgen_bijection *actnorm = malloc(sizeof *actnorm);
  if (!actnorm) return bgen_fail(BGEN_NO_MEMORY, "no memory for a map");
  *actnorm = (bgen_bijection){&actnorm_type, dim, 2 * dim, 2 * dim + 1, dim, dim, false};
  *map = actnorm;
  return BGEN_OK;
}
