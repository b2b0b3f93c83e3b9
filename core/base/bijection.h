/* SPDX-License-Identifier: MIT
   bijection.h - the one interface of everything that moves a configuration, and the conventions of
   the whole core.  Read it first.

     letters    x configuration, z latent point, theta learned parameters, u = U/kT reduced energy,
                q the density of the flow over x
     direction  forward is z -> x, inverse is x -> z
     arrays     row-major, in[n][dim]; the caller owns them; inputs and outputs never overlap
     log_det    log|det d(out)/d(in)| of each point is ADDED to log_det[n]
     gradients  vjp takes dL/d(out) and dL/d(log_det), SETS grad_in, ADDS to grad_theta or sets it,
                as the pass says; NULL: that is not wanted, and not computed.  What it adds is the
                sum over BGEN_SUM_ROWS points (base/product.h), then that over the next ones
     state      a map is constant once created, so threads may share it; what it learns lies in
                theta, what it takes from data before training in fitted, what a pass leaves for its
                vjp in the tape: all three belong to the caller
     rows       a point's result and its grad_in never depend on the other points of its batch, nor
                grad_in on whether grad_theta is wanted

   A new map is one pair of files, one line in the build, one row in model/spec.c and one in
   tests/core/maps.c. */
#ifndef BGEN_BASE_BIJECTION_H
#define BGEN_BASE_BIJECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/neighbors.h"
#include "base/real.h"
#include "base/rng.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bgen_direction { BGEN_INVERSE = -1, BGEN_FORWARD = +1 } bgen_direction;

/* What apply and the vjp after it must agree on.  Sizes are per point, in doubles; a batch of n
   occupies bgen_padded_rows(n) rows (base/linalg.h) of tape and of scratch. */
typedef struct bgen_pass {
  bgen_direction direction;
  size_t n;
  const bgen_real *theta; /* this map's slice, [n_params] */
  const double *fitted;   /* this map's slice, [n_fitted] */
  double *tape;           /* [rows * tape_size], written by apply and read by vjp;
                             NULL where no vjp will follow */
  double *scratch;        /* [rows * scratch_size], of no value between calls */
  bool sets;              /* vjp sets grad_theta, whatever stands there, instead of adding to it */
} bgen_pass;

/* What a map is fitted to, as it is on the x side of this map. */
typedef struct bgen_examples {
  size_t n;
  const double *x;                 /* [n][dim], frames */
  const bgen_neighbors *neighbors; /* of the sites of a crystal; NULL: they are not known */
} bgen_examples;

typedef struct bgen_bijection bgen_bijection;

typedef struct bgen_bijection_type {
  const char *name;
  void (*apply)(const bgen_bijection *map, const bgen_pass *pass, const double *in, double *out,
                double *log_det);
  void (*vjp)(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
              const double *grad_log_det, double *grad_in, bgen_real *grad_theta);
  /* theta near the identity; NULL where n_params is 0 */
  void (*init)(const bgen_bijection *map, bgen_rng rng, bgen_real *theta);
  /* fitted[n_fitted] from examples; NULL where n_fitted is 0 */
  bgen_status (*fit)(const bgen_bijection *map, const bgen_real *theta, const bgen_examples *to,
                     double *fitted);
  /* BGEN_BAD_FILE unless fitted, which somebody else has written, is what fit may give: what was
     made of other numbers of it (an inverse, a sum of logarithms) belongs to them; finite numbers.
     NULL where n_fitted is 0 */
  bgen_status (*check)(const bgen_bijection *map, const double *fitted);
  void (*destroy)(bgen_bijection *map);
} bgen_bijection_type;

/* The first member of every map. */
struct bgen_bijection {
  const bgen_bijection_type *type;
  size_t dim, n_params, n_fitted, tape_size, scratch_size;
  bool adds_often; /* vjp adds other sums to grad_theta than those of BGEN_SUM_ROWS points */
};

/* Particles and the components of a position that are moved: dim = n_particles * n_space,
   coordinate c of particle i is x[i * n_space + c]. */
typedef struct bgen_layout {
  size_t n_particles, n_space;
} bgen_layout;

/* For a vjp that only adds: grad_theta becomes 0 where the pass says that it is set. */
static inline void bgen_begin_gradient(const bgen_bijection *map, const bgen_pass *pass,
                                       bgen_real *grad_theta)
{
  if (grad_theta && pass->sets) memset(grad_theta, 0, map->n_params * sizeof *grad_theta);
}

/* NULL is fine. */
static inline void bgen_bijection_destroy(bgen_bijection *map)
{
  if (map) map->type->destroy(map);
}

#ifdef __cplusplus
}
#endif
#endif
