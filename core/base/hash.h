/* SPDX-License-Identifier: MIT
   hash.h - checksums of bytes: FNV-1a of 64 bits (Fowler, Noll and Vo), and CRC-32.

     uint64_t hash = BGEN_HASH_START;
     hash = bgen_hash_bytes(hash, theta, n * sizeof *theta);
     hash = bgen_hash_integer(hash, id); */
#ifndef BGEN_BASE_HASH_H
#define BGEN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/api.h"

BGEN_API_BEGIN

/* the hash of nothing */
#define BGEN_HASH_START UINT64_C(14695981039346656037)

/* The hash of what was hashed before, followed by n bytes as they lie in memory. */
uint64_t bgen_hash_bytes(uint64_t hash, const void *bytes, size_t n);

/* The same with the eight bytes of an integer, the lowest first on every machine. */
uint64_t bgen_hash_integer(uint64_t hash, int64_t number);

/* CRC-32 as in zip, PNG and zlib.crc32() of Python: crc of what was before, 0 of nothing. */
uint32_t bgen_crc32(uint32_t crc, const void *bytes, size_t n);

BGEN_API_END
#endif
