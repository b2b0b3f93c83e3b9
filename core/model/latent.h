/* SPDX-License-Identifier: MIT
   latent.h - a component seen from latent space: what is made of z, and energies over z.

     x = what component k makes of z, where its reference stands      e^{-u(x)} dx = e^{-w(z)} dz
     w = u(x) - log_det,  log_det = log|det dx/dz|                    log q_k(x) = log p(z) - log_det

   The flow turns its own distribution into that of its prior, mostly the standard normal, and e^-u
   into something near: where dynamics (sample/path.h) are slow and stiff in x, all directions of z
   are alike.  z whose x lies outside the domain of the component is not used: x and its images
   would count more than once. */
#ifndef BGEN_MODEL_LATENT_H
#define BGEN_MODEL_LATENT_H

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

/* x[n][dim] of z[n][n_shape], and log_det[n], which is NaN where x is outside the domain. */
bgen_status bgen_latent_bodies(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                               size_t n, const double *z, double *x, double *log_det);

/* grad_w[n][n_shape] = dw/dz from grad_u[n][dim] = du/dx. */
bgen_status bgen_latent_energy_gradient(const bgen_generator *generator, bgen_workspace *workspace,
                                        size_t k, size_t n, const double *z, const double *grad_u,
                                        double *grad_w);

/* log_p[n] and its gradient[n][n_shape], at a temperature. */
void bgen_latent_log_p(const bgen_generator *generator, size_t k, double temperature, size_t n,
                       const double *z, double *log_p, double *gradient);

BGEN_API_END
#endif
