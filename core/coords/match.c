/* SPDX-License-Identifier: MIT */
#include "coords/match.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/superpose.h"
#include "coords/vectors.h"

enum { MOST_ROUNDS = 100 }; /* each lowers the sum; rounding must not go on for ever */

/* A place of the reference, and the particles that may take it. */
typedef struct anchor {
  double r[3];
  size_t n;
  const size_t *candidate; /* [n] */
} anchor;

struct bgen_match {
  bgen_layout layout;
  const bgen_relabel *relabel;
  bool mirrored;
  size_t dim;
  double *reference; /* [dim], seen from its centre */
  size_t *distinct;  /* [n_particles] 0, 1, 2 ... */
  anchor anchor[2];  /* in the plane the second is the first */
  double frame[9];   /* that the anchors span */
};

/* The memory of one search. */
typedef struct search {
  const bgen_match *match;
  double *y;              /* [dim] x, seen from its centre */
  double *seen;           /* [dim] as the body is turned now */
  double *bound;          /* of all starts: [n of the first anchor][n of the second] */
  size_t *order, *before; /* [n_particles] now, and a round before */
  double *assignment;
  double square;  /* |y|^2 + |r|^2 */
  double hand[9]; /* what y is of x: the identity, or a reflection */
  bool found;     /* the best is of this hand */
  double least, rotation[9];
} search;

/* ---- vectors ---- */

static void set_unit(const double a[3], double out[3])
{
  const double length = sqrt(bgen_dot3(a, a));
  for (size_t c = 0; c < 3; c++) out[c] = length > 0 ? a[c] / length : 0;
}

/* least |a - R r|^2 + |b - R s|^2 over rotations: the greatest sum of products is the sum of the
   singular values of a r^T + b s^T, of which there are two */
static double bound_of_pair(const double a[3], const double b[3], const double r[3],
                            const double s[3])
{
  const double aa = bgen_dot3(a, a), ab = bgen_dot3(a, b), bb = bgen_dot3(b, b),
               rr = bgen_dot3(r, r), rs = bgen_dot3(r, s), ss = bgen_dot3(s, s);
  const double areas = fmax(0, aa * bb - ab * ab) * fmax(0, rr * ss - rs * rs),
               squares = aa * rr + 2 * ab * rs + bb * ss + 2 * sqrt(areas);
  return aa + bb + rr + ss - 2 * sqrt(fmax(0, squares));
}

static double bound_of_one(const double a[3], const double r[3])
{
  const double apart = sqrt(bgen_dot3(a, a)) - sqrt(bgen_dot3(r, r));
  return apart * apart;
}

/* axes in rows: between a and b, across it in their plane, and out of the plane; in the plane along
   a and across it */
static void span_frame(size_t n_space, const double a[3], const double b[3], double frame[9])
{
  double u[3], v[3];
  set_unit(a, u);
  if (n_space == 2) {
    const double of_one[4] = {u[0], u[1], -u[1], u[0]};
    memcpy(frame, of_one, sizeof of_one);
    return;
  }
  set_unit(b, v);
  for (size_t c = 0; c < 3; c++) u[c] += v[c];
  set_unit(u, frame);
  bgen_cross3(a, b, v);
  set_unit(v, frame + 6);
  bgen_cross3(frame + 6, frame, frame + 3);
}

/* ---- creation: which places are anchors ---- */

static double sum_of_squares(size_t n, const double *y)
{
  double sum = 0;
  for (size_t j = 0; j < n; j++) sum += y[j] * y[j];
  return sum;
}

static void set_anchor(const bgen_match *m, size_t i, anchor *a)
{
  bgen_load3(&m->layout, m->reference, i, a->r);
  a->candidate = m->distinct + i, a->n = 1;
  if (m->relabel) a->candidate = bgen_relabel_alike(m->relabel, i, &a->n);
}

/* How many starts of the reference itself are nearly as good as the right one: within a tenth of
   its radius. */
static size_t count_alike(const bgen_match *m, const anchor *a, const anchor *b)
{
  const double close = 0.01 * sum_of_squares(m->dim, m->reference) / (double) m->layout.n_particles;
  size_t n_alike = 0;
  for (size_t i = 0; i < a->n; i++) {
    double y[3], z[3];
    bgen_load3(&m->layout, m->reference, a->candidate[i], y);
    if (!b) n_alike += bound_of_one(y, a->r) < close;
    for (size_t j = 0; b && j < b->n; j++) {
      bgen_load3(&m->layout, m->reference, b->candidate[j], z);
      n_alike += a->candidate[i] != b->candidate[j] && bound_of_pair(y, z, a->r, b->r) < close;
    }
  }
  return n_alike;
}

/* of a place as an anchor: its distance, or that across the anchor before it */
static double reach(const anchor *a, const anchor *before)
{
  double across[3];
  if (!before) return sqrt(bgen_dot3(a->r, a->r));
  bgen_cross3(before->r, a->r, across);
  return sqrt(bgen_dot3(across, across));
}

/* The place with the fewest starts of those that reach half as far as the farthest; of equal ones
   the one that reaches farther. */
static anchor choose_anchor(const bgen_match *m, const anchor *before)
{
  double farthest = 0, best_reach = 0;
  size_t fewest = SIZE_MAX;
  anchor best = {{0}, 0, NULL};
  for (size_t i = 0; i < m->layout.n_particles; i++) {
    anchor a;
    set_anchor(m, i, &a);
    farthest = fmax(farthest, reach(&a, before));
  }
  for (size_t i = 0; i < m->layout.n_particles; i++) {
    anchor a;
    set_anchor(m, i, &a);
    const double of_this = reach(&a, before);
    if (!(of_this >= 0.5 * farthest)) continue;
    const size_t n_alike = before ? count_alike(m, before, &a) : count_alike(m, &a, NULL);
    if (n_alike > fewest || (n_alike == fewest && of_this <= best_reach)) continue;
    best = a, fewest = n_alike, best_reach = of_this;
  }
  return best;
}

static void choose_anchors(bgen_match *m)
{
  m->anchor[0] = m->anchor[1] = choose_anchor(m, NULL);
  if (m->layout.n_space == 3) m->anchor[1] = choose_anchor(m, &m->anchor[0]);
  span_frame(m->layout.n_space, m->anchor[0].r, m->anchor[1].r, m->frame);
}

bgen_status bgen_match_create(const bgen_layout *layout, const bgen_relabel *relabel, bool mirrored,
                              const double *reference, bgen_match **result)
{
  const size_t n = layout->n_particles, dim = n * layout->n_space;
  bgen_match *m = calloc(1, sizeof *m);
  if (!m) return bgen_fail(BGEN_NO_MEMORY, "no memory to match %zu particles", n);
  assert(layout->n_space == 2 || layout->n_space == 3);
  m->layout = *layout, m->relabel = relabel, m->dim = dim;
  m->mirrored = mirrored && bgen_body_has_hands(layout);
  m->reference = malloc(dim * sizeof *m->reference), m->distinct = malloc(n * sizeof *m->distinct);
  if (!m->reference || !m->distinct) {
    bgen_match_destroy(m);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to match %zu particles", n);
  }
  for (size_t i = 0; i < n; i++) m->distinct[i] = i;
  double centre[3];
  bgen_see_from_centroid(layout, reference, centre, m->reference);
  choose_anchors(m);
  *result = m;
  return BGEN_OK;
}

void bgen_match_destroy(bgen_match *m)
{
  if (!m) return;
  free(m->reference);
  free(m->distinct);
  free(m);
}

/* ---- one start ---- */

static bool has_order(const search *s, const size_t *order)
{
  return !memcmp(s->order, order, s->match->layout.n_particles * sizeof *order);
}

/* the best order for this rotation */
static void assign(search *s, const double *rotation)
{
  const bgen_match *m = s->match;
  const size_t n = m->layout.n_space;
  if (!m->relabel) return;
  for (size_t i = 0; i < m->dim; i += n)
    for (size_t a = 0; a < n; a++) {
      s->seen[i + a] = 0;
      for (size_t b = 0; b < n; b++) s->seen[i + a] += rotation[b * n + a] * s->y[i + b];
    }
  bgen_relabel_find(m->relabel, m->reference, s->seen, s->assignment, s->order);
}

/* the best rotation for this order; returns the sum of squares that remains */
static double superpose(const search *s, double *rotation)
{
  const bgen_match *m = s->match;
  const size_t n = m->layout.n_space;
  double correlation[9] = {0}, product = 0;
  for (size_t i = 0; i < m->layout.n_particles; i++)
    for (size_t a = 0; a < n; a++)
      for (size_t b = 0; b < n; b++)
        correlation[a * n + b] += s->y[s->order[i] * n + a] * m->reference[i * n + b];
  bgen_superpose(n, correlation, rotation);
  for (size_t e = 0; e < n * n; e++) product += rotation[e] * correlation[e];
  return s->square - 2 * product;
}

/* out = a b */
static void multiply(size_t n, const double *a, const double *b, double *out)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      out[i * n + j] = 0;
      for (size_t k = 0; k < n; k++) out[i * n + j] += a[i * n + k] * b[k * n + j];
    }
}

/* R frame^T = (frame of y)^T, both frames having their axes in rows */
static void turn_anchors(const search *s, size_t i, size_t j, double *rotation)
{
  const bgen_match *m = s->match;
  const size_t n = m->layout.n_space;
  double a[3], b[3], frame[9], axes[9];
  bgen_load3(&m->layout, s->y, i, a);
  bgen_load3(&m->layout, s->y, j, b);
  span_frame(n, a, b, frame);
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < n; l++) axes[k * n + l] = frame[l * n + k];
  multiply(n, axes, m->frame, rotation);
}

static void refine(search *s, double *rotation, size_t *best)
{
  const size_t size = s->match->layout.n_particles * sizeof *best;
  double sum = INFINITY;
  for (size_t round = 0; round < MOST_ROUNDS; round++) {
    memcpy(s->before, s->order, size);
    assign(s, rotation);
    if (round > 0 && has_order(s, s->before)) break;
    if (s->found && has_order(s, best)) return; /* it leads to the same */
    sum = superpose(s, rotation);
  }
  if (!(sum < s->least)) return;
  s->least = sum, s->found = true;
  memcpy(best, s->order, size);
  multiply(s->match->layout.n_space, s->hand, rotation, s->rotation);
}

/* ---- all starts ---- */

static void find_bounds(search *s)
{
  const bgen_match *m = s->match;
  const anchor *first = &m->anchor[0], *second = &m->anchor[1];
  const bool plane = m->layout.n_space == 2;
  for (size_t i = 0; i < first->n; i++) {
    double a[3], b[3];
    bgen_load3(&m->layout, s->y, first->candidate[i], a);
    for (size_t j = 0; j < second->n; j++) {
      bgen_load3(&m->layout, s->y, second->candidate[j], b);
      const bool same = first->candidate[i] == second->candidate[j];
      s->bound[i * second->n + j] = same != plane ? INFINITY
                                    : plane       ? bound_of_one(a, first->r)
                                                  : bound_of_pair(a, b, first->r, second->r);
    }
  }
}

/* the start with the least bound, which is then taken from the list */
static size_t take_start(search *s, double *bound)
{
  size_t start = 0, n = s->match->anchor[0].n * s->match->anchor[1].n;
  for (size_t k = 1; k < n; k++)
    if (s->bound[k] < s->bound[start]) start = k;
  *bound = s->bound[start];
  s->bound[start] = INFINITY;
  return start;
}

static void try_starts(search *s, size_t *best)
{
  const anchor *first = &s->match->anchor[0], *second = &s->match->anchor[1];
  double bound, rotation[9];
  find_bounds(s);
  for (;;) {
    const size_t start = take_start(s, &bound);
    if (!(bound < s->least)) return;
    turn_anchors(s, first->candidate[start / second->n], second->candidate[start % second->n],
                 rotation);
    refine(s, rotation, best);
  }
}

/* y becomes its image in the centre, in the plane that in its first axis */
static void reflect(search *s)
{
  const size_t n = s->match->layout.n_space;
  s->found = false;
  for (size_t c = 0; c < n; c++) {
    if (n == 2 && c == 0) continue;
    s->hand[c * n + c] = -1;
    for (size_t j = c; j < s->match->dim; j += n) s->y[j] = -s->y[j];
  }
}

/* ---- what is asked ---- */

/* work: y, seen, two orders, the bounds, the work of the assignment */
static size_t bounds_size(const bgen_relabel *relabel)
{
  const size_t largest = relabel ? bgen_relabel_largest(relabel) : 1;
  return largest * largest;
}

size_t bgen_match_work_size(const bgen_layout *layout, const bgen_relabel *relabel)
{
  return 2 * layout->n_particles * (layout->n_space + 1) + bounds_size(relabel) +
         (relabel ? bgen_relabel_work_size(relabel) : 0);
}

static search search_in(const bgen_match *m, double *work)
{
  const size_t n_particles = m->layout.n_particles, n = m->layout.n_space;
  search s = {.match = m, .y = work, .seen = work + m->dim, .least = INFINITY};
  s.order = (size_t *) (s.seen + m->dim);
  s.before = s.order + n_particles;
  s.bound = (double *) (s.before + n_particles);
  s.assignment = s.bound + bounds_size(m->relabel);
  for (size_t c = 0; c < n; c++) s.hand[c * n + c] = 1;
  memcpy(s.rotation, s.hand, sizeof s.rotation);
  for (size_t i = 0; i < n_particles; i++) s.order[i] = i;
  return s;
}

bool bgen_match_find(const bgen_match *m, const double *x, double *work, size_t *order,
                     bgen_placement *at)
{
  search s = search_in(m, work);
  bool identity = true;
  for (size_t i = 0; i < m->layout.n_particles; i++) order[i] = i;
  bgen_see_from_centroid(&m->layout, x, at->centre, s.y);
  s.square = sum_of_squares(m->dim, s.y) + sum_of_squares(m->dim, m->reference);
  if (isfinite(s.square)) try_starts(&s, order);
  const double of_one_hand = s.least;
  if (isfinite(s.square) && m->mirrored) {
    reflect(&s);
    try_starts(&s, order);
  }
  memcpy(at->rotation, s.rotation, sizeof at->rotation);
  for (size_t i = 0; i < m->layout.n_particles; i++) identity = identity && order[i] == i;
  return isfinite(s.least) && identity && s.least == of_one_hand;
}
