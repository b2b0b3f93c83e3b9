/* SPDX-License-Identifier: MIT
   spline_kernel.h - the functions of spline.c for one instruction set; spline_avx512.c,
   spline_avx2.c and spline_plain.c include it after they have defined
     KERNELS        the name of the table of functions
     TARGET         the attribute that lets a function use the instructions
     vec, mask      a vector of doubles, and where in it something is true
     spread(x), load(from), store(to, v), load_reals(from), store_reals(to, v),
     FUSE(a, b, c) = a b + c, root_of(v), floor_of(v), at_least(a, b) = a >= b,
     below(a, b) = a < b, choose(mask, a, b) = mask ? a : b

   No number of a lane reaches another lane, so a spline does not depend on the others. */
/* the order matters: each uses those before it */
#include "layers/spline_columns.h"

#include "layers/spline_bins.h"

#include "layers/spline_points.h"

/* ---- apply ---- */

ALWAYS void apply_lanes(const bgen_spline *spline, const bool forward, const group *g, size_t lane,
                        double *value, double *slope)
{
  const shape s = shape_of(spline, g->column, lane);
  const vec in = load(value + lane);
  const position at = bring_inside(spline, in);
  const bin b = find_bin(&s, !forward, at.value);
  const vec per_width = spread(1) / b.width, steep = b.height * per_width;
  const vec t = forward ? (at.value - b.x) * per_width : root_at(&b, steep, at.value - b.y);
  const point p = point_at(&b, steep, t);
  const vec inverse = spread(1) / (forward ? p.divisor : p.s * p.s * p.top);
  const vec out = forward ? FUSE(b.height * p.rise, inverse, b.y) : FUSE(b.width, t, b.x);
  const vec by = forward ? p.s * inverse : p.divisor;
  store(value + lane, choose(at.inside, at.away + out, in));
  store(slope + lane, choose(at.inside, by * by * (forward ? p.top : inverse), spread(1)));
}

ALWAYS void apply_all(const bgen_splines *of, const bool forward, const bgen_real *weight,
                      const double *in, double *out, double *slope)
{
  group g = {.first = 0};
  double value[GROUP], steep[GROUP];
  for (; g.first < of->n_rows * of->n_columns; g.first += GROUP) {
    place(of, &g);
    read_weights(of, weight, &g);
    take(&g, in, value);
    for (size_t l = 0; l < GROUP; l += LANES)
      apply_lanes(&of->spline, forward, &g, l, value, steep);
    give(&g, value, out);
    give(&g, steep, slope);
  }
}

TARGET static void apply(const bgen_splines *of, bgen_direction direction, const bgen_real *weight,
                         const double *in, double *out, double *slope)
{
  if (direction == BGEN_FORWARD)
    apply_all(of, true, weight, in, out, slope);
  else
    apply_all(of, false, weight, in, out, slope);
}

/* ---- gradients ---- */

/* Of the inverse: with in = f(out), d(out) = (d(in) - df)/f', df what the shape alone does to f.
   on_value: dL/d(out), becomes dL/d(in); on_log: dL/d(log f'). */
ALWAYS void vjp_lanes(const bgen_spline *spline, const bool forward, group *g, size_t lane,
                      const double *latent, const double *on_log, double *on_value)
{
  const shape s = shape_of(spline, (const bgen_real(*)[GROUP]) g->column, lane);
  const position at = bring_inside(spline, load(latent + lane));
  const bin b = find_bin(&s, false, at.value);
  const vec per_width = spread(1) / b.width, none = spread(0), out = load(on_value + lane);
  const point p = point_at(&b, b.height * per_width, (at.value - b.x) * per_width);
  const vec inverse = spread(1) / p.divisor, on_l = choose(at.inside, load(on_log + lane), none);
  const partials f = of_value(&b, &p, inverse), l = of_log_slope(&b, &p, inverse);
  const vec grad = choose(at.inside, out, none);
  const vec on_f = forward ? grad : -FUSE(grad, b.width, on_l * l.t) / f.t;
  const vec t = FUSE(on_f, f.t, on_l * l.t), along_s = FUSE(on_f, f.s, on_l * l.s);
  const gradients of = {.width = {-t * per_width, -FUSE(t, p.t, along_s * p.s) * per_width},
                        .height = {on_f, FUSE(on_f * p.rise, inverse, along_s * per_width)},
                        .slope = FUSE(on_f, f.slope, on_l * l.slope) * b.slope,
                        .next_slope = FUSE(on_f, f.next_slope, on_l * l.next_slope) * b.next_slope};
  set_gradients(&s, &b, &of, (bgen_real(*)[GROUP])(g->column[0] + lane));
  store(on_value + lane, choose(at.inside, forward ? t * per_width : -on_f, out));
}

ALWAYS void vjp_all(const bgen_splines *of, const bool forward, const bgen_spline_gradient *grad)
{
  group g = {.first = 0};
  double latent[GROUP], on_value[GROUP], on_log[GROUP];
  for (; g.first < of->n_rows * of->n_columns; g.first += GROUP) {
    place(of, &g);
    read_weights(of, grad->weight, &g);
    take(&g, grad->latent, latent);
    take(&g, grad->grad_out, on_value);
    for (size_t l = 0; l < GROUP; l++)
      on_log[l] = forward ? grad->grad_log_det[g.row[l]] : -grad->grad_log_det[g.row[l]];
    for (size_t l = 0; l < GROUP; l += LANES)
      vjp_lanes(&of->spline, forward, &g, l, latent, on_log, on_value);
    write_gradients(of, &g, grad->factor, grad->grad_weight);
    give(&g, on_value, grad->grad_in);
  }
}

TARGET static void vjp(const bgen_splines *of, bgen_direction direction,
                       const bgen_spline_gradient *grad)
{
  if (direction == BGEN_FORWARD)
    vjp_all(of, true, grad);
  else
    vjp_all(of, false, grad);
}

const bgen_spline_kernels KERNELS = {apply, vjp};
