/* SPDX-License-Identifier: MIT
   latent.h - a component seen from latent space: what it makes of z, and energies over z.

     w(z) = u(x) - log_det         x made of z, log_det = ln|dx/dz|: e^-w dz is e^-u dx
     log q_k(x) = log p(z) - log_det

   The flow turns its own distribution into that of its prior, mostly the standard normal, and e^-u
   into one that is near: dynamics that are slow and stiff in x (sample/path.h) find all directions
   of z alike.  Bodies keep their order and stand where they are (coords/pose.h) while z changes:
   e^-u dx is that at one placement.  z whose x the component would see otherwise is outside its
   domain and not used, or x and its images would be counted more than once.

   Coordinates on circles have the period 2 pi, and any z that differs by it is the same point. */
#ifndef BGEN_MODEL_LATENT_H
#define BGEN_MODEL_LATENT_H

#include "base/api.h"
#include "model/generator.h"

BGEN_API_BEGIN

/* How a component sees up to `capacity` configurations, which z has no part in. */
typedef struct bgen_views bgen_views;
bgen_status bgen_views_create(const bgen_generator *generator, size_t capacity, bgen_views **views);
void bgen_views_destroy(bgen_views *views); /* NULL is fine */

/* Of the first n, view i becomes what view order[i] < n was. */
void bgen_views_follow(bgen_views *views, size_t n, const size_t *order);

/* z[n][n_shape], views and log_det[n] of x[n][dim]. */
bgen_status bgen_latent_find(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                             size_t n, const double *x, bgen_views *views, double *z,
                             double *log_det);

/* x[n][dim] of z, and log_det[n], which is NaN where x is outside the domain. */
bgen_status bgen_latent_bodies(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                               size_t n, const bgen_views *views, const double *z, double *x,
                               double *log_det);

/* grad_w[n][n_shape] = dw/dz from grad_u[n][dim] = du/dx. */
bgen_status bgen_latent_gradient(const bgen_generator *generator, bgen_workspace *workspace,
                                 size_t k, size_t n, const bgen_views *views, const double *z,
                                 const double *grad_u, double *grad_w);

/* Which coordinates of z are on circles, [n_shape]; NULL: none. */
const bool *bgen_latent_circles(const bgen_generator *generator, size_t k);

/* Coordinates on circles come to -pi ... pi, in z[n][n_shape]. */
void bgen_latent_wrap(const bgen_generator *generator, size_t k, size_t n, double *z);

/* z[n][n_shape] of component k becomes what component l has of it: what is on a circle for one of
   the two alone becomes the number that as much of the prior lies below.  log_det[n] of it is
   added: NaN where it cannot be undone in double precision, 8 standard deviations out. */
void bgen_latent_convert(const bgen_generator *generator, size_t k, size_t l, size_t n, double *z,
                         double *log_det);

/* One point z[n_shape] of a temperature becomes that of another, as bgen_prior_rescale() has it,
   whose logarithm is returned. */
double bgen_latent_rescale(const bgen_generator *generator, size_t k, double from, double to,
                           bgen_rng *rng, double *z);

/* log_p[n] and its gradient[n][n_shape], at a temperature. */
void bgen_latent_log_p(const bgen_generator *generator, size_t k, double temperature, size_t n,
                       const double *z, double *log_p, double *gradient);

BGEN_API_END
#endif
