/* SPDX-License-Identifier: MIT */
#include "model/spec.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coords/whiten.h"
#include "layers/actnorm.h"
#include "layers/chain.h"
#include "layers/coupling.h"
#include "layers/linear.h"
#include "layers/spline_coupling.h"
#include "model/prior.h"
#include "model/spec_parts.h"

typedef bgen_status (*build_clause)(const bgen_clause *words, bgen_assembly *line);

bgen_status bgen_spec_add(bgen_assembly *line, bgen_status status, bgen_bijection *map)
{
  if (status) return status;
  if (line->n_maps == BGEN_SPEC_MAX_MAPS) {
    bgen_bijection_destroy(map);
    return bgen_fail(BGEN_BAD_INPUT, "a flow has at most %d maps", BGEN_SPEC_MAX_MAPS);
  }
  line->map[line->n_maps++] = map;
  return BGEN_OK;
}

bgen_status bgen_spec_count(const char *name, const char *key, const char *text, size_t least,
                            size_t most, size_t *value)
{
  char *end;
  const unsigned long count = strtoul(text, &end, 10);
  if (!isdigit((unsigned char) text[0]) || *end || count < least || count > most)
    return bgen_fail(BGEN_BAD_INPUT,
                     "%s %s: invalid value '%s': expected a whole number between %zu and %zu", name,
                     key, text, least, most);
  *value = count;
  return BGEN_OK;
}

/* a map without keywords */
static bgen_status add_plain(const bgen_clause *words, bgen_assembly *line,
                             bgen_status (*create)(size_t dim, bgen_bijection **map))
{
  bgen_bijection *map = NULL;
  if (words->n_words > 1)
    return bgen_fail(BGEN_BAD_INPUT, "%s: unexpected argument '%s'", words->word[0],
                     words->word[1]);
  const bgen_status status = create(line->dim, &map);
  return bgen_spec_add(line, status, map);
}

static bgen_status build_whiten(const bgen_clause *words, bgen_assembly *line)
{
  bgen_bijection *map = NULL;
  const char *kind = words->n_words > 1 ? words->word[1] : "zca";
  const bool pca = !strcmp(kind, "pca");
  if (words->n_words > 2 || (!pca && strcmp(kind, "zca") != 0))
    return bgen_fail(BGEN_BAD_INPUT, "whiten: invalid value '%s': expected zca or pca",
                     words->word[words->n_words - 1]);
  line->is_mixed = line->is_mixed || pca;
  const bgen_status status =
      bgen_whiten_create(line->dim, pca ? BGEN_PCA : BGEN_ZCA, line->circle, &map);
  return bgen_spec_add(line, status, map);
}

static bgen_status build_actnorm(const bgen_clause *words, bgen_assembly *line)
{
  return add_plain(words, line, bgen_actnorm_create);
}

static bgen_status read_permute(const bgen_clause *words, bool *permute)
{
  const char *value = words->n_words == 3 ? words->word[2] : "";
  *permute = !strcmp(value, "yes");
  if (words->n_words == 1 ||
      (!strcmp(words->word[1], "permute") && (*permute || !strcmp(value, "no"))))
    return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT,
                   "linear: invalid value '%s%s%s': expected permute yes or permute no",
                   words->word[1], *value ? " " : "", value);
}

static bgen_status build_linear(const bgen_clause *words, bgen_assembly *line)
{
  const size_t dim = line->dim;
  bgen_bijection *map = NULL;
  bool permute;
  bgen_status status = read_permute(words, &permute);
  if (status) return status;
  size_t *order = malloc(dim * sizeof *order);
  if (!order) return bgen_fail(BGEN_NO_MEMORY, "no memory for a permutation");
  bgen_rng rng = bgen_rng_at(line->seed, BGEN_STREAM_MASK, line->n_maps);
  for (size_t j = 0; j < dim; j++) order[j] = j;
  if (permute) bgen_rng_permutation(&rng, dim, order);
  status = bgen_linear_create(dim, order, &map);
  free(order);
  return bgen_spec_add(line, status, map);
}

/* ---- realnvp and nsf ---- */

typedef enum masks { MIXED, AXES, PARTICLES, COORDINATES, EVENODD } masks;
static const char *const mask_names[] = {"mixed", "axes", "particles", "coordinates", "evenodd"};

typedef struct couplings {
  const char *name; /* of the map, for messages */
  size_t blocks, width, depth;
  masks masks;
  bgen_spline spline; /* no bins: affine */
} couplings;

static bgen_status read_positive(const char *name, const char *key, const char *text, double *value)
{
  char *end;
  const double number = strtod(text, &end);
  if (end == text || *end || !(number > 0 && isfinite(number)))
    return bgen_fail(BGEN_BAD_INPUT, "%s %s: invalid value '%s': expected a number greater than 0",
                     name, key, text);
  *value = number;
  return BGEN_OK;
}

static bgen_status read_masks(const char *name, const char *text, masks *value)
{
  for (int m = MIXED; m <= EVENODD; m++)
    if (!strcmp(text, mask_names[m])) {
      *value = (masks) m;
      return BGEN_OK;
    }
  return bgen_fail(BGEN_BAD_INPUT,
                   "%s masks: invalid value '%s': expected one of mixed, axes, particles, "
                   "coordinates, evenodd",
                   name, text);
}

static bgen_status read_option(const char *key, const char *value, couplings *options)
{
  enum { MOST = 100000 };
  const char *name = options->name;
  const bool splines = options->spline.n_bins > 0;
  if (!strcmp(key, "blocks")) return bgen_spec_count(name, key, value, 1, MOST, &options->blocks);
  if (!strcmp(key, "width")) return bgen_spec_count(name, key, value, 1, MOST, &options->width);
  if (!strcmp(key, "depth")) return bgen_spec_count(name, key, value, 1, MOST, &options->depth);
  if (!strcmp(key, "masks")) return read_masks(name, value, &options->masks);
  if (splines && !strcmp(key, "bins"))
    return bgen_spec_count(name, key, value, 2, BGEN_SPLINE_MOST_BINS, &options->spline.n_bins);
  if (splines && !strcmp(key, "bound"))
    return read_positive(name, key, value, &options->spline.bound);
  return bgen_fail(BGEN_BAD_INPUT,
                   "%s: unknown keyword '%s': expected one of blocks, width, depth, masks%s", name,
                   key, splines ? ", bins, bound" : "");
}

static bgen_status read_couplings(const bgen_clause *words, couplings *options)
{
  const char *name = options->name;
  for (size_t i = 1; i < words->n_words; i += 2) {
    if (i + 1 == words->n_words)
      return bgen_fail(BGEN_BAD_INPUT, "%s: missing argument after '%s'", name, words->word[i]);
    const bgen_status status = read_option(words->word[i], words->word[i + 1], options);
    if (status) return status;
  }
  if (!options->blocks)
    return bgen_fail(BGEN_BAD_INPUT, "%s: the number of blocks is missing", name);
  return BGEN_OK;
}

/* mixed becomes the kind of this block; what cannot be divided is refused */
static bgen_status kind_of_block(const bgen_assembly *line, const couplings *options, size_t block,
                                 masks *kind)
{
  const masks wanted = *kind = options->masks;
  const bool axes = line->layout.n_space > 1, particles = line->layout.n_particles > 1;
  if (line->dim < 2)
    return bgen_fail(BGEN_BAD_INPUT, "%s needs at least 2 coordinates to couple", options->name);
  if ((wanted == AXES && !axes) || (wanted == PARTICLES && !particles))
    return bgen_fail(
        BGEN_BAD_INPUT, "%s masks %s cannot divide %zu particle(s) with %zu coordinate(s) each",
        options->name, mask_names[wanted], line->layout.n_particles, line->layout.n_space);
  if (wanted == MIXED) *kind = axes && (block % 2 == 0 || !particles) ? AXES : PARTICLES;
  return BGEN_OK;
}

void bgen_spec_random_half(bgen_rng *rng, size_t n, size_t *order, bool *chosen)
{
  bgen_rng_permutation(rng, n, order);
  for (size_t k = 0; k < n; k++) chosen[order[k]] = k < (n + 1) / 2;
}

/* moved[dim] of the first coupling of a block; order and chosen are memory for dim things */
static void choose(const bgen_assembly *line, masks kind, size_t block, size_t *order, bool *chosen,
                   bool *moved)
{
  const size_t n_particles = line->layout.n_particles, n_space = line->layout.n_space;
  bgen_rng rng = bgen_rng_at(line->seed, BGEN_STREAM_MASK, line->n_maps);
  if (kind == PARTICLES) bgen_spec_random_half(&rng, n_particles, order, chosen);
  if (kind == COORDINATES) bgen_spec_random_half(&rng, line->dim, order, chosen);
  for (size_t j = 0; j < line->dim; j++) {
    const size_t i = j / n_space, c = j % n_space;
    if (kind == AXES) moved[j] = c == block % n_space;
    if (kind == PARTICLES) moved[j] = chosen[i];
    if (kind == COORDINATES) moved[j] = chosen[j];
    if (kind == EVENODD) moved[j] = j % 2 == 0;
  }
}

static bgen_status add_coupling(bgen_assembly *line, const couplings *options, const bool *moved)
{
  bgen_bijection *map = NULL;
  const size_t dim = line->dim, width = options->width, depth = options->depth;
  const bgen_status status =
      options->spline.n_bins
          ? bgen_spline_coupling_create(dim, moved, width, depth, options->spline, &map)
          : bgen_coupling_create(dim, moved, width, depth, &map);
  return bgen_spec_add(line, status, map);
}

static bgen_status add_block(bgen_assembly *line, const couplings *options, size_t block,
                             size_t *order, bool *flags)
{
  const size_t dim = line->dim;
  bool *moved = flags, *chosen = flags + dim;
  masks kind;
  bgen_status status = kind_of_block(line, options, block, &kind);
  if (status) return status;
  choose(line, kind, block, order, chosen, moved);
  status = add_coupling(line, options, moved);
  for (size_t j = 0; j < dim; j++) moved[j] = !moved[j];
  return status ? status : add_coupling(line, options, moved);
}

static bgen_status build_couplings(const bgen_clause *words, bgen_assembly *line,
                                   bgen_spline spline)
{
  couplings options = {words->word[0], 0, 100, 2, MIXED, spline};
  bgen_status status = read_couplings(words, &options);
  if (status) return status;
  size_t *order = malloc(line->dim * (sizeof *order + 2 * sizeof(bool)));
  if (!order) return bgen_fail(BGEN_NO_MEMORY, "no memory for masks");
  bool *flags = (bool *) (order + line->dim);
  for (size_t block = 0; !status && block < options.blocks; block++)
    status = add_block(line, &options, block, order, flags);
  free(order);
  return status;
}

static bgen_status build_realnvp(const bgen_clause *words, bgen_assembly *line)
{
  return build_couplings(words, line, (bgen_spline){0, 0, false});
}

static bgen_status build_nsf(const bgen_clause *words, bgen_assembly *line)
{
  return build_couplings(words, line, (bgen_spline){8, 5, false});
}

/* ---- mixture ---- */

static bgen_status build_mixture(const bgen_clause *words, bgen_assembly *line)
{
  if (words->n_words != 3 || strcmp(words->word[1], "modes") != 0)
    return bgen_fail(BGEN_BAD_INPUT,
                     "mixture: expected the number of its modes, as in 'mixture modes 4'");
  return bgen_spec_count("mixture", "modes", words->word[2], 2, BGEN_MOST_MODES, &line->n_modes);
}

/* ---- the line ---- */

static const struct {
  const char *name;
  build_clause build;
  bool circles; /* it can have any */
} table[] = {{"whiten", build_whiten, true},
             {"actnorm", build_actnorm, false},
             {"linear", build_linear, false},
             {"realnvp", build_realnvp, false},
             {"nsf", build_nsf, false},
             {"circular", bgen_spec_build_circular, true},
             {"molecule", bgen_spec_build_molecule, true},
             {"protein", bgen_spec_build_protein, true},
             {"local", bgen_spec_build_local, false},
             {"mixture", build_mixture, false}};

enum { TABLE_SIZE = sizeof table / sizeof table[0], MAX_LIST = 32 * TABLE_SIZE };

static bgen_status fail_unknown(const char *word)
{
  char known[MAX_LIST] = "";
  for (size_t k = 0; k < TABLE_SIZE; k++) {
    strcat(known, k == 0 ? "" : ", ");
    strcat(known, table[k].name);
  }
  return bgen_fail(BGEN_BAD_INPUT, "unknown map '%s' in a flow: expected one of %s", word, known);
}

static bgen_status build_one(const bgen_clause *words, bgen_assembly *line)
{
  if (line->n_modes)
    return bgen_fail(BGEN_BAD_INPUT, "unexpected map '%s': mixture must be the last one",
                     words->word[0]);
  for (size_t k = 0; k < TABLE_SIZE; k++)
    if (!strcmp(words->word[0], table[k].name)) {
      if (line->circle && !table[k].circles)
        return bgen_fail(BGEN_BAD_INPUT,
                         "%s cannot act on torsions that turn around: use circular or the flow "
                         "molecule, or make all torsions lines with circles none",
                         table[k].name);
      return table[k].build(words, line);
    }
  return fail_unknown(words->word[0]);
}

/* words point into text, which is cut up */
static bgen_status split(char *text, bgen_clause *words)
{
  char *rest = NULL;
  words->n_words = 0;
  for (char *w = strtok_r(text, " \t\n", &rest); w; w = strtok_r(NULL, " \t\n", &rest)) {
    if (words->n_words == BGEN_SPEC_MAX_WORDS)
      return bgen_fail(BGEN_BAD_INPUT, "a map of a flow has more than %d words",
                       BGEN_SPEC_MAX_WORDS);
    words->word[words->n_words++] = w;
  }
  return BGEN_OK;
}

static bgen_status read_line(char *text, bgen_assembly *line)
{
  for (char *part = text; part;) {
    char *end = strchr(part, ';');
    bgen_clause words;
    if (end) *end = '\0';
    bgen_status status = split(part, &words);
    if (!status && words.n_words) status = build_one(&words, line);
    if (status) return status;
    part = end ? end + 1 : NULL;
  }
  return line->n_maps ? BGEN_OK : bgen_fail(BGEN_BAD_INPUT, "the flow contains no map");
}

/* the line runs from data to latent, a chain from latent to data */
static void reverse(bgen_assembly *line)
{
  for (size_t i = 0, j = line->n_maps; i + 1 < j; i++) {
    bgen_bijection *last = line->map[--j];
    line->map[j] = line->map[i], line->map[i] = last;
  }
}

static bool any_circle(size_t dim, const bool *circle)
{
  bool any = false;
  for (size_t j = 0; circle && j < dim; j++) any = any || circle[j];
  return any;
}

bgen_status bgen_spec_build(const char *text, const bgen_layout *layout, uint64_t seed,
                            bgen_bijection **map, size_t *n_modes)
{
  const size_t dim = layout->n_particles * layout->n_space;
  return bgen_spec_build_shape(text, layout, dim, NULL, seed, map, n_modes);
}

bgen_status bgen_spec_build_shape(const char *text, const bgen_layout *layout, size_t dim,
                                  const bool *circle, uint64_t seed, bgen_bijection **map,
                                  size_t *n_modes)
{
  assert(layout->n_particles > 0 && layout->n_space > 0);
  char *copy = malloc(strlen(text) + 1);
  bgen_assembly *line = calloc(1, sizeof *line);
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory to read a flow");
  if (copy && line) {
    strcpy(copy, text);
    line->dim = dim, line->circle = any_circle(dim, circle) ? circle : NULL, line->seed = seed;
    line->layout = (bgen_layout){(dim + layout->n_space - 1) / layout->n_space, layout->n_space};
    if (dim == (layout->n_particles - 1) * layout->n_space) line->n_sites = layout->n_particles;
    status = read_line(copy, line);
    for (size_t k = 0; status && k < line->n_maps; k++) bgen_bijection_destroy(line->map[k]);
    reverse(line);
    if (!status) status = bgen_chain_create(line->n_maps, line->map, map);
    if (!status) *n_modes = line->n_modes;
  }
  free(copy);
  free(line);
  return status;
}
