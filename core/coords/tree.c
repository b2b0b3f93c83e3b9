/* SPDX-License-Identifier: MIT */
#include "coords/tree.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coords/tree_parts.h"
#include "coords/vectors.h"

/* What is known while a tree grows; all arrays are in one piece of memory. */
typedef struct growth {
  const bgen_molecules *of;
  bgen_tree *tree;
  size_t *start, *neighbor;    /* [n + 1], [2 n_bonds]: those of atom i from start[i] on */
  size_t *parent, *behind;     /* [n] in the walk from the root; atoms behind it, itself included */
  size_t *walk, *level;        /* [n] atoms in the order in which a walk meets them; bonds away */
  size_t *child;               /* [n] memory for the neighbors of one atom, sorted */
  bool *met, *placed, *walked; /* [n] by this walk; has a node; belongs to a finished molecule */
} growth;

/* ---- neighbors ---- */

static void count_neighbors(growth *g)
{
  memset(g->start, 0, (g->of->n_atoms + 1) * sizeof *g->start);
  for (size_t b = 0; b < g->of->n_bonds; b++)
    for (size_t end = 0; end < 2; end++) g->start[g->of->bond[b][end] + 1]++;
  for (size_t i = 0; i < g->of->n_atoms; i++) g->start[i + 1] += g->start[i];
}

/* behind[] counts how many of each atom have been written */
static void list_neighbors(growth *g)
{
  count_neighbors(g);
  memset(g->behind, 0, g->of->n_atoms * sizeof *g->behind);
  for (size_t b = 0; b < g->of->n_bonds; b++)
    for (size_t end = 0; end < 2; end++) {
      const size_t i = g->of->bond[b][end];
      g->neighbor[g->start[i] + g->behind[i]++] = g->of->bond[b][1 - end];
    }
}

static size_t n_neighbors(const growth *g, size_t i)
{
  return g->start[i + 1] - g->start[i];
}

long long bgen_molecules_name(const bgen_molecules *of, size_t i)
{
  return of->id ? (long long) of->id[i] : (long long) i + 1;
}

static long long name_of(const growth *g, size_t i)
{
  return bgen_molecules_name(g->of, i);
}

/* ---- walks along bonds ---- */

/* walk[], parent[] and level[] of all atoms that bonds lead to from one; returns how many */
static size_t walk_from(growth *g, size_t from)
{
  size_t n = 0;
  g->walk[n++] = from, g->parent[from] = BGEN_NO_ATOM, g->level[from] = 0, g->met[from] = true;
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

/* half way along the longest of the shortest ways, as far as two walks tell */
static size_t middle(growth *g, size_t from)
{
  const size_t n = walk_from(g, from);
  walk_from(g, g->walk[n - 1]);
  size_t i = g->walk[n - 1];
  for (size_t up = g->level[i] / 2; up > 0; up--) i = g->parent[i];
  return i;
}

/* walks from the root, and counts what is behind each atom */
static size_t hang_from(growth *g, size_t root)
{
  const size_t n = walk_from(g, root);
  for (size_t at = 0; at < n; at++) g->behind[g->walk[at]] = 1;
  for (size_t at = n; at-- > 1;) g->behind[g->parent[g->walk[at]]] += g->behind[g->walk[at]];
  return n;
}

/* more atoms behind it, then heavier, then earlier */
static bool comes_first(const growth *g, size_t i, size_t j)
{
  if (g->behind[i] != g->behind[j]) return g->behind[i] > g->behind[j];
  const double m = g->of->mass[i], other = g->of->mass[j];
  return m > other || (!(m < other) && i < j);
}

/* the neighbors that hang from i, in their order, into child[]; returns how many */
static size_t sort_children(growth *g, size_t i)
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

static bool on_a_line(const growth *g, size_t i, size_t j, size_t k)
{
  return bgen_on_a_line(g->of->x, i, j, k);
}

static double squared_distance(const growth *g, size_t i, size_t j)
{
  double d[3];
  for (size_t c = 0; c < 3; c++) d[c] = g->of->x[3 * i + c] - g->of->x[3 * j + c];
  return bgen_dot3(d, d);
}

/* the placed atom of this molecule that is nearest to b and on no line a-b-it; not c */
static size_t nearest_off_line(const growth *g, size_t a, size_t b, size_t c)
{
  size_t nearest = BGEN_NO_ATOM;
  for (size_t at = g->tree->first[g->tree->n_molecules]; at < g->tree->n_atoms; at++) {
    const size_t i = g->tree->node[at].atom;
    if (i == b || i == c || on_a_line(g, a, b, i)) continue;
    if (nearest == BGEN_NO_ATOM || squared_distance(g, b, i) < squared_distance(g, b, nearest))
      nearest = i;
  }
  return nearest;
}

/* Another angle and torsion for an atom whose own are on a line. */
static bool find_plane(const growth *g, bgen_tree_node *node)
{
  node->angle = nearest_off_line(g, node->atom, node->bond, BGEN_NO_ATOM);
  if (node->angle == BGEN_NO_ATOM) return false;
  node->torsion = nearest_off_line(g, node->bond, node->angle, node->bond);
  return node->torsion != BGEN_NO_ATOM;
}

/* ---- placing ---- */

static bgen_status place(growth *g, size_t atom, size_t bond, size_t angle, size_t torsion)
{
  bgen_tree_node node = {atom, bond, angle, torsion};
  if (torsion != BGEN_NO_ATOM &&
      (on_a_line(g, atom, bond, angle) || on_a_line(g, bond, angle, torsion)) &&
      !find_plane(g, &node))
    return bgen_fail(
        BGEN_BAD_INPUT,
        "coords internal: atoms %lld, %lld and %lld lie on one line, and no other atom "
        "of their molecule can be used for the torsion of atom %lld",
        name_of(g, atom), name_of(g, bond), name_of(g, angle), name_of(g, atom));
  g->tree->node[g->tree->n_atoms++] = node;
  g->placed[atom] = true;
  return BGEN_OK;
}

/* the first three; *second and *third are BGEN_NO_ATOM where there are none */
static bgen_status place_root(growth *g, size_t root, size_t *second, size_t *third)
{
  const size_t n = sort_children(g, root);
  *second = n > 0 ? g->child[0] : BGEN_NO_ATOM, *third = BGEN_NO_ATOM;
  for (size_t s = 1; s < n && *third == BGEN_NO_ATOM; s++)
    if (!on_a_line(g, g->child[s], root, g->child[0])) *third = g->child[s];
  if (n > 1 && *third == BGEN_NO_ATOM) return BGEN_BAD_INPUT;
  bgen_status status = place(g, root, BGEN_NO_ATOM, BGEN_NO_ATOM, BGEN_NO_ATOM);
  if (*second != BGEN_NO_ATOM) status = place(g, *second, root, BGEN_NO_ATOM, BGEN_NO_ATOM);
  if (*third != BGEN_NO_ATOM) status = place(g, *third, root, *second, BGEN_NO_ATOM);
  return status;
}

/* what hangs from p: leaves, or what has atoms behind it */
static bgen_status place_children(growth *g, size_t p, size_t second, size_t third, bool leaves)
{
  const size_t root = g->tree->node[g->tree->first[g->tree->n_molecules]].atom;
  const size_t angle = p == root ? second : g->parent[p];
  const size_t n = sort_children(g, p);
  size_t turned_by = p == root       ? third
                     : angle != root ? g->parent[angle]
                     : p == second   ? third
                                     : second;
  bgen_status status = BGEN_OK;
  for (size_t s = 0; !status && s < n; s++) {
    const size_t i = g->child[s];
    if (!g->placed[i] && (g->behind[i] == 1) == leaves) status = place(g, i, p, angle, turned_by);
    if (s == 0 && p != root) turned_by = i;
  }
  return status;
}

/* Atoms nearest to the middle are tried as root until one has two neighbors that make an angle.
   walk[] is that from the middle. */
static bgen_status find_root(growth *g, size_t n, const size_t *nearest, size_t *second,
                             size_t *third)
{
  for (size_t at = 0; at < n; at++) {
    if (n > 2 && n_neighbors(g, nearest[at]) < 2) continue;
    hang_from(g, nearest[at]);
    if (!place_root(g, nearest[at], second, third)) return BGEN_OK;
  }
  return bgen_fail(BGEN_BAD_INPUT,
                   "coords internal: the molecule of atom %lld lies on one line, which has no "
                   "orientation",
                   name_of(g, nearest[0]));
}

static bgen_status place_molecule(growth *g, size_t from)
{
  const size_t n = walk_from(g, middle(g, from));
  size_t *nearest = malloc(n * sizeof *nearest), second = BGEN_NO_ATOM, third = BGEN_NO_ATOM;
  if (!nearest) return bgen_fail(BGEN_NO_MEMORY, "no memory for a molecule of %zu atoms", n);
  memcpy(nearest, g->walk, n * sizeof *nearest);
  bgen_status status = find_root(g, n, nearest, &second, &third);
  free(nearest);
  for (int leaves = 0; leaves < 2; leaves++)
    for (size_t at = 0; !status && at < n; at++)
      status = place_children(g, g->walk[at], second, third, leaves);
  for (size_t at = 0; at < n; at++) g->walked[g->walk[at]] = true;
  g->tree->first[++g->tree->n_molecules] = g->tree->n_atoms;
  return status;
}

/* ---- rings ---- */

/* bonds that no node has as its own */
static bgen_status list_closing(growth *g)
{
  size_t n = 0;
  for (size_t b = 0; b < g->of->n_bonds; b++) {
    const size_t i = g->of->bond[b][0], j = g->of->bond[b][1];
    if (g->parent[i] == j || g->parent[j] == i) continue;
    g->tree->closing[2 * n] = i, g->tree->closing[2 * n + 1] = j;
    n++;
  }
  g->tree->n_closing = n;
  return BGEN_OK;
}

/* ---- the whole ---- */

static bgen_status check_bonds(const growth *g)
{
  for (size_t b = 0; b < g->of->n_bonds; b++) {
    assert(g->of->bond[b][0] < g->of->n_atoms && g->of->bond[b][1] < g->of->n_atoms);
    if (g->of->bond[b][0] == g->of->bond[b][1])
      return bgen_fail(BGEN_BAD_INPUT, "coords internal: atom %lld is bonded to itself",
                       name_of(g, g->of->bond[b][0]));
  }
  return BGEN_OK;
}

static bgen_status grow(growth *g)
{
  bgen_status status = check_bonds(g);
  if (status) return status;
  list_neighbors(g);
  g->tree->first[0] = 0;
  for (size_t i = 0; !status && i < g->of->n_atoms; i++)
    if (!g->walked[i]) status = place_molecule(g, i);
  return status ? status : list_closing(g);
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
  const size_t n = of->n_atoms;
  growth g = {.of = of, .tree = bgen_tree_empty(n, of->n_bonds)};
  size_t *memory = malloc((6 * n + 1 + 2 * of->n_bonds) * sizeof *memory);
  bool *flags = calloc(3 * n + 1, sizeof *flags);
  bgen_status status = bgen_fail(BGEN_NO_MEMORY, "no memory for the bonds of %zu atoms", n);
  if (g.tree && memory && flags) {
    g.parent = memory, g.behind = memory + n, g.walk = memory + 2 * n, g.level = memory + 3 * n;
    g.child = memory + 4 * n, g.start = memory + 5 * n, g.neighbor = memory + 6 * n + 1;
    g.met = flags, g.placed = flags + n, g.walked = flags + 2 * n;
    status = grow(&g);
  }
  free(memory);
  free(flags);
  if (status)
    bgen_tree_destroy(g.tree);
  else
    *tree = g.tree;
  return status;
}

void bgen_tree_destroy(bgen_tree *tree)
{
  if (!tree) return;
  free(tree->node);
  free(tree->first);
  free(tree->closing);
  free(tree);
}
