/* SPDX-License-Identifier: GPL-2.0-or-later
   half_wells.h - an ensemble whose free energies are known.

   Two harmonic basins U = offset + stiffness (x - middle)^2 / 2 at three temperatures, of which two
   are asked about, and a changed force field.  A flow is a normal density that is somewhat off;
   frames follow e^(-U/T) in walkers with memory.  Only x > middle is in the basin (the first) or in
   the domain of the flow (the second). */
#ifndef BGEN_TESTS_HALF_WELLS_H
#define BGEN_TESTS_HALF_WELLS_H

#include "estimate/distribution.h"
#include "series.h"

enum { BASINS = 2, TEMPERATURES = 2, LEVELS = 3, SAMPLES = 3000, WALKERS = 8, LENGTH = 500 };
enum { FRAMES = WALKERS * LENGTH, MOST = TEMPERATURES * SAMPLES + LEVELS * FRAMES };

typedef struct harmonic {
  double offset, stiffness;
} harmonic;

extern const double level[LEVELS], middle[BASINS], pi;
extern const harmonic first[BASINS], changed[BASINS]; /* the force field and the changed one */

/* What is true of half a well. */
double free_energy(const harmonic *h, double T);
double mean_u(const harmonic *h, double T);
double energy(const harmonic *h, size_t k, double at);
double log_density(size_t k, double T, double at); /* of the flow */

/* Memory of the ensemble at hand. */
extern double x[BASINS][MOST], u[BASINS][MOST], u_changed[BASINS][MOST];
extern double log_q[BASINS][MOST * TEMPERATURES];
extern int basin[BASINS][MOST];
extern size_t ends[WALKERS];
extern bgen_group frames[BASINS][LEVELS];
extern bgen_basin_points points[BASINS];

bgen_ensemble make_ensemble(uint64_t key, size_t n_temperatures, size_t n_levels, bool has_changed);
bgen_solution *solve(const bgen_ensemble *e, double fraction, bool decorrelated);

/* within 5 errors, and the error within a range */
void check_is(const bgen_estimate *f, double truth, double least_error, double most_error);

#endif
