/* SPDX-License-Identifier: MIT
   tree.h - by which atoms each atom of a molecule is placed: its bonds, angles and torsions.

   Each atom but the first of a molecule has an atom that it is bonded to and sees at a distance;
   the others also an atom that this bond makes an angle with, and all but the first three an atom
   that the plane of this angle makes a torsion with.  All of them are placed before it.

     root     the atom in the middle of the molecule, then its two neighbors with the most atoms
              behind them: a long chain is placed from its middle, so that a torsion moves no more
              than half of it
     others   by bonds from the root outwards, atoms at the end of one bond alone (hydrogens) last
     torsion  of the neighbor with most atoms behind it: about the bond behind it, as chemists
              have it; of its sisters: against that neighbor, so that one torsion turns all of them
              and the others are as stiff as angles

   Aligned atoms, if there are any, make the first molecule of the tree, whatever bonds they have:
   they come first and are not placed by others but by coords/pose.h, and all that bonds lead to
   from them hangs from them.  A torsion there is one between the bonds of one aligned atom, where
   it has three, else about the bond between two of them.

   Bonds that close rings are left out.  Where three atoms lie on one line, which has no plane,
   other atoms nearby take their place. */
#ifndef BGEN_COORDS_TREE_H
#define BGEN_COORDS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/api.h"
#include "base/status.h"

BGEN_API_BEGIN

#define BGEN_NO_ATOM SIZE_MAX

/* Distance atom-bond, angle atom-bond-angle, dihedral atom-bond-angle-torsion; BGEN_NO_ATOM: it has
   none. */
typedef struct bgen_tree_node {
  size_t atom, bond, angle, torsion;
} bgen_tree_node;

typedef struct bgen_tree {
  size_t n_atoms, n_molecules, n_closing;
  size_t n_aligned;     /* that many first nodes are aligned atoms, in the order of their numbers */
  bgen_tree_node *node; /* [n_atoms] in the order of placing, one molecule after the other */
  size_t *first;        /* [n_molecules + 1] first node of each molecule, then n_atoms */
  size_t *closing;      /* [n_closing][2] atoms of the bonds that were left out */
} bgen_tree;

/* How many numbers place an atom: 0, 1 with a bond, 2 with an angle as well, 3 with a torsion. */
static inline size_t bgen_tree_node_size(const bgen_tree_node *node)
{
  return (size_t) (node->bond != BGEN_NO_ATOM) + (size_t) (node->angle != BGEN_NO_ATOM) +
         (size_t) (node->torsion != BGEN_NO_ATOM);
}

bool bgen_tree_is_aligned(const bgen_tree *tree, size_t atom);

/* There is a bond between i and j, in the tree or left out of it. */
bool bgen_tree_has_bond(const bgen_tree *tree, size_t i, size_t j);

/* bond[n_bonds][2] are atoms, once each and in either order; mass[n_atoms] decides between
   neighbors with equally many atoms behind them; x[n_atoms][3] is a configuration of whole
   molecules, which tells who lies on a line; id[n_atoms] are names for messages, NULL: 1, 2, ...;
   aligned[n_aligned] are aligned atoms, in ascending order.
   BGEN_BAD_INPUT where a molecule of three atoms or more lies on one line, a bond has one atom at
   both ends, or aligned atoms are fewer than three or all on one line. */
typedef struct bgen_molecules {
  size_t n_atoms, n_bonds;
  const size_t (*bond)[2];
  const double *mass, *x;
  const int64_t *id;
  size_t n_aligned;
  const size_t *aligned;
} bgen_molecules;

bgen_status bgen_tree_create(const bgen_molecules *of, bgen_tree **tree);

/* A tree that somebody else has thought of: the nodes in the order of placing, without those of
   aligned atoms.  A node without a bond begins a molecule.  Bonds tell which ones close rings, and
   masses nothing.  BGEN_BAD_INPUT where a node is not as above, or three atoms that place one lie
   on a line. */
bgen_status bgen_tree_of_nodes(const bgen_molecules *of, size_t n_nodes, const bgen_tree_node *node,
                               bgen_tree **tree);
void bgen_tree_destroy(bgen_tree *tree); /* NULL is fine */

BGEN_API_END
#endif
