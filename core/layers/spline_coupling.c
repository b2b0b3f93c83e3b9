/* SPDX-License-Identifier: MIT
   theta: the network.
   tape, of each for all points: latent[n_moved], then in bgen_real: the kept input,
   weight[n_moved][n_weights], slope of its logarithm by the network's output, the tape of the
   network. */
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

/* the tape, named; without that of the network where there is none */
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

static double sum_of(size_t n, const double *v)
{
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += v[k];
  return sum;
}

static bgen_splines splines_of(const spline_coupling *c, size_t n)
{
  return (bgen_splines){c->spline, n, c->mask.n_moved, c->network.n_out};
}

/* scratch, of each for all points: the other end of latent, log_slope[n_moved]; scratch of the
   network; the record unless there is a tape */
static void spline_coupling_apply(const bgen_bijection *map, const bgen_pass *pass,
                                  const double *in, double *out, double *log_det)
{
  const spline_coupling *c = (const spline_coupling *) map;
  const size_t n = pass->n, n_splines = n * c->mask.n_moved;
  const bool taped = pass->tape != NULL, forward = pass->direction == BGEN_FORWARD;
  double *other = pass->scratch, *log_slope = other + n_splines, *work = log_slope + n_splines;
  const record r = record_in(c, n, taped ? pass->tape : work + n * work_size(c));
  double *from = forward ? r.latent : other, *to = forward ? other : r.latent;
  bgen_mask_copy_kept(&c->mask, n, in, out, r.input);
  bgen_mask_take_moved(&c->mask, n, in, from);
  const bgen_mlp_pass through = {
      n, pass->theta, r.input, taped ? r.network_tape : NULL, (bgen_real *) work, {0}};
  bgen_mlp_forward(&c->network, &through, r.weight);
  bgen_bounded_exp(BGEN_SPLINE_LOG_WEIGHT_BOUND, n * c->network.n_out, r.weight,
                   taped ? r.slope : NULL);
  const bgen_splines splines = splines_of(c, n);
  bgen_spline_apply(&splines, pass->direction, r.weight, from, to, log_slope);
  bgen_mask_give_moved(&c->mask, n, to, out);
  for (size_t i = 0; i < n; i++)
    log_det[i] += sum_of(c->mask.n_moved, log_slope + i * c->mask.n_moved);
}

/* scratch: gradients of the moved ones; in bgen_real: grad of the network's output, of the kept
   input, scratch of the network */
static void spline_coupling_vjp(const bgen_bijection *map, const bgen_pass *pass,
                                const double *grad_out, const double *grad_log_det, double *grad_in,
                                bgen_real *grad_theta)
{
  const spline_coupling *c = (const spline_coupling *) map;
  const size_t n = pass->n;
  const record r = record_in(c, n, pass->tape);
  double *moved = pass->scratch;
  bgen_real *grad_raw = (bgen_real *) (moved + n * c->mask.n_moved);
  bgen_real *grad_kept = grad_raw + n * c->network.n_out;
  bgen_real *scratch = grad_kept + n * c->mask.n_kept;
  const bgen_splines splines = splines_of(c, n);
  bgen_mask_take_moved(&c->mask, n, grad_out, moved);
  bgen_spline_vjp(
      &splines, pass->direction,
      &(bgen_spline_gradient){r.weight, r.slope, r.latent, moved, grad_log_det, grad_raw, moved});
  bgen_mask_give_moved(&c->mask, n, moved, grad_in);
  const bgen_mlp_pass through = {n, pass->theta, r.input, r.network_tape, scratch, {0}};
  bgen_mlp_backward(&c->network, &through, grad_raw, pass->sets ? BGEN_ADDS_NONE : BGEN_ADDS_THETA,
                    grad_kept, grad_theta);
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
  const size_t n_moved = c->mask.n_moved, reals = record_reals(c);
  const size_t apply = 3 * n_moved + work_size(c) + bgen_doubles(reals);
  const size_t vjp = n_moved + bgen_doubles(c->network.n_out + c->mask.n_kept +
                                            bgen_mlp_scratch_size(&c->network));
  c->base =
      (bgen_bijection){.type = &spline_coupling_type,
                       .dim = c->mask.dim,
                       .n_params = bgen_mlp_n_params(&c->network),
                       .tape_size = n_moved + bgen_doubles(reals + bgen_mlp_tape_size(&c->network)),
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
