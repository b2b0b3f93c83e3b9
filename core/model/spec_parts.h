/* SPDX-License-Identifier: MIT
   spec_parts.h - what the files that read a flow (model/spec.h) share. */
#ifndef BGEN_MODEL_SPEC_PARTS_H
#define BGEN_MODEL_SPEC_PARTS_H

#include <stdbool.h>

#include "base/bijection.h"

enum { BGEN_SPEC_MAX_WORDS = 32, BGEN_SPEC_MAX_MAPS = 1024 };

/* The words of one map, and what is known while its line is read. */
typedef struct bgen_clause {
  size_t n_words;
  const char *word[BGEN_SPEC_MAX_WORDS];
} bgen_clause;

/* Maps in the order of the line, from data to latent. */
typedef struct bgen_assembly {
  bgen_layout layout; /* with as many particles as have coordinates */
  size_t dim;         /* the first of these are there */
  size_t n_sites;     /* of a crystal, whose shape these are; 0: they are not */
  const bool *circle; /* [dim], the caller's: which are on circles; NULL: none */
  bool is_mixed;      /* by pca: coordinates are not those of particles any more */
  uint64_t seed;
  size_t n_modes; /* of the prior; 0: no mixture */
  size_t n_maps;
  bgen_bijection *map[BGEN_SPEC_MAX_MAPS];
} bgen_assembly;

/* the assembly owns the map from here on, if the status of its creation is good */
bgen_status bgen_spec_add(bgen_assembly *line, bgen_status status, bgen_bijection *map);

/* a whole number that belongs to a keyword */
bgen_status bgen_spec_count(const char *name, const char *key, const char *text, size_t least,
                            size_t most, size_t *value);

/* a random half of n things, at least one in and one out; order[n] is memory */
void bgen_spec_random_half(bgen_rng *rng, size_t n, size_t *order, bool *chosen);

bgen_status bgen_spec_build_circular(const bgen_clause *words, bgen_assembly *line);
bgen_status bgen_spec_build_molecule(const bgen_clause *words, bgen_assembly *line);
bgen_status bgen_spec_build_protein(const bgen_clause *words, bgen_assembly *line);
bgen_status bgen_spec_build_local(const bgen_clause *words, bgen_assembly *line);

#endif
