/* SPDX-License-Identifier: GPL-2.0-or-later
   Neighbors of sites in crystals that every textbook has, and couplings by them: they commute with
   the translations of the lattice, and do not see how large the box is. */
#include "layers/local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/site_neighbors.h"
#include "coords/site_symmetry.h"
#include "crystals.h"
#include "fixture.h"
#include "model/gaussian.h"
#include "model/shapes.h"
#include "model/spec.h"

enum { NEAR = 30 };

/* ---- neighbors ---- */

static bgen_neighbors find(const crystal *of)
{
  bgen_neighbors t;
  CHECK_OK(bgen_site_neighbors_find(&of->layout, NULL, &of->lattice, of->site, 0.01, NEAR, &t));
  assert_int_equal(t.n_sites, of->layout.n_particles);
  assert_int_equal(t.n_neighbors, NEAR);
  return t;
}

/* v modulo the lattice, between -1/2 and 1/2 of its edges */
static void wrap(const crystal *of, double *v)
{
  for (size_t c = 0; c < 3; c++)
    v[c] -= of->lattice.vector[4 * c] * rint(v[c] / of->lattice.vector[4 * c]);
}

/* to neighbor number k of site i, or some image of it */
static void vector_to(const crystal *of, const bgen_neighbors *t, size_t i, size_t k, double *v)
{
  const size_t j = t->neighbor[i * NEAR + k];
  for (size_t c = 0; c < 3; c++) v[c] = of->site[3 * j + c] - of->site[3 * i + c];
  wrap(of, v);
}

/* exchanges the numbers of sites, and moves them by up to size */
static void shuffle(uint64_t key, double size, crystal *of)
{
  bgen_rng rng = bgen_rng_at(key, BGEN_STREAM_TEST, 0);
  size_t order[MOST_SITES];
  crystal old = *of;
  for (size_t i = 0; i < of->layout.n_particles; i++) order[i] = i;
  bgen_rng_permutation(&rng, of->layout.n_particles, order);
  for (size_t i = 0; i < 3 * of->layout.n_particles; i++)
    of->site[i] = old.site[3 * order[i / 3] + i % 3] + size * varied(key, i);
}

/* as many neighbors as there are in the first shells, at these squared distances */
static void check_shells(const crystal *of, size_t n_classes, size_t n_shells, const size_t *size,
                         const double *square)
{
  const bgen_neighbors t = find(of);
  bgen_neighbors table = t;
  assert_int_equal(t.n_classes, n_classes);
  for (size_t i = 0; i < t.n_sites; i++)
    for (size_t s = 0, k = 0; s < n_shells; s++)
      for (size_t last = k + size[s]; k < last; k++) {
        double v[3], first[3];
        size_t of_class = 0;
        while (t.site_class[of_class] != t.site_class[i]) of_class++;
        vector_to(of, &t, i, k, v), vector_to(of, &t, of_class, k, first);
        CHECK_CLOSE(v[0] * v[0] + v[1] * v[1] + v[2] * v[2], square[s], 0.02);
        for (size_t c = 0; c < 3; c++) first[c] -= v[c]; /* the same for all sites of a class */
        wrap(of, first);
        for (size_t c = 0; c < 3; c++) CHECK_CLOSE(first[c], 0, 0.02);
      }
  bgen_site_neighbors_free(&table);
}

static void test_shells(void **state)
{
  static crystal of;
  (void) state;
  for (int noisy = 0; noisy < 2; noisy++) {
    make_fcc(3, &of);
    if (noisy) shuffle(1, 1e-3, &of);
    check_shells(&of, 1, 3, (const size_t[]){12, 6, 12}, (const double[]){0.5, 1, 1.5});
    make_diamond(3, &of);
    if (noisy) shuffle(2, 1e-3, &of);
    check_shells(&of, 2, 3, (const size_t[]){4, 12, 12},
                 (const double[]){3 / 16.0, 0.5, 11 / 16.0});
  }
}

/* How sites are numbered, and how often the crystal is repeated, changes neither classes nor the
   order of neighbors: a class is known by what is around it. */
static void test_same_in_any_box(void **state)
{
  static crystal small, large;
  (void) state;
  make_diamond(2, &small), make_diamond(3, &large);
  shuffle(3, 1e-3, &large);
  bgen_neighbors a = find(&small), b = find(&large);
  for (size_t c = 0; c < 2; c++) {
    size_t i = 0, j = 0;
    while (a.site_class[i] != c) i++;
    while (b.site_class[j] != c) j++;
    for (size_t k = 0; k < NEAR; k++) {
      double v[3], w[3];
      vector_to(&small, &a, i, k, v), vector_to(&large, &b, j, k, w);
      for (size_t x = 0; x < 3; x++) w[x] -= v[x];
      wrap(&small, w); /* in a small box a neighbor is there in several images */
      for (size_t x = 0; x < 3; x++) CHECK_CLOSE(w[x], 0, 0.02);
    }
  }
  bgen_site_neighbors_free(&a), bgen_site_neighbors_free(&b);
}

/* a vacancy leaves no translation; a box that does not repeat has no more sites than there are */
static void test_no_lattice(void **state)
{
  static crystal of;
  bgen_neighbors t;
  (void) state;
  make_fcc(2, &of);
  of.layout.n_particles--;
  t = find(&of);
  assert_int_equal(t.n_classes, 31);
  bgen_site_neighbors_free(&t);
  of.lattice.n_vectors = 0;
  CHECK_OK(bgen_site_neighbors_find(&of.layout, NULL, &of.lattice, of.site, 0.01, 64, &t));
  assert_int_equal(t.n_neighbors, 30);
  bgen_site_neighbors_free(&t);
}

/* ---- the map ---- */

static bgen_bijection *blocks(const bgen_layout *layout)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  CHECK_OK(bgen_spec_build_shape("local blocks 1 neighbors 12 width 8", layout,
                                 3 * layout->n_particles - 3, NULL, 7, &map, &n_modes));
  return map;
}

/* fitted to the neighbors of a crystal; all rigs have the same parameters */
static rig rig_of(const crystal *of)
{
  bgen_bijection *map = blocks(&of->layout);
  bgen_neighbors t = find(of);
  const double nothing = 0; /* no frames */
  const bgen_examples to = {0, &nothing, &t};
  rig r = {.map = map};
  r.theta = must_allocate(map->n_params * sizeof *r.theta);
  r.fitted = must_allocate(map->n_fitted * sizeof *r.fitted);
  r.tape = must_allocate(8 * map->tape_size * sizeof *r.tape);
  r.scratch = must_allocate(8 * map->scratch_size * sizeof *r.scratch);
  map->type->init(map, bgen_rng_at(5, BGEN_STREAM_INIT, 0), r.theta);
  perturb(6, 0.3, map->n_params, r.theta);
  CHECK_OK(map->type->fit(map, r.theta, &to, r.fitted));
  CHECK_OK(map->type->check(map, r.fitted));
  bgen_site_neighbors_free(&t);
  return r;
}

/* displacements d[3 n], whose sum is taken from them, through the map; returns log_det */
static double move(const rig *r, const crystal *of, bgen_direction direction, double *d)
{
  static double y[3 * MOST_SITES], out[3 * MOST_SITES];
  bgen_pose *pose = NULL;
  double log_det;
  CHECK_OK(bgen_pose_create(&of->layout, BGEN_CRYSTAL, of->site, &pose));
  bgen_pose_project(pose, d, y);
  rig_apply(r, direction, 1, false, y, out, &log_det);
  bgen_pose_embed(pose, out, d);
  bgen_pose_destroy(pose);
  return log_det;
}

static void fill_displacements(uint64_t key, size_t n, double *d)
{
  double mean[3] = {0};
  fill_varied(key, 3 * n, d);
  for (size_t i = 0; i < 3 * n; i++) mean[i % 3] += d[i] / (double) n;
  for (size_t i = 0; i < 3 * n; i++) d[i] -= mean[i % 3];
}

/* In float what a site sees rounds as it did: the same numbers in the same order.  The sums over
   sites are in double, of some hundred numbers of the order of 1. */
static void test_translations_commute(void **state)
{
  static crystal of;
  static double d[3 * MOST_SITES], moved[3 * MOST_SITES];
  size_t order[MOST_SITES];
  double matrix[9];
  bgen_site_symmetry *s = NULL;
  (void) state;
  make_diamond(2, &of);
  const size_t n = of.layout.n_particles;
  const rig r = rig_of(&of);
  CHECK_OK(bgen_site_symmetry_create(&of.layout, NULL, &of.lattice, of.site, 1e-6, &s));
  for (size_t m = 1; m < bgen_site_symmetry_n_translations(s); m += 5)
    for (int direction = -1; direction <= 1; direction += 2) {
      fill_displacements(11, n, d);
      bgen_site_symmetry_motion(s, m, order, matrix);
      for (size_t j = 0; j < 9; j++) CHECK_CLOSE(matrix[j], j % 4 == 0, 1e-9);
      for (size_t i = 0; i < 3 * n; i++) moved[3 * order[i / 3] + i % 3] = d[i];
      const double here = move(&r, &of, (bgen_direction) direction, d),
                   there = move(&r, &of, (bgen_direction) direction, moved);
      assert_true(fabs(here) > 0.1);
      CHECK_CLOSE(here, there, 1e-6); /* sums differ in their last bits, and then the float input */
      for (size_t i = 0; i < 3 * n; i++) CHECK_CLOSE(moved[3 * order[i / 3] + i % 3], d[i], 1e-6);
    }
  bgen_site_symmetry_destroy(s);
  rig copy = r;
  free_rig(&copy);
}

/* the site of the small crystal that a site of the large one is an image of */
static size_t image_of(const crystal *small, const double *site)
{
  for (size_t i = 0; i < small->layout.n_particles; i++) {
    double v[3];
    for (size_t c = 0; c < 3; c++) v[c] = site[c] - small->site[3 * i + c];
    wrap(small, v);
    if (v[0] * v[0] + v[1] * v[1] + v[2] * v[2] < 1e-6) return i;
  }
  fail_msg("%s", "there is no such site");
  return 0;
}

/* displacements of the smallest crystal, repeated; they come out repeated.  log_det of N sites is
   a N + b: each site gives a, and the ln of the mean of e^-s is b. */
static void test_any_number_of_sites(void **state)
{
  static crystal unit, of;
  static double start[12], small[12], d[3 * MOST_SITES];
  double log_det[3];
  size_t n_params = 0;
  (void) state;
  make_fcc(1, &unit);
  fill_displacements(12, 4, start);
  for (size_t k = 0; k < 3; k++) {
    make_fcc((size_t) 1 << k, &of);
    rig r = rig_of(&of);
    assert_true(n_params == 0 || n_params == r.map->n_params);
    n_params = r.map->n_params;
    for (size_t i = 0; i < of.layout.n_particles; i++)
      memcpy(d + 3 * i, start + 3 * image_of(&unit, of.site + 3 * i), 3 * sizeof *d);
    log_det[k] = move(&r, &of, BGEN_FORWARD, d);
    if (k == 0) memcpy(small, d, sizeof small);
    for (size_t i = 0; i < of.layout.n_particles; i++)
      for (size_t c = 0; c < 3; c++)
        CHECK_CLOSE(d[3 * i + c], small[3 * image_of(&unit, of.site + 3 * i) + c], 1e-6);
    free_rig(&r);
  }
  assert_true(fabs(log_det[0]) > 0.1);
  CHECK_CLOSE((log_det[1] - log_det[0]) / 28, (log_det[2] - log_det[1]) / 224, 1e-6);
}

/* ---- a whole flow ---- */

enum { N_FRAMES = 150 };

/* about exact sites, fitted to independent displacements; whitened by their covariance as it is, or
   averaged over the symmetry */
static model make_whole(const crystal *of, bgen_gaussian_kind kind, double *x)
{
  static const char *const names[] = {"a"};
  const size_t dim = 3 * of->layout.n_particles;
  const bgen_generator_options options = {.layout = of->layout,
                                          .coords = BGEN_CRYSTAL,
                                          .spec = "whiten; local blocks 1 neighbors 12 width 8",
                                          .n_components = 1,
                                          .names = names,
                                          .seed = 3};
  const bgen_gaussian_options gaussian = {.kind = kind, .lattice = of->lattice};
  bgen_gaussian_report report;
  model m = {.dim = dim, .n_components = 1, .T = 1};
  CHECK_OK(bgen_generator_create(&options, &m.g));
  CHECK_OK(bgen_workspace_create(m.g, 1, &m.w));
  CHECK_OK(bgen_generator_set_crystal(m.g, &of->lattice, of->kinds));
  for (size_t i = 0; i < N_FRAMES * dim; i++) x[i] = of->site[i % dim] + 0.02 * varied(14, i);
  CHECK_OK(bgen_generator_fit(m.g, m.w, 0, of->site, N_FRAMES, x));
  CHECK_OK(bgen_generator_fit_gaussian(m.g, m.w, 0, &gaussian, N_FRAMES, x, &report));
  perturb(15, 0.3, bgen_generator_n_params(m.g, 0), bgen_generator_flow(m.g, 0)->theta);
  return m;
}

/* by how much log q differs where the displacements are those of other sites */
static double change_by_translation(const crystal *of, bgen_gaussian_kind kind)
{
  static double x[N_FRAMES * 3 * 32], both[2 * 3 * 32];
  size_t order[MOST_SITES];
  double matrix[9], log_q[2];
  bgen_site_symmetry *s = NULL;
  model m = make_whole(of, kind, x);
  CHECK_OK(bgen_site_symmetry_create(&of->layout, NULL, &of->lattice, of->site, 1e-6, &s));
  bgen_site_symmetry_motion(s, 5, order, matrix);
  for (size_t j = 0; j < m.dim; j++) {
    const size_t to = 3 * order[j / 3] + j % 3;
    both[j] = x[j];
    both[m.dim + to] = of->site[to] + x[j] - of->site[j];
  }
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 2, both, log_q));
  bgen_site_symmetry_destroy(s);
  free_model(&m);
  return fabs(log_q[0] - log_q[1]);
}

/* Roundings of the covariance reach the float inputs of the network, 1e-7 of numbers of the order
   of 1 for each of 93 coordinates and 3 layers. */
static void test_flow_commutes(void **state)
{
  static crystal of;
  (void) state;
  make_fcc(2, &of);
  CHECK_WITHIN(change_by_translation(&of, BGEN_GAUSSIAN_SYMMETRIC), 0, 1e-4);
  CHECK_WITHIN(change_by_translation(&of, BGEN_GAUSSIAN_FRAMES), 0.1, 1e6);
}

/* ---- what is refused ---- */

static void test_refused_sites(void **state)
{
  static crystal of;
  const bgen_local options = {0, 35, 1, 4, 1};
  bgen_bijection *map = NULL;
  bgen_neighbors t;
  (void) state;
  make_diamond(2, &of);
  CHECK_OK(bgen_local_create(&of.layout, &options, &map));
  double *fitted = must_allocate(map->n_fitted * sizeof *fitted);
  bgen_examples to = {0, NULL, NULL};
  CHECK_REFUSED(map->type->fit(map, NULL, &to, fitted), BGEN_BAD_INPUT, "sites of a crystal");
  t = find(&of), to.neighbors = &t;
  CHECK_REFUSED(map->type->fit(map, NULL, &to, fitted), BGEN_BAD_INPUT,
                "64 sites of the crystal are of 2 classes");
  bgen_site_neighbors_free(&t);
  t = (bgen_neighbors){0};
  make_fcc(2, &of);
  bgen_bijection_destroy(map);
  CHECK_OK(bgen_local_create(&of.layout, &options, &map));
  t = find(&of);
  CHECK_REFUSED(map->type->fit(map, NULL, &to, fitted), BGEN_BAD_INPUT,
                "neighbors is 35, but a site has only 30");
  bgen_site_neighbors_free(&t);
  free(fitted);
  bgen_bijection_destroy(map);
}

/* Every number of the table that is another one is seen: a neighbor that is another site is one
   twice, or of another class. */
static void test_damaged_table(void **state)
{
  static crystal of;
  (void) state;
  make_diamond(2, &of);
  bgen_bijection *map = NULL;
  const bgen_local options = {1, 16, 2, 4, 1};
  CHECK_OK(bgen_local_create(&of.layout, &options, &map));
  double *fitted = must_allocate(map->n_fitted * sizeof *fitted);
  bgen_neighbors t = find(&of);
  CHECK_OK(map->type->fit(map, NULL, &(bgen_examples){0, NULL, &t}, fitted));
  assert_int_equal(bgen_local_n_classes(map, fitted), 2);
  for (size_t i = 0; i < map->n_fitted; i++) {
    const double was = fitted[i], most = i < t.n_sites ? 2 : (double) t.n_sites;
    const double others[] = {was + 1 < most ? was + 1 : was - 1, was + 0.5, most, -1, NAN, 1e300};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
      fitted[i] = others[k];
      assert_int_equal(map->type->check(map, fitted), BGEN_BAD_FILE);
    }
    fitted[i] = was;
  }
  CHECK_OK(map->type->check(map, fitted));
  free(fitted);
  bgen_site_neighbors_free(&t);
  bgen_bijection_destroy(map);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_shells),
                                     cmocka_unit_test(test_same_in_any_box),
                                     cmocka_unit_test(test_no_lattice),
                                     cmocka_unit_test(test_translations_commute),
                                     cmocka_unit_test(test_any_number_of_sites),
                                     cmocka_unit_test(test_flow_commutes),
                                     cmocka_unit_test(test_refused_sites),
                                     cmocka_unit_test(test_damaged_table)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
