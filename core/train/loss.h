/* SPDX-License-Identifier: MIT
   loss.h - what training minimises, for each point and with its gradients, up to constants that do not
   depend on theta (Noe, Olsson, Koehler, Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147).

     by example (ML), x a frame:        J = -log q(x) = |z|^2/2 - log|det dz/dx|
     by energy (KL), z from the prior:  J = cap(u(x)) - log|det dx/dz|

   J by energy is the free energy of the flow: its mean is never below -ln Z, up to the constant
   -(dim/2)(1 + ln 2 pi) of the prior's entropy. */
#ifndef BGEN_TRAIN_LOSS_H
#define BGEN_TRAIN_LOSS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Energies beyond high grow by their logarithm only, so that overlaps teach without deafening:
     cap(u) = u for u <= high, high + ln(u - high + 1) beyond; slope = cap'(u). */
double bgen_cap_energy(double u, double high, double *slope);

/* Loss by example of one latent point z[dim] and its log|det dz/dx|; grad_z = dJ/dz times scale. */
double bgen_loss_example(size_t dim, const double *z, double log_det, double scale, double *grad_z);

/* Loss by energy of one sample; grad_x = dJ/dx times scale from grad_u = du/dx. */
double bgen_loss_energy(size_t dim, double u, const double *grad_u, double high, double log_det,
                        double scale, double *grad_x);

#ifdef __cplusplus
}
#endif
#endif
