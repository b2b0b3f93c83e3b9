/* SPDX-License-Identifier: GPL-2.0-or-later
   Small systems, so that all images can be written out and looked at. */
#include "coords/symmetry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/relabel.h"
#include "fixture.h"

/* Four particles in the plane: two of one species, two distinct; two mirrors, off the origin. */
enum { DIM = 8, IMAGES = 8, TRIALS = 3000 };
static const bgen_layout plane = {4, 2};
static const int species[4] = {3, -1, 3, -1};
static const bgen_mirror mirrors[2] = {{1, 0.4}, {0, -0.3}};

static bgen_symmetry *make(const int *kinds, size_t n_mirrors, double **work)
{
  bgen_symmetry *fold = NULL;
  CHECK_OK(bgen_symmetry_create(&plane, kinds, n_mirrors, mirrors, &fold));
  *work = must_allocate(bgen_symmetry_work_size(fold) * sizeof **work);
  return fold;
}

static void free_all(bgen_symmetry *fold, double *work)
{
  bgen_symmetry_destroy(fold);
  free(work);
}

/* image 0 is x itself */
static void all_images(const double *x, double image[IMAGES][DIM])
{
  static const size_t orders[2][4] = {{0, 1, 2, 3}, {2, 1, 0, 3}};
  for (size_t i = 0; i < IMAGES; i++) {
    bgen_relabel_apply(&plane, orders[i & 1], x, image[i]);
    for (size_t p = 0; p < 4; p++) {
      if (i & 2) image[i][2 * p + 1] = 2 * 0.4 - image[i][2 * p + 1];
      if (i & 4) image[i][2 * p] = 2 * -0.3 - image[i][2 * p];
    }
  }
}

static size_t closest(double image[IMAGES][DIM], const double *reference)
{
  double least = INFINITY;
  size_t best = 0;
  for (size_t i = 0; i < IMAGES; i++) {
    double sum = 0;
    for (size_t j = 0; j < DIM; j++)
      sum += (image[i][j] - reference[j]) * (image[i][j] - reference[j]);
    if (sum < least) least = sum, best = i;
  }
  return best;
}

static void test_closest_image(void **state)
{
  double *work, reference[DIM], x[DIM], out[DIM], image[IMAGES][DIM];
  bgen_symmetry *fold = make(species, 2, &work);
  size_t chosen[IMAGES] = {0};
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++) {
    fill_varied(2 * trial, DIM, reference);
    fill_varied(2 * trial + 1, DIM, x);
    all_images(x, image);
    const size_t best = closest(image, reference);
    assert_int_equal(bgen_symmetry_apply(fold, reference, x, work, out), best == 0);
    for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(out[j], image[best][j], 1e-15);
    chosen[best]++;
  }
  for (size_t i = 0; i < IMAGES; i++) assert_true(chosen[i] > 10);
  free_all(fold, work);
}

/* all images of a configuration are folded to one, which stays where it is */
static void test_images_fold_to_one(void **state)
{
  double *work, reference[DIM], x[DIM], first[DIM], out[DIM], image[IMAGES][DIM];
  bgen_symmetry *fold = make(species, 2, &work);
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++) {
    fill_varied(2 * trial, DIM, reference);
    fill_varied(2 * trial + 1, DIM, x);
    all_images(x, image);
    bgen_symmetry_apply(fold, reference, x, work, first);
    for (size_t i = 0; i < IMAGES; i++) {
      bgen_symmetry_apply(fold, reference, image[i], work, out);
      for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(out[j], first[j], 1e-14);
    }
    assert_true(bgen_symmetry_apply(fold, reference, first, work, out));
    CHECK_SAME(DIM, out, first);
  }
  free_all(fold, work);
}

/* reflections are their own inverses, and their number is a power of two */
static void test_reflections(void **state)
{
  double *work, x[DIM], there[DIM], image[IMAGES][DIM];
  bgen_symmetry *fold = make(NULL, 2, &work);
  (void) state;
  fill_varied(5, DIM, x);
  all_images(x, image);
  assert_int_equal(bgen_symmetry_n_reflections(fold), 4);
  for (size_t r = 0; r < 4; r++) {
    bgen_symmetry_reflect(fold, r, x, there);
    CHECK_SAME(DIM, there, image[2 * r]);
    bgen_symmetry_reflect(fold, r, there, there);
    for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(there[j], x[j], 1e-15);
  }
  free_all(fold, work);
}

/* of f(image) = weight . image + image^2 / 2, whose differences are exact at any step but for
   rounding */
static double at_image(const bgen_symmetry *fold, const double *reference, const double *x,
                       double *work)
{
  double image[DIM], sum = 0;
  bgen_symmetry_apply(fold, reference, x, work, image);
  for (size_t j = 0; j < DIM; j++) sum += varied(40, j) * image[j] + 0.5 * image[j] * image[j];
  return sum;
}

/* df/dx of what x is folded to; images that change within a step are few, and left out */
static void test_gradient_is_carried_back(void **state)
{
  const double step = 1e-3;
  double *work, reference[DIM], x[DIM], out[DIM], grad_image[DIM], grad[DIM];
  size_t order[4], other_order[4], chosen[IMAGES] = {0}, n_used = 0;
  bgen_symmetry *fold = make(species, 2, &work);
  bgen_image image = {0, order}, other = {0, other_order};
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++) {
    fill_varied(2 * trial, DIM, reference);
    fill_varied(2 * trial + 1, DIM, x);
    const bool inside = bgen_symmetry_find(fold, reference, x, work, &image);
    assert_int_equal(inside, bgen_symmetry_apply(fold, reference, x, work, out));
    for (size_t j = 0; j < DIM; j++) grad_image[j] = varied(40, j) + out[j];
    bgen_symmetry_gradient(fold, &image, grad_image, grad);
    chosen[2 * image.reflection + (order[0] != 0)]++;
    for (size_t j = 0; j < DIM; j++) {
      const double centre = x[j];
      bool same = true;
      double f[2];
      for (int s = 0; s < 2; s++) {
        x[j] = centre + step * (2 * s - 1);
        f[s] = at_image(fold, reference, x, work);
        bgen_symmetry_find(fold, reference, x, work, &other);
        same = same && other.reflection == image.reflection && other_order[0] == order[0];
      }
      x[j] = centre;
      n_used += same;
      if (same) CHECK_CLOSE(grad[j], (f[1] - f[0]) / (2 * step), 1e-11);
    }
  }
  for (size_t i = 0; i < IMAGES; i++) assert_true(chosen[i] > 10);
  CHECK_WITHIN((double) n_used, 0.95 * TRIALS * DIM, TRIALS * DIM);
  free_all(fold, work);
}

static void test_without_symmetry(void **state)
{
  double *work, reference[DIM], x[DIM], out[DIM];
  bgen_symmetry *fold = make(NULL, 0, &work);
  (void) state;
  fill_varied(6, DIM, x);
  fill_varied(7, DIM, reference);
  assert_int_equal(bgen_symmetry_n_reflections(fold), 1);
  assert_true(bgen_symmetry_apply(fold, reference, x, work, out));
  CHECK_SAME(DIM, out, x);
  free_all(fold, work);
}

static void test_not_finite(void **state)
{
  double *work, reference[DIM], x[DIM], out[DIM];
  bgen_symmetry *fold = make(species, 2, &work);
  (void) state;
  fill_varied(7, DIM, reference);
  for (size_t j = 0; j < DIM; j++) {
    fill_varied(8, DIM, x);
    x[j] = j % 2 ? NAN : INFINITY;
    assert_false(bgen_symmetry_apply(fold, reference, x, work, out));
    CHECK_SAME(DIM, out, x);
  }
  free_all(fold, work);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_closest_image),
                                     cmocka_unit_test(test_images_fold_to_one),
                                     cmocka_unit_test(test_reflections),
                                     cmocka_unit_test(test_without_symmetry),
                                     cmocka_unit_test(test_gradient_is_carried_back),
                                     cmocka_unit_test(test_not_finite)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
