/* SPDX-License-Identifier: MIT
   elementwise.h - exp, log and the activations, one loop over an array each.

   The loops vectorise.  They are compiled for several instruction sets, of which isa.h says the one
   in use; a number depends on it in the last bits, and never on where in an array it stands. */
#ifndef BGEN_BASE_ELEMENTWISE_H
#define BGEN_BASE_ELEMENTWISE_H

#include <stddef.h>

#include "base/real.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bgen_activation {
  BGEN_TANH, /* tanh(a) */
  BGEN_SILU  /* a / (1 + e^-a) */
} bgen_activation;

/* rows[n][m] becomes f(rows + bias[m]), and trace[n][m], unless it is NULL, the one number that
   tells value and slope: tanh(a) of tanh, a of SiLU. */
void bgen_activate(bgen_activation f, size_t n, size_t m, const bgen_real *bias, bgen_real *rows,
                   bgen_real *trace);

/* Where bgen_activate has left trace[n]: slope[n] = f', and the returned [n] is f with the same
   bits, in the memory of value[n], or the trace itself where that is f. */
const bgen_real *bgen_retrace(bgen_activation f, size_t n, const bgen_real *trace, bgen_real *value,
                              bgen_real *slope);

/* value[n] becomes bound tanh(value / bound), and slope[n] = 1 - tanh^2, unless slope is NULL. */
void bgen_bound(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope);

/* value[n] becomes e^(bound tanh(value / bound)), a positive number between e^-bound and e^bound
   that is 1 at 0, and slope[n] = 1 - tanh^2, that of its logarithm, unless slope is NULL. */
void bgen_bounded_exp(bgen_real bound, size_t n, bgen_real *value, bgen_real *slope);

/* out[n] = e^in, within 2 ulp; in is clamped to +-708, NaN stays NaN; in and out may be the
   same. */
void bgen_exp(size_t n, const double *in, double *out);

/* out[n] = ln in, within 1 ulp; -infinity of 0, NaN of what is negative or NaN; in and out may be
   the same. */
void bgen_log(size_t n, const double *in, double *out);

#ifdef __cplusplus
}
#endif
#endif
