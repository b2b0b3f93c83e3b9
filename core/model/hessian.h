/* SPDX-License-Identifier: MIT
   hessian.h - second derivatives of the energy of shapes, u - ln J, at the mean of frames: by
   central differences of its gradient, 2 n_shape evaluations (base/wanted.h).

   The step is a twentieth of the root mean square width of the frames: third derivatives cancel,
   and of a fourth order that changes curvature by its own size within a width, 1/400 is left. */
#ifndef BGEN_MODEL_HESSIAN_H
#define BGEN_MODEL_HESSIAN_H

#include "base/api.h"
#include "base/wanted.h"
#include "model/generator.h"

BGEN_API_BEGIN

typedef struct bgen_hessian bgen_hessian;

/* At the mean of the folded frames x[n][dim] of component k, which is fitted; n > 1. */
bgen_status bgen_hessian_create(const bgen_generator *generator, bgen_workspace *workspace,
                                size_t k, size_t n, const double *x, bgen_hessian **hessian);
void bgen_hessian_destroy(bgen_hessian *hessian); /* NULL is fine */

bgen_status bgen_hessian_next(bgen_hessian *hessian, bgen_wanted *wanted);
/* BGEN_NOT_FINITE where there is no energy or no force. */
bgen_status bgen_hessian_arrive(bgen_hessian *hessian, const double *u, const double *grad_u);

/* [n_shape][n_shape], symmetric, once it has ended */
const double *bgen_hessian_matrix(const bgen_hessian *hessian);

BGEN_API_END
#endif
