/* SPDX-License-Identifier: MIT
   gaussian.h - the normal distribution that stands for frames where a flow whitens them.

   A covariance C of d = n_shape coordinates has some d^2/2 free numbers.  What n frames leave open
   of them costs about d^2/(4 n) kT of KL(p|q), and is infinite from n = d on down.  These need
   fewer numbers:

     frames     mean and covariance of the frames
     symmetric  these, averaged over the motions that map the reference to itself
                (coords/site_symmetry.h)
     shrunk     these, mixed with independent coordinates of one width for each kind of particles,
                C <- (1 - s) C + s D
     hessian    the same with D = H^-1, H the second derivatives of u - ln J (model/hessian.h),
                averaged alike
     auto       the best of frames, symmetric, shrunk

   Best, and the share s, are by the mean of ln q over held-out frames: the last fifth of them,
   which is apart in time, or of other walkers.  What is taken is then fitted to all frames.
   Whatever is taken, q is normalised: frames that are not symmetric make a poor proposal, but no
   wrong one. */
#ifndef BGEN_MODEL_GAUSSIAN_H
#define BGEN_MODEL_GAUSSIAN_H

#include "base/api.h"
#include "coords/lattice.h"
#include "model/generator.h"

BGEN_API_BEGIN

typedef enum bgen_gaussian_kind {
  BGEN_GAUSSIAN_FRAMES,
  BGEN_GAUSSIAN_SYMMETRIC,
  BGEN_GAUSSIAN_SHRUNK,
  BGEN_GAUSSIAN_HESSIAN,
  BGEN_GAUSSIAN_AUTO,
  BGEN_N_GAUSSIANS = BGEN_GAUSSIAN_AUTO /* to choose from */
} bgen_gaussian_kind;

const char *bgen_gaussian_name(bgen_gaussian_kind kind);

typedef struct bgen_gaussian_options {
  bgen_gaussian_kind kind;
  const int *kinds;     /* [n_particles], of those that the energy does not tell apart; NULL: all */
  bgen_lattice lattice; /* of the box; aligned: not looked at, a body is free */
  const double *hessian; /* [n_shape][n_shape]; of hessian alone */
} bgen_gaussian_options;

typedef struct bgen_gaussian_report {
  bgen_gaussian_kind taken;
  size_t n_held_out;               /* 0: nothing was compared */
  size_t n_translations, n_points; /* of the reference, see coords/site_symmetry.h; 0: not needed */
  double
      log_q[BGEN_N_GAUSSIANS]; /* mean of held-out frames; NaN: not tried, -inf: not normalised */
  double share;                /* s of what was taken; NaN: it has none */
} bgen_gaussian_report;

/* Component k, which is fitted, and whose flow begins with whiten: its flow is fitted again to
   folded frames x[n][dim].  With frames, or where auto takes them, it stays as it is. */
bgen_status bgen_generator_fit_gaussian(bgen_generator *generator, bgen_workspace *workspace,
                                        size_t k, const bgen_gaussian_options *options, size_t n,
                                        const double *x, bgen_gaussian_report *report);

BGEN_API_END
#endif
