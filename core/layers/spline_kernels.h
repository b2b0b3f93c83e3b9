/* SPDX-License-Identifier: MIT
   spline_kernels.h - the functions of spline.h for each instruction set, but that of apply gives
   the slope d(out)/d(in) in place of its logarithm. */
#ifndef BGEN_LAYERS_SPLINE_KERNELS_H
#define BGEN_LAYERS_SPLINE_KERNELS_H

#include "layers/spline.h"

/* of one instruction set */
typedef struct bgen_spline_kernels {
  void (*apply)(const bgen_splines *of, bgen_direction direction, const bgen_real *weight,
                const double *in, double *out, double *slope);
  void (*vjp)(const bgen_splines *of, bgen_direction direction, const bgen_spline_gradient *g);
} bgen_spline_kernels;

extern const bgen_spline_kernels bgen_spline_avx512, bgen_spline_avx2, bgen_spline_plain;

#endif
