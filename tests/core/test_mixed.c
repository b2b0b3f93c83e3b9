/* SPDX-License-Identifier: GPL-2.0-or-later
   Molecules with aligned atoms, which are one body, and internal coordinates of all else: the
   numerical Jacobian of the whole map, gradients, what lies outside. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/conformer.h"
#include "coords/internal.h"
#include "fixture.h"
#include "molecules.h"

enum { TRIALS = 10, MOST_PLACED = 4, WORK = 3 * MOST, BACKBONE = 0 };

typedef struct scene {
  subject s;
  bool circle[MOST];
  int species[MOST_ATOMS];
  bgen_conformer *c;
} scene;

/* every torsion is a circle */
static scene make_scene(size_t k)
{
  scene a = {.s = subject_of(&mixed_molecules[k], 10 + k)};
  bgen_internal_kind kind[MOST];
  bgen_internal_kinds(a.s.tree, kind);
  for (size_t j = 0; j < a.s.n_shape; j++) a.circle[j] = kind[j] == BGEN_TORSION;
  fill_species(a.s.of, a.species);
  const bgen_conformer_of of = {a.s.tree, a.species};
  CHECK_OK(bgen_conformer_create(&of, a.circle, a.s.x, &a.c));
  return a;
}

static void free_scene(scene *a)
{
  bgen_conformer_destroy(a->c);
  bgen_tree_destroy(a->s.tree);
}

static void some_shape(const scene *a, uint64_t key, double *shape)
{
  bgen_conformer_home_shape(a->c, shape);
  for (size_t j = 0; j < a->s.n_shape; j++) shape[j] += 0.02 * varied(key, j);
}

static void some_placements(const scene *a, uint64_t key, bgen_placement *at)
{
  bgen_conformer_home(a->c, at);
  strew(a->s.tree->n_molecules, key, at);
}

static double log_jacobian(const scene *a, const double *shape)
{
  double work[WORK];
  return bgen_conformer_log_jacobian(a->c, shape, work);
}

static void body_of(const scene *a, const bgen_placement *at, const double *shape, double *x)
{
  double work[WORK];
  bgen_conformer_from_shape(a->c, at, shape, work, x);
}

/* ---- the map ---- */

static void test_round_trip(void **state)
{
  double shape[MOST], back[MOST], x[MOST], again[MOST], work[WORK];
  bgen_placement at[MOST_PLACED], found[MOST_PLACED];
  size_t order[MOST_ATOMS];
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    scene a = make_scene(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&a, t, shape);
      some_placements(&a, t, at);
      body_of(&a, at, shape, x);
      assert_true(bgen_conformer_find(a.c, x, work, order, found));
      bgen_conformer_to_shape(a.c, found, x, work, back);
      for (size_t j = 0; j < a.s.n_shape; j++)
        CHECK_CLOSE(a.circle[j] ? remainder(back[j] - shape[j], 2 * acos(-1)) : back[j] - shape[j],
                    0, 1e-8);
      body_of(&a, found, back, again);
      for (size_t j = 0; j < a.s.dim; j++) CHECK_CLOSE(again[j], x[j], 1e-8);
      for (size_t c = 0; c < 3; c++) CHECK_CLOSE(found[0].centre[c], at[0].centre[c], 1e-9);
      for (size_t c = 0; c < 9; c++) CHECK_CLOSE(found[0].rotation[c], at[0].rotation[c], 1e-8);
    }
    free_scene(&a);
  }
}

/* parameter p of all placements, then of the shape, is changed by h */
static void moved(const scene *a, const bgen_placement *at, const double *shape, size_t p, double h,
                  double *x)
{
  bgen_placement to[MOST_PLACED];
  double changed[MOST];
  memcpy(to, at, a->s.tree->n_molecules * sizeof *to);
  memcpy(changed, shape, a->s.n_shape * sizeof *shape);
  if (p < a->s.n_placement)
    move_placement(a->s.tree, p, h, to);
  else
    changed[p - a->s.n_placement] += h;
  body_of(a, to, changed, x);
}

static void test_jacobian(void **state)
{
  const double h = 1e-3;
  double shape[MOST], x[4][MOST], *jacobian = must_allocate(MOST * MOST * sizeof *jacobian);
  bgen_placement at[MOST_PLACED];
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    scene a = make_scene(k);
    const size_t d = a.s.dim;
    some_shape(&a, 20 + k, shape);
    some_placements(&a, k, at);
    for (size_t p = 0; p < d; p++) {
      for (int m = 0; m < 4; m++)
        moved(&a, at, shape, p, h * (double) (m < 2 ? m - 2 : m - 1), x[m]);
      for (size_t j = 0; j < d; j++)
        jacobian[j * d + p] = slope_of((double[]){x[0][j], x[1][j], x[2][j], x[3][j]}, h);
    }
    CHECK_CLOSE(log_jacobian(&a, shape), log_abs_det(d, jacobian), 1e-7);
    free_scene(&a);
  }
  free(jacobian);
}

/* outside what either part has as its domain */
static void test_domain(void **state)
{
  scene a = make_scene(BACKBONE);
  double shape[MOST];
  (void) state;
  bgen_conformer_home_shape(a.c, shape);
  assert_true(isfinite(log_jacobian(&a, shape)));
  for (size_t j = a.s.n_shape - 15; j < a.s.n_shape; j++) CHECK_CLOSE(shape[j], 0, 1e-12);
  shape[0] = -1;
  assert_true(log_jacobian(&a, shape) == -INFINITY);
  bgen_conformer_home_shape(a.c, shape);
  const bgen_layout layout = {7, 3};
  double aligned[21], displaced[21], work[42];
  for (size_t i = 0; i < 7; i++)
    memcpy(aligned + 3 * i, a.s.x + 3 * a.s.of->aligned[i], 3 * sizeof *aligned);
  bgen_pose *pose = NULL;
  CHECK_OK(bgen_pose_create(&layout, BGEN_ALIGNED, aligned, &pose));
  const bgen_placement home = bgen_pose_home(pose);
  /* turned inside out about two axes: the best rotation is no longer the identity */
  for (size_t j = 0; j < 21; j++)
    displaced[j] = home.centre[j % 3] + (j % 3 ? -1 : 1) * (aligned[j] - home.centre[j % 3]);
  bgen_pose_to_shape(pose, &home, displaced, work, shape + a.s.n_shape - 15);
  assert_true(log_jacobian(&a, shape) == -INFINITY);
  bgen_pose_destroy(pose);
  free_scene(&a);
}

/* a hand that aligned atoms tell is outside on a line, and free on a circle */
static void test_hand(void **state)
{
  enum { CB = 10 };
  scene a = make_scene(BACKBONE);
  const bgen_conformer_of of = {a.s.tree, NULL};
  bgen_conformer *lines = NULL;
  double shape[MOST], work[WORK];
  size_t j = 0;
  (void) state;
  CHECK_OK(bgen_conformer_create(&of, NULL, a.s.x, &lines));
  bgen_conformer_home_shape(lines, shape);
  for (const bgen_tree_node *node = a.s.tree->node; node->atom != CB; node++)
    j += bgen_tree_node_size(node);
  j += 2;
  assert_true(fabs(sin(shape[j])) > 0.5);
  assert_true(isfinite(bgen_conformer_log_jacobian(lines, shape, work)));
  shape[j] = -shape[j];
  assert_true(bgen_conformer_log_jacobian(lines, shape, work) == -INFINITY);
  assert_true(isfinite(bgen_internal_log_jacobian(a.s.tree, shape)));
  bgen_conformer_destroy(lines);
  free_scene(&a);
}

/* ---- gradients ---- */

static void test_gradient_to_shape(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_x[MOST], grad[MOST], work[WORK];
  bgen_placement at[MOST_PLACED];
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    scene a = make_scene(k);
    some_shape(&a, 30 + k, shape);
    some_placements(&a, k, at);
    body_of(&a, at, shape, x);
    gradient_of(a.s.dim, x, grad_x);
    bgen_conformer_gradient_to_shape(a.c, at, x, grad_x, work, grad);
    bgen_conformer_add_jacobian_gradient(a.c, shape, 0.7, work, grad);
    for (size_t j = 0; j < a.s.n_shape; j++) {
      double f[4], changed[MOST];
      memcpy(changed, shape, sizeof changed);
      for (int p = 0; p < 4; p++) {
        changed[j] = shape[j] + h * (double) (p < 2 ? p - 2 : p - 1);
        body_of(&a, at, changed, x);
        f[p] = function_of(a.s.dim, x) + 0.7 * log_jacobian(&a, changed);
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-6);
    }
    free_scene(&a);
  }
}

/* periodic in every torsion; the placements follow x */
static double of_shape(const scene *a, const double *x)
{
  double shape[MOST], work[WORK], sum = 0;
  bgen_placement at[MOST_PLACED];
  size_t order[MOST_ATOMS];
  bgen_conformer_find(a->c, x, work, order, at);
  bgen_conformer_to_shape(a->c, at, x, work, shape);
  for (size_t j = 0; j < a->s.n_shape; j++) sum += sin(shape[j] + 0.3 * (double) j);
  return sum;
}

static void test_gradient_to_x(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_shape[MOST], grad[MOST], work[WORK];
  bgen_placement at[MOST_PLACED];
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    scene a = make_scene(k);
    some_shape(&a, 40 + k, shape);
    some_placements(&a, k, at);
    body_of(&a, at, shape, x);
    for (size_t j = 0; j < a.s.n_shape; j++) grad_shape[j] = cos(shape[j] + 0.3 * (double) j);
    bgen_conformer_gradient_to_x(a.c, at, shape, x, grad_shape, work, grad);
    for (size_t j = 0; j < a.s.dim; j++) {
      double f[4], changed[MOST];
      memcpy(changed, x, sizeof changed);
      for (int p = 0; p < 4; p++) {
        changed[j] = x[j] + h * (double) (p < 2 ? p - 2 : p - 1);
        f[p] = of_shape(&a, changed);
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-6);
    }
    free_scene(&a);
  }
}

/* ---- the mean ---- */

/* aligned atoms of the mean are the mean of the frames that are superposed on it */
static void test_mean(void **state)
{
  enum { FRAMES = 200 };
  scene a = make_scene(BACKBONE);
  const size_t d = a.s.n_shape, dim = a.s.dim;
  const bgen_conformer_of of = {a.s.tree, a.species};
  double *x = must_allocate(FRAMES * dim * sizeof *x), reference[MOST], shape[MOST], work[WORK],
         mean[MOST] = {0};
  bgen_placement at[MOST_PLACED];
  size_t order[MOST_ATOMS];
  bgen_conformer *c = NULL;
  (void) state;
  for (uint64_t i = 0; i < FRAMES; i++) {
    some_shape(&a, i, shape);
    some_placements(&a, i, at);
    body_of(&a, at, shape, x + i * dim);
  }
  CHECK_OK(bgen_conformer_mean(&of, FRAMES, x, reference));
  CHECK_OK(bgen_conformer_create(&of, a.circle, reference, &c));
  for (size_t i = 0; i < FRAMES; i++) {
    bgen_conformer_find(c, x + i * dim, work, order, at);
    bgen_conformer_to_shape(c, at, x + i * dim, work, shape);
    for (size_t j = d - 15; j < d; j++) mean[j] += shape[j] / FRAMES;
  }
  for (size_t j = d - 15; j < d; j++) CHECK_CLOSE(mean[j], 0, 1e-6);
  bgen_conformer_destroy(c);
  free(x);
  free_scene(&a);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_jacobian),
      cmocka_unit_test(test_domain),
      cmocka_unit_test(test_hand),
      cmocka_unit_test(test_gradient_to_shape),
      cmocka_unit_test(test_gradient_to_x),
      cmocka_unit_test(test_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
