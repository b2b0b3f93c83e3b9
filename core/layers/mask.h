/* SPDX-License-Identifier: MIT
   mask.h - which coordinates a coupling keeps and which it moves.

   Not a map but what every coupling does with its kept half: it goes to the output bit for bit, so
   that both directions feed the networks the same input, and to the networks in their precision. */
#ifndef BGEN_LAYERS_MASK_H
#define BGEN_LAYERS_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_mask {
  size_t dim, n_kept, n_moved;
  const size_t *kept, *moved; /* ascending */
} bgen_mask;

/* Of moved[dim], at least one true and one false; the lists lie in memory[dim], the caller's. */
bgen_mask bgen_mask_create(size_t dim, const bool *moved, size_t *memory);

/* The kept ones of in[n][dim] into out[n][dim] and input[n][n_kept]. */
void bgen_mask_copy_kept(const bgen_mask *mask, size_t n, const double *in, double *out,
                         bgen_real *input);

/* The moved ones of from[n][dim] into moved[n][n_moved], and these into to[n][dim]. */
void bgen_mask_take_moved(const bgen_mask *mask, size_t n, const double *from, double *moved);
void bgen_mask_give_moved(const bgen_mask *mask, size_t n, const double *moved, double *to);

/* The kept input acts directly and through the networks: sets the kept ones of grad_in[n][dim] to
   those of grad_out[n][dim] plus through_networks[n][n_kept]. */
void bgen_mask_add_kept(const bgen_mask *mask, size_t n, const double *grad_out,
                        const bgen_real *through_networks, double *grad_in);

#ifdef __cplusplus
}
#endif
#endif
