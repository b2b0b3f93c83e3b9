/* SPDX-License-Identifier: MIT
   mlp.h - a fully connected network: depth hidden layers of one width, linear output.

   Not a map but the conditioner inside one; a plain value without memory of its own.
     layer l:  h_l = f(h_{l-1} W_l + b_l),  W_l [fan_in][fan_out], theta = W_1 b_1 W_2 b_2 ...
   No row's result depends on the other rows of a batch. */
#ifndef BGEN_LAYERS_MLP_H
#define BGEN_LAYERS_MLP_H

#include <stdbool.h>

#include "base/elementwise.h"
#include "base/product.h"
#include "base/rng.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_mlp {
  size_t n_in, n_out, width, depth;
  bgen_activation activation;
} bgen_mlp;

size_t bgen_mlp_n_params(const bgen_mlp *mlp);

/* bgen_real numbers a point that forward leaves for backward, and that each needs on its own */
size_t bgen_mlp_tape_size(const bgen_mlp *mlp);
size_t bgen_mlp_scratch_size(const bgen_mlp *mlp);

/* Hidden weights uniform in +-sqrt(3/fan_in), biases and the whole last layer 0: the network starts
   as the constant 0, so a coupling starts as the identity. */
void bgen_mlp_init(const bgen_mlp *mlp, bgen_rng *rng, bgen_real *theta);

/* One batch through a network. */
typedef struct bgen_mlp_pass {
  size_t n;
  const bgen_real *theta, *in; /* in[n][n_in] */
  bgen_real *tape;             /* filled by forward for backward; forward may have NULL */
  bgen_real *scratch;
  bgen_ahead next; /* what the caller uses right after this network, if that is known */
} bgen_mlp_pass;

/* What is used first of a network: weights by forward, the tape by backward. */
bgen_ahead bgen_mlp_first_weights(const bgen_mlp *mlp, const bgen_real *theta);
bgen_ahead bgen_mlp_last_of_tape(const bgen_mlp *mlp, size_t n, const bgen_real *tape);

/* out[n][n_out] */
void bgen_mlp_forward(const bgen_mlp *mlp, const bgen_mlp_pass *pass, bgen_real *out);

/* what bgen_mlp_backward adds to what stands there; the other is set */
typedef enum bgen_mlp_adds {
  BGEN_ADDS_NONE,
  BGEN_ADDS_IN,
  BGEN_ADDS_THETA,
  BGEN_ADDS_BOTH
} bgen_mlp_adds;

/* From dL/d(out): dL/d(theta), unless grad_theta is NULL, and dL/d(in) in
   grad_in[n][n_in].  in and tape as they were in forward. */
void bgen_mlp_backward(const bgen_mlp *mlp, const bgen_mlp_pass *pass, const bgen_real *grad_out,
                       bgen_mlp_adds adds, bgen_real *grad_in, bgen_real *grad_theta);

#ifdef __cplusplus
}
#endif
#endif
