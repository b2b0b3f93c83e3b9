/* SPDX-License-Identifier: GPL-2.0-or-later
   Bytes as the state of a chain: refused, and nothing has changed, or a chain that goes on and
   packs what it was.  They are read as they are, and with the head that they should have. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sample/chain_restart.h"
#include "subjects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t fuzz_n_accepted;

static uint64_t *packed(const bgen_markov_chain *chain, size_t *n)
{
  *n = bgen_markov_packed_size(chain);
  uint64_t *words = malloc(*n * sizeof *words);
  fuzz_must(words != NULL, "there is memory");
  bgen_markov_pack(chain, bgen_markov_count(chain, BGEN_COUNT_ENERGY_CALLS), words);
  return words;
}

static void unpack(bgen_markov_chain *chain, size_t n, const void *bytes)
{
  size_t n_before, n_after;
  uint64_t *before = packed(chain, &n_before);
  const bool refused = bgen_markov_unpack(chain, n, bytes) != BGEN_OK;
  uint64_t *after = packed(chain, &n_after);
  if (refused)
    fuzz_must(n_before == n_after && !memcmp(before, after, n_after * sizeof *after),
              "what was refused has changed nothing");
  else
    fuzz_must(n == n_after * sizeof *after && !memcmp(bytes, after, n),
              "what was read is packed again");
  free(before);
  free(after);
  fuzz_n_accepted += !refused;
  if (!refused) fuzz_live(chain, 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
  enum { WORD = 8, HEAD = 4 };
  bgen_markov_chain *chain = fuzz_chain();
  unpack(chain, n, data);
  const size_t n_words = n / WORD;
  if (n_words >= HEAD) {
    uint64_t *words = malloc(n_words * WORD);
    fuzz_must(words != NULL, "there is memory");
    memcpy(words, data, n_words * WORD);
    words[0] = BGEN_RESTART_REVISION, words[1] = n_words;
    bgen_restart_seal(words);
    unpack(chain, n_words * WORD, words);
    free(words);
  }
  bgen_markov_destroy(chain);
  return 0;
}
