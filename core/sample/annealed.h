/* SPDX-License-Identifier: MIT
   annealed.h - paths between the flow of one component and the Boltzmann distribution (annealed
   importance sampling: Neal, Statistics and Computing 11, 125, doi:10.1023/A:1008923215028).

     u_t(x) = -(1 - lambda_t) log q_k(x) + lambda_t u(x)
     0 = lambda_0 < ... < lambda_{n_steps} = 1

   log q_k is taken of x folded to the component (coords/symmetry.h), so x may be any image.  A path
   from the flow goes through t = 0 ... n_steps; its walkers begin as samples of component k within
   its domain.  A path to the flow goes back.

     bgen_annealed_from_flow(...) or bgen_annealed_to_flow(...)
     while (!bgen_annealed_next(anneal, &wanted) && wanted.n)
       { evaluate u and its gradient at wanted.x; bgen_annealed_arrive(anneal, u, grad_u); }

   Steps are of two kinds.  In a path, the dynamics go on while u_t changes, and the work is that of
   the protocol and of the time step (sample/path.h).  Tested steps are Monte Carlo moves at
   constant u_t, each accepted or undone (sample/population.h), with velocities drawn anew, between
   the changes of lambda, whose work alone counts: a longer time step costs no work, but more
   steps are undone.

     path     lambda_1 at x_1, ... lambda_n at x_n                   dynamics all the way
     tested   lambda_1 at x_0, a move to x_1 at lambda_1, lambda_2 at x_1, ... lambda_n at x_{n-1}

   With dynamics in latent space (sample/path.h) the paths are there, those of component k
   (model/latent.h): u_t is that of z, bodies stay where they are, and a path that leaves the domain
   has no finite work.

   Works are then in anneal->path->work, the parts that the time step has done alone in
   anneal->path->by_step (NaN of a single step), configurations in anneal->x. */
#ifndef BGEN_SAMPLE_ANNEALED_H
#define BGEN_SAMPLE_ANNEALED_H

#include "base/api.h"
#include "base/wanted.h"
#include "model/latent.h"
#include "sample/path.h"
#include "sample/population.h"

BGEN_API_BEGIN

/* What a path is of. */
typedef struct bgen_anneal {
  size_t k;             /* component */
  double temperature;   /* of its density */
  size_t n_steps;       /* > 0 */
  const double *lambda; /* [n_steps + 1], the caller's */
} bgen_anneal;

/* Members are to be read. */
typedef struct bgen_annealed {
  const bgen_generator *generator;
  bgen_workspace *workspace; /* both are the caller's */
  bgen_anneal of;
  bgen_path *path;            /* of x or of z */
  bgen_population *walkers;   /* of tested steps, else NULL; path then has their works */
  bgen_dynamics dynamics;     /* of tested steps */
  int64_t n_tested, n_undone; /* tested steps of all n since the paths began, and those undone */
  bool latent, to_flow;
  size_t at;              /* steps made */
  double *x;              /* [n][dim] where the paths are */
  double *energy;         /* [n] u where x is, once it has arrived */
  double *log_q, *grad_q; /* [capacity], [capacity][dim] memory */
  /* [capacity] u + log q_k where x is; NaN: one of them is not known.  Of tested steps 0, or NaN
     where x began outside the domain. */
  double *gap;
  bgen_views *views; /* of x, and what follows is memory, of paths in latent space */
  double *body, *u, *grad_u,
      *log_det; /* [capacity][dim], [capacity], [capacity][dim], [capacity] */
} bgen_annealed;

bgen_status bgen_annealed_create(const bgen_generator *generator, bgen_workspace *workspace,
                                 size_t capacity, bgen_annealed **anneal);
/* of tested steps, in latent space or in x: all dynamics are of this kind then */
bgen_status bgen_annealed_create_tested(const bgen_generator *generator, bgen_workspace *workspace,
                                        bool latent, size_t capacity, bgen_annealed **anneal);
void bgen_annealed_destroy(bgen_annealed *anneal); /* NULL is fine */

/* lambda[t] = (t / n_steps)^power */
void bgen_annealed_schedule(size_t n_steps, double power, double *lambda);

/* adapted[n_steps + 1] is the schedule in which all steps contribute alike to the spread of the
   work, if the step from lambda[t] to lambda[t + 1] contributes spread[t] > 0 now and a part of a
   step its share of it.  adapted is not lambda. */
void bgen_annealed_adapt(size_t n_steps, const double *lambda, const double *spread,
                         double *adapted);

/* From n <= capacity samples x[n][dim] of component k. */
bgen_status bgen_annealed_from_flow(bgen_annealed *anneal, const bgen_anneal *of,
                                    const bgen_dynamics *dynamics, uint64_t seed,
                                    bgen_stream stream, uint64_t first, size_t n, const double *x);

/* From n configurations with their u[n] and gradients grad_u[n][dim]. */
bgen_status bgen_annealed_to_flow(bgen_annealed *anneal, const bgen_anneal *of,
                                  const bgen_dynamics *dynamics, uint64_t seed, bgen_stream stream,
                                  uint64_t first, size_t n, const double *x, const double *u,
                                  const double *grad_u);

/* One step of all walkers.  Nothing is wanted: the paths have ended, or none has a finite work. */
bgen_status bgen_annealed_next(bgen_annealed *anneal, bgen_wanted *wanted);
bgen_status bgen_annealed_arrive(bgen_annealed *anneal, const double *u, const double *grad_u);

BGEN_API_END
#endif
