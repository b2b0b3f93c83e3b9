/* SPDX-License-Identifier: MIT */
#include "coords/relabel.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bgen_relabel {
  bgen_layout layout;
  size_t n_species, largest; /* most particles of one species */
  size_t *start;             /* [n_species + 1] where a species begins in member */
  size_t *member;            /* particles, species by species, then those that are themselves */
};

/* The memory of one assignment of m rows to m columns.  Row and column 0 of the method are
   virtual. */
typedef struct assignment {
  size_t m;
  double *cost;                                /* [m][m] */
  double *row_price, *column_price, *shortest; /* [m + 1] each */
  size_t *row_of, *previous;                   /* [m + 1] each, by column */
  unsigned char *scanned, *placed;             /* [m + 1] each, by column and by row */
} assignment;

static int highest_species(size_t n, const int *species)
{
  int highest = -1;
  for (size_t i = 0; i < n; i++)
    if (species[i] > highest) highest = species[i];
  return highest;
}

static void list_members(bgen_relabel *relabel, int highest, const int *species)
{
  size_t n_listed = 0;
  for (int s = 0; s <= highest; s++) {
    const size_t first = n_listed;
    for (size_t i = 0; i < relabel->layout.n_particles; i++)
      if (species[i] == s) relabel->member[n_listed++] = i;
    if (n_listed == first) continue;
    relabel->start[relabel->n_species++] = first;
    if (n_listed - first > relabel->largest) relabel->largest = n_listed - first;
  }
  relabel->start[relabel->n_species] = n_listed;
  for (size_t i = 0; i < relabel->layout.n_particles; i++)
    if (species[i] < 0) relabel->member[n_listed++] = i;
}

bgen_status bgen_relabel_create(const bgen_layout *layout, const int *species,
                                bgen_relabel **result)
{
  const size_t n = layout->n_particles;
  const int highest = highest_species(n, species);
  const size_t n_start = (size_t) highest + 2;
  bgen_relabel *relabel = calloc(1, sizeof *relabel + (n_start + n) * sizeof *relabel->start);
  if (!relabel) return bgen_fail(BGEN_NO_MEMORY, "no memory to relabel %zu particles", n);
  relabel->layout = *layout;
  relabel->start = (size_t *) (relabel + 1);
  relabel->member = relabel->start + n_start;
  list_members(relabel, highest, species);
  *result = relabel;
  return BGEN_OK;
}

void bgen_relabel_destroy(bgen_relabel *relabel)
{
  free(relabel);
}

const size_t *bgen_relabel_alike(const bgen_relabel *relabel, size_t i, size_t *n)
{
  size_t at = 0, s = 0;
  while (relabel->member[at] != i) at++;
  while (s < relabel->n_species && relabel->start[s + 1] <= at) s++;
  const bool distinct = s == relabel->n_species;
  *n = distinct ? 1 : relabel->start[s + 1] - relabel->start[s];
  return relabel->member + (distinct ? at : relabel->start[s]);
}

size_t bgen_relabel_largest(const bgen_relabel *relabel)
{
  return relabel->largest > 1 ? relabel->largest : 1;
}

size_t bgen_relabel_work_size(const bgen_relabel *relabel)
{
  const size_t m = relabel->largest;
  return m * m + 6 * (m + 1);
}

static assignment assignment_in(size_t m, double *work)
{
  assignment a = {.m = m, .cost = work};
  a.row_price = a.cost + m * m;
  a.column_price = a.row_price + m + 1;
  a.shortest = a.column_price + m + 1;
  a.row_of = (size_t *) (a.shortest + m + 1);
  a.previous = a.row_of + m + 1;
  a.scanned = (unsigned char *) (a.previous + m + 1);
  a.placed = a.scanned + m + 1;
  return a;
}

/* One row enters: grow a tree of shortest alternating paths from it until a free column is met.
   Returns that column; previous[] leads back to column 0, which stands for the new row. */
static size_t find_path(assignment *a, size_t row)
{
  size_t column = 0;
  a->row_of[0] = row;
  for (size_t j = 0; j <= a->m; j++) a->shortest[j] = INFINITY, a->scanned[j] = 0;
  while (a->row_of[column] != 0) {
    const size_t i = a->row_of[column];
    double delta = INFINITY;
    size_t nearest = 0;
    a->scanned[column] = 1;
    for (size_t j = 1; j <= a->m; j++) {
      if (a->scanned[j]) continue;
      const double reduced = a->cost[(i - 1) * a->m + j - 1] - a->row_price[i] - a->column_price[j];
      if (reduced < a->shortest[j]) a->shortest[j] = reduced, a->previous[j] = column;
      if (a->shortest[j] < delta) delta = a->shortest[j], nearest = j;
    }
    for (size_t j = 0; j <= a->m; j++) {
      if (a->scanned[j])
        a->row_price[a->row_of[j]] += delta, a->column_price[j] -= delta;
      else
        a->shortest[j] -= delta;
    }
    column = nearest;
  }
  return column;
}

/* every column of the path takes the row of the one before it */
static void augment(assignment *a, size_t column)
{
  while (column != 0) {
    const size_t before = a->previous[column];
    a->row_of[column] = a->row_of[before];
    column = before;
  }
}

/* Each column asks for its cheapest row, and the first to ask gets it: prices are then in order,
   and only the rows that got none are left to enter. */
static void begin(assignment *a)
{
  memset(a->row_price, 0, (a->m + 1) * sizeof *a->row_price);
  memset(a->row_of, 0, (a->m + 1) * sizeof *a->row_of);
  memset(a->placed, 0, a->m + 1);
  a->column_price[0] = 0;
  for (size_t j = 1; j <= a->m; j++) {
    const double *cost = a->cost + j - 1;
    size_t cheapest = 1;
    for (size_t i = 2; i <= a->m; i++)
      if (cost[(i - 1) * a->m] < cost[(cheapest - 1) * a->m]) cheapest = i;
    a->column_price[j] = cost[(cheapest - 1) * a->m];
    if (a->placed[cheapest]) continue;
    a->row_of[j] = cheapest;
    a->placed[cheapest] = 1;
  }
}

/* row_of[j], counted from 1: the row that column j gets */
static void solve(assignment *a)
{
  begin(a);
  for (size_t row = 1; row <= a->m; row++)
    if (!a->placed[row]) augment(a, find_path(a, row));
}

static double distance_squared(size_t n_space, const double *a, const double *b)
{
  double sum = 0;
  for (size_t c = 0; c < n_space; c++) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

/* rows are particles of x, columns are places of the reference; false if a cost is not finite */
static bool fill_costs(const bgen_relabel *relabel, const size_t *member, const double *reference,
                       const double *x, assignment *a)
{
  const size_t n_space = relabel->layout.n_space;
  bool finite = true;
  for (size_t i = 0; i < a->m; i++)
    for (size_t j = 0; j < a->m; j++) {
      const double cost =
          distance_squared(n_space, x + member[i] * n_space, reference + member[j] * n_space);
      a->cost[i * a->m + j] = cost;
      finite = finite && isfinite(cost);
    }
  return finite;
}

static bool all_finite(size_t n, const double *x)
{
  bool finite = true;
  for (size_t i = 0; i < n; i++) finite = finite && isfinite(x[i]);
  return finite;
}

bool bgen_relabel_find(const bgen_relabel *relabel, const double *reference, const double *x,
                       double *work, size_t *order)
{
  const bgen_layout *layout = &relabel->layout;
  bool finite = all_finite(layout->n_particles * layout->n_space, x), identity = true;
  for (size_t i = 0; i < layout->n_particles; i++) order[i] = i;
  for (size_t s = 0; finite && s < relabel->n_species; s++) {
    const size_t *member = relabel->member + relabel->start[s];
    assignment a = assignment_in(relabel->start[s + 1] - relabel->start[s], work);
    finite = fill_costs(relabel, member, reference, x, &a);
    if (finite) solve(&a);
    for (size_t j = 0; finite && j < a.m; j++) {
      order[member[j]] = member[a.row_of[j + 1] - 1];
      identity = identity && a.row_of[j + 1] == j + 1;
    }
  }
  if (!finite)
    for (size_t i = 0; i < layout->n_particles; i++) order[i] = i;
  return finite && identity;
}

void bgen_relabel_apply(const bgen_layout *layout, const size_t *order, const double *x,
                        double *out)
{
  const size_t n_space = layout->n_space;
  for (size_t i = 0; i < layout->n_particles; i++)
    memcpy(out + i * n_space, x + order[i] * n_space, n_space * sizeof *out);
}
