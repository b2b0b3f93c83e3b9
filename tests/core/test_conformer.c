/* SPDX-License-Identifier: GPL-2.0-or-later
   Conformers: that they are internal coordinates in other clothes, that each order of equal leaves
   is found from its own share of the circle, and what lies outside. */
#include "coords/conformer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/internal.h"
#include "fixture.h"
#include "molecules.h"

enum { TRIALS = 20, MOST_PLACED = 4, WORK = 3 * MOST };

static const double pi = 3.14159265358979323846;

typedef struct scene {
  subject s;
  int species[MOST_ATOMS];
  bool circle[MOST];
  bgen_conformer *c;
} scene;

/* No three atoms that a methyl is placed by are nearly on a line there.  Every other torsion is a
   circle, but none of a sister in a rotor. */
static scene make_scene(size_t k)
{
  enum { OPEN = 10 };
  scene a = {.s = make_subject_at(k, OPEN)};
  bgen_internal_kind kind[MOST];
  fill_species(a.s.of, a.species);
  bgen_internal_kinds(a.s.tree, kind);
  for (size_t j = 0, n = 0; j < a.s.n_shape; j++)
    if (kind[j] == BGEN_TORSION) a.circle[j] = n++ % 2 == 0;
  const bgen_conformer_of of = {a.s.tree, a.species};
  CHECK_OK(bgen_conformer_create(&of, a.circle, a.s.x, &a.c));
  for (size_t r = 0; r < bgen_conformer_n_rotors(a.c); r++)
    for (size_t l = 1; l < 3; l++) a.circle[bgen_conformer_rotors(a.c)[r].torsion[l]] = false;
  return a;
}

static void free_scene(scene *a)
{
  bgen_conformer_destroy(a->c);
  bgen_tree_destroy(a->s.tree);
}

/* near the reference, whose domain it does not leave; circles all the way round */
static void some_shape(const scene *a, uint64_t key, double *shape)
{
  bgen_conformer_home_shape(a->c, shape);
  for (size_t j = 0; j < a->s.n_shape; j++)
    shape[j] += a->circle[j] ? 3 * varied(key, j) : 0.02 * varied(key, j);
}

static void body_of(const scene *a, const double *shape, double *x)
{
  bgen_placement at[MOST_PLACED];
  double work[WORK];
  bgen_conformer_home(a->c, at);
  bgen_conformer_from_shape(a->c, at, shape, work, x);
}

/* no atom is aligned, so it does not depend on where the molecules are */
static void shape_of(const scene *a, const double *x, double *shape)
{
  double work[WORK];
  bgen_conformer_to_shape(a->c, NULL, x, work, shape);
}

static double log_jacobian(const scene *a, const double *shape)
{
  double work[WORK];
  return bgen_conformer_log_jacobian(a->c, shape, work);
}

static void in_order(size_t n_atoms, const size_t *order, const double *x, double *out)
{
  for (size_t i = 0; i < n_atoms; i++) memcpy(out + 3 * i, x + 3 * order[i], 3 * sizeof *x);
}

/* ---- the map ---- */

static void test_rotors(void **state)
{
  scene a = make_scene(DIPEPTIDE);
  const bgen_rotor *rotor = bgen_conformer_rotors(a.c);
  size_t parent_sum = 0;
  (void) state;
  assert_int_equal(bgen_conformer_n_rotors(a.c), 3);
  for (size_t r = 0; r < 3; r++) {
    assert_int_equal(rotor[r].n_leaves, 3);
    for (size_t l = 0; l < 3; l++) parent_sum += rotor[r].leaf[l];
  }
  assert_int_equal(parent_sum, 0 + 2 + 3 + 11 + 12 + 13 + 19 + 20 + 21);
  bgen_rotor found[MOST_ATOMS];
  for (size_t i = 11; i < 14; i++) a.species[i] = -1; /* each of no other */
  assert_int_equal(bgen_rotors_find(a.s.tree, a.species, found), 2);
  free_scene(&a);
  a = make_scene(0);
  assert_int_equal(bgen_conformer_n_rotors(a.c), 0);
  free_scene(&a);
}

static void test_round_trip(void **state)
{
  double shape[MOST], x[MOST], back[MOST], work[WORK];
  size_t order[MOST_ATOMS];
  bgen_placement at[MOST_PLACED];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    scene a = make_scene(k);
    for (uint64_t t = 0; t < TRIALS; t++) {
      some_shape(&a, t, shape);
      body_of(&a, shape, x);
      assert_true(bgen_conformer_find(a.c, x, work, order, at));
      bgen_conformer_to_shape(a.c, at, x, work, back);
      for (size_t j = 0; j < a.s.n_shape; j++) {
        const double apart = back[j] - shape[j];
        CHECK_CLOSE(a.circle[j] ? remainder(apart, 2 * pi) : apart, 0, 1e-9);
      }
    }
    free_scene(&a);
  }
}

/* what was exchanged in a cycle comes back, with the shape that it had */
static void test_orders(void **state)
{
  scene a = make_scene(DIPEPTIDE);
  double shape[MOST], x[MOST], turned[MOST], back[MOST], again[MOST], work[WORK];
  size_t order[MOST_ATOMS], found[MOST_ATOMS];
  bgen_placement at[MOST_PLACED];
  (void) state;
  for (uint64_t t = 0; t < 27; t++) {
    const size_t by[3] = {t % 3, t / 3 % 3, t / 9};
    some_shape(&a, t, shape);
    body_of(&a, shape, x);
    for (size_t i = 0; i < a.s.of->n_atoms; i++) order[i] = i;
    for (size_t r = 0; r < 3; r++)
      for (size_t l = 0; l < 3; l++) {
        const bgen_rotor *rotor = &bgen_conformer_rotors(a.c)[r];
        order[rotor->leaf[l]] = rotor->leaf[(l + by[r]) % 3];
      }
    in_order(a.s.of->n_atoms, order, x, turned);
    assert_int_equal(bgen_conformer_find(a.c, turned, work, found, at), t == 0);
    in_order(a.s.of->n_atoms, found, turned, back);
    bgen_conformer_to_shape(a.c, at, back, work, again);
    bgen_conformer_from_shape(a.c, at, again, work, turned);
    for (size_t j = 0; j < a.s.dim; j++) {
      CHECK_CLOSE(back[j], x[j], 0);
      CHECK_CLOSE(turned[j], x[j], 1e-9);
    }
  }
  free_scene(&a);
}

/* any lift is the same body; a turn of three leaves by a third is the next order */
static void test_lifts(void **state)
{
  scene a = make_scene(DIPEPTIDE);
  double shape[MOST], x[MOST], other[MOST];
  (void) state;
  some_shape(&a, 5, shape);
  body_of(&a, shape, x);
  for (size_t j = 0; j < a.s.n_shape; j++)
    if (a.circle[j]) shape[j] += 2 * pi * (double) (j % 5) - 4 * pi;
  body_of(&a, shape, other);
  for (size_t j = 0; j < a.s.dim; j++) CHECK_CLOSE(other[j], x[j], 1e-9);
  assert_true(isfinite(log_jacobian(&a, shape)));
  free_scene(&a);
}

/* ---- the Jacobian ---- */

static void raw_of(const scene *a, const double *shape, double *raw)
{
  double x[MOST];
  body_of(a, shape, x);
  bgen_internal_to_shape(a->s.tree, x, raw);
}

/* ln J is that of internal coordinates and of how the shape is made from them */
static void test_jacobian(void **state)
{
  const double h = 1e-3;
  double shape[MOST], raw[4][MOST], *jacobian = must_allocate(MOST * MOST * sizeof *jacobian);
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    scene a = make_scene(k);
    const size_t d = a.s.n_shape;
    some_shape(&a, 7, shape);
    for (size_t p = 0; p < d; p++) {
      for (int m = 0; m < 4; m++) {
        double moved[MOST];
        memcpy(moved, shape, sizeof moved);
        moved[p] += h * (double) (m < 2 ? m - 2 : m - 1);
        raw_of(&a, moved, raw[m]);
      }
      for (size_t j = 0; j < d; j++) {
        for (int m = 1; m < 4; m++) raw[m][j] -= 2 * pi * rint((raw[m][j] - raw[0][j]) / (2 * pi));
        jacobian[j * d + p] = slope_of((double[]){raw[0][j], raw[1][j], raw[2][j], raw[3][j]}, h);
      }
    }
    raw_of(&a, shape, raw[0]);
    CHECK_CLOSE(log_jacobian(&a, shape),
                bgen_internal_log_jacobian(a.s.tree, raw[0]) + log_abs_det(d, jacobian), 1e-8);
    free_scene(&a);
  }
  free(jacobian);
}

static void test_domain(void **state)
{
  scene a = make_scene(DIPEPTIDE);
  const bgen_rotor *rotor = &bgen_conformer_rotors(a.c)[0];
  double home[MOST], shape[MOST], mirror[MOST];
  bgen_internal_kind kind[MOST];
  (void) state;
  bgen_internal_kinds(a.s.tree, kind);
  bgen_conformer_home_shape(a.c, home);
  assert_true(isfinite(log_jacobian(&a, home)));
  for (size_t j = 0; j < a.s.n_shape; j++) {
    memcpy(shape, home, sizeof shape);
    shape[j] += 2 * pi;
    assert_int_equal(isfinite(log_jacobian(&a, shape)) != 0, kind[j] == BGEN_BOND || a.circle[j]);
  }
  memcpy(shape, home, sizeof shape);
  shape[rotor->torsion[1]] = home[rotor->torsion[2]],
  shape[rotor->torsion[2]] = home[rotor->torsion[1]];
  assert_true(log_jacobian(&a, shape) == -INFINITY);
  for (size_t j = 0; j < a.s.dim; j++) mirror[j] = a.s.x[j] * (j % 3 == 0 ? -1 : 1);
  shape_of(&a, mirror, shape);
  assert_true(log_jacobian(&a, shape) == -INFINITY);
  free_scene(&a);
}

/* ---- gradients ---- */

static double along_shape(const scene *a, const double *shape)
{
  double x[MOST];
  body_of(a, shape, x);
  return function_of(a->s.dim, x) + 0.7 * log_jacobian(a, shape);
}

static void test_gradient_to_shape(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_x[MOST], grad[MOST], work[WORK];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    scene a = make_scene(k);
    some_shape(&a, 11, shape);
    body_of(&a, shape, x);
    gradient_of(a.s.dim, x, grad_x);
    bgen_conformer_gradient_to_shape(a.c, NULL, x, grad_x, work, grad);
    bgen_conformer_add_jacobian_gradient(a.c, shape, 0.7, work, grad);
    for (size_t j = 0; j < a.s.n_shape; j++) {
      double f[4], moved[MOST];
      memcpy(moved, shape, sizeof moved);
      for (int p = 0; p < 4; p++) {
        moved[j] = shape[j] + h * (double) (p < 2 ? p - 2 : p - 1);
        f[p] = along_shape(&a, moved);
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-7);
    }
    free_scene(&a);
  }
}

/* periodic in every torsion */
static double of_shape(const scene *a, const double *x)
{
  double shape[MOST], sum = 0;
  shape_of(a, x, shape);
  for (size_t j = 0; j < a->s.n_shape; j++) sum += sin(shape[j] + 0.3 * (double) j);
  return sum;
}

static void test_gradient_to_x(void **state)
{
  const double h = 1e-4;
  double shape[MOST], x[MOST], grad_shape[MOST], grad[MOST], work[WORK];
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    scene a = make_scene(k);
    some_shape(&a, 13, shape);
    body_of(&a, shape, x);
    for (size_t j = 0; j < a.s.n_shape; j++) grad_shape[j] = cos(shape[j] + 0.3 * (double) j);
    bgen_conformer_gradient_to_x(a.c, NULL, shape, x, grad_shape, work, grad);
    for (size_t j = 0; j < a.s.dim; j++) {
      double f[4], moved[MOST];
      memcpy(moved, x, sizeof moved);
      for (int p = 0; p < 4; p++) {
        moved[j] = x[j] + h * (double) (p < 2 ? p - 2 : p - 1);
        f[p] = of_shape(&a, moved);
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-6);
    }
    free_scene(&a);
  }
}

/* ---- what frames say ---- */

enum { FRAMES = 400 };

/* torsions of the chain of five: the first of one peak at the cut, of this width, the second of
   two peaks, one of them rare */
static void fill_torsions(const scene *a, double width, double *shape)
{
  for (size_t i = 0; i < FRAMES; i++) {
    double *row = shape + i * a->s.n_shape;
    bgen_conformer_home_shape(a->c, row);
    const size_t d = a->s.n_shape;
    bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, i);
    double z[2];
    bgen_rng_normals(&rng, 2, z);
    row[0] = 1.5 + 0.01 * z[0];
    row[5] = pi + width * z[0];
    row[d - 1] = (i % 100 ? 1 : -1) + 0.1 * z[1];
  }
}

static void test_circles(void **state)
{
  scene a = make_scene(0);
  const size_t d = a.s.n_shape;
  double *shape = must_allocate(FRAMES * d * sizeof *shape);
  bool circle[MOST];
  signed char wanted[MOST];
  (void) state;
  assert_int_equal(d, 9);
  fill_torsions(&a, 0.3, shape); /* 17 degrees */
  bgen_conformer_find_circles(a.c, NULL, FRAMES, shape, circle);
  for (size_t j = 0; j < d; j++) assert_int_equal(circle[j], j == d - 1);
  fill_torsions(&a, 0.4, shape); /* 23 degrees */
  bgen_conformer_find_circles(a.c, NULL, FRAMES, shape, circle);
  assert_true(circle[5]);
  for (size_t j = 0; j < d; j++) wanted[j] = j == 5 ? 0 : j == d - 1 ? -1 : 1;
  bgen_conformer_find_circles(a.c, wanted, FRAMES, shape, circle);
  for (size_t j = 0; j < d; j++) assert_int_equal(circle[j], j == d - 1);
  free(shape);
  free_scene(&a);
}

/* means are those of angles, not of numbers that jump at the cut */
static void test_mean(void **state)
{
  scene a = make_scene(0);
  const size_t d = a.s.n_shape;
  double *shape = must_allocate(FRAMES * d * sizeof *shape),
         *x = must_allocate(FRAMES * a.s.dim * sizeof *x), mean[MOST], of_mean[MOST];
  const bgen_conformer_of of = {a.s.tree, a.species};
  double sum[2] = {0, 0};
  (void) state;
  fill_torsions(&a, 0.2, shape);
  for (size_t i = 0; i < FRAMES; i++) {
    body_of(&a, shape + i * d, x + i * a.s.dim);
    sum[0] += shape[i * d] / FRAMES, sum[1] += shape[i * d + 5] / FRAMES;
  }
  CHECK_OK(bgen_conformer_mean(&of, FRAMES, x, mean));
  bgen_internal_to_shape(a.s.tree, mean, of_mean);
  CHECK_CLOSE(of_mean[0], sum[0], 1e-9);
  CHECK_CLOSE(remainder(of_mean[5] - sum[1], 2 * pi), 0, 1e-3); /* the skewness of a sample */
  free(shape), free(x);
  free_scene(&a);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rotors),
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_orders),
      cmocka_unit_test(test_lifts),
      cmocka_unit_test(test_jacobian),
      cmocka_unit_test(test_domain),
      cmocka_unit_test(test_gradient_to_shape),
      cmocka_unit_test(test_gradient_to_x),
      cmocka_unit_test(test_circles),
      cmocka_unit_test(test_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
