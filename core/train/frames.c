/* SPDX-License-Identifier: MIT */
#include "train/frames.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

bgen_frames bgen_frames_empty(size_t dim)
{
  return (bgen_frames){.dim = dim, .n = 0, .capacity = 0, .x = NULL};
}

void bgen_frames_free(bgen_frames *buffer)
{
  free(buffer->x);
  *buffer = bgen_frames_empty(buffer->dim);
}

bgen_status bgen_frames_append(bgen_frames *buffer, const double *x)
{
  if (buffer->n == buffer->capacity) {
    const size_t capacity = buffer->capacity ? 2 * buffer->capacity : 256;
    double *grown = realloc(buffer->x, capacity * buffer->dim * sizeof *grown);
    if (!grown) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu frames", capacity);
    buffer->x = grown, buffer->capacity = capacity;
  }
  memcpy(buffer->x + buffer->n++ * buffer->dim, x, buffer->dim * sizeof *x);
  return BGEN_OK;
}

void bgen_frames_batch(const bgen_frames *buffer, uint64_t seed, uint64_t step, size_t n, double *x)
{
  assert(buffer->n > 0);
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_SHUFFLE, step);
  for (size_t i = 0; i < n; i++) {
    const size_t row = (size_t) bgen_rng_below(&rng, buffer->n);
    memcpy(x + i * buffer->dim, buffer->x + row * buffer->dim, buffer->dim * sizeof *x);
  }
}
