/* SPDX-License-Identifier: MIT */
#include "base/product.h"

#include "base/isa.h"
#include "base/product_kernels.h"

void bgen_multiply(const bgen_product *product)
{
#if defined(__x86_64__)
  static void (*const kernels[])(const bgen_product *) = {bgen_multiply_plain, bgen_multiply_avx2,
                                                          bgen_multiply_avx512};
  kernels[bgen_isa_in_use()](product);
#else
  bgen_multiply_plain(product);
#endif
}

void bgen_rows_times(size_t n, size_t k, size_t m, const bgen_real *in, const bgen_real *weight,
                     const bgen_real *bias, bgen_ahead ahead, bgen_real *out)
{
  bgen_multiply(&(bgen_product){.n = n,
                                .k = k,
                                .m = m,
                                .in = in,
                                .in_row = k,
                                .in_column = 1,
                                .weight = weight,
                                .out = out,
                                .bias = bias,
                                .ahead = ahead});
}

void bgen_grad_weight(size_t n, size_t k, size_t m, const bgen_real *in, const bgen_real *grad_out,
                      bool add, bgen_ahead ahead, bgen_real *grad_weight, bgen_real *grad_bias)
{
  bgen_multiply(&(bgen_product){.n = k,
                                .k = n,
                                .m = m,
                                .in = in,
                                .in_row = 1,
                                .in_column = k,
                                .weight = grad_out,
                                .out = grad_weight,
                                .add = add,
                                .at_once = BGEN_SUM_ROWS,
                                .ahead = ahead});
  const bgen_real one = 1;
  bgen_multiply(&(bgen_product){.n = 1,
                                .k = n,
                                .m = m,
                                .in = &one,
                                .weight = grad_out,
                                .out = grad_bias,
                                .add = add,
                                .at_once = BGEN_SUM_ROWS});
}
