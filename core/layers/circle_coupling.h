/* SPDX-License-Identifier: MIT
   circle_coupling.h - a coupling layer of coordinates on the line and coordinates on the circle.

     line    forward:  out = in e^s(a) + t(a)            s = 2 tanh(S(a) / 2)
     circle  forward:  out = f(in + c; a) - c            f a circular spline (layers/spline.h)
     kept              out = a

   of period 2 pi.  One SiLU network, in the precision of networks, sees the kept ones, those on
   circles as sine and cosine, and gives S, t and the weights e^w, w = c tanh(W / c), c = ln 1000,
   of each spline.  The constant c, a shift of its own for each moved circle, moves the place that
   every spline leaves where it is.  Circles need not be wrapped: in + 2 pi becomes out + 2 pi.

   log_det is the sum of s and ln f', its negative for the inverse. */
#ifndef BGEN_LAYERS_CIRCLE_COUPLING_H
#define BGEN_LAYERS_CIRCLE_COUPLING_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All of it but the sizes of the network; arrays are copied. */
typedef struct bgen_circle_coupling {
  size_t dim;
  const bool *moved, *circle; /* [dim]; at least one moves, and at least one is kept */
  const double *shift;        /* [dim], of moved circles */
  size_t n_bins;              /* 2 ... BGEN_SPLINE_MOST_BINS */
} bgen_circle_coupling;

/* width >= 1, depth >= 1 hidden layers of the network. */
bgen_status bgen_circle_coupling_create(const bgen_circle_coupling *of, size_t width, size_t depth,
                                        bgen_bijection **map);

#ifdef __cplusplus
}
#endif
#endif
