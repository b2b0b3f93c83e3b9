/* SPDX-License-Identifier: MIT
   chain_restart.h - the state of a Markov chain as words of 8 bytes, for a restart file.

   The first word is the revision of the form, the second how many words there are with the head of
   four, the third the checksum of the words after the head (base/hash.h, FNV-1a), the fourth that
   of the three words before it: so nothing is read that a damaged length promises. */
#ifndef BGEN_SAMPLE_CHAIN_RESTART_H
#define BGEN_SAMPLE_CHAIN_RESTART_H

#include "base/api.h"
#include "sample/chain.h"

BGEN_API_BEGIN

enum {
  BGEN_RESTART_REVISION = 9,
  BGEN_RESTART_HEAD = 32 /* bytes that bgen_restart_size() needs */
};

size_t bgen_markov_packed_size(const bgen_markov_chain *chain); /* words */

/* words[packed_size]; energy_calls: of all runs, the present one included. */
void bgen_markov_pack(const bgen_markov_chain *chain, int64_t energy_calls, uint64_t *words);

/* How many bytes there are in all, from the first BGEN_RESTART_HEAD of them; BGEN_BAD_FILE if
   another version wrote them, which is seen from the first 8, or if they are damaged. */
bgen_status bgen_restart_size(const void *head, size_t *n_bytes);

/* Makes the checksums of words that pack has not written: who makes or mends a state. */
void bgen_restart_seal(uint64_t *words);

/* The chain becomes the one that was packed: its options must have been the same, but for the seed.
   Anything that does not fit is BGEN_BAD_INPUT (another line of options) or BGEN_BAD_FILE (not a
   chain), and then nothing has changed.  bytes need not be aligned. */
bgen_status bgen_markov_unpack(bgen_markov_chain *chain, size_t n_bytes, const void *bytes);

BGEN_API_END
#endif
