/* SPDX-License-Identifier: MIT
   buffer.h - frames of one basin, in the order in which they came. */
#ifndef BGEN_TRAIN_BUFFER_H
#define BGEN_TRAIN_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_buffer {
  size_t dim, n, capacity;
  double *x; /* [n][dim] */
} bgen_buffer;

bgen_buffer bgen_buffer_empty(size_t dim);
void bgen_buffer_free(bgen_buffer *buffer); /* leaves it empty */
bgen_status bgen_buffer_append(bgen_buffer *buffer, const double *x);

/* n frames drawn at random, with repetition, for a training step: x[n][dim]; the buffer is not empty. */
void bgen_buffer_batch(const bgen_buffer *buffer, uint64_t seed, uint64_t step, size_t n,
                       double *x);

#ifdef __cplusplus
}
#endif
#endif
