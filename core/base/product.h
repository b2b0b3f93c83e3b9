/* SPDX-License-Identifier: MIT
   product.h - the products of networks.

   A batch of rows times a weight, with what follows it done while the result is in registers:
     out[n][m] = (in[n][k] weight[k][m] + out + bias) factor
   of which the last three may be absent.  How a number is summed over k depends on k and at_once
   alone: no row's result depends on the other rows, on n or on where the row stands.

   The kernels are of one text (product_kernel.h), compiled for AVX-512, for AVX2 with FMA, and for
   whatever the compiler takes for granted; isa.h says which is used.
   At the shapes of networks, one to hundreds of rows and tens to hundreds of columns, they are
   faster than CBLAS, which packs what it multiplies; tests/bench/bench_product.c measures both. */
#ifndef BGEN_BASE_PRODUCT_H
#define BGEN_BASE_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sums over the points of a batch are made of so many at a time, which are then added in order.  So
   a trainer may take two such parts of a batch in one pass or in two, with the same bits. */
enum { BGEN_SUM_ROWS = 128 };

/* What will be used next: it comes nearer, into the second cache, while a product is made. */
typedef struct bgen_ahead {
  const bgen_real *from; /* [n] */
  size_t n;
} bgen_ahead;

typedef struct bgen_product {
  size_t n, k, m;
  const bgen_real *in;
  size_t in_row, in_column; /* in(i, p) = in[i * in_row + p * in_column] */
  const bgen_real *weight;
  bool transposed;         /* weight is stored as [m][k], otherwise as [k][m] */
  bgen_real *out;          /* [n][m]; overlaps nothing else here */
  bool add;                /* to what stands in out */
  size_t at_once;          /* numbers of a sum over k that are added up before they go to out;
                              0: as many as the kernel likes */
  const bgen_real *bias;   /* [m], or NULL */
  const bgen_real *factor; /* [n][m], or NULL */
  bgen_ahead ahead;
} bgen_product;

void bgen_multiply(const bgen_product *product);

/* out[n][m] = in[n][k] weight[k][m] + bias[m]; bias may be NULL.  ahead is as in a product. */
void bgen_rows_times(size_t n, size_t k, size_t m, const bgen_real *in, const bgen_real *weight,
                     const bgen_real *bias, bgen_ahead ahead, bgen_real *out);

/* grad_weight[k][m] = in[n][k]^T grad_out[n][m], grad_bias[m] = the sum of the rows of grad_out; of
   BGEN_SUM_ROWS at a time, then to what stands there if add.  The same ahead. */
void bgen_grad_weight(size_t n, size_t k, size_t m, const bgen_real *in, const bgen_real *grad_out,
                      bool add, bgen_ahead ahead, bgen_real *grad_weight, bgen_real *grad_bias);

#ifdef __cplusplus
}
#endif
#endif
