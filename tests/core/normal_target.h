/* SPDX-License-Identifier: GPL-2.0-or-later
   normal_target.h - the target of one-step invariance: points drawn exactly from it make one move
   each, and are then still distributed as it.  They are independent, so the errors of their moments
   are honest.

   u = |x|^2 / 2, a standard normal in every coordinate.  Moments over the coordinates of a point do
   not change when identical particles change places. */
#ifndef BGEN_TESTS_NORMAL_TARGET_H
#define BGEN_TESTS_NORMAL_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* 5 standard errors in 4 moments: a false alarm in 4e5 runs; with fixed seeds never or always */
#define NORMAL_LIMIT 5.0

double normal_energy(size_t dim, const double *x);

/* Points first ... first + n - 1, x[n][dim]. */
void normal_draw(uint64_t first, size_t n, size_t dim, double *x);

typedef struct normal_moments {
  size_t n;
  double sum[4]; /* of the first to fourth powers */
} normal_moments;

void normal_moments_add(normal_moments *moments, size_t n, const double *values);

/* Largest deviation of a moment, in its standard errors. */
double normal_moments_worst(const normal_moments *moments);

#endif
