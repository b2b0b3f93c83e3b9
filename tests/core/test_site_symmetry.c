/* SPDX-License-Identifier: GPL-2.0-or-later
   Sites whose motions are counted in every textbook; each motion that is found is looked at, and so
   is what averages over all of them become. */
#include "coords/site_symmetry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crystals.h"
#include "fixture.h"

static bgen_site_symmetry *find(const crystal *of, bool by_kind, double tolerance)
{
  bgen_site_symmetry *s = NULL;
  CHECK_OK(bgen_site_symmetry_create(&of->layout, by_kind ? of->kinds : NULL, &of->lattice,
                                     of->site, tolerance, &s));
  return s;
}

/* the distance of d from the nearest vector of the lattice, of up to 6 edges each */
static double off_lattice(const crystal *of, const double *d)
{
  const size_t n = of->layout.n_space;
  double best = INFINITY;
  for (int k = 0; k < 2197 && best > 1e-6; k++) {
    const int count[3] = {k % 13 - 6, k / 13 % 13 - 6, k / 169 - 6};
    double square = 0;
    for (size_t c = 0; c < n; c++) {
      double off = d[c];
      for (size_t i = 0; i < of->lattice.n_vectors; i++)
        off -= count[i] * of->lattice.vector[i * n + c];
      square += off * off;
    }
    best = fmin(best, sqrt(square));
  }
  return best;
}

static void check_orthogonal(size_t n, const double *m)
{
  for (size_t a = 0; a < n; a++)
    for (size_t b = 0; b < n; b++) {
      double product = 0;
      for (size_t c = 0; c < n; c++) product += m[a * n + c] * m[b * n + c];
      CHECK_CLOSE(product, a == b, 1e-9);
    }
}

/* a motion moves all sites alike: differences between sites go to differences */
static void check_motion(const crystal *of, const size_t *order, const double *m)
{
  const size_t n = of->layout.n_space, last = of->layout.n_particles;
  bool taken[MOST_SITES] = {false};
  check_orthogonal(n, m);
  for (size_t i = 0; i < last; i++) {
    double d[3] = {0};
    assert_false(taken[order[i]]);
    taken[order[i]] = true;
    assert_int_equal(of->kinds[i], of->kinds[order[i]]);
    for (size_t a = 0; a < n; a++) {
      d[a] = of->site[order[0] * n + a] - of->site[order[i] * n + a];
      for (size_t b = 0; b < n; b++) d[a] += m[a * n + b] * (of->site[i * n + b] - of->site[b]);
    }
    assert_true(off_lattice(of, d) < 1e-6);
  }
}

/* and no two motions are the same */
static void check_found(const crystal *of, size_t n_translations, size_t n_points)
{
  bgen_site_symmetry *s = find(of, true, 1e-6);
  size_t order[MOST_SITES], n_same = 0;
  double m[9], first[9];
  assert_int_equal(bgen_site_symmetry_n_translations(s), n_translations);
  assert_int_equal(bgen_site_symmetry_n_points(s), n_points);
  bgen_site_symmetry_motion(s, 0, order, first);
  for (size_t i = 0; i < n_translations * n_points; i++) {
    bgen_site_symmetry_motion(s, i, order, m);
    check_motion(of, order, m);
    double off = 0;
    for (size_t j = 0; j < of->layout.n_space * of->layout.n_space; j++)
      off = fmax(off, fabs(m[j] - first[j]));
    n_same += off < 1e-6;
  }
  assert_int_equal(n_same, n_translations);
  bgen_site_symmetry_destroy(s);
}

static void test_cubic_crystals(void **state)
{
  crystal c;
  (void) state;
  make_fcc(1, &c);
  check_found(&c, 4, 48);
  make_fcc(2, &c);
  check_found(&c, 32, 48);
  c.kinds[5] = 1; /* an impurity: its point group alone */
  check_found(&c, 1, 48);
  make_diamond(1, &c);
  check_found(&c, 4, 24); /* zincblende: two kinds */
  memset(c.kinds, 0, sizeof c.kinds);
  check_found(&c, 4, 48); /* half of them with a glide */
}

/* the box has fewer turns than the crystal: 16 of a cube drawn out along z */
static void test_box_counts(void **state)
{
  crystal c, two;
  (void) state;
  make_fcc(1, &c);
  two = c;
  for (size_t i = 0; i < 4; i++) {
    memcpy(two.site + 3 * (4 + i), c.site + 3 * i, 3 * sizeof *c.site);
    two.site[3 * (4 + i) + 2] += 1;
  }
  two.layout.n_particles = 8;
  two.lattice.vector[8] = 2;
  check_found(&two, 8, 16);
  c.lattice.n_vectors = 2; /* two layers: they can be turned over, not moved along z */
  check_found(&c, 2, 16);
  c.site[2] += 0.1; /* the fourfold axis of this site is left, and its planes */
  check_found(&c, 1, 8);
}

/* primitive cells, some vectors of which are far from the shortest */
static void test_tilted_boxes(void **state)
{
  static const double hexagonal[6] = {3, 0, 4.5, 1.5 * 1.7320508075688772, 0, 0};
  crystal c = {.layout = {9, 2}, .lattice = {2, {0}}};
  (void) state;
  memcpy(c.lattice.vector, hexagonal, sizeof hexagonal);
  for (size_t i = 0; i < 9; i++) {
    c.site[2 * i] = (double) (i % 3) + 0.5 * (double) (i / 3);
    c.site[2 * i + 1] = sqrt(0.75) * (double) (i / 3);
  }
  check_found(&c, 9, 12);
  crystal p = {.layout = {8, 3}, .lattice = {3, {0, 1, 1, 1, 0, 1, 1, 2, 1}}};
  for (size_t i = 0; i < 8; i++) {
    const double u = 0.5 * (double) (i % 2), v = 0.5 * (double) (i / 2 % 2),
                 w = 0.5 * (double) (i / 4);
    p.site[3 * i] = v + w, p.site[3 * i + 1] = u + w, p.site[3 * i + 2] = u + v;
  }
  check_found(&p, 8, 48);
}

static void test_triclinic(void **state)
{
  crystal c = {.layout = {3, 3}, .lattice = {3, {3, 0, 0, 0.4, 2.5, 0, 0.7, -0.5, 2.8}}};
  (void) state;
  fill_varied(5, 9, c.site);
  check_found(&c, 1, 1);
  c.layout.n_particles = 2; /* two sites have their middle */
  check_found(&c, 1, 2);
  c.kinds[1] = 1; /* one of a kind: both are centres of a lattice, but not of both */
  check_found(&c, 1, 1);
}

/* vertices of a tetrahedron, a cube, and an icosahedron with its centre, all turned */
static void test_bodies(void **state)
{
  static const double golden = 1.618033988749895;
  crystal c = {.layout = {4, 3}};
  (void) state;
  for (size_t i = 0; i < 4; i++)
    for (size_t a = 0; a < 3; a++) c.site[3 * i + a] = i == 0 || i == a + 1 ? 1.7 : -1.7;
  check_found(&c, 1, 24);
  c.kinds[2] = 1;
  check_found(&c, 1, 6);
  c = (crystal){.layout = {8, 3}};
  for (size_t j = 0; j < 24; j++) c.site[j] = (double) (j / 3 >> j % 3 & 1);
  check_found(&c, 1, 48);
  c = (crystal){.layout = {13, 3}};
  for (size_t i = 0; i < 12; i++) {
    c.site[3 * i + i / 4] = i & 1 ? 1 : -1;
    c.site[3 * i + (i / 4 + 1) % 3] = i & 2 ? golden : -golden;
  }
  for (size_t i = 0; i < 13; i++) { /* by an angle whose sine is 0.6, and away */
    double *r = c.site + 3 * i, x = r[0], z = r[2];
    r[0] = 0.8 * x - 0.6 * z + 3, r[2] = 0.6 * x + 0.8 * z - 1;
  }
  check_found(&c, 1, 120);
}

static void test_flat_bodies(void **state)
{
  static const double square[8] = {0, 0, 1, 0, 1, 1, 0, 1};
  crystal c = {.layout = {4, 2}}, water = {.layout = {3, 3}, .site = {0.8, 0.6, 0, -0.8, 0.6, 0}};
  (void) state;
  memcpy(c.site, square, sizeof square);
  check_found(&c, 1, 8);
  water.kinds[2] = 1;
  check_found(&water, 1, 4);
  for (size_t i = 0; i < 3; i++) water.site[3 * i + 1] = 0; /* a line: nothing is looked for */
  check_found(&water, 1, 1);
  for (size_t i = 0; i < 9; i++) water.site[i] = 1; /* no distances at all */
  check_found(&water, 1, 1);
}

/* ---- averages ---- */

/* P a P^T - a, the largest */
static double change_by(const crystal *of, const size_t *order, const double *m, const double *a)
{
  const size_t n = of->layout.n_space, dim = n * of->layout.n_particles;
  double largest = 0;
  for (size_t i = 0; i < dim; i++)
    for (size_t j = 0; j < dim; j++) {
      double sum = 0;
      for (size_t b = 0; b < n; b++)
        for (size_t c = 0; c < n; c++)
          sum += m[i % n * n + b] * m[j % n * n + c] * a[(i / n * n + b) * dim + j / n * n + c];
      largest =
          fmax(largest, fabs(sum - a[(order[i / n] * n + i % n) * dim + order[j / n] * n + j % n]));
    }
  return largest;
}

/* an average belongs to all motions: averaging again changes nothing; and its trace stays */
static void check_average(const crystal *of)
{
  const size_t dim = of->layout.n_space * of->layout.n_particles;
  double *a = lend(dim * dim * sizeof *a), *again = lend(dim * dim * sizeof *a),
         *work = lend(dim * dim * sizeof *a), m[9], trace = 0;
  size_t order[MOST_SITES];
  bgen_site_symmetry *s = find(of, true, 1e-6);
  fill_varied(8, dim * dim, a);
  for (size_t i = 0; i < dim; i++) {
    for (size_t j = 0; j < i; j++) a[i * dim + j] = a[j * dim + i];
    trace += a[i * dim + i];
  }
  bgen_site_symmetry_average(s, work, a);
  const size_t n = bgen_site_symmetry_n_translations(s) * bgen_site_symmetry_n_points(s);
  for (size_t i = 0; i < n; i += 7) {
    bgen_site_symmetry_motion(s, i, order, m);
    CHECK_CLOSE(change_by(of, order, m, a), 0, 1e-12);
  }
  memcpy(again, a, dim * dim * sizeof *a);
  bgen_site_symmetry_average(s, work, again);
  for (size_t j = 0; j < dim * dim; j++) CHECK_CLOSE(again[j], a[j], 1e-13);
  for (size_t i = 0; i < dim; i++) trace -= a[i * dim + i];
  CHECK_CLOSE(trace, 0, 1e-11);
  bgen_site_symmetry_destroy(s);
  give_back();
}

static void test_averages_belong_to_all_motions(void **state)
{
  crystal c;
  (void) state;
  make_fcc(2, &c);
  check_average(&c);
  make_diamond(1, &c);
  check_average(&c);
  c.lattice.n_vectors = 0;
  check_average(&c);
}

/* Sites that are off by up to 0.02 are found to be fcc with a tolerance, and the mean of positions
   becomes exactly so; without the tolerance nothing but the identity is found. */
static void check_mended(crystal c, size_t n_translations, size_t n_points)
{
  double off[3 * MOST_SITES], work[3 * MOST_SITES], mean[3 * MOST_SITES] = {0};
  const size_t dim = 3 * c.layout.n_particles;
  fill_varied(9, dim, off);
  for (size_t j = 0; j < dim; j++) c.site[j] += 0.01 * off[j];
  check_found(&c, 1, 1);
  bgen_site_symmetry *s = find(&c, true, 0.07);
  assert_int_equal(bgen_site_symmetry_n_translations(s), n_translations);
  assert_int_equal(bgen_site_symmetry_n_points(s), n_points);
  bgen_site_symmetry_average_mean(s, work, mean);
  for (size_t j = 0; j < dim; j++) c.site[j] += mean[j];
  check_found(&c, n_translations, n_points);
  bgen_site_symmetry_destroy(s);
}

static void test_sites_are_mended(void **state)
{
  crystal c = {.layout = {4, 3}};
  (void) state;
  for (size_t i = 0; i < 4; i++)
    for (size_t a = 0; a < 3; a++) c.site[3 * i + a] = i == 0 || i == a + 1 ? 1.7 : -1.7;
  check_mended(c, 1, 24);
  make_fcc(2, &c);
  check_mended(c, 32, 48);
  make_diamond(1, &c);
  check_mended(c, 4, 24);
}

static void test_lattice_of_a_box(void **state)
{
  const bgen_cell cell = {2, 3, 4, 0.1, 0.2, 0.3, {true, true, true}},
                  slab = {2, 3, 4, 0.1, 0.2, 0.3, {true, false, true}};
  const bgen_lattice space = bgen_lattice_of(&cell, 3), plane = bgen_lattice_of(&cell, 2),
                     two = bgen_lattice_of(&slab, 3);
  (void) state;
  assert_int_equal(space.n_vectors, 3);
  CHECK_SAME(9, space.vector, ((const double[9]){2, 0, 0, 0.3, 3, 0, 0.2, 0.1, 4}));
  assert_int_equal(plane.n_vectors, 2);
  CHECK_SAME(4, plane.vector, ((const double[4]){2, 0, 0.3, 3}));
  assert_int_equal(two.n_vectors, 2);
  CHECK_SAME(6, two.vector, ((const double[6]){2, 0, 0, 0.2, 0.1, 4}));
}

static void test_bad_lattices(void **state)
{
  crystal c;
  bgen_site_symmetry *s = NULL;
  (void) state;
  make_fcc(1, &c);
  c.lattice.vector[8] = 0;
  CHECK_REFUSED(bgen_site_symmetry_create(&c.layout, NULL, &c.lattice, c.site, 1e-6, &s),
                BGEN_BAD_INPUT, "depend");
  c.layout.n_space = 2;
  CHECK_REFUSED(bgen_site_symmetry_create(&c.layout, NULL, &c.lattice, c.site, 1e-6, &s),
                BGEN_BAD_INPUT, "3 vectors in 2");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cubic_crystals),
      cmocka_unit_test(test_box_counts),
      cmocka_unit_test(test_tilted_boxes),
      cmocka_unit_test(test_triclinic),
      cmocka_unit_test(test_bodies),
      cmocka_unit_test(test_flat_bodies),
      cmocka_unit_test(test_averages_belong_to_all_motions),
      cmocka_unit_test(test_sites_are_mended),
      cmocka_unit_test(test_lattice_of_a_box),
      cmocka_unit_test(test_bad_lattices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
