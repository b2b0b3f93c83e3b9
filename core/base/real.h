/* SPDX-License-Identifier: MIT
   real.h - the number type of networks.

   Networks run in float: a coupling copies what it conditions on, so both directions feed the
   network the same input and the map stays invertible in double precision.  Gradient tests build
   the core with BGEN_DOUBLE_NETWORKS, where differences can be taken to 1e-8. */
#ifndef BGEN_BASE_REAL_H
#define BGEN_BASE_REAL_H

#include <stddef.h>

#ifdef BGEN_DOUBLE_NETWORKS
typedef double bgen_real;
#else
typedef float bgen_real;
#endif

/* the doubles that n reals fill: tape and scratch are counted in doubles */
static inline size_t bgen_doubles(size_t n_reals)
{
  return (n_reals * sizeof(bgen_real) + sizeof(double) - 1) / sizeof(double);
}

#endif
