/* SPDX-License-Identifier: MIT
   model_parts.h - what a model file (model/model_file.h) holds: one list for writing it and for
   reading it. */
#ifndef BGEN_MODEL_MODEL_PARTS_H
#define BGEN_MODEL_MODEL_PARTS_H

#include "model/model_bytes.h"
#include "model/model_file.h"
#include "model/model_tree.h"

/* Revision 1 had no checksum; a file may still be of it, where somebody else writes one. */
#define BGEN_MODEL_REVISION "2"
#define BGEN_MODEL_WITHOUT_CHECKSUM "1"
#define BGEN_MODEL_POSE "pose" /* what coordinates other than cartesian are called in the file */

/* Of internal coordinates: the tree (model/model_tree.h), which old files do not have. */
#define BGEN_MODEL_TREE "tree"
/* Components of a position, identical particles, mirrors, and bonds that no node of the tree has:
   for readers that are not given them. */
#define BGEN_MODEL_DIMENSIONS "dimensions"
#define BGEN_MODEL_IDENTICAL "identical"
#define BGEN_MODEL_PLANES "mirror_planes"
#define BGEN_MODEL_RINGS "rings"
/* The key after the name of a component, and the letters of its value. */
#define BGEN_MODEL_CIRCLES ".circles"
enum { BGEN_MODEL_CIRCLE = 'o', BGEN_MODEL_LINE = '-' };

enum { BGEN_MODEL_THETA, BGEN_MODEL_FITTED, BGEN_MODEL_REFERENCE, BGEN_MODEL_TENSORS };

/* of component k, one of the three */
bgen_tensor bgen_model_tensor(const bgen_generator *generator, size_t k, size_t which);

/* What the header says besides, until visit gives false; the answer is the last of them. */
typedef bool (*bgen_visit_note)(void *context, const char *key, const char *value, bool must_match);
bool bgen_model_visit_notes(const bgen_generator *generator, size_t n_notes, const bgen_note *notes,
                            void *context, bgen_visit_note visit);

/* What a model must be to be saved, and to be loaded. */
bgen_status bgen_model_check(const bgen_generator *generator);

/* The last sentence becomes a part of this one. */
bgen_status bgen_model_fail_of(bgen_status status, const char *before, const char *path,
                               const char *after);

#endif
