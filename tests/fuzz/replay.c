/* SPDX-License-Identifier: GPL-2.0-or-later
   replay FOLDER ...: each file of them through a fuzzer's function without libFuzzer, as it is and
   with some bytes changed, cut or repeated, the same ones each time. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum { MOST_BYTES = 100000, VARIANTS = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
extern size_t fuzz_n_accepted;

static uint8_t bytes[MOST_BYTES];

/* in memory of its own, so that a sanitizer sees what is read beyond */
static void try_bytes(const uint8_t *data, size_t n)
{
  uint8_t *copy = malloc(n ? n : 1);
  if (!copy) abort();
  memcpy(copy, data, n);
  LLVMFuzzerTestOneInput(copy, n);
  free(copy);
}

static size_t change(bgen_rng *rng, uint8_t *data, size_t n)
{
  const size_t n_changes = 1 + bgen_rng_below(rng, 3);
  for (size_t i = 0; n && i < n_changes; i++) {
    const size_t at = bgen_rng_below(rng, n), from = bgen_rng_below(rng, n);
    const uint64_t kind = bgen_rng_below(rng, 5);
    if (kind == 0) data[at] = (uint8_t) bgen_rng_below(rng, 256);
    if (kind == 1) data[at] = (uint8_t) (data[at] ^ 1U << bgen_rng_below(rng, 8));
    if (kind == 2) data[at] = bgen_rng_below(rng, 2) ? 255 : 0;
    if (kind == 3) n = at;
    if (kind == 4) memmove(data + at, data + from, n - (at > from ? at : from));
  }
  return n;
}

static void replay(const char *folder, const char *name, uint64_t number)
{
  static uint8_t changed[MOST_BYTES];
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) abort();
  const size_t n = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  try_bytes(bytes, n);
  for (uint64_t k = 0; k < VARIANTS; k++) {
    bgen_rng rng = bgen_rng_at(number, BGEN_STREAM_TEST, k);
    memcpy(changed, bytes, n);
    try_bytes(changed, change(&rng, changed, n));
  }
}

static uint64_t replay_all(const char *folder)
{
  struct dirent **entries = NULL;
  const int n = scandir(folder, &entries, NULL, alphasort);
  uint64_t n_files = 0;
  for (int i = 0; i < n; i++) {
    if (entries[i]->d_name[0] != '.') replay(folder, entries[i]->d_name, n_files++);
    free(entries[i]);
  }
  free(entries);
  return n_files;
}

int main(int n_arguments, char **argument)
{
  uint64_t n_files = 0;
  for (int i = 1; i < n_arguments; i++) n_files += replay_all(argument[i]);
  printf("%d files, %d variants of each: %zu were right\n", (int) n_files, VARIANTS,
         fuzz_n_accepted);
  return fuzz_n_accepted == 0;
}
