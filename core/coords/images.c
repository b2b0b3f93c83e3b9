/* SPDX-License-Identifier: MIT */
#include "coords/images.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A particle and the one before it in its tree. */
typedef struct link {
  size_t from, to;
} link;

struct bgen_images {
  size_t n, n_bonds, n_pairs, n_links;
  link *bond;                                          /* [n_bonds] */
  link *pair;                                          /* [n_pairs] that the user looks at */
  link *tree;                                          /* [n_links], from the lowest of a tree on */
  bool *left;                                          /* [n] of a molecule that is left alone */
  bool *ring;                                          /* [n_pairs] joins nothing */
  double *site;                                        /* [n][3], 0 where there are none */
  size_t *root, *molecule, *degree, *queue, *neighbor; /* memory, [n + 1], the last [2 n] */
};

/* ---- the box ---- */

static const double ALMOST_HALF = 0.499; /* of an edge: rounds to no box, whatever the rounding */

bool bgen_cell_nearest(const bgen_cell *cell, double *d)
{
  const double edge[3][3] = {
      {cell->xx, 0, 0}, {cell->xy, cell->yy, 0}, {cell->xz, cell->yz, cell->zz}};
  bool was = true;
  for (size_t e = 3; e-- > 0;) {
    if (!cell->periodic[e] || fabs(d[e]) < ALMOST_HALF * edge[e][e]) continue;
    const double n_boxes = round(d[e] / edge[e][e]);
    if (n_boxes == 0) continue;
    for (size_t c = 0; c <= e; c++) d[c] -= n_boxes * edge[e][c];
    was = false;
  }
  return was;
}

void bgen_cell_fractions(const bgen_cell *cell, size_t n_space, const double *d, double *s)
{
  const bool *periodic = cell->periodic;
  s[2] = periodic[2] && n_space > 2 ? d[2] / cell->zz : 0;
  s[1] = periodic[1] && n_space > 1 ? (d[1] - cell->yz * s[2]) / cell->yy : 0;
  s[0] = periodic[0] ? (d[0] - cell->xy * s[1] - cell->xz * s[2]) / cell->xx : 0;
}

/* ---- trees ---- */

static void *memory(size_t n, size_t size)
{
  return calloc(n + 1, size);
}

static bool allocate(bgen_images *m)
{
  m->bond = memory(m->n_bonds, sizeof *m->bond);
  m->pair = memory(m->n_pairs, sizeof *m->pair);
  m->tree = memory(m->n, sizeof *m->tree);
  m->left = memory(m->n, sizeof *m->left);
  m->ring = memory(m->n_pairs, sizeof *m->ring);
  m->site = memory(3 * m->n, sizeof *m->site);
  m->root = memory(m->n, sizeof *m->root);
  m->molecule = memory(m->n, sizeof *m->molecule);
  m->degree = memory(m->n, sizeof *m->degree);
  m->queue = memory(m->n, sizeof *m->queue);
  m->neighbor = memory(2 * m->n, sizeof *m->neighbor);
  return m->bond && m->pair && m->tree && m->left && m->ring && m->site && m->root && m->molecule &&
         m->degree && m->queue && m->neighbor;
}

static size_t root_of(size_t *root, size_t i)
{
  while (root[i] != i) i = root[i] = root[root[i]];
  return i;
}

/* into one set, whose root is its lowest; false: they were */
static bool unite(size_t *root, link pair)
{
  const size_t a = root_of(root, pair.from), b = root_of(root, pair.to);
  if (a < b)
    root[b] = a;
  else
    root[a] = b;
  return a != b;
}

static void forget_sets(size_t n, size_t *root)
{
  for (size_t i = 0; i < n; i++) root[i] = i;
}

/* the pairs that make trees of particles that are not left alone, in the order found */
static void choose_links(bgen_images *m)
{
  m->n_links = 0;
  forget_sets(m->n, m->root);
  for (size_t k = 0; k < m->n_bonds; k++)
    if (!m->left[m->bond[k].from] && unite(m->root, m->bond[k])) m->tree[m->n_links++] = m->bond[k];
  for (size_t k = 0; k < m->n_pairs; k++) {
    const link pair = m->pair[k];
    m->ring[k] = root_of(m->molecule, pair.from) != root_of(m->molecule, pair.to) &&
                 root_of(m->root, pair.from) == root_of(m->root, pair.to);
    if (m->left[pair.from] || m->left[pair.to]) continue;
    if (unite(m->root, pair)) m->tree[m->n_links++] = pair;
  }
}

/* neighbor[] of particle i in the trees stand from degree[i] on, up to that of the next one */
static void list_neighbors(bgen_images *m)
{
  memset(m->degree, 0, (m->n + 1) * sizeof *m->degree);
  for (size_t k = 0; k < m->n_links; k++) m->degree[m->tree[k].from]++, m->degree[m->tree[k].to]++;
  for (size_t i = 1; i <= m->n; i++) m->degree[i] += m->degree[i - 1];
  for (size_t k = m->n_links; k-- > 0;) {
    m->neighbor[--m->degree[m->tree[k].from]] = m->tree[k].to;
    m->neighbor[--m->degree[m->tree[k].to]] = m->tree[k].from;
  }
}

/* links from the lowest of each tree on: root[] is then the one before, or itself */
static void order_links(bgen_images *m)
{
  size_t n_links = 0;
  list_neighbors(m);
  for (size_t start = 0; start < m->n; start++) {
    if (m->root[start] != start) continue;
    size_t n_found = 0, n_done = 0;
    m->queue[n_found++] = start;
    while (n_done < n_found) {
      const size_t i = m->queue[n_done++];
      for (size_t k = m->degree[i]; k < m->degree[i + 1]; k++) {
        const size_t j = m->neighbor[k];
        if (j == m->root[i]) continue; /* where it came from */
        m->root[j] = i;
        m->tree[n_links++] = (link){i, j};
        m->queue[n_found++] = j;
      }
    }
  }
}

static void build(bgen_images *m)
{
  choose_links(m);
  for (size_t i = 0; i < m->n; i++) m->root[i] = root_of(m->root, i);
  order_links(m);
}

/* joined to nothing yet */
static bgen_status create(size_t n, size_t n_bonds, size_t n_pairs, bgen_images **images)
{
  bgen_images *m = calloc(1, sizeof *m);
  if (m) m->n = n, m->n_bonds = n_bonds, m->n_pairs = n_pairs;
  if (!m || !allocate(m)) {
    bgen_images_destroy(m);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the images of %zu particles", n);
  }
  forget_sets(n, m->molecule);
  *images = m;
  return BGEN_OK;
}

bgen_status bgen_images_create_at_sites(size_t n, const double *site, bgen_images **images)
{
  const bgen_status status = create(n, 0, 0, images);
  if (status) return status;
  memcpy((*images)->site, site, 3 * n * sizeof *site);
  for (size_t i = 1; i < n; i++) (*images)->tree[(*images)->n_links++] = (link){0, i};
  return BGEN_OK;
}

bgen_status bgen_images_create(size_t n, size_t n_bonds, const size_t *bond, size_t n_pairs,
                               const size_t *pair, bgen_images **images)
{
  bgen_images *m = NULL;
  const bgen_status status = create(n, n_bonds, n_pairs, &m);
  if (status || !m) return status;
  for (size_t k = 0; k < n_bonds; k++) {
    m->bond[k] = (link){bond[2 * k], bond[2 * k + 1]};
    unite(m->molecule, m->bond[k]);
  }
  for (size_t k = 0; k < n_pairs; k++) m->pair[k] = (link){pair[2 * k], pair[2 * k + 1]};
  build(m);
  *images = m;
  return BGEN_OK;
}

void bgen_images_destroy(bgen_images *m)
{
  if (!m) return;
  free(m->bond), free(m->pair), free(m->tree), free(m->left), free(m->ring), free(m->site);
  free(m->root), free(m->molecule), free(m->degree), free(m->queue), free(m->neighbor);
  free(m);
}

/* ---- the rule ---- */

static bool is_nearest(const bgen_images *m, const bgen_cell *cell, link pair, const double *x)
{
  const double *from = x + 3 * pair.from, *to = x + 3 * pair.to;
  double d[3];
  for (size_t c = 0; c < 3; c++)
    d[c] = to[c] - from[c] - (m->site[3 * pair.to + c] - m->site[3 * pair.from + c]);
  return bgen_cell_nearest(cell, d);
}

void bgen_images_shift(const bgen_images *m, const bgen_cell *cell, const double *u, double *shift)
{
  memset(shift, 0, 3 * m->n * sizeof *shift);
  for (size_t k = 0; k < m->n_links; k++) {
    const double *from = u + 3 * m->tree[k].from, *to = u + 3 * m->tree[k].to,
                 *before = shift + 3 * m->tree[k].from, *site = m->site + 3 * m->tree[k].to,
                 *site_before = m->site + 3 * m->tree[k].from;
    double *after = shift + 3 * m->tree[k].to, d[3], direct[3];
    for (size_t c = 0; c < 3; c++)
      d[c] = direct[c] = to[c] - (from[c] + before[c]) - (site[c] - site_before[c]);
    if (bgen_cell_nearest(cell, d)) continue;
    for (size_t c = 0; c < 3; c++) after[c] = d[c] - direct[c];
  }
}

bool bgen_images_hold(const bgen_images *m, const bgen_cell *cell, const double *x)
{
  for (size_t k = 0; k < m->n_links; k++)
    if (!is_nearest(m, cell, m->tree[k], x)) return false;
  return true;
}

size_t bgen_images_n_joined(const bgen_images *m)
{
  return m->n_links;
}

bool bgen_images_closes_ring(const bgen_images *m, size_t pair)
{
  return m->ring[pair];
}

/* ---- molecules that are bonded to their own images ---- */

size_t bgen_images_leave_wrapped(bgen_images *m, const bgen_cell *cell, const double *u)
{
  double *x = malloc((3 * m->n + 1) * sizeof *x);
  size_t n_wrapped = 0;
  if (!x) return 0;
  bgen_images_shift(m, cell, u, x);
  for (size_t c = 0; c < 3 * m->n; c++) x[c] += u[c];
  for (size_t k = 0; k < m->n_bonds; k++) {
    const link bond = m->bond[k];
    const size_t lowest = root_of(m->molecule, bond.from);
    if (m->left[lowest] || is_nearest(m, cell, bond, x)) continue;
    n_wrapped++;
    for (size_t i = 0; i < m->n; i++)
      if (root_of(m->molecule, i) == lowest) m->left[i] = true;
  }
  free(x);
  if (n_wrapped) build(m);
  return n_wrapped;
}
