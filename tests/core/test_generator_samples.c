/* SPDX-License-Identifier: GPL-2.0-or-later
   What a generator makes: samples, their densities and domains, and that they follow both. */
#include "model/generator.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "fixture.h"

enum { POINTS = 300, MOST_DIM = 10, SEED = 91 };

static double x[POINTS * MOST_DIM], other[POINTS * MOST_DIM];
static double log_q[POINTS], other_log_q[POINTS];
static bgen_draw draw[POINTS], other_draw[POINTS];

/* Five particles in the plane of three species, three basins of unequal weight. */
static const int five[5] = {0, 1, 0, -1, 0};

static const bgen_layout plane = {5, 2};

static model make(int n_threads)
{
  return make_model(plane, (symmetry){.species = five}, 3,
                    "whiten; realnvp blocks 2 width 8; mixture modes 2", 0.3, n_threads);
}

/* One kind of particle on a line, in two basins. */
static const int alike[2] = {0, 0};

static model make_pair(int n_threads)
{
  return make_model((bgen_layout){2, 1}, (symmetry){.species = alike}, 2,
                    "whiten; realnvp blocks 2 width 8", 0.15, n_threads);
}

/* samples carry the density that is found for them afterwards, and their domain flag is right */
static void test_samples(void **state)
{
  size_t n_outside = 0;
  model m = make(1);
  (void) state;
  CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_PROPOSAL, 17, POINTS, x, draw));
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, log_q));
  for (size_t i = 0; i < POINTS; i++) {
    double out[10];
    const bool inside = bgen_generator_fold(m.g, m.w, draw[i].component, x + i * m.dim, out);
    assert_int_equal(draw[i].in_domain, inside);
    if (inside)
      CHECK_CLOSE(draw[i].log_q, log_q[i], 0);
    else
      assert_true(isnan(draw[i].log_q));
    n_outside += !inside;
  }
  CHECK_WITHIN((double) n_outside, POINTS / 50.0, POINTS * 0.9);
  free_model(&m);
}

static void test_samples_of_a_component(void **state)
{
  model m = make(1);
  (void) state;
  for (size_t k = 0; k < 3; k++) {
    CHECK_OK(bgen_generator_sample_component(m.g, m.w, k, m.T, SEED, BGEN_STREAM_SAMPLE, 5, POINTS,
                                             x, draw));
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, POINTS, x, log_q));
    for (size_t i = 0; i < POINTS; i++) {
      double out[10];
      assert_int_equal(draw[i].component, k);
      assert_int_equal(draw[i].in_domain, bgen_generator_fold(m.g, m.w, k, x + i * m.dim, out));
      if (draw[i].in_domain)
        CHECK_CLOSE(draw[i].log_q, log_q[i], 1e-9);
      else
        assert_true(isnan(draw[i].log_q));
    }
  }
  free_model(&m);
}

/* each sample of the mixture is that of its component with the same number */
static void test_samples_are_those_of_components(void **state)
{
  model m = make(1);
  (void) state;
  m.T = 1.3;
  CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_PROPOSAL, 17, POINTS, x, draw));
  for (size_t k = 0; k < 3; k++) {
    CHECK_OK(bgen_generator_sample_component(m.g, m.w, k, m.T, SEED, BGEN_STREAM_PROPOSAL, 17,
                                             POINTS, other, other_draw));
    for (size_t i = 0; i < POINTS; i++)
      if (draw[i].component == k) CHECK_SAME(m.dim, x + i * m.dim, other + i * m.dim);
  }
  free_model(&m);
}

/* components come as often as their weights say */
static void test_components_follow_their_weights(void **state)
{
  enum { ROUNDS = 60 };
  average share[3] = {{0}};
  model m = make(2);
  (void) state;
  for (uint64_t round = 0; round < ROUNDS; round++) {
    CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_SAMPLE, round * POINTS, POINTS,
                                   x, draw));
    for (size_t i = 0; i < POINTS; i++)
      for (size_t k = 0; k < 3; k++) average_add(&share[k], draw[i].component == k);
  }
  for (size_t k = 0; k < 3; k++) CHECK_MEAN(&share[k], bgen_generator_weight(m.g, k));
  free_model(&m);
}

static bool same_draw(const bgen_draw *a, const bgen_draw *b)
{
  return a->component == b->component && a->in_domain == b->in_domain &&
         memcmp(&a->log_q, &b->log_q, sizeof a->log_q) == 0;
}

/* one sample after another, in parts or all at once, on one thread or four: the same bits */
static void test_threads_and_batches_do_not_matter(void **state)
{
  static const size_t parts[] = {0, 1, 2, 29, 64, POINTS};
  model one = make(1), four = make(4);
  (void) state;
  CHECK_OK(
      bgen_generator_sample(one.g, one.w, one.T, SEED, BGEN_STREAM_PROPOSAL, 3, POINTS, x, draw));
  for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
    const size_t n = parts[p], skip = POINTS - n;
    CHECK_OK(bgen_generator_sample(four.g, four.w, four.T, SEED, BGEN_STREAM_PROPOSAL, 3 + skip, n,
                                   other, other_draw));
    CHECK_SAME(n * one.dim, other, x + skip * one.dim);
    for (size_t i = 0; i < n; i++) assert_true(same_draw(&other_draw[i], &draw[skip + i]));
  }
  CHECK_OK(bgen_generator_log_q(one.g, one.w, one.T, POINTS, x, log_q));
  CHECK_OK(bgen_generator_log_q(four.g, four.w, four.T, POINTS, x, other_log_q));
  CHECK_SAME(POINTS, log_q, other_log_q);
  free_model(&one);
  free_model(&four);
}

/* Over configurations without labels (half of the plane, for two particles on a line) q integrates
   to the share of samples that lie inside the domain. */
static void test_integral_over_configurations_without_labels(void **state)
{
  enum { GRID = 401, ROUNDS = 100 };
  const double edge = 12, step = 2 * edge / GRID;
  double integral = 0, at[2 * GRID], density[GRID];
  average inside = {0};
  model m = make_pair(2);
  (void) state;
  for (size_t row = 0; row < GRID; row++) {
    for (size_t i = 0; i < GRID; i++) {
      at[2 * i] = step * ((double) i + 0.5) - edge;
      at[2 * i + 1] = step * ((double) row + 0.5) - edge;
    }
    CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, GRID, at, density));
    for (size_t i = 0; i < GRID; i++) integral += exp(density[i]) * step * step / 2;
  }
  for (uint64_t round = 0; round < ROUNDS; round++) {
    CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_SAMPLE, round * POINTS, POINTS,
                                   x, draw));
    for (size_t i = 0; i < POINTS; i++) average_add(&inside, draw[i].in_domain);
  }
  CHECK_WITHIN(integral, 0.2, 0.95);
  CHECK_MEAN(&inside, integral);
  free_model(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_samples),
      cmocka_unit_test(test_samples_of_a_component),
      cmocka_unit_test(test_samples_are_those_of_components),
      cmocka_unit_test(test_components_follow_their_weights),
      cmocka_unit_test(test_threads_and_batches_do_not_matter),
      cmocka_unit_test(test_integral_over_configurations_without_labels),
  };
  bgen_blas_threads(1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
