/* SPDX-License-Identifier: MIT */
#include "base/real.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL bgen_multiply_avx512
#define TARGET __attribute__((target("avx512f")))
#define LANES (64 / sizeof(bgen_real))
#define ROWS 8
#define PACKS_PARTS 0
#define VECTORS 3

#ifdef BGEN_DOUBLE_NETWORKS
typedef __m512d vec;
typedef __mmask8 part;
#define INTRINSIC(name) _mm512_##name##_pd
#else
typedef __m512 vec;
typedef __mmask16 part;
#define INTRINSIC(name) _mm512_##name##_ps
#endif

#define zero INTRINSIC(setzero)
#define spread INTRINSIC(set1)
#define load INTRINSIC(loadu)
#define load_part(from, lanes) INTRINSIC(maskz_loadu)(lanes, from)
#define store_part INTRINSIC(mask_storeu)
#define multiply_add INTRINSIC(fmadd)
#define part_of(n) ((part) ((1u << (n)) - 1))

#include "base/product_kernel.h"
#endif
