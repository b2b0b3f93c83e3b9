/* SPDX-License-Identifier: MIT
   driven.h - a driven move: a restraint drags a collective variable s from one value to another.

     u_t(x) = heat_t u(x) + spring/2 (s(x) - s_t)^2
     s_t = from + lambda_t (to - from),   lambda_t = t / n_steps,   t = 0 ... n_steps

   Where s is periodic, to - from is the shorter way round; of two ends half a period apart the way
   through the values between them.

   The restraint appears at x, where the path begins, and vanishes where it ends: both belong to
   the work, which so leads from e^{-u} to e^{-u}.  With heat_t < 1 the energy counts for less on
   the way, T/heat_t being the temperature there of everything but the restraint; heat is 1 at
   both ends and `heat` half way, 1/heat_t linear between.

   Escort: at each step, half way of A, all of x is displaced by a constant vector, `shift` along
   the whole way, which was fitted to what lies at both ends, such as the means of frames; or the
   particles of s are, so that s moves along with s_t, by the least that can do it; the logarithm
   of the volume factor is subtracted from the work (Vaikuntanathan and Jarzynski, Phys Rev Lett
   100, 190601, doi:10.1103/PhysRevLett.100.190601).

     bgen_driven_begin(drag, ...)
     while (!bgen_driven_next(drag, &wanted) && wanted.n)
       { evaluate u and its gradient at wanted.x; bgen_driven_arrive(drag, &u, grad_u); }

   The work is then drag->path->work[0], not finite where the path broke off; the time step alone
   has done drag->path->by_step[0] of it (NaN with an escort, which moves x within a step).
   drag->path->x[dim] is where it has led, with what arrived last as its u.  The way back drags from
   `to` to `from`. */
#ifndef BGEN_SAMPLE_DRIVEN_H
#define BGEN_SAMPLE_DRIVEN_H

#include "base/api.h"
#include "base/wanted.h"
#include "coords/basin.h"
#include "sample/path.h"

BGEN_API_BEGIN

/* What is dragged and how. */
typedef struct bgen_drag {
  const bgen_cv *cv; /* the caller's */
  double from, to;
  double spring; /* kT per unit of s squared, such as degree^2 */
  double heat;   /* > 0; 1: the temperature stays */
  bool escort;
  size_t n_steps;      /* > 0 */
  const double *shift; /* [dim], the caller's; NULL: none */
} bgen_drag;

/* Members are to be read. */
typedef struct bgen_driven {
  bgen_layout layout;
  bgen_drag of;
  bgen_path *path; /* of one walker */
  size_t at;       /* steps made */
  double u;        /* without the restraint, where x is */
  double switched; /* work of the protocol at x where the step began */
  double *grad;    /* [dim] memory */
} bgen_driven;

/* Of configurations of this layout. */
bgen_status bgen_driven_create(const bgen_layout *layout, bgen_driven **drag);
void bgen_driven_destroy(bgen_driven *drag); /* NULL is fine */

/* Of a cv that is linear or a distance; others have no escort. */
bool bgen_driven_can_escort(const bgen_cv *cv);

/* From x[dim] with its u and gradient grad_u[dim]; random numbers are those of this point. */
void bgen_driven_begin(bgen_driven *drag, const bgen_drag *of, const bgen_dynamics *dynamics,
                       uint64_t seed, bgen_stream stream, uint64_t point, const double *x, double u,
                       const double *grad_u);

bgen_status bgen_driven_next(bgen_driven *drag, bgen_wanted *wanted);
bgen_status bgen_driven_arrive(bgen_driven *drag, const double *u, const double *grad_u);

/* ---- the two ends between which a move drags ---- */

typedef struct bgen_driven_ends {
  size_t cv;   /* of the basins' */
  double s[2]; /* its values, which differ */
  /* around each, where that tells which way to go; -1: the middle between them does */
  int basin[2];
} bgen_driven_ends;

/* The ends have basins where each lies in a basin of its own, and in one only. */
bgen_driven_ends bgen_driven_ends_between(const bgen_basins *basins, size_t cv, double a, double b);

/* The end, 0 or 1, that x[dim] belongs to: that in its basin, or the nearer one; -1: neither. */
int bgen_driven_end_of(const bgen_driven_ends *ends, const bgen_basins *basins, const double *x);

BGEN_API_END
#endif
