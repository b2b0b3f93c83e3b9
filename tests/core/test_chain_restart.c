/* SPDX-License-Identifier: GPL-2.0-or-later
   A chain that was packed goes on bit for bit, and nothing that is no chain is taken for one. */
#include "sample/chain_restart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "chains.h"
#include "estimate/visits.h"
#include "fixture.h"

enum { N = 700, WORD = 8, TALLY = 13 /* words of one */ };

/* ---- what fits ---- */

static void test_goes_on(void **state)
{
  bgen_markov_chain *first = make_chain(5), *second = make_chain(99);
  size_t n, n_bytes;
  (void) state;
  for (int round = 0; round < 3; round++) {
    live(first, N);
    uint64_t *words = packed(first, &n);
    CHECK_OK(bgen_restart_size(words, &n_bytes));
    assert_int_equal(n_bytes, n * WORD);
    CHECK_OK(bgen_markov_unpack(second, n_bytes, words));
    free(words);
    check_same_chains(first, second);
    bgen_markov_works_since(second, bgen_markov_totals(second), TRANSFER, 0, 1, &n);
    assert_int_equal(n, 0); /* the totals know how many works there are */
    live(second, N);
    live(first, N);
    check_same_chains(first, second);
  }
  assert_int_equal(bgen_markov_seed(second), 5);
  assert_true(bgen_markov_has_offsets(second));
  bgen_markov_destroy(first);
  bgen_markov_destroy(second);
}

/* The smallest chain, word by word: files of this revision stay readable. */
static bgen_markov_chain *smallest(void)
{
  const bgen_markov_move move = {.frequency = 1};
  const bgen_markov_options options = {.seed = 6,
                                       .n_basins = 1,
                                       .n_moves = 1,
                                       .move = &move,
                                       .moves = "ab",
                                       .cvs = "",
                                       .basins = "c",
                                       .offsets = "none"};
  bgen_markov_chain *chain;
  CHECK_OK(bgen_markov_create(&options, &chain));
  bgen_markov_begin(chain, 9, 2.5);
  bgen_attempt attempt = bgen_attempt_begin(0, 0);
  attempt.to = 0, attempt.accepted = true, attempt.proposals = 3, attempt.energy_calls = 4;
  attempt.outside = 1, attempt.refused = 2, attempt.seconds = 0.5;
  CHECK_OK(bgen_markov_add(chain, &attempt));
  for (int i = BGEN_COUNT_SAMPLES; i < BGEN_COUNT_WORKS_DROPPED; i++)
    bgen_markov_count_up(chain, (bgen_counter) i, 100 + BGEN_COUNT_WORKS_DROPPED - i);
  return chain;
}

static void test_form(void **state)
{
  enum { SIZE = 17 + 16 + 4 * TALLY + 2 + 2 + 1 + 64 + 2 + 2 };
  uint64_t expected[SIZE] = {BGEN_RESTART_REVISION,
                             SIZE,
                             0,
                             0,
                             2,
                             'a',
                             'b',
                             0,
                             1,
                             'c',
                             4,
                             'n',
                             'o',
                             'n',
                             'e', /* texts */
                             6,
                             9,
                             0,
                             0,
                             3,
                             1000,
                             107,
                             106,
                             105,
                             104,
                             103,
                             102,
                             101,
                             1};
  const double temperature = 2.5, seconds = 0.5;
  uint64_t found[SIZE];
  bgen_markov_chain *chain = smallest();
  (void) state;
  memcpy(&expected[17], &temperature, WORD);
  uint64_t *tally = &expected[33 + 3 * TALLY]; /* from the basin to itself, the last of four */
  tally[0] = 1, tally[1] = 1, tally[2] = 1, tally[3] = 2, tally[5] = 4;
  memcpy(&tally[TALLY - 1], &seconds, WORD);
  uint64_t *rest = tally + TALLY;
  rest[0] = 0;                  /* works */
  rest[1] = 1;                  /* offset, 0 */
  rest[3] = 0;                  /* tuned */
  rest[4] = BGEN_VISITS_BLOCKS; /* visits, all in the first */
  rest[5] = 1;
  rest[69] = 1, rest[70] = 1; /* length of a block, moments */
  rest[72] = 1;               /* no crossings, the moment of the last visit */
  expected[2] = bgen_hash_bytes(BGEN_HASH_START, expected + 4, (SIZE - 4) * WORD);
  expected[3] = bgen_hash_bytes(BGEN_HASH_START, expected, 3 * WORD);
  assert_int_equal(bgen_markov_packed_size(chain), SIZE);
  bgen_markov_pack(chain, 1000, found);
  CHECK_SAME(SIZE, found, expected);
  bgen_markov_destroy(chain);
}

/* ---- what does not fit ---- */

static bgen_markov_chain *whole, *other;
static uint64_t *words;
static size_t n_words;

static int set_up(void **state)
{
  (void) state;
  whole = make_chain(5), other = make_chain(6);
  live(whole, 60);
  live(other, 30);
  words = packed(whole, &n_words);
  return 0;
}

static int tear_down(void **state)
{
  (void) state;
  free(words);
  bgen_markov_destroy(whole);
  bgen_markov_destroy(other);
  return 0;
}

/* whose checksums are right: what is wrong is seen for what it is */
static bgen_status unpack(void)
{
  bgen_restart_seal(words);
  return bgen_markov_unpack(other, n_words * WORD, words);
}

/* refused, and the chain is what it was */
static void check_refused(bgen_status expected, const char *sentence)
{
  size_t n;
  uint64_t *before = packed(other, &n);
  CHECK_REFUSED(unpack(), expected, sentence);
  uint64_t *after = packed(other, &n);
  CHECK_SAME(n, before, after);
  free(before);
  free(after);
}

static void test_other_versions(void **state)
{
  size_t n_bytes;
  (void) state;
  words[0] = BGEN_RESTART_REVISION - 1;
  CHECK_REFUSED(bgen_restart_size(words, &n_bytes), BGEN_BAD_FILE, "revision 8, expected 9");
  check_refused(BGEN_BAD_FILE, "another version");
  words[0] = BGEN_RESTART_REVISION, words[1] = UINT64_MAX;
  CHECK_REFUSED(bgen_restart_size(words, &n_bytes), BGEN_BAD_FILE, "its first words are damaged");
  words[3] = bgen_hash_bytes(BGEN_HASH_START, words, 3 * WORD);
  CHECK_REFUSED(bgen_restart_size(words, &n_bytes), BGEN_BAD_FILE, "18446744073709551615 words");
  words[1] = 1;
  words[3] = bgen_hash_bytes(BGEN_HASH_START, words, 3 * WORD);
  CHECK_REFUSED(bgen_restart_size(words, &n_bytes), BGEN_BAD_FILE, "1 words");
}

/* of another line of the fix: the sentence has both */
static void test_other_options(void **state)
{
  const size_t first_letter = 5;
  (void) state;
  words[first_letter] = 'F';
  check_refused(BGEN_BAD_INPUT, "the moves 'Fresh 2, near 1 auto', not 'fresh 2, near 1 auto'");
  words[first_letter] = UINT64_C(1) << 40;
  check_refused(BGEN_BAD_FILE, "letters");
  words[first_letter - 1] = UINT64_MAX;
  check_refused(BGEN_BAD_FILE, "longer than the rest");
}

/* a file that was cut off anywhere, whatever its head says */
static void test_truncated(void **state)
{
  const size_t all = n_words;
  (void) state;
  for (n_words = 0; n_words < all; n_words++) {
    if (n_words > 3) words[1] = n_words, bgen_restart_seal(words);
    uint64_t *cut = must_allocate(n_words * WORD + 1);
    memcpy(cut, words, n_words * WORD);
    assert_int_equal(bgen_markov_unpack(other, n_words * WORD, cut), BGEN_BAD_FILE);
    free(cut);
  }
}

static void test_too_long(void **state)
{
  (void) state;
  uint64_t *longer = must_allocate((n_words + 1) * WORD);
  memcpy(longer, words, n_words * WORD);
  longer[n_words] = 0, longer[1] = n_words + 1;
  bgen_restart_seal(longer);
  CHECK_REFUSED(bgen_markov_unpack(other, (n_words + 1) * WORD, longer), BGEN_BAD_FILE,
                "belongs to nothing");
  CHECK_REFUSED(bgen_markov_unpack(other, n_words * WORD, longer), BGEN_BAD_FILE, "length");
  free(longer);
}

/* any bit of it: nothing has changed, and the first words tell before more is read */
static void test_each_bit(void **state)
{
  size_t n, n_bytes;
  uint64_t *before = packed(other, &n);
  (void) state;
  for (size_t i = 0; i < 64 * n_words; i++) {
    words[i / 64] ^= UINT64_C(1) << i % 64;
    if (i < 256 && (i < 128 || i >= 192))
      assert_int_equal(bgen_restart_size(words, &n_bytes), BGEN_BAD_FILE);
    assert_int_equal(bgen_markov_unpack(other, n_words * WORD, words), BGEN_BAD_FILE);
    words[i / 64] ^= UINT64_C(1) << i % 64;
  }
  words[n_words - 1]++;
  CHECK_REFUSED(bgen_markov_unpack(other, n_words * WORD, words), BGEN_BAD_FILE, "it is damaged");
  uint64_t *after = packed(other, &n);
  CHECK_SAME(n, before, after);
  free(before), free(after);
}

/* Each word in turn becomes one that is hardly meant: refused, and nothing has changed, or it is a
   number that may be anything (the seed, the checksum, a count, a work), and then the chain can go
   on. */
static void check_damaged(uint64_t value, size_t *n_refused)
{
  for (size_t i = 0; i < n_words; i++) {
    const uint64_t right = words[i];
    words[i] = value;
    const bgen_status status = i == 1 ? BGEN_BAD_FILE : unpack();
    words[i] = right;
    *n_refused += status != BGEN_OK;
    if (status == BGEN_OK) live(other, 3);
  }
}

static uint64_t bits_of(double number)
{
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static void test_damaged(void **state)
{
  const uint64_t values[] = {UINT64_MAX, UINT64_C(1) << 60, UINT64_C(1) << 40, 1000, 1,
                             0,          bits_of(NAN),      bits_of(-INFINITY)};
  size_t n_refused[8] = {0};
  (void) state;
  for (size_t k = 0; k < 8; k++) {
    check_damaged(values[k], &n_refused[k]);
    print_message("%016llx in each of %zu words: refused %zu times\n",
                  (unsigned long long) values[k], n_words, n_refused[k]);
  }
  assert_int_equal(n_refused[0], n_words - 4); /* seed, model; checksums are made */
  assert_int_equal(n_refused[6], n_words - 4); /* NaN, as a count: too large */
}

/* the word that stands after the counts and tallies: the length of the first list of works */
static size_t first_list(void)
{
  size_t at = 4;
  for (int text = 0; text < 4; text++) at += 1 + words[at];
  return at + 4 + BGEN_N_COUNTERS + CHAIN_MOVES * 16 * TALLY;
}

/* so large that the sum of all tallies would be no number */
static void test_largest_tally(void **state)
{
  uint64_t *tally = words + first_list() - CHAIN_MOVES * 16 * TALLY;
  (void) state;
  tally[0] = (UINT64_C(1) << 62) / (CHAIN_MOVES * 16) + 1;
  check_refused(BGEN_BAD_FILE, "a tally is negative or too large");
  tally[0]--;
  CHECK_OK(unpack());
  assert_true(bgen_totals_attempts(bgen_markov_totals(other)) > 0);
}

static void test_sentences(void **state)
{
  const size_t lists = first_list(), seed = lists - CHAIN_MOVES * 16 * TALLY - BGEN_N_COUNTERS - 4;
  (void) state;
  const uint64_t right[] = {words[lists], words[seed + 2], words[seed + 3], words[seed + 12]};
  words[lists] = 1 << 20;
  check_refused(BGEN_BAD_FILE, "list of works is longer");
  words[lists] = right[0], words[seed + 2] = bits_of(-1);
  check_refused(BGEN_BAD_FILE, "temperature");
  words[seed + 2] = right[1], words[seed + 3] = 2;
  check_refused(BGEN_BAD_FILE, "tunes");
  words[seed + 3] = right[2], words[seed + 12] = 1 << 30; /* undone */
  check_refused(BGEN_BAD_FILE, "undone");
  words[seed + 12] = right[3];
  uint64_t *exchanges = words + seed + 4 + BGEN_COUNT_EXCHANGES; /* accepted, and plain ones */
  for (int i = 1; i <= 2; i++) {
    exchanges[i] = exchanges[0] + 1;
    check_refused(BGEN_BAD_FILE, "more exchanges were accepted than made");
    exchanges[i] = exchanges[0];
  }
  words[lists - TALLY + 9] = words[lists - TALLY + 8] + 1; /* of the last tally */
  check_refused(BGEN_BAD_FILE, "more steps were undone than tested");
  words[lists - TALLY + 9] = words[lists - TALLY + 8];
  const size_t n_visits = n_words - 3 * 3 - 3; /* crossings and last visits are the last */
  words[n_visits - 1] = 65 * words[n_visits - 2];
  check_refused(BGEN_BAD_FILE, "visits do not fit");
  words[n_visits - 1] = 61,
                   words[n_visits - 3] = 1; /* one in the last block, which is still to come */
  check_refused(BGEN_BAD_FILE, "visits do not fit");
  words[n_visits - 3] = 0;
  words[n_visits - 1] = 3; /* fewer than are in the blocks */
  check_refused(BGEN_BAD_FILE, "visits do not fit");
  words[n_visits - 2] = 0;
  check_refused(BGEN_BAD_FILE, "no length that fits");
}

static void test_crossings(void **state)
{
  (void) state;
  words[n_words - 12] = 1; /* from the first basin to itself */
  check_refused(BGEN_BAD_FILE, "more crossings than visits");
  words[n_words - 12] = 0;
  const uint64_t right = words[n_words - 11];
  words[n_words - 11] = 1 << 20;
  check_refused(BGEN_BAD_FILE, "more crossings than visits");
  words[n_words - 11] = right, words[n_words - 1] = 1 << 20;
  check_refused(BGEN_BAD_FILE, "visit is later");
}

#define WITH_WORDS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_goes_on), cmocka_unit_test(test_form), WITH_WORDS(test_other_versions),
      WITH_WORDS(test_other_options), WITH_WORDS(test_truncated),  WITH_WORDS(test_too_long),
      WITH_WORDS(test_each_bit),      WITH_WORDS(test_damaged),    WITH_WORDS(test_largest_tally),
      WITH_WORDS(test_sentences),     WITH_WORDS(test_crossings)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
