/* SPDX-License-Identifier: MIT */
#include "base/real.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL bgen_multiply_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES (32 / sizeof(bgen_real))
#define ROWS 6
#define PACKS_PARTS 0
#define VECTORS 2

typedef __m256i part;
#ifdef BGEN_DOUBLE_NETWORKS
typedef __m256d vec;
#define INTRINSIC(name) _mm256_##name##_pd
#define part_of(n) _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3))
#else
typedef __m256 vec;
#define INTRINSIC(name) _mm256_##name##_ps
#define part_of(n)                                                                                 \
  _mm256_cmpgt_epi32(_mm256_set1_epi32((int) (n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#endif

#define zero INTRINSIC(setzero)
#define spread INTRINSIC(set1)
#define load INTRINSIC(loadu)
#define load_part INTRINSIC(maskload)
#define store_part INTRINSIC(maskstore)
#define multiply_add INTRINSIC(fmadd)

#include "base/product_kernel.h"
#endif
