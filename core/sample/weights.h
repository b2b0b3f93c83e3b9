/* SPDX-License-Identifier: MIT
   weights.h - what the walkers of a population are worth while their energy changes, and which of
   them are multiplied.

   Walkers that follow e^{-u_0}/Z_0 at first get weights w *= e^{-(u_t - u_{t-1})} at each change,
   without or with moves that leave e^{-u_t} invariant between them (annealed importance sampling:
   Neal, Statistics and Computing 11, 125, doi:10.1023/A:1008923215028); and may be resampled, as
   many copies of each as its weight says (population annealing: Hukushima and Iba, AIP Conf. Proc.
   690, 200, doi:10.1063/1.1632130; Machta, Phys. Rev. E 82, 026704,
   doi:10.1103/PhysRevE.82.026704).  At any time <product of mean weights of all resamplings and of
   those since> = Z_t/Z_0 exactly. */
#ifndef BGEN_SAMPLE_WEIGHTS_H
#define BGEN_SAMPLE_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "base/status.h"

BGEN_API_BEGIN

/* Members are to be read. */
typedef struct bgen_weights {
  size_t capacity, n;
  double log_mean; /* sum of ln of the mean weights of all resamplings */
  double *log_w;   /* [n] since the latest of them; -inf is a walker without weight */
  size_t *family;  /* [n], which of the first walkers it descends from */
  size_t *order;   /* [n] of the latest resampling: i is a copy of what was walker order[i] */
  char *alive;     /* [n] memory */
} bgen_weights;

bgen_status bgen_weights_create(size_t capacity, bgen_weights **weights);
void bgen_weights_destroy(bgen_weights *weights); /* NULL is fine */

/* n <= capacity walkers of weight 1, each a family */
void bgen_weights_begin(bgen_weights *weights, size_t n);

/* Walker i loses weight e^-work.  A work that is not finite leaves it none. */
void bgen_weights_lose(bgen_weights *weights, size_t i, double work);

/* ln Z_t/Z_0 so far; -inf where no walker has any weight */
double bgen_weights_log_z(const bgen_weights *weights);

/* Systematic resampling by one number, uniform in (0,1): n walkers again, all of weight 1, walker j
   copied n w_j / sum w times on average and by less than one more or less.  False, and nothing has
   changed, where no walker has any weight. */
bool bgen_weights_resample(bgen_weights *weights, double uniform);

/* After it: values[i] becomes values[order[i]], each of n_bytes, in place. */
void bgen_weights_follow(const bgen_weights *weights, size_t n_bytes, void *values);

/* Families of which a walker with a weight is left. */
size_t bgen_weights_families(const bgen_weights *weights);

BGEN_API_END
#endif
