/* SPDX-License-Identifier: MIT
   product_kernels.h - bgen_multiply for each instruction set. */
#ifndef BGEN_BASE_PRODUCT_KERNELS_H
#define BGEN_BASE_PRODUCT_KERNELS_H

#include "base/product.h"

void bgen_multiply_avx512(const bgen_product *product);
void bgen_multiply_avx2(const bgen_product *product);
void bgen_multiply_plain(const bgen_product *product);

#endif
