/* SPDX-License-Identifier: MIT
   prior.h - the distribution of latent points: independent standard normals, or a mixture of
   normals with diagonal covariances that is fitted to data.  Coordinates on circles, of period
   2 pi, are uniform on them at every tau; no mixture has any.

     p(z) = sum_m weight_m prod_j N(z_j; mean_mj, tau width_mj^2)

   A flow that was trained at one temperature is asked about another one through tau, the ratio of
   the two, by which all covariances are multiplied (Noe, Olsson, Koehler, Wu, Science 365,
   eaaw1147, doi:10.1126/science.aaw1147).  Of a normal that is p^(1/tau), normalised; of a mixture
   of several modes it is not: their weights stay what they are at tau = 1. */
#ifndef BGEN_MODEL_PRIOR_H
#define BGEN_MODEL_PRIOR_H

#include <stdbool.h>

#include "base/api.h"
#include "base/rng.h"
#include "base/status.h"

BGEN_API_BEGIN

enum { BGEN_MOST_MODES = 64 };

typedef struct bgen_prior {
  size_t dim, n_modes; /* 0 modes: the standard normal */
  double *fitted;      /* [bgen_prior_n_fitted], the owner's: weight[n_modes], which sum to 1, then
                          sum_j ln width_mj [n_modes], mean and width [n_modes][dim] */
  const bool *circle;  /* [dim], the owner's; NULL: there are none */
} bgen_prior;

size_t bgen_prior_n_fitted(const bgen_prior *prior);

/* BGEN_BAD_FILE unless fitted is that of a mixture: weights, and widths with their logarithms. */
bgen_status bgen_prior_check(const bgen_prior *prior);

/* Row i of z[n][dim] is drawn from its own generator, at point first + i of the stream, and is the
   same for every tau but for its distance from the mean of its mode.  Circles: -pi ... pi. */
void bgen_prior_sample(const bgen_prior *prior, double tau, uint64_t seed, bgen_stream stream,
                       uint64_t first, size_t n, double *z);

/* ln p of one point; and with d(ln p)/dz in grad[dim]. */
double bgen_prior_log_p(const bgen_prior *prior, double tau, const double *z);
double bgen_prior_log_p_gradient(const bgen_prior *prior, double tau, const double *z,
                                 double *grad);

/* A point of one prior, at tau = 1, becomes that of another: coordinates that are on a circle for
   one of them alone go where as much of the distribution lies below them, -pi on the circle being
   the end of the line.  Returns ln|dz'/dz|, NaN where a line ends in double precision, 8 widths
   out. */
double bgen_prior_convert(const bgen_prior *from, const bgen_prior *to, double *z);

/* A point of tau `from` becomes one of tau `to`: its distance from the mean of its mode grows with
   the square root of tau.  rng chooses the mode among those that z may be of.  Returns
   ln|dz'/dz| + ln p(mode | z') - ln p(mode | z): the way back begins with the mode of z'. */
double bgen_prior_rescale(const bgen_prior *prior, double from, double to, bgen_rng *rng,
                          double *z);

BGEN_API_END
#endif
