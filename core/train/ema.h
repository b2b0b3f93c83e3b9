/* SPDX-License-Identifier: MIT
   ema.h - the exponential moving average of parameters while they are trained: the noise of single
   batches cancels in it, so that the flow of the average is better than that of any step. */
#ifndef BGEN_TRAIN_EMA_H
#define BGEN_TRAIN_EMA_H

#include <stddef.h>

#include "base/real.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_ema bgen_ema;

/* 0 < decay < 1; the average begins as theta[n_params]. */
bgen_status bgen_ema_create(size_t n_params, double decay, const bgen_real *theta, bgen_ema **ema);
void bgen_ema_destroy(bgen_ema *ema); /* NULL is fine */

/* After the n-th step: mean = d mean + (1 - d) theta, d = min(decay, n/(n + 9)), so that where
   training began is soon forgotten. */
void bgen_ema_follow(bgen_ema *ema, const bgen_real *theta);

/* theta and the average change places. */
void bgen_ema_swap(bgen_ema *ema, bgen_real *theta);

#ifdef __cplusplus
}
#endif
#endif
