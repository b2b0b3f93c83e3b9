/* SPDX-License-Identifier: MIT
   symmetry.h - symmetries: which of a configuration's images stands for all of them.

   The energy may be blind to the exchange of identical particles and to reflections in a plane
   across a coordinate axis.  A configuration then has many images of one energy; the one that is
   closest to a reference configuration,
     argmin over images of sum_i |image_i - reference_i|^2,
   represents them.  The configurations that represent themselves are the domain in which a flow
   lives: its density counts there, and a proposal outside is refused, which keeps a chain of
   representatives exact. */
#ifndef BGEN_COORDS_SYMMETRY_H
#define BGEN_COORDS_SYMMETRY_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "coords/relabel.h"

BGEN_API_BEGIN

/* Component axis of all positions becomes 2 plane - component. */
typedef struct bgen_mirror {
  size_t axis;
  double plane;
} bgen_mirror;

typedef struct bgen_symmetry bgen_symmetry;

/* species[n_particles] as in coords/relabel.h, NULL where all particles are distinct; at most one
   mirror for each axis.  With neither, a configuration is its only image. */
bgen_status bgen_symmetry_create(const bgen_layout *layout, const int *species, size_t n_mirrors,
                                 const bgen_mirror *mirrors, bgen_symmetry **symmetry);
void bgen_symmetry_destroy(bgen_symmetry *symmetry); /* NULL is fine */

/* NULL where all particles are distinct */
const bgen_relabel *bgen_symmetry_relabel(const bgen_symmetry *symmetry);

const bgen_mirror *bgen_symmetry_mirrors(const bgen_symmetry *symmetry, size_t *n_mirrors);

/* 2^n_mirrors, the identity among them */
size_t bgen_symmetry_n_reflections(const bgen_symmetry *symmetry);

/* Reflection r of x, by the mirrors whose bits are set in r; out may be x. */
void bgen_symmetry_reflect(const bgen_symmetry *symmetry, size_t r, const double *x, double *out);

/* How an image comes about: particle order[i] of x takes place i, and all are reflected. */
typedef struct bgen_image {
  size_t reflection;
  size_t *order; /* [n_particles], memory of the caller */
} bgen_image;

/* Doubles of memory that one thread needs for bgen_symmetry_find and bgen_symmetry_apply. */
size_t bgen_symmetry_work_size(const bgen_symmetry *symmetry);

/* Sets image to the one of x that is closest to reference; true if it is x itself.
   A configuration with a number that is not finite is its own image, and outside. */
bool bgen_symmetry_find(const bgen_symmetry *symmetry, const double *reference, const double *x,
                        double *work, bgen_image *image);

/* out = this image of x (out may not be x). */
void bgen_symmetry_image(const bgen_symmetry *symmetry, const bgen_image *image, const double *x,
                         double *out);

/* Carries a gradient with respect to the image back to x (grad may not be grad_image).  It is that
   of what is found at the image nearest to the reference wherever this image is that one. */
void bgen_symmetry_gradient(const bgen_symmetry *symmetry, const bgen_image *image,
                            const double *grad_image, double *grad);

/* bgen_symmetry_find, then bgen_symmetry_image. */
bool bgen_symmetry_apply(const bgen_symmetry *symmetry, const double *reference, const double *x,
                         double *work, double *out);

BGEN_API_END
#endif
