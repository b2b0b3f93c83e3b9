/* SPDX-License-Identifier: MIT
   spline_points.h - what LANES splines side by side are at a point of a bin: values and their
   derivatives.  spline_kernel.h includes it. */

/* f and f' at t = (in - x)/width, with what both are made of */
typedef struct point {
  vec t, u, s, bend, rise, divisor, top; /* f = y + h rise/divisor, f' = s^2 top/divisor^2 */
} point;

/* s = height/width */
ALWAYS point point_at(const bin *b, vec s, vec t)
{
  const vec v = spread(1) - t, u = t * v;
  point p = {.t = t, .u = u, .s = s, .bend = b->slope + b->next_slope - (s + s)};
  p.rise = FUSE(s * t, t, b->slope * u);
  p.top = FUSE(b->next_slope * t, t, FUSE(s + s, u, b->slope * v * v));
  p.divisor = FUSE(p.bend, u, s);
  return p;
}

/* t where f = y + up: the root of a t^2 + b t - s up in [0,1].  Where slopes differ much b is a
   small difference of large numbers; the Newton step gives back the digits lost. */
ALWAYS vec root_at(const bin *in, vec s, vec up)
{
  const vec bend = in->slope + in->next_slope - (s + s), s_up = s * up;
  const vec a = FUSE(in->height, s - in->slope, up * bend);
  const vec b = FUSE(in->height, in->slope, -up * bend);
  const vec root = root_of(FUSE(b, b, spread(4) * a * s_up));
  const mask ahead = at_least(b, spread(0));
  const vec t = choose(ahead, s_up + s_up, root - b) / choose(ahead, b + root, a + a);
  const point p = point_at(in, s, t);
  const vec missing = FUSE(up, p.divisor, -in->height * p.rise);
  return t + missing * p.divisor / (in->height * s * p.top);
}

/* By t, s and the slopes at both ends, with y and h held.  inverse, below, is 1/divisor. */
typedef struct partials {
  vec t, s, slope, next_slope;
} partials;

ALWAYS partials of_value(const bin *b, const point *p, vec inverse)
{
  const vec unit = b->height * inverse * inverse, lever = unit * p->u;
  const vec straight = spread(1) - (p->u + p->u);
  partials f = {.t = unit * p->s * p->top, .next_slope = -lever * p->rise};
  f.s = unit * FUSE(p->t * p->t, p->divisor, -straight * p->rise);
  f.slope = lever * (p->divisor - p->rise);
  return f;
}

ALWAYS partials of_log_slope(const bin *b, const point *p, vec inverse)
{
  const vec t = p->t, v = spread(1) - t, turn = v - t, of_top = spread(1) / p->top;
  const vec twice = inverse + inverse, bent = twice * p->u;
  const vec top_t = FUSE(b->next_slope, t, FUSE(p->s, turn, -b->slope * v));
  partials l = {.t = FUSE(top_t + top_t, of_top, -p->bend * turn * twice)};
  const vec straight = spread(1) - (p->u + p->u);
  l.s = spread(2) / p->s + FUSE(p->u + p->u, of_top, -straight * twice);
  l.slope = FUSE(v * v, of_top, -bent);
  l.next_slope = FUSE(t * t, of_top, -bent);
  return l;
}
