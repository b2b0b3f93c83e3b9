/* SPDX-License-Identifier: MIT
   model_tree.h - the tree of molecules (coords/tree.h) in a model file: how each atom is placed, in
   the order of placing, and what differs between the trees of two models. */
#ifndef BGEN_MODEL_MODEL_TREE_H
#define BGEN_MODEL_MODEL_TREE_H

#include "coords/tree.h"

/* "atom bond angle torsion leaf, ..." with / between molecules, atoms counted from 1 and 0 for
   none; leaf is one number for equal leaves.  species[n_atoms] or NULL, as in coords/conformer.h.
   The caller frees it; NULL without memory. */
char *bgen_model_tree_text(const bgen_tree *tree, const int *species);

/* BGEN_BAD_INPUT with a sentence that says what differs, unless both texts are the same. */
bgen_status bgen_model_tree_compare(const char *path, const char *there, const char *here);

#endif
