/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>

#include "coords/cv.h"
#include "coords/superpose.h"

static const double TURN = 6.283185307179586477; /* 2 pi */

typedef struct set {
  size_t first, end; /* its terms */
} set;

static set set_of(const bgen_cv *cv, size_t which)
{
  set found = {0, 0};
  while (found.first < cv->n_terms && cv->term[found.first].axis < which) found.first++;
  found.end = found.first;
  while (found.end < cv->n_terms && cv->term[found.end].axis == which) found.end++;
  return found;
}

static double weight_of(const bgen_cv *cv, set of)
{
  double sum = 0;
  for (size_t k = of.first; k < of.end; k++) sum += cv->term[k].coefficient;
  return sum;
}

/* d[3] = x of the particle of term k - from[3], the nearest image */
static void seen_from(const bgen_cv *cv, const bgen_layout *layout, const double *x, size_t k,
                      const double *from, double *d)
{
  const double *of = x + cv->term[k].particle * layout->n_space;
  for (size_t c = 0; c < 3; c++) d[c] = (c < layout->n_space ? of[c] : 0) - from[c];
  if (cv->cell) bgen_cell_nearest(cv->cell, d);
}

/* d[3] from the particle of term i to that of j; its square */
static double pair(const bgen_cv *cv, const bgen_layout *layout, const double *x, size_t i,
                   size_t j, double *d)
{
  const double *of = x + cv->term[i].particle * layout->n_space;
  const double from[3] = {of[0], layout->n_space > 1 ? of[1] : 0, layout->n_space > 2 ? of[2] : 0};
  seen_from(cv, layout, x, j, from, d);
  return d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
}

/* grad of the particle of term k += factor * d */
static void add(const bgen_cv *cv, const bgen_layout *layout, size_t k, double factor,
                const double *d, double *grad)
{
  double *of = grad + cv->term[k].particle * layout->n_space;
  for (size_t c = 0; c < layout->n_space; c++) of[c] += factor * d[c];
}

/* ---- radius of gyration ---- */

static double rg_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  double sum = 0, d[3];
  for (size_t i = 0; i < cv->n_terms; i++)
    for (size_t j = 0; j < i; j++)
      sum += cv->term[i].coefficient * cv->term[j].coefficient * pair(cv, layout, x, i, j, d);
  return sqrt(sum) / weight_of(cv, (set){0, cv->n_terms});
}

static void rg_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                        double factor, double *grad)
{
  const double weight = weight_of(cv, (set){0, cv->n_terms});
  const double scale = factor / (rg_value(cv, layout, x) * weight * weight);
  for (size_t i = 0; i < cv->n_terms; i++)
    for (size_t j = 0; j < i; j++) {
      double d[3];
      const double by = scale * cv->term[i].coefficient * cv->term[j].coefficient;
      pair(cv, layout, x, i, j, d);
      add(cv, layout, i, -by, d, grad);
      add(cv, layout, j, by, d, grad);
    }
}

/* ---- coordination ---- */

/* s of y = (r/r_0)^2 and its derivative: (1 - y^a) / (1 - y^b) with a = n/2 and b = m/2, a quotient
   of two sums of powers, so that nothing happens at y = 1.  Beyond 1 the sums go by 1/y. */
static double switching(const double *number, double y, double *slope)
{
  const size_t n[2] = {(size_t) number[1] / 2, (size_t) number[2] / 2};
  const double of = y > 1 ? 1 / y : y;
  double p[2] = {0, 0}, dp[2] = {0, 0}; /* sum of y^0 ... y^(n-1) */
  for (size_t k = 0; k < 2; k++)
    for (size_t j = 0; j < n[k]; j++) {
      dp[k] = dp[k] * of + p[k];
      p[k] = p[k] * of + 1;
    }
  const double s = p[0] / p[1], ds = (dp[0] - s * dp[1]) / p[1];
  if (!(y > 1)) {
    *slope = ds;
    return s;
  }
  const double less = (double) (n[1] - n[0]), power = pow(of, less);
  *slope = -of * (less * power * s + of * power * ds);
  return power * s;
}

/* the terms j that are a pair with i are those before this one */
static size_t partners(const bgen_cv *cv, set a, size_t i)
{
  return a.end < cv->n_terms ? a.end : i;
}

static double coordination_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  const set a = set_of(cv, 0);
  const double r0_squared = cv->number[0] * cv->number[0];
  double sum = 0, d[3], slope;
  assert(cv->number[1] < cv->number[2] && cv->number[2] <= BGEN_CV_MAX_EXPONENT);
  for (size_t i = a.end < cv->n_terms ? a.end : 0; i < cv->n_terms; i++)
    for (size_t j = 0; j < partners(cv, a, i); j++)
      sum += switching(cv->number, pair(cv, layout, x, i, j, d) / r0_squared, &slope);
  return sum;
}

static void coordination_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                                  double factor, double *grad)
{
  const set a = set_of(cv, 0);
  const double r0_squared = cv->number[0] * cv->number[0];
  for (size_t i = a.end < cv->n_terms ? a.end : 0; i < cv->n_terms; i++)
    for (size_t j = 0; j < partners(cv, a, i); j++) {
      double d[3], slope;
      switching(cv->number, pair(cv, layout, x, i, j, d) / r0_squared, &slope);
      add(cv, layout, i, -2 * factor * slope / r0_squared, d, grad);
      add(cv, layout, j, 2 * factor * slope / r0_squared, d, grad);
    }
}

/* ---- centres of sets that are whole ---- */

/* bgen_cell_fractions() and back */
static void from_fractions(const bgen_cell *cell, const double *s, double *d)
{
  d[0] = cell->xx * s[0] + cell->xy * s[1] + cell->xz * s[2];
  d[1] = cell->yy * s[1] + cell->yz * s[2];
  d[2] = cell->zz * s[2];
}

/* The place about which the particles lie, near[3]: the mean angle around each periodic edge (Bai
   and Breen, doi:10.1080/2151237X.2008.10129266); 0 along the others, where any place does. */
static void find_place(const bgen_cv *cv, const bgen_layout *layout, const double *x, set of,
                       double *near)
{
  static const double origin[3] = {0};
  double d[3], s[3], sine[3] = {0}, cosine[3] = {0};
  near[0] = near[1] = near[2] = 0;
  if (!cv->cell) return;
  for (size_t k = of.first; k < of.end; k++) {
    seen_from(cv, layout, x, k, origin, d);
    bgen_cell_fractions(cv->cell, 3, d, s);
    for (size_t e = 0; e < layout->n_space; e++) {
      if (!cv->cell->periodic[e]) continue;
      sine[e] += cv->term[k].coefficient * sin(TURN * s[e]);
      cosine[e] += cv->term[k].coefficient * cos(TURN * s[e]);
    }
  }
  for (size_t e = 0; e < 3; e++)
    s[e] = cv->cell->periodic[e] ? atan2(sine[e], cosine[e]) / TURN : 0;
  from_fractions(cv->cell, s, near);
}

/* centre[3] of the particles as they are seen from their place near[3], which is added */
static void find_centre(const bgen_cv *cv, const bgen_layout *layout, const double *x, set of,
                        double *near, double *centre)
{
  const double weight = weight_of(cv, of);
  double d[3];
  find_place(cv, layout, x, of, near);
  for (size_t c = 0; c < 3; c++) centre[c] = near[c];
  for (size_t k = of.first; k < of.end; k++) {
    seen_from(cv, layout, x, k, near, d);
    for (size_t c = 0; c < 3; c++) centre[c] += cv->term[k].coefficient / weight * d[c];
  }
}

/* ---- distance of centres ---- */

/* d[3] from the centre of A to that of B */
static double between_centres(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                              double *d)
{
  double near[3], a[3];
  find_centre(cv, layout, x, set_of(cv, 0), near, a);
  find_centre(cv, layout, x, set_of(cv, 1), near, d);
  for (size_t c = 0; c < 3; c++) d[c] -= a[c];
  if (cv->cell) bgen_cell_nearest(cv->cell, d);
  return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

static double com_distance_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  double d[3];
  return between_centres(cv, layout, x, d);
}

static void com_distance_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                                  double factor, double *grad)
{
  double d[3];
  const double length = between_centres(cv, layout, x, d);
  for (size_t which = 0; which < 2; which++) {
    const set of = set_of(cv, which);
    const double by = (which ? factor : -factor) / (length * weight_of(cv, of));
    for (size_t k = of.first; k < of.end; k++)
      add(cv, layout, k, by * cv->term[k].coefficient, d, grad);
  }
}

/* ---- root of the mean square deviation ---- */

typedef struct body {
  double near[3], centre[3], mean[3]; /* mean: of the reference */
  double rotation[9];
} body;

/* d[3]: the particle of term k from the centre */
static void seen_from_centre(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                             const body *b, size_t k, double *d)
{
  seen_from(cv, layout, x, k, b->near, d);
  for (size_t c = 0; c < 3; c++) d[c] -= b->centre[c] - b->near[c];
}

static void superpose(const bgen_cv *cv, const bgen_layout *layout, const double *x, body *b)
{
  const size_t n = layout->n_space;
  double correlation[9] = {0}, d[3];
  find_centre(cv, layout, x, (set){0, cv->n_terms}, b->near, b->centre);
  for (size_t c = 0; c < n; c++) {
    b->mean[c] = 0;
    for (size_t k = 0; k < cv->n_terms; k++) b->mean[c] += cv->number[k * n + c];
    b->mean[c] /= (double) cv->n_terms;
  }
  for (size_t k = 0; k < cv->n_terms; k++) {
    seen_from_centre(cv, layout, x, b, k, d);
    for (size_t c = 0; c < n; c++)
      for (size_t e = 0; e < n; e++)
        correlation[c * n + e] += d[c] * (cv->number[k * n + e] - b->mean[e]);
  }
  bgen_superpose(n, correlation, b->rotation);
}

/* off[3]: the particle of term k from where the superposed reference has it; its square */
static double deviation(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                        const body *b, size_t k, double *off)
{
  const size_t n = layout->n_space;
  double square = 0;
  seen_from_centre(cv, layout, x, b, k, off);
  for (size_t c = 0; c < n; c++) {
    for (size_t e = 0; e < n; e++)
      off[c] -= b->rotation[c * n + e] * (cv->number[k * n + e] - b->mean[e]);
    square += off[c] * off[c];
  }
  return square;
}

static double rmsd_of(const bgen_cv *cv, const bgen_layout *layout, const double *x, body *b)
{
  double sum = 0, off[3];
  superpose(cv, layout, x, b);
  for (size_t k = 0; k < cv->n_terms; k++) sum += deviation(cv, layout, x, b, k, off);
  return sqrt(sum / (double) cv->n_terms);
}

static double rmsd_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  body b;
  return rmsd_of(cv, layout, x, &b);
}

/* Centre and rotation are where the sum of squares is least, so their changes do not count. */
static void rmsd_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                          double factor, double *grad)
{
  body b;
  double off[3];
  const double by = factor / ((double) cv->n_terms * rmsd_of(cv, layout, x, &b));
  for (size_t k = 0; k < cv->n_terms; k++) {
    deviation(cv, layout, x, &b, k, off);
    add(cv, layout, k, by, off, grad);
  }
}

const bgen_cv_type bgen_cv_rg = {"rg", 0, 1, 0, rg_value, rg_gradient};
const bgen_cv_type bgen_cv_com_distance = {"com_distance",       0, 1, 0, com_distance_value,
                                           com_distance_gradient};
const bgen_cv_type bgen_cv_coordination = {"coordination",       0, 1, 0, coordination_value,
                                           coordination_gradient};
const bgen_cv_type bgen_cv_rmsd = {"rmsd", 0, 1, 0, rmsd_value, rmsd_gradient};
