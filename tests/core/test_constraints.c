/* SPDX-License-Identifier: GPL-2.0-or-later
   Paths with rods in a harmonic trap with a field: a diatomic, a rigid trimer such as water, and a
   jointed one, whose density under constraints is not that of stiff bonds. */
#include "sample/constraints.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "rods.h"
#include "sample/driven.h"
#include "sample/metropolis.h"

enum { POINTS = 60000, N_MOMENTS = 5 };

/* ---- paths ---- */

typedef struct setup {
  const body *b;
  bgen_layout layout;
  bgen_constraints *constraints;
  bgen_driven *driven;
  double variance[BODY_DIM];
  bgen_cv_term term;
  bgen_cv cv;
} setup;

static void build(setup *r, const body *b)
{
  *r = (setup){.b = b, .layout = {b->n, 3}, .term = {b->n - 1, 0, 1}};
  r->cv = (bgen_cv){.type = &bgen_cv_linear, .n_terms = 1, .term = &r->term};
  for (size_t c = 0; c < 3 * b->n; c++) r->variance[c] = 1 / b->mass[c / 3];
  CHECK_OK(bgen_constraints_create(&r->layout, b->n_rods, b->rods, &r->constraints));
  CHECK_OK(bgen_driven_create(&r->layout, &r->driven));
  bgen_path_constrain(r->driven->path, r->constraints);
}

static void clear(setup *r)
{
  bgen_constraints_destroy(r->constraints);
  bgen_driven_destroy(r->driven);
}

typedef struct drive {
  double dt, spring, from, to;
  size_t n_steps;
} drive;

/* the work of a path from x, which ends in r->driven->path->x */
static double follow(setup *r, const drive *how, uint64_t point, const double *x)
{
  const bgen_dynamics dynamics = {how->dt, 0.5, r->variance, NULL};
  const bgen_drag drag = {.cv = &r->cv,
                          .from = how->from,
                          .to = how->to,
                          .spring = how->spring,
                          .heat = 1,
                          .n_steps = how->n_steps};
  double grad[BODY_DIM];
  bgen_wanted wanted;
  const double u = body_energy(r->b, x, grad);
  bgen_constraints_hold(r->constraints, NULL, x);
  bgen_driven_begin(r->driven, &drag, &dynamics, 21, BGEN_STREAM_PATH, point, x, u, grad);
  CHECK_OK(bgen_driven_next(r->driven, &wanted));
  while (wanted.n) {
    const double u_new = body_energy(r->b, wanted.x, grad);
    CHECK_OK(bgen_driven_arrive(r->driven, &u_new, grad));
    CHECK_OK(bgen_driven_next(r->driven, &wanted));
  }
  return r->driven->path->work[0];
}

/* ---- one step leaves the distribution as it is ---- */

/* a center, an orientation and the shape; the last is the square of the cosine of the joint */
static void moments_of(const body *b, const double *x, double *f)
{
  const double *last = x + 3 * (b->n - 1);
  double c = 0;
  for (size_t s = 0; s < 3; s++) c += (x[3 + s] - x[s]) * (last[s] - x[s]);
  f[0] = last[0], f[1] = last[0] * last[0];
  f[2] = last[0] - x[0], f[3] = last[1] * last[1];
  f[4] = b->n_rods == 2 ? c * c : x[0] * last[0];
}

typedef struct outcome {
  average change[N_MOMENTS], moment[N_MOMENTS], exp_work;
  double acceptance, broken;
} outcome;

typedef double fault(const setup *r, const double *x);

/* the metric that a change of velocities would have if constraints did not hold them */
static double no_kinetic(const setup *r, const double *x)
{
  double sum = 0;
  (void) x;
  for (size_t c = 0; c < 3 * r->b->n; c++)
    sum += 0.5 * r->driven->path->v[c] * r->driven->path->v[c] / r->variance[c];
  return -sum;
}

/* what Fixman's potential would add */
static double fixman(const setup *r, const double *x)
{
  double f[2][N_MOMENTS];
  moments_of(r->b, x, f[0]);
  moments_of(r->b, r->driven->path->x, f[1]);
  return 0.5 * log(z_of_joint(r->b, sqrt(f[1][4])) / z_of_joint(r->b, sqrt(f[0][4])));
}

static outcome one_step(setup *r, const drive *how, fault *error)
{
  outcome all = {0};
  size_t n_accepted = 0, n_broken = 0;
  for (uint64_t i = 0; i < POINTS; i++) {
    double x[BODY_DIM], before[N_MOMENTS], after[N_MOMENTS];
    body_draw(r->b, i, x);
    moments_of(r->b, x, before);
    /* one move and its way back, each chosen at random */
    bgen_rng rng = bgen_rng_at(22, BGEN_STREAM_ACCEPT, i);
    const bool turned = bgen_rng_uniform(&rng) < 0.5;
    const drive way = {how->dt, how->spring, turned ? how->to : how->from,
                       turned ? how->from : how->to, how->n_steps};
    const double work = follow(r, &way, i, x), wrong = error ? error(r, x) : 0;
    n_broken += isfinite(work) ? 0 : 1;
    average_add(&all.exp_work, isfinite(work) ? exp(-work) : 1);
    const bool accepted = bgen_metropolis_accept(0, -work - wrong, bgen_rng_uniform(&rng));
    n_accepted += accepted;
    moments_of(r->b, accepted ? r->driven->path->x : x, after);
    for (size_t k = 0; k < N_MOMENTS; k++) {
      average_add(&all.change[k], after[k] - before[k]);
      average_add(&all.moment[k], before[k]);
    }
  }
  all.acceptance = (double) n_accepted / POINTS, all.broken = (double) n_broken / POINTS;
  return all;
}

static double worst(const outcome *all)
{
  double most = 0;
  for (size_t k = 0; k < N_MOMENTS; k++) {
    const double sigmas = fabs(average_sigmas(&all->change[k], 0));
    if (!(sigmas <= most)) most = sigmas;
  }
  return most;
}

static void check(const body *b, const drive *how, fault *error)
{
  setup r;
  build(&r, b);
  const outcome right = one_step(&r, how, NULL), wrong = one_step(&r, how, error);
  print_message(
      "%s, dt %g: worst moment %.2f sigma, acceptance %.3f, broken off %.4f; with a fault "
      "%.1f sigma\n",
      b->name, how->dt, worst(&right), right.acceptance, right.broken, worst(&wrong));
  CHECK_WITHIN(worst(&right), 0, 5);
  CHECK_WITHIN(right.acceptance, 0.05, 0.98);
  CHECK_WITHIN(worst(&wrong), 5, 1e9);
  clear(&r);
}

static void test_diatomic(void **state)
{
  const drive dragged = {0.25, 6, -0.7, 0.7, 6};
  (void) state;
  check(&diatomic, &dragged, no_kinetic);
}

static void test_rigid(void **state)
{
  const drive dragged = {0.25, 6, -0.7, 0.7, 6};
  (void) state;
  check(&water, &dragged, no_kinetic);
}

static void test_jointed(void **state)
{
  const drive dragged = {0.12, 6, -0.7, 0.7, 12};
  (void) state;
  check(&jointed, &dragged, no_kinetic);
  check(&jointed, &dragged, fixman);
}

/* with steps of which many have no solution, or no way back */
static void test_long_steps(void **state)
{
  const drive dragged = {0.3, 2, -0.7, 0.7, 2}, longer = {0.7, 2, -0.7, 0.7, 2};
  (void) state;
  check(&jointed, &dragged, no_kinetic);
  check(&water, &longer, no_kinetic);
}

/* ---- closed forms ---- */

/* A dynamics of long paths, all of which are accepted but for the error of their steps, forgets
   where it began: from bonds that are stiff, or any, it leads to what is exact. */
static void test_joint_forgets(void **state)
{
  const drive null = {0.15, 0, 0, 0, 12};
  average found = {0};
  setup r;
  (void) state;
  build(&r, &jointed);
  double x[BODY_DIM], f[N_MOMENTS];
  memcpy(x, jointed.place, sizeof x);
  for (uint64_t block = 0, i = 0; block < 200; block++) {
    average of_block = {0};
    for (size_t k = 0; k < 300; k++, i++) {
      const double work = follow(&r, &null, i, x);
      bgen_rng rng = bgen_rng_at(23, BGEN_STREAM_ACCEPT, i);
      if (bgen_metropolis_accept(0, -work, bgen_rng_uniform(&rng)))
        memcpy(x, r.driven->path->x, sizeof x);
      moments_of(&jointed, x, f);
      average_add(&of_block, f[4]);
    }
    average_add(&found, of_block.value);
  }
  const double exact = joint_moment(&jointed);
  print_message("<cos^2> %.4f, exact %.4f, %.2f sigma\n", found.value, exact,
                average_sigmas(&found, exact));
  CHECK_MEAN(&found, exact);
  clear(&r);
}

/* <e^-W> = 1 where nothing is dragged; of paths that break off there are as many as of ways back
   that do, so that they count 1 */
static void test_null_drive(void **state)
{
  static const body *const all[3] = {&diatomic, &water, &jointed};
  (void) state;
  for (size_t k = 0; k < 3; k++) {
    setup r;
    build(&r, all[k]);
    const drive null = {k == 2 ? 0.12 : 0.3, 0, 0, 0, 5};
    const outcome of = one_step(&r, &null, NULL);
    print_message("%s: <e^-W> = %.5f, %.2f sigma\n", all[k]->name, of.exp_work.value,
                  average_sigmas(&of.exp_work, 1));
    CHECK_MEAN(&of.exp_work, 1);
    CHECK_WITHIN(average_variance(&of.exp_work), 1e-6, 1e3);
    if (k == 2) CHECK_MEAN(&of.moment[4], joint_moment(&jointed));
    clear(&r);
  }
}

/* ---- what stays ---- */

static double worst_speed(const setup *r)
{
  double worst = 0;
  for (size_t k = 0; k < r->b->n_rods; k++) {
    const size_t i = 3 * r->b->rods[2 * k], j = 3 * r->b->rods[2 * k + 1];
    const double *x = r->driven->path->x, *v = r->driven->path->v;
    double along = 0;
    for (size_t s = 0; s < 3; s++) along += (x[i + s] - x[j + s]) * (v[i + s] - v[j + s]);
    if (!(fabs(along) <= worst)) worst = fabs(along);
  }
  return worst;
}

static void step_on(setup *r, size_t n)
{
  bgen_path *path = r->driven->path;
  for (size_t t = 0; t < n; t++) {
    double grad[BODY_DIM];
    bgen_path_depart(path);
    bgen_path_approach(path);
    const double u = body_energy(r->b, path->x, grad);
    bgen_path_arrive(path, &u, grad);
    CHECK_WITHIN(bgen_constraints_change(r->constraints, path->x), 0, 1e-12);
    CHECK_WITHIN(worst_speed(r), 0, 1e-12);
  }
}

/* there and, with velocities reversed, back; without friction there is no noise */
static void test_reversible(void **state)
{
  static const body *const all[3] = {&diatomic, &water, &jointed};
  (void) state;
  for (size_t k = 0; k < 3; k++) {
    setup r;
    double x[BODY_DIM], grad[BODY_DIM], moved = 0;
    build(&r, all[k]);
    const bgen_dynamics dynamics = {0.1, 0, r.variance, NULL};
    body_draw(r.b, 7, x);
    const double u = body_energy(r.b, x, grad);
    bgen_path *path = r.driven->path;
    bgen_constraints_hold(r.constraints, NULL, x);
    bgen_path_begin(path, &dynamics, 24, BGEN_STREAM_PATH, 0, 1, x, &u, grad);
    CHECK_WITHIN(worst_speed(&r), 0, 1e-12);
    step_on(&r, 100);
    for (size_t c = 0; c < 3 * r.b->n; c++) {
      moved += fabs(path->x[c] - x[c]);
      path->v[c] = -path->v[c];
    }
    CHECK_WITHIN(moved, 0.5, 100);
    step_on(&r, 100);
    for (size_t c = 0; c < 3 * r.b->n; c++) CHECK_CLOSE(path->x[c], x[c], 1e-10);
    CHECK_CLOSE(path->work[0], 0, 1e-10);
    clear(&r);
  }
}

/* Whatever the step, where there is a drift there is one back, to the same place. */
static void test_way_back(void **state)
{
  static const body *const all[2] = {&water, &jointed};
  (void) state;
  for (size_t k = 0; k < 2; k++) {
    setup r;
    size_t n_drifts = 0;
    build(&r, all[k]);
    for (uint64_t i = 0; i < 40000; i++) {
      double x[BODY_DIM], there[BODY_DIM], v[BODY_DIM];
      bgen_rng rng = bgen_rng_at(25, BGEN_STREAM_TEST, i);
      body_draw(r.b, i, x);
      memcpy(there, x, sizeof x);
      bgen_rng_normals(&rng, 9, v);
      bgen_constraints_hold(r.constraints, NULL, x);
      bgen_constraints_project(r.constraints, r.variance, x, v);
      if (!bgen_constraints_drift(r.constraints, r.variance, 0.6, there, v)) continue;
      for (size_t c = 0; c < BODY_DIM; c++) v[c] = -v[c];
      assert_true(bgen_constraints_drift(r.constraints, r.variance, 0.6, there, v));
      for (size_t c = 0; c < BODY_DIM; c++) CHECK_CLOSE(there[c], x[c], 1e-6);
      n_drifts++;
    }
    print_message("%s: %zu of 40000 drifts\n", r.b->name, n_drifts);
    CHECK_WITHIN((double) n_drifts, 10000, 39000);
    clear(&r);
  }
}

/* a rod across the border of a box stays the rod that it was */
static void test_images(void **state)
{
  const bgen_layout layout = {2, 3};
  const size_t pair[2] = {0, 1};
  const bgen_cell cell = {.xx = 10, .yy = 10, .zz = 10, .periodic = {true, true, true}};
  const double variance[6] = {1, 1, 1, 1, 1, 1};
  double x[6] = {9.8, 5, 5, 0.4, 5, 5}, v[6] = {0, 0.5, 0, 0, -0.5, 0};
  bgen_constraints *c;
  (void) state;
  CHECK_OK(bgen_constraints_create(&layout, 1, pair, &c));
  bgen_constraints_hold(c, &cell, x);
  CHECK_CLOSE(sqrt(c->square[0]), 0.6, 1e-14);
  assert_true(bgen_constraints_drift(c, variance, 0.1, x, v));
  CHECK_CLOSE(hypot(x[0] - x[3] - 10, x[1] - x[4]), 0.6, 1e-13);
  assert_false(bgen_constraints_drift(c, variance, 2, x, v)); /* farther than it is long */
  bgen_constraints_destroy(c);
}

/* pairs in any order, by what they share */
static void test_clusters(void **state)
{
  const bgen_layout layout = {9, 3};
  const size_t pair[12] = {4, 5, 0, 1, 7, 8, 2, 1, 5, 3, 3, 4}, self[4] = {1, 2, 3, 3},
               many[14] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7}, beyond[4] = {0, 1, 9, 2},
               far[2] = {0, (size_t) 1 << 40}, twice[6] = {4, 5, 0, 1, 4, 5},
               turned[6] = {0, 1, 1, 2, 1, 0};
  bgen_constraints *c;
  (void) state;
  CHECK_OK(bgen_constraints_create(&layout, 6, pair, &c));
  assert_int_equal(c->n_clusters, 3);
  for (size_t k = 0; k < c->n_clusters; k++) {
    size_t least = 9, most = 0;
    for (size_t i = 2 * c->first[k]; i < 2 * c->first[k + 1]; i++) {
      least = c->pair[i] < least ? c->pair[i] : least;
      most = c->pair[i] > most ? c->pair[i] : most;
    }
    const size_t m = c->first[k + 1] - c->first[k];
    assert_int_equal(least, m == 2 ? 0 : m == 3 ? 3 : 7);
    assert_int_equal(most, m == 2 ? 2 : m == 3 ? 5 : 8);
  }
  bgen_constraints_destroy(c);
  CHECK_REFUSED(bgen_constraints_create(&layout, 2, self, &c), BGEN_BAD_INPUT, "to itself");
  CHECK_REFUSED(bgen_constraints_create(&layout, 7, many, &c), BGEN_BAD_INPUT, "hang together");
  CHECK_REFUSED(bgen_constraints_create(&layout, 2, beyond, &c), BGEN_BAD_INPUT,
                "a rod ends at particle 9, but there are only 9");
  CHECK_REFUSED(bgen_constraints_create(&layout, 1, far, &c), BGEN_BAD_INPUT, "only 9, from 0");
  CHECK_REFUSED(bgen_constraints_create(&layout, 3, twice, &c), BGEN_BAD_INPUT,
                "two rods between particles 4 and 5");
  CHECK_REFUSED(bgen_constraints_create(&layout, 3, turned, &c), BGEN_BAD_INPUT,
                "two rods between particles 1 and 0");
  CHECK_OK(bgen_constraints_create(&layout, 0, NULL, &c));
  assert_int_equal(c->n_clusters, 0);
  bgen_constraints_destroy(c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clusters),      cmocka_unit_test(test_images),
      cmocka_unit_test(test_reversible),    cmocka_unit_test(test_null_drive),
      cmocka_unit_test(test_joint_forgets), cmocka_unit_test(test_diatomic),
      cmocka_unit_test(test_rigid),         cmocka_unit_test(test_jointed),
      cmocka_unit_test(test_way_back),      cmocka_unit_test(test_long_steps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
