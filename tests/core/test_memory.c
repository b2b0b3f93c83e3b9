/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memory.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "sample/annealed_move.h"
#include "sample/population.h"

static const double GIB = 1024.0 * 1024 * 1024;

static void test_limit(void **state)
{
  (void) state;
  struct rlimit old, less = {RLIM_INFINITY, RLIM_INFINITY};
  const double most = bgen_memory_limit();
  assert_true(most > 0.01 * GIB && most < 1e6 * GIB);
  assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
  less.rlim_max = old.rlim_max;
  less.rlim_cur = (rlim_t) (most / 2);
  assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
  assert_true(bgen_memory_limit() <= most / 2 && bgen_memory_limit() >= most / 2 - 1);
  assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
  assert_true(bgen_memory_limit() == most);
}

static void test_sentence(void **state)
{
  (void) state;
  assert_int_equal(bgen_memory_check(1e6, "%d frames", 7), BGEN_OK);
  assert_int_equal(bgen_memory_check(0, "nothing"), BGEN_OK);
  assert_int_equal(bgen_memory_check(3e6 * GIB, "%d frames", 7), BGEN_NO_MEMORY);
  assert_non_null(strstr(bgen_last_error(), "7 frames would take 3e+06 GiB of memory"));
  assert_non_null(strstr(bgen_last_error(), "may have only"));
  assert_int_equal(bgen_memory_check(INFINITY, "all"), BGEN_NO_MEMORY);
  assert_int_equal(bgen_memory_check(NAN, "none"), BGEN_NO_MEMORY);
}

/* whose sizes a user chooses: products that would overflow 64 bits are among them */
static void test_creation(void **state)
{
  (void) state;
  bgen_population *population = NULL;
  for (size_t n = (size_t) 1 << 40; n <= (size_t) 1 << 60; n <<= 2) {
    assert_int_equal(bgen_population_create(NULL, NULL, false, 1000, n, &population),
                     BGEN_NO_MEMORY);
    assert_non_null(strstr(bgen_last_error(), "walkers would take"));
  }
  bgen_annealed_move *move = NULL;
  const bgen_annealed_way way = {BGEN_START_ANY, (size_t) 1 << 60, false, false};
  assert_int_equal(bgen_annealed_move_create(NULL, NULL, &way, &move), BGEN_NO_MEMORY);
  assert_non_null(strstr(bgen_last_error(), "steps would take"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_limit),
      cmocka_unit_test(test_sentence),
      cmocka_unit_test(test_creation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
