/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coords/tree.h"
#include "coords/tree_parts.h"

#define FAIL(...) bgen_fail(BGEN_BAD_INPUT, "coords internal: " __VA_ARGS__)

/* of a tree that is given: where the molecule at hand begins */
static size_t first_of_last(const bgen_tree *tree)
{
  return tree->first[tree->n_molecules - 1];
}

static bool is_placed(const bgen_tree *tree, size_t from, size_t atom)
{
  for (size_t k = from; k < tree->n_atoms; k++)
    if (tree->node[k].atom == atom) return true;
  return false;
}

static bgen_status check_placing(const bgen_tree *tree, const bgen_molecules *of,
                                 const bgen_tree_node *node)
{
  const size_t by[3] = {node->bond, node->angle, node->torsion};
  const long long name = bgen_molecules_name(of, node->atom);
  for (size_t b = 0; b < bgen_tree_node_size(node); b++) {
    const long long other = bgen_molecules_name(of, by[b]);
    if (!is_placed(tree, first_of_last(tree), by[b]))
      return FAIL("atom %lld is placed by atom %lld, which has no line of the same molecule above "
                  "it",
                  name, other);
    for (size_t c = 0; c < b; c++)
      if (by[b] == by[c]) return FAIL("atom %lld is placed by atom %lld twice", name, other);
  }
  return BGEN_OK;
}

static bgen_status check_lines(const bgen_molecules *of, const bgen_tree_node *node)
{
  const size_t all[4] = {node->atom, node->bond, node->angle, node->torsion};
  for (size_t b = 0; b + 2 <= bgen_tree_node_size(node); b++)
    if (bgen_on_a_line(of->x, all[b], all[b + 1], all[b + 2]))
      return FAIL("atoms %lld, %lld and %lld lie on one line, so atom %lld has no torsion: place "
                  "it by other atoms",
                  bgen_molecules_name(of, all[b]), bgen_molecules_name(of, all[b + 1]),
                  bgen_molecules_name(of, all[b + 2]), bgen_molecules_name(of, node->atom));
  return BGEN_OK;
}

/* The first three atoms of a molecule have a bond, an angle and a torsion less each. */
static bgen_status add(bgen_tree *tree, const bgen_molecules *of, const bgen_tree_node *node)
{
  static const char *const needs[] = {"nothing", "a bond", "a bond and an angle",
                                      "a bond, an angle and a torsion"};
  const long long name = bgen_molecules_name(of, node->atom);
  if (bgen_tree_is_aligned(tree, node->atom))
    return FAIL("atom %lld is aligned, so it has no line", name);
  if (is_placed(tree, 0, node->atom)) return FAIL("atom %lld has two lines", name);
  if (node->bond == BGEN_NO_ATOM) tree->first[tree->n_molecules++] = tree->n_atoms;
  if (tree->n_molecules == 0) return FAIL("atom %lld has a bond, but it is the first", name);
  const size_t at = tree->n_atoms - first_of_last(tree), expected = at < 3 ? at : 3;
  if (bgen_tree_node_size(node) != expected)
    return FAIL("atom %lld is number %zu of its molecule, so it needs %s", name, at + 1,
                needs[expected]);
  bgen_status status = check_placing(tree, of, node);
  if (!status) status = check_lines(of, node);
  if (!status) tree->node[tree->n_atoms++] = *node;
  return status;
}

static void list_closing(bgen_tree *tree, const bgen_molecules *of)
{
  for (size_t b = 0; b < of->n_bonds; b++)
    if (!bgen_tree_has_bond(tree, of->bond[b][0], of->bond[b][1]))
      memcpy(&tree->closing[2 * tree->n_closing++], of->bond[b], sizeof of->bond[b]);
}

bgen_status bgen_tree_of_nodes(const bgen_molecules *of, size_t n_nodes, const bgen_tree_node *node,
                               bgen_tree **tree)
{
  bgen_status status = bgen_tree_check_aligned(of);
  if (status) return status;
  bgen_tree *made = bgen_tree_empty(of->n_atoms, of->n_bonds);
  if (!made) return bgen_fail(BGEN_NO_MEMORY, "no memory for the tree of %zu atoms", of->n_atoms);
  bgen_tree_begin_aligned(made, of);
  if (made->n_aligned) made->first[made->n_molecules++] = 0;
  for (size_t k = 0; !status && k < n_nodes; k++) status = add(made, of, &node[k]);
  for (size_t i = 0; !status && i < of->n_atoms; i++)
    if (!is_placed(made, 0, i)) status = FAIL("atom %lld has no line", bgen_molecules_name(of, i));
  if (status) {
    bgen_tree_destroy(made);
    return status;
  }
  made->first[made->n_molecules] = made->n_atoms;
  list_closing(made, of);
  *tree = made;
  return BGEN_OK;
}
