/* SPDX-License-Identifier: MIT
   near.h - moves near the present configuration: a normal step in latent space,

     z' = z + step n,  n ~ N(0, I),  x' = F(z'),

   accepted with probability min(1, e^{u(x) - u(x') + log_ratio}) by bgen_metropolis_accept (Noe, Olsson,
   Koehler, Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147).  The step is as likely back as
   forth, so the ratio holds the volume factors alone: log_ratio = ln|det dF(z')| - ln|det dF(z)|.
   It is NaN where x' lies outside the domain of the flow (coords/fold.h): such a move is refused. */
#ifndef BGEN_SAMPLE_NEAR_H
#define BGEN_SAMPLE_NEAR_H

#include "model/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One move of each of n configurations x[n][dim], all in the latent space of component k: x_new[n][dim]
   (not x itself) and log_ratio[n].  Steps are numbers first ... first + n - 1 of the stream. */
bgen_status bgen_near_component(bgen_generator *generator, size_t k, double step,
                                bgen_stream stream, uint64_t first, size_t n, const double *x,
                                double *x_new, double *log_ratio);

/* One move of one configuration in the latent space of a component drawn by its share of the density,
   r_k(x) = weight_k q_k(x) / q(x), with the stream's number of this point; log_ratio then has the term
   ln r_k(x') - ln r_k(x), so that the way back is as likely. */
bgen_status bgen_near(bgen_generator *generator, double step, uint64_t point, const double *x,
                      double *x_new, size_t *component, double *log_ratio);

#ifdef __cplusplus
}
#endif
#endif
