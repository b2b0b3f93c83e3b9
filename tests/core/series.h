/* SPDX-License-Identifier: GPL-2.0-or-later
   series.h - correlated numbers, and works made of them, whose true errors are known. */
#ifndef BGEN_TESTS_SERIES_H
#define BGEN_TESTS_SERIES_H

#include <stdbool.h>

#include "check.h"
#include "estimate/free_energy.h"

/* Normal numbers of mean 0: in each run (one if runs.n = 0) x' = memory x + sqrt(1 - memory^2) xi
   of variance 1, whose statistical inefficiency is (1 + memory) / (1 - memory), plus an offset of
   the run of variance cage^2. */
typedef struct kind {
  double memory, cage;
} kind;

void fill_series(uint64_t key, kind of, size_t n, const bgen_runs *runs, double *value);

/* Gaussian works of a free energy F and variance s^2 have the means F + s^2/2 forward and -F +
   s^2/2 in reverse (Crooks): a series becomes works of +-F. */
void to_works(double free_energy, double s, size_t n, double *value);

/* |value - truth| <= error */
bool covers(const bgen_estimate *e, double truth);

/* 68 +- 7 % of n error bars hold the truth; the binomial error of 1000 is 1.5 % */
#define CHECK_COVERS(n_covered, n) CHECK_WITHIN((double) (n_covered) / (double) (n), 0.61, 0.75)

#endif
