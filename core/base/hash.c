/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

static const uint64_t PRIME = UINT64_C(1099511628211);

uint64_t bgen_hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < n; i++) hash = (hash ^ byte[i]) * PRIME;
  return hash;
}

uint64_t bgen_hash_integer(uint64_t hash, int64_t number)
{
  for (int i = 0; i < 8; i++) hash = (hash ^ (((uint64_t) number >> 8 * i) & 255)) * PRIME;
  return hash;
}
