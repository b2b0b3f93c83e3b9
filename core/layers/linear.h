/* SPDX-License-Identifier: MIT
   linear.h - a trained linear map of all coordinates, kept as its LU factors (Kingma and Dhariwal,
   arXiv:1807.03039, section 3.2).

     forward:  out = P L U in + b,               log_det = +sum log U_ii
     inverse:  out = U^-1 L^-1 P^T (in - b),     log_det = -sum log U_ii
   P a fixed permutation, L lower triangular with ones on its diagonal, U upper triangular with the
   positive diagonal e^d.  theta: a matrix[dim][dim] with L below its diagonal, d on it and U above,
   then b[dim].  Training begins at 0, where the map is P.  The products are in double. */
#ifndef BGEN_LAYERS_LINEAR_H
#define BGEN_LAYERS_LINEAR_H

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Coordinate i of L U in becomes coordinate order[i] of the output; order[dim] is copied. */
bgen_status bgen_linear_create(size_t dim, const size_t *order, bgen_bijection **map);

#ifdef __cplusplus
}
#endif
#endif
