/* SPDX-License-Identifier: MIT
   generator.h - a mixture of flows, one for each basin, over configurations up to symmetry.

     q(x) = sum_k weight_k q_k(R_k x)

   R_k x is x folded to the reference of component k (coords/symmetry.h).  q is a density over
   configurations up to symmetry: x and its images have one value of q, and a component's sample
   outside its own domain is no sample of q.  One component and no symmetry make it a plain flow. */
#ifndef BGEN_MODEL_GENERATOR_H
#define BGEN_MODEL_GENERATOR_H

#include <stdbool.h>

#include "coords/symmetry.h"
#include "model/flow.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BGEN_NAME_LENGTH = 32 };

typedef struct bgen_component {
  char name[BGEN_NAME_LENGTH];
  bgen_flow *flow;
  double *reference; /* [dim], what frames are folded to */
  double weight;     /* of all weights, which sum to 1 */
  bool fitted;       /* has seen frames; only then can it sample */
} bgen_component;

typedef struct bgen_generator {
  bgen_layout layout;
  size_t dim, n_components;
  uint64_t seed;      /* of samples and of first weights */
  double temperature; /* of training, where tau of the flows is 1; part of the model */
  uint64_t mask_seed; /* of the random masks: part of the model, kept in its file */
  char *spec;         /* the line of model/spec.h */
  bgen_symmetry *fold;
  bgen_component *component;
  bgen_workspace *workspace;
  double *fold_work; /* these two serve one configuration */
  double *folded;
  size_t capacity;         /* points of the largest batch yet; grows, never shrinks */
  double *batch[2];        /* [capacity][dim] each */
  double *batch_log[2];    /* [capacity] each */
  size_t *batch_row;       /* [capacity] */
  bgen_image *batch_image; /* [capacity], whose orders lie in */
  size_t *batch_order;     /* [capacity][n_particles] */
} bgen_generator;

typedef struct bgen_generator_options {
  bgen_layout layout;
  const char *spec;
  const int *species; /* [n_particles], see coords/relabel.h; NULL: all distinct */
  size_t n_mirrors;
  const bgen_mirror *mirrors; /* [n_mirrors] */
  size_t n_components;
  const char *const *names; /* [n_components] */
  uint64_t seed;
  int n_threads;
} bgen_generator_options;

/* Equal weights, temperature 1; nothing is fitted yet. */
bgen_status bgen_generator_create(const bgen_generator_options *options,
                                  bgen_generator **generator);
void bgen_generator_destroy(bgen_generator *generator); /* NULL is fine */

/* Component k of a generator whose other members are set: a new flow, weight 1/n_components. */
bgen_status bgen_component_create(bgen_generator *generator, size_t k, const char *name);
void bgen_components_free(size_t n, bgen_component *component); /* and the array itself */

/* Makes room for n points in the arrays batch...: memory for one function at a time, which the next one
   on a batch writes over. */
bgen_status bgen_generator_reserve(bgen_generator *generator, size_t n);

/* Densities and samples are those of this temperature from now on, in the unit of that of training. */
void bgen_generator_set_temperature(bgen_generator *generator, double temperature);

/* True when every component has seen frames. */
bool bgen_generator_ready(const bgen_generator *generator);

/* The mean of the frames x[n][dim] as they are when folded to it: reference[dim], found by iteration
   from the first frame on.  Of many frames some thousand are looked at. */
bgen_status bgen_generator_mean_reference(bgen_generator *generator, size_t n, const double *x,
                                          double *reference);

/* Component k takes reference[dim] as its reference, then folds the n frames x[n][dim] in place and
   fits its flow to them. */
bgen_status bgen_generator_fit(bgen_generator *generator, size_t k, const double *reference,
                               size_t n, double *x);

/* out = x folded to component k (out may not be x); true if x was in its domain already. */
bool bgen_generator_fold(bgen_generator *generator, size_t k, const double *x, double *out);

/* A proposal: which component made it, log q of the whole mixture, and whether the sample lies in the
   domain of its component.  log_q of a sample outside is NaN. */
typedef struct bgen_draw {
  size_t component;
  double log_q;
  bool in_domain;
} bgen_draw;

/* Samples first ... first + n - 1 of a stream into x[n][dim] and draw[n]. */
bgen_status bgen_generator_sample(bgen_generator *generator, bgen_stream stream, uint64_t first,
                                  size_t n, double *x, bgen_draw *draw);

/* The same from one component alone; draw.log_q is then that of the component. */
bgen_status bgen_generator_sample_component(bgen_generator *generator, size_t k, bgen_stream stream,
                                            uint64_t first, size_t n, double *x, bgen_draw *draw);

/* x becomes one of its reflections, each as likely as the others, by the stream's number of this point.
   A chain whose proposals are not reflected is exact up to symmetry only. */
void bgen_generator_reflect(const bgen_generator *generator, bgen_stream stream, uint64_t point,
                            double *x);

/* log_q[n] of the mixture at x[n][dim], which need not be folded. */
bgen_status bgen_generator_log_q(bgen_generator *generator, size_t n, const double *x,
                                 double *log_q);

/* log_q[n] of component k alone. */
bgen_status bgen_generator_log_q_component(bgen_generator *generator, size_t k, size_t n,
                                           const double *x, double *log_q);

/* The points z[n][dim] of latent space from which component k makes x[n][dim], once folded, and
   log_det[n] of the way there: log q_k = log p(z) + log_det, whatever the temperature.  z may lie in
   batch[1], log_det in batch_log[0]. */
bgen_status bgen_generator_latent(bgen_generator *generator, size_t k, size_t n, const double *x,
                                  double *z, double *log_det);

/* The component that x[dim] most likely comes from, of greatest weight_k q_k. */
bgen_status bgen_generator_likeliest(bgen_generator *generator, const double *x, size_t *k);

/* The same bits as bgen_generator_log_q_component with the gradient: grad[n][dim] of log q_k(R_k x) with respect to x as it stands, not
   folded.  R_k is constant but where another image becomes the closest one: there log q_k may jump. */
bgen_status bgen_generator_log_q_component_gradient(bgen_generator *generator, size_t k, size_t n,
                                                    const double *x, double *log_q, double *grad);

#ifdef __cplusplus
}
#endif
#endif
