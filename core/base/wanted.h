/* SPDX-License-Identifier: MIT
   wanted.h - points whose energy somebody must evaluate: the core has no callbacks.

   Everything that waits for energies has two functions,

     status next(it, ..., &wanted)    wanted.n == 0: it has ended
     status arrive(it, u, grad_u)     u[n] = U/kT of the points, +inf or NaN where there is none,
                                      and grad_u[n][dim] where wanted.gradient, else NULL

   which are called in turn.  wanted.x stays valid until arrive. */
#ifndef BGEN_BASE_WANTED_H
#define BGEN_BASE_WANTED_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bgen_wanted {
  size_t n;
  double *x; /* [n][dim] */
  bool gradient;
} bgen_wanted;

#endif
