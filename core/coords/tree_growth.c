/* SPDX-License-Identifier: MIT */
#include "coords/tree_growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/tree_parts.h"
#include "coords/vectors.h"

/* ---- neighbors ---- */

static void count_neighbors(bgen_growth *g)
{
  memset(g->start, 0, (g->of->n_atoms + 1) * sizeof *g->start);
  for (size_t b = 0; b < g->of->n_bonds; b++)
    for (size_t end = 0; end < 2; end++) g->start[g->of->bond[b][end] + 1]++;
  for (size_t i = 0; i < g->of->n_atoms; i++) g->start[i + 1] += g->start[i];
}

/* behind[] counts how many of each atom have been written */
static void list_neighbors(bgen_growth *g)
{
  count_neighbors(g);
  memset(g->behind, 0, g->of->n_atoms * sizeof *g->behind);
  for (size_t b = 0; b < g->of->n_bonds; b++)
    for (size_t end = 0; end < 2; end++) {
      const size_t i = g->of->bond[b][end];
      g->neighbor[g->start[i] + g->behind[i]++] = g->of->bond[b][1 - end];
    }
}

bgen_status bgen_growth_create(const bgen_molecules *of, bgen_tree *tree, bgen_growth *g)
{
  const size_t n = of->n_atoms;
  size_t *memory = malloc((6 * n + 1 + 2 * of->n_bonds) * sizeof *memory);
  bool *flags = calloc(3 * n + 1, sizeof *flags);
  *g = (bgen_growth){.of = of, .tree = tree, .parent = memory, .met = flags};
  if (!memory || !flags) {
    bgen_growth_free(g);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the bonds of %zu atoms", n);
  }
  g->behind = memory + n, g->walk = memory + 2 * n, g->level = memory + 3 * n;
  g->child = memory + 4 * n, g->start = memory + 5 * n, g->neighbor = memory + 6 * n + 1;
  g->placed = flags + n, g->walked = flags + 2 * n;
  list_neighbors(g);
  return BGEN_OK;
}

void bgen_growth_free(bgen_growth *g)
{
  free(g->parent); /* and all after it */
  free(g->met);
}

size_t bgen_growth_n_neighbors(const bgen_growth *g, size_t i)
{
  return g->start[i + 1] - g->start[i];
}

/* ---- walks along bonds ---- */

static size_t start_walk(bgen_growth *g, size_t n_from, const size_t *from)
{
  for (size_t at = 0; at < n_from; at++) {
    const size_t i = from[at];
    g->walk[at] = i, g->parent[i] = BGEN_NO_ATOM, g->level[i] = 0, g->met[i] = true;
  }
  return n_from;
}

size_t bgen_growth_walk(bgen_growth *g, size_t n_from, const size_t *from)
{
  size_t n = start_walk(g, n_from, from);
  for (size_t at = 0; at < n; at++) {
    const size_t i = g->walk[at];
    for (size_t s = g->start[i]; s < g->start[i + 1]; s++) {
      const size_t j = g->neighbor[s];
      if (g->met[j]) continue;
      g->walk[n++] = j, g->parent[j] = i, g->level[j] = g->level[i] + 1, g->met[j] = true;
    }
  }
  for (size_t at = 0; at < n; at++) g->met[g->walk[at]] = false;
  return n;
}

size_t bgen_growth_hang(bgen_growth *g, size_t n_from, const size_t *from)
{
  const size_t n = bgen_growth_walk(g, n_from, from);
  for (size_t at = 0; at < n; at++) g->behind[g->walk[at]] = 1;
  for (size_t at = n; at-- > n_from;) g->behind[g->parent[g->walk[at]]] += g->behind[g->walk[at]];
  return n;
}

bool bgen_growth_is_heavier(const bgen_growth *g, size_t i, size_t j)
{
  const double m = g->of->mass[i], other = g->of->mass[j];
  return m > other || (!(m < other) && i < j);
}

static bool comes_first(const bgen_growth *g, size_t i, size_t j)
{
  if (g->behind[i] != g->behind[j]) return g->behind[i] > g->behind[j];
  return bgen_growth_is_heavier(g, i, j);
}

size_t bgen_growth_children(bgen_growth *g, size_t i)
{
  size_t n = 0;
  for (size_t s = g->start[i]; s < g->start[i + 1]; s++) {
    const size_t j = g->neighbor[s];
    if (g->parent[j] != i) continue;
    size_t at = n++;
    for (; at > 0 && comes_first(g, j, g->child[at - 1]); at--) g->child[at] = g->child[at - 1];
    g->child[at] = j;
  }
  return n;
}

/* ---- lines ---- */

bool bgen_on_a_line(const double *x, size_t i, size_t j, size_t k)
{
  static const double LEAST_SINE = 0.2;
  double a[3], b[3], across[3];
  for (size_t c = 0; c < 3; c++) {
    a[c] = x[3 * i + c] - x[3 * j + c];
    b[c] = x[3 * k + c] - x[3 * j + c];
  }
  bgen_cross3(a, b, across);
  return !(sqrt(bgen_dot3(across, across)) > LEAST_SINE * sqrt(bgen_dot3(a, a) * bgen_dot3(b, b)));
}

bool bgen_growth_on_a_line(const bgen_growth *g, size_t i, size_t j, size_t k)
{
  return bgen_on_a_line(g->of->x, i, j, k);
}

static double squared_distance(const bgen_growth *g, size_t i, size_t j)
{
  double d[3];
  for (size_t c = 0; c < 3; c++) d[c] = g->of->x[3 * i + c] - g->of->x[3 * j + c];
  return bgen_dot3(d, d);
}

/* the placed atom of this molecule that is nearest to b and on no line a-b-it; not c */
static size_t nearest_off_line(const bgen_growth *g, size_t a, size_t b, size_t c)
{
  size_t nearest = BGEN_NO_ATOM;
  for (size_t at = g->tree->first[g->tree->n_molecules]; at < g->tree->n_atoms; at++) {
    const size_t i = g->tree->node[at].atom;
    if (i == b || i == c || bgen_growth_on_a_line(g, a, b, i)) continue;
    if (nearest == BGEN_NO_ATOM || squared_distance(g, b, i) < squared_distance(g, b, nearest))
      nearest = i;
  }
  return nearest;
}

static bool has_plane(const bgen_growth *g, const bgen_tree_node *node)
{
  return node->angle != BGEN_NO_ATOM && node->torsion != BGEN_NO_ATOM &&
         !bgen_growth_on_a_line(g, node->atom, node->bond, node->angle) &&
         !bgen_growth_on_a_line(g, node->bond, node->angle, node->torsion);
}

static bool find_plane(const bgen_growth *g, bgen_tree_node *node)
{
  node->angle = nearest_off_line(g, node->atom, node->bond, BGEN_NO_ATOM);
  if (node->angle == BGEN_NO_ATOM) return false;
  node->torsion = nearest_off_line(g, node->bond, node->angle, node->bond);
  return node->torsion != BGEN_NO_ATOM;
}

/* ---- placing ---- */

bgen_status bgen_growth_place(bgen_growth *g, bgen_tree_node node, bool needs_torsion)
{
  if (needs_torsion && !has_plane(g, &node) && !find_plane(g, &node))
    return bgen_fail(
        BGEN_BAD_INPUT,
        "coords internal: atom %lld, which is bonded to atom %lld, has no torsion: all "
        "other atoms of their molecule lie on one line with them",
        bgen_molecules_name(g->of, node.atom), bgen_molecules_name(g->of, node.bond));
  g->tree->node[g->tree->n_atoms++] = node;
  g->placed[node.atom] = true;
  return BGEN_OK;
}

bgen_status bgen_growth_place_children(bgen_growth *g, size_t p, bgen_plane plane, bool leaves)
{
  const size_t n = bgen_growth_children(g, p);
  bgen_status status = BGEN_OK;
  for (size_t s = 0; !status && s < n; s++) {
    const size_t i = g->child[s];
    if (!g->placed[i] && (g->behind[i] == 1) == leaves)
      status = bgen_growth_place(g, (bgen_tree_node){i, p, plane.angle, plane.torsion}, true);
    if (s == 0 && plane.follows_sister) plane.torsion = i;
  }
  return status;
}

void bgen_growth_end_molecule(bgen_growth *g, size_t n)
{
  for (size_t at = 0; at < n; at++) g->walked[g->walk[at]] = true;
  g->tree->first[++g->tree->n_molecules] = g->tree->n_atoms;
}
