/* SPDX-License-Identifier: GPL-2.0-or-later
   Bodies of identical particles: what is found may not depend on their numbers, place or
   orientation. */
#include "coords/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/superpose.h"
#include "fixture.h"

enum { MOST = 39, MOST_PARTICLES = 13 };

typedef struct body {
  bgen_layout layout;
  bool mirrored;
  const int *species;
  double noise; /* of bodies; the smallest distance is some 1 */
  double r[MOST];
} body;

static const int alike[MOST_PARTICLES] = {0};
static const int methane[5] = {-1, 2, 2, 2, 2};
static const int mixed[7] = {0, 0, 0, 4, 4, 4, 4};

/* a five-sided bipyramid: the axis first */
static void fill_bipyramid(double *r)
{
  for (size_t i = 0; i < 7; i++) {
    const double angle = 0.4 * 3.14159265358979 * (double) i;
    r[3 * i] = i < 2 ? 0 : 0.93 * cos(angle);
    r[3 * i + 1] = i < 2 ? 0 : 0.93 * sin(angle);
    r[3 * i + 2] = i == 0 ? 0.57 : i == 1 ? -0.57 : 0;
  }
}

/* an icosahedron about a particle in its middle */
static void fill_icosahedron(double *r)
{
  for (size_t i = 0; i < 13; i++) {
    const double angle = 0.4 * 3.14159265358979 * ((double) i + (i > 5 ? 0.5 : 0));
    const double height = i == 0 ? 0 : i == 11 ? 1 : i == 12 ? -1 : i < 6 ? sqrt(0.2) : -sqrt(0.2);
    const double radius = i > 10 || i == 0 ? 0 : sqrt(0.8);
    r[3 * i] = 1.08 * radius * cos(angle);
    r[3 * i + 1] = 1.08 * radius * sin(angle);
    r[3 * i + 2] = 1.08 * height;
  }
}

/* no two of them nearer to each other than 0.8 */
static void fill_irregular(uint64_t key, const bgen_layout *layout, double *r)
{
  const size_t n = layout->n_space;
  uint64_t at = 0;
  for (size_t i = 0; i < layout->n_particles; i++) {
    bool near = true;
    while (near) {
      near = false;
      for (size_t c = 0; c < n; c++) r[i * n + c] = 1.7 * varied(key, at++);
      for (size_t j = 0; j < i; j++) {
        double sum = 0;
        for (size_t c = 0; c < n; c++) sum += pow(r[i * n + c] - r[j * n + c], 2);
        near = near || sum < 0.64;
      }
    }
  }
}

enum { N_BODIES = 9 };

/* symmetric ones as the mean of frames is: not to the last digit */
static body make_body(size_t which)
{
  static const body kinds[N_BODIES] = {
      {{7, 3}, false, alike, 0.08, {0}}, {{13, 3}, false, alike, 0.08, {0}},
      {{6, 3}, false, alike, 0.15, {0}}, {{5, 3}, false, methane, 0.1, {0}},
      {{7, 2}, false, alike, 0.12, {0}}, {{7, 3}, false, mixed, 0.15, {0}},
      {{6, 3}, true, alike, 0.12, {0}},  {{5, 2}, true, alike, 0.12, {0}},
      {{6, 3}, true, NULL, 0.12, {0}}};
  body b = kinds[which];
  if (which == 0) fill_bipyramid(b.r);
  if (which == 1) fill_icosahedron(b.r);
  if (which > 1) fill_irregular(60 + which, &b.layout, b.r);
  for (size_t j = 0; j < MOST; j++) b.r[j] += 0.02 * varied(59, j);
  return b;
}

typedef struct finder {
  body of;
  size_t dim;
  bgen_relabel *relabel;
  bgen_match *match;
  double *work;
} finder;

static finder make_finder(size_t which)
{
  finder f = {.of = make_body(which)};
  f.dim = f.of.layout.n_particles * f.of.layout.n_space;
  if (f.of.species) CHECK_OK(bgen_relabel_create(&f.of.layout, f.of.species, &f.relabel));
  CHECK_OK(bgen_match_create(&f.of.layout, f.relabel, f.of.mirrored, f.of.r, &f.match));
  f.work = must_allocate(bgen_match_work_size(&f.of.layout, f.relabel) * sizeof *f.work);
  return f;
}

static void free_finder(finder *f)
{
  bgen_match_destroy(f->match);
  bgen_relabel_destroy(f->relabel);
  free(f->work);
}

static void fill_noisy(const finder *f, uint64_t point, double noise, double *x)
{
  bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, point);
  bgen_rng_normals(&rng, f->dim, x);
  for (size_t j = 0; j < f->dim; j++) x[j] = f->of.r[j] + noise * x[j];
}

/* of determinant 1, or -1 */
static void fill_rotation(size_t n, uint64_t point, bool mirrored, double *rotation)
{
  double any[9];
  bgen_rng rng = bgen_rng_at(7, BGEN_STREAM_TEST, point);
  bgen_rng_normals(&rng, 9, any);
  bgen_superpose(n, any, rotation);
  for (size_t a = 0; mirrored && a < n; a++) rotation[a * n] = -rotation[a * n];
}

/* places change within their species */
static void fill_order(const finder *f, uint64_t point, size_t *order)
{
  bgen_rng rng = bgen_rng_at(8, BGEN_STREAM_TEST, point);
  const size_t n = f->of.layout.n_particles;
  for (size_t i = 0; i < n; i++) order[i] = i;
  for (size_t i = 0; f->of.species && i < n; i++) {
    const size_t j = i + (size_t) bgen_rng_below(&rng, n - i), of_i = order[i];
    if (f->of.species[i] < 0 || f->of.species[i] != f->of.species[j]) continue;
    order[i] = order[j], order[j] = of_i;
  }
}

/* out_i = R x[order[i]] + shift */
static void take_elsewhere(const finder *f, uint64_t point, bool mirrored, const double *x,
                           double *out)
{
  const size_t n = f->of.layout.n_space;
  double rotation[9];
  size_t order[MOST_PARTICLES];
  fill_rotation(n, point, mirrored, rotation);
  fill_order(f, point, order);
  for (size_t i = 0; i < f->of.layout.n_particles; i++)
    for (size_t a = 0; a < n; a++) {
      out[i * n + a] = 3 * varied(9, 4 * point + a);
      for (size_t b = 0; b < n; b++) out[i * n + a] += rotation[a * n + b] * x[order[i] * n + b];
    }
}

/* the body as the reference sees it: R^T (x[order[i]] - centre); true as bgen_match_find() */
static bool see(const finder *f, const double *x, double *out)
{
  const size_t n = f->of.layout.n_space;
  size_t order[MOST_PARTICLES];
  bgen_placement at;
  const bool in_order = bgen_match_find(f->match, x, f->work, order, &at);
  for (size_t i = 0; i < f->of.layout.n_particles; i++)
    for (size_t a = 0; a < n; a++) {
      out[i * n + a] = 0;
      for (size_t b = 0; b < n; b++)
        out[i * n + a] += at.rotation[b * n + a] * (x[order[i] * n + b] - at.centre[b]);
    }
  return in_order;
}

static void check_one_shape(finder *f, uint64_t t, double noise, bool mirrored)
{
  double x[MOST], moved[MOST], seen[MOST], again[MOST];
  fill_noisy(f, t, noise, x);
  take_elsewhere(f, t, mirrored, x, moved);
  see(f, x, seen);
  see(f, moved, again);
  for (size_t j = 0; j < f->dim; j++) CHECK_CLOSE(again[j], seen[j], 1e-9);
}

static void test_one_shape_wherever_it_is(void **state)
{
  enum { TRIALS = 300 };
  (void) state;
  for (size_t which = 0; which < N_BODIES; which++) {
    finder f = make_finder(which);
    for (uint64_t t = 0; t < TRIALS; t++)
      check_one_shape(&f, t, f.of.noise, f.of.mirrored && t % 2);
    free_finder(&f);
  }
}

/* what is far from any body also has one shape */
static void test_gas(void **state)
{
  enum { TRIALS = 200 };
  (void) state;
  for (size_t which = 0; which < N_BODIES; which++) {
    finder f = make_finder(which);
    for (uint64_t t = 0; t < TRIALS; t++) check_one_shape(&f, t, 2, false);
    free_finder(&f);
  }
}

/* seen again where it was seen, it is in order and stays */
static void test_found_once(void **state)
{
  enum { TRIALS = 300 };
  double x[MOST], seen[MOST], again[MOST];
  (void) state;
  for (size_t which = 0; which < N_BODIES; which++) {
    finder f = make_finder(which);
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_noisy(&f, t, f.of.noise, x);
      see(&f, x, seen);
      assert_true(see(&f, seen, again));
      for (size_t j = 0; j < f.dim; j++) CHECK_CLOSE(again[j], seen[j], 1e-9);
    }
    assert_true(see(&f, f.of.r, seen));
    free_finder(&f);
  }
}

/* ---- the least of all orders ---- */

static double distance_from(const finder *f, const double *seen)
{
  double sum = 0, centre[3] = {0};
  const size_t n = f->of.layout.n_space;
  for (size_t j = 0; j < f->dim; j++)
    centre[j % n] += f->of.r[j] / (double) f->of.layout.n_particles;
  for (size_t j = 0; j < f->dim; j++) sum += pow(seen[j] - f->of.r[j] + centre[j % n], 2);
  return sum;
}

/* the least for this order and all that follow from changing places from `from` on */
static double least_of_orders(const finder *f, const bgen_pose *pose, size_t from, double *x)
{
  const size_t n = f->of.layout.n_space;
  double least = INFINITY, shape[MOST], work[MOST];
  if (from == f->of.layout.n_particles) {
    const bgen_placement at = bgen_pose_find(pose, x);
    bgen_pose_to_shape(pose, &at, x, work, shape);
    least = 0;
    for (size_t j = 0; j < bgen_shape_size(&f->of.layout, BGEN_ALIGNED); j++)
      least += shape[j] * shape[j];
  }
  for (size_t i = from; i < f->of.layout.n_particles; i++) {
    if (f->of.species[i] != f->of.species[from] || (f->of.species[i] < 0 && i != from)) continue;
    double here[3];
    memcpy(here, x + from * n, n * sizeof *x);
    memcpy(x + from * n, x + i * n, n * sizeof *x);
    memcpy(x + i * n, here, n * sizeof *x);
    least = fmin(least, least_of_orders(f, pose, from + 1, x));
    memcpy(x + i * n, x + from * n, n * sizeof *x);
    memcpy(x + from * n, here, n * sizeof *x);
  }
  return least;
}

/* The search proves nothing, but near the reference it must miss nothing either. */
static void test_least_of_all_orders(void **state)
{
  enum { TRIALS = 60 };
  static const size_t small[3] = {2, 3, 4};
  double x[MOST], seen[MOST];
  (void) state;
  for (size_t s = 0; s < 3; s++) {
    finder f = make_finder(small[s]);
    bgen_pose *pose = NULL;
    CHECK_OK(bgen_pose_create(&f.of.layout, BGEN_ALIGNED, f.of.r, &pose));
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_noisy(&f, t, f.of.noise, x);
      see(&f, x, seen);
      CHECK_CLOSE(distance_from(&f, seen), least_of_orders(&f, pose, 0, x), 1e-9);
    }
    bgen_pose_destroy(pose);
    free_finder(&f);
  }
}

/* Near a symmetric reference all orders of its symmetry must be looked at: the rotations of a
   bipyramid are 10, of an icosahedron 60. */
static void test_symmetric_references(void **state)
{
  enum { TRIALS = 4000 };
  static const double n_rotations[2] = {10, 60};
  double x[MOST], seen[MOST];
  (void) state;
  for (size_t which = 0; which < 2; which++) {
    finder f = make_finder(which);
    average in_order = {0};
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_noisy(&f, t, f.of.noise, x);
      for (size_t j = 0; j < f.dim; j++) x[j] -= 0.02 * varied(59, j); /* about the symmetric one */
      average_add(&in_order, see(&f, x, seen));
    }
    CHECK_MEAN(&in_order, 1 / n_rotations[which]);
    free_finder(&f);
  }
}

static void test_mirror_images(void **state)
{
  double x[MOST], mirrored[MOST], seen[MOST];
  (void) state;
  finder keeps = make_finder(2), mirrors = make_finder(6);
  for (uint64_t t = 0; t < 50; t++) {
    fill_noisy(&keeps, t, 0.05, x);
    take_elsewhere(&keeps, t, true, x, mirrored);
    see(&keeps, mirrored, seen);
    assert_true(distance_from(&keeps, seen) > 0.5);
    fill_noisy(&mirrors, t, 0.05, x);
    take_elsewhere(&mirrors, t, true, x, mirrored);
    assert_false(see(&mirrors, mirrored, seen));
    assert_true(distance_from(&mirrors, seen) < 0.2);
  }
  free_finder(&keeps);
  free_finder(&mirrors);
}

static void test_not_finite(void **state)
{
  double x[MOST], seen[MOST];
  (void) state;
  for (size_t which = 0; which < N_BODIES; which++) {
    finder f = make_finder(which);
    fill_noisy(&f, 0, 0.1, x);
    x[3] = which % 2 ? NAN : INFINITY;
    assert_false(see(&f, x, seen));
    free_finder(&f);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_shape_wherever_it_is),
      cmocka_unit_test(test_gas),
      cmocka_unit_test(test_found_once),
      cmocka_unit_test(test_least_of_all_orders),
      cmocka_unit_test(test_symmetric_references),
      cmocka_unit_test(test_mirror_images),
      cmocka_unit_test(test_not_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
