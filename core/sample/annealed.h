/* SPDX-License-Identifier: MIT
   annealed.h - paths between the flow of one component and the Boltzmann distribution (annealed importance sampling:
   Neal, Statistics and Computing 11, 125, doi:10.1023/A:1008923215028).

     u_t(x) = -(1 - lambda_t) log q_k(x) + lambda_t u(x),   0 = lambda_0 < ... < lambda_{n_steps} = 1

   log q_k is taken of x folded to the component (coords/symmetry.h), so x may be any image.  A path from the flow goes
   through t = 0 ... n_steps; its walkers begin as samples of component k within its domain.  A path to the flow goes back.

     bgen_annealed_from_flow(...) or bgen_annealed_to_flow(...)
     while (!bgen_annealed_next(anneal, &wanted) && wanted) { evaluate u at anneal->path->x; bgen_annealed_arrive(...); }

   A move from x, which belongs to component k, to x', which belongs to l:  x -> x_0 on a path to flow k, with work W_1;  x_0' of
   flow l;  x_0' -> x' on a path from flow l, with work W_2.  It leaves e^{-u} invariant if accepted with min(1, e^{log_ratio}),
     x_0' drawn from q_l, l with probability weight_l   log_ratio = -W_1 - W_2 + ln weight_k - ln weight_l
     x_0' drawn from q_l, l != k with equal probabilities
                                                        log_ratio = -W_1 - W_2
     x_0' = F_l(F_k^-1(x_0)), l so too                  log_ratio = -W_1 - W_m - W_2,
          W_m = ln q_k(x_0) - ln q_l(x_0') - ln|det of F_l o F_k^-1|, 0 where both flows have one prior
   and refused where x_0' lies outside the domain of l or x' belongs to another component. */
#ifndef BGEN_SAMPLE_ANNEALED_H
#define BGEN_SAMPLE_ANNEALED_H

#include "model/generator.h"
#include "sample/path.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_annealed {
  bgen_generator *generator;
  bgen_path *path;      /* both are the caller's */
  const double *lambda; /* [n_steps + 1], the caller's */
  size_t n_steps;
  size_t k; /* component, the caller's to set before a path */
  bool to_flow;
  size_t at;              /* steps made */
  double *log_q, *grad_q; /* [capacity], [capacity][dim] of the path: memory */
} bgen_annealed;

bgen_status bgen_annealed_create(bgen_generator *generator, size_t capacity,
                                 bgen_annealed **anneal);
void bgen_annealed_destroy(bgen_annealed *anneal); /* NULL is fine */

/* lambda[t] = (t / n_steps)^power */
void bgen_annealed_schedule(size_t n_steps, double power, double *lambda);

/* adapted[n_steps + 1] is the schedule in which all steps contribute alike to the spread of the work, if the step from
   lambda[t] to lambda[t + 1] contributes spread[t] > 0 now and a part of a step its share of it.  adapted is not lambda. */
void bgen_annealed_adapt(size_t n_steps, const double *lambda, const double *spread,
                         double *adapted);

/* From n <= capacity samples x[n][dim] of component k. */
bgen_status bgen_annealed_from_flow(bgen_annealed *anneal, const bgen_dynamics *dynamics,
                                    uint64_t seed, bgen_stream stream, uint64_t first, size_t n,
                                    const double *x);

/* From n configurations with their u[n] and gradients grad_u[n][dim]. */
void bgen_annealed_to_flow(bgen_annealed *anneal, const bgen_dynamics *dynamics, uint64_t seed,
                           bgen_stream stream, uint64_t first, size_t n, const double *x,
                           const double *u, const double *grad_u);

/* One step of all walkers; wanted: u at path->x is needed, bgen_annealed_arrive comes next.  Not wanted: the paths have ended. */
bgen_status bgen_annealed_next(bgen_annealed *anneal, bool *wanted);
bgen_status bgen_annealed_arrive(bgen_annealed *anneal, const double *u, const double *grad_u);

#ifdef __cplusplus
}
#endif
#endif
