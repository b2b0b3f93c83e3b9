/* SPDX-License-Identifier: MIT
   tree_growth.h - what is known while a tree grows along bonds (coords/tree.h); not installed. */
#ifndef BGEN_COORDS_TREE_GROWTH_H
#define BGEN_COORDS_TREE_GROWTH_H

#include <stdbool.h>

#include "coords/tree.h"

/* All arrays are in one piece of memory, the flags in another. */
typedef struct bgen_growth {
  const bgen_molecules *of;
  bgen_tree *tree;
  size_t *start, *neighbor;    /* [n + 1], [2 n_bonds]: those of atom i from start[i] on */
  size_t *parent, *behind;     /* [n] in the last walk; atoms behind it, itself included */
  size_t *walk, *level;        /* [n] atoms in the order in which a walk meets them; bonds away */
  size_t *child;               /* [n] memory for the neighbors of one atom, sorted */
  bool *met, *placed, *walked; /* [n] by this walk; has a node; belongs to a finished molecule */
} bgen_growth;

/* Lists the neighbors of all atoms.  The tree is the caller's. */
bgen_status bgen_growth_create(const bgen_molecules *of, bgen_tree *tree, bgen_growth *growth);
void bgen_growth_free(bgen_growth *growth);

/* walk[], parent[] and level[] of all atoms that bonds lead to from these, which have no parent and
   come first; returns how many. */
size_t bgen_growth_walk(bgen_growth *growth, size_t n_from, const size_t *from);

/* The same, and counts what is behind each atom. */
size_t bgen_growth_hang(bgen_growth *growth, size_t n_from, const size_t *from);

/* i is heavier than j, or as heavy and earlier. */
bool bgen_growth_is_heavier(const bgen_growth *growth, size_t i, size_t j);

/* The neighbors that hang from i into child[], those with most atoms behind them first, then the
   heaviest, then the earliest; returns how many. */
size_t bgen_growth_children(bgen_growth *growth, size_t i);

size_t bgen_growth_n_neighbors(const bgen_growth *growth, size_t i);
bool bgen_growth_on_a_line(const bgen_growth *growth, size_t i, size_t j, size_t k);

/* Adds the node.  With needs_torsion, where it has none or three of its atoms are on a line, the
   nearest placed atoms of the molecule take their places; BGEN_BAD_INPUT if there are none. */
bgen_status bgen_growth_place(bgen_growth *growth, bgen_tree_node node, bool needs_torsion);

/* By which atoms the children of an atom are placed; all but the first by the first one, where they
   follow their sister. */
typedef struct bgen_plane {
  size_t angle, torsion;
  bool follows_sister;
} bgen_plane;

/* Places what hangs from p: leaves, or what has atoms behind it. */
bgen_status bgen_growth_place_children(bgen_growth *growth, size_t p, bgen_plane plane,
                                       bool leaves);

/* The molecule at hand is complete: these are the atoms of the last walk. */
void bgen_growth_end_molecule(bgen_growth *growth, size_t n);

/* The first molecule of a tree with aligned atoms: these, and what hangs from them. */
bgen_status bgen_growth_aligned(bgen_growth *growth);

#endif
