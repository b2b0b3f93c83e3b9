/* SPDX-License-Identifier: MIT
   model_file.h - a generator in a file, in the safetensors format: an 8-byte little-endian length,
   a JSON header, raw little-endian tensors; numpy and PyTorch users read it without bgen.

   For each component NAME there are the tensors NAME.theta (float), NAME.fitted, NAME.reference
   (double), and no others.  "__metadata__" holds strings: the format revision, the checksum, the
   spec line, the seed of the masks, the components with their weights, and the notes of the caller.

   The checksum is the CRC-32 (base/hash.h) of all bytes of the file, its own eight hexadecimal
   digits taken as zeros.  Revision 2 must have one; revision 1 may go without. */
#ifndef BGEN_MODEL_MODEL_FILE_H
#define BGEN_MODEL_MODEL_FILE_H

#include <stdbool.h>

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

typedef struct bgen_note {
  const char *key, *value;
  bool must_match; /* a file with another value is refused on loading */
} bgen_note;

/* PATH is always a whole file, of one writer (base/whole_file.h).  What bgen_model_load() would
   refuse is not written: BGEN_NOT_FINITE where a number of the model is not finite. */
bgen_status bgen_model_save(const bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            const char *path);

/* Fills a generator of the same shape from a regular file; on failure it is as it was.
   *has_checksum (NULL: not wanted): the file has one, so that damage would have been seen. */
bgen_status bgen_model_load(bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            const char *path, bool *has_checksum);

/* value[n] becomes a string of the metadata of such a file, cut to its length; "" if there is
   none. */
bgen_status bgen_model_note(const char *path, const char *key, size_t n, char *value);

BGEN_API_END
#endif
