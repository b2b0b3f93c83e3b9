/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "coords/cv.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"

enum { N_PARTICLES = 6, MAX_DIM = 3 * N_PARTICLES, N_TRIALS = 50 };

static const double RADIANS = 0.017453292519943295; /* pi / 180 */

static const bgen_layout line = {N_PARTICLES, 1}, plane = {N_PARTICLES, 2},
                         space = {N_PARTICLES, 3};

static const bgen_cv_term particles[] = {
    {.particle = 4}, {.particle = 1}, {.particle = 3}, {.particle = 0}};
static const bgen_cv_term along_x[] = {{2, 0, 0.7}, {5, 0, -1.3}, {2, 0, 0.4}};
static const bgen_cv_term mixed[] = {{2, 1, 0.7}, {5, 0, -1.3}, {0, 1, 2.0}};

/* each kind in each number of components that it can live in */
static const struct {
  bgen_cv cv;
  const bgen_layout *layout;
} cases[] = {{{.type = &bgen_cv_linear, .n_terms = 3, .term = along_x}, &line},
             {{.type = &bgen_cv_linear, .n_terms = 3, .term = mixed}, &plane},
             {{.type = &bgen_cv_linear, .n_terms = 3, .term = mixed}, &space},
             {{.type = &bgen_cv_distance, .n_terms = 2, .term = particles}, &line},
             {{.type = &bgen_cv_distance, .n_terms = 2, .term = particles}, &plane},
             {{.type = &bgen_cv_distance, .n_terms = 2, .term = particles}, &space},
             {{.type = &bgen_cv_angle, .n_terms = 3, .term = particles}, &plane},
             {{.type = &bgen_cv_angle, .n_terms = 3, .term = particles}, &space},
             {{.type = &bgen_cv_dihedral, .n_terms = 4, .term = particles}, &space}};
enum { N_CASES = sizeof cases / sizeof *cases };

static const bgen_cv_term in_order[] = {
    {.particle = 0}, {.particle = 1}, {.particle = 2}, {.particle = 3}};
static const bgen_cv angle = {.type = &bgen_cv_angle, .n_terms = 3, .term = in_order};
static const bgen_cv dihedral = {.type = &bgen_cv_dihedral, .n_terms = 4, .term = in_order};

static void draw(uint64_t trial, size_t dim, double *x)
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, trial);
  bgen_rng_normals(&rng, dim, x);
}

/* the smallest difference of two values, around the period if there is one */
static double difference(const bgen_cv *cv, double a, double b)
{
  return cv->type->period > 0 ? remainder(a - b, cv->type->period) : a - b;
}

/* ---- values ---- */

static void test_linear(void **state)
{
  const bgen_layout three = {3, 2};
  const double x[] = {1, 2, 3, 4, 5, 6};
  const bgen_cv_term coordinate = {1, 0, 1}, terms[] = {{0, 0, 0.5}, {2, 1, -2}, {2, 0, 3}};
  (void) state;
  const double same = bgen_cv_value(
      &(bgen_cv){.type = &bgen_cv_linear, .n_terms = 1, .term = &coordinate}, &three, x);
  CHECK_SAME(1, x + 2, &same);
  CHECK_CLOSE(
      bgen_cv_value(&(bgen_cv){.type = &bgen_cv_linear, .n_terms = 3, .term = terms}, &three, x),
      3.5, 1e-15);
}

static void test_distance(void **state)
{
  const double in_plane[] = {9, 9, 1, 2, 4, -2}, in_space[] = {1, 2, 3, 3, 8, -6},
               on_line[] = {7, 4.5};
  const bgen_cv first = {.type = &bgen_cv_distance, .n_terms = 2, .term = in_order},
                second = {.type = &bgen_cv_distance, .n_terms = 2, .term = in_order + 1};
  (void) state;
  CHECK_CLOSE(bgen_cv_value(&second, &(bgen_layout){3, 2}, in_plane), 5, 1e-15);
  CHECK_CLOSE(bgen_cv_value(&first, &(bgen_layout){2, 3}, in_space), 11, 1e-14);
  CHECK_CLOSE(bgen_cv_value(&first, &(bgen_layout){2, 1}, on_line), 2.5, 0);
}

/* to the last digits also where the cosine is flat */
static void test_angle(void **state)
{
  const double degrees[] = {0, 1e-7, 1e-3, 30, 60, 90, 135, 179.999, 180 - 1e-7, 180};
  (void) state;
  for (size_t k = 0; k < sizeof degrees / sizeof *degrees; k++) {
    const double t = RADIANS * degrees[k];
    const double x[] = {2, 0, 0, 0, 3 * cos(t), 3 * sin(t)};
    CHECK_CLOSE(bgen_cv_value(&angle, &(bgen_layout){3, 2}, x), degrees[k], 1e-13);
    const double y[] = {1, 1, 1, 1, 1, 0, 1 + sin(t), 1, cos(t)};
    CHECK_CLOSE(bgen_cv_value(&angle, &(bgen_layout){3, 3}, y), degrees[k], 1e-13);
  }
}

/* The bond from j to k points to +z, so the first particle is seen from below, where a turn from x
   to y is clockwise: it counts as positive. */
static void test_dihedral(void **state)
{
  const double degrees[] = {-179.5, -150, -90, -60, -1e-7, 0, 1e-7, 45, 90, 120, 179.999, 180};
  (void) state;
  for (size_t k = 0; k < sizeof degrees / sizeof *degrees; k++) {
    const double t = RADIANS * degrees[k];
    const double x[] = {1, 0, -0.3, 0, 0, 0, 0, 0, 1.5, 2 * cos(t), 2 * sin(t), 1.9};
    CHECK_CLOSE(bgen_cv_value(&dihedral, &(bgen_layout){4, 3}, x), degrees[k], 1e-13);
  }
}

/* flat zigzags: the sine is 0 or -0, the value 180 */
static void test_flat_dihedral(void **state)
{
  const double zigzag[] = {0, 0, 0, 1, 1, 0, 2, 0, 0, 3, 1, 0};
  (void) state;
  for (size_t first = 0; first < 3; first++)
    for (int sign = -1; sign <= 1; sign += 2) {
      double x[12];
      for (size_t i = 0; i < 12; i++) x[i / 3 * 3 + (i + first) % 3] = sign * zigzag[i];
      CHECK_CLOSE(bgen_cv_value(&dihedral, &(bgen_layout){4, 3}, x), 180, 0);
    }
}

/* ---- symmetries ---- */

/* y = R x + t, with R a product of rotations about the coordinate axes; mirrored in z on demand */
static void move(const double *x, bool mirrored, double *y)
{
  const double turn[3] = {0.7, -2.1, 1.3};
  for (size_t i = 0; i < N_PARTICLES; i++) {
    double p[3] = {x[3 * i], x[3 * i + 1], mirrored ? -x[3 * i + 2] : x[3 * i + 2]};
    for (size_t k = 0; k < 3; k++) {
      const size_t a = (k + 1) % 3, b = (k + 2) % 3;
      const double u = cos(turn[k]) * p[a] - sin(turn[k]) * p[b],
                   v = sin(turn[k]) * p[a] + cos(turn[k]) * p[b];
      p[a] = u;
      p[b] = v;
    }
    for (size_t c = 0; c < 3; c++) y[3 * i + c] = p[c] + 3.0 * (double) c - 4.0;
  }
}

static void test_motions(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_CASES; k++) {
    const bgen_cv *cv = &cases[k].cv;
    if (cases[k].layout != &space || cv->type == &bgen_cv_linear) continue;
    for (uint64_t trial = 0; trial < N_TRIALS; trial++) {
      double x[MAX_DIM], moved[MAX_DIM], mirrored[MAX_DIM];
      draw(trial, MAX_DIM, x);
      move(x, false, moved);
      move(x, true, mirrored);
      const double value = bgen_cv_value(cv, &space, x),
                   image = cv->type == &bgen_cv_dihedral ? -value : value;
      CHECK_CLOSE(difference(cv, bgen_cv_value(cv, &space, moved), value), 0, 1e-10);
      CHECK_CLOSE(difference(cv, bgen_cv_value(cv, &space, mirrored), image), 0, 1e-10);
    }
  }
}

/* ---- gradients ---- */

/* of fourth order, with an error of about 1e-12 of the fifth derivative */
static double derivative(const bgen_cv *cv, const bgen_layout *layout, double *x, size_t c)
{
  const double h = 1e-3, at = x[c];
  double side[2];
  for (int k = 1; k <= 2; k++) {
    x[c] = at + k * h;
    const double above = bgen_cv_value(cv, layout, x);
    x[c] = at - k * h;
    side[k - 1] = difference(cv, above, bgen_cv_value(cv, layout, x));
  }
  x[c] = at;
  return (8 * side[0] - side[1]) / (12 * h);
}

static bool uses(const bgen_cv *cv, const bgen_layout *layout, size_t c)
{
  for (size_t k = 0; k < cv->n_terms; k++)
    if (cv->term[k].particle == c / layout->n_space) return true;
  return false;
}

/* what was in grad stays there, and all of it where the cv has no particle */
static void check_gradient(const bgen_cv *cv, const bgen_layout *layout, double *x)
{
  const size_t dim = layout->n_particles * layout->n_space;
  const double factor = -0.37;
  double before[MAX_DIM], grad[MAX_DIM];
  draw(1234567, dim, before);
  memcpy(grad, before, sizeof grad);
  bgen_cv_gradient(cv, layout, x, factor, grad);
  for (size_t c = 0; c < dim; c++)
    if (uses(cv, layout, c))
      CHECK_RELATIVE((grad[c] - before[c]) / factor, derivative(cv, layout, x, c), 1e-8);
    else
      CHECK_SAME(1, grad + c, before + c);
}

/* away from geometries at which differences of this step fail: short bonds and nearly straight
   angles */
static bool smooth(const bgen_cv *cv, const bgen_layout *layout, const double *x)
{
  const bgen_cv_term *t = cv->term;
  for (size_t k = 1; k < cv->type->n_terms; k++) {
    const bgen_cv_term ends[] = {t[k - 1], t[k]};
    if (bgen_cv_value(&(bgen_cv){.type = &bgen_cv_distance, .n_terms = 2, .term = ends}, layout,
                      x) < 0.5)
      return false;
  }
  for (size_t k = 2; k < cv->type->n_terms; k++) {
    const double bend = bgen_cv_value(
        &(bgen_cv){.type = &bgen_cv_angle, .n_terms = 3, .term = t + k - 2}, layout, x);
    if (bend < 15 || bend > 165) return false;
  }
  return true;
}

static void test_gradients(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_CASES; k++) {
    size_t n = 0;
    for (uint64_t trial = 0; n < N_TRIALS; trial++) {
      double x[MAX_DIM];
      draw(trial, cases[k].layout->n_particles * cases[k].layout->n_space, x);
      if (!smooth(&cases[k].cv, cases[k].layout, x)) continue;
      check_gradient(&cases[k].cv, cases[k].layout, x);
      n++;
    }
  }
}

/* straight through -180 = 180, where the value jumps and the gradient does not */
static void test_gradient_across_the_period(void **state)
{
  double x[MAX_DIM] = {1, 0.2, -0.3, 0, 0, 0, 0, 0, 1.5, -2, 0, 1.9};
  (void) state;
  x[10] = x[9] * x[1]; /* in the plane of the other three, on the far side */
  for (int k = -1; k <= 1; k++) {
    double y[MAX_DIM];
    memcpy(y, x, sizeof y);
    y[10] += 1e-5 * k;
    CHECK_CLOSE(fabs(bgen_cv_value(&dihedral, &space, y)), 180, 1e-3);
    check_gradient(&dihedral, &space, y);
  }
}

/* ---- no geometry at all ---- */

static void check_degenerate(const bgen_cv *cv, const double *x)
{
  double grad[12] = {0}, total = 0;
  const bgen_layout four = {4, 3};
  const double value = bgen_cv_value(cv, &four, x);
  CHECK_WITHIN(value, -180, 180);
  bgen_cv_gradient(cv, &four, x, 1, grad);
  for (size_t c = 0; c < 12; c++) total += grad[c];
  assert_true(isnan(total));
}

static void test_degenerate(void **state)
{
  const double point[12] = {0}, straight[] = {1, 2, 3, 2, 4, 6, 3, 6, 9, 4, 8, 12},
               back[] = {1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0};
  const bgen_cv distance = {.type = &bgen_cv_distance, .n_terms = 2, .term = in_order};
  (void) state;
  check_degenerate(&distance, point);
  check_degenerate(&angle, point);
  check_degenerate(&angle, straight);
  check_degenerate(&angle, back);
  check_degenerate(&dihedral, point);
  check_degenerate(&dihedral, straight);
  check_degenerate(&dihedral, back);
}

/* ---- ranges ---- */

static void test_plain_range(void **state)
{
  const bgen_cv_range all = bgen_cv_range_between(&bgen_cv_distance, -INFINITY, INFINITY),
                      low = bgen_cv_range_between(&bgen_cv_distance, 0, 1.5),
                      high = bgen_cv_range_between(&bgen_cv_distance, 1.5, 180);
  (void) state;
  assert_true(bgen_cv_range_holds(&low, 0) && !bgen_cv_range_holds(&low, 1.5));
  assert_true(bgen_cv_range_holds(&high, 1.5) && !bgen_cv_range_holds(&high, 180));
  assert_false(bgen_cv_range_holds(&all, NAN));
  assert_false(bgen_cv_ranges_overlap(&low, &high));
  assert_true(bgen_cv_ranges_overlap(&all, &high) && bgen_cv_ranges_overlap(&low, &all));
  assert_true(bgen_cv_ranges_overlap(&low, &(bgen_cv_range){-1, 0.1}));
  assert_true(bgen_cv_ranges_overlap(&(bgen_cv_range){0.5, 0.6}, &low));
}

/* against every tenth degree, which is in one of two ranges that share their ends, and in no
   more */
static void test_circle_in_two(void **state)
{
  (void) state;
  for (int low = -180; low <= 180; low += 60)
    for (int high = -180; high <= 180; high += 60) {
      if ((low - high) % 360 == 0) continue;
      const bgen_cv_range a = bgen_cv_range_between(&bgen_cv_dihedral, low, high),
                          b = bgen_cv_range_between(&bgen_cv_dihedral, high, low);
      assert_false(bgen_cv_ranges_overlap(&a, &b));
      for (int s = -170; s <= 180; s += 10)
        assert_int_equal(bgen_cv_range_holds(&a, s) + bgen_cv_range_holds(&b, s), 1);
    }
}

/* The ends are multiples of 60 degrees, so two ranges overlap if they share one of six midpoints; a
   full circle is 0 to 0 in the count and -180 to 180 for the user. */
static void test_overlaps(void **state)
{
  bgen_cv_range range[36];
  bool held[36][6];
  size_t n = 0;
  (void) state;
  for (int low = -180; low < 180; low += 60)
    for (int high = -120; high <= 180; high += 60) {
      if (low == high) continue;
      range[n] = bgen_cv_range_between(&bgen_cv_dihedral, low, high);
      for (int k = 0; k < 6; k++) {
        const int s = -150 + 60 * k;
        held[n][k] = low < high ? s > low && s < high : s > low || s < high;
        assert_int_equal(bgen_cv_range_holds(&range[n], s), held[n][k]);
      }
      n++;
    }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      bool shared = false;
      for (int k = 0; k < 6; k++) shared |= held[i][k] && held[j][k];
      assert_int_equal(bgen_cv_ranges_overlap(&range[i], &range[j]), shared);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_linear),        cmocka_unit_test(test_distance),
      cmocka_unit_test(test_angle),         cmocka_unit_test(test_dihedral),
      cmocka_unit_test(test_flat_dihedral), cmocka_unit_test(test_motions),
      cmocka_unit_test(test_gradients),     cmocka_unit_test(test_gradient_across_the_period),
      cmocka_unit_test(test_degenerate),    cmocka_unit_test(test_plain_range),
      cmocka_unit_test(test_circle_in_two), cmocka_unit_test(test_overlaps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
