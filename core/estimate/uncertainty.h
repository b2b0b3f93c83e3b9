/* SPDX-License-Identifier: MIT
   uncertainty.h - the one place where error bars come from.

   An estimate is, to first order, a constant plus a sum over samples of what each contributes to it
   (its influence).  So every error bar of bgen is the spread of a sum of values in time order. */
#ifndef BGEN_ESTIMATE_UNCERTAINTY_H
#define BGEN_ESTIMATE_UNCERTAINTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

/* How the values of one state are related: those of one run (walker) are correlated in time, those
   of different runs are independent.  Where a function takes NULL, it stands for runs.n = 0. */
typedef struct bgen_runs {
  size_t n; /* runs; 0: all values are independent of each other */
  /* [n] run r holds the values from end[r - 1] (0 for the first) to end[r] - 1; the last is the
     number of values, and runs may be empty */
  const size_t *end;
} bgen_runs;

static inline size_t bgen_run_begin(const bgen_runs *runs, size_t r)
{
  return r ? runs->end[r - 1] : 0;
}

static inline size_t bgen_run_length(const bgen_runs *runs, size_t r)
{
  return runs->end[r] - bgen_run_begin(runs, r);
}

size_t bgen_longest_run(const bgen_runs *runs); /* its length; 0 without runs */

/* What is known of the variance of sum_i value_i about its expectation.  Values may have any mean:
   they are centred at it.  What counts is independent * g or, where runs differ, `between` if that
   is more, widened by Student's factor: one standard deviation covers 68 % in spite of few runs. */
typedef struct bgen_spread {
  double independent;  /* were all values independent: n times their variance */
  double inefficiency; /* g >= 1, the factor by which correlation within runs multiplies it */
  double between;      /* the variance as sums of whole runs tell it; 0 if fewer than 4 runs */
  bool runs_differ;    /* by more than the spread within them explains in 95 % of all cases */
  double variance;     /* what counts */
} bgen_spread;

/* Runs that are each stuck in a cage of their own are seen by `between` alone, and only if there
   are several: one run cannot know what it has not visited.  NaN or infinite values make it NaN. */
bgen_spread bgen_spread_of_sum(size_t n, const double *value, const bgen_runs *runs);

/* g = 1 + 2 sum_t (1 - t/n) C(t) over the correlation C of all runs together, up to where it first
   is not positive (Chodera et al., J. Chem. Theory Comput. 3, 26, doi:10.1021/ct0502864); 1 for
   independent values.  Values that are all the same, but for rounding, do not show how long they
   stay so: all of them count as one, g = n.  Beyond 16, lags t are taken in steps of t/16: the cost
   is n log(correlation time) at most. */
double bgen_statistical_inefficiency(size_t n, const double *value, const bgen_runs *runs);

/* Student's factor: an error that n - 1 = freedom differences tell must be so much wider to cover
   as often. */
double bgen_student(double freedom);

/* Every g-th value of each run, rounded where g is no whole number: index rises, and has room for
   all, end[runs.n] as in bgen_runs says where those of each run end; returns how many. */
size_t bgen_subsample(const bgen_runs *runs, double inefficiency, size_t *index, size_t *end);

BGEN_API_END
#endif
