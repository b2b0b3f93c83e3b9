/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "train/held_out.h"

#include <string.h>

#include "check.h"

enum { MOST = 4000 };

static char held[MOST];

static size_t hold_out(size_t n_walkers, const size_t *end, size_t first, double fraction)
{
  memset(held, 0, sizeof held);
  return bgen_hold_out(&(bgen_runs){n_walkers, end}, NULL, first, fraction, held);
}

static size_t count(size_t begin, size_t end)
{
  size_t n = 0;
  for (size_t i = begin; i < end; i++) n += (size_t) held[i];
  return n;
}

static void test_whole_walkers(void **state)
{
  (void) state;
  size_t end[20];
  for (size_t r = 0; r < 20; r++) end[r] = 100 * (r + 1);
  assert_int_equal(hold_out(20, end, 0, 0.1), 2);
  assert_int_equal(count(0, 2000), 200);
  for (size_t r = 0; r < 20; r++) {
    const size_t n = count(100 * r, 100 * (r + 1));
    assert_true(n == 0 || n == 100);
  }
  assert_int_equal(hold_out(20, end, 0, 0.5), 10);
  assert_int_equal(hold_out(5, end, 0, 0.1), 1); /* 20 %, twice what was asked */
  assert_int_equal(count(0, 500), 100);
}

/* walkers of different lengths: never much more than what was asked */
static void test_long_walkers(void **state)
{
  (void) state;
  const size_t last[] = {100, 200, 300, 400, 1300}, half[] = {10, 20, 1020}, begin[] = {1000, 1010};
  assert_int_equal(hold_out(5, last, 0, 0.1), 1);
  assert_true(count(0, 100) == 100 && count(0, 1300) == 100);
  assert_int_equal(hold_out(3, half, 0, 0.5), 1);
  assert_true(count(0, 10) == 10 && count(0, 1020) == 10);
  assert_int_equal(hold_out(2, begin, 0, 0.5), 1);
  assert_true(count(1000, 1010) == 10 && count(0, 1010) == 10);
}

static void test_blocks(void **state)
{
  (void) state;
  const size_t end[] = {100, 300, 300, 700};
  assert_int_equal(hold_out(1, end, 0, 0.2), 0);
  assert_true(count(0, 100) == 20 && count(80, 100) == 20);
  assert_int_equal(hold_out(4, end, 0, 0.1), 0); /* three with frames would be a third or more */
  assert_true(count(0, 100) == 10 && count(90, 100) == 10);
  assert_true(count(100, 300) == 20 && count(280, 300) == 20);
  assert_true(count(300, 700) == 40 && count(660, 700) == 40);
}

/* what a flow has learned is never held out: neither frames nor the walkers that they go on from */
static void test_new_frames(void **state)
{
  (void) state;
  const size_t end[] = {100, 250, 300, 350, 400, 450, 500};
  assert_int_equal(hold_out(7, end, 200, 0.2), 1);
  assert_int_equal(count(0, 250), 0);
  assert_int_equal(count(250, 500), 50);
  assert_int_equal(hold_out(2, end, 200, 0.2), 0);
  assert_true(count(0, 240) == 0 && count(240, 250) == 10);
  assert_int_equal(hold_out(7, end, 500, 0.2), 0);
  assert_int_equal(count(0, 500), 0);
}

/* walkers that come in turns: the pieces of one are not walkers that begin */
static void test_pieces(void **state)
{
  (void) state;
  const size_t end[] = {100, 200, 300, 400};
  const bgen_runs runs = {4, end};
  const bool all[] = {true, true, true, true}, two[] = {true, false, true, false};
  memset(held, 0, sizeof held);
  assert_int_equal(bgen_hold_out(&runs, all, 200, 0.5, held), 0);
  assert_true(count(0, 200) == 0 && count(250, 300) == 50 && count(350, 400) == 50);
  memset(held, 0, sizeof held);
  assert_int_equal(bgen_hold_out(&runs, two, 0, 0.5, held), 1);
  assert_true(count(0, 400) == 100 && count(100, 200) + count(300, 400) == 100);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_whole_walkers), cmocka_unit_test(test_long_walkers),
      cmocka_unit_test(test_blocks),        cmocka_unit_test(test_pieces),
      cmocka_unit_test(test_new_frames),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
