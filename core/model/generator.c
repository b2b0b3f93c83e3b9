/* SPDX-License-Identifier: MIT */
#include "model/generator.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/generator_private.h"
#include "model/spec.h"

/* ---- creation ---- */

bgen_status bgen_component_create(bgen_generator *g, size_t k, const char *name)
{
  bgen_component *component = &g->component[k];
  bgen_bijection *map = NULL;
  size_t n_modes;
  bgen_status status =
      bgen_spec_build_shape(g->spec, &g->layout, g->n_shape, NULL, g->mask_seed, &map, &n_modes);
  if (status) return status;
  status = bgen_flow_create(map, n_modes, NULL, g->seed + k, &component->flow);
  if (status) return status;
  snprintf(component->name, sizeof component->name, "%s", name);
  component->weight = 1.0 / (double) g->n_components;
  component->reference = calloc(g->dim, sizeof *component->reference);
  return component->reference ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory for a reference");
}

static bgen_status create_parts(bgen_generator *g, const bgen_generator_options *options)
{
  g->spec = strdup(options->spec);
  g->component = calloc(options->n_components, sizeof *g->component);
  if (!g->spec || !g->component) return bgen_fail(BGEN_NO_MEMORY, "no memory for a generator");
  g->n_components = options->n_components;
  bgen_status status = bgen_symmetry_create(&g->layout, options->species, options->n_mirrors,
                                            options->mirrors, &g->symmetry);
  for (size_t k = 0; !status && k < g->n_components; k++)
    status = bgen_component_create(g, k, options->names[k]);
  return status;
}

static bgen_status check_coords(const bgen_generator_options *o)
{
  if (!bgen_shape_size(&o->layout, o->coords))
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
  g->n_shape = bgen_shape_size(&g->layout, g->coords);
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

bgen_status bgen_generator_see_from(const bgen_generator *g, const double *reference,
                                    bgen_pose **pose, bgen_match **match)
{
  *pose = NULL, *match = NULL;
  if (g->coords == BGEN_CARTESIAN) return BGEN_OK;
  bgen_status status = bgen_pose_create(&g->layout, g->coords, reference, pose);
  if (status || !needs_match(g)) return status;
  status = bgen_match_create(&g->layout, bgen_symmetry_relabel(g->symmetry), g->mirrored, reference,
                             match);
  if (!status) return BGEN_OK;
  bgen_pose_destroy(*pose);
  *pose = NULL;
  return status;
}

bgen_status bgen_component_refer(bgen_generator *g, size_t k, const double *reference)
{
  bgen_component *component = &g->component[k];
  bgen_pose *pose;
  bgen_match *match;
  const bgen_status status = bgen_generator_see_from(g, reference, &pose, &match);
  if (status) return status;
  bgen_pose_destroy(component->pose);
  bgen_match_destroy(component->match);
  component->pose = pose, component->match = match;
  memmove(component->reference, reference, g->dim * sizeof *reference); /* it may be the same */
  return BGEN_OK;
}

void bgen_components_free(size_t n, bgen_component *component)
{
  for (size_t k = 0; k < n; k++) {
    bgen_flow_destroy(component[k].flow);
    free(component[k].reference);
    bgen_pose_destroy(component[k].pose);
    bgen_match_destroy(component[k].match);
  }
  free(component);
}

void bgen_generator_destroy(bgen_generator *g)
{
  if (!g) return;
  if (g->component) bgen_components_free(g->n_components, g->component);
  free(g->spec), free(g->kinds);
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

size_t bgen_generator_n_params(const bgen_generator *g)
{
  return g->component[0].flow->map->n_params;
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
