/* SPDX-License-Identifier: MIT
   basin.h - basins: ranges of collective variables that do not overlap.

   A basin holds the configurations whose cvs all lie in its ranges, one range a cv; without cvs it
   holds all of them.  Basins are numbered from 0, and -1 is none of them. */
#ifndef BGEN_COORDS_BASIN_H
#define BGEN_COORDS_BASIN_H

#include "base/api.h"
#include "coords/cv.h"

BGEN_API_BEGIN

/* Everything is the caller's. */
typedef struct bgen_basins {
  size_t n, n_cvs;
  bgen_layout layout;         /* of the configurations, as in cv.h */
  const bgen_cv *cv;          /* [n_cvs] */
  const bgen_cv_range *range; /* [n][n_cvs]; (-INFINITY, INFINITY) where a cv does not matter */
} bgen_basins;

/* The basin that holds x[dim], the first if they overlap. A cv without a gradient is evaluated only
   if a basin has a range of it. */
int bgen_basin_of(const bgen_basins *basins, const double *x);

/* The only basin that may hold a configuration whose cv has the value s; -1: none, or several. */
int bgen_basin_at(const bgen_basins *basins, size_t cv, double s);

/* Whether two basins, by their ranges [n_cvs], overlap: true unless a cv tells them apart. */
bool bgen_basins_overlap(size_t n_cvs, const bgen_cv_range *a, const bgen_cv_range *b);

/* d(cv)/dx into grad[dim], which need not be zero before. */
void bgen_basins_cv_gradient(const bgen_basins *basins, size_t cv, const double *x, double *grad);

/* The value of cv at x[dim]. */
double bgen_basins_cv(const bgen_basins *basins, size_t cv, const double *x);

BGEN_API_END
#endif
