/* SPDX-License-Identifier: MIT
   blas.h - threads of the BLAS. */
#ifndef BGEN_BASE_BLAS_H
#define BGEN_BASE_BLAS_H

#include "base/api.h"

BGEN_API_BEGIN

/* Threads that the BLAS itself may use, where it can be told (OpenBLAS); bgen splits the batch
   instead and wants 1. */
void bgen_blas_threads(int n_threads);

BGEN_API_END
#endif
