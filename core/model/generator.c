/* SPDX-License-Identifier: MIT */
#include "model/generator.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "coords/internal.h"
#include "model/generator_private.h"
#include "model/spec.h"

/* ---- creation ---- */

void bgen_generator_may_be_circles(const bgen_generator *g, bool *circle)
{
  memset(circle, 0, g->n_shape * sizeof *circle);
  for (size_t k = 0, j = 0; k < g->tree->n_atoms; k++) {
    j += bgen_tree_node_size(&g->tree->node[k]);
    if (g->tree->node[k].torsion != BGEN_NO_ATOM)
      circle[j - 1] = !g->wanted || g->wanted[j - 1] != 0;
  }
}

static bgen_status build_flow(const bgen_generator *g, size_t k, const bool *circle,
                              bgen_flow **flow)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  const bgen_status status =
      bgen_spec_build_shape(g->spec, &g->layout, g->n_shape, circle, g->mask_seed, &map, &n_modes);
  return status ? status : bgen_flow_create(map, n_modes, circle, g->seed + k, flow);
}

bgen_status bgen_generator_new_flow(const bgen_generator *g, size_t k, const bool *circle,
                                    bgen_flow **flow)
{
  if (circle || !g->tree) return build_flow(g, k, circle, flow);
  bool *widest = malloc(g->n_shape + 1);
  if (!widest) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu coordinates", g->n_shape);
  bgen_generator_may_be_circles(g, widest);
  const bgen_status status = build_flow(g, k, widest, flow);
  free(widest);
  return status;
}

bgen_status bgen_component_create(bgen_generator *g, size_t k, const char *name, const bool *circle)
{
  bgen_component *component = &g->component[k];
  const bgen_status status = bgen_generator_new_flow(g, k, circle, &component->flow);
  if (status) return status;
  snprintf(component->name, sizeof component->name, "%s", name);
  component->weight = 1.0 / (double) g->n_components;
  component->reference = calloc(g->dim, sizeof *component->reference);
  return component->reference ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory for a reference");
}

/* whoever holds the flow holds the new one */
bgen_status bgen_component_set_circles(bgen_generator *g, size_t k, const bool *circle)
{
  bgen_flow *flow = g->component[k].flow, *fresh = NULL;
  const bgen_status status = bgen_generator_new_flow(g, k, circle, &fresh);
  if (status) return status;
  assert(fresh);
  const bgen_flow old = *flow;
  *flow = *fresh, *fresh = old;
  bgen_flow_destroy(fresh);
  return BGEN_OK;
}

/* a copy of n bytes, or NULL; false if there is no memory */
static bool copy_bytes(const void *from, size_t n, void **to)
{
  *to = from ? malloc(n) : NULL;
  if (*to) memcpy(*to, from, n);
  return *to || !from;
}

static bool copy_of_molecules(bgen_generator *g, const bgen_generator_options *o)
{
  void *leaves = NULL, *wanted = NULL;
  const bool done =
      !g->tree || (copy_bytes(o->species, g->layout.n_particles * sizeof *o->species, &leaves) &&
                   copy_bytes(o->circle, g->n_shape, &wanted));
  g->leaves = leaves, g->wanted = wanted;
  return done;
}

static bgen_status create_parts(bgen_generator *g, const bgen_generator_options *options)
{
  g->spec = strdup(options->spec);
  g->component = calloc(options->n_components, sizeof *g->component);
  if (!g->spec || !g->component || !copy_of_molecules(g, options))
    return bgen_fail(BGEN_NO_MEMORY, "no memory for a generator");
  g->n_components = options->n_components;
  bgen_status status = bgen_symmetry_create(&g->layout, g->tree ? NULL : options->species,
                                            options->n_mirrors, options->mirrors, &g->symmetry);
  for (size_t k = 0; !status && k < g->n_components; k++)
    status = bgen_component_create(g, k, options->names[k], NULL);
  return status;
}

static size_t shape_size(const bgen_generator_options *o)
{
  return o->coords == BGEN_INTERNAL ? bgen_internal_kinds(o->tree, NULL)
                                    : bgen_shape_size(&o->layout, o->coords);
}

static bgen_status check_coords(const bgen_generator_options *o)
{
  assert((o->coords == BGEN_INTERNAL) == (o->tree != NULL));
  assert(!o->tree || (o->layout.n_space == 3 && o->tree->n_atoms == o->layout.n_particles));
  if (!shape_size(o))
    return bgen_fail(BGEN_BAD_INPUT, "%zu particle(s) have no shape apart from their pose",
                     o->layout.n_particles);
  if (o->coords != BGEN_CARTESIAN && o->n_mirrors)
    return bgen_fail(BGEN_BAD_INPUT, "mirrors need cartesian coordinates");
  if (o->mirrored && (o->coords != BGEN_ALIGNED || o->layout.n_space == 1))
    return bgen_fail(BGEN_BAD_INPUT,
                     "chirality can be free with coords aligned in two or three dimensions alone");
  return BGEN_OK;
}

bgen_status bgen_generator_create(const bgen_generator_options *options, bgen_generator **result)
{
  assert(options->n_components > 0);
  const bgen_status refused = check_coords(options);
  if (refused) return refused;
  bgen_generator *g = calloc(1, sizeof *g);
  if (!g) return bgen_fail(BGEN_NO_MEMORY, "no memory for a generator");
  g->layout = options->layout;
  g->coords = options->coords;
  g->mirrored = options->mirrored;
  g->dim = g->layout.n_particles * g->layout.n_space;
  g->n_shape = shape_size(options);
  g->tree = options->tree;
  g->seed = g->mask_seed = options->seed;
  g->temperature = 1;
  const bgen_status status = create_parts(g, options);
  if (status)
    bgen_generator_destroy(g);
  else
    *result = g;
  return status;
}

/* order and orientation depend on each other */
static bool needs_match(const bgen_generator *g)
{
  return g->coords == BGEN_ALIGNED && g->layout.n_space > 1 &&
         (g->mirrored || bgen_symmetry_relabel(g->symmetry));
}

void bgen_standpoint_free(bgen_standpoint *from)
{
  bgen_conformer_destroy(from->conformer);
  bgen_pose_destroy(from->pose);
  bgen_match_destroy(from->match);
  *from = (bgen_standpoint){NULL, NULL, NULL};
}

bgen_status bgen_generator_see_from(const bgen_generator *g, const bool *circle,
                                    const double *reference, bgen_standpoint *from)
{
  const bgen_conformer_of molecules = {g->tree, g->leaves};
  *from = (bgen_standpoint){NULL, NULL, NULL};
  if (g->coords == BGEN_CARTESIAN) return BGEN_OK;
  if (g->tree) return bgen_conformer_create(&molecules, circle, reference, &from->conformer);
  bgen_status status = bgen_pose_create(&g->layout, g->coords, reference, &from->pose);
  if (status || !needs_match(g)) return status;
  status = bgen_match_create(&g->layout, bgen_symmetry_relabel(g->symmetry), g->mirrored, reference,
                             &from->match);
  if (status) bgen_standpoint_free(from);
  return status;
}

bgen_chart bgen_generator_chart(const bgen_generator *g, const bgen_standpoint *from,
                                const double *reference)
{
  return (bgen_chart){.symmetry = g->symmetry,
                      .conformer = from->conformer,
                      .pose = from->pose,
                      .match = from->match,
                      .reference = reference,
                      .dim = g->dim,
                      .n_shape = g->n_shape,
                      .n_particles = g->layout.n_particles,
                      .n_placements = bgen_generator_n_placements(g)};
}

bgen_status bgen_component_refer(bgen_generator *g, size_t k, const double *reference)
{
  bgen_component *component = &g->component[k];
  bgen_standpoint from;
  const bgen_status status = bgen_generator_see_from(g, component->flow->circle, reference, &from);
  if (status) return status;
  bgen_standpoint_free(&component->from);
  component->from = from;
  memmove(component->reference, reference, g->dim * sizeof *reference); /* it may be the same */
  return BGEN_OK;
}

void bgen_components_free(size_t n, bgen_component *component)
{
  for (size_t k = 0; k < n; k++) {
    bgen_flow_destroy(component[k].flow);
    free(component[k].reference);
    bgen_standpoint_free(&component[k].from);
  }
  free(component);
}

void bgen_generator_destroy(bgen_generator *g)
{
  if (!g) return;
  if (g->component) bgen_components_free(g->n_components, g->component);
  free(g->spec), free(g->kinds), free(g->leaves), free(g->wanted);
  bgen_symmetry_destroy(g->symmetry);
  free(g);
}

/* ---- what it is ---- */

size_t bgen_generator_dim(const bgen_generator *g)
{
  return g->dim;
}

size_t bgen_generator_n_shape(const bgen_generator *g)
{
  return g->n_shape;
}

bgen_coords bgen_generator_coords(const bgen_generator *g)
{
  return g->coords;
}

bgen_layout bgen_generator_layout(const bgen_generator *g)
{
  return g->layout;
}

size_t bgen_generator_n_components(const bgen_generator *g)
{
  return g->n_components;
}

size_t bgen_generator_n_params(const bgen_generator *g, size_t k)
{
  return g->component[k].flow->map->n_params;
}

const char *bgen_generator_name(const bgen_generator *g, size_t k)
{
  return g->component[k].name;
}

double bgen_generator_weight(const bgen_generator *g, size_t k)
{
  return g->component[k].weight;
}

void bgen_generator_set_weights(bgen_generator *g, const double *positive)
{
  double sum = 0;
  for (size_t k = 0; k < g->n_components; k++) sum += positive[k];
  for (size_t k = 0; k < g->n_components; k++) g->component[k].weight = positive[k] / sum;
}

double bgen_generator_temperature(const bgen_generator *g)
{
  return g->temperature;
}

void bgen_generator_set_temperature(bgen_generator *g, double temperature)
{
  g->temperature = temperature;
}

bool bgen_generator_fitted(const bgen_generator *g, size_t k)
{
  return g->component[k].fitted;
}

bool bgen_generator_ready(const bgen_generator *g)
{
  for (size_t k = 0; k < g->n_components; k++)
    if (!g->component[k].fitted) return false;
  return true;
}

static uint64_t hash_component(uint64_t hash, size_t dim, const bgen_component *c)
{
  if (c->flow->circle) hash = bgen_hash_bytes(hash, c->flow->circle, c->flow->map->dim);
  const bgen_bijection *map = c->flow->map;
  hash = bgen_hash_bytes(hash, c->flow->theta, map->n_params * sizeof *c->flow->theta);
  hash =
      bgen_hash_bytes(hash, c->flow->fitted, bgen_flow_n_fitted(c->flow) * sizeof *c->flow->fitted);
  hash = bgen_hash_bytes(hash, c->reference, dim * sizeof *c->reference);
  return bgen_hash_bytes(hash, &c->weight, sizeof c->weight);
}

uint64_t bgen_generator_checksum(const bgen_generator *g)
{
  if (!bgen_generator_ready(g)) return 0;
  uint64_t hash = BGEN_HASH_START;
  for (size_t k = 0; k < g->n_components; k++)
    hash = hash_component(hash, g->dim, &g->component[k]);
  if (g->coords != BGEN_CARTESIAN) hash = bgen_hash_integer(hash, g->coords);
  if (g->mirrored) hash = bgen_hash_integer(hash, g->mirrored);
  return bgen_hash_bytes(hash, &g->temperature, sizeof g->temperature);
}

const double *bgen_generator_reference(const bgen_generator *g, size_t k)
{
  return g->component[k].reference;
}

bgen_flow *bgen_generator_flow(bgen_generator *g, size_t k)
{
  return g->component[k].flow;
}
