/* SPDX-License-Identifier: MIT
   theta: the network.
   tape, of each for all points: latent[n_moved], then in bgen_real: the kept input, the tape of
   the network, weight[n_moved][n_weights], slope of its logarithm by the network's output. */
#include "layers/spline_coupling.h"

#include <assert.h>
#include <stdlib.h>

#include "base/elementwise.h"
#include "layers/mask.h"
#include "layers/mlp.h"

typedef struct spline_coupling {
  bgen_bijection base;
  bgen_mask mask;
  bgen_spline spline;
  bgen_mlp network;
} spline_coupling;

/* the tape, named */
typedef struct record {
  double *latent;
  bgen_real *input, *network_tape, *weight, *slope;
} record;

/* but for the tape of the network */
static size_t record_reals(const spline_coupling *c)
{
  return c->mask.n_kept + 2 * c->network.n_out;
}

/* of the network, in doubles a point */
static size_t work_size(const spline_coupling *c)
{
  return bgen_doubles(bgen_mlp_scratch_size(&c->network));
}

static record record_in(const spline_coupling *c, size_t n, double *memory)
{
  record r;
  r.latent = memory;
  r.input = (bgen_real *) (r.latent + n * c->mask.n_moved);
  r.weight = r.input + n * c->mask.n_kept;
  r.slope = r.weight + n * c->network.n_out;
  r.network_tape = r.slope + n * c->network.n_out;
  return r;
}

/* one row, its part of the record begins at at; returns the log-determinant */
static double move_row(const spline_coupling *c, bgen_direction direction, record r, size_t at,
                       const double *in, double *out)
{
  const size_t n_weights = bgen_spline_n_weights(&c->spline);
  double sum = 0;
  for (size_t k = 0; k < c->mask.n_moved; k++) {
    const size_t j = c->mask.moved[k];
    sum +=
        bgen_spline_apply(&c->spline, direction, r.weight + (at + k) * n_weights, in[j], &out[j]);
    r.latent[at + k] = direction == BGEN_FORWARD ? in[j] : out[j];
  }
  return sum;
}

static void spline_coupling_apply(const bgen_bijection *map, const bgen_pass *pass,
                                  const double *in, double *out, double *log_det)
{
  const spline_coupling *c = (const spline_coupling *) map;
  const size_t dim = map->dim, n = pass->n;
  const bool taped = pass->tape != NULL;
  const record r = record_in(c, n, taped ? pass->tape : pass->scratch + n * work_size(c));
  bgen_mask_copy_kept(&c->mask, n, in, out, r.input);
  bgen_mlp_forward(&c->network, n, pass->theta, r.input, taped ? r.network_tape : NULL,
                   (bgen_real *) pass->scratch, r.weight);
  bgen_bounded_exp(BGEN_SPLINE_LOG_WEIGHT_BOUND, n * c->network.n_out, r.weight,
                   taped ? r.slope : NULL);
  for (size_t i = 0; i < n; i++)
    log_det[i] += move_row(c, pass->direction, r, i * c->mask.n_moved, in + i * dim, out + i * dim);
}

/* gradients of one row with respect to moved input and the network's output */
static void row_gradients(const spline_coupling *c, bgen_direction direction, record r, size_t at,
                          const double *grad_out, double grad_log_det, double *grad_in,
                          bgen_real *grad_raw)
{
  const size_t n_weights = bgen_spline_n_weights(&c->spline);
  for (size_t k = 0; k < c->mask.n_moved; k++) {
    const size_t j = c->mask.moved[k], first = (at + k) * n_weights;
    grad_in[j] = bgen_spline_vjp(&c->spline, direction, r.weight + first, r.latent[at + k],
                                 grad_out[j], grad_log_det, grad_raw + first);
    for (size_t w = first; w < first + n_weights; w++) grad_raw[w] *= r.slope[w];
  }
}

/* scratch, in bgen_real: grad of the network's output, of the kept input, scratch of the network */
static void spline_coupling_vjp(const bgen_bijection *map, const bgen_pass *pass,
                                const double *grad_out, const double *grad_log_det, double *grad_in,
                                bgen_real *grad_theta)
{
  const spline_coupling *c = (const spline_coupling *) map;
  const size_t dim = map->dim, n = pass->n;
  const record r = record_in(c, n, pass->tape);
  bgen_real *grad_raw = (bgen_real *) pass->scratch, *grad_kept = grad_raw + n * c->network.n_out;
  bgen_real *scratch = grad_kept + n * c->mask.n_kept;
  for (size_t i = 0; i < n; i++)
    row_gradients(c, pass->direction, r, i * c->mask.n_moved, grad_out + i * dim, grad_log_det[i],
                  grad_in + i * dim, grad_raw);
  bgen_mlp_backward(&c->network, n, pass->theta, r.input, r.network_tape, scratch, grad_raw,
                    pass->sets ? BGEN_ADDS_NONE : BGEN_ADDS_THETA, grad_kept, grad_theta);
  bgen_mask_add_kept(&c->mask, n, grad_out, grad_kept, grad_in);
}

static void spline_coupling_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  bgen_mlp_init(&((const spline_coupling *) map)->network, &rng, theta);
}

static void spline_coupling_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type spline_coupling_type = {"spline coupling",
                                                         spline_coupling_apply,
                                                         spline_coupling_vjp,
                                                         spline_coupling_init,
                                                         NULL,
                                                         NULL,
                                                         spline_coupling_destroy};

static void set_sizes(spline_coupling *c)
{
  const size_t doubles = c->mask.n_moved,
               apply = work_size(c) + doubles + bgen_doubles(record_reals(c));
  const size_t vjp =
      bgen_doubles(c->network.n_out + c->mask.n_kept + bgen_mlp_scratch_size(&c->network));
  c->base = (bgen_bijection){
      .type = &spline_coupling_type,
      .dim = c->mask.dim,
      .n_params = bgen_mlp_n_params(&c->network),
      .tape_size = doubles + bgen_doubles(record_reals(c) + bgen_mlp_tape_size(&c->network)),
      .scratch_size = apply > vjp ? apply : vjp};
}

bgen_status bgen_spline_coupling_create(size_t dim, const bool *moved, size_t width, size_t depth,
                                        bgen_spline spline, bgen_bijection **map)
{
  spline_coupling *c = malloc(sizeof *c + dim * sizeof(size_t));
  if (!c) return bgen_fail(BGEN_NO_MEMORY, "no memory for a coupling of %zu coordinates", dim);
  assert(width > 0 && depth > 0 && spline.bound > 0);
  assert(spline.n_bins >= 2 && spline.n_bins <= BGEN_SPLINE_MOST_BINS);
  c->mask = bgen_mask_create(dim, moved, (size_t *) (c + 1));
  c->spline = spline;
  c->network = (bgen_mlp){c->mask.n_kept, c->mask.n_moved * bgen_spline_n_weights(&spline), width,
                          depth, BGEN_SILU};
  set_sizes(c);
  *map = &c->base;
  return BGEN_OK;
}
