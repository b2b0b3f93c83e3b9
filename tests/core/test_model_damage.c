/* SPDX-License-Identifier: GPL-2.0-or-later
   A model file that is damaged, or that somebody else has made, is refused in one sentence, and the
   model is what it was. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "fixture.h"
#include "model/model_file.h"

static const char *const path = "test_model_damage.bgen";
static const bgen_note notes[] = {{"units", "metal", true}};

enum { DIM = 4, POINTS = 5, PREFIX = 8 };

/* a file as it was saved, and what is made of it */
static char *whole, *bytes;
static size_t n;
static model m;
static double x[POINTS * DIM], before[POINTS], after[POINTS];

static char *read_all(size_t *size)
{
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  *size = (size_t) ftell(file);
  rewind(file);
  char *all = must_allocate(*size + 1);
  assert_int_equal(fread(all, 1, *size, file), *size);
  all[*size] = '\0';
  fclose(file);
  return all;
}

static void write_all(size_t size, const char *all)
{
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(all, 1, size, file), size);
  fclose(file);
}

/* all kinds of derived arrays: whiten, actnorm, mixture */
static int set_up(void **state)
{
  (void) state;
  m = make_model((bgen_layout){2, 2}, no_symmetry, 2,
                 "whiten; actnorm; realnvp blocks 1 width 2 depth 1; mixture modes 2", 0.2, 1);
  fill_frames(3, POINTS, DIM, x);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, before));
  CHECK_OK(bgen_model_save(m.g, 1, notes, path));
  whole = read_all(&n);
  bytes = must_allocate(n + 100);
  memcpy(bytes, whole, n);
  return 0;
}

static int tear_down(void **state)
{
  (void) state;
  free(whole), free(bytes);
  free_model(&m);
  remove(path);
  return 0;
}

static bgen_status load(size_t size)
{
  write_all(size, bytes);
  return bgen_model_load(m.g, 1, notes, path, NULL);
}

static void check_unchanged(void)
{
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, after));
  CHECK_SAME(POINTS, before, after);
}

/* the place in the header where a text begins */
static size_t find(const char *text)
{
  for (size_t i = PREFIX; i + strlen(text) <= n; i++)
    if (!memcmp(bytes + i, text, strlen(text))) return i;
  fail_msg("there is no %s in the header", text);
  return 0;
}

/* of the same length */
static void replace(const char *old, const char *with)
{
  assert_int_equal(strlen(old), strlen(with));
  memcpy(bytes + find(old), with, strlen(with));
}

/* as revision 1, in which nothing says that a change is damage */
static void drop_checksum(void)
{
  replace("\"bgen_revision\":\"2\"", "\"bgen_revision\":\"1\"");
  replace("\"checksum\"", "\"checksun\"");
}

static void set_checksum(void)
{
  char digits[9];
  const size_t at = find("\"checksum\":\"") + 12;
  memset(bytes + at, '0', 8);
  snprintf(digits, sizeof digits, "%08x", (unsigned) bgen_crc32(0, bytes, n));
  memcpy(bytes + at, digits, 8);
}

/* ---- bits ---- */

/* one byte of the file; the others stay where they are */
static void put(int file, size_t i, char byte)
{
  assert_int_equal(pwrite(file, &byte, 1, (off_t) i), 1);
}

static void test_each_bit(void **state)
{
  const int file = open(path, O_WRONLY);
  (void) state;
  for (size_t i = 0; i < 8 * n; i++) {
    put(file, i / 8, (char) (whole[i / 8] ^ 1 << i % 8));
    const bgen_status status = bgen_model_load(m.g, 1, notes, path, NULL);
    if (status != BGEN_BAD_FILE) fail_msg("bit %zu: %d %s", i, (int) status, bgen_last_error());
    put(file, i / 8, whole[i / 8]);
  }
  close(file);
  check_unchanged();
  CHECK_OK(load(n));
}

static void test_sentence(void **state)
{
  (void) state;
  bytes[n - 3] ^= 4; /* in a reference, which may be anything */
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "test_model_damage.bgen is damaged: its checksum is");
  check_unchanged();
  set_checksum();
  CHECK_OK(load(n));
}

static void test_cut_and_longer(void **state)
{
  (void) state;
  for (size_t size = 0; size < n; size++) assert_int_equal(load(size), BGEN_BAD_FILE);
  bytes[n] = 7;
  CHECK_REFUSED(load(n + 1), BGEN_BAD_FILE, "do not cover");
  drop_checksum();
  CHECK_REFUSED(load(n + 1), BGEN_BAD_FILE, "do not cover");
  check_unchanged();
}

/* ---- without a checksum ---- */

static void test_older_revision(void **state)
{
  bgen_model_says says = {"units", "", false};
  (void) state;
  CHECK_OK(bgen_model_load(m.g, 1, notes, path, &says));
  assert_true(says.has_checksum);
  assert_string_equal(says.value, notes[0].value);
  says.key = "no such key";
  drop_checksum();
  write_all(n, bytes);
  CHECK_OK(bgen_model_load(m.g, 1, notes, path, &says));
  assert_false(says.has_checksum);
  assert_string_equal(says.value, "");
  check_unchanged();
  replace("\"bgen_revision\":\"1\"", "\"bgen_revision\":\"2\"");
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "has no checksum");
  replace("\"bgen_revision\":\"2\"", "\"bgen_revision\":\"3\"");
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "revision '3'");
}

/* of who writes JSON with blanks, as Python does */
static void test_blanks_before_the_digits(void **state)
{
  const size_t key = find("\"checksum\":");
  (void) state;
  char *longer = must_allocate(n + 8);
  memcpy(longer, bytes, key + 11);
  memset(longer + key + 11, ' ', 8);
  memcpy(longer + key + 19, bytes + key + 11, n - key - 11);
  uint64_t length;
  memcpy(&length, longer, PREFIX);
  length += 8;
  memcpy(longer, &length, PREFIX);
  memset(longer + key + 20, '0', 8);
  char digits[9];
  snprintf(digits, sizeof digits, "%08x", (unsigned) bgen_crc32(0, longer, n + 8));
  memcpy(longer + key + 20, digits, 8);
  write_all(n + 8, longer);
  CHECK_OK(bgen_model_load(m.g, 1, notes, path, NULL));
  longer[n]++;
  write_all(n + 8, longer);
  CHECK_REFUSED(bgen_model_load(m.g, 1, notes, path, NULL), BGEN_BAD_FILE, "damaged");
  free(longer);
}

/* ---- what a header may not say ---- */

static void check_header(const char *old, const char *with, const char *sentence)
{
  memcpy(bytes, whole, n);
  drop_checksum();
  replace(old, with);
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, sentence);
  check_unchanged();
}

static void test_headers(void **state)
{
  char own[60], other[60];
  const char *const theta = strstr(whole + PREFIX, "\"a.theta\"");
  int first = 0, last = 0;
  (void) state;
  assert_int_equal(sscanf(strstr(theta, "data_offsets"), "data_offsets\":[%d,%d]", &first, &last),
                   2);
  snprintf(own, sizeof own, "[%d,%d]", first, last);
  snprintf(other, sizeof other, "[%d,%d]", first + 4, last);
  check_header(own, other, "do not cover"); /* a gap */
  snprintf(other, sizeof other, "[%d,%d]", first, last + 4);
  check_header(own, other, "do not cover"); /* an overlap */
  snprintf(other, sizeof other, "[9,%d]", last);
  snprintf(own, sizeof own, "[%d,%d]", first, last);
  check_header(own, other, "do not cover"); /* not in order */
  check_header("[0,", "[.,", "not JSON");
  check_header("\"F64\"", "\"F32\"", "no tensor a.fitted");
  check_header("\"F64\"", "\"I64\"", "no tensor a.fitted");
  check_header("\"b.theta\"", "\"b.thetb\"", "no tensor b.theta");
  check_header("\"b.theta\"", "\"a.theta\"", "no tensor b.theta");
  check_header("\"shape\":[", "\"shapf\":[", "no tensor a.theta");
  snprintf(own, sizeof own, "\"shape\":[%zu]", bgen_generator_n_params(m.g, 0));
  snprintf(other, sizeof other, "\"shape\":[%zu]", bgen_generator_n_params(m.g, 0) ^ 1);
  check_header(own, other, "no tensor a.theta");
  check_header("\"spec\"", "\"spfc\"", "no entry 'spec'");
  check_header("\"bgen_revision\"", "\"bgen_revisiom\"", "no bgen_revision");
  check_header("\"temperature\":\"1\"", "\"temperature\":\"0\"", "temperature");
  check_header("\"a.weight\":\"0.3", "\"a.weight\":\"0.4", "weights sum to");
  check_header("{\"__meta", " \"__meta", "not JSON");
}

/* ---- numbers that were made of others ---- */

static size_t data_start(void)
{
  uint64_t length;
  memcpy(&length, whole, PREFIX);
  return PREFIX + (size_t) length;
}

/* Each number of the array a.fitted becomes larger by a thousandth.  What may be anything:
   the means of whiten, of actnorm and of the modes. */
static void test_derived_arrays(void **state)
{
  const bgen_flow *flow = bgen_generator_flow(m.g, 0);
  const size_t n_fitted = bgen_flow_n_fitted(flow);
  const size_t first = data_start() + flow->map->n_params * sizeof(bgen_real);
  size_t n_refused = 0;
  (void) state;
  drop_checksum();
  for (size_t i = 0; i < n_fitted; i++) {
    double value;
    memcpy(&value, whole + first + i * 8, 8);
    const double other = value + 0.001;
    memcpy(bytes + first + i * 8, &other, 8);
    const bgen_status status = load(n);
    n_refused += status == BGEN_BAD_FILE;
    memcpy(bytes + first + i * 8, &value, 8);
    CHECK_OK(load(n));
  }
  assert_int_equal(n_refused, n_fitted - 2 * DIM - 2 * DIM);
  check_unchanged();
}

static void test_sentences_of_arrays(void **state)
{
  const bgen_flow *flow = bgen_generator_flow(m.g, 0);
  const size_t first = data_start() + flow->map->n_params * sizeof(bgen_real) + DIM * 8;
  const double log_det = 3, nothing = NAN;
  (void) state;
  drop_checksum();
  memcpy(bytes + first, &nothing, 8);
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "a.fitted contains a number that is not finite");
  check_unchanged();
  /* maps stand from latent to data, so that of actnorm is first: mean, width, sum */
  memcpy(bytes + first, whole + first, 8);
  memcpy(bytes + first + DIM * 8, &log_det, 8);
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "a.fitted: actnorm: widths and the sum");
  memcpy(bytes + first + DIM * 8, whole + first + DIM * 8, 8);
  memcpy(bytes + first + (DIM + 1 + DIM) * 8, &log_det, 8);
  CHECK_REFUSED(load(n), BGEN_BAD_FILE, "a.fitted: whiten: ln|det S| is");
}

/* ---- what is no file ---- */

static void test_no_regular_file(void **state)
{
  (void) state;
  remove(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  alarm(20); /* instead of for ever */
  CHECK_REFUSED(bgen_model_load(m.g, 1, notes, path, NULL), BGEN_BAD_FILE, "not a regular file");
  alarm(0);
  CHECK_REFUSED(bgen_model_load(m.g, 1, notes, "/dev/zero", NULL), BGEN_BAD_FILE, "not a regular");
  CHECK_REFUSED(bgen_model_load(m.g, 1, notes, ".", NULL), BGEN_BAD_FILE, "not a regular file");
  check_unchanged();
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {WITH_FILE(test_each_bit),
                                     WITH_FILE(test_sentence),
                                     WITH_FILE(test_cut_and_longer),
                                     WITH_FILE(test_older_revision),
                                     WITH_FILE(test_blanks_before_the_digits),
                                     WITH_FILE(test_headers),
                                     WITH_FILE(test_derived_arrays),
                                     WITH_FILE(test_sentences_of_arrays),
                                     WITH_FILE(test_no_regular_file)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
