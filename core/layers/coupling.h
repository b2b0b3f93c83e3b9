/* SPDX-License-Identifier: MIT
   coupling.h - the affine coupling layer of RealNVP (Dinh, Sohl-Dickstein, Bengio,
   arXiv:1605.08803), with a bounded log-scale.

   The coordinates fall into kept and moved ones.  With a the kept ones,
     forward:  out_kept = a,  out_moved = in_moved e^s(a) + t(a),    log_det = +sum s
     inverse:  out_kept = a,  out_moved = (in_moved - t(a)) e^-s(a), log_det = -sum s
   s = 2 tanh(S(a) / 2), S a tanh network and t a SiLU network, both on a in single precision.  The
   bound keeps one bad layer from overflowing all that follow. */
#ifndef BGEN_LAYERS_COUPLING_H
#define BGEN_LAYERS_COUPLING_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* moved[dim] says which coordinates move: at least one, and at least one is kept.  width >= 1,
   depth >= 1 hidden layers of each network. */
bgen_status bgen_coupling_create(size_t dim, const bool *moved, size_t width, size_t depth,
                                 bgen_bijection **map);

#ifdef __cplusplus
}
#endif
#endif
