/* SPDX-License-Identifier: MIT
   mbar.h - free energies of several states from samples of all of them (Shirts and Chodera, J.
   Chem. Phys. 129, 124105, doi:10.1063/1.2978177), with any number of states whose free energies
   are known.

   u_k(x) is the reduced energy of x in state k, f_k = -ln of the integral of e^-u_k.  A sample x_n
   counts in state i as much as
     W_ni = e^(f_i - u_i(x_n)) / sum_k count_k e^(f_k - u_k(x_n)),
   and f solves sum_n W_ni = 1 for all states i that are not known: with one known state this is
   MBAR, with a flow and one other state BAR, and from a flow alone to a state without samples the
   one-sided estimate.  Sentences of failures count states and samples from 1. */
#ifndef BGEN_ESTIMATE_MBAR_H
#define BGEN_ESTIMATE_MBAR_H

#include <stddef.h>

#include "base/api.h"
#include "base/status.h"
#include "estimate/uncertainty.h"

BGEN_API_BEGIN

/* All memory is the caller's. */
typedef struct bgen_mbar {
  size_t n_states, n;    /* n samples in all, in the order of their states */
  size_t n_known;        /* >= 1: the first so many have a known f, as flows have f = 0 */
  const size_t *count;   /* [n_states] samples of each; 0 where only its free energy is asked */
  const double *u;       /* [n_states][n] energies of all samples in all states; +inf: no density */
  const bgen_runs *runs; /* [n_states] of the samples of each; NULL: all independent */
  double *free_energy;   /* [n_states] in kT: of known states given, of others found */
  double *log_mixture;   /* [n] ln sum_k count_k e^(f_k - u_k(x)), found */
} bgen_mbar;

/* To rounding.  BGEN_NOT_FINITE: a NaN or -inf among u, a sample that its own state does not reach,
   a state that no samples join to a known one; free energies then stay as they were, log_mixture is
   lost.  BGEN_NO_CONVERGENCE: they do join, but by less than rounding; free energies and
   log_mixture are then those from which the search began, of states that are joined one by one by
   BAR, and their overlap says that they mean nothing. */
bgen_status bgen_mbar_solve(bgen_mbar *m);

/* The others are for a solved m. */

/* The information about f_j - f_i (overlap.h), were all samples independent: with the second
   derivatives H of L (mbar.c) between states with samples, 1 / (d H^-1 d).  0 where rounding
   hides it; INFINITY between known states. */
bgen_status bgen_mbar_information(const bgen_mbar *m, size_t i, size_t j, double *information);

/* For a state without samples: how many samples weigh there, 1 / sum_n W_ni^2. */
double bgen_mbar_effective(const bgen_mbar *m, size_t state);

/* Asymptotic error of f_j - f_i were all samples independent, by the covariance matrix of the paper
   (eq. 8); for n_known = 1. */
bgen_status bgen_mbar_independent_error(const bgen_mbar *m, size_t i, size_t j, double *error);

/* What each sample contributes to each free energy: influence[n_states][n], 0 for known states.
   With J_ij = delta_ij - count_j sum_n W_ni W_nj over states with samples that are not known,
     phi_n(f) = -J^-1 W_n,
   and for a state without samples -W_ni + sum_j count_j phi_n(f_j) sum_m W_mi W_mj; in all up to a
   constant for each state that n may be a sample of, which the spread of a sum leaves out. */
bgen_status bgen_mbar_influence(const bgen_mbar *m, double *influence);

/* From now on the free energy of this state is the one that is known, 0, and those of others and
   their influences are relative to it.  So flows of several temperatures are each the best
   reference for the distribution of their own. */
void bgen_mbar_set_zero(bgen_mbar *m, double *influence, size_t state);

/* value = S(a) = sum_n W_ni a_n, the mean of a[n] in the state i, and what each sample contributes
   to the integral of a e^-u_i in units of Z_i:
     contribution_n = W_ni a_n + sum_j dS/df_j phi_n(f_j),  dS/df_j = -count_j sum_n W_ni W_nj a_n.
   So <a> has the contributions of S(a) minus <a> times those of S(1), and f_i has
   those of -S(1). */
void bgen_mbar_integral(const bgen_mbar *m, const double *influence, size_t state, const double *a,
                        double *value, double *contribution /* [n] */);

/* The variance of a quantity to which sample n contributes contribution[n]: spreads of the states,
   summed. */
double bgen_mbar_variance(const bgen_mbar *m, const double *contribution);

BGEN_API_END
#endif
