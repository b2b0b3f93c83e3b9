/* SPDX-License-Identifier: MIT
   annealed_move.h - an annealed move, from x of component k to x' of component l by two paths
   (sample/annealed.h):

     x -> x_0      on a path to flow k, with work W_1
     x_0 -> x_0'   of flow l, see bgen_annealed_start
     x_0' -> x'    on a path from flow l, with work W_2

   It leaves e^{-u} invariant if accepted with min(1, e^{-work}),
     ANY       x_0' drawn from q_l, l with probability weight_l
               work = W_1 + W_2 - ln weight_k + ln weight_l
     OTHER     x_0' drawn from q_l, l != k with equal probabilities
               work = W_1 + W_2
     TRANSFER  x_0' = F_l(F_k^-1(x_0)), l so too
               work = W_1 + W_m + W_2,
               W_m = ln q_k(x_0) - ln q_l(x_0') - ln|det of F_l o F_k^-1|, 0 where both flows have
               one prior
   and refused where x_0' lies outside the domain of l or x' belongs to another component, which is
   for the caller to see.

     bgen_annealed_move_begin(move, &attempt)
     while (!bgen_annealed_move_next(move, &wanted) && wanted.n)
       { evaluate u and its gradient at wanted.x; bgen_annealed_move_arrive(move, u, grad_u); }
     bgen_annealed_move_result(move)

   While it is tuned, the works of all steps are noted, and bgen_annealed_move_adapt() makes a
   better schedule of them, once enough are known: then of ever more. */
#ifndef BGEN_SAMPLE_ANNEALED_MOVE_H
#define BGEN_SAMPLE_ANNEALED_MOVE_H

#include "base/api.h"
#include "sample/annealed.h"

BGEN_API_BEGIN

typedef struct bgen_annealed_move bgen_annealed_move;

typedef enum bgen_annealed_start {
  BGEN_START_ANY,
  BGEN_START_OTHER,
  BGEN_START_TRANSFER
} bgen_annealed_start;

/* Steps that are tested are in latent space or in x, all of them; others as their dynamics say. */
typedef struct bgen_annealed_way {
  bgen_annealed_start start;
  size_t n_steps;
  bool tested, latent;
} bgen_annealed_way;

/* generator and workspace stay the caller's. */
bgen_status bgen_annealed_move_create(const bgen_generator *generator, bgen_workspace *workspace,
                                      const bgen_annealed_way *way, bgen_annealed_move **move);
void bgen_annealed_move_destroy(bgen_annealed_move *move); /* NULL is fine */

/* Pointers are the caller's, and stay valid until the move has ended. */
typedef struct bgen_annealed_attempt {
  size_t from; /* component that x belongs to */
  double temperature;
  bgen_dynamics dynamics;
  const double *lambda; /* [n_steps + 1] */
  bool noted;           /* works of steps are, for bgen_annealed_move_adapt() */
  uint64_t seed;
  uint64_t number;          /* of the proposal: the point of its random numbers */
  const double *x, *grad_u; /* [dim] and the gradient of u there, [dim] */
  double u;
} bgen_annealed_attempt;

/* What is known at once: the component that the move leads to, if it does. */
size_t bgen_annealed_move_begin(bgen_annealed_move *move, const bgen_annealed_attempt *attempt);

bgen_status bgen_annealed_move_next(bgen_annealed_move *move, bgen_wanted *wanted);
bgen_status bgen_annealed_move_arrive(bgen_annealed_move *move, const double *u,
                                      const double *grad_u);

/* Of a move that has ended. */
typedef struct bgen_annealed_result {
  bool arrived; /* at x of component `to`, with a finite work */
  bool
      outside; /* x_0' was none of the domain of `to`, or a latent path has left that of its flow */
  size_t to;
  double work, u;  /* of x; u is that there */
  const double *x; /* [dim], the move's, until the next begin; it may be of another component */
  double by_step;  /* the part of the work that the time step has done alone; NaN: not known */
  int64_t n_tested, n_undone; /* steps of both paths */
} bgen_annealed_result;
bgen_annealed_result bgen_annealed_move_result(const bgen_annealed_move *move);

/* True: lambda[n_steps + 1] has become another schedule, and the works noted so far are
   forgotten. */
bool bgen_annealed_move_adapt(bgen_annealed_move *move, double *lambda);

BGEN_API_END
#endif
