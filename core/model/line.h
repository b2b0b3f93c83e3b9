/* SPDX-License-Identifier: MIT
   line.h - straight lines in the latent space of a flow. */
#ifndef BGEN_MODEL_LINE_H
#define BGEN_MODEL_LINE_H

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

/* n >= 2 points x[n][dim], evenly spaced on a straight line in the latent space of component k, the
   shortest one on circles, between ends[2][dim], once folded; z[n][n_shape] are these points there,
   log_det[n] as above. */
bgen_status bgen_generator_line(const bgen_generator *generator, bgen_workspace *workspace,
                                size_t k, const double *ends, size_t n, double *z, double *x,
                                double *log_det);

BGEN_API_END
#endif
