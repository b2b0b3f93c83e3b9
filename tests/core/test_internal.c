/* SPDX-License-Identifier: GPL-2.0-or-later
   Molecules: the map of (placements, shape) to x is square, so its numerical Jacobian can be looked
   at; its torsions are those of the collective variable. */
#include "coords/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/cv.h"
#include "fixture.h"
#include "molecules.h"

enum { TRIALS = 20 };

/* shape of other configurations of the same molecules, which may be anything */
static void some_shape(const subject *s, uint64_t key, double *shape)
{
  double x[MOST];
  fill_varied(key, s->dim, x);
  for (size_t j = 0; j < s->dim; j++) x[j] += s->x[j];
  bgen_internal_to_shape(s->tree, x, shape);
}

static void some_placements(const subject *s, uint64_t key, bgen_placement *at)
{
  bgen_internal_find(s->tree, s->x, at);
  strew(s->tree->n_molecules, key, at);
}

/* ---- the map ---- */

static void check_placements(size_t n, const bgen_placement *a, const bgen_placement *b)
{
  for (size_t m = 0; m < n; m++) {
    for (size_t c = 0; c < 3; c++) CHECK_CLOSE(a[m].centre[c], b[m].centre[c], 1e-12);
    for (size_t c = 0; c < 9; c++) CHECK_CLOSE(a[m].rotation[c], b[m].rotation[c], 1e-10);
  }
}

static void test_round_trip(void **state)
{
  double shape[MOST], back[MOST], x[MOST], again[MOST];
  bgen_placement at[4], found[4], refound[4];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    const subject s = make_subject(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&s, 100 + t, shape);
      some_placements(&s, t, at);
      bgen_internal_from_shape(s.tree, at, shape, x);
      bgen_internal_find(s.tree, x, found);
      bgen_internal_to_shape(s.tree, x, back);
      for (size_t j = 0; j < s.n_shape; j++) CHECK_CLOSE(back[j], shape[j], 1e-9);
      bgen_internal_from_shape(s.tree, found, back, again);
      for (size_t j = 0; j < s.dim; j++) CHECK_CLOSE(again[j], x[j], 1e-9);
      bgen_internal_find(s.tree, again, refound);
      check_placements(s.of->n_molecules, found, refound);
    }
    bgen_tree_destroy(s.tree);
  }
}

static void test_cvs(void **state)
{
  const bgen_layout layout = {22, 3};
  const subject s = make_subject(DIPEPTIDE);
  double shape[MOST], degrees = 180 / acos(-1);
  bgen_internal_kind kind[MOST];
  (void) state;
  bgen_internal_kinds(s.tree, kind);
  bgen_internal_to_shape(s.tree, s.x, shape);
  for (size_t n = 1, j = 0; n < s.tree->n_atoms; n++) {
    const bgen_tree_node *node = &s.tree->node[n];
    const bgen_cv_term term[4] = {{.particle = node->atom},
                                  {.particle = node->bond},
                                  {.particle = node->angle},
                                  {.particle = node->torsion}};
    const bgen_cv_type *const types[] = {&bgen_cv_distance, &bgen_cv_angle, &bgen_cv_dihedral};
    const size_t has[3] = {node->bond, node->angle, node->torsion};
    for (size_t of = 0; of < 3 && has[of] != BGEN_NO_ATOM; of++, j++) {
      const bgen_cv cv = {.type = types[of], .n_terms = of + 2, .term = term};
      assert_int_equal(kind[j], of);
      CHECK_CLOSE(bgen_cv_value(&cv, &layout, s.x), shape[j] * (of ? degrees : 1), 1e-9);
    }
  }
  bgen_tree_destroy(s.tree);
}

/* ---- the Jacobian ---- */

static void x_of(const subject *s, const bgen_placement *at, const double *shape, size_t p,
                 double h, double *x)
{
  bgen_placement moved[4];
  double changed[MOST];
  memcpy(moved, at, sizeof moved);
  memcpy(changed, shape, s->n_shape * sizeof *shape);
  if (p < s->n_placement)
    move_placement(s->tree, p, h, moved);
  else
    changed[p - s->n_placement] += h;
  bgen_internal_from_shape(s->tree, moved, changed, x);
}

static void fill_jacobian(const subject *s, const bgen_placement *at, const double *shape,
                          double *jacobian)
{
  const double h = 1e-3;
  double x[4][MOST];
  for (size_t p = 0; p < s->dim; p++) {
    for (int k = 0; k < 4; k++) x_of(s, at, shape, p, h * (double) (k < 2 ? k - 2 : k - 1), x[k]);
    for (size_t j = 0; j < s->dim; j++)
      jacobian[j * s->dim + p] = slope_of((double[]){x[0][j], x[1][j], x[2][j], x[3][j]}, h);
  }
}

static void test_jacobian(void **state)
{
  double shape[MOST], *jacobian = must_allocate(MOST * MOST * sizeof *jacobian);
  bgen_placement at[4];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    const subject s = make_subject(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&s, 200 + t, shape);
      memset(at, 0, sizeof at);
      some_placements(&s, t, at);
      fill_jacobian(&s, at, shape, jacobian);
      CHECK_CLOSE(bgen_internal_log_jacobian(s.tree, shape), log_abs_det(s.dim, jacobian), 1e-7);
    }
    bgen_tree_destroy(s.tree);
  }
  free(jacobian);
}

static void test_domain(void **state)
{
  const subject s = make_subject(0);
  double shape[MOST], changed[MOST];
  const double wrong[][2] = {{0, 0},    {0, -1},       {0, NAN}, {2, 0},
                             {2, -0.3}, {2, acos(-1)}, {2, 7},   {5, NAN}};
  (void) state;
  some_shape(&s, 1, shape);
  assert_true(isfinite(bgen_internal_log_jacobian(s.tree, shape)));
  for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
    memcpy(changed, shape, sizeof changed);
    changed[(size_t) wrong[w][0]] = wrong[w][1];
    assert_true(bgen_internal_log_jacobian(s.tree, changed) == -INFINITY);
  }
  memcpy(changed, shape, sizeof changed);
  changed[5] += 100; /* a torsion may be anything */
  CHECK_CLOSE(bgen_internal_log_jacobian(s.tree, changed),
              bgen_internal_log_jacobian(s.tree, shape), 0);
  bgen_tree_destroy(s.tree);
}

/* ---- gradients ---- */

static double along_shape(const subject *s, const bgen_placement *at, const double *shape)
{
  double x[MOST];
  bgen_internal_from_shape(s->tree, at, shape, x);
  return function_of(s->dim, x) + 0.7 * bgen_internal_log_jacobian(s->tree, shape);
}

static void test_gradient_to_shape(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_x[MOST], grad[MOST];
  bgen_placement at[4];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    const subject s = make_subject(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&s, 300 + t, shape);
      some_placements(&s, t, at);
      bgen_internal_from_shape(s.tree, at, shape, x);
      gradient_of(s.dim, x, grad_x);
      bgen_internal_gradient_to_shape(s.tree, x, grad_x, grad_x, grad);
      bgen_internal_add_jacobian_gradient(s.tree, shape, 0.7, grad);
      for (size_t j = 0; j < s.n_shape; j++) {
        double f[4], moved[MOST];
        memcpy(moved, shape, sizeof moved);
        for (int p = 0; p < 4; p++) {
          moved[j] = shape[j] + h * (double) (p < 2 ? p - 2 : p - 1);
          f[p] = along_shape(&s, at, moved);
        }
        CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-7);
      }
    }
    bgen_tree_destroy(s.tree);
  }
}

/* torsions come back from the other side */
static double of_shape(const subject *s, const double *x)
{
  double shape[MOST], sum = 0;
  bgen_internal_to_shape(s->tree, x, shape);
  for (size_t j = 0; j < s->n_shape; j++) sum += sin(shape[j] + 0.3 * (double) j);
  return sum;
}

static void test_gradient_to_x(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_shape[MOST], grad[MOST];
  bgen_placement at[4];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    const subject s = make_subject(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&s, 400 + t, shape);
      some_placements(&s, t, at);
      bgen_internal_from_shape(s.tree, at, shape, x);
      for (size_t j = 0; j < s.n_shape; j++) grad_shape[j] = cos(shape[j] + 0.3 * (double) j);
      bgen_internal_gradient_to_x(s.tree, x, grad_shape, grad);
      for (size_t j = 0; j < s.dim; j++) {
        double f[4], moved[MOST];
        memcpy(moved, x, sizeof moved);
        for (int p = 0; p < 4; p++) {
          moved[j] = x[j] + h * (double) (p < 2 ? p - 2 : p - 1);
          f[p] = of_shape(&s, moved);
        }
        CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-6);
      }
    }
    bgen_tree_destroy(s.tree);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),        cmocka_unit_test(test_cvs),
      cmocka_unit_test(test_jacobian),          cmocka_unit_test(test_domain),
      cmocka_unit_test(test_gradient_to_shape), cmocka_unit_test(test_gradient_to_x),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
