/* SPDX-License-Identifier: MIT
   chain.h - maps one after the other: forward runs them from first to last, inverse from last to
   first.  Parameters, fitted constants and tapes follow one another in the same order. */
#ifndef BGEN_LAYERS_CHAIN_H
#define BGEN_LAYERS_CHAIN_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the n_maps >= 1 maps, all of one dim, also on failure. */
bgen_status bgen_chain_create(size_t n_maps, bgen_bijection *const *maps, bgen_bijection **chain);

/* The map next to the data, and where its slice of fitted begins; of another map than a chain it is
   the map itself. */
const bgen_bijection *bgen_chain_outermost(const bgen_bijection *map, size_t *fitted);

/* Fits all maps but the outermost, whose slice of fitted stands there. */
bgen_status bgen_chain_fit_within(const bgen_bijection *map, const bgen_real *theta,
                                  const bgen_examples *to, double *fitted);

/* One map of this kind, and where its slice of fitted begins; NULL: there is none. */
const bgen_bijection *bgen_chain_find(const bgen_bijection *map,
                                      bool (*is_it)(const bgen_bijection *), size_t *fitted);

#ifdef __cplusplus
}
#endif
#endif
