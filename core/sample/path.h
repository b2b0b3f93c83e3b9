/* SPDX-License-Identifier: MIT
   path.h - Langevin dynamics while the energy changes, with the exact work.

   n walkers go side by side, each in one configuration of dim coordinates with velocities v.  The
   reduced energy u_t(x) is the caller's, another one at each step: -log q that turns into u
   (sample/annealed.h), or u with a restraint that moves (sample/driven.h).

     begin     v ~ N(0, variance)                            at x, with u_0(x)
     depart    O (not in the first step), B, half of A
     approach  the other half of A                           to where the caller evaluates u_t
     arrive    B with the gradient of u_t

     O   v = c v + sqrt(1 - c^2) N(0, variance),  c = e^{-friction dt}
     B   v -= dt/2 variance du/dx
     A   x += dt v

   In latent space (model/latent.h), where u_t is nearly |x|^2/2, variances are 1 and

     B   v -= dt/2 (du/dx - x)
     A   (x, v) turns by dt: x cos dt + v sin dt, v cos dt - x sin dt

   which is the motion in |x|^2/2 itself, so that the time step costs no work there, whatever it is
   (the splitting of preconditioned hybrid Monte Carlo: Beskos, Pinski, Sanz-Serna, Stuart,
   Stochastic Process. Appl. 121, 2201, doi:10.1016/j.spa.2011.06.003).  Coordinates on circles,
   where u_t is nearly constant, move as in x, with variance 1.

   With constraints (sample/constraints.h) velocities that were drawn or kicked are projected, and
   both halves of A keep the lengths; where one of them cannot, the work is infinite.

   Between two O's a step is a bijection of volume 1 that is its own inverse once v is reversed, so
   the change of u + v^2/2variance in it, the protocol's part and that of the finite time step
   together, is work: a path begun at x ~ e^{-u_0} obeys <e^{-W}> = Z_t/Z_0 and Crooks' relation
   exactly at any dt (Nilmeier, Crooks, Minh, Chodera, PNAS 108, E1009, doi:10.1073/pnas.1106094108;
   Sivak, Chodera, Crooks, PRX 3, 011007, doi:10.1103/PhysRevX.3.011007).  Accepted with min(1,
   e^{-W}), and its velocities forgotten, a path is a move that leaves e^{-u} invariant: velocities
   that are drawn anew for each path need no reversal where it is refused. */
#ifndef BGEN_SAMPLE_PATH_H
#define BGEN_SAMPLE_PATH_H

#include <stdbool.h>

#include "base/api.h"
#include "base/rng.h"
#include "base/status.h"
#include "sample/constraints.h"

BGEN_API_BEGIN

typedef struct bgen_dynamics {
  double dt, friction;    /* friction in 1/time */
  const double *variance; /* [dim] of a velocity, kT/m; the caller's.  NULL: x is latent */
  const bool *circle;     /* [dim] of latent x, the caller's; NULL: none are on circles */
} bgen_dynamics;

/* Members are to be read, x between depart and approach also to be written. */
typedef struct bgen_path {
  size_t dim, capacity, n;
  bgen_dynamics dynamics;
  bool fresh;           /* no step has been made */
  double *x, *v, *grad; /* [n][dim], of u_t at x */
  double *u, *work;     /* [n]; a work that is not finite stays so */
  double *by_step;      /* [n] the part of the work that is not the protocol's, see below */
  double *total;        /* [n] u + v^2/2variance as a step began */
  double *normals;      /* [dim] memory */
  bgen_rng *rng;        /* [n] */
  bgen_constraints *constraints; /* the caller's; NULL: there are none */
} bgen_path;

bgen_status bgen_path_create(size_t dim, size_t capacity, bgen_path **path);
void bgen_path_destroy(bgen_path *path); /* NULL is fine */

/* Paths that begin from now on keep them; NULL: none.  Not in latent space.  Whoever moves x
   between depart and approach leaves their particles where they are. */
void bgen_path_constrain(bgen_path *path, bgen_constraints *constraints);

/* n <= capacity walkers at x[n][dim] (may be path->x), with u_0[n] and its gradient grad[n][dim]
   (may be path->grad).  Walker i takes its random numbers from point first + i of the stream. */
void bgen_path_begin(bgen_path *path, const bgen_dynamics *dynamics, uint64_t seed,
                     bgen_stream stream, uint64_t first, size_t n, const double *x, const double *u,
                     const double *grad);

/* The same in two: random numbers for n walkers, and a path that takes those which follow. */
void bgen_path_seed(bgen_path *path, uint64_t seed, bgen_stream stream, uint64_t first, size_t n);
void bgen_path_begin_again(bgen_path *path, const bgen_dynamics *dynamics, size_t n,
                           const double *x, const double *u, const double *grad);

void bgen_path_depart(bgen_path *path);
void bgen_path_approach(bgen_path *path);
void bgen_path_arrive(bgen_path *path, const double *u, const double *grad);

/* Of the step that walker i has just ended, this much was the work of the protocol: by_step becomes
   less by it.  With the protocol's part the mean of u_t - u_{t-1} at x where the step began and
   where it ended, what is left is the work that the finite time step has done alone: it is 0 where
   the energy stays and dt is small. */
void bgen_path_protocol(bgen_path *path, size_t i, double work);

/* Another energy where the walkers are, between steps. */
void bgen_path_switch(bgen_path *path, const double *u, const double *grad);

BGEN_API_END
#endif
