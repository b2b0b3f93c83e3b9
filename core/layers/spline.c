/* SPDX-License-Identifier: MIT */
#include "layers/spline.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double least_share = 1e-3;

/* The knots of one axis: a bin's size is scale (least_share + (1 - n_bins least_share)
   weight/sum). */
typedef struct axis {
  const bgen_real *weight;
  double floor, per_weight, sum; /* size = floor + per_weight * weight */
} axis;

/* one bin, or the place of one value in it */
typedef struct bin {
  size_t index;
  double x, width, y, height, slope, next_slope; /* of the knots at its two ends */
} bin;

/* f and log f' at t = (in - x)/width, with what both are made of */
typedef struct point {
  double t, s, bend, rise, divisor, top; /* f = y + h rise/divisor, f' = s^2 top/divisor^2 */
} point;

size_t bgen_spline_n_weights(const bgen_spline *spline)
{
  return 3 * spline->n_bins - !spline->circular;
}

static axis axis_of(const bgen_spline *spline, const bgen_real *weight)
{
  const double whole = 2 * spline->bound;
  axis a = {weight, whole * least_share, 0, 0};
  for (size_t k = 0; k < spline->n_bins; k++) a.sum += (double) weight[k];
  a.per_weight = whole * (1 - (double) spline->n_bins * least_share) / a.sum;
  return a;
}

static double size_of(const axis *a, size_t k)
{
  return a->floor + a->per_weight * (double) a->weight[k];
}

/* the bin that holds value along the axis searched, and where it begins on both */
static bin find_bin(const bgen_spline *spline, const axis *widths, const axis *heights,
                    const axis *searched, const bgen_real *slopes, double value)
{
  const size_t last = spline->n_bins - 1;
  bin b = {.x = -spline->bound, .y = -spline->bound};
  const double *begin = searched == widths ? &b.x : &b.y;
  size_t k = 0;
  while (k < last && value >= *begin + size_of(searched, k)) {
    b.x += size_of(widths, k);
    b.y += size_of(heights, k);
    k++;
  }
  b.index = k;
  b.width = size_of(widths, k);
  b.height = size_of(heights, k);
  const double at_ends = spline->circular ? (double) slopes[last] : 1;
  b.slope = k > 0 ? (double) slopes[k - 1] : at_ends;
  b.next_slope = k < last ? (double) slopes[k] : at_ends;
  return b;
}

static point point_at(const bin *b, double t)
{
  const double s = b->height / b->width, u = t * (1 - t), d = b->slope, e = b->next_slope;
  point p = {.t = t, .s = s, .bend = d + e - 2 * s};
  p.rise = s * t * t + d * u;
  p.divisor = s + p.bend * u;
  p.top = e * t * t + 2 * s * u + d * (1 - t) * (1 - t);
  return p;
}

/* t where f = y + up: the root of a t^2 + b t - s up in [0,1].  Where slopes differ much b is a
   small difference of large numbers; the Newton step gives back the digits lost. */
static double root_at(const bin *in, double up)
{
  const double s = in->height / in->width, bend = in->slope + in->next_slope - 2 * s;
  const double a = in->height * (s - in->slope) + up * bend, b = in->height * in->slope - up * bend;
  const double root = sqrt(b * b + 4 * a * s * up);
  const double t = b >= 0 ? 2 * s * up / (b + root) : (root - b) / (2 * a);
  const point p = point_at(in, t);
  const double missing = up * p.divisor - in->height * p.rise;
  return t + missing * p.divisor / (in->height * s * p.top);
}

/* where *value is outside: nothing is done to it, or it is brought back by whole periods, of which
   it is returned how far */
static bool is_inside(const bgen_spline *spline, double *value, double *away)
{
  const double period = 2 * spline->bound;
  *away = spline->circular ? period * floor((*value + spline->bound) / period) : 0;
  *value -= *away;
  return spline->circular ? isfinite(*value) : fabs(*value) < spline->bound;
}

double bgen_spline_apply(const bgen_spline *spline, bgen_direction direction,
                         const bgen_real *weight, double in, double *out)
{
  const size_t n_bins = spline->n_bins;
  const bool forward = direction == BGEN_FORWARD;
  double away;
  *out = in;
  if (!is_inside(spline, &in, &away)) return 0;
  const axis widths = axis_of(spline, weight), heights = axis_of(spline, weight + n_bins);
  const bin b =
      find_bin(spline, &widths, &heights, forward ? &widths : &heights, weight + 2 * n_bins, in);
  const point p = point_at(&b, forward ? (in - b.x) / b.width : root_at(&b, in - b.y));
  *out = away + (forward ? b.y + b.height * p.rise / p.divisor : b.x + b.width * p.t);
  return direction * log(p.s * p.s * p.top / (p.divisor * p.divisor));
}

/* partial derivatives by t, s and the slopes at both ends, with y and h held */
typedef struct partials {
  double t, s, slope, next_slope;
} partials;

static partials of_value(const bin *b, const point *p)
{
  const double u = p->t * (1 - p->t), unit = b->height / (p->divisor * p->divisor);
  return (partials){.t = unit * p->s * p->top,
                    .s = unit * (p->t * p->t * p->divisor - (1 - 2 * u) * p->rise),
                    .slope = unit * u * (p->divisor - p->rise),
                    .next_slope = -unit * u * p->rise};
}

static partials of_log_slope(const bin *b, const point *p)
{
  const double t = p->t, u = t * (1 - t), turn = 1 - 2 * t;
  const double top_t = 2 * (b->next_slope * t + p->s * turn - b->slope * (1 - t));
  return (partials){.t = top_t / p->top - 2 * p->bend * turn / p->divisor,
                    .s = 2 / p->s + 2 * u / p->top - 2 * (1 - 2 * u) / p->divisor,
                    .slope = (1 - t) * (1 - t) / p->top - 2 * u / p->divisor,
                    .next_slope = t * t / p->top - 2 * u / p->divisor};
}

/* From dL/d(begin of bin k) and dL/d(its size): dL/d(log weight) of all sizes of the axis.  The
   begin is the sum of the sizes before. */
static void grad_of_axis(const axis *a, size_t n_bins, size_t k, double grad_begin,
                         double grad_size, bgen_real *grad)
{
  double mean = grad_size * (double) a->weight[k];
  for (size_t j = 0; j < k; j++) mean += grad_begin * (double) a->weight[j];
  mean /= a->sum;
  for (size_t j = 0; j < n_bins; j++) {
    const double own = j < k ? grad_begin : j == k ? grad_size : 0;
    grad[j] = (bgen_real) (a->per_weight * (double) a->weight[j] * (own - mean));
  }
}

static void grad_of_slopes(const bgen_spline *spline, const bin *b, partials g, bgen_real *grad)
{
  const size_t last = spline->n_bins - 1;
  if (b->index > 0 || spline->circular)
    grad[b->index > 0 ? b->index - 1 : last] += (bgen_real) (g.slope * b->slope);
  if (b->index < last || spline->circular)
    grad[b->index] += (bgen_real) (g.next_slope * b->next_slope);
}

/* Of the inverse: with in = f(out), d(out) = (d(in) - df)/f', df what the shape alone does to f. */
double bgen_spline_vjp(const bgen_spline *spline, bgen_direction direction, const bgen_real *weight,
                       double latent, double grad_out, double grad_log_det,
                       bgen_real *grad_log_weight)
{
  const size_t n_bins = spline->n_bins;
  memset(grad_log_weight, 0, bgen_spline_n_weights(spline) * sizeof *grad_log_weight);
  double away;
  if (!is_inside(spline, &latent, &away)) return grad_out;
  const axis widths = axis_of(spline, weight), heights = axis_of(spline, weight + n_bins);
  const bin b = find_bin(spline, &widths, &heights, &widths, weight + 2 * n_bins, latent);
  const point p = point_at(&b, (latent - b.x) / b.width);
  const partials f = of_value(&b, &p), l = of_log_slope(&b, &p);
  const bool forward = direction == BGEN_FORWARD;
  const double on_l = direction * grad_log_det;
  const double on_f = forward ? grad_out : -(grad_out * b.width + on_l * l.t) / f.t;
  const partials g = {on_f * f.t + on_l * l.t, on_f * f.s + on_l * l.s,
                      on_f * f.slope + on_l * l.slope, on_f * f.next_slope + on_l * l.next_slope};
  grad_of_axis(&widths, n_bins, b.index, -g.t / b.width, -(g.t * p.t + g.s * p.s) / b.width,
               grad_log_weight);
  grad_of_axis(&heights, n_bins, b.index, on_f, on_f * p.rise / p.divisor + g.s / b.width,
               grad_log_weight + n_bins);
  grad_of_slopes(spline, &b, g, grad_log_weight + 2 * n_bins);
  return forward ? g.t / b.width : -on_f;
}
