/* SPDX-License-Identifier: MIT
   scratch: two batches that pass values from map to map, then the scratch of one map; without a
   tape nothing else is kept. */
#include "layers/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"

typedef struct link {
  bgen_bijection *map;
  size_t theta, fitted, tape; /* where this map's slices begin, the tape's per row */
} link;

typedef struct chain {
  bgen_bijection base;
  size_t n_maps;
  link links[];
} chain;

/* the k-th map that a pass in this direction meets */
static const link *link_at(const chain *c, bgen_direction direction, size_t k)
{
  return &c->links[direction == BGEN_FORWARD ? k : c->n_maps - 1 - k];
}

static bgen_pass pass_for(const link *l, const bgen_pass *whole, size_t dim)
{
  const size_t rows = bgen_padded_rows(whole->n);
  bgen_pass pass = *whole;
  pass.theta += l->theta;
  pass.fitted += l->fitted;
  pass.tape = whole->tape ? whole->tape + rows * l->tape : NULL;
  pass.scratch += 2 * rows * dim;
  return pass;
}

static void chain_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                        double *out, double *log_det)
{
  const chain *c = (const chain *) map;
  const size_t batch = bgen_padded_rows(pass->n) * map->dim;
  for (size_t k = 0; k < c->n_maps; k++) {
    const link *l = link_at(c, pass->direction, k);
    const bgen_pass inner = pass_for(l, pass, map->dim);
    double *to = k + 1 == c->n_maps ? out : pass->scratch + (k % 2) * batch;
    l->map->type->apply(l->map, &inner, in, to, log_det);
    in = to;
  }
}

static void chain_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                      const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  const chain *c = (const chain *) map;
  const size_t batch = bgen_padded_rows(pass->n) * map->dim;
  for (size_t k = c->n_maps; k-- > 0;) {
    const link *l = link_at(c, pass->direction, k);
    const bgen_pass inner = pass_for(l, pass, map->dim);
    double *to = k == 0 ? grad_in : pass->scratch + (k % 2) * batch;
    l->map->type->vjp(l->map, &inner, grad_out, grad_log_det, to,
                      grad_theta ? grad_theta + l->theta : NULL);
    grad_out = to;
  }
}

/* the point of the random numbers tells the maps of one chain apart */
static void chain_init(const bgen_bijection *map, bgen_rng rng, bgen_real *theta)
{
  const chain *c = (const chain *) map;
  for (size_t k = 0; k < c->n_maps; k++) {
    const bgen_bijection *inner = c->links[k].map;
    bgen_rng own = rng;
    own.point += k;
    if (inner->type->init) inner->type->init(inner, own, theta + c->links[k].theta);
  }
}

/* n frames through the inverse of one map, a row block at a time */
static void pull_back(const link *l, const bgen_real *theta, const double *fitted, size_t n,
                      double *memory, double *x)
{
  const size_t dim = l->map->dim;
  double *out = memory, *scratch = memory + BGEN_ROW_BLOCK * dim;
  double log_det[BGEN_ROW_BLOCK] = {0};
  bgen_pass pass = {BGEN_INVERSE, 0, theta + l->theta, fitted + l->fitted, NULL, scratch, false};
  for (size_t i = 0; i < n; i += pass.n) {
    pass.n = n - i < BGEN_ROW_BLOCK ? n - i : BGEN_ROW_BLOCK;
    l->map->type->apply(l->map, &pass, x + i * dim, out, log_det);
    memcpy(x + i * dim, out, pass.n * dim * sizeof *x);
  }
}

/* the first n_links of them; the others are fitted.  x is what the examples point to. */
static bgen_status fit_links(const chain *c, size_t n_links, const bgen_real *theta,
                             const bgen_examples *to, double *x, double *memory, double *fitted)
{
  for (size_t k = c->n_maps; k-- > 0;) {
    const link *l = &c->links[k];
    bgen_status status = BGEN_OK;
    if (k < n_links && l->map->type->fit)
      status = l->map->type->fit(l->map, theta + l->theta, to, fitted + l->fitted);
    if (status) return status;
    pull_back(l, theta, fitted, to->n, memory, x);
  }
  return BGEN_OK;
}

/* each map sees the frames as the maps on its x side leave them */
static bgen_status fit_copy(const chain *c, size_t n_links, const bgen_real *theta,
                            const bgen_examples *to, double *fitted)
{
  const bgen_bijection *map = &c->base;
  const size_t n = to->n;
  double *copy = malloc(n * map->dim * sizeof *copy);
  double *memory = malloc(BGEN_ROW_BLOCK * (map->dim + map->scratch_size) * sizeof *memory);
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory to fit a flow to %zu frames", n);
  if (copy && memory) {
    const bgen_examples copied = {n, copy, to->neighbors};
    memcpy(copy, to->x, n * map->dim * sizeof *copy);
    status = fit_links(c, n_links, theta, &copied, copy, memory, fitted);
  }
  free(copy);
  free(memory);
  return status;
}

static bgen_status chain_fit(const bgen_bijection *map, const bgen_real *theta,
                             const bgen_examples *to, double *fitted)
{
  const chain *c = (const chain *) map;
  return fit_copy(c, c->n_maps, theta, to, fitted);
}

static bgen_status chain_check(const bgen_bijection *map, const double *fitted)
{
  const chain *c = (const chain *) map;
  bgen_status status = BGEN_OK;
  for (size_t k = 0; !status && k < c->n_maps; k++)
    if (c->links[k].map->type->check)
      status = c->links[k].map->type->check(c->links[k].map, fitted + c->links[k].fitted);
  return status;
}

static void chain_destroy(bgen_bijection *map)
{
  chain *c = (chain *) map;
  for (size_t k = 0; k < c->n_maps; k++) bgen_bijection_destroy(c->links[k].map);
  free(c);
}

static const bgen_bijection_type chain_type = {"chain",   chain_apply, chain_vjp,    chain_init,
                                               chain_fit, chain_check, chain_destroy};

static void append(chain *c, bgen_bijection *map)
{
  bgen_bijection *base = &c->base;
  const size_t own_scratch = map->scratch_size + 2 * map->dim;
  assert(map->dim == base->dim);
  c->links[c->n_maps++] = (link){map, base->n_params, base->n_fitted, base->tape_size};
  base->n_params += map->n_params;
  base->n_fitted += map->n_fitted;
  base->tape_size += map->tape_size;
  base->adds_often = base->adds_often || map->adds_often;
  if (own_scratch > base->scratch_size) base->scratch_size = own_scratch;
}

bgen_status bgen_chain_create(size_t n_maps, bgen_bijection *const *maps, bgen_bijection **result)
{
  assert(n_maps > 0);
  chain *c = calloc(1, sizeof *c + n_maps * sizeof c->links[0]);
  if (!c) {
    for (size_t k = 0; k < n_maps; k++) bgen_bijection_destroy(maps[k]);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for a chain of %zu maps", n_maps);
  }
  c->base.type = &chain_type;
  c->base.dim = maps[0]->dim;
  for (size_t k = 0; k < n_maps; k++) append(c, maps[k]);
  *result = &c->base;
  return BGEN_OK;
}

const bgen_bijection *bgen_chain_outermost(const bgen_bijection *map, size_t *fitted)
{
  const chain *c = (const chain *) map;
  *fitted = 0;
  if (map->type != &chain_type) return map;
  *fitted = c->links[c->n_maps - 1].fitted;
  return c->links[c->n_maps - 1].map;
}

bgen_status bgen_chain_fit_within(const bgen_bijection *map, const bgen_real *theta,
                                  const bgen_examples *to, double *fitted)
{
  const chain *c = (const chain *) map;
  if (map->type != &chain_type) return BGEN_OK;
  return fit_copy(c, c->n_maps - 1, theta, to, fitted);
}

const bgen_bijection *bgen_chain_find(const bgen_bijection *map,
                                      bool (*is_it)(const bgen_bijection *), size_t *fitted)
{
  const chain *c = (const chain *) map;
  *fitted = 0;
  if (map->type != &chain_type) return is_it(map) ? map : NULL;
  for (size_t k = 0; k < c->n_maps; k++) {
    *fitted = c->links[k].fitted;
    if (is_it(c->links[k].map)) return c->links[k].map;
  }
  return NULL;
}
