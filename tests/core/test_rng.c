/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

#include "check.h"

/* The three Philox4x32-10 lines of tests/kat_vectors in Random123: zeros, ones, digits of pi. */
static void test_known_answers(void **state)
{
  static const struct {
    uint32_t counter[4], key[2], answer[4];
  } vectors[] = {
      {{0}, {0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  (void) state;
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    uint32_t out[4];
    bgen_philox4x32(vectors[i].counter, vectors[i].key, out);
    CHECK_SAME(4, out, vectors[i].answer);
  }
}

/* What a draw is made of is part of what makes a run repeat.  The numbers come from a Philox
   written apart from ours, with counter = block, stream, point (low word first) and key = seed. */
static void test_pinned_draws(void **state)
{
  const uint64_t seed = 0x0123456789abcdef, point = ((uint64_t) 7 << 32) + 4711;
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_TEST, point);
  double uniform = 0;
  (void) state;
  for (int i = 0; i < 10000; i++) uniform = bgen_rng_uniform(&rng);
  CHECK_CLOSE(uniform, 0x1.dc9720ed7e1ffp-1, 0);

  static double normal[10000];
  rng = bgen_rng_at(seed, BGEN_STREAM_PROPOSAL, point);
  bgen_rng_normals(&rng, 10000, normal);
  CHECK_CLOSE(normal[9998], -1.3547525759373646, 1e-15);
  CHECK_CLOSE(normal[9999], 0.2550010152999374, 1e-15);

  rng = bgen_rng_at(5, BGEN_STREAM_ACCEPT, 3);
  assert_true(bgen_rng_below(&rng, 1000003) == 331932);
}

/* Draws of one generator do not depend on those of another, and a copy goes on where it was
   made. */
static void test_streams_are_apart(void **state)
{
  bgen_rng alone = bgen_rng_at(11, BGEN_STREAM_TEST, 5), first = alone;
  bgen_rng second = bgen_rng_at(11, BGEN_STREAM_TRAIN, 5);
  bgen_rng third = bgen_rng_at(11, BGEN_STREAM_TEST, 6);
  bgen_rng fourth = bgen_rng_at(12, BGEN_STREAM_TEST, 5);
  (void) state;
  for (int i = 0; i < 100; i++) {
    const double expected = bgen_rng_uniform(&alone);
    const bgen_rng saved = first;
    CHECK_CLOSE(bgen_rng_uniform(&first), expected, 0);
    assert_true(bgen_rng_uniform(&second) != expected);
    assert_true(bgen_rng_uniform(&third) != expected);
    assert_true(bgen_rng_uniform(&fourth) != expected);
    first = saved;
    CHECK_CLOSE(bgen_rng_uniform(&first), expected, 0);
  }
}

static void test_choice(void **state)
{
  enum { DRAWS = 200000 };
  const double weight[4] = {0, 3, 0.5, 6.5};
  average share[4] = {{0}};
  (void) state;
  for (uint64_t i = 0; i < DRAWS; i++) {
    bgen_rng rng = bgen_rng_at(4, BGEN_STREAM_TEST, i);
    const size_t chosen = bgen_rng_choose(&rng, 4, weight);
    for (size_t k = 0; k < 4; k++) average_add(&share[k], chosen == k);
    assert_int_equal(rng.block, 1);
  }
  CHECK_CLOSE(share[0].value, 0, 0);
  for (size_t k = 1; k < 4; k++) CHECK_MEAN(&share[k], weight[k] / 10);
}

static void test_uniform(void **state)
{
  enum { DRAWS = 1000000, CELLS = 100 };
  static size_t count[CELLS];
  bgen_rng rng = bgen_rng_at(2, BGEN_STREAM_TEST, 0);
  average value = {0}, square = {0};
  (void) state;
  for (int i = 0; i < DRAWS; i++) {
    const double u = bgen_rng_uniform(&rng);
    assert_true(u > 0 && u < 1);
    count[(size_t) (u * CELLS)]++;
    average_add(&value, u);
    average_add(&square, u * u);
  }
  CHECK_MEAN(&value, 0.5);
  CHECK_MEAN(&square, 1.0 / 3.0);
  CHECK_WITHIN(chi_square_sigmas(CELLS, count), -5, 5);
}

/* moments 1 to 4 of a normal are 0 1 0 3; neighbours in a pair, in a point and in points: no
   correlation */
static void test_normals(void **state)
{
  enum { POINTS = 100000, DIM = 5 };
  average moment[4] = {{0}}, pair = {0}, next_pair = {0}, next_point = {0};
  double last = 0;
  (void) state;
  for (uint64_t i = 0; i < POINTS; i++) {
    bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, i);
    double z[DIM];
    bgen_rng_normals(&rng, DIM, z);
    for (int j = 0; j < DIM; j++)
      for (int p = 0; p < 4; p++) average_add(&moment[p], pow(z[j], p + 1));
    average_add(&pair, z[0] * z[1]);
    average_add(&next_pair, z[1] * z[2]);
    if (i) average_add(&next_point, last * z[0]);
    last = z[0];
  }
  for (int p = 0; p < 4; p++) CHECK_MEAN(&moment[p], p == 1 ? 1 : p == 3 ? 3 : 0);
  CHECK_MEAN(&pair, 0);
  CHECK_MEAN(&next_pair, 0);
  CHECK_MEAN(&next_point, 0);
}

/* an odd number of normals is the beginning of the next even one, and takes as many blocks */
static void test_odd_normals(void **state)
{
  bgen_rng a = bgen_rng_at(4, BGEN_STREAM_TEST, 9), b = a;
  double seven[7], eight[8];
  (void) state;
  bgen_rng_normals(&a, 7, seven);
  bgen_rng_normals(&b, 8, eight);
  CHECK_SAME(7, seven, eight);
  assert_int_equal(a.block, 4);
  assert_int_equal(b.block, 4);
}

static void test_below(void **state)
{
  enum { CELLS = 7 };
  size_t count[CELLS] = {0};
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, 1);
  (void) state;
  for (int i = 0; i < 70000; i++) {
    const uint64_t k = bgen_rng_below(&rng, CELLS);
    assert_true(k < CELLS);
    count[k]++;
  }
  CHECK_WITHIN(chi_square_sigmas(CELLS, count), -5, 5);
  assert_true(bgen_rng_below(&rng, 1) == 0);
}

static void test_permutation_is_one(void **state)
{
  bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, 2);
  (void) state;
  for (size_t n = 0; n < 70; n++) {
    size_t order[70], seen[70] = {0};
    bgen_rng_permutation(&rng, n, order);
    for (size_t i = 0; i < n; i++) {
      assert_true(order[i] < n);
      seen[order[i]]++;
    }
    for (size_t i = 0; i < n; i++) assert_true(seen[i] == 1);
  }
}

/* all 24 orders of four things come equally often */
static void test_permutation_is_uniform(void **state)
{
  size_t count[256] = {0}, seen[24], n_seen = 0;
  (void) state;
  for (uint64_t i = 0; i < 24000; i++) {
    bgen_rng rng = bgen_rng_at(7, BGEN_STREAM_TEST, i);
    size_t order[4];
    bgen_rng_permutation(&rng, 4, order);
    count[order[0] + 4 * (order[1] + 4 * (order[2] + 4 * order[3]))]++;
  }
  for (size_t k = 0; k < 256; k++)
    if (count[k]) {
      assert_true(n_seen < 24);
      seen[n_seen++] = count[k];
    }
  assert_int_equal(n_seen, 24);
  CHECK_WITHIN(chi_square_sigmas(24, seen), -5, 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_answers),
      cmocka_unit_test(test_pinned_draws),
      cmocka_unit_test(test_streams_are_apart),
      cmocka_unit_test(test_choice),
      cmocka_unit_test(test_uniform),
      cmocka_unit_test(test_normals),
      cmocka_unit_test(test_odd_normals),
      cmocka_unit_test(test_below),
      cmocka_unit_test(test_permutation_is_one),
      cmocka_unit_test(test_permutation_is_uniform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
