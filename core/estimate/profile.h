/* SPDX-License-Identifier: MIT
   profile.h - the free energy along one or two collective variables, F(s) = -ln p(s) in kT, where p
   is normalised: int p ds = 1 over all s, inside the bins or not. */
#ifndef BGEN_ESTIMATE_PROFILE_H
#define BGEN_ESTIMATE_PROFILE_H

#include "base/api.h"
#include "estimate/averages.h"

BGEN_API_BEGIN

typedef struct bgen_axis {
  size_t n_bins;
  double low, high;
} bgen_axis;

/* Bin b lies at b % n_bins of the first axis and b / n_bins of the second. */
typedef struct bgen_profile {
  size_t n_axes; /* 1 or 2 */
  bgen_axis axis[2];
} bgen_profile;

enum { BGEN_PROFILE_MOST_BINS = 1000000 }; /* of all axes */

/* BGEN_BAD_INPUT unless every axis has bins between two numbers that differ, and not too many. */
bgen_status bgen_profile_check(const bgen_profile *profile);

size_t bgen_profile_n_bins(const bgen_profile *profile);
double bgen_profile_centre(const bgen_profile *profile, size_t axis, size_t bin);

/* F[n_bins] and errors from the points of a pool, s[axis][n of the pool]; bins without points have
   the value and the error inf, bins that too little is known of (averages.h) the error. */
bgen_status bgen_profile_estimate(const bgen_profile *profile, const bgen_averages *pool,
                                  const double *const *s, bgen_estimate *bins);

BGEN_API_END
#endif
