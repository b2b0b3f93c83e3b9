/* SPDX-License-Identifier: MIT
   product_pack.h - the panels of a weight that product_kernel.h walks through, and the packing of
   one that cannot be read as it lies: stored transposed, or with a last vector slow to load. */
#include "base/product_kernels.h"

#if defined(__SSE__) && !defined(BGEN_DOUBLE_NETWORKS)
#include <xmmintrin.h>
#endif

enum { LINE = 64 / sizeof(bgen_real), PANEL = VECTORS * LANES, INNER = 256, BLOCK = 4 };

#define ALWAYS static inline __attribute__((always_inline)) TARGET
#define UNROLL _Pragma("GCC unroll 16")

typedef struct panel {
  const bgen_product *product;
  size_t first, inner, column, columns; /* rows of the weight, columns of it and of the result */
  const bgen_real *weight;              /* its first number, in memory of weight_row a row */
  size_t weight_row;
  part last_lanes;             /* of the last vector */
  size_t n_fetched, n_fetches; /* numbers of what is used next: so far, and by each tile */
} panel;

/* to[i][j] = from[j][i], i < BLOCK, j < BLOCK */
ALWAYS void transpose_block(const bgen_real *from, size_t from_row, bgen_real *to)
{
#if defined(__SSE__) && !defined(BGEN_DOUBLE_NETWORKS)
  __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + from_row),
         c = _mm_loadu_ps(from + 2 * from_row), d = _mm_loadu_ps(from + 3 * from_row);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(to, a), _mm_storeu_ps(to + PANEL, b);
  _mm_storeu_ps(to + 2 * PANEL, c), _mm_storeu_ps(to + 3 * PANEL, d);
#else
  for (size_t i = 0; i < BLOCK; i++)
    for (size_t j = 0; j < BLOCK; j++) to[i * PANEL + j] = from[j * from_row + i];
#endif
}

/* to[inner][PANEL], where the weight is stored transposed */
TARGET static void pack_transposed(const panel *s, bgen_real *to)
{
  const size_t k = s->product->k, blocks = s->inner / BLOCK * BLOCK;
  const bgen_real *from = s->product->weight + s->column * k + s->first;
  size_t j = 0;
  for (; j + BLOCK <= s->columns; j += BLOCK) {
    for (size_t i = 0; i < blocks; i += BLOCK)
      transpose_block(from + j * k + i, k, to + i * PANEL + j);
    for (size_t i = blocks; i < s->inner; i++)
      for (size_t b = j; b < j + BLOCK; b++) to[i * PANEL + b] = from[b * k + i];
  }
  for (; j < s->columns; j++)
    for (size_t i = 0; i < s->inner; i++) to[i * PANEL + j] = from[j * k + i];
}

TARGET static void pack(const panel *s, bgen_real *to)
{
  const size_t m = s->product->m;
  const bgen_real *from = s->product->weight + s->first * m + s->column;
  for (size_t i = 0; i < s->inner; i++)
    for (size_t j = 0; j < s->columns; j++) to[i * PANEL + j] = from[i * m + j];
}

/* up to whole vectors */
TARGET static void pad(const panel *s, bgen_real *packed)
{
  for (size_t i = 0; i < s->inner; i++)
    for (size_t j = s->columns; j % LANES != 0; j++) packed[i * PANEL + j] = 0;
}
