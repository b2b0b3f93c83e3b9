/* SPDX-License-Identifier: MIT
   loss.h - what training minimises, for each point and with its gradients (Noe, Olsson, Koehler,
   Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147).

     by example (ML), x a frame:        J = -log q(x) = -log p(z) - log|det dz/dx|
     by energy (KL), z from the prior:  J = cap(u(x)) + log q(x), log q = log p(z) - log|det dx/dz|
     along a variable s (RC), a batch:  J = -sum_b ln(B p_b), p the histogram of s in B soft bins

   J by energy is the free energy of the flow: without a cap its mean is never below -ln Z. */
#ifndef BGEN_TRAIN_LOSS_H
#define BGEN_TRAIN_LOSS_H

#include "base/api.h"
#include "model/prior.h"

BGEN_API_BEGIN

/* Energies beyond high grow by their logarithm only, so that overlaps teach without deafening:
     cap(u) = u for u <= high, high + ln(u - high + 1) beyond; slope = cap'(u). */
double bgen_cap_energy(double u, double high, double *slope);

/* Loss by example of one latent point z[dim], at tau = 1, and its log|det dz/dx|; grad_z = dJ/dz
   times scale. */
double bgen_loss_example(const bgen_prior *prior, const double *z, double log_det, double scale,
                         double *grad_z);

/* Loss by energy of one sample; grad_x = d(cap(u))/dx times scale from grad_u = du/dx. */
double bgen_loss_energy(size_t dim, double u, const double *grad_u, double high, double log_q,
                        double scale, double *grad_x);

/* Loss along a collective variable of n samples, s[i * stride]: 0 where they are spread evenly over
   [low, high], more the less they are.  Bins are BGEN_RC_BINS Gaussians with centers from low to
   high and the width (high - low) / BGEN_RC_BINS, between which each sample is shared.
   grad_s[i * stride] = dJ/ds times scale.  Samples with NaN are left out. */
enum { BGEN_RC_BINS = 11 };
double bgen_loss_spread(size_t n, size_t stride, const double *s, double low, double high,
                        double scale, double *grad_s);

BGEN_API_END
#endif
