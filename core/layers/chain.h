/* SPDX-License-Identifier: MIT
   chain.h - maps one after the other: forward runs them from first to last, inverse from last to
   first.  Parameters, fitted constants and tapes follow one another in the same order. */
#ifndef BGEN_LAYERS_CHAIN_H
#define BGEN_LAYERS_CHAIN_H

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the n_maps >= 1 maps, all of one dim, also on failure. */
bgen_status bgen_chain_create(size_t n_maps, bgen_bijection *const *maps, bgen_bijection **chain);

#ifdef __cplusplus
}
#endif
#endif
