/* SPDX-License-Identifier: MIT */
#include "sample/constraints.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = BGEN_MOST_RODS, MOST_ITERATIONS = 50 };

static const double HELD = 1e-13;    /* relative, of squares of lengths: some roundings */
static const double RETURNED = 1e-8; /* of a length; another solution is about a length away */

/* ---- rods that hang together ---- */

static size_t root_of(size_t *up, size_t i)
{
  while (up[i] != i) i = up[i] = up[up[i]];
  return i;
}

/* up[n_particles] becomes the root of each, which all that hang together share */
static void find_roots(size_t n_particles, size_t n, const size_t *pair, size_t *up)
{
  for (size_t i = 0; i < n_particles; i++) up[i] = i;
  for (size_t k = 0; k < n; k++) up[root_of(up, pair[2 * k])] = root_of(up, pair[2 * k + 1]);
  for (size_t i = 0; i < n_particles; i++) up[i] = root_of(up, i);
}

/* Rods in the order of their roots; place[n_particles] is 0 and becomes where the next one goes. */
static bgen_status sort_clusters(bgen_constraints *c, const size_t *pair, const size_t *root,
                                 size_t *place)
{
  size_t at = 0;
  for (size_t k = 0; k < c->n; k++) place[root[pair[2 * k]]]++;
  for (size_t i = 0; i < c->layout.n_particles; i++) {
    const size_t m = place[i];
    place[i] = at;
    if (m > MOST)
      return bgen_fail(BGEN_BAD_INPUT, "%zu rods hang together at particle %zu, more than %d", m, i,
                       MOST);
    if (m > 0) c->first[++c->n_clusters] = at += m;
  }
  for (size_t k = 0; k < c->n; k++)
    memcpy(c->pair + 2 * place[root[pair[2 * k]]]++, pair + 2 * k, 2 * sizeof *pair);
  return BGEN_OK;
}

static bgen_status check_ends(size_t n_particles, size_t n, const size_t *pair)
{
  for (size_t k = 0; k < n; k++, pair += 2) {
    const size_t last = pair[0] > pair[1] ? pair[0] : pair[1];
    if (last >= n_particles)
      return bgen_fail(BGEN_BAD_INPUT, "a rod ends at particle %zu, but there are only %zu, from 0",
                       last, n_particles);
    if (pair[0] == pair[1])
      return bgen_fail(BGEN_BAD_INPUT, "a rod from particle %zu to itself", last);
  }
  return BGEN_OK;
}

/* A rod that is there twice would leave the multipliers of both undetermined. */
static bgen_status check_different(const bgen_constraints *c)
{
  for (size_t cluster = 0; cluster < c->n_clusters; cluster++)
    for (size_t k = c->first[cluster]; k < c->first[cluster + 1]; k++)
      for (size_t l = c->first[cluster]; l < k; l++) {
        const size_t *a = c->pair + 2 * k, *b = c->pair + 2 * l;
        if ((a[0] == b[0] && a[1] == b[1]) || (a[0] == b[1] && a[1] == b[0]))
          return bgen_fail(BGEN_BAD_INPUT, "two rods between particles %zu and %zu", a[0], a[1]);
      }
  return BGEN_OK;
}

static bgen_status find_clusters(bgen_constraints *c, const size_t *pair)
{
  const size_t n_particles = c->layout.n_particles;
  bgen_status status = check_ends(n_particles, c->n, pair);
  if (status) return status;
  size_t *memory = calloc(2 * n_particles + 1, sizeof *memory);
  if (!memory) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu rods", c->n);
  find_roots(n_particles, c->n, pair, memory);
  status = sort_clusters(c, pair, memory, memory + n_particles);
  free(memory);
  return status ? status : check_different(c);
}

bgen_status bgen_constraints_create(const bgen_layout *layout, size_t n, const size_t *pair,
                                    bgen_constraints **result)
{
  bgen_constraints *c = calloc(1, sizeof *c);
  size_t *rods = calloc(3 * n + 1, sizeof *rods);
  double *numbers = calloc(n * (1 + 2 * layout->n_space) + 1, sizeof *numbers);
  if (!c || !rods || !numbers) {
    free(c), free(rods), free(numbers);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu rods", n);
  }
  *c = (bgen_constraints){*layout, n, 0, rods, rods + 2 * n, numbers, numbers + n, NULL};
  c->d = c->image + n * layout->n_space;
  const bgen_status status = find_clusters(c, pair);
  if (status) bgen_constraints_destroy(c), c = NULL;
  *result = c;
  return status;
}

void bgen_constraints_destroy(bgen_constraints *c)
{
  if (!c) return;
  free(c->pair); /* with first */
  free(c->square);
  free(c);
}

/* ---- lengths ---- */

static double dot(size_t n, const double *a, const double *b)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* r = x_i - x_j of rod k, to the image that belongs to it */
static void along(const bgen_constraints *c, size_t k, const double *x, double *r)
{
  const size_t n = c->layout.n_space;
  const double *a = x + n * c->pair[2 * k], *b = x + n * c->pair[2 * k + 1];
  for (size_t i = 0; i < n; i++) r[i] = a[i] - b[i] - c->image[n * k + i];
}

void bgen_constraints_hold(bgen_constraints *c, const bgen_cell *cell, const double *x)
{
  const size_t n = c->layout.n_space;
  memset(c->image, 0, c->n * n * sizeof *c->image);
  for (size_t k = 0; k < c->n; k++) {
    double r[3] = {0}, nearest[3];
    along(c, k, x, r);
    memcpy(nearest, r, sizeof r);
    if (cell) bgen_cell_nearest(cell, nearest);
    for (size_t i = 0; i < n; i++) c->image[n * k + i] = r[i] - nearest[i];
    along(c, k, x, r);
    c->square[k] = dot(n, r, r);
  }
}

double bgen_constraints_change(const bgen_constraints *c, const double *x)
{
  double worst = 0;
  for (size_t k = 0; k < c->n; k++) {
    double r[3];
    along(c, k, x, r);
    const double change = fabs(sqrt(dot(c->layout.n_space, r, r) / c->square[k]) - 1);
    if (!(change <= worst)) worst = change;
  }
  return worst;
}

/* ---- one cluster ---- */

typedef struct cluster {
  size_t at, m; /* its first rod, and their number */
  /* by how much rod k grows along d of rod l where l is pushed by 1: sums of kT/m with signs */
  double coupling[MOST][MOST];
  double d[MOST][3]; /* along which multipliers push */
} cluster;

static double coupled(const size_t *k, const size_t *l, const double *variance, size_t n)
{
  const double a = variance[n * k[0]], b = variance[n * k[1]];
  return ((k[0] == l[0]) - (k[0] == l[1])) * a - ((k[1] == l[0]) - (k[1] == l[1])) * b;
}

static cluster cluster_of(const bgen_constraints *c, size_t number, const double *variance)
{
  cluster of = {.at = c->first[number], .m = c->first[number + 1] - c->first[number]};
  const size_t *pair = c->pair + 2 * of.at;
  for (size_t k = 0; k < of.m; k++)
    for (size_t l = 0; l < of.m; l++)
      of.coupling[k][l] = coupled(pair + 2 * k, pair + 2 * l, variance, c->layout.n_space);
  return of;
}

static void swap_rows(double *a, double *b, size_t m)
{
  for (size_t l = 0; l < m; l++) {
    const double kept = a[l];
    a[l] = b[l], b[l] = kept;
  }
}

static size_t pivot(size_t m, double a[MOST][MOST], size_t p)
{
  size_t best = p;
  for (size_t k = p + 1; k < m; k++)
    if (fabs(a[k][p]) > fabs(a[best][p])) best = k;
  return best;
}

/* b becomes a^-1 b, by elimination; not finite where there is none */
static void solve(size_t m, double a[MOST][MOST], double *b)
{
  for (size_t p = 0; p < m; p++) {
    const size_t best = pivot(m, a, p);
    swap_rows(a[p], a[best], m);
    swap_rows(b + p, b + best, 1);
    for (size_t k = p + 1; k < m; k++) {
      const double factor = a[k][p] / a[p][p];
      for (size_t l = p; l < m; l++) a[k][l] -= factor * a[p][l];
      b[k] -= factor * b[p];
    }
  }
  for (size_t p = m; p-- > 0;) {
    for (size_t l = p + 1; l < m; l++) b[p] -= a[p][l] * b[l];
    b[p] /= a[p][p];
  }
}

/* r[m] are pushed along d, by multipliers lambda, until they have their lengths: Newton's steps
   from lambda = 0; false: they do not end */
static bool stretch(const bgen_constraints *c, const cluster *of, double r[MOST][3], double *lambda)
{
  const size_t n = c->layout.n_space;
  for (size_t l = 0; l < of->m; l++) lambda[l] = 0;
  for (int i = 0; i < MOST_ITERATIONS; i++) {
    double off[MOST], slope[MOST][MOST];
    bool held = true;
    for (size_t k = 0; k < of->m; k++) {
      const double square = c->square[of->at + k];
      off[k] = square - dot(n, r[k], r[k]);
      held = held && fabs(off[k]) <= HELD * square;
      for (size_t l = 0; l < of->m; l++)
        slope[k][l] = 2 * of->coupling[k][l] * dot(n, r[k], of->d[l]);
    }
    if (held) return true;
    solve(of->m, slope, off);
    for (size_t l = 0; l < of->m; l++) {
      lambda[l] += off[l];
      for (size_t k = 0; k < of->m; k++)
        for (size_t s = 0; s < n; s++) r[k][s] += of->coupling[k][l] * off[l] * of->d[l][s];
    }
  }
  return false;
}

/* y of both ends of each rod moves along d/m by factor * multiplier */
static void push(const bgen_constraints *c, const cluster *of, const double *variance,
                 const double *multiplier, double factor, double *y)
{
  const size_t n = c->layout.n_space;
  for (size_t l = 0; l < of->m; l++) {
    const size_t a = n * c->pair[2 * (of->at + l)], b = n * c->pair[2 * (of->at + l) + 1];
    for (size_t s = 0; s < n; s++) {
      y[a + s] += factor * multiplier[l] * variance[a] * of->d[l][s];
      y[b + s] -= factor * multiplier[l] * variance[b] * of->d[l][s];
    }
  }
}

/* at x, along which d now point */
static void project(const bgen_constraints *c, cluster *of, const double *variance, const double *x,
                    double *v)
{
  const size_t n = c->layout.n_space;
  double growth[MOST], matrix[MOST][MOST];
  for (size_t k = 0; k < of->m; k++) along(c, of->at + k, x, of->d[k]);
  for (size_t k = 0; k < of->m; k++) {
    const size_t *pair = c->pair + 2 * (of->at + k);
    growth[k] = dot(n, of->d[k], v + n * pair[0]) - dot(n, of->d[k], v + n * pair[1]);
    for (size_t l = 0; l < of->m; l++)
      matrix[k][l] = of->coupling[k][l] * dot(n, of->d[k], of->d[l]);
  }
  solve(of->m, matrix, growth);
  push(c, of, variance, growth, -1, v);
}

/* Whether the drift back from x with -v, where d point along x, ends at rods that were c->d. */
static bool returns(const bgen_constraints *c, const cluster *of, double t, const double *v)
{
  const size_t n = c->layout.n_space;
  double r[MOST][3], lambda[MOST];
  for (size_t k = 0; k < of->m; k++) {
    const size_t *pair = c->pair + 2 * (of->at + k);
    for (size_t s = 0; s < n; s++)
      r[k][s] = of->d[k][s] - t * (v[n * pair[0] + s] - v[n * pair[1] + s]);
  }
  if (!stretch(c, of, r, lambda)) return false;
  for (size_t k = 0; k < of->m; k++)
    for (size_t s = 0; s < n; s++) {
      const double apart = r[k][s] - c->d[n * (of->at + k) + s];
      if (!(fabs(apart) <= RETURNED * sqrt(c->square[of->at + k]))) return false;
    }
  return true;
}

/* of particles that have moved by t v */
static bool hold(const bgen_constraints *c, cluster *of, const double *variance, double t,
                 double *x, double *v)
{
  const size_t n = c->layout.n_space;
  double r[MOST][3], lambda[MOST];
  for (size_t k = 0; k < of->m; k++) {
    memcpy(of->d[k], c->d + n * (of->at + k), n * sizeof(double));
    along(c, of->at + k, x, r[k]);
  }
  if (!stretch(c, of, r, lambda)) return false;
  push(c, of, variance, lambda, 1, x);
  push(c, of, variance, lambda, 1 / t, v);
  project(c, of, variance, x, v);
  return returns(c, of, t, v);
}

/* ---- all ---- */

void bgen_constraints_project(const bgen_constraints *c, const double *variance, const double *x,
                              double *v)
{
  for (size_t i = 0; i < c->n_clusters; i++) {
    cluster of = cluster_of(c, i, variance);
    project(c, &of, variance, x, v);
  }
}

bool bgen_constraints_drift(bgen_constraints *c, const double *variance, double t, double *x,
                            double *v)
{
  const size_t n = c->layout.n_space, dim = c->layout.n_particles * n;
  if (t == 0) return true;
  for (size_t k = 0; k < c->n; k++) along(c, k, x, c->d + n * k);
  for (size_t i = 0; i < dim; i++) x[i] += t * v[i];
  for (size_t i = 0; i < c->n_clusters; i++) {
    cluster of = cluster_of(c, i, variance);
    if (!hold(c, &of, variance, t, x, v)) return false;
  }
  return true;
}
