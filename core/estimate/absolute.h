/* SPDX-License-Identifier: MIT
   absolute.h - from the free energy at one placement of a body (coords/pose.h) to an absolute one.

     F = -ln Z,  Z = prod_s 1/N_s! prod_i 1/L_i^d  integral of e^-u over all x of the body

   in kT: L_i is the thermal wavelength of particle i, or one length for all, by which Z is a pure
   number without kinetic part.  Particles of one species s are identical whether or not their order
   is found anew (coords/symmetry.h): every configuration counts once up to their exchange.  The
   generator gives -ln of the integral over all x at one placement, in one order.  What remains:

     centre of mass    -ln V     anywhere in the volume (the area, the length) V
     crystal           +ln n     n translations of the box map it onto itself: that many places of
                                 the centre are one crystal with its particles exchanged
     orientation       -ln 8 pi^2, in the plane -ln 2 pi, in one dimension nothing; of two particles
                       in space, which have a direction alone, -ln 4 pi
     symmetry number   +ln s     s orders of the particles are turns of one body
     mirror image      -ln 2     of a body that has one which no turn and no exchange gives
     mirrors           -m ln 2   of m mirrors of which the generator knows one side
     lengths           +d sum_i ln L_i

   All orders of identical particles, N! of them, cancel 1/N!, but for those that are the same place
   or orientation again: these are n and s.  n is the number of primitive cells in the box (Frenkel
   and Ladd, J Chem Phys 81, 3188; Polson, Trizac, Pronk and Frenkel, J Chem Phys 112, 5339), equal
   to N for one particle a cell; where the order of particles is found by the body itself, so that
   a sample and its turned copies are one, s is 1.  A molecule (coords/conformer.h) has its root in
   place of its centre, which is the same integral; rotors, whose order is found like that of the
   body, add nothing. */
#ifndef BGEN_ESTIMATE_ABSOLUTE_H
#define BGEN_ESTIMATE_ABSOLUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"

BGEN_API_BEGIN

/* Of one body. */
typedef struct bgen_absolute {
  size_t n_space, n_particles;
  bool centre, orientation; /* what is free and not yet integrated over */
  double volume;            /* of the centre */
  size_t n_translations;    /* n above; 0: no crystal */
  size_t symmetry_number;   /* s above */
  bool mirror_image;        /* counts too */
  size_t n_mirrors;
  bool thermal;         /* the lengths are thermal wavelengths */
  const double *length; /* [n_particles] */
} bgen_absolute;

enum { BGEN_TERM_LENGTH = 120, BGEN_MOST_TERMS = 8 };

typedef struct bgen_term {
  double value; /* kT */
  char meaning[BGEN_TERM_LENGTH];
} bgen_term;

/* What is added to the free energy at one placement, by those terms that apply; how many. */
size_t bgen_absolute_terms(const bgen_absolute *of, bgen_term terms[BGEN_MOST_TERMS]);
double bgen_sum_of_terms(size_t n, const bgen_term *terms);

/* h / sqrt(2 pi m kT), of which kT / m is the variance of a component of the velocity; planck is h
   in units of kT times those of time. */
double bgen_thermal_wavelength(double planck, double kT, double variance);

/* Physical constants in a unit style of LAMMPS (CODATA 2018). */
typedef struct bgen_unit_style {
  const char *name;
  double planck;          /* h, energy x time; 0: of no meaning (lj) */
  double pressure_volume; /* the energy of pressure 1 times volume 1 */
} bgen_unit_style;

/* NULL: there is none of this name. */
const bgen_unit_style *bgen_units(const char *name);

BGEN_API_END
#endif
