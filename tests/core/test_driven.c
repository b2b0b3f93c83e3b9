/* SPDX-License-Identifier: GPL-2.0-or-later
   One-step invariance of driven moves, see normal_target.h: a cv is dragged from its value on one
   side of a border to that on the other, and back. */
#include "sample/driven.h"

#include <math.h>

#include "fixture.h"
#include "normal_target.h"
#include "sample/metropolis.h"

enum { POINTS = 120000, MOST_DIM = 8, STEPS = 5 };

/* what is left out of the work */
typedef enum fault { NONE, RESTRAINT, KINETIC, VOLUME } fault;

typedef struct drive {
  bgen_layout layout;
  bgen_cv cv;
  double low, border, high; /* of the cv */
  bool escort;
  double heat;
  double shift[2]; /* along the way up, of a particle in the plane; 0: none */
} drive;

static double gradient(size_t dim, const double *x, double *grad)
{
  for (size_t j = 0; j < dim; j++) grad[j] = x[j];
  return normal_energy(dim, x);
}

/* the work of the path from x, which ends in driven->path->x; the drag points the right way */
static const double mass_one[MOST_DIM] = {1, 1, 1, 1, 1, 1, 1, 1};

static double drive_with(double dt, bgen_driven *driven, const bgen_drag *drag, uint64_t point,
                         const double *x)
{
  const bgen_dynamics dynamics = {dt, 0.3, mass_one, NULL};
  const size_t dim = driven->path->dim;
  double grad[MOST_DIM];
  bgen_wanted wanted;
  const double u = gradient(dim, x, grad);
  bgen_driven_begin(driven, drag, &dynamics, 11, BGEN_STREAM_PATH, point, x, u, grad);
  CHECK_OK(bgen_driven_next(driven, &wanted));
  while (wanted.n) {
    const double u_new = gradient(dim, wanted.x, grad);
    CHECK_OK(bgen_driven_arrive(driven, &u_new, grad));
    CHECK_OK(bgen_driven_next(driven, &wanted));
  }
  return driven->path->work[0];
}

static double drive_point(bgen_driven *driven, const bgen_drag *drag, uint64_t point,
                          const double *x)
{
  return drive_with(0.4, driven, drag, point, x);
}

static double restraint(const bgen_driven *driven, const double *x, double at)
{
  const double apart = bgen_cv_value(driven->of.cv, &driven->layout, x) - at;
  return 0.5 * driven->of.spring * apart * apart;
}

static double kinetic(const bgen_path *path)
{
  double sum = 0;
  for (size_t c = 0; c < path->dim; c++) sum += 0.5 * path->v[c] * path->v[c];
  return sum;
}

static double error_of(fault f, const bgen_driven *driven, const double *x)
{
  const bgen_drag *drag = &driven->of;
  const double *x_new = driven->path->x, n = (double) driven->layout.n_space - 1;
  if (f == RESTRAINT) return restraint(driven, x_new, drag->to) - restraint(driven, x, drag->from);
  if (f == KINETIC) return -kinetic(driven->path);
  if (f == VOLUME) return n * log(drag->to / drag->from);
  return 0;
}

static bgen_drag drag_of(const drive *s, bool up, const double *shift)
{
  return (bgen_drag){.cv = &s->cv,
                     .from = up ? s->low : s->high,
                     .to = up ? s->high : s->low,
                     .spring = 6,
                     .heat = s->heat,
                     .escort = s->escort,
                     .n_steps = STEPS,
                     .shift = s->shift[0] != 0 ? shift : NULL};
}

/* in place; true if accepted */
static bool move(const drive *s, bgen_driven *driven, fault f, uint64_t point, double *x)
{
  const size_t dim = driven->path->dim;
  const bool is_low = bgen_cv_value(&s->cv, &s->layout, x) < s->border;
  const double shift[2] = {is_low ? s->shift[0] : -s->shift[0],
                           is_low ? s->shift[1] : -s->shift[1]};
  const bgen_drag drag = drag_of(s, is_low, shift);
  const double work = drive_point(driven, &drag, point, x) + error_of(f, driven, x);
  bgen_rng rng = bgen_rng_at(12, BGEN_STREAM_ACCEPT, point);
  if ((bgen_cv_value(&s->cv, &s->layout, driven->path->x) < s->border) == is_low) return false;
  if (!bgen_metropolis_accept(0, -work, bgen_rng_uniform(&rng))) return false;
  for (size_t j = 0; j < dim; j++) x[j] = driven->path->x[j];
  return true;
}

static double one_step(const drive *s, fault f, double *acceptance)
{
  const size_t dim = s->layout.n_particles * s->layout.n_space;
  double x[MOST_DIM];
  normal_moments moments = {0, {0}};
  bgen_driven *driven;
  size_t n_accepted = 0;
  CHECK_OK(bgen_driven_create(&s->layout, &driven));
  for (uint64_t i = 0; i < POINTS; i++) {
    normal_draw(i, 1, dim, x);
    n_accepted += move(s, driven, f, i, x);
    normal_moments_add(&moments, dim, x);
  }
  bgen_driven_destroy(driven);
  *acceptance = (double) n_accepted / POINTS;
  return normal_moments_worst(&moments);
}

static void check(const drive *s, const char *name, const fault *faults, size_t n_faults)
{
  double acceptance;
  const double right = one_step(s, NONE, &acceptance);
  print_message("%s: worst moment %.2f sigma, acceptance %.3f\n", name, right, acceptance);
  CHECK_WITHIN(right, 0, NORMAL_LIMIT);
  CHECK_WITHIN(acceptance, 0.05, 0.95);
  for (size_t i = 0; i < n_faults; i++) {
    const double wrong = one_step(s, faults[i], &acceptance);
    print_message("%s: with fault %d %.1f sigma\n", name, (int) faults[i], wrong);
    CHECK_WITHIN(wrong, NORMAL_LIMIT, 1e9);
  }
}

static const bgen_cv_term first_x = {0, 0, 1}, pair[2] = {{0, 0, 1}, {1, 0, 1}};
static const fault faults[] = {KINETIC, RESTRAINT, VOLUME};

static void test_coordinate(void **state)
{
  drive s = {
      {1, 2}, {.type = &bgen_cv_linear, .n_terms = 1, .term = &first_x}, -0.8, 0, 0.8, false, 1,
      {0, 0}};
  (void) state;
  check(&s, "coordinate", faults, 2);
  s.escort = true;
  check(&s, "coordinate, escorted", faults, 2);
  s.heat = 0.3;
  check(&s, "coordinate, escorted and heated", faults, 2);
}

static void test_shift(void **state)
{
  const drive s = {
      {1, 2},    {.type = &bgen_cv_linear, .n_terms = 1, .term = &first_x}, -0.8, 0, 0.8, false, 1,
      {1.6, 0.5}};
  (void) state;
  check(&s, "coordinate, shifted", faults + 1, 1);
}

static void test_distance_in_a_gas(void **state)
{
  drive s = {{4, 2}, {.type = &bgen_cv_distance, .n_terms = 2, .term = pair}, 1, 1.6, 2.4, false, 1,
             {0, 0}};
  (void) state;
  check(&s, "distance", faults, 2);
  s.escort = true;
  check(&s, "distance, escorted", faults, 3);
}

static void test_who_can_be_escorted(void **state)
{
  const bgen_cv angle = {.type = &bgen_cv_angle, .n_terms = 3, .term = NULL},
                distance = {.type = &bgen_cv_distance, .n_terms = 2, .term = pair};
  (void) state;
  assert_true(bgen_driven_can_escort(&distance));
  assert_false(bgen_driven_can_escort(&angle));
}

/* a path on which there is no energy wants no more of them, and its work stays infinite */
static void test_path_breaks_off(void **state)
{
  static const double variance[2] = {1, 1}, x[2] = {-0.8, 0}, grad[2] = {0};
  const bgen_dynamics dynamics = {0.4, 0.3, variance, NULL};
  const drive s = {
      {1, 2}, {.type = &bgen_cv_linear, .n_terms = 1, .term = &first_x}, -0.8, 0, 0.8, false, 1,
      {0, 0}};
  const bgen_drag drag = drag_of(&s, true, NULL);
  const double none = INFINITY;
  bgen_wanted wanted;
  bgen_driven *driven;
  (void) state;
  CHECK_OK(bgen_driven_create(&s.layout, &driven));
  bgen_driven_begin(driven, &drag, &dynamics, 11, BGEN_STREAM_PATH, 0, x, 0.5, grad);
  CHECK_OK(bgen_driven_next(driven, &wanted));
  assert_int_equal(wanted.n, 1);
  CHECK_OK(bgen_driven_arrive(driven, &none, grad));
  CHECK_OK(bgen_driven_next(driven, &wanted));
  assert_int_equal(wanted.n, 0);
  assert_true(driven->path->work[0] == INFINITY);
  bgen_driven_destroy(driven);
}

/* ---- the work by the time step alone ---- */

typedef struct works {
  average total, by_step;
} works;

static works works_with(const drive *s, double dt, size_t n_steps)
{
  works of = {{0, 0, 0}, {0, 0, 0}};
  bgen_drag drag = drag_of(s, true, s->shift);
  bgen_driven *driven;
  drag.n_steps = n_steps;
  CHECK_OK(bgen_driven_create(&s->layout, &driven));
  for (uint64_t i = 0; i < 2000; i++) {
    double x[MOST_DIM];
    normal_draw(i, 1, s->layout.n_particles * s->layout.n_space, x);
    average_add(&of.total, drive_with(dt, driven, &drag, i, x));
    average_add(&of.by_step, driven->path->by_step[0]);
  }
  bgen_driven_destroy(driven);
  return of;
}

/* In the same time with steps of half the length it falls to a quarter, and the rest of the work
   stays; beyond the limit of stability, 2/omega = 2/7^(1/2), it is huge. */
static void test_work_by_the_time_step(void **state)
{
  drive s = {
      {1, 2}, {.type = &bgen_cv_linear, .n_terms = 1, .term = &first_x}, -0.8, 0, 0.8, false, 0.5,
      {0, 0}};
  (void) state;
  for (; s.heat <= 1; s.heat += 0.5) {
    const works fine = works_with(&s, 0.05, 160), half = works_with(&s, 0.1, 80),
                coarse = works_with(&s, 0.8, 40);
    print_message("work %.4f, %.4f by steps; of twice the length %.4f, %.4f; too long %.3g, %.3g\n",
                  fine.total.value, fine.by_step.value, half.total.value, half.by_step.value,
                  coarse.total.value, coarse.by_step.value);
    CHECK_WITHIN(fabs(half.by_step.value), 0.02, 0.1);
    CHECK_CLOSE(fine.by_step.value / half.by_step.value, 0.25, 0.03); /* of 4th order */
    CHECK_CLOSE(fine.total.value - fine.by_step.value, half.total.value - half.by_step.value, 0.1);
    CHECK_WITHIN(coarse.by_step.value, 1e6, INFINITY);
  }
  s.heat = 1, s.escort = true;
  assert_true(isnan(works_with(&s, 0.1, 20).by_step.value)); /* nobody can tell */
}

/* A dihedral from 170 to -170 goes by 180: after half of the steps the spring stands there. */
static void test_shorter_way_round(void **state)
{
  static const bgen_cv_term four[4] = {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}};
  static const double ends[4][3] = {
      {170, -170, 180}, {-170, 170, 180}, {-90, 90, 0}, {60, 175, 117.5}};
  const bgen_cv dihedral = {.type = &bgen_cv_dihedral, .n_terms = 4, .term = four};
  const bgen_layout layout = {4, 3};
  bgen_driven *driven;
  (void) state;
  CHECK_OK(bgen_driven_create(&layout, &driven));
  for (size_t i = 0; i < 4; i++) {
    const double phi = ends[i][2] / 57.295779513082320877, stay[12] = {0}, none = 0;
    const double x[12] = {1, 0, 0, 0, 0, 0, 0, 0, 1, cos(phi), sin(phi), 1};
    const bgen_drag drag = {
        .cv = &dihedral, ends[i][0], ends[i][1], .spring = 2, .heat = 1, .n_steps = 2};
    const bgen_dynamics still = {0, 1, stay, NULL};
    double grad[12] = {0};
    bgen_wanted wanted;
    const double sign = bgen_cv_value(&dihedral, &layout, x) * ends[i][2] < 0 ? -1 : 1;
    double mirrored[12];
    for (size_t c = 0; c < 12; c++) mirrored[c] = c % 3 == 1 ? sign * x[c] : x[c];
    bgen_driven_begin(driven, &drag, &still, 1, BGEN_STREAM_PATH, 0, mirrored, 0, grad);
    CHECK_OK(bgen_driven_next(driven, &wanted));
    CHECK_OK(bgen_driven_arrive(driven, &none, grad));
    CHECK_CLOSE(driven->path->u[0], 0, 1e-20); /* the spring is where x is */
  }
  bgen_driven_destroy(driven);
}

/* ---- ends ---- */

/* three basins along x: (-inf, -1), [-1, 1), [1, inf), of which one wide range or two may hold an
   end */
static void test_ends(void **state)
{
  const bgen_cv cv = {.type = &bgen_cv_linear, .n_terms = 1, .term = &first_x};
  bgen_cv_range range[3] = {{-INFINITY, -1}, {-1, 1}, {1, INFINITY}};
  const bgen_basins basins = {3, 1, {1, 2}, &cv, range};
  bgen_driven_ends ends = bgen_driven_ends_between(&basins, 0, 2, -1.5);
  const double at[5][2] = {{-3, 0}, {-0.1, 0}, {0.7, 0}, {1, 0}, {5, 0}};
  (void) state;
  assert_true(ends.basin[0] == 2 && ends.basin[1] == 0);
  CHECK_CLOSE(ends.s[0], 2, 0);
  CHECK_CLOSE(ends.s[1], -1.5, 0);
  const int expected[5] = {1, -1, -1, 0, 0}, by_middle[5] = {1, 1, 0, 0, 0};
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(bgen_driven_end_of(&ends, &basins, at[i]), expected[i]);
  ends = bgen_driven_ends_between(&basins, 0, 0.9, -0.9); /* in one basin: the middle, 0, decides */
  assert_true(ends.basin[0] == -1 && ends.basin[1] == -1);
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(bgen_driven_end_of(&ends, &basins, at[i]), by_middle[i]);
  range[0].high = 3; /* two basins hold the end 2 */
  ends = bgen_driven_ends_between(&basins, 0, 2, -1.5);
  assert_true(ends.basin[0] == -1 && ends.basin[1] == -1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_coordinate),        cmocka_unit_test(test_shift),
      cmocka_unit_test(test_distance_in_a_gas), cmocka_unit_test(test_who_can_be_escorted),
      cmocka_unit_test(test_path_breaks_off),   cmocka_unit_test(test_ends),
      cmocka_unit_test(test_shorter_way_round), cmocka_unit_test(test_work_by_the_time_step)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
