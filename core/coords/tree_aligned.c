/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "coords/tree_growth.h"
#include "coords/tree_parts.h"

#define FAIL(...) bgen_fail(BGEN_BAD_INPUT, "coords internal aligned: " __VA_ARGS__)

/* ---- aligned atoms themselves ---- */

/* with the angle at any of them */
static bool make_an_angle(const double *x, size_t i, size_t j, size_t k)
{
  return !bgen_on_a_line(x, i, j, k) || !bgen_on_a_line(x, j, k, i) || !bgen_on_a_line(x, k, i, j);
}

bgen_status bgen_tree_check_aligned(const bgen_molecules *of)
{
  if (of->n_aligned == 0) return BGEN_OK;
  if (of->n_aligned < 3)
    return FAIL("%zu aligned atom(s) have no orientation: align three atoms or more",
                of->n_aligned);
  for (size_t i = 0; i < of->n_aligned; i++)
    assert(of->aligned[i] < of->n_atoms && (i == 0 || of->aligned[i - 1] < of->aligned[i]));
  for (size_t i = 1; i < of->n_aligned; i++)
    for (size_t j = 1; j < i; j++)
      if (make_an_angle(of->x, of->aligned[0], of->aligned[i], of->aligned[j])) return BGEN_OK;
  return FAIL("the %zu aligned atoms lie on one line, which has no orientation", of->n_aligned);
}

void bgen_tree_begin_aligned(bgen_tree *tree, const bgen_molecules *of)
{
  for (size_t i = 0; i < of->n_aligned; i++)
    tree->node[tree->n_atoms++] =
        (bgen_tree_node){of->aligned[i], BGEN_NO_ATOM, BGEN_NO_ATOM, BGEN_NO_ATOM};
  tree->n_aligned = of->n_aligned;
}

/* ---- what hangs from them ---- */

static bool is_aligned(const bgen_growth *g, size_t i)
{
  return g->placed[i] && g->parent[i] == BGEN_NO_ATOM;
}

/* the heaviest aligned atom, then the earliest, that is bonded to i and not on a line with it and a
   third one; not other.  BGEN_NO_ATOM: there is none */
static size_t aligned_neighbor(const bgen_growth *g, size_t i, size_t third, size_t other)
{
  size_t best = BGEN_NO_ATOM;
  for (size_t s = g->start[i]; s < g->start[i + 1]; s++) {
    const size_t j = g->neighbor[s];
    if (!is_aligned(g, j) || j == other || j == third) continue;
    if (third != BGEN_NO_ATOM && bgen_growth_on_a_line(g, third, i, j)) continue;
    if (best == BGEN_NO_ATOM || bgen_growth_is_heavier(g, j, best)) best = j;
  }
  return best;
}

static bgen_plane plane_at_aligned(const bgen_growth *g, size_t p)
{
  bgen_plane plane = {aligned_neighbor(g, p, BGEN_NO_ATOM, BGEN_NO_ATOM), BGEN_NO_ATOM, true};
  if (plane.angle == BGEN_NO_ATOM) return plane;
  plane.torsion = aligned_neighbor(g, p, plane.angle, BGEN_NO_ATOM);
  if (plane.torsion == BGEN_NO_ATOM) plane.torsion = aligned_neighbor(g, plane.angle, p, p);
  return plane;
}

/* the atom that the bond of an atom makes an angle with */
static size_t angle_of(const bgen_growth *g, size_t atom)
{
  size_t k = g->tree->n_aligned;
  while (g->tree->node[k].atom != atom) k++;
  return g->tree->node[k].angle;
}

static bgen_plane plane_of(const bgen_growth *g, size_t p)
{
  if (is_aligned(g, p)) return plane_at_aligned(g, p);
  return (bgen_plane){g->parent[p], angle_of(g, p), true};
}

bgen_status bgen_growth_aligned(bgen_growth *g)
{
  const size_t n = bgen_growth_hang(g, g->of->n_aligned, g->of->aligned);
  bgen_status status = BGEN_OK;
  bgen_tree_begin_aligned(g->tree, g->of);
  for (size_t i = 0; i < g->of->n_aligned; i++) g->placed[g->of->aligned[i]] = true;
  for (int leaves = 0; leaves < 2; leaves++)
    for (size_t at = 0; !status && at < n; at++) {
      const size_t p = g->walk[at];
      if (g->placed[p]) status = bgen_growth_place_children(g, p, plane_of(g, p), leaves);
    }
  bgen_growth_end_molecule(g, n);
  return status;
}
