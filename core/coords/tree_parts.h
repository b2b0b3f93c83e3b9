/* SPDX-License-Identifier: MIT
   tree_parts.h - what trees that grow along bonds and trees that are given share; not installed. */
#ifndef BGEN_COORDS_TREE_PARTS_H
#define BGEN_COORDS_TREE_PARTS_H

#include <stdbool.h>

#include "coords/tree.h"

/* With room for so many nodes and closing bonds, and none yet; NULL: no memory. */
bgen_tree *bgen_tree_empty(size_t n_atoms, size_t n_bonds);

/* As messages name particle i. */
long long bgen_molecules_name(const bgen_molecules *of, size_t i);

/* BGEN_BAD_INPUT where aligned atoms have no orientation; none are fine. */
bgen_status bgen_tree_check_aligned(const bgen_molecules *of);

/* Their nodes, first of all; nothing where there are none. */
void bgen_tree_begin_aligned(bgen_tree *tree, const bgen_molecules *of);

/* The angle i-j-k is too near to 0 or to half a turn for a plane. */
bool bgen_on_a_line(const double *x, size_t i, size_t j, size_t k);

#endif
