/* SPDX-License-Identifier: MIT
   transpose.h - small blocks of networks' numbers turned over, in registers where they can be. */
#ifndef BGEN_BASE_TRANSPOSE_H
#define BGEN_BASE_TRANSPOSE_H

#include "base/real.h"

#if defined(__SSE__) && !defined(BGEN_DOUBLE_NETWORKS)
#include <xmmintrin.h>
#endif

enum { BGEN_BLOCK = 4 };

/* to[i * to_row + j] = from[j][i], i and j < BGEN_BLOCK; to overlaps none of them. */
static inline __attribute__((always_inline)) void
bgen_transpose_block(const bgen_real *const from[BGEN_BLOCK], bgen_real *to, size_t to_row)
{
#if defined(__SSE__) && !defined(BGEN_DOUBLE_NETWORKS)
  __m128 a = _mm_loadu_ps(from[0]), b = _mm_loadu_ps(from[1]), c = _mm_loadu_ps(from[2]),
         d = _mm_loadu_ps(from[3]);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(to, a), _mm_storeu_ps(to + to_row, b);
  _mm_storeu_ps(to + 2 * to_row, c), _mm_storeu_ps(to + 3 * to_row, d);
#else
  for (size_t i = 0; i < BGEN_BLOCK; i++)
    for (size_t j = 0; j < BGEN_BLOCK; j++) to[i * to_row + j] = from[j][i];
#endif
}

#endif
