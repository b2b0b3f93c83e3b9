/* SPDX-License-Identifier: MIT
   Sites and matrices have three components here, whatever n_space is. */
#include "coords/site_motions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/superpose.h"
#include "coords/vectors.h"

/* What is looked at while motions are found. */
typedef struct search {
  size_t n;
  const int *kinds; /* NULL: of one kind */
  double *site;     /* [n][3], a free body's from its centre */
  double *fraction; /* [n][3] of the edges */
  double *moved;    /* [n][3], memory */
  bool *taken;      /* [n], memory */
  size_t *order;    /* [n], the result, */
  double *miss;     /* [n][3]: the image of site i minus the site order[i] */
  bgen_cell_edges cell;
  double tolerance, reach; /* a site is the nearest one within its reach */
} search;

static void times(const double *matrix, const double *v, double *out)
{
  for (size_t a = 0; a < 3; a++) out[a] = bgen_dot3(matrix + 3 * a, v);
}

static bool alike(const search *s, size_t i, size_t j)
{
  return !s->kinds || s->kinds[i] == s->kinds[j];
}

/* ---- memory ---- */

static bgen_status begin_motions(size_t n_particles, bgen_motions *m)
{
  *m = (bgen_motions){n_particles, 0, 0, NULL, NULL, calloc(3 * n_particles, sizeof(double))};
  if (m->missed) return BGEN_OK;
  return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu sites", n_particles);
}

static bgen_status reserve(bgen_motions *m)
{
  const size_t capacity = 2 * m->capacity + 16;
  if (m->n < m->capacity) return BGEN_OK;
  double(*matrix)[9] = realloc(m->matrix, capacity * sizeof *matrix);
  if (matrix) m->matrix = matrix;
  size_t *order = realloc(m->order, capacity * m->n_particles * sizeof *order);
  if (order) m->order = order;
  if (!matrix || !order)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu sites", m->n_particles);
  m->capacity = capacity;
  return BGEN_OK;
}

/* with what the search has found for the matrix */
static bgen_status append(const search *s, const double *matrix, bgen_motions *m)
{
  const bgen_status status = reserve(m);
  if (status) return status;
  memcpy(m->matrix[m->n], matrix, 9 * sizeof *matrix);
  memcpy(m->order + m->n * s->n, s->order, s->n * sizeof *s->order);
  for (size_t i = 0; i < 3 * s->n; i++) m->missed[3 * s->order[i / 3] + i % 3] += s->miss[i];
  m->n++;
  return BGEN_OK;
}

void bgen_motions_free(bgen_motions *m)
{
  free(m->matrix), free(m->order), free(m->missed);
}

static void free_search(search *s)
{
  free(s->site), free(s->fraction), free(s->moved), free(s->miss);
  free(s->taken), free(s->order);
}

/* ---- sites ---- */

static void fractions_of(const search *s, const double *v, double *fraction)
{
  for (size_t i = 0; i < 3; i++)
    fraction[i] =
        v[0] * s->cell.inverse[i] + v[1] * s->cell.inverse[3 + i] + v[2] * s->cell.inverse[6 + i];
}

/* from site j to what is at these fractions, its image next to the site if there is one */
static void difference(const search *s, const double *fraction, size_t j, double *d)
{
  double rest[3];
  for (size_t i = 0; i < 3; i++) {
    rest[i] = fraction[i] - s->fraction[3 * j + i];
    if (i < s->cell.n_periodic) rest[i] -= rint(rest[i]);
  }
  for (size_t c = 0; c < 3; c++)
    d[c] =
        rest[0] * s->cell.edge[c] + rest[1] * s->cell.edge[3 + c] + rest[2] * s->cell.edge[6 + c];
}

/* half of the distance to the nearest of all other sites */
static double find_reach(const search *s)
{
  double least = INFINITY, d[3];
  for (size_t i = 0; i < s->n; i++)
    for (size_t j = 0; j < i; j++) {
      difference(s, s->fraction + 3 * i, j, d);
      least = fmin(least, bgen_dot3(d, d));
    }
  return sqrt(least) / 2;
}

static void set_centre(search *s)
{
  double centre[3] = {0};
  for (size_t i = 0; i < 3 * s->n; i++) centre[i % 3] += s->site[i] / (double) s->n;
  for (size_t i = 0; i < 3 * s->n; i++) s->site[i] -= centre[i % 3];
}

static bgen_status begin_search(const bgen_layout *layout, const double *sites, search *s)
{
  const size_t n = s->n = layout->n_particles, n_space = layout->n_space;
  s->site = calloc(3 * n, sizeof *s->site);
  s->fraction = malloc(3 * n * sizeof *s->fraction);
  s->moved = malloc(3 * n * sizeof *s->moved);
  s->miss = malloc(3 * n * sizeof *s->miss);
  s->taken = malloc(n * sizeof *s->taken);
  s->order = calloc(n, sizeof *s->order);
  if (!s->site || !s->fraction || !s->moved || !s->miss || !s->taken || !s->order)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu sites", n);
  for (size_t i = 0; i < n; i++)
    memcpy(s->site + 3 * i, sites + i * n_space, n_space * sizeof *sites);
  if (s->cell.n_periodic == 0) set_centre(s);
  for (size_t i = 0; i < n; i++) fractions_of(s, s->site + 3 * i, s->fraction + 3 * i);
  s->reach = find_reach(s);
  return BGEN_OK;
}

/* ---- one motion ---- */

/* The site of this kind within reach of a point, looking from one on; n: there is none that is not
   taken. */
static size_t site_at(const search *s, const double *point, size_t i, size_t from)
{
  double fraction[3], d[3];
  fractions_of(s, point, fraction);
  for (size_t k = 0; k < s->n; k++) {
    const size_t j = from + k < s->n ? from + k : from + k - s->n;
    difference(s, fraction, j, d);
    if (!(bgen_dot3(d, d) < s->reach * s->reach)) continue;
    return alike(s, i, j) && !s->taken[j] ? j : s->n;
  }
  return s->n;
}

/* s->order and s->miss of x -> M x + t; false if it does not map sites to sites */
static bool maps(search *s, const double *matrix, const double *shift)
{
  size_t next = 0;
  memset(s->taken, 0, s->n * sizeof *s->taken);
  for (size_t i = 0; i < s->n; i++) {
    double point[3], fraction[3];
    times(matrix, s->site + 3 * i, point);
    for (size_t c = 0; c < 3; c++) point[c] += shift[c];
    const size_t j = s->order[i] = site_at(s, point, i, next);
    if (j == s->n) return false;
    s->taken[j] = true;
    next = (j + 1) % s->n; /* in regular order it is the next one */
    fractions_of(s, point, fraction);
    difference(s, fraction, j, s->miss + 3 * i);
  }
  return true;
}

/* Takes the mean from what is missed, which is the shift's; false if a site is missed by more than
   the tolerance. */
static bool holds(search *s)
{
  double mean[3] = {0};
  for (size_t i = 0; i < 3 * s->n; i++) mean[i % 3] += s->miss[i] / (double) s->n;
  for (size_t i = 0; i < 3 * s->n; i++) s->miss[i] -= mean[i % 3];
  for (size_t i = 0; i < s->n; i++)
    if (!(bgen_dot3(s->miss + 3 * i, s->miss + 3 * i) <= s->tolerance * s->tolerance)) return false;
  return true;
}

/* ---- in a box ---- */

/* a site whose kind is the rarest: it has the fewest images */
static size_t anchor_of(const search *s)
{
  size_t best = 0, least = s->n + 1;
  for (size_t i = 0; s->kinds && i < s->n; i++) {
    size_t n_alike = 0;
    for (size_t j = 0; j < s->n; j++) n_alike += alike(s, i, j);
    if (n_alike < least) best = i, least = n_alike;
  }
  return best;
}

/* all motions with this matrix, or one */
static bgen_status find_shifts(search *s, size_t anchor, const double *matrix, bool all,
                               bgen_motions *found)
{
  double image[3], shift[3];
  times(matrix, s->site + 3 * anchor, image);
  for (size_t k = 0; k < s->n; k++) {
    const size_t j = (anchor + k) % s->n;
    if (!alike(s, anchor, j)) continue;
    for (size_t c = 0; c < 3; c++) shift[c] = s->site[3 * j + c] - image[c];
    if (!maps(s, matrix, shift) || !holds(s)) continue;
    const bgen_status status = append(s, matrix, found);
    if (status || !all) return status;
  }
  return BGEN_OK;
}

static bgen_status search_box(search *s, bgen_motions *translations, bgen_motions *points)
{
  double matrix[BGEN_MOST_LATTICE_POINTS][9];
  const size_t n_points = bgen_cell_point_group(&s->cell, matrix), anchor = anchor_of(s);
  bgen_status status = find_shifts(s, anchor, matrix[0], true, translations);
  for (size_t p = 0; !status && p < n_points; p++)
    status = find_shifts(s, anchor, matrix[p], false, points);
  return status;
}

/* ---- a free body ---- */

/* Three orthonormal axes, in rows: along a, and b as far as it is not along a. */
static void axes_of(const double *a, const double *b, double *axes)
{
  memcpy(axes, a, 3 * sizeof *a);
  bgen_cross3(a, b, axes + 6);
  bgen_cross3(axes + 6, a, axes + 3);
  for (size_t i = 0; i < 9; i += 3) {
    const double length = sqrt(bgen_dot3(axes + i, axes + i));
    for (size_t c = 0; c < 3; c++) axes[i + c] /= length;
  }
}

/* the matrix that takes axes to others, the third of which may be turned over */
static void between(const double *from, const double *to, double sense, double *matrix)
{
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++)
      matrix[3 * a + b] =
          to[a] * from[b] + to[3 + a] * from[3 + b] + sense * to[6 + a] * from[6 + b];
}

/* The orthogonal matrix that brings sites closest to those that s->order tells, of the same
   determinant: x is mirrored before if that is negative. */
static void refine(const search *s, double determinant, double *matrix)
{
  double correlation[9] = {0};
  for (size_t i = 0; i < s->n; i++)
    for (size_t a = 0; a < 3; a++)
      for (size_t b = 0; b < 3; b++)
        correlation[3 * a + b] +=
            s->site[3 * s->order[i] + a] * s->site[3 * i + b] * (b == 0 ? determinant : 1);
  bgen_superpose(3, correlation, matrix);
  for (size_t a = 0; a < 3; a++) matrix[3 * a] *= determinant;
}

static bgen_status try_axes(search *s, const double *from, const double *to, double sense,
                            bgen_motions *found)
{
  static const double still[3] = {0};
  double matrix[9];
  between(from, to, sense, matrix);
  if (!maps(s, matrix, still)) return BGEN_OK;
  refine(s, sense, matrix);
  if (!maps(s, matrix, still) || !holds(s)) return BGEN_OK;
  return append(s, matrix, found);
}

/* the farthest site, and the one that is farthest from the line through it and the centre */
static bool find_pivots(const search *s, size_t pivot[2])
{
  double best = 0, area = 0, normal[3];
  for (size_t i = 0; i < s->n; i++) {
    const double square = bgen_dot3(s->site + 3 * i, s->site + 3 * i);
    if (square > best * (1 + 1e-9)) pivot[0] = i, best = square;
  }
  for (size_t i = 0; i < s->n; i++) {
    bgen_cross3(s->site + 3 * pivot[0], s->site + 3 * i, normal);
    if (bgen_dot3(normal, normal) > area * (1 + 1e-9))
      pivot[1] = i, area = bgen_dot3(normal, normal);
  }
  return area > 1e-12 * best * best;
}

/* two sites are as far from the centre and from each other as the pivots, nearly */
static bool like_pivots(const search *s, const size_t *pivot, size_t i, size_t j)
{
  const double *a = s->site + 3 * pivot[0], *b = s->site + 3 * pivot[1], *c = s->site + 3 * i,
               *d = s->site + 3 * j, within = 4 * s->tolerance;
  const double size = sqrt(bgen_dot3(a, a));
  return alike(s, pivot[0], i) && alike(s, pivot[1], j) &&
         fabs(size - sqrt(bgen_dot3(c, c))) <= within &&
         fabs(sqrt(bgen_dot3(b, b)) - sqrt(bgen_dot3(d, d))) <= within &&
         fabs(bgen_dot3(a, b) - bgen_dot3(c, d)) <= 2 * within * size;
}

static bgen_status search_identity(search *s, bgen_motions *motions)
{
  static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  for (size_t i = 0; i < s->n; i++) s->order[i] = i;
  memset(s->miss, 0, 3 * s->n * sizeof *s->miss);
  return append(s, identity, motions);
}

/* In a plane the third axis stands upright, and stays. */
static bgen_status search_body(search *s, bgen_motions *points)
{
  size_t pivot[2] = {0, 0};
  double from[9], to[9];
  bgen_status status = search_identity(s, points);
  if (status || !find_pivots(s, pivot)) return status;
  axes_of(s->site + 3 * pivot[0], s->site + 3 * pivot[1], from);
  for (size_t i = 0; i < s->n; i++)
    for (size_t j = 0; j < s->n; j++)
      for (int sense = -1; sense <= 1 && like_pivots(s, pivot, i, j); sense += 2) {
        axes_of(s->site + 3 * i, s->site + 3 * j, to);
        if (i == pivot[0] && j == pivot[1] && sense > 0) continue; /* the identity */
        if (s->cell.n_space < 3 && to[8] * from[8] * sense < 0) continue;
        status = try_axes(s, from, to, sense, points);
        if (status) return status;
      }
  return status;
}

/* ---- all of them ---- */

/* Sites in one place, or without one, have no reach: nothing but the identity is known of them. */
static bgen_status search_all(search *s, bgen_motions *translations, bgen_motions *points)
{
  const bool is_box = s->cell.n_periodic > 0 && s->reach > 0;
  if (is_box) return search_box(s, translations, points);
  const bgen_status status = search_identity(s, translations);
  if (status) return status;
  return s->reach > 0 ? search_body(s, points) : search_identity(s, points);
}

bgen_status bgen_site_motions(const bgen_layout *layout, const int *kinds,
                              const bgen_lattice *lattice, const double *sites, double tolerance,
                              bgen_motions *translations, bgen_motions *points)
{
  search s = {.kinds = kinds, .tolerance = tolerance};
  bgen_status status = begin_motions(layout->n_particles, translations);
  const bgen_status other = begin_motions(layout->n_particles, points);
  if (!status) status = other;
  if (!status) status = bgen_cell_edges_find(layout->n_space, lattice, &s.cell);
  if (!status) status = begin_search(layout, sites, &s);
  if (!status) status = search_all(&s, translations, points);
  free_search(&s);
  return status;
}
