/* SPDX-License-Identifier: MIT
   adam.h - Adam (Kingma and Ba, arXiv:1412.6980) with the gradient clipped to a norm. */
#ifndef BGEN_TRAIN_ADAM_H
#define BGEN_TRAIN_ADAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/real.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_adam bgen_adam;

bgen_status bgen_adam_create(size_t n_params, bgen_adam **adam);
void bgen_adam_destroy(bgen_adam *adam); /* NULL is fine */

/* One step along -(sum of the n_parts gradients, part[k][n_params]), scaled down to the norm clip
   where it is longer (clip <= 0: never).  norm gets the length before clipping; the gradient is
   summed in the order of the parts, whatever the number of threads.  BGEN_NOT_FINITE leaves theta
   and the moments as they were. */
bgen_status bgen_adam_step(bgen_adam *adam, size_t n_parts, const bgen_real *const *part, double lr,
                           double clip, int n_threads, bgen_real *theta, double *norm);

/* A rate that falls from lr to lr_end along half a cosine, over n_steps. */
double bgen_cosine_rate(double lr, double lr_end, size_t n_steps, uint64_t step);

/* The part of a rate that counts in step 0, 1, ... of a warm-up: 1/n_warmup, ... 1, and 1 after. */
double bgen_warmup(size_t n_warmup, uint64_t step);

#ifdef __cplusplus
}
#endif
#endif
