/* SPDX-License-Identifier: MIT
   normal.h - normal distributions of shapes: moments of frames, their averages over the symmetry of
   the sites, and how likely other frames are. */
#ifndef BGEN_MODEL_NORMAL_H
#define BGEN_MODEL_NORMAL_H

#include "coords/pose.h"
#include "coords/site_symmetry.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_normal {
  double *mean, *covariance; /* [d], [d][d] */
} bgen_normal;

/* Shapes, and the displacements of particles that they are of, with memory for both. */
typedef struct bgen_shape_space {
  size_t dim, d;
  const bgen_pose *pose;            /* NULL: cartesian, */
  const double *reference;          /* [dim], from which displacements count */
  double *whole, *work, *displaced; /* [dim][dim], [dim][dim], [dim] */
  double *rows;                     /* [at least 256, and d][d] */
} bgen_shape_space;

/* of shape[n][d] */
void bgen_normal_of(const bgen_shape_space *space, size_t n, const double *shape, bgen_normal *out);

/* space->whole = B matrix B^T, and matrix[d][d] = B^T space->whole B (coords/pose.h) */
void bgen_shape_embed(const bgen_shape_space *space, const double *matrix);
void bgen_shape_project(const bgen_shape_space *space, double *matrix);

/* in place, of what is of shapes: matrix[d][d], mean[d] */
void bgen_shape_average(const bgen_shape_space *space, const bgen_site_symmetry *symmetry,
                        double *matrix);
void bgen_shape_average_mean(const bgen_shape_space *space, const bgen_site_symmetry *symmetry,
                             double *mean);

/* inverse[d][d] of a symmetric matrix[d][d], which is overwritten; how many of its eigenvalues are
   not positive: there is no inverse then. */
bgen_status bgen_shape_invert(const bgen_shape_space *space, double *matrix, double *inverse,
                              size_t *n_not_positive);

/* Mean ln q of frames of which only the moments are known; q's covariance[d][d] is overwritten.
   -inf unless it is positive definite. */
double bgen_normal_log_q(const bgen_shape_space *space, const double *mean, double *covariance,
                         const bgen_normal *frames);

#ifdef __cplusplus
}
#endif
#endif
