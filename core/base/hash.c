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

/* eight steps of the division by the polynomial, its lowest bit the highest power */
static uint32_t remainder_of(uint32_t byte)
{
  for (int bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >> 1 ^ UINT32_C(0xEDB88320) : byte >> 1;
  return byte;
}

uint32_t bgen_crc32(uint32_t crc, const void *bytes, size_t n)
{
  const unsigned char *byte = bytes;
  uint32_t table[256];
  for (uint32_t k = 0; k < 256; k++) table[k] = remainder_of(k);
  crc = ~crc;
  for (size_t i = 0; i < n; i++) crc = crc >> 8 ^ table[(crc ^ byte[i]) & 255];
  return ~crc;
}
