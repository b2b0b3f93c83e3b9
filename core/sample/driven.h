/* SPDX-License-Identifier: MIT
   driven.h - a driven move: a restraint drags a collective variable s from one value to another.

     u_t(x) = heat_t u(x) + spring/2 (s(x) - s_t)^2,   s_t = from + lambda_t (to - from),   t = 0 ... n_steps

   The restraint appears at x, where the path begins, and vanishes where it ends: both belong to the work, which so
   leads from e^{-u} to e^{-u}.  With heat_t < 1 the energy counts for less on the way, T/heat_t being the temperature there
   of everything but the restraint; heat is 1 at both ends and `heat` half way, 1/heat_t linear between.

   Escort: at each step, half way of A, all of x is displaced by a constant vector, `shift` along the whole way, which was fitted to
   what lies at both ends, such as the means of frames; or the particles of s are, so that s moves along with s_t, by the least that
   can do it; the logarithm of the volume factor is subtracted from the work (Vaikuntanathan and Jarzynski, Phys Rev Lett
   100, 190601, doi:10.1103/PhysRevLett.100.190601).

     bgen_driven_begin(drag, ...u(x) and gradient...)
     while (bgen_driven_next(drag)) { evaluate u at drag->path->x; bgen_driven_arrive(drag, u, gradient); }

   The way back drags from `to` to `from`. */
#ifndef BGEN_SAMPLE_DRIVEN_H
#define BGEN_SAMPLE_DRIVEN_H

#include "coords/cv.h"
#include "sample/path.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_driven {
  const bgen_cv *cv;
  bgen_layout layout;
  double from, to;
  double spring; /* kT per unit of s squared */
  double heat;   /* > 0; 1: the temperature stays */
  bool escort;
  size_t n_steps;
  bgen_path *path;     /* of one walker; the caller's */
  size_t at;           /* steps made */
  const double *shift; /* [dim], the caller's; NULL: none */
  double *escort_grad; /* [dim] memory, used where escort is set */
} bgen_driven;

/* Of a cv that is linear or a distance; others have no escort. */
bool bgen_driven_can_escort(const bgen_cv *cv);

void bgen_driven_begin(bgen_driven *drag, const bgen_dynamics *dynamics, uint64_t seed,
                       bgen_stream stream, uint64_t point, const double *x, double u,
                       const double *grad_u);

/* True: path->x waits for its energy.  False: the path has ended, path->work[0] is its work. */
bool bgen_driven_next(bgen_driven *drag);

/* u at path->x and its gradient grad_u[dim], which is overwritten. */
void bgen_driven_arrive(bgen_driven *drag, double u, double *grad_u);

#ifdef __cplusplus
}
#endif
#endif
