/* SPDX-License-Identifier: MIT
   prior_fit.h - what stands behind a prior (model/prior.h) of several modes, and the fit of it. */
#ifndef BGEN_MODEL_PRIOR_FIT_H
#define BGEN_MODEL_PRIOR_FIT_H

#include "model/prior.h"

#ifdef __cplusplus
extern "C" {
#endif

/* row[dim] of normals becomes a point of the mode. */
void bgen_prior_fit_place(const bgen_prior *prior, size_t mode, double *row);

/* ln p(z) + (dim/2) ln(2 pi tau), and share[n_modes], which sum to 1: how probable it is that z is
   of each mode.  The second gives d(ln p)/dz in grad[dim]. */
double bgen_prior_fit_shares(const bgen_prior *prior, double tau, const double *z, double *share);
double bgen_prior_fit_gradient(const bgen_prior *prior, double tau, const double *z, double *grad);

/* Distances of z from the mean of a mode become `scale` times as long; all coordinates are on
   lines. */
void bgen_prior_fit_stretch(const bgen_prior *prior, size_t mode, double scale, double *z);

/* Sets prior->fitted to a mixture that has n points z[n][dim] likely, found by expectation
   maximisation (Dempster, Laird, Rubin, J R Stat Soc B 39, 1,
   doi:10.1111/j.2517-6161.1977.tb01600.x); the same points give the same bits.  The likelihood
   alone would have a mode close in on any single point, so each mode counts one point more than it
   has, whose squared distance is s_j = (variance of all points)_j / n_modes^(2/dim): the variance
   of a mode is what makes greatest, for any number of points,

     J = 1/n sum_i ln p(z_i) - 1/(2n) sum_mj (ln v_mj + s_j / v_mj),  v = width^2

   (Fraley, Raftery, J Classif 24, 155, doi:10.1007/s00357-007-0004-5).  BGEN_BAD_INPUT where there
   are fewer points than modes; BGEN_NOT_FINITE where one of them is not finite.  Then fitted is as
   it was. */
bgen_status bgen_prior_fit_fit(const bgen_prior *prior, size_t n, const double *z);

/* One round of it, by which J, up to (dim/2) ln 2 pi, does not fall; returns what it was before.
   spread[dim] is s, work[bgen_prior_n_fitted] memory. */
double bgen_prior_fit_improve(const bgen_prior *prior, const double *spread, size_t n,
                              const double *z, double *work);

#ifdef __cplusplus
}
#endif
#endif
