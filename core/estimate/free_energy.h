/* SPDX-License-Identifier: MIT
   free_energy.h - free energy differences F_1 - F_0 in kT from reduced works.

   A forward work is w = u_1(x) - u_0(x) at a sample x of state 0, a reverse work the negative of
   it, w = u_0(x) - u_1(x), at a sample of state 1.  With a flow as state 0, u_0 = -log q and
   F_0 = 0.  w = +inf says that the other state does not reach there; NaN and -inf are refused. */
#ifndef BGEN_ESTIMATE_FREE_ENERGY_H
#define BGEN_ESTIMATE_FREE_ENERGY_H

#include <stddef.h>

#include "base/api.h"
#include "base/status.h"
#include "estimate/uncertainty.h"

BGEN_API_BEGIN

/* Works of one direction. */
typedef struct bgen_works {
  size_t n;
  const double *work; /* [n] in order of time, run by run */
  bgen_runs runs;     /* runs.n = 0: independent of each other */
} bgen_works;

typedef struct bgen_estimate {
  /* kT; one standard deviation, INFINITY where the data do not tell (overlap.h) */
  double value, error;
} bgen_estimate;

/* a - b of two that are independent of each other. */
bgen_estimate bgen_estimate_difference(const bgen_estimate *a, const bgen_estimate *b);

/* One-sided: -ln <e^-w> over forward works.  Biased while a few weights carry the sum: then the
   error is INFINITY. */
bgen_status bgen_estimate_fep(const bgen_works *forward, bgen_estimate *estimate);

/* The same with its error of first order, however few weights there are. */
bgen_status bgen_estimate_fep_first_order(const bgen_works *forward, bgen_estimate *estimate);

/* The same where the other state does not reach everywhere: <e^-w> is then Z_1/Z_0 times the part
   of state 1 that lies within the reach of state 0, which is the part of the works back that are
   finite. */
bgen_status bgen_estimate_one_sided(const bgen_works *forward, const bgen_works *reverse,
                                    bgen_estimate *estimate);

/* -ln <e^-F> over n >= 2 repeats of an estimate whose e^-F is unbiased; error by their spread, with
   Student's factor below 8, and INFINITY where a single repeat would not be known to 0.7 kT. */
bgen_status bgen_estimate_repeats(size_t n, const double *value, bgen_estimate *estimate);

/* Bennett's acceptance ratio (J. Comput. Phys. 22, 245, doi:10.1016/0021-9991(76)90078-4).
   Independent works have the error of his eq. 10a, correlated ones that of the spread of the same
   sums, and those that hardly overlap INFINITY: the value then lies between them. */
bgen_status bgen_estimate_bar(const bgen_works *forward, const bgen_works *reverse,
                              bgen_estimate *estimate);

/* How much works overlap at F_1 - F_0 = free_energy, as overlap.h says. */
double bgen_bar_overlap(const bgen_works *forward, const bgen_works *reverse, double free_energy);

/* What each work contributes to these estimates, up to a constant for each side: influence[forward
   n], for BAR followed by [reverse n].  The free energy is the estimate itself. */
void bgen_fep_influence(const bgen_works *forward, double free_energy, double *influence);
void bgen_bar_influence(const bgen_works *forward, const bgen_works *reverse, double free_energy,
                        double *influence);

/* Effective sample size (sum w)^2 / sum w^2 of log-weights, between 1 and n; 0: none is finite. */
double bgen_kish_ess(size_t n, const double *log_weight);
double bgen_works_effective(const bgen_works *works); /* the same of weights e^-work */

BGEN_API_END
#endif
