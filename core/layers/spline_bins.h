/* SPDX-License-Identifier: MIT
   spline_bins.h - of LANES splines side by side the bin that holds a value, and the gradients of
   what makes the bin, without a branch on any number.  spline_kernel.h includes it. */
static const double least_share = 1e-3;

/* The weights of LANES splines, of each a column: widths, heights, then slopes, of which the last
   is that at both ends. */
typedef struct shape {
  vec inverse_of_widths, inverse_of_heights; /* 1 / sum of the weights */
  const bgen_spline *spline;
  const bgen_real (*width)[GROUP], (*height)[GROUP], (*slope)[GROUP];
  double floor, per_share; /* size of a bin = floor + per_share weight / sum */
} shape;

/* of each spline one bin, of what lies before it the weights' sums */
typedef struct bin {
  vec index, width_weight, height_weight, widths_before, heights_before;
  vec x, y, width, height;
  vec slope, next_slope; /* of the knots at its two ends */
} bin;

/* A value inside, which on a circle is so many periods away; 0 in place of one outside, where
   nothing is done. */
typedef struct position {
  vec value, away;
  mask inside;
} position;

ALWAYS position bring_inside(const bgen_spline *spline, vec in)
{
  const vec none = spread(0), bound = spread(spline->bound);
  position p = {.away = none};
  if (spline->circular) {
    p.away = spread(2 * spline->bound) * floor_of((in + bound) * spread(0.5 / spline->bound));
    p.inside = at_least(none, in - in);
  } else
    p.inside = below(choose(below(in, none), -in, in), bound);
  p.value = choose(p.inside, in - p.away, none);
  return p;
}

ALWAYS vec inverse_of_sum(const bgen_real (*weight)[GROUP], size_t n)
{
  vec even = load_reals(weight[0]), odd = load_reals(weight[1]);
  for (size_t k = 2; k + 1 < n; k += 2)
    even = even + load_reals(weight[k]), odd = odd + load_reals(weight[k + 1]);
  if (n % 2 == 1) even = even + load_reals(weight[n - 1]);
  return spread(1) / (even + odd);
}

ALWAYS shape shape_of(const bgen_spline *spline, const bgen_real (*column)[GROUP], size_t lane)
{
  const size_t n = spline->n_bins;
  const bgen_real(*first)[GROUP] = (const bgen_real(*)[GROUP])(column[0] + lane);
  shape s = {.spline = spline, .width = first, .height = first + n, .slope = first + 2 * n};
  s.floor = 2 * spline->bound * least_share;
  s.per_share = 2 * spline->bound * (1 - (double) n * least_share);
  s.inverse_of_widths = inverse_of_sum(s.width, n);
  s.inverse_of_heights = inverse_of_sum(s.height, n);
  return s;
}

/* the bin that holds value along the axis searched: the last one whose knot is not above it */
ALWAYS bin find_bin(const shape *s, bool along_heights, vec value)
{
  const size_t n = s->spline->n_bins;
  const vec floor = spread(s->floor), begin = spread(-s->spline->bound), none = spread(0);
  const vec per_width = spread(s->per_share) * s->inverse_of_widths;
  const vec per_height = spread(s->per_share) * s->inverse_of_heights;
  vec widths = none, heights = none, w = load_reals(s->width[0]), h = load_reals(s->height[0]);
  vec slope = load_reals(s->slope[0]), least = begin;
  bin b = {.index = none, .width_weight = w, .height_weight = h, .next_slope = slope};
  b.widths_before = b.heights_before = none, b.slope = load_reals(s->slope[n - 1]);
  for (size_t k = 1; k < n; k++) {
    widths = widths + w, heights = heights + h, least = least + floor;
    const vec knot =
        along_heights ? FUSE(per_height, heights, least) : FUSE(per_width, widths, least);
    const mask past = at_least(value, knot);
    const vec next = load_reals(s->slope[k]);
    w = load_reals(s->width[k]), h = load_reals(s->height[k]);
    b.index = choose(past, spread((double) k), b.index);
    b.width_weight = choose(past, w, b.width_weight);
    b.height_weight = choose(past, h, b.height_weight);
    b.widths_before = choose(past, widths, b.widths_before);
    b.heights_before = choose(past, heights, b.heights_before);
    b.slope = choose(past, slope, b.slope), b.next_slope = choose(past, next, b.next_slope);
    slope = next;
  }
  least = FUSE(b.index, floor, begin);
  b.x = FUSE(per_width, b.widths_before, least), b.y = FUSE(per_height, b.heights_before, least);
  b.width = FUSE(per_width, b.width_weight, floor);
  b.height = FUSE(per_height, b.height_weight, floor);
  return b;
}

/* dL/d(where a bin begins) and dL/d(its size) */
typedef struct of_axis {
  vec begin, size;
} of_axis;

typedef struct gradients {
  of_axis width, height;
  vec slope, next_slope; /* by their logarithms */
} gradients;

/* The begin of a bin is the sum of the sizes before, and weights are divided by their sum. */
ALWAYS vec mean_of(const of_axis *g, vec before, vec own, vec inverse)
{
  return FUSE(g->size, own, g->begin * before) * inverse;
}

/* by the logarithms of all weights, in their place.  The slope of knot k is that where bin k ends
   and the next one begins. */
ALWAYS void set_gradients(const shape *s, const bin *b, const gradients *g,
                          bgen_real (*column)[GROUP])
{
  const size_t n = s->spline->n_bins;
  const vec none = spread(0), per_share = spread(s->per_share);
  const vec per_width = per_share * s->inverse_of_widths;
  const vec per_height = per_share * s->inverse_of_heights;
  const vec w = mean_of(&g->width, b->widths_before, b->width_weight, s->inverse_of_widths);
  const vec h = mean_of(&g->height, b->heights_before, b->height_weight, s->inverse_of_heights);
  mask here = at_least(b->index, none), behind = at_least(b->index, spread(1));
  const vec at_ends = choose(behind, none, g->slope);
  for (size_t k = 0; k < n; k++) {
    const vec of_width = choose(behind, g->width.begin, choose(here, g->width.size, none)) - w;
    const vec of_height = choose(behind, g->height.begin, choose(here, g->height.size, none)) - h;
    store_reals(column[k], per_width * load_reals(column[k]) * of_width);
    store_reals(column[n + k], per_height * load_reals(column[n + k]) * of_height);
    const mask next = at_least(b->index, spread((double) (k + 2)));
    const vec of_slope = choose(behind, g->slope, choose(here, g->next_slope, none));
    store_reals(column[2 * n + k],
                k + 1 < n ? choose(next, none, of_slope) : choose(here, g->next_slope, at_ends));
    here = behind, behind = next;
  }
}
