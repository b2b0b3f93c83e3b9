/* SPDX-License-Identifier: MIT
   A model file is read into new components, which are taken only when whole. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/generator_private.h"
#include "model/model_parts.h"

/* ---- notes ---- */

typedef struct comparison {
  const bgen_bytes *im;
  bgen_status status;
} comparison;

/* what only other readers need */
static bool may_be_missing(const char *key)
{
  return !strcmp(key, BGEN_MODEL_DIMENSIONS) || !strcmp(key, BGEN_MODEL_IDENTICAL) ||
         !strcmp(key, BGEN_MODEL_PLANES) || !strcmp(key, BGEN_MODEL_RINGS);
}

static bool compare_note(void *context, const char *key, const char *value, bool must_match)
{
  comparison *c = context;
  const char *found = bgen_bytes_note(c->im, key);
  if (!strcmp(key, BGEN_MODEL_TREE)) {
    if (found) c->status = bgen_model_tree_compare(c->im->path, found, value);
  } else if (!found && !may_be_missing(key))
    c->status =
        bgen_fail(BGEN_BAD_FILE, "%s contains no entry '%s': it is a model of another setup",
                  c->im->path, key);
  else if (found && must_match && strcmp(found, value) != 0)
    c->status =
        bgen_fail(BGEN_BAD_INPUT, "%s was saved with %s '%s', but here it is '%s'", c->im->path,
                  strcmp(key, BGEN_MODEL_POSE) != 0 ? key : "coords", found, value);
  return c->status == BGEN_OK;
}

static bgen_status read_seed(const bgen_bytes *im, uint64_t *seed)
{
  const char *text = bgen_bytes_note(im, "mask_seed");
  char *end = NULL;
  *seed = strtoull(text, &end, 10);
  if (end != text && !*end) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE,
                   "%s: mask_seed has the invalid value '%s': expected a whole number", im->path,
                   text);
}

static bgen_status read_positive(const bgen_bytes *im, const char *key, double most, double *value)
{
  char *end = NULL;
  const char *text = bgen_bytes_note(im, key);
  *value = strtod(text, &end);
  if (end != text && !*end && *value > 0 && *value <= most) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "%s: %s has the invalid value '%s': expected a number above 0%s",
                   im->path, key, text, most == 1 ? " and up to 1" : "");
}

static bgen_status read_weight(const bgen_bytes *im, bgen_component *c)
{
  char key[BGEN_KEY_LENGTH];
  snprintf(key, sizeof key, "%s.weight", c->name);
  return read_positive(im, key, 1, &c->weight);
}

static bgen_status take_tensors(bgen_generator *g, const bgen_bytes *im)
{
  if (im->n_tensors != BGEN_MODEL_TENSORS * g->n_components)
    return bgen_fail(BGEN_BAD_FILE, "%s contains %zu tensors, but this model has %zu", im->path,
                     im->n_tensors, BGEN_MODEL_TENSORS * g->n_components);
  for (size_t i = 0; i < BGEN_MODEL_TENSORS * g->n_components; i++) {
    const bgen_tensor t = bgen_model_tensor(g, i / BGEN_MODEL_TENSORS, i % BGEN_MODEL_TENSORS);
    const char *bytes = bgen_bytes_tensor(im, &t);
    if (!bytes)
      return bgen_fail(BGEN_BAD_FILE, "%s contains no tensor %s of %zu numbers of type %s",
                       im->path, t.key, t.n, t.dtype);
    if (t.n) memcpy(t.memory, bytes, t.n_bytes);
  }
  if (bgen_model_check(g)) return bgen_model_fail_of(BGEN_BAD_FILE, "", im->path, "");
  for (size_t k = 0; k < g->n_components; k++) {
    const bgen_status status = bgen_component_refer(g, k, g->component[k].reference);
    if (status) return status;
  }
  return BGEN_OK;
}

/* a file of cartesian coordinates does not speak of a pose */
static bgen_status check_pose(const bgen_generator *g, const bgen_bytes *im)
{
  const char *found = bgen_bytes_note(im, BGEN_MODEL_POSE);
  if (g->coords != BGEN_CARTESIAN || !found) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "%s was saved with coords %s, but here they are cartesian",
                   im->path, found);
}

static bgen_status check_revision(const bgen_bytes *im)
{
  const char *found = bgen_bytes_note(im, "bgen_revision");
  if (!found)
    return bgen_fail(BGEN_BAD_FILE, "%s is not a bgen model file: it has no bgen_revision",
                     im->path);
  if (!strcmp(found, BGEN_MODEL_WITHOUT_CHECKSUM)) return BGEN_OK;
  if (strcmp(found, BGEN_MODEL_REVISION) != 0)
    return bgen_fail(BGEN_BAD_FILE,
                     "%s is a model file of revision '%s', but this version of bgen reads %s and "
                     "%s: load it with the version that wrote it",
                     im->path, found, BGEN_MODEL_WITHOUT_CHECKSUM, BGEN_MODEL_REVISION);
  if (im->has_checksum) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "%s has no checksum, which a model file of revision %s must have",
                   im->path, BGEN_MODEL_REVISION);
}

static bgen_status check_notes(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                               const bgen_bytes *im)
{
  comparison c = {im, check_revision(im)};
  if (!c.status) c.status = check_pose(g, im);
  if (!c.status && !bgen_model_visit_notes(g, n_notes, notes, &c, compare_note) && !c.status)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to load %s", im->path);
  return c.status;
}

/* may[n]: those that can be, and become those that are */
static bgen_status read_circles(const bgen_bytes *im, const char *name, size_t n, bool *may)
{
  char key[BGEN_KEY_LENGTH];
  snprintf(key, sizeof key, "%s" BGEN_MODEL_CIRCLES, name);
  const char *text = bgen_bytes_note(im, key);
  if (strlen(text) != n)
    return bgen_fail(BGEN_BAD_FILE, "%s: %s has %zu letters, but this model has %zu coordinates",
                     im->path, key, strlen(text), n);
  for (size_t j = 0; j < n; j++) {
    if (text[j] != BGEN_MODEL_CIRCLE && text[j] != BGEN_MODEL_LINE)
      return bgen_fail(BGEN_BAD_FILE, "%s: %s has the letter '%c': expected %c or %c", im->path,
                       key, text[j], BGEN_MODEL_CIRCLE, BGEN_MODEL_LINE);
    if (text[j] == BGEN_MODEL_CIRCLE && !may[j])
      return bgen_fail(BGEN_BAD_INPUT,
                       "%s: coordinate %zu of basin %s is a circle there, but here it is a line: "
                       "change the keyword circles",
                       im->path, j + 1, name);
    may[j] = text[j] == BGEN_MODEL_CIRCLE;
  }
  return BGEN_OK;
}

/* with the circles that the file has */
static bgen_status create_component(const bgen_bytes *im, bgen_generator *fresh, size_t k,
                                    const char *name)
{
  if (!fresh->tree) return bgen_component_create(fresh, k, name, NULL);
  bool *circle = malloc(fresh->n_shape + 1);
  if (!circle) return bgen_fail(BGEN_NO_MEMORY, "no memory to load %s", im->path);
  bgen_generator_may_be_circles(fresh, circle);
  bgen_status status = read_circles(im, name, fresh->n_shape, circle);
  if (!status) status = bgen_component_create(fresh, k, name, circle);
  free(circle);
  return status;
}

/* the file fills a generator of its own, which then takes the place of the components of g */
static bgen_status fill(const bgen_generator *g, const bgen_bytes *im, bgen_generator *fresh)
{
  bgen_status status = read_seed(im, &fresh->mask_seed);
  if (!status) status = read_positive(im, "temperature", DBL_MAX, &fresh->temperature);
  for (size_t k = 0; !status && k < g->n_components; k++) {
    status = create_component(im, fresh, k, g->component[k].name);
    fresh->n_components = k + 1;
    fresh->component[k].fitted = true;
    if (!status) status = read_weight(im, &fresh->component[k]);
  }
  return status ? status : take_tensors(fresh, im);
}

static void exchange(bgen_generator *g, bgen_generator *fresh)
{
  bgen_component *old = g->component;
  g->component = fresh->component, fresh->component = old;
  g->mask_seed = fresh->mask_seed;
  g->temperature = fresh->temperature;
}

static bgen_status load_image(bgen_generator *g, const bgen_bytes *im)
{
  bgen_generator fresh = *g;
  fresh.n_components = 0;
  fresh.component = calloc(g->n_components, sizeof *fresh.component);
  if (!fresh.component) return bgen_fail(BGEN_NO_MEMORY, "no memory to load %s", im->path);
  const bgen_status status = fill(g, im, &fresh);
  if (!status) exchange(g, &fresh);
  bgen_components_free(fresh.n_components, fresh.component);
  return status;
}

static void tell(const bgen_bytes *im, bgen_model_says *says)
{
  const char *found = says->key ? bgen_bytes_note(im, says->key) : NULL;
  snprintf(says->value, sizeof says->value, "%s", found ? found : "");
  says->has_checksum = im->has_checksum;
}

static bgen_status read_all(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            const char *path, bgen_bytes *im)
{
  const bgen_status status = bgen_bytes_read(path, im);
  return status ? status : check_notes(g, n_notes, notes, im);
}

bgen_status bgen_model_load(bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            const char *path, bgen_model_says *says)
{
  bgen_bytes im;
  bgen_status status = read_all(g, n_notes, notes, path, &im);
  if (!status) status = load_image(g, &im);
  if (!status && says) tell(&im, says);
  bgen_bytes_free(&im);
  return status;
}

/* ---- of another number of sites ---- */

/* as many particles as the reference in the file has */
static bgen_status resize(const bgen_bytes *im, bgen_generator *fresh)
{
  const bgen_tensor t = bgen_model_tensor(fresh, 0, BGEN_MODEL_REFERENCE);
  const size_t n_space = fresh->layout.n_space;
  fresh->dim = bgen_bytes_length(im, t.key);
  fresh->layout.n_particles = fresh->dim / n_space;
  fresh->n_shape = fresh->dim ? bgen_shape_size(&fresh->layout, fresh->coords) : 0;
  if (fresh->n_shape && fresh->dim % n_space == 0) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "%s: %s is no crystal in %zu dimensions", im->path, t.key,
                   n_space);
}

static bgen_status compare_component(const bgen_generator *g, const bgen_generator *from, size_t k,
                                     const char *path)
{
  const bgen_flow *here = g->component[k].flow, *there = from->component[k].flow;
  const size_t n_here = bgen_flow_n_classes(here), n_there = bgen_flow_n_classes(there);
  if (here->map->n_params != there->map->n_params || here->prior.n_modes)
    return bgen_fail(BGEN_BAD_INPUT,
                     "%s: the flow '%s' depends on the number of atoms, %zu there and %zu here: "
                     "supercell needs one of whiten and local alone",
                     path, g->spec, from->layout.n_particles, g->layout.n_particles);
  if (n_here == n_there) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT,
                   "%s is of another crystal: its sites are of %zu class(es), but here they are of "
                   "%zu",
                   path, n_there, n_here);
}

static bgen_status adopt(bgen_generator *g, const bgen_generator *from, const char *path)
{
  if (!(fabs(g->temperature - from->temperature) <= 1e-9 * g->temperature))
    return bgen_fail(BGEN_BAD_INPUT,
                     "%s was trained at temperature %g, but the training frames here are at %g",
                     path, from->temperature, g->temperature);
  for (size_t k = 0; k < g->n_components; k++) {
    const bgen_status status = compare_component(g, from, k, path);
    if (status) return status;
  }
  for (size_t k = 0; k < g->n_components; k++) {
    const bgen_flow *flow = g->component[k].flow;
    memcpy(flow->theta, from->component[k].flow->theta, flow->map->n_params * sizeof *flow->theta);
  }
  return BGEN_OK;
}

static bgen_status load_supercell(bgen_generator *g, const bgen_bytes *im)
{
  bgen_generator fresh = *g;
  bgen_status status = resize(im, &fresh);
  if (status) return status;
  fresh.n_components = 0;
  fresh.component = calloc(g->n_components, sizeof *fresh.component);
  if (!fresh.component) return bgen_fail(BGEN_NO_MEMORY, "no memory to load %s", im->path);
  status = fill(g, im, &fresh);
  if (!status) status = adopt(g, &fresh, im->path);
  bgen_components_free(fresh.n_components, fresh.component);
  return status;
}

bgen_status bgen_model_load_supercell(bgen_generator *g, size_t n_notes, const bgen_note *notes,
                                      const char *path, bgen_model_says *says)
{
  bgen_bytes im;
  if (g->coords != BGEN_CRYSTAL || !bgen_flow_is_local(g->component[0].flow))
    return bgen_fail(BGEN_BAD_INPUT,
                     "supercell needs coords crystal and a flow with local, such as 'whiten; local "
                     "blocks 2', but here they are %s and '%s'",
                     bgen_coords_name(g->coords), g->spec);
  if (!bgen_generator_ready(g))
    return bgen_fail(BGEN_BAD_INPUT, "%s: the flow is not fitted to frames of this box yet", path);
  bgen_status status = read_all(g, n_notes, notes, path, &im);
  if (!status) status = load_supercell(g, &im);
  if (!status && says) tell(&im, says);
  bgen_bytes_free(&im);
  return status;
}
