/* SPDX-License-Identifier: MIT
   spline_coupling.h - the coupling layer of neural spline flows (Durkan, Bekasov, Murray,
   Papamakarios, arXiv:1906.04032): each moved coordinate goes through a spline of its own, whose
   shape depends on the kept ones.

     forward:  out_kept = a,  out_moved = f(in_moved; a),     log_det = +sum log f'
     inverse:  out_kept = a,  out_moved = f^-1(in_moved; a),  log_det = -sum log f'
   f of layers/spline.h, its weights e^w(a), w = c tanh(W(a) / c), W a SiLU network in the precision
   of networks, c = ln 1000: slopes at knots lie between 0.001 and 1000.  f itself is in double. */
#ifndef BGEN_LAYERS_SPLINE_COUPLING_H
#define BGEN_LAYERS_SPLINE_COUPLING_H

#include <stdbool.h>

#include "base/bijection.h"
#include "layers/spline.h"

#ifdef __cplusplus
extern "C" {
#endif

/* moved[dim] says which coordinates move: at least one, and at least one is kept.  width >= 1,
   depth >= 1 hidden layers of the network. */
bgen_status bgen_spline_coupling_create(size_t dim, const bool *moved, size_t width, size_t depth,
                                        bgen_spline spline, bgen_bijection **map);

#ifdef __cplusplus
}
#endif
#endif
