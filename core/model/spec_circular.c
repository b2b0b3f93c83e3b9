/* SPDX-License-Identifier: MIT
   The clauses "circular ...", "molecule" and "protein" of model/spec.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coords/whiten.h"
#include "layers/circle_coupling.h"
#include "layers/spline.h"
#include "model/spec_parts.h"

static const double pi = 3.14159265358979323846;

typedef struct circular {
  const char *name; /* of the clause, for messages */
  size_t blocks, width, depth, bins;
  bool even_odd; /* masks, which are random halves else */
} circular;

static bgen_status read_circular_masks(const char *text, bool *even_odd)
{
  *even_odd = !strcmp(text, "evenodd");
  if (*even_odd || !strcmp(text, "coordinates")) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT,
                   "circular masks: invalid value '%s': expected coordinates or evenodd", text);
}

static bgen_status read_circular_option(const char *key, const char *value, circular *options)
{
  enum { MOST = 100000 };
  if (!strcmp(key, "blocks"))
    return bgen_spec_count("circular", key, value, 1, MOST, &options->blocks);
  if (!strcmp(key, "width"))
    return bgen_spec_count("circular", key, value, 1, MOST, &options->width);
  if (!strcmp(key, "depth"))
    return bgen_spec_count("circular", key, value, 1, MOST, &options->depth);
  if (!strcmp(key, "bins"))
    return bgen_spec_count("circular", key, value, 2, BGEN_SPLINE_MOST_BINS, &options->bins);
  if (!strcmp(key, "masks")) return read_circular_masks(value, &options->even_odd);
  return bgen_fail(BGEN_BAD_INPUT,
                   "circular: unknown keyword '%s': expected one of blocks, width, depth, bins, "
                   "masks",
                   key);
}

static bgen_status read_circular(const bgen_clause *words, circular *options)
{
  for (size_t i = 1; i < words->n_words; i += 2) {
    if (i + 1 == words->n_words)
      return bgen_fail(BGEN_BAD_INPUT, "circular: missing argument after '%s'", words->word[i]);
    const bgen_status status = read_circular_option(words->word[i], words->word[i + 1], options);
    if (status) return status;
  }
  if (options->blocks) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "circular: the number of blocks is missing");
}

/* Memory for the masks of one clause, each [dim]. */
typedef struct masks {
  double *shift;
  size_t *order;
  bool *moved, *circle;
} masks;

static bgen_status make_masks(const bgen_assembly *line, masks *of)
{
  const size_t dim = line->dim;
  double *memory = malloc(dim * (sizeof *of->shift + sizeof *of->order + 2 * sizeof *of->moved));
  if (!memory) return bgen_fail(BGEN_NO_MEMORY, "no memory for masks");
  of->shift = memory;
  of->order = (size_t *) (memory + dim);
  of->moved = (bool *) (of->order + dim);
  of->circle = of->moved + dim;
  for (size_t j = 0; j < dim; j++) of->circle[j] = line->circle && line->circle[j];
  return BGEN_OK;
}

/* with a shift of its own for each circle */
static bgen_status add_circular(bgen_assembly *line, const circular *options, bgen_rng *rng,
                                const masks *of)
{
  bgen_bijection *map = NULL;
  const bgen_circle_coupling coupling = {line->dim, of->moved, of->circle, of->shift,
                                         options->bins};
  for (size_t j = 0; j < line->dim; j++) of->shift[j] = pi * (2 * bgen_rng_uniform(rng) - 1);
  const bgen_status status =
      bgen_circle_coupling_create(&coupling, options->width, options->depth, &map);
  return bgen_spec_add(line, status, map);
}

/* Of two circles that are never in different halves the layers could not see how one depends on the
   other, and of two that are never in the same half not how something depends on both.  The half of
   circle i is one of the bits of i, another one in each block. */
static void divide_circles(size_t dim, size_t n, size_t block, const masks *of)
{
  size_t n_bits = 1;
  while (((size_t) 1 << n_bits) < n) n_bits++;
  for (size_t j = 0, i = 0; j < dim; j++) {
    if (!of->circle[j]) continue;
    of->moved[j] = i++ >> block % n_bits & 1;
  }
}

/* The block next to the data moves all lines by what all circles say, which is most of what stiff
   coordinates depend on. */
static void draw_half(size_t dim, size_t block, bgen_rng *rng, const masks *of)
{
  size_t n = 0;
  for (size_t j = 0; j < dim; j++) n += of->circle[j];
  bgen_spec_random_half(rng, dim, of->order, of->moved);
  for (size_t j = 0; block == 0 && n > 0 && n < dim && j < dim; j++) of->moved[j] = !of->circle[j];
  if (block > 0 && dim > 2) divide_circles(dim, n, block - 1, of);
}

/* two couplings, the second with the roles exchanged */
static bgen_status add_pair(bgen_assembly *line, const circular *options, size_t block,
                            const masks *of)
{
  const size_t dim = line->dim;
  bgen_rng rng = bgen_rng_at(line->seed, BGEN_STREAM_MASK, line->n_maps);
  if (options->even_odd)
    for (size_t j = 0; j < dim; j++) of->moved[j] = j % 2 == 0;
  else
    draw_half(dim, block, &rng, of);
  const bgen_status status = add_circular(line, options, &rng, of);
  for (size_t j = 0; j < dim; j++) of->moved[j] = !of->moved[j];
  return status ? status : add_circular(line, options, &rng, of);
}

static bgen_status add_all(bgen_assembly *line, const circular *options)
{
  masks of = {0};
  if (line->dim < 2)
    return bgen_fail(BGEN_BAD_INPUT, "%s needs at least 2 coordinates to couple", options->name);
  bgen_status status = make_masks(line, &of);
  if (status) return status;
  assert(of.order);
  for (size_t block = 0; !status && block < options->blocks; block++)
    status = add_pair(line, options, block, &of);
  free(of.shift);
  return status;
}

bgen_status bgen_spec_build_circular(const bgen_clause *words, bgen_assembly *line)
{
  circular options = {"circular", 0, 64, 2, 8, false};
  const bgen_status status = read_circular(words, &options);
  return status ? status : add_all(line, &options);
}

/* "whiten; circular ..." with these options, which the line cannot change */
static bgen_status build_whole(const bgen_clause *words, bgen_assembly *line,
                               const circular *options)
{
  bgen_bijection *map = NULL;
  if (words->n_words > 1)
    return bgen_fail(BGEN_BAD_INPUT,
                     "%s: unexpected argument '%s': use 'whiten; circular blocks %zu ...' to "
                     "change its numbers",
                     options->name, words->word[1], options->blocks);
  bgen_status status = bgen_whiten_create(line->dim, BGEN_ZCA, line->circle, &map);
  status = bgen_spec_add(line, status, map);
  return status ? status : add_all(line, options);
}

/* Found by trials on alanine dipeptide, 16,000 frames a basin, by the recipe of train/recipe.h:
   three blocks accept 2 % fewer jumps, and so did more blocks with halves that are all random. */
bgen_status bgen_spec_build_molecule(const bgen_clause *words, bgen_assembly *line)
{
  const circular options = {"molecule", 4, 64, 2, 8, false};
  return build_whole(words, line, &options);
}

/* Found by trials on the protein of potentials/frustrated_protein.lmp. */
bgen_status bgen_spec_build_protein(const bgen_clause *words, bgen_assembly *line)
{
  const circular options = {"protein", 4, 128, 2, 8, false};
  return build_whole(words, line, &options);
}
