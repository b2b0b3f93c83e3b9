/* SPDX-License-Identifier: GPL-2.0-or-later
   The values of FNV-1a with 64 bits that its authors publish. */
#include "base/hash.h"

#include <string.h>

#include "check.h"

static uint64_t of_text(const char *text)
{
  return bgen_hash_bytes(BGEN_HASH_START, text, strlen(text));
}

static void test_published(void **state)
{
  (void) state;
  assert_true(of_text("") == UINT64_C(0xcbf29ce484222325));
  assert_true(of_text("a") == UINT64_C(0xaf63dc4c8601ec8c));
  assert_true(of_text("foobar") == UINT64_C(0x85944171f73967e8));
}

static void test_goes_on(void **state)
{
  (void) state;
  const uint64_t half = of_text("foo");
  assert_true(bgen_hash_bytes(half, "bar", 3) == of_text("foobar"));
  assert_true(bgen_hash_bytes(half, NULL, 0) == half);
}

/* lowest byte first, negative numbers too */
static void test_integers(void **state)
{
  const char bytes[16] = {8, 7, 6, 5, 4, 3, 2, 1, '\xfe', -1, -1, -1, -1, -1, -1, -1};
  (void) state;
  uint64_t hash = bgen_hash_integer(BGEN_HASH_START, INT64_C(0x0102030405060708));
  hash = bgen_hash_integer(hash, -2);
  assert_true(hash == bgen_hash_bytes(BGEN_HASH_START, bytes, sizeof bytes));
}

/* the check value of CRC-32/ISO-HDLC, and in two parts */
static void test_crc(void **state)
{
  (void) state;
  assert_int_equal(bgen_crc32(0, "123456789", 9), 0xCBF43926);
  assert_int_equal(bgen_crc32(bgen_crc32(0, "1234", 4), "56789", 5), 0xCBF43926);
  assert_int_equal(bgen_crc32(0, NULL, 0), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_published),
                                     cmocka_unit_test(test_goes_on),
                                     cmocka_unit_test(test_integers), cmocka_unit_test(test_crc)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
