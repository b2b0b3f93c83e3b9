/* SPDX-License-Identifier: MIT
   theta: the network.  fitted: class[N], neighbor[N][k].
   tape, for each point: kept[n_space - 1][N], d of the axes that stay; factor[N] = e^s, inverse
   e^-s; response[N] = e^s d, inverse d; share[N] = e^-s / sum e^-s; then, in bgen_real for whole
   batches: s, its slope and t.  The network is run again for gradients, a slab of rows at a time,
   which stays in cache: its own tape would be some hundred numbers a site and layer. */
#include "layers/local.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "layers/mlp.h"
#include "layers/site_table.h"

static const bgen_real log_scale_bound = 1;

enum { SLAB = 256 }; /* rows of the network at a time */

typedef struct local {
  bgen_bijection base;
  bgen_local options;
  size_t n, n_space, n_kept; /* sites; numbers of a point along the axes that stay */
  size_t slab;               /* rows */
  bgen_mlp network;
} local;

/* the tape, named */
typedef struct record {
  double *kept, *factor, *response, *share;
  bgen_real *log_scale, *slope, *shift;
} record;

static record record_in(const local *l, size_t rows, double *memory)
{
  const size_t n = rows * l->n;
  record r;
  r.kept = memory;
  r.factor = r.kept + rows * l->n_kept;
  r.response = r.factor + n;
  r.share = r.response + n;
  r.log_scale = (bgen_real *) (r.share + n);
  r.slope = r.log_scale + n;
  r.shift = r.slope + n;
  return r;
}

static size_t record_size(const local *l)
{
  return l->n_kept + 3 * l->n + bgen_doubles(3 * l->n);
}

/* A slab of rows in the network; tape and grad_in are of gradients alone. */
typedef struct slab {
  bgen_real *in, *tape, *out, *grad_in, *scratch;
} slab;

static slab slab_in(const local *l, bgen_real *memory)
{
  const bgen_mlp *net = &l->network;
  slab s;
  s.in = memory;
  s.tape = s.in + l->slab * net->n_in;
  s.out = s.tape + l->slab * bgen_mlp_tape_size(net);
  s.grad_in = s.out + l->slab * net->n_out;
  s.scratch = s.grad_in + l->slab * net->n_in;
  return s;
}

static size_t slab_reals(const local *l)
{
  const bgen_mlp *net = &l->network;
  return l->slab *
         (2 * net->n_in + bgen_mlp_tape_size(net) + net->n_out + bgen_mlp_scratch_size(net));
}

/* ---- y and d along one axis ---- */

static double sum_of(size_t n, size_t stride, const double *v)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += v[i * stride];
  return sum;
}

/* d[n] = B y; y has a stride */
static void embed(size_t n, size_t stride, const double *y, double *d)
{
  const double root = sqrt((double) n), sum = sum_of(n - 1, stride, y);
  for (size_t i = 0; i + 1 < n; i++) d[i] = y[i * stride] - sum / ((double) n + root);
  d[n - 1] = -sum / root;
}

/* y = B^T v of any v[n], plus what is added to it */
static void project(size_t n, size_t stride, const double *v, const double *added, double *y)
{
  const double root = sqrt((double) n);
  const double off = (sum_of(n, 1, v) + root * v[n - 1]) / ((double) n + root);
  for (size_t i = 0; i + 1 < n; i++) y[i * stride] = v[i] - off + (added ? added[i * stride] : 0);
}

/* ---- what the network sees ---- */

/* one row: site i of a point whose other axes are kept[n_space - 1][n] */
static void see(const local *l, const double *fitted, const double *kept, size_t i, bgen_real *in)
{
  const size_t k = l->options.n_neighbors, n_classes = l->options.n_classes;
  const double *neighbor = fitted + l->n + i * k;
  for (size_t b = 0; b + 1 < l->n_space; b++, kept += l->n)
    for (size_t j = 0; j < k; j++) *in++ = (bgen_real) (kept[(size_t) neighbor[j]] - kept[i]);
  for (size_t c = 0; c < n_classes; c++) in[c] = (bgen_real) ((size_t) fitted[i] == c);
}

/* its gradient, to the displacements that are seen */
static void add_seen(const local *l, const double *fitted, const bgen_real *grad, size_t i,
                     double *grad_kept)
{
  const size_t k = l->options.n_neighbors;
  const double *neighbor = fitted + l->n + i * k;
  for (size_t b = 0; b + 1 < l->n_space; b++, grad_kept += l->n)
    for (size_t j = 0; j < k; j++, grad++) {
      grad_kept[(size_t) neighbor[j]] += (double) *grad;
      grad_kept[i] -= (double) *grad;
    }
}

/* Rows first ... of all points go through the network; returns how many of them there are. */
static size_t run_slab(const local *l, const bgen_pass *pass, record r, slab s, size_t first,
                       bool taped)
{
  const size_t left = pass->n * l->n - first, n = left < l->slab ? left : l->slab;
  const size_t n_in = l->network.n_in;
  for (size_t row = 0; row < n; row++) {
    const size_t point = (first + row) / l->n, i = (first + row) % l->n;
    see(l, pass->fitted, r.kept + point * l->n_kept, i, s.in + row * n_in);
  }
  const bgen_mlp_pass through = {n, pass->theta, s.in, taped ? s.tape : NULL, s.scratch, {0}};
  bgen_mlp_forward(&l->network, &through, s.out);
  return n;
}

/* ---- apply ---- */

/* log-scale and shift of all sites; factor becomes e^s, or e^-s for the inverse */
static void condition(const local *l, const bgen_pass *pass, record r, slab s)
{
  const size_t n_rows = pass->n * l->n;
  for (size_t first = 0; first < n_rows; first += l->slab) {
    const size_t n = run_slab(l, pass, r, s, first, false);
    for (size_t row = 0; row < n; row++) {
      r.log_scale[first + row] = s.out[2 * row];
      r.shift[first + row] = s.out[2 * row + 1];
    }
  }
  bgen_bound(log_scale_bound, n_rows, r.log_scale, r.slope);
  for (size_t i = 0; i < n_rows; i++) r.factor[i] = pass->direction * (double) r.log_scale[i];
  bgen_exp(n_rows, r.factor, r.factor);
}

/* share of e^-s; returns ln of the determinant forward */
static double find_shares(const local *l, record r, size_t at, bool forward)
{
  double sum = 0, log_scales = 0;
  for (size_t i = at; i < at + l->n; i++) {
    r.share[i] = forward ? 1 / r.factor[i] : r.factor[i];
    sum += r.share[i];
    log_scales += (double) r.log_scale[i];
  }
  for (size_t i = at; i < at + l->n; i++) r.share[i] /= sum;
  return log_scales + log(sum / (double) l->n);
}

/* response is d before: e^s d; out = B^T (e^s d + t) */
static void move_forward(const local *l, record r, size_t at, double *work, double *out)
{
  for (size_t i = 0; i < l->n; i++) {
    r.response[at + i] *= r.factor[at + i];
    work[i] = r.response[at + i] + (double) r.shift[at + i];
  }
  project(l->n, l->n_space, work, NULL, out);
}

/* response is d' before: d */
static void move_inverse(const local *l, record r, size_t at, double *out)
{
  double m = 0;
  for (size_t i = at; i < at + l->n; i++) m += r.share[i] * ((double) r.shift[i] - r.response[i]);
  for (size_t i = at; i < at + l->n; i++)
    r.response[i] = r.factor[i] * (r.response[i] + m - (double) r.shift[i]);
  project(l->n, l->n_space, r.response + at, NULL, out);
}

static void embed_kept(const local *l, const double *y, double *kept)
{
  for (size_t c = 0; c < l->n_space; c++) {
    if (c == l->options.axis) continue;
    embed(l->n, l->n_space, y + c, kept);
    kept += l->n;
  }
}

static void local_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                        double *out, double *log_det)
{
  const local *l = (const local *) map;
  const size_t dim = map->dim, rows = bgen_padded_rows(pass->n), axis = l->options.axis;
  const bool forward = pass->direction == BGEN_FORWARD;
  double *work = pass->scratch, *at = work + rows * l->n;
  const record r = record_in(l, rows, pass->tape ? pass->tape : at);
  const slab s = slab_in(l, (bgen_real *) (pass->tape ? at : at + rows * record_size(l)));
  memcpy(out, in, pass->n * dim * sizeof *out);
  for (size_t p = 0; p < pass->n; p++) {
    embed_kept(l, in + p * dim, r.kept + p * l->n_kept);
    embed(l->n, l->n_space, in + p * dim + axis, r.response + p * l->n);
  }
  condition(l, pass, r, s);
  for (size_t p = 0; p < pass->n; p++) {
    log_det[p] += pass->direction * find_shares(l, r, p * l->n, forward);
    if (forward)
      move_forward(l, r, p * l->n, work, out + p * dim + axis);
    else
      move_inverse(l, r, p * l->n, out + p * dim + axis);
  }
}

/* ---- gradients ---- */

/* Of one point: gradients with respect to the axis that moved, and to what the network gave.  With
   G = B dL/dy' and g = dL/d(log_det)
     forward:  dL/dd = e^s G,           dL/dt = G,        dL/ds = e^s d G + g (1 - share)
     inverse:  dL/dd' = e^-s (G - c),   dL/dt = -dL/dd',  dL/ds = -d (G - c) - g (1 - share),
               c = sum share G */
static void point_gradients(const local *l, const bgen_pass *pass, record r, size_t at,
                            const double *grad_out, double g, double *work, bgen_real *grad_net,
                            double *grad_in)
{
  const bool forward = pass->direction == BGEN_FORWARD;
  double c = 0;
  embed(l->n, l->n_space, grad_out, work);
  for (size_t i = 0; !forward && i < l->n; i++) c += r.share[at + i] * work[i];
  for (size_t i = 0; i < l->n; i++) {
    const double grad = work[i] - c, through = r.factor[at + i] * grad;
    const double of_scale =
        pass->direction * (r.response[at + i] * grad + g * (1 - r.share[at + i]));
    grad_net[2 * i] = (bgen_real) of_scale * r.slope[at + i];
    grad_net[2 * i + 1] = (bgen_real) (forward ? grad : -through);
    work[i] = through;
  }
  project(l->n, l->n_space, work, NULL, grad_in);
}

/* adds what the network sees to grad_kept */
static void network_gradients(const local *l, const bgen_pass *pass, record r, slab s,
                              const bgen_real *grad_net, double *grad_kept, bgen_real *grad_theta)
{
  const size_t n_in = l->network.n_in;
  for (size_t first = 0; first < pass->n * l->n; first += l->slab) {
    const size_t n = run_slab(l, pass, r, s, first, true);
    const bgen_mlp_pass through = {n, pass->theta, s.in, s.tape, s.scratch, {0}};
    bgen_mlp_backward(&l->network, &through, grad_net + 2 * first, BGEN_ADDS_THETA, s.grad_in,
                      grad_theta);
    for (size_t row = 0; row < n; row++) {
      const size_t point = (first + row) / l->n, i = (first + row) % l->n;
      add_seen(l, pass->fitted, s.grad_in + row * n_in, i, grad_kept + point * l->n_kept);
    }
  }
}

/* scratch: a point's d for each point, gradients of kept, of the network's results, a slab */
static void local_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                      const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  const local *l = (const local *) map;
  const size_t dim = map->dim, rows = bgen_padded_rows(pass->n), axis = l->options.axis;
  const record r = record_in(l, rows, pass->tape);
  double *work = pass->scratch, *grad_kept = work + rows * l->n;
  bgen_real *grad_net = (bgen_real *) (grad_kept + rows * l->n_kept);
  const slab s = slab_in(l, grad_net + 2 * rows * l->n);
  bgen_begin_gradient(map, pass, grad_theta);
  memset(grad_kept, 0, rows * l->n_kept * sizeof *grad_kept);
  for (size_t p = 0; p < pass->n; p++)
    point_gradients(l, pass, r, p * l->n, grad_out + p * dim + axis, grad_log_det[p], work,
                    grad_net + 2 * p * l->n, grad_in + p * dim + axis);
  network_gradients(l, pass, r, s, grad_net, grad_kept, grad_theta);
  for (size_t p = 0; p < pass->n; p++, grad_kept += l->n_kept)
    for (size_t c = 0, b = 0; c < l->n_space; c++)
      if (c != axis)
        project(l->n, l->n_space, grad_kept + l->n * b++, grad_out + p * dim + c,
                grad_in + p * dim + c);
}

static void local_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  bgen_mlp_init(&((const local *) map)->network, &rng, theta);
}

/* ---- fitted ---- */

static bgen_site_table table_of(const local *l)
{
  return (bgen_site_table){l->n, l->options.n_neighbors, l->options.n_classes};
}

static bgen_status local_fit(const bgen_bijection *map, const bgen_real *theta,
                             const bgen_examples *to, double *fitted)
{
  (void) theta;
  const bgen_site_table table = table_of((const local *) map);
  return bgen_site_table_fit(&table, to->neighbors, fitted);
}

static bgen_status local_check(const bgen_bijection *map, const double *fitted)
{
  const bgen_site_table table = table_of((const local *) map);
  return bgen_site_table_check(&table, fitted);
}

size_t bgen_local_n_classes(const bgen_bijection *map, const double *fitted)
{
  double most = 0;
  for (size_t i = 0; i < ((const local *) map)->n; i++) most = fmax(most, fitted[i]);
  return (size_t) most + 1;
}

/* ---- creation ---- */

static void local_destroy(bgen_bijection *map)
{
  free(map);
}

static const bgen_bijection_type local_type = {"local",   local_apply, local_vjp,    local_init,
                                               local_fit, local_check, local_destroy};

bool bgen_is_local(const bgen_bijection *map)
{
  return map->type == &local_type;
}

static void set_sizes(local *l)
{
  const size_t k = l->options.n_neighbors, n_in = (l->n_space - 1) * k + l->options.n_classes;
  const size_t n = l->n;
  l->n_kept = (l->n_space - 1) * n;
  l->slab = BGEN_ROW_BLOCK * n < SLAB ? BGEN_ROW_BLOCK * n : SLAB;
  l->network = (bgen_mlp){n_in, 2, l->options.width, l->options.depth, BGEN_SILU};
  const size_t tape = record_size(l), of_slab = bgen_doubles(slab_reals(l));
  const size_t vjp = l->n_kept + bgen_doubles(2 * n);
  l->base.type = &local_type;
  l->base.dim = (n - 1) * l->n_space;
  l->base.n_params = bgen_mlp_n_params(&l->network);
  l->base.n_fitted = n + n * k;
  l->base.tape_size = tape;
  l->base.adds_often = true; /* once a slab */
  l->base.scratch_size =
      n + (tape > vjp ? tape : vjp) + (of_slab + BGEN_ROW_BLOCK - 1) / BGEN_ROW_BLOCK;
}

bgen_status bgen_local_create(const bgen_layout *layout, const bgen_local *options,
                              bgen_bijection **map)
{
  assert(layout->n_particles > 1 && layout->n_space > 1 && options->axis < layout->n_space);
  assert(options->width > 0 && options->depth > 0 && options->n_neighbors > 0);
  assert(options->n_classes > 0 && options->n_classes <= BGEN_MOST_SITE_CLASSES);
  local *l = calloc(1, sizeof *l);
  if (!l) return bgen_fail(BGEN_NO_MEMORY, "no memory for a map");
  l->options = *options;
  l->n = layout->n_particles, l->n_space = layout->n_space;
  set_sizes(l);
  *map = &l->base;
  return BGEN_OK;
}
