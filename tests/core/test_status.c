/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/status.h"

#include <omp.h>
#include <string.h>

#include "check.h"

/* first, before anything has failed */
static void test_silent_at_first(void **state)
{
  (void) state;
  assert_string_equal(bgen_last_error(), "");
}

static void test_sentence(void **state)
{
  static const bgen_status all[] = {BGEN_NO_MEMORY, BGEN_BAD_INPUT, BGEN_BAD_FILE, BGEN_NOT_FINITE,
                                    BGEN_NO_CONVERGENCE};
  (void) state;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    assert_int_equal(bgen_fail(all[i], "frame %d of '%s' is %.1f", 17, "open", -2.5), all[i]);
    assert_string_equal(bgen_last_error(), "frame 17 of 'open' is -2.5");
  }
}

static void test_long_sentence_is_cut(void **state)
{
  char word[4000];
  (void) state;
  memset(word, 'w', sizeof word - 1);
  word[sizeof word - 1] = '\0';
  assert_int_equal(bgen_fail(BGEN_BAD_FILE, "unknown %s", word), BGEN_BAD_FILE);
  const size_t length = strlen(bgen_last_error());
  assert_true(length > 100 && length < sizeof word);
  assert_memory_equal(bgen_last_error(), "unknown www", 11);
}

static void test_each_thread_has_its_own(void **state)
{
  char first[4] = "", second[4] = "";
  (void) state;
  bgen_fail(BGEN_BAD_INPUT, "out");
#pragma omp parallel num_threads(2)
  {
    char *mine = omp_get_thread_num() == 0 ? first : second;
    bgen_fail(BGEN_BAD_INPUT, "t%d", omp_get_thread_num());
#pragma omp barrier
    strncpy(mine, bgen_last_error(), 3);
  }
  assert_string_equal(first, "t0");
  assert_string_equal(second, "t1");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_silent_at_first),
      cmocka_unit_test(test_sentence),
      cmocka_unit_test(test_long_sentence_is_cut),
      cmocka_unit_test(test_each_thread_has_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
