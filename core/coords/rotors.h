/* SPDX-License-Identifier: MIT
   rotors.h - equal leaves that turn about one bond: CH3, NH3, CF3.

   Leaves are atoms at the end of one bond alone.  All that hang from an atom make a rotor if that
   atom has one other bond, they are of one species, and a tree (coords/tree.h) places the first of
   them by a torsion about that bond and the others against the first.  A turn by 2 pi / n_leaves
   gives them each other's places. */
#ifndef BGEN_COORDS_ROTORS_H
#define BGEN_COORDS_ROTORS_H

#include "coords/tree.h"

BGEN_API_BEGIN

enum { BGEN_MOST_LEAVES = 4 };

/* The first leaf is that of the torsion; torsion[] are the numbers of a shape (coords/internal.h)
   that place them. */
typedef struct bgen_rotor {
  size_t n_leaves, leaf[BGEN_MOST_LEAVES], torsion[BGEN_MOST_LEAVES];
} bgen_rotor;

/* rotor[at most n_atoms]; returns how many.  species[n_atoms]: equal where the energy does not tell
   atoms apart; NULL: there are no rotors. */
size_t bgen_rotors_find(const bgen_tree *tree, const int *species, bgen_rotor *rotor);

BGEN_API_END
#endif
