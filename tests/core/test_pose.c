/* SPDX-License-Identifier: GPL-2.0-or-later
   Bodies of a few particles: the map of (placement, shape) to x is square, so its numerical
   Jacobian can be looked at; and an integral over all x whose value is known says whether every
   configuration has one placement and one shape. */
#include "coords/pose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "fixture.h"

enum { MOST = 21, TRIALS = 40 };

typedef struct body {
  bgen_layout layout;
  bgen_coords coords;
} body;

static const body bodies[] = {
    {{3, 1}, BGEN_CRYSTAL},   {{4, 2}, BGEN_CRYSTAL}, {{4, 3}, BGEN_CRYSTAL},
    {{3, 1}, BGEN_ALIGNED},   {{2, 2}, BGEN_ALIGNED}, {{5, 2}, BGEN_ALIGNED},
    {{3, 3}, BGEN_ALIGNED},   {{4, 3}, BGEN_ALIGNED}, {{7, 3}, BGEN_ALIGNED},
    {{3, 2}, BGEN_CARTESIAN},
};
enum { N_BODIES = sizeof bodies / sizeof *bodies };

typedef struct subject {
  bgen_pose *pose;
  size_t dim, n_space, n_shape, n_turns, n_centre;
  double reference[MOST], work[2 * MOST];
} subject;

static subject make(size_t b, uint64_t key)
{
  const bgen_layout *layout = &bodies[b].layout;
  const bool placed = bodies[b].coords != BGEN_CARTESIAN,
             aligned = bodies[b].coords == BGEN_ALIGNED;
  subject s = {.dim = layout->n_particles * layout->n_space, .n_space = layout->n_space};
  s.n_centre = placed ? s.n_space : 0;
  s.n_turns = aligned ? s.n_space * (s.n_space - 1) / 2 : 0;
  fill_varied(key, s.dim, s.reference);
  for (size_t j = 0; j < s.dim; j++) s.reference[j] = 2 * s.reference[j] + 0.7;
  CHECK_OK(bgen_pose_create(layout, bodies[b].coords, s.reference, &s.pose));
  s.n_shape = bgen_shape_size(layout, bodies[b].coords);
  assert_int_equal(s.n_shape + s.n_centre + s.n_turns, s.dim);
  return s;
}

/* a shape of displacements up to size, and some placement */
static void fill_shape(const subject *s, uint64_t key, double size, double *shape)
{
  fill_varied(key, s->n_shape, shape);
  for (size_t j = 0; j < s->n_shape; j++) shape[j] *= size;
}

/* rotation *= the turn by `angle` in the plane of axes a and b */
static void turn(size_t n, size_t a, size_t b, double angle, double *rotation)
{
  for (size_t i = 0; i < n; i++) {
    const double u = rotation[i * n + a], v = rotation[i * n + b];
    rotation[i * n + a] = cos(angle) * u + sin(angle) * v;
    rotation[i * n + b] = cos(angle) * v - sin(angle) * u;
  }
}

static void turn_by(const subject *s, size_t plane, double angle, double *rotation)
{
  static const size_t axes[3][2] = {{0, 1}, {1, 2}, {2, 0}};
  turn(s->n_space, axes[plane][0], axes[plane][1], angle, rotation);
}

static bgen_placement some_placement(const subject *s, uint64_t key)
{
  bgen_placement at = bgen_pose_home(s->pose);
  for (size_t c = 0; c < s->n_centre; c++) at.centre[c] = 3 * varied(key, c);
  for (size_t k = 0; k < s->n_turns; k++) turn_by(s, k, 3 * varied(key, 3 + k), at.rotation);
  return at;
}

static bool in_domain(subject *s, const double *shape)
{
  return isfinite(bgen_pose_log_jacobian(s->pose, shape, s->work));
}

/* ---- there and back ---- */

static void check_same_placement(const subject *s, const bgen_placement *a, const bgen_placement *b,
                                 double tolerance)
{
  for (size_t c = 0; c < s->n_space; c++) CHECK_CLOSE(a->centre[c], b->centre[c], tolerance);
  for (size_t c = 0; c < s->n_space * s->n_space; c++)
    CHECK_CLOSE(a->rotation[c], b->rotation[c], tolerance);
}

static void test_round_trip(void **state)
{
  double shape[MOST], back[MOST], x[MOST], again[MOST];
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    subject s = make(b, b);
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_shape(&s, 100 + t, 0.3, shape);
      if (!in_domain(&s, shape)) continue;
      const bgen_placement at = some_placement(&s, t);
      bgen_pose_from_shape(s.pose, &at, shape, s.work, x);
      const bgen_placement found = bgen_pose_find(s.pose, x);
      check_same_placement(&s, &found, &at, 1e-12);
      bgen_pose_to_shape(s.pose, &found, x, s.work, back);
      for (size_t j = 0; j < s.n_shape; j++) CHECK_CLOSE(back[j], shape[j], 1e-12);
      bgen_pose_from_shape(s.pose, &found, back, s.work, again);
      for (size_t j = 0; j < s.dim; j++) CHECK_CLOSE(again[j], x[j], 1e-12);
    }
    bgen_pose_destroy(s.pose);
  }
}

/* of wide shapes those that are their own best superposition, and no others, have a Jacobian */
static void test_domain(void **state)
{
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    size_t n_inside = 0, n_outside = 0;
    subject s = make(b, b);
    for (uint64_t t = 0; t < 500; t++) {
      double shape[MOST], back[MOST], x[MOST], apart = 0;
      fill_shape(&s, 1000 + t, 6, shape);
      const bgen_placement home = bgen_pose_home(s.pose);
      bgen_pose_from_shape(s.pose, &home, shape, s.work, x);
      const bgen_placement found = bgen_pose_find(s.pose, x);
      bgen_pose_to_shape(s.pose, &found, x, s.work, back);
      for (size_t j = 0; j < s.n_shape; j++) apart = fmax(apart, fabs(back[j] - shape[j]));
      assert_int_equal(in_domain(&s, shape), apart < 1e-9);
      n_inside += apart < 1e-9;
      n_outside += apart >= 1e-9;
    }
    assert_true(n_inside > 5);
    assert_true((n_outside > 5) == (s.n_turns > 0));
    bgen_pose_destroy(s.pose);
  }
}

/* ---- the Jacobian ---- */

/* x where parameter p of (centre, turns, shape) has been changed by h */
static void x_of(subject *s, const bgen_placement *at, const double *shape, size_t p, double h,
                 double *x)
{
  bgen_placement moved = *at;
  double changed[MOST];
  memcpy(changed, shape, s->n_shape * sizeof *shape);
  if (p < s->n_centre)
    moved.centre[p] += h;
  else if (p < s->n_centre + s->n_turns)
    turn_by(s, p - s->n_centre, h, moved.rotation);
  else
    changed[p - s->n_centre - s->n_turns] += h;
  bgen_pose_from_shape(s->pose, &moved, changed, s->work, x);
}

/* the volume of rotations that is 8 pi^2 in all is that of small turns about orthogonal axes */
static void test_jacobian(void **state)
{
  const double h = 1e-3;
  double shape[MOST], x[4][MOST], jacobian[MOST * MOST];
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    subject s = make(b, b);
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_shape(&s, 200 + t, 0.5, shape);
      if (!in_domain(&s, shape)) continue;
      const bgen_placement at = some_placement(&s, t);
      for (size_t p = 0; p < s.dim; p++) {
        for (int k = 0; k < 4; k++)
          x_of(&s, &at, shape, p, h * (double) (k < 2 ? k - 2 : k - 1), x[k]);
        for (size_t j = 0; j < s.dim; j++)
          jacobian[j * s.dim + p] = slope_of((double[]){x[0][j], x[1][j], x[2][j], x[3][j]}, h);
      }
      CHECK_CLOSE(bgen_pose_log_jacobian(s.pose, shape, s.work), log_abs_det(s.dim, jacobian),
                  1e-9);
    }
    bgen_pose_destroy(s.pose);
  }
}

/* ---- gradients ---- */

static double function_of_x(const subject *s, const double *x)
{
  double sum = 0;
  for (size_t j = 0; j < s->dim; j++) sum += sin(x[j] + 0.3 * (double) j) * x[(j + 1) % s->dim];
  return sum;
}

static void gradient_of_x(const subject *s, const double *x, double *grad)
{
  for (size_t j = 0; j < s->dim; j++) {
    const size_t before = (j + s->dim - 1) % s->dim;
    grad[j] =
        cos(x[j] + 0.3 * (double) j) * x[(j + 1) % s->dim] + sin(x[before] + 0.3 * (double) before);
  }
}

/* of a function of x, and of ln J, at a constant placement */
static double along_shape(subject *s, const bgen_placement *at, const double *shape)
{
  double x[MOST];
  bgen_pose_from_shape(s->pose, at, shape, s->work, x);
  return function_of_x(s, x) + 0.7 * bgen_pose_log_jacobian(s->pose, shape, s->work);
}

static void test_gradient_to_shape(void **state)
{
  const double h = 1e-3;
  double shape[MOST], x[MOST], grad_x[MOST], grad[MOST];
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    subject s = make(b, b);
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_shape(&s, 300 + t, 0.3, shape);
      if (!in_domain(&s, shape)) continue;
      const bgen_placement at = some_placement(&s, t);
      bgen_pose_from_shape(s.pose, &at, shape, s.work, x);
      gradient_of_x(&s, x, grad_x);
      bgen_pose_gradient_to_shape(s.pose, &at, grad_x, s.work, grad);
      bgen_pose_add_jacobian_gradient(s.pose, shape, 0.7, s.work, grad);
      for (size_t j = 0; j < s.n_shape; j++) {
        double f[4];
        for (int k = 0; k < 4; k++) {
          double moved[MOST];
          memcpy(moved, shape, s.n_shape * sizeof *moved);
          moved[j] += h * (double) (k < 2 ? k - 2 : k - 1);
          f[k] = along_shape(&s, &at, moved);
        }
        CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-8);
      }
    }
    bgen_pose_destroy(s.pose);
  }
}

/* of a function of the shape that x has, wherever it is */
static double of_shape(subject *s, const double *x)
{
  double shape[MOST], sum = 0;
  const bgen_placement at = bgen_pose_find(s->pose, x);
  bgen_pose_to_shape(s->pose, &at, x, s->work, shape);
  for (size_t j = 0; j < s->n_shape; j++) sum += sin(shape[j] + 0.5 * (double) j);
  return sum;
}

static void test_gradient_to_x(void **state)
{
  const double h = 1e-3;
  double shape[MOST], x[MOST], grad_shape[MOST], grad[MOST];
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    subject s = make(b, b);
    for (uint64_t t = 0; t < TRIALS; t++) {
      fill_shape(&s, 400 + t, 0.3, shape);
      if (!in_domain(&s, shape)) continue;
      const bgen_placement at = some_placement(&s, t);
      bgen_pose_from_shape(s.pose, &at, shape, s.work, x);
      for (size_t j = 0; j < s.n_shape; j++) grad_shape[j] = cos(shape[j] + 0.5 * (double) j);
      bgen_pose_gradient_to_x(s.pose, &at, shape, grad_shape, s.work, grad);
      for (size_t j = 0; j < s.dim; j++) {
        double f[4], moved[MOST];
        memcpy(moved, x, s.dim * sizeof *moved);
        for (int k = 0; k < 4; k++) {
          moved[j] = x[j] + h * (double) (k < 2 ? k - 2 : k - 1);
          f[k] = of_shape(&s, moved);
        }
        CHECK_CLOSE(grad[j], slope_of(f, h), 1e-7);
      }
    }
    bgen_pose_destroy(s.pose);
  }
}

/* ---- the whole of space, once ----
   Normal particles: 1 = integral dx prod e^(-x^2/2) / sqrt(2 pi)
     = volume of rotations (2 pi / N)^(d/2) (2 pi)^(-d N/2) integral over the domain
         of J e^(-|r + d|^2 / 2),
   and since r itself neither moves nor turns the body, |r + d| is the distance of the shape from
   one point, about which normal numbers have the mean value of J that the test expects. */

static double expected_mean(const subject *s)
{
  const double pi = acos(-1), two_pi = 2 * pi, n = (double) s->dim / (double) s->n_space,
               of_rotations = s->n_turns == 3   ? 8 * pi * pi
                              : s->n_turns == 1 ? two_pi
                                                : 1;
  return pow(two_pi, 0.5 * (double) (s->dim - s->n_shape)) /
         (of_rotations * pow(two_pi / n, 0.5 * (double) s->n_centre));
}

static void test_volume(void **state)
{
  double zero[MOST], shape[MOST];
  (void) state;
  for (size_t b = 0; b < N_BODIES; b++) {
    subject s = make(b, b);
    average mean = {0};
    bgen_rng rng = bgen_rng_at(b, BGEN_STREAM_PROPOSAL, 0);
    const bgen_placement home = bgen_pose_home(s.pose);
    for (size_t j = 0; j < s.dim; j++) zero[j] = home.centre[j % s.n_space];
    bgen_pose_to_shape(s.pose, &home, zero, s.work,
                       zero); /* where all particles are in one point */
    for (size_t i = 0; i < 200000; i++) {
      bgen_rng_normals(&rng, s.n_shape, shape);
      for (size_t j = 0; j < s.n_shape; j++) shape[j] += zero[j];
      average_add(&mean, exp(bgen_pose_log_jacobian(s.pose, shape, s.work)));
    }
    if (s.n_turns)
      CHECK_MEAN(&mean, expected_mean(&s));
    else /* J is a constant */
      CHECK_RELATIVE(mean.value, expected_mean(&s), 1e-9);
    bgen_pose_destroy(s.pose);
  }
}

/* ---- what else is promised ---- */

/* of a large body, in which no particle counts for much */
static void test_components_stay_near(void **state)
{
  enum { N = 64, DIM = 3 * N };
  const bgen_layout layout = {N, 3};
  double reference[DIM], x[DIM], shape[DIM], work[DIM];
  bgen_pose *pose = NULL;
  (void) state;
  fill_varied(3, DIM, reference);
  CHECK_OK(bgen_pose_create(&layout, BGEN_ALIGNED, reference, &pose));
  const bgen_placement home = bgen_pose_home(pose);
  for (size_t j = 0; j < bgen_shape_size(&layout, BGEN_ALIGNED); j++) {
    memcpy(x, reference, sizeof x);
    x[j] += 1;
    bgen_pose_to_shape(pose, &home, x, work, shape);
    CHECK_WITHIN(shape[j], 0.8, 1);
  }
  bgen_pose_destroy(pose);
}

static void check_refused(bgen_layout layout, bgen_coords coords, const double *reference,
                          const char *word)
{
  bgen_pose *pose = NULL;
  CHECK_REFUSED(bgen_pose_create(&layout, coords, reference, &pose), BGEN_BAD_INPUT, word);
  assert_null(pose);
}

static void test_no_shape(void **state)
{
  const double line[9] = {0, 0, 0, 1, 2, 3, 1.5, 3, 4.5}, point[6] = {1, 2, 1, 2, 1, 2};
  (void) state;
  check_refused((bgen_layout){3, 3}, BGEN_ALIGNED, line, "on one line");
  check_refused((bgen_layout){2, 3}, BGEN_ALIGNED, line, "no shape");
  check_refused((bgen_layout){1, 3}, BGEN_CRYSTAL, line, "no shape");
  check_refused((bgen_layout){3, 2}, BGEN_ALIGNED, point, "on one");
}

static void test_not_finite(void **state)
{
  subject s = make(7, 1);
  double x[MOST], shape[MOST];
  (void) state;
  memcpy(x, s.reference, sizeof x);
  x[4] = NAN;
  const bgen_placement at = bgen_pose_find(s.pose, x);
  bgen_pose_to_shape(s.pose, &at, x, s.work, shape);
  assert_false(in_domain(&s, shape));
  bgen_pose_destroy(s.pose);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_domain),
      cmocka_unit_test(test_jacobian),
      cmocka_unit_test(test_gradient_to_shape),
      cmocka_unit_test(test_gradient_to_x),
      cmocka_unit_test(test_volume),
      cmocka_unit_test(test_components_stay_near),
      cmocka_unit_test(test_no_shape),
      cmocka_unit_test(test_not_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
