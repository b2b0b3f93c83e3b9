/* SPDX-License-Identifier: MIT
   Sites have three components here, whatever n_space is. */
#include "coords/site_neighbors.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/site_motions.h"
#include "coords/vectors.h"

/* Distances and components that differ by less of the shortest distance are the same. */
static const double RESOLUTION = 0.02;

/* An image of a site, seen from another site. */
typedef struct image {
  double d[3], distance, key;
  size_t site;
} image;

/* A class of sites by the one that is looked at. */
typedef struct class {
  size_t site;
  const int *kind; /* NULL: there is one kind */
  image *near;     /* [n_neighbors] */
} class;

typedef struct search {
  const bgen_layout *layout;
  const double *sites;
  bgen_cell_edges cell;
  bgen_motions translations;
  bgen_neighbors *table;
  size_t capacity, n_images;
  image *images; /* [capacity] */
  class *classes;
  image *near; /* [n_classes][n_neighbors] */
} search;

static bgen_status fail_memory(size_t n_sites)
{
  return bgen_fail(BGEN_NO_MEMORY, "no memory for the neighbors of %zu sites", n_sites);
}

/* ---- images ---- */

static void to_fractions(const search *s, const double *v, double *fraction)
{
  for (size_t i = 0; i < 3; i++)
    fraction[i] =
        v[0] * s->cell.inverse[i] + v[1] * s->cell.inverse[3 + i] + v[2] * s->cell.inverse[6 + i];
}

static void from_fractions(const search *s, const double *fraction, double *v)
{
  const double *e = s->cell.edge;
  for (size_t c = 0; c < 3; c++)
    v[c] = fraction[0] * e[c] + fraction[1] * e[3 + c] + fraction[2] * e[6 + c];
}

/* an image next to site i, and those that are up to reach edges from there */
static void add_images(search *s, size_t i, size_t j, int reach)
{
  double a[3], b[3], fraction[3];
  int most[3];
  bgen_load3(s->layout, s->sites, i, a);
  bgen_load3(s->layout, s->sites, j, b);
  for (size_t c = 0; c < 3; c++) b[c] -= a[c];
  to_fractions(s, b, fraction);
  for (size_t c = 0; c < 3; c++) {
    most[c] = c < s->cell.n_periodic ? reach : 0;
    if (most[c]) fraction[c] -= rint(fraction[c]);
  }
  for (int x = -most[0]; x <= most[0]; x++)
    for (int y = -most[1]; y <= most[1]; y++)
      for (int z = -most[2]; z <= most[2]; z++) {
        image *of = &s->images[s->n_images];
        if (i == j && !x && !y && !z) continue;
        from_fractions(s, (const double[3]){fraction[0] + x, fraction[1] + y, fraction[2] + z},
                       of->d);
        of->distance = sqrt(bgen_dot3(of->d, of->d));
        of->site = j;
        s->n_images++;
      }
}

static bgen_status reserve_images(search *s, int reach)
{
  size_t capacity = s->layout->n_particles;
  for (size_t c = 0; c < s->cell.n_periodic; c++) capacity *= 2 * (size_t) reach + 1;
  if (capacity <= s->capacity) return BGEN_OK;
  image *images = realloc(s->images, capacity * sizeof *images);
  if (!images) return fail_memory(s->layout->n_particles);
  s->images = images, s->capacity = capacity;
  return BGEN_OK;
}

/* within this distance no image is missing: fractions of the others are at least reach + 1/2 */
static double complete_within(const search *s, int reach)
{
  double height = INFINITY;
  for (size_t i = 0; i < s->cell.n_periodic; i++) {
    const double *m = s->cell.inverse;
    height = fmin(height, 1 / sqrt(m[i] * m[i] + m[3 + i] * m[3 + i] + m[6 + i] * m[6 + i]));
  }
  return (reach + 0.5) * height;
}

/* all images around site i, of which the nearest `most` are not missing */
static bgen_status find_images(search *s, size_t i, size_t most)
{
  for (int reach = 1;; reach++) {
    const bgen_status status = reserve_images(s, reach);
    if (status) return status;
    const double within = (1 - RESOLUTION) * complete_within(s, reach);
    size_t n_within = 0;
    s->n_images = 0;
    for (size_t j = 0; j < s->layout->n_particles; j++) add_images(s, i, j, reach);
    for (size_t k = 0; k < s->n_images; k++) n_within += s->images[k].distance < within;
    if (!s->cell.n_periodic || n_within >= most) return BGEN_OK;
  }
}

/* ---- order ---- */

static int compare_keys(const void *a, const void *b)
{
  const double x = ((const image *) a)->key, y = ((const image *) b)->key;
  return (x > y) - (x < y);
}

/* by distance (level 0), and what is alike by the last component, then by the one before */
static void sort_images(size_t n, image *images, size_t level, double tolerance)
{
  if (n < 2 || level > 3) return;
  for (size_t k = 0; k < n; k++)
    images[k].key = level == 0 ? images[k].distance : images[k].d[3 - level];
  qsort(images, n, sizeof *images, compare_keys);
  for (size_t begin = 0, end = 1; begin < n; begin = end++) {
    while (end < n && images[end].key - images[end - 1].key <= tolerance) end++;
    sort_images(end - begin, images + begin, level + 1, tolerance);
  }
}

static double shortest(const search *s)
{
  double least = INFINITY;
  for (size_t k = 0; k < s->n_images; k++) least = fmin(least, s->images[k].distance);
  return least;
}

/* classes by their kinds and by what is near them; true if a comes before b */
static bool precedes(const class *a, const class *b, size_t n)
{
  assert(n == 0 || (a->near && b->near));
  const double tolerance = n ? RESOLUTION * a->near[0].distance : 0;
  if (a->kind && *a->kind != *b->kind) return *a->kind < *b->kind;
  for (size_t k = 0; k < n; k++)
    for (size_t c = 3; c-- > 0;) {
      const double difference = a->near[k].d[c] - b->near[k].d[c];
      if (fabs(difference) > tolerance) return difference < 0;
    }
  return false;
}

static void sort_classes(size_t n, class *classes, size_t n_neighbors)
{
  for (size_t k = 1; k < n; k++) {
    const class one = classes[k];
    size_t at = k;
    for (; at > 0 && precedes(&one, &classes[at - 1], n_neighbors); at--)
      classes[at] = classes[at - 1];
    classes[at] = one;
  }
}

/* ---- classes ---- */

/* numbers them by their first sites; translations that are a group divide sites evenly */
static bgen_status divide(search *s)
{
  bgen_neighbors *t = s->table;
  for (size_t i = 0; i < t->n_sites; i++) t->site_class[i] = t->n_sites;
  for (size_t i = 0; i < t->n_sites; i++) {
    if (t->site_class[i] < t->n_sites) continue;
    for (size_t m = 0; m < s->translations.n; m++)
      t->site_class[s->translations.order[m * t->n_sites + i]] = t->n_classes;
    t->n_classes++;
  }
  if (t->n_classes * s->translations.n == t->n_sites) return BGEN_OK;
  return bgen_fail(
      BGEN_BAD_INPUT,
      "only %zu translations of the %zu sites of a crystal are seen, which is a part of "
      "them: collect more frames",
      s->translations.n, t->n_sites);
}

static bgen_status look_around(search *s, const int *kinds, size_t most)
{
  bgen_neighbors *t = s->table;
  s->classes = calloc(t->n_classes, sizeof *s->classes);
  s->near = malloc(t->n_classes * most * sizeof *s->near);
  if (!s->classes || !s->near) return fail_memory(t->n_sites);
  for (size_t i = 0, k = 0; i < t->n_sites; i++) {
    if (t->site_class[i] != k) continue;
    const bgen_status status = find_images(s, i, most);
    if (status) return status;
    sort_images(s->n_images, s->images, 0, RESOLUTION * shortest(s));
    t->n_neighbors = s->n_images < most ? s->n_images : most;
    s->classes[k] = (class){i, kinds ? kinds + i : NULL, s->near + k * most};
    memcpy(s->classes[k++].near, s->images, t->n_neighbors * sizeof *s->near);
  }
  return BGEN_OK;
}

static bgen_status fill(search *s)
{
  bgen_neighbors *t = s->table;
  const size_t n = t->n_neighbors;
  sort_classes(t->n_classes, s->classes, n);
  t->neighbor = malloc((t->n_sites * n + 1) * sizeof *t->neighbor);
  if (!t->neighbor) return fail_memory(t->n_sites);
  for (size_t c = 0; c < t->n_classes; c++)
    for (size_t m = 0; m < s->translations.n; m++) {
      const size_t *order = s->translations.order + m * t->n_sites;
      const size_t site = order[s->classes[c].site];
      t->site_class[site] = c;
      assert(n == 0 || s->classes[c].near);
      for (size_t k = 0; k < n; k++) t->neighbor[site * n + k] = order[s->classes[c].near[k].site];
    }
  return BGEN_OK;
}

bgen_status bgen_site_neighbors_find(const bgen_layout *layout, const int *kinds,
                                     const bgen_lattice *lattice, const double *sites,
                                     double tolerance, size_t most, bgen_neighbors *table)
{
  search s = {.layout = layout, .sites = sites, .table = table};
  bgen_motions points = {0};
  *table = (bgen_neighbors){.n_sites = layout->n_particles};
  table->site_class = malloc(layout->n_particles * sizeof *table->site_class);
  bgen_status status = table->site_class ? BGEN_OK : fail_memory(layout->n_particles);
  if (!status) status = bgen_cell_edges_find(layout->n_space, lattice, &s.cell);
  if (!status)
    status = bgen_site_motions(layout, kinds, lattice, sites, tolerance, &s.translations, &points);
  if (!status) status = divide(&s);
  if (!status) status = look_around(&s, kinds, most);
  if (!status) status = fill(&s);
  bgen_motions_free(&s.translations), bgen_motions_free(&points);
  free(s.images), free(s.classes), free(s.near);
  return status;
}

void bgen_site_neighbors_free(bgen_neighbors *table)
{
  free(table->site_class), free(table->neighbor);
  *table = (bgen_neighbors){0};
}
