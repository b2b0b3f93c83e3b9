/* SPDX-License-Identifier: MIT
   profile.h - the free energy along a collective variable, F(s) = -ln p(s) in kT, up to a constant. */
#ifndef BGEN_ESTIMATE_PROFILE_H
#define BGEN_ESTIMATE_PROFILE_H

#include <stddef.h>

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_profile {
  size_t n_bins;
  double low, high;
  double *density;  /* [n_bins] sum of weights, per unit of s once normalised */
  double *variance; /* [n_bins] of density */
} bgen_profile;

bgen_status bgen_profile_create(size_t n_bins, double low, double high, bgen_profile *profile);
void bgen_profile_free(bgen_profile *profile);

/* Adds n samples s of total weight `weight`, log_weight[n] apart from a common factor (NULL: equal). */
void bgen_profile_add(bgen_profile *profile, size_t n, const double *s, const double *log_weight,
                      double weight);

/* Centre, F and its error of a bin; F is inf where nothing was seen. */
void bgen_profile_at(const bgen_profile *profile, size_t bin, double *s, double *free_energy,
                     double *error);

#ifdef __cplusplus
}
#endif
#endif
