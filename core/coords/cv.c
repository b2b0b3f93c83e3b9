/* SPDX-License-Identifier: MIT */
#include "coords/cv.h"

#include <assert.h>
#include <math.h>

static const double DEGREES = 57.295779513082320877; /* 180 / pi */

/* ---- three components, whatever the layout has ---- */

typedef struct vector {
  double x, y, z;
} vector;

static double dot(vector a, vector b)
{
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

static double length(vector a)
{
  return sqrt(dot(a, a));
}

static vector cross(vector a, vector b)
{
  return (vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static vector scaled(double s, vector a)
{
  return (vector){s * a.x, s * a.y, s * a.z};
}

static vector sum(vector a, vector b)
{
  return (vector){a.x + b.x, a.y + b.y, a.z + b.z};
}

/* from the particle of term b to that of term a */
static vector bond(const bgen_cv *cv, const bgen_layout *layout, const double *x, size_t a,
                   size_t b)
{
  const double *to = x + cv->term[a].particle * layout->n_space,
               *from = x + cv->term[b].particle * layout->n_space;
  double d[3] = {0};
  assert(layout->n_space <= 3);
  for (size_t c = 0; c < layout->n_space; c++) d[c] = to[c] - from[c];
  return (vector){d[0], d[1], d[2]};
}

/* grad of the particle of term k += factor * v */
static void add(const bgen_cv *cv, const bgen_layout *layout, size_t k, double factor, vector v,
                double *grad)
{
  const double values[3] = {v.x, v.y, v.z};
  assert(layout->n_space <= 3);
  double *of_particle = grad + cv->term[k].particle * layout->n_space;
  for (size_t c = 0; c < layout->n_space; c++) of_particle[c] += factor * values[c];
}

/* ---- linear ---- */

static size_t coordinate_of(const bgen_cv_term *term, const bgen_layout *layout)
{
  return term->particle * layout->n_space + term->axis;
}

static double linear_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  double value = 0;
  for (size_t k = 0; k < cv->n_terms; k++)
    value += cv->term[k].coefficient * x[coordinate_of(&cv->term[k], layout)];
  return value;
}

static void linear_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                            double factor, double *grad)
{
  (void) x;
  for (size_t k = 0; k < cv->n_terms; k++)
    grad[coordinate_of(&cv->term[k], layout)] += factor * cv->term[k].coefficient;
}

/* ---- distance ---- */

static double distance_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  return length(bond(cv, layout, x, 0, 1));
}

static void distance_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                              double factor, double *grad)
{
  const vector d = bond(cv, layout, x, 0, 1);
  const vector unit = scaled(1 / length(d), d);
  add(cv, layout, 0, factor, unit, grad);
  add(cv, layout, 1, -factor, unit, grad);
}

/* ---- angle ---- */

static double angle_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  const vector a = bond(cv, layout, x, 0, 1), b = bond(cv, layout, x, 2, 1);
  return DEGREES * atan2(length(cross(a, b)), dot(a, b));
}

/* The angle grows as its arms turn away from each other, about the normal of their plane. */
static void angle_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                           double factor, double *grad)
{
  const vector a = bond(cv, layout, x, 0, 1), b = bond(cv, layout, x, 2, 1);
  const vector across = cross(a, b), normal = scaled(1 / length(across), across);
  const vector of_i = scaled(DEGREES / dot(a, a), cross(a, normal)),
               of_k = scaled(DEGREES / dot(b, b), cross(normal, b));
  add(cv, layout, 0, factor, of_i, grad);
  add(cv, layout, 1, -factor, sum(of_i, of_k), grad);
  add(cv, layout, 2, factor, of_k, grad);
}

/* ---- dihedral, in the letters of Blondel and Karplus ---- */

static double dihedral_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  const vector f = bond(cv, layout, x, 0, 1), g = bond(cv, layout, x, 1, 2),
               h = bond(cv, layout, x, 3, 2), a = cross(f, g), b = cross(h, g);
  const double phi = DEGREES * atan2(length(g) * dot(a, h), dot(a, b));
  return phi > -180 ? phi : phi + 360; /* a sine of -0 gives -180 */
}

static void dihedral_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x,
                              double factor, double *grad)
{
  const vector f = bond(cv, layout, x, 0, 1), g = bond(cv, layout, x, 1, 2),
               h = bond(cv, layout, x, 3, 2), a = cross(f, g), b = cross(h, g);
  const double gg = dot(g, g);
  const vector of_i = scaled(-DEGREES * sqrt(gg) / dot(a, a), a),
               of_l = scaled(DEGREES * sqrt(gg) / dot(b, b), b),
               shared = sum(scaled(dot(f, g) / gg, of_i), scaled(dot(h, g) / gg, of_l));
  add(cv, layout, 0, factor, of_i, grad);
  add(cv, layout, 1, -factor, sum(of_i, shared), grad);
  add(cv, layout, 2, factor, sum(shared, scaled(-1, of_l)), grad);
  add(cv, layout, 3, factor, of_l, grad);
}

/* ---- of the caller ---- */

static double custom_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  (void) layout;
  return cv->source->value(cv->source, x);
}

/* ---- all kinds ---- */

bool bgen_cv_is_of_shape(const bgen_cv *cv, bool turns)
{
  static const double ROUNDING = 1e-12; /* of coefficients that were typed */
  double sum[3] = {0}, all = 0;
  if (cv->type != &bgen_cv_linear) return true;
  for (size_t k = 0; k < cv->n_terms; k++) {
    sum[cv->term[k].axis] += cv->term[k].coefficient;
    all += fabs(cv->term[k].coefficient);
  }
  for (size_t c = 0; c < 3; c++)
    if (turns || fabs(sum[c]) > ROUNDING * all) return false;
  return true;
}

const bgen_cv_type bgen_cv_linear = {"linear", 0, 1, 0, linear_value, linear_gradient};
const bgen_cv_type bgen_cv_distance = {"distance", 2, 1, 0, distance_value, distance_gradient};
const bgen_cv_type bgen_cv_angle = {"angle", 3, 2, 0, angle_value, angle_gradient};
const bgen_cv_type bgen_cv_dihedral = {"dihedral", 4, 3, 360, dihedral_value, dihedral_gradient};
const bgen_cv_type bgen_cv_custom = {"custom", 0, 1, 0, custom_value, NULL};

double bgen_cv_value(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  assert(layout->n_space >= cv->type->least_space);
  return cv->type->value(cv, layout, x);
}

void bgen_cv_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x, double factor,
                      double *grad)
{
  assert(layout->n_space >= cv->type->least_space && cv->type->gradient);
  cv->type->gradient(cv, layout, x, factor, grad);
}

/* ---- ranges ---- */

bgen_cv_range bgen_cv_range_between(const bgen_cv_type *type, double low, double high)
{
  const double end = type->period / 2;
  if (end > 0 && low == end) low = -end;
  if (end > 0 && fabs(high) == end) high = nextafter(end, INFINITY);
  return (bgen_cv_range){low, high};
}

bool bgen_cv_range_holds(const bgen_cv_range *range, double s)
{
  if (range->low < range->high) return s >= range->low && s < range->high;
  return s >= range->low || s < range->high;
}

/* of two ranges that overlap, one holds the lower end of the other */
bool bgen_cv_ranges_overlap(const bgen_cv_range *a, const bgen_cv_range *b)
{
  return bgen_cv_range_holds(a, b->low) || bgen_cv_range_holds(b, a->low);
}
