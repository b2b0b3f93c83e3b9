/* SPDX-License-Identifier: MIT */
#include "model/model_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/generator_private.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "model files are little-endian; bytes would have to be swapped on this machine"
#endif

#define REVISION "1"
static const char *const real_name = sizeof(bgen_real) == 4 ? "F32" : "F64";

enum { PREFIX = 8, KEY_LENGTH = BGEN_NAME_LENGTH + 16, TENSORS = 3 };

/* One array of a component, as memory and as it is called in the file. */
typedef struct tensor {
  char key[KEY_LENGTH];
  const char *dtype;
  size_t n, n_bytes;
  void *memory;
} tensor;

static tensor tensor_of(const bgen_generator *g, size_t k, size_t which)
{
  const bgen_component *c = &g->component[k];
  const size_t n_params = c->flow->map->n_params, n_fitted = bgen_flow_n_fitted(c->flow);
  tensor t[TENSORS] = {{"theta", real_name, n_params, n_params * sizeof(bgen_real), c->flow->theta},
                       {"fitted", "F64", n_fitted, n_fitted * sizeof(double), c->flow->fitted},
                       {"reference", "F64", g->dim, g->dim * sizeof(double), c->reference}};
  tensor result = t[which];
  snprintf(result.key, sizeof result.key, "%.*s.%.10s", BGEN_NAME_LENGTH - 1, c->name,
           t[which].key);
  return result;
}

/* ---- what the header says besides tensors: one list for writing and for checking ---- */

typedef bool (*visit_note)(void *context, const char *key, const char *value, bool must_match);

static bool visit_weights(const bgen_generator *g, void *context, visit_note visit)
{
  bool go_on = true;
  for (size_t k = 0; go_on && k < g->n_components; k++) {
    char key[KEY_LENGTH], value[32];
    snprintf(key, sizeof key, "%s.weight", g->component[k].name);
    snprintf(value, sizeof value, "%.17g", g->component[k].weight);
    go_on = visit(context, key, value, false);
  }
  return go_on;
}

static bool visit_notes(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                        void *context, visit_note visit)
{
  char seed[24], temperature[32];
  snprintf(seed, sizeof seed, "%llu", (unsigned long long) g->mask_seed);
  snprintf(temperature, sizeof temperature, "%.17g", g->temperature);
  bool go_on = visit(context, "bgen_revision", REVISION, true) &&
               visit(context, "spec", g->spec, true) && visit(context, "mask_seed", seed, false) &&
               visit(context, "temperature", temperature, false) &&
               visit_weights(g, context, visit);
  for (size_t i = 0; go_on && i < n_notes; i++)
    go_on = visit(context, notes[i].key, notes[i].value, notes[i].must_match);
  return go_on;
}

/* ---- writing ---- */

static bool add_note(void *context, const char *key, const char *value, bool must_match)
{
  (void) must_match;
  return cJSON_AddStringToObject(context, key, value) != NULL;
}

static bool add_tensor(cJSON *header, const tensor *t, size_t begin)
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
  bool good = notes_of && visit_notes(g, n_notes, notes, notes_of, add_note);
  size_t begin = 0;
  for (size_t i = 0; good && i < TENSORS * g->n_components; i++) {
    const tensor t = tensor_of(g, i / TENSORS, i % TENSORS);
    good = add_tensor(header, &t, begin);
    begin += t.n_bytes;
  }
  char *text = good ? cJSON_PrintUnformatted(header) : NULL;
  cJSON_Delete(header);
  return text;
}

/* length, header padded with blanks to a multiple of 8, tensors */
static bool write_parts(FILE *file, const char *text, const bgen_generator *g)
{
  const size_t n = strlen(text), padded = (n + 7) / 8 * 8;
  const uint64_t length = padded;
  bool good = fwrite(&length, PREFIX, 1, file) == 1 && fwrite(text, 1, n, file) == n &&
              fwrite("       ", 1, padded - n, file) == padded - n;
  for (size_t i = 0; good && i < TENSORS * g->n_components; i++) {
    const tensor t = tensor_of(g, i / TENSORS, i % TENSORS);
    good = fwrite(t.memory, 1, t.n_bytes, file) == t.n_bytes;
  }
  return good && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

static bgen_status write_file(const char *path, const char *text, const bgen_generator *g)
{
  FILE *file = fopen(path, "wb");
  if (!file) return bgen_fail(BGEN_BAD_FILE, "cannot write %s: %s", path, strerror(errno));
  bool good = write_parts(file, text, g);
  good = fclose(file) == 0 && good;
  if (good) return BGEN_OK;
  const int reason = errno;
  remove(path);
  return bgen_fail(BGEN_BAD_FILE, "writing %s failed: %s", path, strerror(reason));
}

bgen_status bgen_model_save(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            const char *path)
{
  if (!bgen_generator_ready(g))
    return bgen_fail(BGEN_BAD_INPUT, "nothing to save in %s: not every basin has been trained",
                     path);
  char *text = header_text(g, n_notes, notes), *temporary = malloc(strlen(path) + sizeof ".new");
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory to save %s", path);
  if (text && temporary) {
    strcat(strcpy(temporary, path), ".new");
    status = write_file(temporary, text, g);
    if (!status && rename(temporary, path))
      status = bgen_fail(BGEN_BAD_FILE, "cannot rename %s: %s", temporary, strerror(errno));
  }
  cJSON_free(text);
  free(temporary);
  return status;
}

/* ---- reading: into new components, which are taken only when whole ---- */

typedef struct image {
  const char *path;
  char *bytes;
  size_t n_bytes, data_start;
  cJSON *header;
} image;

static bgen_status read_bytes(const char *path, image *im)
{
  FILE *file = fopen(path, "rb");
  if (!file) return bgen_fail(BGEN_BAD_FILE, "cannot read %s: %s", path, strerror(errno));
  long size = -1;
  if (fseek(file, 0, SEEK_END) == 0) size = ftell(file);
  im->bytes = size >= 0 ? malloc((size_t) size + 1) : NULL;
  const bool good = im->bytes && fseek(file, 0, SEEK_SET) == 0 &&
                    fread(im->bytes, 1, (size_t) size, file) == (size_t) size;
  fclose(file);
  im->n_bytes = good ? (size_t) size : 0;
  return good ? BGEN_OK : bgen_fail(BGEN_BAD_FILE, "cannot read all of %s", path);
}

static bgen_status parse_header(image *im)
{
  uint64_t length = 0;
  if (im->n_bytes >= PREFIX) memcpy(&length, im->bytes, PREFIX);
  if (im->n_bytes < PREFIX || length > im->n_bytes - PREFIX)
    return bgen_fail(BGEN_BAD_FILE, "%s is truncated, or is not a bgen model file", im->path);
  im->data_start = PREFIX + (size_t) length;
  im->header = cJSON_ParseWithLength(im->bytes + PREFIX, (size_t) length);
  if (!im->header)
    return bgen_fail(BGEN_BAD_FILE, "%s is not a bgen model file: its header is not JSON",
                     im->path);
  return BGEN_OK;
}

static const char *note_of(const image *im, const char *key)
{
  const cJSON *notes = cJSON_GetObjectItemCaseSensitive(im->header, "__metadata__");
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(notes, key));
}

typedef struct comparison {
  const image *im;
  bgen_status status;
} comparison;

static bool compare_note(void *context, const char *key, const char *value, bool must_match)
{
  comparison *c = context;
  const char *found = note_of(c->im, key);
  if (!found)
    c->status =
        bgen_fail(BGEN_BAD_FILE, "%s contains no entry '%s': it is a model of another setup",
                  c->im->path, key);
  else if (must_match && strcmp(found, value) != 0)
    c->status = bgen_fail(BGEN_BAD_INPUT, "%s was saved with %s '%s', but here it is '%s'",
                          c->im->path, key, found, value);
  return c->status == BGEN_OK;
}

static bgen_status read_seed(const image *im, uint64_t *seed)
{
  const char *text = note_of(im, "mask_seed");
  char *end = NULL;
  *seed = strtoull(text, &end, 10);
  if (end != text && !*end) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE,
                   "%s: mask_seed has the invalid value '%s': expected a whole number", im->path,
                   text);
}

static bgen_status read_positive(const image *im, const char *key, double most, double *value)
{
  char *end = NULL;
  const char *text = note_of(im, key);
  *value = strtod(text, &end);
  if (end != text && !*end && *value > 0 && *value <= most) return BGEN_OK;
  return bgen_fail(BGEN_BAD_FILE, "%s: %s has the invalid value '%s': expected a number above 0%s",
                   im->path, key, text, most == 1 ? " and up to 1" : "");
}

static bgen_status read_weight(const image *im, bgen_component *c)
{
  char key[KEY_LENGTH];
  snprintf(key, sizeof key, "%s.weight", c->name);
  return read_positive(im, key, 1, &c->weight);
}

/* the place of a tensor in the file, NULL if it is not what t says */
static const char *find_tensor(const image *im, const tensor *t)
{
  const cJSON *entry = cJSON_GetObjectItemCaseSensitive(im->header, t->key);
  const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
  const cJSON *first = cJSON_GetArrayItem(offsets, 0), *last = cJSON_GetArrayItem(offsets, 1);
  const char *dtype = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "dtype"));
  if (!dtype || strcmp(dtype, t->dtype) != 0 || !cJSON_IsNumber(first) || !cJSON_IsNumber(last))
    return NULL;
  const double begin = first->valuedouble, end = last->valuedouble;
  const double available = (double) (im->n_bytes - im->data_start);
  if (!(begin >= 0 && end <= available && end - begin == (double) t->n_bytes)) return NULL;
  return im->bytes + im->data_start + (size_t) begin;
}

static bool all_finite(const tensor *t, const char *bytes)
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

static bgen_status take_tensors(bgen_generator *g, const image *im)
{
  for (size_t i = 0; i < TENSORS * g->n_components; i++) {
    const tensor t = tensor_of(g, i / TENSORS, i % TENSORS);
    const char *bytes = find_tensor(im, &t);
    if (!bytes)
      return bgen_fail(BGEN_BAD_FILE, "%s is truncated, or contains no %s of %zu numbers", im->path,
                       t.key, t.n);
    if (!all_finite(&t, bytes))
      return bgen_fail(BGEN_BAD_FILE, "%s: %s contains a number that is not finite", im->path,
                       t.key);
    memcpy(t.memory, bytes, t.n_bytes);
  }
  return BGEN_OK;
}

static bgen_status check_notes(const bgen_generator *g, size_t n_notes, const bgen_note *notes,
                               const image *im)
{
  comparison c = {im, BGEN_OK};
  visit_notes(g, n_notes, notes, &c, compare_note);
  return c.status;
}

/* the file fills a generator of its own, which then takes the place of the components of g */
static bgen_status fill(const bgen_generator *g, const image *im, bgen_generator *fresh)
{
  double sum = 0;
  bgen_status status = read_seed(im, &fresh->mask_seed);
  if (!status) status = read_positive(im, "temperature", DBL_MAX, &fresh->temperature);
  for (size_t k = 0; !status && k < g->n_components; k++) {
    status = bgen_component_create(fresh, k, g->component[k].name);
    fresh->n_components = k + 1;
    fresh->component[k].fitted = true;
    if (!status) status = read_weight(im, &fresh->component[k]);
    sum += fresh->component[k].weight;
  }
  if (!status && !(fabs(sum - 1) <= 1e-9))
    status = bgen_fail(BGEN_BAD_FILE, "%s: weights sum to %g, not to 1", im->path, sum);
  return status ? status : take_tensors(fresh, im);
}

static void exchange(bgen_generator *g, bgen_generator *fresh)
{
  bgen_component *old = g->component;
  g->component = fresh->component, fresh->component = old;
  g->mask_seed = fresh->mask_seed;
  g->temperature = fresh->temperature;
}

static bgen_status load_image(bgen_generator *g, const image *im)
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

bgen_status bgen_model_load(bgen_generator *g, size_t n_notes, const bgen_note *notes,
                            const char *path)
{
  image im = {.path = path};
  bgen_status status = read_bytes(path, &im);
  if (!status) status = parse_header(&im);
  if (!status) status = check_notes(g, n_notes, notes, &im);
  if (!status) status = load_image(g, &im);
  cJSON_Delete(im.header);
  free(im.bytes);
  return status;
}
