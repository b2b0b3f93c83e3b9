/* SPDX-License-Identifier: MIT
   frames.h - frames of one basin, in the order in which they came. */
#ifndef BGEN_TRAIN_FRAMES_H
#define BGEN_TRAIN_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/api.h"
#include "base/status.h"

BGEN_API_BEGIN

typedef struct bgen_frames {
  size_t dim, n, capacity;
  double *x; /* [n][dim] */
} bgen_frames;

bgen_frames bgen_frames_empty(size_t dim);
void bgen_frames_free(bgen_frames *frames); /* leaves it empty */
bgen_status bgen_frames_append(bgen_frames *frames, const double *x);

/* n frames drawn at random, with repetition, for a training step: x[n][dim]; there must be
   some. */
void bgen_frames_batch(const bgen_frames *frames, uint64_t seed, uint64_t step, size_t n,
                       double *x);

BGEN_API_END
#endif
