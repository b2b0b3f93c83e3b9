/* SPDX-License-Identifier: MIT
   gibbs.h - Gibbs free energy from free energies at a few volumes,

     G(p) = min over V of F(V) + p V,

   where F is a parabola in V^(-2/3), by least squares with the error bars of the F.  This is the
   equation of state of Birch and Murnaghan in second order, whose bulk modulus rises by 4 p; that
   of a parabola in V falls by p, and misses the volume of copper by 0.02 % where F are known within
   1.6 % of it.  All in kT; pressures are in kT per unit of volume, pV / kT = p V.

   Errors are those of first order in the errors of the F.  An error is INFINITY where the F do not
   tell: the minimum lies outside the volumes, or the curvature is not above four of its errors.
   Where more than three F show by their chi-square that they lie on no parabola, errors are widened
   by sqrt(chi-square / freedom), as if the F were less well known. */
#ifndef BGEN_ESTIMATE_GIBBS_H
#define BGEN_ESTIMATE_GIBBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "base/status.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

/* Where the minimum is not known, all three are NaN, with infinite errors. */
typedef struct bgen_gibbs {
  bgen_estimate free_energy;  /* G */
  bgen_estimate volume;       /* of the minimum */
  bgen_estimate bulk_modulus; /* V F''(V) there: kT per unit of volume */
  int outside; /* the minimum: -1 below the smallest volume, 1 above the largest, 0 between */
  bool flat;   /* the curvature is not known */
  size_t n;    /* free energies that are known; the parabola leaves n - 3 of freedom */
  double chi_square;
  double widening; /* of errors, above; 1: none */
} bgen_gibbs;

/* F[n] at volume[n], independent of each other; one whose error is INFINITY is left out, and one
   volume may have several.  BGEN_BAD_INPUT for fewer than three different volumes, for volumes or
   errors that are not above 0, and for other numbers that are not finite. */
bgen_status bgen_gibbs_minimum(size_t n, const double *volume, const bgen_estimate *F,
                               double pressure, bgen_gibbs *minimum);

BGEN_API_END
#endif
