/* SPDX-License-Identifier: GPL-2.0-or-later
   Lattices of known translations, bodies of known symmetry. */
#include "coords/rigid.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

enum { MOST = 64 };

typedef struct lattice {
  bgen_layout layout;
  bgen_cell cell;
  int species[MOST];
  double x[3 * MOST];
} lattice;

/* cells[3] cubic cells, each with basis[n][3] in units of its edge 1, and particles a little off;
   sheared by tilt xy */
static lattice make(const size_t *cells, size_t n, double basis[][3], double tilt)
{
  lattice l = {.layout = {0, 3},
               .cell = {(double) cells[0],
                        (double) cells[1],
                        (double) cells[2],
                        0,
                        0,
                        tilt * (double) cells[1],
                        {true, true, true}}};
  for (size_t a = 0; a < cells[0]; a++)
    for (size_t b = 0; b < cells[1]; b++)
      for (size_t c = 0; c < cells[2]; c++)
        for (size_t k = 0; k < n; k++) {
          const size_t i = l.layout.n_particles++;
          const double y = (double) b + basis[k][1],
                       at[3] = {(double) a + basis[k][0] + tilt * y, y, (double) c + basis[k][2]};
          for (size_t d = 0; d < 3; d++)
            l.x[3 * i + d] =
                at[d] + 0.005 * varied(7, 3 * i + d) + (d == 0 && i % 2 ? l.cell.xx : 0);
        }
  return l;
}

static double fcc[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                           {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                           {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}}; /* 8 of them: diamond */

static size_t count(const lattice *l, bool by_species)
{
  size_t n = 0;
  CHECK_OK(bgen_count_translations(&l->layout, &l->cell, by_species ? l->species : NULL, l->x, &n,
                                   NULL));
  return n;
}

static bool alike(const lattice *l, bool by_species)
{
  size_t n;
  bool all_alike = false;
  CHECK_OK(bgen_count_translations(&l->layout, &l->cell, by_species ? l->species : NULL, l->x, &n,
                                   &all_alike));
  return all_alike;
}

static void test_lattices(void **state)
{
  const size_t one[] = {1, 1, 1}, some[] = {1, 2, 3};
  (void) state;
  lattice l = make(some, 1, fcc, 0);
  assert_int_equal(count(&l, false), 6); /* simple cubic */
  l = make(some, 1, fcc, 0.3);
  assert_int_equal(count(&l, false), 6);
  l = make(some, 4, fcc, 0);
  assert_int_equal(count(&l, false), 24);
  l = make(one, 8, fcc, 0);
  assert_int_equal(count(&l, false), 4);
  assert_true(alike(&l, false));
  l = make(some, 8, fcc, 0);
  assert_int_equal(count(&l, false), 24);
  assert_true(alike(&l, false));
  l.layout.n_particles--; /* a vacancy */
  assert_int_equal(count(&l, false), 1);
  assert_false(alike(&l, false));
}

static void test_species(void **state)
{
  const size_t some[] = {2, 2, 1};
  (void) state;
  lattice l = make(some, 4, fcc, 0);
  for (size_t i = 0; i < l.layout.n_particles; i++) l.species[i] = i % 4 == 0;
  assert_int_equal(count(&l, true), 4);
  assert_int_equal(count(&l, false), 16);
  assert_true(alike(&l, false));
  assert_false(alike(&l, true));
  CHECK_CLOSE(bgen_smallest_distance(&l.layout, &l.cell, l.x), sqrt(0.5), 0.02);
}

/* sites of molecules, a little off; kinds: those of a chiral one */
static void test_symmetry_numbers(void **state)
{
  const int kinds[] = {0, 1, 2, 3};
  double tetrahedron[] = {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1},
         water[] = {0, 0, 0, 1, 0, 0, -0.25, 0.97, 0}, hexagon[12];
  const double chiral[] = {0, 0, 0, 1.5, 0, 0, -0.3, 1, 0.4, 1.8, -1, 0.4};
  size_t n = 0;
  (void) state;
  for (size_t i = 0; i < 6; i++) {
    hexagon[2 * i] = cos(1 + (double) i * 1.0471975512);
    hexagon[2 * i + 1] = sin(1 + (double) i * 1.0471975512);
  }
  for (size_t j = 0; j < 12; j++) tetrahedron[j] += 0.02 * varied(3, j);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){4, 3}, NULL, NULL, false, tetrahedron, &n));
  assert_int_equal(n, 12);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){4, 3}, kinds, NULL, false, tetrahedron, &n));
  assert_int_equal(n, 1);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){3, 3}, NULL, NULL, false, water, &n));
  assert_int_equal(n, 2); /* not the mirror in its plane */
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){3, 3}, kinds, NULL, false, water, &n));
  assert_int_equal(n, 1);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){6, 2}, NULL, NULL, false, hexagon, &n));
  assert_int_equal(n, 6);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){2, 2}, NULL, NULL, false, hexagon, &n));
  assert_int_equal(n, 2);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){4, 3}, NULL, NULL, false, chiral, &n));
  assert_int_equal(n, 2); /* as hydrogen peroxide */
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){2, 3}, NULL, NULL, false, chiral, &n));
  assert_int_equal(n, 2);
  CHECK_OK(bgen_symmetry_number(&(bgen_layout){2, 3}, kinds, NULL, false, chiral, &n));
  assert_int_equal(n, 1);
}

/* Orders of water, of a bipyramid of 2 + 3, and of a chiral body: all of them, with mirror images,
   and less those that are found anew. */
static void test_orders_that_are_found(void **state)
{
  const int kinds[] = {0, 0, 1, 1, 1}, poles[] = {0, 0, -1, -1, -1}, ring[] = {-1, -1, 0, 0, 0},
            both[] = {0, 0, 1, 1, 1};
  double pyramid[15] = {0, 0, 1.3, 0, 0, -1.3};
  const double chiral[] = {0, 0, 0, 1.5, 0, 0, -0.3, 1, 0.4, 1.8, -1, 0.4},
               flat[] = {0, 0, 0, 1, 0, 0, -0.25, 0.97, 0, 1.25, -0.97, 0};
  const bgen_layout five = {5, 3}, four = {4, 3};
  size_t n = 0;
  (void) state;
  for (size_t i = 0; i < 3; i++) {
    pyramid[6 + 3 * i] = cos((double) i * 2.0943951024);
    pyramid[7 + 3 * i] = sin((double) i * 2.0943951024);
  }
  CHECK_OK(bgen_symmetry_number(&five, kinds, NULL, false, pyramid, &n));
  assert_int_equal(n, 6);
  CHECK_OK(bgen_symmetry_number(&five, kinds, NULL, true, pyramid, &n));
  assert_int_equal(n, 12);
  CHECK_OK(bgen_symmetry_number(&five, kinds, ring, false, pyramid, &n));
  assert_int_equal(n, 2); /* the poles alone are labelled */
  CHECK_OK(bgen_symmetry_number(&five, kinds, poles, false, pyramid, &n));
  assert_int_equal(n, 6); /* a rotation that exchanges the poles exchanges two of the ring */
  CHECK_OK(bgen_symmetry_number(&five, kinds, both, false, pyramid, &n));
  assert_int_equal(n, 1);
  CHECK_OK(bgen_symmetry_number(&four, NULL, NULL, true, chiral, &n));
  assert_int_equal(n, 2);
  CHECK_OK(bgen_symmetry_number(&four, NULL, NULL, true, flat, &n));
  assert_int_equal(n, 2); /* the mirror in its plane changes no order */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lattices),
      cmocka_unit_test(test_species),
      cmocka_unit_test(test_symmetry_numbers),
      cmocka_unit_test(test_orders_that_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
