/* SPDX-License-Identifier: MIT
   product_pack.h - the panels of a weight that product_kernel.h walks through, and the packing of
   one that cannot be read as it lies: stored transposed, or with a last vector slow to load. */
#include "base/product_kernels.h"
#include "base/transpose.h"

enum { LINE = 64 / sizeof(bgen_real), PANEL = VECTORS * LANES, INNER = 256, BLOCK = BGEN_BLOCK };

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

/* to[inner][PANEL], where the weight is stored transposed */
TARGET static void pack_transposed(const panel *s, bgen_real *to)
{
  const size_t k = s->product->k, blocks = s->inner / BLOCK * BLOCK;
  const bgen_real *from = s->product->weight + s->column * k + s->first;
  size_t j = 0;
  for (; j + BLOCK <= s->columns; j += BLOCK) {
    for (size_t i = 0; i < blocks; i += BLOCK) {
      const bgen_real *first = from + j * k + i;
      const bgen_real *const block[BLOCK] = {first, first + k, first + 2 * k, first + 3 * k};
      bgen_transpose_block(block, to + i * PANEL + j, PANEL);
    }
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
