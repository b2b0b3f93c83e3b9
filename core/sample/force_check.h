/* SPDX-License-Identifier: MIT
   force_check.h - does an energy change by the work of the forces that are said to be its gradient?

   Along x + s direction, from s = 0 to step, the work of the forces is found by Simpson's rule from
   three points: exact where the energy is of fourth order.  It begins at x, so that it is not 0 in
   the middle of a well.  Energies need not be smooth: a
   cutoff makes them jump, tables and meshes make forces that are a little off, single precision
   makes noise.  So there are several steps, each with a direction of its own, and energy and forces
   disagree only if they do for all of them. */
#ifndef BGEN_SAMPLE_FORCE_CHECK_H
#define BGEN_SAMPLE_FORCE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/api.h"

BGEN_API_BEGIN

enum { BGEN_FORCE_CHECK_TRIES = 4, BGEN_FORCE_CHECK_POINTS = 3 }; /* at s = 0, step / 2, step */

/* An energy at a point; its slope dU/ds by the forces; and (sum of (grad_i direction_i)^2)^(1/2),
   which is about what the slope is unless the direction was chosen by accident. */
typedef struct bgen_slope {
  double energy, slope, scale;
} bgen_slope;

/* direction[n] of a try: independent standard normals, drawn again where the slope grad . direction
   is smaller than its scale by accident */
void bgen_force_check_direction(uint64_t seed, uint64_t point, size_t n, const double *grad,
                                double *direction);

/* The step of a try from 0 on.  The first changes the energy by about kT/100 for each coordinate,
   but is not longer than `longest`; the others are shorter, the last ones by far, so that hardly a
   pair of atoms passes a cutoff. */
double bgen_force_check_step(int try_number, size_t n, const double *grad, double kT,
                             double longest);

/* change: of the energy; work: the same by the forces, so that it should be equal */
typedef struct bgen_force_check {
  double change, work;
  bool agrees;
} bgen_force_check;

/* noise: what forces may be wrong by along the direction, beside 5 % of what they are; sum: of the
   magnitudes of all energies that were added or subtracted, which are rounded */
bgen_force_check bgen_force_check_compare(const bgen_slope at[BGEN_FORCE_CHECK_POINTS], double step,
                                          double noise, double sum);

/* The same energy, of the same positions, later; kT. */
bool bgen_same_energy(double before, double now, double kT);

BGEN_API_END
#endif
