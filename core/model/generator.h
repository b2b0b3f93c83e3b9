/* SPDX-License-Identifier: MIT
   generator.h - a mixture of flows, one for each basin, over configurations up to symmetry.

     q(x) = sum_k weight_k q_k(R_k x)

   R_k x is x folded to the reference of component k (coords/symmetry.h).  q is a density over
   configurations up to symmetry: x and its images have one value of q, and a component's sample
   outside its own domain is no sample of q.  One component and no symmetry make it a plain flow.

   With coordinates other than cartesian flows are of shapes and q a density at a given placement
   (coords/pose.h, coords/conformer.h): q_k(x) = q_k(shape) / J_k(shape).  Folded configurations and
   samples stand where the reference of their component does; model/shapes.h moves them.  Bodies
   keep their chirality, identical particles or not, unless they may be mirrored.

   Whatever asks leaves the generator constant and writes in its workspace alone: threads with a
   workspace each may use one generator.  temperature is that of the densities and samples asked
   for, in the unit of that of training.  Random numbers: (seed, stream, point) of base/rng.h. */
#ifndef BGEN_MODEL_GENERATOR_H
#define BGEN_MODEL_GENERATOR_H

#include <stdbool.h>

#include "base/api.h"
#include "coords/conformer.h"
#include "coords/symmetry.h"
#include "model/flow.h"

BGEN_API_BEGIN

enum { BGEN_NAME_LENGTH = 32 }; /* of a component, with the 0 at its end */

typedef struct bgen_generator bgen_generator;

typedef struct bgen_generator_options {
  bgen_layout layout;
  bgen_coords coords;    /* other than cartesian: no mirrors */
  bool mirrored;         /* aligned: a body may be the mirror image of another (coords/match.h) */
  const char *spec;      /* the line of model/spec.h */
  const int *species;    /* [n_particles], coords/relabel.h, rotors.h; NULL: all distinct */
  const bgen_tree *tree; /* internal: of these particles, in space; the caller's, lives longer */
  const signed char *circle; /* internal: [n_shape] 1 a circle, 0 a line, -1 as frames tell */
  size_t n_mirrors;
  const bgen_mirror *mirrors; /* [n_mirrors] */
  size_t n_components;
  const char *const *names; /* [n_components] */
  uint64_t seed;            /* of first weights and of random masks */
} bgen_generator_options;

/* Equal weights, temperature 1; nothing is fitted yet. */
bgen_status bgen_generator_create(const bgen_generator_options *options,
                                  bgen_generator **generator);
void bgen_generator_destroy(bgen_generator *generator); /* NULL is fine */

/* What the functions below write besides their results: passes of n_threads threads, and batches,
   which grow to the largest one asked for.  Of one thread at a time. */
typedef struct bgen_workspace bgen_workspace;
bgen_status bgen_workspace_create(const bgen_generator *generator, int n_threads,
                                  bgen_workspace **workspace);
void bgen_workspace_destroy(bgen_workspace *workspace); /* NULL is fine */
int bgen_workspace_threads(const bgen_workspace *workspace);

size_t bgen_generator_dim(const bgen_generator *generator);
size_t bgen_generator_n_shape(const bgen_generator *generator); /* of what flows see, and of z */
bgen_layout bgen_generator_layout(const bgen_generator *generator);
bgen_coords bgen_generator_coords(const bgen_generator *generator);
size_t bgen_generator_n_components(const bgen_generator *generator);
size_t bgen_generator_n_params(const bgen_generator *generator, size_t k);
const char *bgen_generator_name(const bgen_generator *generator, size_t k);

/* Weights sum to 1.  To set them, give n_components positive numbers in their proportion. */
double bgen_generator_weight(const bgen_generator *generator, size_t k);
void bgen_generator_set_weights(bgen_generator *generator, const double *positive);

/* The temperature of training, where tau of the flows is 1: part of the model. */
double bgen_generator_temperature(const bgen_generator *generator);
void bgen_generator_set_temperature(bgen_generator *generator, double temperature);

bool bgen_generator_fitted(const bgen_generator *generator, size_t k); /* then it can sample */
bool bgen_generator_ready(const bgen_generator *generator);            /* all of them are */
/* Of all that densities depend on (base/hash.h), read anew at each call; 0 where not ready. */
uint64_t bgen_generator_checksum(const bgen_generator *generator);

/* What frames of component k are folded to, [dim]; and its flow, for a trainer. */
const double *bgen_generator_reference(const bgen_generator *generator, size_t k);
bgen_flow *bgen_generator_flow(bgen_generator *generator, size_t k);

/* reference[dim]: the mean of frames x[n][dim] as they are when folded to it, found by iteration
   from the first frame on.  Of many frames some thousand are looked at. */
bgen_status bgen_generator_mean_reference(const bgen_generator *generator,
                                          bgen_workspace *workspace, size_t n, const double *x,
                                          double *reference);

/* Component k takes reference[dim], folds the n frames x[n][dim] in place and fits its flow to
   them.  Where it fails, the component is as it was. */
bgen_status bgen_generator_fit(bgen_generator *generator, bgen_workspace *workspace, size_t k,
                               const double *reference, size_t n, double *x);

/* Fits the prior of component k alone to folded frames, see bgen_flow_fit_prior(). */
bgen_status bgen_generator_fit_prior(bgen_generator *generator, bgen_workspace *workspace, size_t k,
                                     size_t n, const double *x);

/* A proposal: which component made it, log q of the whole mixture, and whether the sample lies in
   the domain of its component.  log_q of a sample outside is NaN. */
typedef struct bgen_draw {
  size_t component;
  double log_q;
  bool in_domain;
} bgen_draw;

/* Samples first ... first + n - 1 of a stream into x[n][dim] and draw[n]. */
bgen_status bgen_generator_sample(const bgen_generator *generator, bgen_workspace *workspace,
                                  double temperature, uint64_t seed, bgen_stream stream,
                                  uint64_t first, size_t n, double *x, bgen_draw *draw);

/* The same from one component alone; draw.log_q is then that of the component. */
bgen_status bgen_generator_sample_component(const bgen_generator *generator,
                                            bgen_workspace *workspace, size_t k, double temperature,
                                            uint64_t seed, bgen_stream stream, uint64_t first,
                                            size_t n, double *x, bgen_draw *draw);

/* x becomes one of its reflections, each as likely as the others, by the stream's number of this
   point.  A chain whose proposals are not reflected is exact up to symmetry only. */
void bgen_generator_reflect(const bgen_generator *generator, uint64_t seed, bgen_stream stream,
                            uint64_t point, double *x);

/* log_q[n] of the mixture at x[n][dim], which need not be folded. */
bgen_status bgen_generator_log_q(const bgen_generator *generator, bgen_workspace *workspace,
                                 double temperature, size_t n, const double *x, double *log_q);

/* log_q[n] of component k alone. */
bgen_status bgen_generator_log_q_component(const bgen_generator *generator,
                                           bgen_workspace *workspace, size_t k, double temperature,
                                           size_t n, const double *x, double *log_q);

/* The same bits with the gradient: grad[n][dim] of log q_k(R_k x) with respect to x as it stands,
   not folded.  R_k is constant; where another image becomes the closest, log q_k may jump. */
bgen_status bgen_generator_log_q_component_gradient(const bgen_generator *generator,
                                                    bgen_workspace *workspace, size_t k,
                                                    double temperature, size_t n, const double *x,
                                                    double *log_q, double *grad);

/* The component that x[dim] most likely comes from, of greatest weight_k q_k. */
bgen_status bgen_generator_likeliest(const bgen_generator *generator, bgen_workspace *workspace,
                                     double temperature, const double *x, size_t *k);

/* out = x folded to component k (out may not be x); true if x was in its domain already. */
bool bgen_generator_fold(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                         const double *x, double *out);

/* The points z[n][n_shape] of latent space from which component k makes x[n][dim], once folded, and
   log_det[n] of the way there: log q_k = log p(z) + log_det, whatever the temperature. */
bgen_status bgen_generator_latent(const bgen_generator *generator, bgen_workspace *workspace,
                                  size_t k, size_t n, const double *x, double *z, double *log_det);

/* What component k makes of z[n][n_shape], with log_det[n]; x may be outside its domain. */
void bgen_generator_from_latent(const bgen_generator *generator, bgen_workspace *workspace,
                                size_t k, size_t n, const double *z, double *x, double *log_det);

BGEN_API_END
#endif
