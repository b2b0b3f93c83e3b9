/* SPDX-License-Identifier: MIT */
#include "coords/rotors.h"

#include <stdbool.h>

/* atoms at the other ends of the bonds of an atom, ring or not */
static size_t n_bonds(const bgen_tree *tree, size_t atom)
{
  size_t n = 0;
  for (size_t k = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    n += node->bond == atom || (node->atom == atom && node->bond != BGEN_NO_ATOM);
  }
  for (size_t e = 0; e < 2 * tree->n_closing; e++) n += tree->closing[e] == atom;
  return n;
}

/* a leaf that its sisters, if it has any, may be placed against */
static bool may_lead(const bgen_tree *tree, const bgen_tree_node *node)
{
  if (node->torsion == BGEN_NO_ATOM || n_bonds(tree, node->atom) != 1) return false;
  for (size_t k = 0; k < tree->n_atoms; k++)
    if (tree->node[k].atom == node->torsion) return tree->node[k].bond != node->bond;
  return false;
}

static bool is_sister(const bgen_tree *tree, const bgen_tree_node *first,
                      const bgen_tree_node *node)
{
  return node->torsion == first->atom && node->bond == first->bond && node->angle == first->angle &&
         n_bonds(tree, node->atom) == 1;
}

/* the number of a shape that is the torsion of a node, which has one */
static size_t torsion_of(const bgen_tree *tree, size_t node)
{
  size_t at = 0;
  for (size_t k = 0; k <= node; k++) at += bgen_tree_node_size(&tree->node[k]);
  return at - 1;
}

static bool gather(const bgen_tree *tree, const int *species, size_t first, bgen_rotor *rotor)
{
  const bgen_tree_node *lead = &tree->node[first];
  if (species[lead->atom] < 0) return false;
  *rotor = (bgen_rotor){1, {lead->atom}, {torsion_of(tree, first)}};
  for (size_t k = 0; k < tree->n_atoms && rotor->n_leaves < BGEN_MOST_LEAVES; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if (!is_sister(tree, lead, node) || species[node->atom] != species[lead->atom]) continue;
    rotor->leaf[rotor->n_leaves] = node->atom;
    rotor->torsion[rotor->n_leaves++] = torsion_of(tree, k);
  }
  return rotor->n_leaves > 1 && n_bonds(tree, lead->bond) == rotor->n_leaves + 1;
}

size_t bgen_rotors_find(const bgen_tree *tree, const int *species, bgen_rotor *rotor)
{
  size_t n = 0;
  for (size_t k = 0; species && k < tree->n_atoms; k++)
    if (may_lead(tree, &tree->node[k]) && gather(tree, species, k, &rotor[n])) n++;
  return n;
}
