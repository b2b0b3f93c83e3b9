/* SPDX-License-Identifier: MIT
   theta: network S, network t.
   tape, of each for all points: factor[n_moved] = d(out)/d(in), response[n_moved] = d(out)/ds,
   then in bgen_real: the kept input, log-scale, its slope, shift, the tapes of both networks.
   scratch of apply: that of a network, then the same without these tapes where there is no tape. */
#include "layers/coupling.h"

#include <assert.h>
#include <stdlib.h>

#include "layers/mask.h"
#include "layers/mlp.h"

static const bgen_real log_scale_bound = 2;

typedef struct coupling {
  bgen_bijection base;
  bgen_mask mask;
  bgen_mlp scale, shift;
} coupling;

/* the tape, named; without those of the networks where there is none */
typedef struct record {
  double *factor, *response;
  bgen_real *input, *scale_tape, *shift_tape, *log_scale, *slope, *shift;
} record;

/* but for the tapes of the networks */
static size_t record_reals(const coupling *c)
{
  return c->mask.n_kept + 3 * c->mask.n_moved;
}

/* of a network, in doubles a point */
static size_t work_size(const coupling *c)
{
  return bgen_doubles(bgen_mlp_scratch_size(&c->scale));
}

static record record_in(const coupling *c, size_t n, double *memory)
{
  record r;
  r.factor = memory;
  r.response = r.factor + n * c->mask.n_moved;
  r.input = (bgen_real *) (r.response + n * c->mask.n_moved);
  r.log_scale = r.input + n * c->mask.n_kept;
  r.slope = r.log_scale + n * c->mask.n_moved;
  r.shift = r.slope + n * c->mask.n_moved;
  r.scale_tape = r.shift + n * c->mask.n_moved;
  r.shift_tape = r.scale_tape + n * bgen_mlp_tape_size(&c->scale);
  return r;
}

/* log-scale and shift of each row; factor becomes e^s, or e^-s for the inverse */
static void condition(const coupling *c, const bgen_pass *pass, record r)
{
  const size_t n = pass->n, n_values = n * c->mask.n_moved;
  const bool taped = pass->tape != NULL;
  const bgen_real *theta_shift = pass->theta + bgen_mlp_n_params(&c->scale);
  bgen_real *work = (bgen_real *) pass->scratch;
  const bgen_ahead shift_weights = bgen_mlp_first_weights(&c->shift, theta_shift);
  const bgen_mlp_pass scale = {n,    pass->theta,  r.input, taped ? r.scale_tape : NULL,
                               work, shift_weights};
  bgen_mlp_forward(&c->scale, &scale, r.log_scale);
  const bgen_mlp_pass shift = {n, theta_shift, r.input, taped ? r.shift_tape : NULL, work, {0}};
  bgen_mlp_forward(&c->shift, &shift, r.shift);
  bgen_bound(log_scale_bound, n_values, r.log_scale, taped ? r.slope : NULL);
  for (size_t i = 0; i < n_values; i++) r.factor[i] = pass->direction * (double) r.log_scale[i];
  bgen_exp(n_values, r.factor, r.factor);
}

/* forward: out = in e^s + t, d(out)/ds = in e^s */
static double move_forward(const coupling *c, record r, size_t at, const double *in, double *out)
{
  double sum = 0;
  for (size_t k = 0; k < c->mask.n_moved; k++) {
    const double scaled = in[c->mask.moved[k]] * r.factor[at + k];
    out[c->mask.moved[k]] = scaled + (double) r.shift[at + k];
    r.response[at + k] = scaled;
    sum += (double) r.log_scale[at + k];
  }
  return sum;
}

/* inverse: out = (in - t) e^-s, d(out)/ds = -out */
static double move_inverse(const coupling *c, record r, size_t at, const double *in, double *out)
{
  double sum = 0;
  for (size_t k = 0; k < c->mask.n_moved; k++) {
    const double result = (in[c->mask.moved[k]] - (double) r.shift[at + k]) * r.factor[at + k];
    out[c->mask.moved[k]] = result;
    r.response[at + k] = -result;
    sum += (double) r.log_scale[at + k];
  }
  return -sum;
}

static void coupling_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                           double *out, double *log_det)
{
  const coupling *c = (const coupling *) map;
  const size_t dim = map->dim;
  const record r =
      record_in(c, pass->n, pass->tape ? pass->tape : pass->scratch + pass->n * work_size(c));
  bgen_mask_copy_kept(&c->mask, pass->n, in, out, r.input);
  condition(c, pass, r);
  for (size_t i = 0; i < pass->n; i++) {
    const double *from = in + i * dim;
    double *to = out + i * dim;
    const size_t at = i * c->mask.n_moved;
    log_det[i] += pass->direction == BGEN_FORWARD ? move_forward(c, r, at, from, to)
                                                  : move_inverse(c, r, at, from, to);
  }
}

/* gradients of one row with respect to moved input, raw log-scale and shift */
static void row_gradients(const coupling *c, const bgen_pass *pass, record r, size_t i,
                          const double *grad_out, double grad_log_det, double *grad_in,
                          bgen_real *grad_scale, bgen_real *grad_shift)
{
  const bool forward = pass->direction == BGEN_FORWARD;
  for (size_t k = 0; k < c->mask.n_moved; k++) {
    const size_t at = i * c->mask.n_moved + k;
    const double grad = grad_out[c->mask.moved[k]], through = grad * r.factor[at];
    const double grad_log_scale = grad * r.response[at] + pass->direction * grad_log_det;
    grad_in[c->mask.moved[k]] = through;
    grad_scale[at] = (bgen_real) grad_log_scale * r.slope[at];
    grad_shift[at] = (bgen_real) (forward ? grad : -through);
  }
}

/* scratch, in bgen_real: grad_scale, grad_shift, grad of the kept input, scratch of a network */
static void coupling_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                         const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  const coupling *c = (const coupling *) map;
  const size_t dim = map->dim, n = pass->n, n_scale = bgen_mlp_n_params(&c->scale);
  const record r = record_in(c, n, pass->tape);
  const size_t n_kept = c->mask.n_kept, n_moved = c->mask.n_moved;
  bgen_real *grad_scale = (bgen_real *) pass->scratch, *grad_shift = grad_scale + n * n_moved;
  bgen_real *grad_kept = grad_shift + n * n_moved, *scratch = grad_kept + n * n_kept;
  for (size_t i = 0; i < n; i++)
    row_gradients(c, pass, r, i, grad_out + i * dim, grad_log_det[i], grad_in + i * dim, grad_scale,
                  grad_shift);
  const bgen_mlp_adds adds = pass->sets ? BGEN_ADDS_NONE : BGEN_ADDS_THETA;
  const bgen_ahead shift_tape = bgen_mlp_last_of_tape(&c->shift, n, r.shift_tape);
  const bgen_mlp_pass scale = {n, pass->theta, r.input, r.scale_tape, scratch, shift_tape};
  bgen_mlp_backward(&c->scale, &scale, grad_scale, adds, grad_kept, grad_theta);
  const bgen_mlp_pass shift = {n, pass->theta + n_scale, r.input, r.shift_tape, scratch, {0}};
  bgen_mlp_backward(&c->shift, &shift, grad_shift, adds | BGEN_ADDS_IN, grad_kept,
                    grad_theta ? grad_theta + n_scale : NULL);
  bgen_mask_add_kept(&c->mask, n, grad_out, grad_kept, grad_in);
}

static void coupling_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  const coupling *c = (const coupling *) map;
  bgen_mlp_init(&c->scale, &rng, theta);
  bgen_mlp_init(&c->shift, &rng, theta + bgen_mlp_n_params(&c->scale));
}

static void coupling_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type coupling_type = {
    "coupling", coupling_apply, coupling_vjp, coupling_init, NULL, NULL, coupling_destroy};

static void set_sizes(coupling *c, size_t dim)
{
  const size_t n_kept = c->mask.n_kept, n_moved = c->mask.n_moved;
  const size_t vjp = bgen_doubles(2 * n_moved + n_kept + bgen_mlp_scratch_size(&c->scale));
  const size_t networks = bgen_mlp_tape_size(&c->scale) + bgen_mlp_tape_size(&c->shift);
  const size_t apply = work_size(c) + 2 * n_moved + bgen_doubles(record_reals(c));
  c->base =
      (bgen_bijection){.type = &coupling_type,
                       .dim = dim,
                       .n_params = bgen_mlp_n_params(&c->scale) + bgen_mlp_n_params(&c->shift),
                       .tape_size = 2 * n_moved + bgen_doubles(record_reals(c) + networks),
                       .scratch_size = apply > vjp ? apply : vjp};
}

bgen_status bgen_coupling_create(size_t dim, const bool *moved, size_t width, size_t depth,
                                 bgen_bijection **map)
{
  coupling *c = malloc(sizeof *c + dim * sizeof(size_t));
  if (!c) return bgen_fail(BGEN_NO_MEMORY, "no memory for a coupling of %zu coordinates", dim);
  assert(width > 0 && depth > 0);
  c->mask = bgen_mask_create(dim, moved, (size_t *) (c + 1));
  c->scale = (bgen_mlp){c->mask.n_kept, c->mask.n_moved, width, depth, BGEN_TANH};
  c->shift = (bgen_mlp){c->mask.n_kept, c->mask.n_moved, width, depth, BGEN_SILU};
  set_sizes(c, dim);
  *map = &c->base;
  return BGEN_OK;
}
