/* SPDX-License-Identifier: MIT
   The clause "local ..." of model/spec.h. */
#include <string.h>

#include "layers/local.h"
#include "model/spec_parts.h"

typedef struct local {
  size_t blocks;
  bgen_local of_map;
} local;

static bgen_status read_local_option(const char *key, const char *value, local *options)
{
  enum { MOST = 100000 };
  bgen_local *of = &options->of_map;
  if (!strcmp(key, "blocks"))
    return bgen_spec_count("local", key, value, 1, MOST, &options->blocks);
  if (!strcmp(key, "neighbors"))
    return bgen_spec_count("local", key, value, 1, BGEN_MOST_NEIGHBORS, &of->n_neighbors);
  if (!strcmp(key, "width")) return bgen_spec_count("local", key, value, 1, MOST, &of->width);
  if (!strcmp(key, "depth")) return bgen_spec_count("local", key, value, 1, MOST, &of->depth);
  if (!strcmp(key, "classes"))
    return bgen_spec_count("local", key, value, 1, BGEN_MOST_SITE_CLASSES, &of->n_classes);
  return bgen_fail(BGEN_BAD_INPUT,
                   "local: unknown keyword '%s': expected one of blocks, neighbors, width, depth, "
                   "classes",
                   key);
}

static bgen_status read_local(const bgen_clause *words, local *options)
{
  for (size_t i = 1; i < words->n_words; i += 2) {
    if (i + 1 == words->n_words)
      return bgen_fail(BGEN_BAD_INPUT, "local: missing argument after '%s'", words->word[i]);
    const bgen_status status = read_local_option(words->word[i], words->word[i + 1], options);
    if (status) return status;
  }
  if (options->blocks) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "local: the number of blocks is missing");
}

static bgen_status check_sites(const bgen_assembly *line)
{
  if (line->layout.n_space < 2)
    return bgen_fail(BGEN_BAD_INPUT,
                     "local moves one axis by the others, but there is only one axis");
  if (!line->n_sites)
    return bgen_fail(BGEN_BAD_INPUT,
                     "local needs the sites of a crystal: use it with coords crystal");
  if (!line->is_mixed) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "local needs a coordinate for each atom and axis, which whiten "
                                   "pca mixes: use whiten zca");
}

bgen_status bgen_spec_build_local(const bgen_clause *words, bgen_assembly *line)
{
  const bgen_layout layout = {line->n_sites, line->layout.n_space};
  local options = {0, {.n_neighbors = 18, .n_classes = 4, .width = 32, .depth = 2}};
  bgen_status status = check_sites(line);
  if (!status) status = read_local(words, &options);
  for (size_t k = 0; !status && k < options.blocks * layout.n_space; k++) {
    bgen_bijection *map = NULL;
    options.of_map.axis = k % layout.n_space;
    status = bgen_local_create(&layout, &options.of_map, &map);
    status = bgen_spec_add(line, status, map);
  }
  return status;
}
