/* SPDX-License-Identifier: MIT
   model_file.h - a generator in a file, in the safetensors format: an 8-byte little-endian length,
   a JSON header, raw little-endian tensors; numpy and PyTorch users read it without bgen.

   For each component NAME there are the tensors NAME.theta (float), NAME.fitted, NAME.reference
   (double).  "__metadata__" holds strings: the format revision, the spec line, the seed of the
   masks, the components with their weights, and the notes of the caller. */
#ifndef BGEN_MODEL_MODEL_FILE_H
#define BGEN_MODEL_MODEL_FILE_H

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

typedef struct bgen_note {
  const char *key, *value;
  bool must_match; /* a file with another value is refused on loading */
} bgen_note;

/* Written to PATH.new and then renamed, so that PATH is always a whole file. */
bgen_status bgen_model_save(const bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            const char *path);

/* Fills a generator of the same shape; on failure it is as it was. */
bgen_status bgen_model_load(bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            const char *path);

BGEN_API_END
#endif
