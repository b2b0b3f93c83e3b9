/* SPDX-License-Identifier: MIT
   What a model file holds, and how it is written; model_load.c reads it. */
#include "model/model_file.h"

#include <cjson/cJSON.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/whole_file.h"
#include "model/generator_private.h"
#include "model/model_bytes.h"
#include "model/model_parts.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "model files are little-endian; bytes would have to be swapped on this machine"
#endif

static const char *const real_name = sizeof(bgen_real) == 4 ? "F32" : "F64";

bgen_tensor bgen_model_tensor(const bgen_generator *g, size_t k, size_t which)
{
  const bgen_component *c = &g->component[k];
  const size_t n_params = c->flow->map->n_params, n_fitted = bgen_flow_n_fitted(c->flow);
  bgen_tensor t[BGEN_MODEL_TENSORS] = {
      {"theta", real_name, n_params, n_params * sizeof(bgen_real), c->flow->theta},
      {"fitted", "F64", n_fitted, n_fitted * sizeof(double), c->flow->fitted},
      {"reference", "F64", g->dim, g->dim * sizeof(double), c->reference}};
  bgen_tensor result = t[which];
  snprintf(result.key, sizeof result.key, "%.*s.%.10s", BGEN_NAME_LENGTH - 1, c->name,
           t[which].key);
  return result;
}

/* ---- what the header says besides tensors ---- */

static bool visit_weights(const bgen_generator *g, void *context, bgen_visit_note visit)
{
  bool go_on = true;
  for (size_t k = 0; go_on && k < g->n_components; k++) {
    char key[BGEN_KEY_LENGTH], value[32];
    snprintf(key, sizeof key, "%s.weight", g->component[k].name);
    snprintf(value, sizeof value, "%.17g", g->component[k].weight);
    go_on = visit(context, key, value, false);
  }
  return go_on;
}

/* a letter for each number of a shape */
static bool visit_circles(const bgen_generator *g, void *context, bgen_visit_note visit)
{
  bool go_on = true;
  char *value = calloc(g->n_shape + 1, 1);
  for (size_t k = 0; value && go_on && k < g->n_components; k++) {
    char key[BGEN_KEY_LENGTH];
    snprintf(key, sizeof key, "%s" BGEN_MODEL_CIRCLES, g->component[k].name);
    for (size_t j = 0; j < g->n_shape; j++)
      value[j] = g->component[k].flow->circle[j] ? BGEN_MODEL_CIRCLE : BGEN_MODEL_LINE;
    go_on = visit(context, key, value, false);
  }
  free(value);
  return value && go_on;
}

/* ---- what a reader without the fix needs to know; files of older versions do not tell ---- */

/* visits text, which it frees; NULL: there was no memory */
static bool visit_text(char *text, const char *key, void *context, bgen_visit_note visit)
{
  const bool go_on = text && visit(context, key, text, false);
  free(text);
  return go_on;
}

/* of each particle the first that is identical with it, counted from 1; 0: there is no other */
static char *identical_text(const bgen_generator *g, const bgen_relabel *relabel)
{
  enum { NUMBER_LENGTH = 22 };
  char *text = calloc(g->layout.n_particles + 1, NUMBER_LENGTH), *end = text;
  for (size_t i = 0; text && i < g->layout.n_particles; i++) {
    size_t n;
    const size_t first = bgen_relabel_alike(relabel, i, &n)[0];
    end += snprintf(end, NUMBER_LENGTH, "%s%zu", i ? " " : "", n > 1 ? first + 1 : 0);
  }
  return text;
}

/* axis and plane of each mirror */
static char *mirrors_text(size_t n, const bgen_mirror *mirror)
{
  enum { MIRROR_LENGTH = 60 };
  char *text = calloc(n + 1, MIRROR_LENGTH), *end = text;
  for (size_t m = 0; text && m < n; m++)
    end +=
        snprintf(end, MIRROR_LENGTH, "%s%zu %.17g", m ? ", " : "", mirror[m].axis, mirror[m].plane);
  return text;
}

/* the bonds that close rings, or are between aligned atoms, atoms counted from 1 */
static char *rings_text(const bgen_tree *tree)
{
  enum { BOND_LENGTH = 44 };
  char *text = calloc(tree->n_closing + 1, BOND_LENGTH), *end = text;
  for (size_t b = 0; text && b < tree->n_closing; b++)
    end += snprintf(end, BOND_LENGTH, "%s%zu %zu", b ? ", " : "", tree->closing[2 * b] + 1,
                    tree->closing[2 * b + 1] + 1);
  return text;
}

static bool visit_particles(const bgen_generator *g, void *context, bgen_visit_note visit)
{
  char n_space[24];
  size_t n_mirrors;
  const bgen_relabel *relabel = bgen_symmetry_relabel(g->symmetry);
  const bgen_mirror *mirror = bgen_symmetry_mirrors(g->symmetry, &n_mirrors);
  snprintf(n_space, sizeof n_space, "%zu", g->layout.n_space);
  return visit(context, BGEN_MODEL_DIMENSIONS, n_space, true) &&
         (!relabel ||
          visit_text(identical_text(g, relabel), BGEN_MODEL_IDENTICAL, context, visit)) &&
         (!n_mirrors ||
          visit_text(mirrors_text(n_mirrors, mirror), BGEN_MODEL_PLANES, context, visit));
}

/* which atoms are placed by which, and which leaves are alike */
static bool visit_molecules(const bgen_generator *g, void *context, bgen_visit_note visit)
{
  char value[80];
  uint64_t hash = BGEN_HASH_START;
  for (size_t k = 0; k < g->tree->n_atoms; k++) {
    const bgen_tree_node *node = &g->tree->node[k];
    const size_t atom[4] = {node->atom, node->bond, node->angle, node->torsion};
    for (size_t of = 0; of < 4; of++) hash = bgen_hash_integer(hash, (int64_t) atom[of]);
    hash = bgen_hash_integer(hash, g->leaves ? g->leaves[k] : 0);
  }
  snprintf(value, sizeof value, "of %zu atoms, tree %016llx", g->tree->n_atoms,
           (unsigned long long) hash);
  return visit_text(bgen_model_tree_text(g->tree, g->leaves), BGEN_MODEL_TREE, context, visit) &&
         (!g->tree->n_closing ||
          visit_text(rings_text(g->tree), BGEN_MODEL_RINGS, context, visit)) &&
         visit(context, "molecules", value, true) && visit_circles(g, context, visit);
}

bool bgen_model_visit_notes(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            void *context, bgen_visit_note visit)
{
  char seed[24], temperature[32];
  snprintf(seed, sizeof seed, "%llu", (unsigned long long) g->mask_seed);
  snprintf(temperature, sizeof temperature, "%.17g", g->temperature);
  bool go_on =
      (g->coords == BGEN_CARTESIAN || visit(context, BGEN_MODEL_POSE, bgen_pose_name(g), true)) &&
      (!g->tree || visit_molecules(g, context, visit)) && visit_particles(g, context, visit) &&
      visit(context, "spec", g->spec, true) && visit(context, "mask_seed", seed, false) &&
      visit(context, "temperature", temperature, false) && visit_weights(g, context, visit);
  for (size_t i = 0; go_on && i < n_notes; i++)
    go_on = visit(context, notes[i].key, notes[i].value, notes[i].must_match);
  return go_on;
}

/* ---- what a model must be to be saved, and to be loaded ---- */

static bool all_finite(const bgen_tensor *t, const char *bytes)
{
  const bool single = !strcmp(t->dtype, "F32");
  bool finite = true;
  for (size_t i = 0; finite && i < t->n; i++) {
    float f = 0;
    double d = 0;
    memcpy(single ? (void *) &f : (void *) &d, bytes + i * (single ? sizeof f : sizeof d),
           single ? sizeof f : sizeof d);
    finite = isfinite(f) && isfinite(d);
  }
  return finite;
}

/* what was made of other numbers of the flow still belongs to them */
static bgen_status check_flow(const bgen_component *c)
{
  char sentence[200];
  if (!bgen_flow_check(c->flow)) return BGEN_OK;
  snprintf(sentence, sizeof sentence, "%s", bgen_last_error());
  return bgen_fail(BGEN_BAD_FILE, "%s.fitted: %s", c->name, sentence);
}

static bgen_status check_weights(const bgen_generator *g)
{
  double sum = 0;
  for (size_t k = 0; k < g->n_components; k++) {
    const double weight = g->component[k].weight;
    if (!(weight > 0 && weight <= 1))
      return bgen_fail(BGEN_BAD_FILE,
                       "%s.weight has the invalid value '%g': expected a number above 0 and up "
                       "to 1",
                       g->component[k].name, weight);
    sum += weight;
  }
  if (fabs(sum - 1) <= 1e-9) return BGEN_OK; /* rounding of 17 digits, of up to 1e6 basins */
  return bgen_fail(BGEN_BAD_FILE, "weights sum to %g, not to 1", sum);
}

bgen_status bgen_model_check(const bgen_generator *g)
{
  if (!(g->temperature > 0 && g->temperature <= DBL_MAX))
    return bgen_fail(BGEN_BAD_FILE,
                     "temperature has the invalid value '%g': expected a number above 0",
                     g->temperature);
  for (size_t i = 0; i < BGEN_MODEL_TENSORS * g->n_components; i++) {
    const bgen_tensor t = bgen_model_tensor(g, i / BGEN_MODEL_TENSORS, i % BGEN_MODEL_TENSORS);
    if (!all_finite(&t, t.memory))
      return bgen_fail(BGEN_BAD_FILE, "%s contains a number that is not finite", t.key);
  }
  bgen_status status = check_weights(g);
  for (size_t k = 0; !status && k < g->n_components; k++) status = check_flow(&g->component[k]);
  return status;
}

bgen_status bgen_model_fail_of(bgen_status status, const char *before, const char *path,
                               const char *after)
{
  char sentence[500];
  snprintf(sentence, sizeof sentence, "%s", bgen_last_error());
  return bgen_fail(status, "%s%s: %s%s", before, path, sentence, after);
}

/* ---- writing ---- */

static bool add_note(void *context, const char *key, const char *value, bool must_match)
{
  (void) must_match;
  return cJSON_AddStringToObject(context, key, value) != NULL;
}

static bool add_tensor(cJSON *header, const bgen_tensor *t, size_t begin)
{
  cJSON *entry = cJSON_AddObjectToObject(header, t->key);
  const double ends[2] = {(double) begin, (double) (begin + t->n_bytes)}, shape = (double) t->n;
  cJSON *dims = cJSON_CreateDoubleArray(&shape, 1), *offsets = cJSON_CreateDoubleArray(ends, 2);
  return entry && cJSON_AddStringToObject(entry, "dtype", t->dtype) &&
         cJSON_AddItemToObject(entry, "shape", dims) &&
         cJSON_AddItemToObject(entry, "data_offsets", offsets);
}

/* the JSON text, which the caller frees with cJSON_free; NULL without memory */
static char *header_text(const bgen_generator *g, size_t n_notes, const bgen_note *notes)
{
  cJSON *header = cJSON_CreateObject(), *notes_of = cJSON_AddObjectToObject(header, "__metadata__");
  bool good = notes_of && cJSON_AddStringToObject(notes_of, "bgen_revision", BGEN_MODEL_REVISION) &&
              cJSON_AddStringToObject(notes_of, "checksum", "00000000") &&
              bgen_model_visit_notes(g, n_notes, notes, notes_of, add_note);
  size_t begin = 0;
  for (size_t i = 0; good && i < BGEN_MODEL_TENSORS * g->n_components; i++) {
    const bgen_tensor t = bgen_model_tensor(g, i / BGEN_MODEL_TENSORS, i % BGEN_MODEL_TENSORS);
    good = add_tensor(header, &t, begin);
    begin += t.n_bytes;
  }
  char *text = good ? cJSON_PrintUnformatted(header) : NULL;
  cJSON_Delete(header);
  return text;
}

/* one after the other: length, header padded with blanks to a multiple of 8, tensors */
typedef bgen_status (*visit_part)(void *context, size_t n, const void *bytes);

static bgen_status visit_parts(const char *text, const bgen_generator *g, void *context,
                               visit_part visit)
{
  const size_t n = strlen(text), padded = (n + 7) / 8 * 8;
  const uint64_t length = padded;
  bgen_status status = visit(context, BGEN_BYTES_PREFIX, &length);
  if (!status) status = visit(context, n, text);
  if (!status) status = visit(context, padded - n, "       ");
  for (size_t i = 0; !status && i < BGEN_MODEL_TENSORS * g->n_components; i++) {
    const bgen_tensor t = bgen_model_tensor(g, i / BGEN_MODEL_TENSORS, i % BGEN_MODEL_TENSORS);
    status = visit(context, t.n_bytes, t.memory);
  }
  return status;
}

static bgen_status add_to_checksum(void *context, size_t n, const void *bytes)
{
  uint32_t *crc = context;
  *crc = bgen_crc32(*crc, bytes, n);
  return BGEN_OK;
}

static bgen_status write_part(void *context, size_t n, const void *bytes)
{
  return bgen_whole_file_write(context, n, bytes);
}

static void set_checksum(char *text, const bgen_generator *g)
{
  char digits[BGEN_CHECKSUM_DIGITS + 1];
  uint32_t crc = 0;
  visit_parts(text, g, &crc, add_to_checksum);
  snprintf(digits, sizeof digits, "%08x", (unsigned) crc);
  memcpy(bgen_bytes_digits(text, strlen(text)), digits, BGEN_CHECKSUM_DIGITS);
}

static bgen_status write_model(const char *path, char *text, const bgen_generator *g)
{
  bgen_whole_file *file = NULL;
  if (strlen(text) >= BGEN_BYTES_MOST_HEADER)
    return bgen_fail(BGEN_BAD_INPUT, "cannot save to %s: its header would be too long", path);
  set_checksum(text, g);
  bgen_status status = bgen_whole_file_open(path, &file);
  if (!status) status = visit_parts(text, g, file, write_part);
  return bgen_whole_file_close(file, status);
}

bgen_status bgen_model_save(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            const char *path)
{
  if (!bgen_generator_ready(g))
    return bgen_fail(BGEN_BAD_INPUT, "nothing to save in %s: not every basin has been trained",
                     path);
  if (bgen_model_check(g))
    return bgen_model_fail_of(BGEN_NOT_FINITE, "cannot save to ", path,
                              ": train again, or load a model that was saved before");
  char *text = header_text(g, n_notes, notes);
  const bgen_status status =
      text ? write_model(path, text, g) : bgen_fail(BGEN_NO_MEMORY, "no memory to save %s", path);
  cJSON_free(text);
  return status;
}
