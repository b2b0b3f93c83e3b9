/* SPDX-License-Identifier: MIT
   proposal.h - moves through latent space, from x to an x' that depends on it.

     near       z' = z + step n,  n ~ N(0, I),  x' = F_k(z'),  z = F_k^-1(x)
     transfer   x' = F_l(z) of another component l, each as likely as the others
     exchange   z' = z scaled from one temperature to another,  x' = F_k(z')

   Each is accepted with probability min(1, e^{u(x) - u(x') + log_ratio}) by bgen_metropolis_accept,
   with
     log_ratio = ln|det dF_l(z')| - ln|det dF_k(z)| + ln r_l(x') - ln r_k(x),  l = k for near,
   where component k is drawn by its share of the density, r_k(x) = weight_k q_k(x) / q(x): the way
   back begins with l and is, in latent space, as likely as the way forth (near moves: Noe, Olsson,
   Koehler, Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147).  log_ratio is NaN where x' lies
   outside the domain of its flow (coords/symmetry.h): such a move is refused.  temperature is that
   of the shares.

   Latent coordinates on circles (model/prior.h) take the same steps, in radians; what is on a
   circle for one of two components alone is converted on the way (model/latent.h), whose volume
   factor joins log_ratio.

   An exchange leads from x at one temperature to x' at another one.  Two chains a and b exchange x
   and y so, for y' and x', with probability
     min(1, e^{u_a(x) - u_a(y') + u_b(y) - u_b(x') + log_ratio(x) + log_ratio(y)}),
   where r_k(x) is that at the temperature of x, and r_k(x') that of x' (Invernizzi, Kraemer,
   Clementi, Noe, J. Phys. Chem. Lett. 13, 11643, doi:10.1021/acs.jpclett.2c03327).  As the flow
   carries its density of one temperature into that of the other, log_ratio(x) = ln q_a(x) - ln
   q_b(x'), whichever component was drawn.

   With coordinates other than cartesian (coords/pose.h) x' is placed and ordered as component k
   sees x, and component l sees x' so again: the way back leads there. */
#ifndef BGEN_SAMPLE_PROPOSAL_H
#define BGEN_SAMPLE_PROPOSAL_H

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

/* Near moves of n configurations x[n][dim], all of component k alone: x_new[n][dim] (not x itself)
   and log_ratio[n].  Steps are numbers first ... first + n - 1 of the stream. */
bgen_status bgen_near_component(const bgen_generator *generator, bgen_workspace *workspace,
                                size_t k, uint64_t seed, double step, bgen_stream stream,
                                uint64_t first, size_t n, const double *x, double *x_new,
                                double *log_ratio);

/* x of component k as component l has it: x_new[dim], and log_ratio. */
bgen_status bgen_transfer_component(const bgen_generator *generator, bgen_workspace *workspace,
                                    size_t k, size_t l, const double *x, double *x_new,
                                    double *log_ratio);

/* One near move of x[dim], with the numbers of this point. */
bgen_status bgen_near(const bgen_generator *generator, bgen_workspace *workspace,
                      double temperature, uint64_t seed, double step, uint64_t point,
                      const double *x, double *x_new, double *log_ratio);

/* One transfer, to component *to; with a single component log_ratio is NaN. */
bgen_status bgen_transfer(const bgen_generator *generator, bgen_workspace *workspace,
                          double temperature, uint64_t seed, uint64_t point, const double *x,
                          double *x_new, double *log_ratio, size_t *to);

/* x[dim] of one temperature, from, as the flows have it at another, to. */
bgen_status bgen_exchange(const bgen_generator *generator, bgen_workspace *workspace, double from,
                          double to, uint64_t seed, uint64_t point, const double *x, double *x_new,
                          double *log_ratio);

/* A fresh sample[dim] of component l, as made, comes to where the present configuration x[dim] is,
   as a component drawn by its share of the density sees it.  The test of a jump to a sample of the
   mixture, e^{u(x) - u(x')} q(x) / q(x'), is right for it: the way back is drawn alike. */
bgen_status bgen_place_sample(const bgen_generator *generator, bgen_workspace *workspace,
                              double temperature, uint64_t seed, uint64_t point, const double *x,
                              size_t l, double *sample);

BGEN_API_END
#endif
