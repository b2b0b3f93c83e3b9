/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "coords/relabel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { MOST = 128, MOST_SPACE = 3 };

typedef struct labels {
  bgen_layout layout;
  bgen_relabel *relabel;
  double *work;
} labels;

static labels make_labels(size_t n, size_t n_space, const int *species)
{
  labels l = {.layout = {n, n_space}};
  CHECK_OK(bgen_relabel_create(&l.layout, species, &l.relabel));
  l.work = must_allocate(bgen_relabel_work_size(l.relabel) * sizeof *l.work);
  return l;
}

static void free_labels(labels *l)
{
  bgen_relabel_destroy(l->relabel);
  free(l->work);
}

static double cost(const labels *l, const double *reference, const double *x, const size_t *order)
{
  const size_t n_space = l->layout.n_space;
  double sum = 0;
  for (size_t i = 0; i < l->layout.n_particles; i++)
    for (size_t c = 0; c < n_space; c++) {
      const double d = x[order[i] * n_space + c] - reference[i * n_space + c];
      sum += d * d;
    }
  return sum;
}

/* all orders of the particles from place k on that keep species at their places */
static void search(const labels *l, const int *species, const double *reference, const double *x,
                   size_t k, size_t *order, double *best, size_t *best_order)
{
  const size_t n = l->layout.n_particles;
  if (k == n) {
    const double found = cost(l, reference, x, order);
    if (!(found < *best)) return;
    *best = found;
    memcpy(best_order, order, n * sizeof *order);
    return;
  }
  for (size_t i = k; i < n; i++) {
    const size_t chosen = order[i], displaced = order[k];
    const bool fits = chosen == k || (species[chosen] == species[k] && species[k] >= 0);
    order[k] = chosen, order[i] = displaced;
    if (fits) search(l, species, reference, x, k + 1, order, best, best_order);
    order[i] = chosen, order[k] = displaced;
  }
}

static void check_against_brute_force(size_t n, size_t n_space, const int *species, uint64_t key)
{
  labels l = make_labels(n, n_space, species);
  double reference[MOST], x[MOST], best = INFINITY;
  size_t start[MOST], best_order[MOST], order[MOST];
  fill_varied(key, n * n_space, reference);
  fill_varied(key + 1, n * n_space, x);
  bool identity = true;
  for (size_t i = 0; i < n; i++) start[i] = i;
  search(&l, species, reference, x, 0, start, &best, best_order);
  for (size_t i = 0; i < n; i++) identity = identity && best_order[i] == i;
  const bool found = bgen_relabel_find(l.relabel, reference, x, l.work, order);
  CHECK_SAME(n, order, best_order);
  assert_int_equal(found, identity);
  free_labels(&l);
}

static void test_brute_force(void **state)
{
  static const int all[6] = {0}, two[6] = {1, 0, 1, 0, 1, 1}, some[6] = {-1, 4, 4, -1, 4, 4},
                   mixed[6] = {2, -1, 0, 2, 0, 2};
  (void) state;
  for (uint64_t key = 0; key < 100; key++)
    for (size_t n_space = 1; n_space <= MOST_SPACE; n_space++) {
      for (size_t n = 1; n <= 6; n++) check_against_brute_force(n, n_space, all, 1000 + 2 * key);
      check_against_brute_force(6, n_space, two, 2000 + 2 * key);
      check_against_brute_force(6, n_space, some, 3000 + 2 * key);
      check_against_brute_force(6, n_space, mixed, 4000 + 2 * key);
    }
}

/* on a line the best order is the sorted one, however many particles there are */
static void test_sorted_on_a_line(void **state)
{
  static const int species[MOST] = {0};
  double reference[MOST], x[MOST], sorted[MOST];
  size_t order[MOST];
  (void) state;
  for (size_t n = 1; n <= MOST; n += 1 + n / 3) {
    labels l = make_labels(n, 1, species);
    for (size_t i = 0; i < n; i++) reference[i] = (double) i + 0.3 * varied(1, i);
    for (uint64_t key = 10; key < 20; key++) {
      for (size_t i = 0; i < n; i++) x[i] = 50 * varied(key, i);
      bgen_relabel_find(l.relabel, reference, x, l.work, order);
      bgen_relabel_apply(&l.layout, order, x, sorted);
      for (size_t i = 1; i < n; i++) assert_true(sorted[i - 1] < sorted[i]);
    }
    free_labels(&l);
  }
}

/* equal species may be numbered with gaps, and many of them */
static void test_distinct_particles_stay(void **state)
{
  static const int none[4] = {-1, -1, -1, -1}, own[4] = {0, 9, 3, 700};
  static const double reference[4] = {1, 2, 3, 4}, x[4] = {4, 3, 2, 1};
  (void) state;
  for (int k = 0; k < 2; k++) {
    labels l = make_labels(4, 1, k ? own : none);
    size_t order[4] = {9, 9, 9, 9};
    assert_true(bgen_relabel_find(l.relabel, reference, x, l.work, order));
    for (size_t i = 0; i < 4; i++) assert_true(order[i] == i);
    free_labels(&l);
  }
}

/* a configuration near the reference is in its domain, and no longer so after two have changed
   places */
static void test_identity(void **state)
{
  static const int species[5] = {0, 0, 1, 0, 1};
  labels l = make_labels(5, 2, species);
  double reference[10], x[10];
  size_t order[5];
  (void) state;
  for (size_t i = 0; i < 10; i++) reference[i] = 3 * (double) i + varied(2, i);
  for (size_t i = 0; i < 10; i++) x[i] = reference[i] + 0.3 * varied(3, i);
  assert_true(bgen_relabel_find(l.relabel, reference, x, l.work, order));
  for (size_t c = 0; c < 2; c++) {
    const double first = x[c];
    x[c] = x[6 + c], x[6 + c] = first;
  }
  assert_false(bgen_relabel_find(l.relabel, reference, x, l.work, order));
  assert_true(order[0] == 3 && order[3] == 0 && order[1] == 1 && order[2] == 2 && order[4] == 4);
  free_labels(&l);
}

/* However the particles are called on entry, the same configuration comes out, bit for bit; and
   what came out is its own best relabelling. */
static void test_invariance(void **state)
{
  enum { N = 36, SPACE = 2, DIM = N * SPACE };
  static const int species[N] = {0};
  labels l = make_labels(N, SPACE, species);
  double reference[DIM], x[DIM], shuffled[DIM], out[DIM], again[DIM];
  size_t order[N];
  (void) state;
  fill_varied(4, DIM, reference);
  fill_varied(5, DIM, x);
  bgen_relabel_find(l.relabel, reference, x, l.work, order);
  bgen_relabel_apply(&l.layout, order, x, out);
  assert_true(bgen_relabel_find(l.relabel, reference, out, l.work, order));
  for (uint64_t i = 0; i < 200; i++) {
    bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, i);
    bgen_rng_permutation(&rng, N, order);
    bgen_relabel_apply(&l.layout, order, x, shuffled);
    bgen_relabel_find(l.relabel, reference, shuffled, l.work, order);
    bgen_relabel_apply(&l.layout, order, shuffled, again);
    CHECK_SAME(DIM, again, out);
  }
  free_labels(&l);
}

/* every one of them, at every place, also where only the squares overflow */
static void test_not_finite(void **state)
{
  static const int species[4] = {0, 1, 1, 0};
  static const double bad[] = {NAN, INFINITY, -INFINITY, 1e200};
  static const double reference[8] = {0.1, 0.2, 1.5, 0.3, 0.4, 1.7, 1.2, 1.9};
  labels l = make_labels(4, 2, species);
  (void) state;
  for (size_t k = 0; k < 4; k++)
    for (size_t place = 0; place < 8; place++) {
      double x[8];
      size_t order[4] = {9, 9, 9, 9};
      memcpy(x, reference, sizeof x);
      x[place] = bad[k];
      assert_false(bgen_relabel_find(l.relabel, reference, x, l.work, order));
      for (size_t i = 0; i < 4; i++) assert_true(order[i] == i);
    }
  free_labels(&l);
}

/* a particle that is only itself has no part in any assignment, but must be finite too */
static void test_not_finite_among_distinct(void **state)
{
  static const int species[3] = {0, -1, 0};
  const double reference[3] = {1, 2, 3}, x[3] = {1, NAN, 3};
  labels l = make_labels(3, 1, species);
  size_t order[3];
  (void) state;
  assert_false(bgen_relabel_find(l.relabel, reference, x, l.work, order));
  free_labels(&l);
}

/* particles on top of one another or of two places: any order is the best, and one is found */
static void test_ties(void **state)
{
  static const int species[6] = {0};
  const double reference[6] = {0}, x[6] = {1, 1, 1, -1, -1, -1};
  labels l = make_labels(6, 1, species);
  size_t order[6], seen[6] = {0};
  (void) state;
  bgen_relabel_find(l.relabel, reference, x, l.work, order);
  for (size_t i = 0; i < 6; i++) seen[order[i]]++;
  for (size_t i = 0; i < 6; i++) assert_true(seen[i] == 1);
  free_labels(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_brute_force),
      cmocka_unit_test(test_sorted_on_a_line),
      cmocka_unit_test(test_distinct_particles_stay),
      cmocka_unit_test(test_identity),
      cmocka_unit_test(test_invariance),
      cmocka_unit_test(test_not_finite),
      cmocka_unit_test(test_not_finite_among_distinct),
      cmocka_unit_test(test_ties),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
