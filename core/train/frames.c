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

void bgen_frames_free(bgen_frames *frames)
{
  free(frames->x);
  *frames = bgen_frames_empty(frames->dim);
}

bgen_status bgen_frames_append(bgen_frames *frames, const double *x)
{
  if (frames->n == frames->capacity) {
    const size_t capacity = frames->capacity ? 2 * frames->capacity : 256;
    double *grown = realloc(frames->x, capacity * frames->dim * sizeof *grown);
    if (!grown) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu frames", capacity);
    frames->x = grown, frames->capacity = capacity;
  }
  memcpy(frames->x + frames->n++ * frames->dim, x, frames->dim * sizeof *x);
  return BGEN_OK;
}

void bgen_frames_batch(const bgen_frames *frames, uint64_t seed, uint64_t step, size_t n, double *x)
{
  assert(frames->n > 0);
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_SHUFFLE, step);
  for (size_t i = 0; i < n; i++) {
    const size_t row = (size_t) bgen_rng_below(&rng, frames->n);
    memcpy(x + i * frames->dim, frames->x + row * frames->dim, frames->dim * sizeof *x);
  }
}
