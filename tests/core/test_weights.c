/* SPDX-License-Identifier: GPL-2.0-or-later
   Weights of a population, and walkers that are resampled by them. */
#include "sample/weights.h"

#include <math.h>
#include <stdbool.h>

#include "fixture.h"

enum { N = 9, GRID = 4000 };

/* two of them without weight, the last one too */
static const double work[N] = {0.3, 700, INFINITY, -2.1, 0.9, 1.3, -0.4, 2.2, NAN};

static bgen_weights *make_weights(void)
{
  bgen_weights *w;
  CHECK_OK(bgen_weights_create(N + 2, &w));
  bgen_weights_begin(w, N);
  for (size_t i = 0; i < N; i++) bgen_weights_lose(w, i, work[i]);
  return w;
}

static double weight(size_t i)
{
  return isfinite(work[i]) ? exp(-work[i]) : 0;
}

static double total(void)
{
  double sum = 0;
  for (size_t i = 0; i < N; i++) sum += weight(i);
  return sum;
}

/* over all uniform numbers: n w / sum w on average, and never off by one or more */
static void test_copies_are_expected(void **state)
{
  double copies[N] = {0};
  (void) state;
  for (size_t g = 0; g < GRID; g++) {
    bgen_weights *w = make_weights();
    size_t now[N] = {0};
    assert_true(bgen_weights_resample(w, ((double) g + 0.5) / GRID));
    for (size_t i = 0; i < N; i++) now[w->order[i]]++;
    for (size_t j = 0; j < N; j++) {
      CHECK_WITHIN((double) now[j] - N * weight(j) / total(), -1 + 1e-12, 1 - 1e-12);
      copies[j] += (double) now[j] / GRID;
    }
    bgen_weights_destroy(w);
  }
  for (size_t j = 0; j < N; j++) CHECK_CLOSE(copies[j], N * weight(j) / total(), 1.01 / GRID);
}

/* resampling changes no mean: the products of mean weights go on */
static void test_log_z_goes_on(void **state)
{
  bgen_weights *w = make_weights();
  const double log_z = log(total() / N);
  (void) state;
  CHECK_CLOSE(bgen_weights_log_z(w), log_z, 1e-13);
  assert_true(bgen_weights_resample(w, 0.3));
  CHECK_CLOSE(bgen_weights_log_z(w), log_z, 1e-13);
  for (size_t i = 0; i < N; i++) bgen_weights_lose(w, i, i < 3 ? 1.5 : INFINITY);
  CHECK_CLOSE(bgen_weights_log_z(w), log_z + log(3.0 / N) - 1.5, 1e-13);
  assert_true(bgen_weights_resample(w, 0.7));
  CHECK_CLOSE(bgen_weights_log_z(w), log_z + log(3.0 / N) - 1.5, 1e-13);
  bgen_weights_destroy(w);
}

/* whatever goes along with walkers, and their families over several resamplings */
static void test_families_and_followers(void **state)
{
  (void) state;
  for (size_t g = 0; g < 200; g++) {
    bgen_weights *w = make_weights();
    double at[N][2], family[N];
    size_t before = N;
    for (size_t i = 0; i < N; i++) at[i][0] = at[i][1] = (double) i;
    for (size_t round = 0; round < 4; round++) {
      if (round > 0)
        for (size_t i = 0; i < N; i++) bgen_weights_lose(w, i, 2 * varied(10 * g + round, i));
      assert_true(bgen_weights_resample(w, 0.5 + 0.5 * varied(g, round)));
      bgen_weights_follow(w, sizeof at[0], at);
      assert_true(bgen_weights_families(w) <= before);
      before = bgen_weights_families(w);
    }
    for (size_t i = 0; i < N; i++) family[i] = (double) w->family[i];
    for (size_t i = 0; i < N; i++) CHECK_SAME(1, &at[i][1], &family[i]);
    size_t different = 1; /* orders rise, so families stand together */
    for (size_t i = 1; i < N; i++) different += w->family[i] != w->family[i - 1];
    assert_int_equal(before, different);
    bgen_weights_destroy(w);
  }
}

static void test_none_left(void **state)
{
  bgen_weights *w = make_weights();
  (void) state;
  assert_int_equal(bgen_weights_families(w), N - 2);
  for (size_t i = 0; i < N; i++) bgen_weights_lose(w, i, NAN);
  assert_int_equal(bgen_weights_families(w), 0);
  assert_true(bgen_weights_log_z(w) == -INFINITY);
  assert_false(bgen_weights_resample(w, 0.5));
  bgen_weights_begin(w, 2);
  assert_int_equal(bgen_weights_families(w), 2);
  CHECK_CLOSE(bgen_weights_log_z(w), 0, 0);
  bgen_weights_destroy(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_copies_are_expected), cmocka_unit_test(test_log_z_goes_on),
      cmocka_unit_test(test_families_and_followers), cmocka_unit_test(test_none_left)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
