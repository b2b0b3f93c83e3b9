/* SPDX-License-Identifier: MIT */
#include "coords/tree.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coords/tree_growth.h"
#include "coords/tree_parts.h"

long long bgen_molecules_name(const bgen_molecules *of, size_t i)
{
  return of->id ? (long long) of->id[i] : (long long) i + 1;
}

/* ---- molecules with a placement of their own ---- */

/* half way along the longest of the shortest ways, as far as two walks tell */
static size_t middle(bgen_growth *g, size_t from)
{
  const size_t n = bgen_growth_walk(g, 1, &from);
  const size_t end = g->walk[n - 1];
  bgen_growth_walk(g, 1, &end);
  size_t i = g->walk[n - 1];
  for (size_t up = g->level[i] / 2; up > 0; up--) i = g->parent[i];
  return i;
}

static bgen_status place(bgen_growth *g, size_t atom, size_t bond, size_t angle)
{
  return bgen_growth_place(g, (bgen_tree_node){atom, bond, angle, BGEN_NO_ATOM}, false);
}

/* the first three; *second and *third are BGEN_NO_ATOM where there are none */
static bgen_status place_root(bgen_growth *g, size_t root, size_t *second, size_t *third)
{
  const size_t n = bgen_growth_children(g, root);
  *second = n > 0 ? g->child[0] : BGEN_NO_ATOM, *third = BGEN_NO_ATOM;
  for (size_t s = 1; s < n && *third == BGEN_NO_ATOM; s++)
    if (!bgen_growth_on_a_line(g, g->child[s], root, g->child[0])) *third = g->child[s];
  if (n > 1 && *third == BGEN_NO_ATOM) return BGEN_BAD_INPUT;
  bgen_status status = place(g, root, BGEN_NO_ATOM, BGEN_NO_ATOM);
  if (*second != BGEN_NO_ATOM) status = place(g, *second, root, BGEN_NO_ATOM);
  if (*third != BGEN_NO_ATOM) status = place(g, *third, root, *second);
  return status;
}

/* by which atoms the children of p are placed */
static bgen_plane plane_of(const bgen_growth *g, size_t p, size_t second, size_t third)
{
  const size_t root = g->tree->node[g->tree->first[g->tree->n_molecules]].atom;
  if (p == root) return (bgen_plane){second, third, false};
  const size_t angle = g->parent[p];
  const size_t torsion = angle != root ? g->parent[angle] : p == second ? third : second;
  return (bgen_plane){angle, torsion, true};
}

/* Atoms nearest to the middle are tried as root until one has two neighbors that make an angle.
   walk[] is that from the middle. */
static bgen_status find_root(bgen_growth *g, size_t n, const size_t *nearest, size_t *second,
                             size_t *third)
{
  for (size_t at = 0; at < n; at++) {
    if (n > 2 && bgen_growth_n_neighbors(g, nearest[at]) < 2) continue;
    bgen_growth_hang(g, 1, &nearest[at]);
    if (!place_root(g, nearest[at], second, third)) return BGEN_OK;
  }
  return bgen_fail(BGEN_BAD_INPUT,
                   "coords internal: the molecule of atom %lld lies on one line, which has no "
                   "orientation",
                   bgen_molecules_name(g->of, nearest[0]));
}

static bgen_status place_molecule(bgen_growth *g, size_t from)
{
  const size_t center = middle(g, from), n = bgen_growth_walk(g, 1, &center);
  size_t *nearest = malloc(n * sizeof *nearest), second = BGEN_NO_ATOM, third = BGEN_NO_ATOM;
  if (!nearest) return bgen_fail(BGEN_NO_MEMORY, "no memory for a molecule of %zu atoms", n);
  memcpy(nearest, g->walk, n * sizeof *nearest);
  bgen_status status = find_root(g, n, nearest, &second, &third);
  free(nearest);
  for (int leaves = 0; leaves < 2; leaves++)
    for (size_t at = 0; !status && at < n; at++) {
      const size_t p = g->walk[at];
      status = bgen_growth_place_children(g, p, plane_of(g, p, second, third), leaves);
    }
  bgen_growth_end_molecule(g, n);
  return status;
}

/* ---- rings ---- */

/* bonds that no node has as its own */
static void list_closing(bgen_growth *g)
{
  size_t n = 0;
  for (size_t b = 0; b < g->of->n_bonds; b++) {
    const size_t i = g->of->bond[b][0], j = g->of->bond[b][1];
    if (g->parent[i] == j || g->parent[j] == i) continue;
    g->tree->closing[2 * n] = i, g->tree->closing[2 * n + 1] = j;
    n++;
  }
  g->tree->n_closing = n;
}

/* ---- the whole ---- */

static bgen_status check_bonds(const bgen_molecules *of)
{
  for (size_t b = 0; b < of->n_bonds; b++) {
    assert(of->bond[b][0] < of->n_atoms && of->bond[b][1] < of->n_atoms);
    if (of->bond[b][0] == of->bond[b][1])
      return bgen_fail(BGEN_BAD_INPUT, "coords internal: atom %lld is bonded to itself",
                       bgen_molecules_name(of, of->bond[b][0]));
  }
  return BGEN_OK;
}

static bgen_status grow(bgen_growth *g)
{
  g->tree->first[0] = 0;
  bgen_status status = g->of->n_aligned ? bgen_growth_aligned(g) : BGEN_OK;
  for (size_t i = 0; !status && i < g->of->n_atoms; i++)
    if (!g->walked[i]) status = place_molecule(g, i);
  if (!status) list_closing(g);
  return status;
}

bgen_tree *bgen_tree_empty(size_t n_atoms, size_t n_bonds)
{
  bgen_tree *tree = calloc(1, sizeof *tree);
  if (!tree) return NULL;
  tree->node = malloc((n_atoms + 1) * sizeof *tree->node);
  tree->first = malloc((n_atoms + 1) * sizeof *tree->first);
  tree->closing = malloc((2 * n_bonds + 1) * sizeof *tree->closing);
  if (tree->node && tree->first && tree->closing) return tree;
  bgen_tree_destroy(tree);
  return NULL;
}

bgen_status bgen_tree_create(const bgen_molecules *of, bgen_tree **tree)
{
  bgen_growth g;
  bgen_status status = check_bonds(of);
  if (!status) status = bgen_tree_check_aligned(of);
  if (status) return status;
  bgen_tree *made = bgen_tree_empty(of->n_atoms, of->n_bonds);
  if (!made) return bgen_fail(BGEN_NO_MEMORY, "no memory for the tree of %zu atoms", of->n_atoms);
  status = bgen_growth_create(of, made, &g);
  if (!status) {
    status = grow(&g);
    bgen_growth_free(&g);
  }
  if (status)
    bgen_tree_destroy(made);
  else
    *tree = made;
  return status;
}

bool bgen_tree_is_aligned(const bgen_tree *tree, size_t atom)
{
  for (size_t k = 0; k < tree->n_aligned; k++)
    if (tree->node[k].atom == atom) return true;
  return false;
}

bool bgen_tree_has_bond(const bgen_tree *tree, size_t i, size_t j)
{
  for (size_t k = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if ((node->atom == i && node->bond == j) || (node->atom == j && node->bond == i)) return true;
  }
  for (size_t c = 0; c < tree->n_closing; c++) {
    const size_t *end = &tree->closing[2 * c];
    if ((end[0] == i && end[1] == j) || (end[0] == j && end[1] == i)) return true;
  }
  return false;
}

void bgen_tree_destroy(bgen_tree *tree)
{
  if (!tree) return;
  free(tree->node);
  free(tree->first);
  free(tree->closing);
  free(tree);
}
