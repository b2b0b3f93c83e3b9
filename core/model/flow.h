/* SPDX-License-Identifier: MIT
   flow.h - a normalizing flow: a prior (model/prior.h) seen through a map.

     log q(x) = log p(z) - log|det dx/dz|,  z = inverse(x)

   A batch is cut into chunks that run through all layers while they are in cache, one thread each;
   results do not depend on the number of threads. */
#ifndef BGEN_MODEL_FLOW_H
#define BGEN_MODEL_FLOW_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "model/prior.h"

BGEN_API_BEGIN

typedef struct bgen_flow {
  bgen_bijection *map;
  bgen_prior prior;
  const bgen_neighbors *neighbors; /* for maps that are fitted to sites, while they are; or NULL */
  bgen_real *theta;                /* [map->n_params] */
  double *fitted; /* [bgen_flow_n_fitted], of the map and then of the prior; of no meaning before
                       bgen_flow_fit */
  bool *circle;   /* [map->dim], which coordinates are on circles, or NULL: none; the prior's too */
} bgen_flow;

/* Points of a chunk: as many as share the caches of one core. */
enum { BGEN_CHUNK = 128 };

/* Takes the map, also on failure; theta starts near the identity.  The prior has n_modes modes,
   0: it is the standard normal.  circle[map->dim] is copied; NULL: none. */
bgen_status bgen_flow_create(bgen_bijection *map, size_t n_modes, const bool *circle, uint64_t seed,
                             bgen_flow **flow);
void bgen_flow_destroy(bgen_flow *flow); /* NULL is fine */
size_t bgen_flow_n_fitted(const bgen_flow *flow);

/* Fits what is taken from data (means, widths, then the modes of the prior) to n frames
   x[n][dim]. */
bgen_status bgen_flow_fit(bgen_flow *flow, size_t n, const double *x);

/* The same, but the map that whitens takes this mean[dim] and covariance[dim][dim] in place of
   those of the frames.  BGEN_BAD_INPUT unless the flow begins with whiten. */
bgen_status bgen_flow_fit_normal(bgen_flow *flow, size_t n, const double *x, const double *mean,
                                 const double *covariance);
bool bgen_flow_whitens(const bgen_flow *flow);  /* it begins with whiten */
bool bgen_flow_is_local(const bgen_flow *flow); /* it is fitted to neighbors, too */
/* Classes of the sites to which it has been fitted (layers/local.h); 0: it is not local. */
size_t bgen_flow_n_classes(const bgen_flow *flow);

/* Fits the modes alone, to where the map has the frames now; BGEN_BAD_INPUT if the prior has none.
   All leave the flow as it was where they fail. */
bgen_status bgen_flow_fit_prior(bgen_flow *flow, size_t n, const double *x);

/* BGEN_BAD_FILE unless fitted is what a fit may give, for a flow that somebody else has written. */
bgen_status bgen_flow_check(const bgen_flow *flow);

/* Memory of the passes, one part for each thread; serves every flow whose map has the same sizes.
   Most of it is the tape, which gradients alone write: until then it is address
   space.  The flow is constant in use: threads with passes of their own may share it. */
typedef struct bgen_passes bgen_passes;
bgen_status bgen_passes_create(const bgen_flow *flow, int n_threads, bgen_passes **passes);
void bgen_passes_destroy(bgen_passes *passes); /* NULL is fine */
int bgen_passes_threads(const bgen_passes *passes);

/* out[n][dim] of in[n][dim]; log_det[n] is set. */
void bgen_flow_transform(const bgen_flow *flow, bgen_passes *passes, bgen_direction direction,
                         size_t n, const double *in, double *out, double *log_det);

/* log_q[n] of x[n][dim].  tau is that of the prior (model/prior.h): 1 where it was trained. */
void bgen_flow_log_q(const bgen_flow *flow, bgen_passes *passes, double tau, size_t n,
                     const double *x, double *log_q);

/* The same bits of log_q[n], with d(log q)/dx: grad[n][dim]. */
void bgen_flow_log_q_gradient(const bgen_flow *flow, bgen_passes *passes, double tau, size_t n,
                              const double *x, double *log_q, double *grad);

/* d/dz of f(x) + scale log|det dx/dz|, x = forward(z), from grad_x = df/dx: grad_z[n][dim]. */
void bgen_flow_latent_gradient(const bgen_flow *flow, bgen_passes *passes, double scale, size_t n,
                               const double *z, const double *grad_x, double *grad_z);

/* Samples first ... first + n - 1 of a stream: x[n][dim] and log_q[n]. */
void bgen_flow_sample(const bgen_flow *flow, bgen_passes *passes, double tau, uint64_t seed,
                      bgen_stream stream, uint64_t first, size_t n, double *x, double *log_q);

BGEN_API_END
#endif
