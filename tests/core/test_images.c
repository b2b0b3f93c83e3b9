/* SPDX-License-Identifier: GPL-2.0-or-later
   Which periodic images belong together: whatever images the particles come in, the rule gives the
   same configuration, which is whole. */
#include "coords/images.h"
#include "coords/relabel.h"
#include "coords/site_images.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

enum { MOST = 12 };

static const bgen_cell CUBE = {7, 7, 7, 0, 0, 0, {true, true, true}},
                       SLAB = {7, 7, 7, 0, 0, 0, {true, false, true}},
                       TILTED = {7, 8, 9, -2, 3, 1.5, {true, true, true}};

/* x[n][3], each particle by any number of boxes elsewhere */
static void scatter(const bgen_cell *cell, size_t n, uint64_t number, const double *x, double *u)
{
  bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, number);
  for (size_t i = 0; i < n; i++) {
    double boxes[3];
    for (size_t e = 0; e < 3; e++)
      boxes[e] = cell->periodic[e] ? (double) bgen_rng_below(&rng, 5) - 2 : 0;
    u[3 * i] = x[3 * i] + boxes[0] * cell->xx + boxes[1] * cell->xy + boxes[2] * cell->xz;
    u[3 * i + 1] = x[3 * i + 1] + boxes[1] * cell->yy + boxes[2] * cell->yz;
    u[3 * i + 2] = x[3 * i + 2] + boxes[2] * cell->zz;
  }
}

/* u of the rule */
static void apply(const bgen_images *images, const bgen_cell *cell, size_t n, double *u)
{
  double shift[3 * MOST];
  bgen_images_shift(images, cell, u, shift);
  for (size_t c = 0; c < 3 * n; c++) u[c] += shift[c];
}

static double distance(const double *x, size_t i, size_t j)
{
  double square = 0;
  for (size_t c = 0; c < 3; c++)
    square += (x[3 * i + c] - x[3 * j + c]) * (x[3 * i + c] - x[3 * j + c]);
  return sqrt(square);
}

/* a chain 5-2-4-0 with a branch 2-1, a ring 6-7-8, and 3 alone */
static const size_t BONDS[][2] = {{5, 2}, {2, 4}, {4, 0}, {1, 2}, {6, 7}, {8, 7}, {8, 6}};
static const double PLACES[27] = {6.5, 0.2, 3,   4.6, 0.5, 3, 4.5, 6.9, 3, 1, 1,   1, 5.5, 0,
                                  3,   3.4, 6.5, 3.5, 0.1, 5, 5,   6.9, 5, 5, 0.1, 6, 5};

/* Every bond is shorter than 1.6; the lowest of each molecule stays where it is. */
static void check_whole(const bgen_cell *cell)
{
  bgen_images *images;
  double whole[27], u[27], again[27];
  CHECK_OK(bgen_images_create(9, 7, BONDS[0], 0, NULL, &images));
  memcpy(whole, PLACES, sizeof whole);
  apply(images, cell, 9, whole);
  assert_int_equal(bgen_images_n_joined(images), 6);
  for (uint64_t number = 0; number < 50; number++) {
    scatter(cell, 9, number, PLACES, u);
    memcpy(again, u, sizeof u);
    apply(images, cell, 9, again);
    assert_true(bgen_images_hold(images, cell, again));
    for (size_t k = 0; k < 7; k++)
      CHECK_CLOSE(distance(again, BONDS[k][0], BONDS[k][1]),
                  distance(whole, BONDS[k][0], BONDS[k][1]), 1e-12);
    for (size_t k = 0; k < 3; k++) { /* 0, 3 and 6 are the lowest */
      CHECK_CLOSE(again[9 * k], u[9 * k], 0);
      CHECK_CLOSE(again[9 * k + 1], u[9 * k + 1], 0);
    }
  }
  assert_int_equal(bgen_images_leave_wrapped(images, cell, u), 0);
  bgen_images_destroy(images);
}

static void test_molecules_are_whole(void **state)
{
  (void) state;
  check_whole(&CUBE);
  check_whole(&SLAB);
  check_whole(&TILTED);
}

static void test_box(void **state)
{
  double inside[3] = {3.4, -3.4, 3.4}, across[3] = {3.6, -3.6, 20}, slab[3] = {0, 5, 5},
         tilted[3] = {3, 0, 9};
  (void) state;
  assert_true(bgen_cell_nearest(&CUBE, inside));
  CHECK_CLOSE(inside[0], 3.4, 0);
  assert_false(bgen_cell_nearest(&CUBE, across));
  CHECK_CLOSE(across[0], -3.4, 1e-15);
  CHECK_CLOSE(across[1], 3.4, 1e-15);
  CHECK_CLOSE(across[2], -1, 1e-14);
  assert_false(bgen_cell_nearest(&SLAB, slab));
  CHECK_CLOSE(slab[1], 5, 0);
  CHECK_CLOSE(slab[2], -2, 1e-15);
  assert_false(bgen_cell_nearest(&TILTED, tilted)); /* by the third edge, (3, -2, 9) */
  CHECK_CLOSE(tilted[0], 0, 1e-15);
  CHECK_CLOSE(tilted[1], 2, 1e-15);
  CHECK_CLOSE(tilted[2], 0, 1e-15);
}

/* The molecule of 6 goes to that of 0 as a whole, since 8 is to be near 4; a third pair cannot be
   nearest by itself. */
static void test_pairs(void **state)
{
  static const size_t pairs[][2] = {{8, 4}, {3, 0}, {8, 3}, {6, 8}};
  bgen_images *images;
  double u[27], d[3];
  (void) state;
  CHECK_OK(bgen_images_create(9, 7, BONDS[0], 4, pairs[0], &images));
  assert_int_equal(bgen_images_n_joined(images), 8);
  for (size_t k = 0; k < 4; k++) assert_int_equal(bgen_images_closes_ring(images, k), k == 2);
  for (uint64_t number = 0; number < 50; number++) {
    scatter(&CUBE, 9, number, PLACES, u);
    apply(images, &CUBE, 9, u);
    assert_true(bgen_images_hold(images, &CUBE, u));
    for (size_t k = 0; k < 2; k++) {
      for (size_t c = 0; c < 3; c++) d[c] = u[3 * pairs[k][0] + c] - u[3 * pairs[k][1] + c];
      assert_true(bgen_cell_nearest(&CUBE, d));
    }
    CHECK_WITHIN(distance(u, 6, 7), 0, 1); /* whole */
    u[24] += 7;                            /* not of the rule any more */
    assert_false(bgen_images_hold(images, &CUBE, u));
  }
  bgen_images_destroy(images);
}

/* three atoms whose bonds close around the box stay as they are, the others do not */
static void test_bonded_to_itself(void **state)
{
  static const size_t bonds[][2] = {{0, 1}, {1, 2}, {2, 0}, {3, 4}}, pair[2] = {0, 3};
  const double x[15] = {0.5, 1, 1, 3, 1, 1, 5.5, 1, 1, 0.5, 5, 5, 6.5, 5, 5};
  double u[15], shift[15];
  bgen_images *images;
  (void) state;
  CHECK_OK(bgen_images_create(5, 4, bonds[0], 1, pair, &images));
  scatter(&CUBE, 5, 1, x, u);
  assert_int_equal(bgen_images_leave_wrapped(images, &CUBE, u), 1);
  assert_int_equal(bgen_images_leave_wrapped(images, &CUBE, u), 0);
  assert_int_equal(bgen_images_n_joined(images), 1);
  bgen_images_shift(images, &CUBE, u, shift);
  for (size_t c = 0; c < 12; c++) CHECK_CLOSE(shift[c], 0, 0);
  apply(images, &CUBE, 5, u);
  CHECK_CLOSE(distance(u, 3, 4), 1, 1e-12);
  bgen_images_destroy(images);
}

/* sites all over the box, a crystal that has drifted by more than it, and bonds of no meaning */
static void test_sites(void **state)
{
  enum { N = 8 };
  double site[3 * N], x[3 * N], u[3 * N], shift[3 * N];
  bgen_images *images;
  (void) state;
  for (size_t i = 0; i < N; i++)
    for (size_t c = 0; c < 3; c++) {
      site[3 * i + c] = 3.5 * (double) (i >> c & 1);
      x[3 * i + c] = site[3 * i + c] + 0.8 * varied(i, c) + 5 * varied(40, c);
    }
  for (uint64_t number = 0; number < 20; number++) {
    CHECK_OK(bgen_images_create_at_sites(N, site, &images));
    assert_int_equal(bgen_images_n_joined(images), N - 1);
    scatter(&TILTED, N, number, x, u);
    bgen_images_shift(images, &TILTED, u, shift);
    for (size_t c = 0; c < 3 * N; c++) u[c] += shift[c];
    for (size_t c = 0; c < 3 * N; c++) CHECK_CLOSE(u[c] - u[c % 3], x[c] - x[c % 3], 1e-12);
    assert_true(bgen_images_hold(images, &TILTED, u));
    u[3] += TILTED.xx;
    assert_false(bgen_images_hold(images, &TILTED, u));
    bgen_images_destroy(images);
  }
}

/* A square lattice of 16 particles that has drifted; particles a and b have exchanged places, and
   come in the images next to their own sites. */
static void exchange(const bgen_cell *cell, size_t a, size_t b, const double *site, double *x)
{
  enum { N = 16 };
  bgen_images *images;
  double shift[3 * N], at[3];
  memcpy(at, x + 3 * a, sizeof at);
  memcpy(x + 3 * a, x + 3 * b, sizeof at);
  memcpy(x + 3 * b, at, sizeof at);
  CHECK_OK(bgen_images_create_at_sites(N, site, &images));
  bgen_images_shift(images, cell, x, shift);
  for (size_t c = 0; c < 3 * N; c++) x[c] += shift[c];
  bgen_images_destroy(images);
}

static void test_exchanged_across_the_border(void **state)
{
  enum { N = 16 };
  const bgen_cell box = {10, 10, 10, 0, 0, 2.5, {true, true, true}};
  const bgen_layout layout = {N, 3};
  const size_t pair[4][2] = {{4, 7}, {1, 2}, {7, 8}, {5, 15}}; /* across it, near it, far away */
  double site[3 * N], x[3 * N], back[3 * N], work[1000];
  size_t order[N];
  int species[N] = {0};
  bgen_relabel *relabel;
  (void) state;
  CHECK_OK(bgen_relabel_create(&layout, species, &relabel));
  assert_true(bgen_relabel_work_size(relabel) <= 1000);
  for (size_t k = 0; k < 4; k++) {
    double apart = 0;
    for (size_t j = 0; j < 3 * N; j++) {
      site[j] = j % 3 == 0 ? 2.5 * (double) (j / 3 % 4) : j % 3 == 1 ? 2.5 * (double) (j / 12) : 0;
      x[j] = site[j] + 0.2 * varied(7 + k, j);
    }
    const double *a = x + 3 * pair[k][0], *b = x + 3 * pair[k][1];
    exchange(&box, pair[k][0], pair[k][1], site, x);
    for (size_t c = 0; c < 3; c++) apart = fmax(apart, fabs(a[c] - b[c]));
    if (k == 0) assert_true(apart > 10); /* and not one of some 7.5, which renaming undoes */
    bgen_site_images(&layout, &box, species, 1.25, site, x);
    assert_true(bgen_relabel_find(relabel, site, x, work, order) == false);
    bgen_relabel_apply(&layout, order, x, back);
    for (size_t j = 0; j < 3 * N; j++)
      assert_true(fabs(back[j] - site[j] - 0.2 * varied(7 + k, j)) < 1e-12);
  }
  species[4] = -1; /* which may not be renamed, and so stays next to its site */
  memcpy(back, x, sizeof x);
  exchange(&box, 4, 7, site, x);
  memcpy(back, x, sizeof x);
  bgen_site_images(&layout, &box, species, 1.25, site, x);
  assert_memory_equal(x + 12, back + 12, 3 * sizeof *x);
  bgen_relabel_destroy(relabel);
}

static void test_sites_agree(void **state)
{
  const bgen_layout layout = {2, 3};
  const double a[6] = {0, 0, 0, 4, 0, 0}, near[6] = {9, 0, 0, 12, 1, 0};
  (void) state;
  assert_true(bgen_sites_agree(&layout, &CUBE, a, a));
  assert_true(bgen_sites_agree(&layout, &CUBE, a, near));
  assert_true(bgen_sites_agree(&layout, &TILTED, a, near));
  const double eight[24] = {0, 0, 0, 3, 0, 0, 0, 3, 0, 3, 3, 0, 0, 0, 3, 3, 0, 3, 0, 3, 3, 3, 3, 3};
  const bgen_layout of_eight = {8, 3};
  double other[24];
  memcpy(other, eight, sizeof other);
  other[6 + 1] -= 7;
  assert_true(bgen_sites_agree(&of_eight, &CUBE, eight, eight));
  assert_false(bgen_sites_agree(&of_eight, &CUBE, eight, other));
}

/* the fractions of a sum of edges are its factors */
static void test_fractions(void **state)
{
  const double f[3] = {0.3, -1.7, 2.4};
  const bgen_cell *t = &TILTED;
  const double d[3] = {t->xx * f[0] + t->xy * f[1] + t->xz * f[2], t->yy * f[1] + t->yz * f[2],
                       t->zz * f[2]};
  double s[3];
  (void) state;
  bgen_cell_fractions(t, 3, d, s);
  for (size_t c = 0; c < 3; c++) CHECK_CLOSE(s[c], f[c], 1e-14);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_molecules_are_whole),
                                     cmocka_unit_test(test_box),
                                     cmocka_unit_test(test_pairs),
                                     cmocka_unit_test(test_bonded_to_itself),
                                     cmocka_unit_test(test_fractions),
                                     cmocka_unit_test(test_sites),
                                     cmocka_unit_test(test_exchanged_across_the_border),
                                     cmocka_unit_test(test_sites_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
