/* SPDX-License-Identifier: MIT
   model_file.h - a generator in a file, in the safetensors format: an 8-byte little-endian length,
   a JSON header, raw little-endian tensors; numpy and PyTorch users read it without bgen.

   For each component NAME there are the tensors NAME.theta (float), NAME.fitted, NAME.reference
   (double), and no others.  "__metadata__" holds strings: the format revision, the checksum, the
   spec line, the seed of the masks, the components with their weights, and the notes of the caller;
   for readers that do not have the generator (python/bgen_torch) also what kind of particles it is
   of: "dimensions", "identical" (of each particle the first that it may be exchanged with, from 1
   on; 0: none), "mirror_planes" ("axis plane, ..."), "tree" (model/model_tree.h) and "rings", the
   bonds beside it.

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

/* What a file says besides. */
typedef struct bgen_model_says {
  const char *key;   /* of the string of the metadata that is wanted; NULL: none */
  char value[256];   /* of it, cut to this length; "" if there is none */
  bool has_checksum; /* damage would have been seen */
} bgen_model_says;

/* Fills a generator of the same shape from a regular file; on failure it is as it was.
   says (NULL: not wanted) is written once the file is loaded. */
bgen_status bgen_model_load(bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            const char *path, bgen_model_says *says);

/* The parameters of a crystal with another number of sites, for a generator that is fitted to
   frames of its own box, whose flows are of whiten and local alone (model/spec.h): reference,
   whitening, neighbors and weights stay.  BGEN_BAD_INPUT where the spec, the temperature or the
   number of classes of sites differ; notes are those that do not depend on the number of sites. */
bgen_status bgen_model_load_supercell(bgen_generator *generator, size_t n_notes,
                                      const bgen_note *notes, const char *path,
                                      bgen_model_says *says);

BGEN_API_END
#endif
