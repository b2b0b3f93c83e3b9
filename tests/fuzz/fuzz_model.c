/* SPDX-License-Identifier: GPL-2.0-or-later
   Bytes as a model file: refused, or a model that gives densities and can be saved again.  They are
   read as they are, and with the checksum that they should have. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "subjects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t fuzz_n_accepted; /* for a replay: a corpus that is all refused tests nothing */

static bgen_generator *g;
static bgen_workspace *w;
static char path[200], again[220];
static int file = -1;

static void remove_files(void)
{
  unlink(path);
  unlink(again);
}

static void begin(void)
{
  const char *folder = getenv("TMPDIR");
  snprintf(path, sizeof path, "%.150s/fuzz_model.XXXXXX", folder ? folder : "/tmp");
  file = mkstemp(path);
  fuzz_must(file >= 0, "there is a file");
  snprintf(again, sizeof again, "%s.again", path);
  atexit(remove_files);
  g = fuzz_generator();
  fuzz_must(!bgen_workspace_create(g, 1, &w), "there is a workspace");
}

static void use(void)
{
  fuzz_n_accepted++;
  double x[3 * FUZZ_DIM] = {1, -1, 0.5}, log_q[3];
  bgen_draw draw[3];
  bgen_generator_log_q(g, w, 1, 3, x, log_q);
  bgen_generator_sample(g, w, 1, 7, BGEN_STREAM_TEST, 0, 3, x, draw);
  const uint64_t checksum = bgen_generator_checksum(g);
  fuzz_must(!bgen_model_save(g, FUZZ_NOTES, fuzz_notes, again), "what was loaded is saved");
  fuzz_must(!bgen_model_load(g, FUZZ_NOTES, fuzz_notes, again, NULL), "and loaded again");
  fuzz_must(bgen_generator_checksum(g) == checksum, "and is the same");
}

static void load(const uint8_t *data, size_t n)
{
  fuzz_must(ftruncate(file, 0) == 0 && pwrite(file, data, n, 0) == (ssize_t) n, "n are written");
  const uint64_t before = bgen_generator_checksum(g);
  if (!bgen_model_load(g, FUZZ_NOTES, fuzz_notes, path, NULL))
    use();
  else
    fuzz_must(bgen_generator_checksum(g) == before, "what was refused has changed nothing");
}

static uint8_t *digits_of(uint8_t *data, size_t n)
{
  static const char key[] = "\"checksum\":\"";
  const size_t length = sizeof key - 1;
  for (size_t i = 8; i + length + 8 <= n; i++)
    if (!memcmp(data + i, key, length)) return data + i + length;
  return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
  char digits[9];
  if (!g) begin();
  load(data, n);
  uint8_t *copy = malloc(n + 1);
  fuzz_must(copy != NULL, "there is memory");
  if (n) memcpy(copy, data, n);
  uint8_t *at = digits_of(copy, n);
  if (at) {
    memset(at, '0', 8);
    snprintf(digits, sizeof digits, "%08x", (unsigned) bgen_crc32(0, copy, n));
    memcpy(at, digits, 8);
    load(copy, n);
  }
  free(copy);
  return 0;
}
