/* SPDX-License-Identifier: MIT
   distribution.h - all points of a solution as samples of one Boltzmann distribution

   Points stand one basin after the other, as bgen_averages (averages.h) has them: only those that
   the part of the solution has chosen. */
#ifndef BGEN_ESTIMATE_DISTRIBUTION_H
#define BGEN_ESTIMATE_DISTRIBUTION_H

#include "base/api.h"
#include "estimate/averages.h"
#include "estimate/solution.h"

BGEN_API_BEGIN

size_t bgen_solution_n_points(const bgen_solution *solution);

/* 1 where a point belongs to basin k, else 0: inside[n_points]. */
void bgen_solution_inside(const bgen_solution *solution, size_t k, double *inside);

/* Reduced energy at temperature t, 0 where a point has no weight: u[n_points]. */
void bgen_solution_u(const bgen_solution *solution, size_t t, double *u);

/* Any quantity of all points, of_basin[n_basins][n][stride], of which the first of each row is
   taken; NAN where a point has no weight: value[n_points]. */
void bgen_solution_pick(const bgen_solution *solution, const double *const *of_basin, size_t stride,
                        double *value);

/* All points as samples of the Boltzmann distribution at temperature t.  BGEN_NO_MEMORY alone is a
   failure.  The solution must outlive it. */
typedef struct bgen_distribution bgen_distribution;

bgen_status bgen_distribution_create(const bgen_solution *solution, size_t t,
                                     bgen_distribution **distribution);
void bgen_distribution_destroy(bgen_distribution *distribution); /* may be NULL */

/* For averages.h; each has working memory of its own, so one thread at a time may use it. */
const bgen_averages *bgen_distribution_averages(const bgen_distribution *distribution,
                                                enum bgen_field field);

BGEN_API_END
#endif
