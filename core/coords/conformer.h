/* SPDX-License-Identifier: MIT
   conformer.h - molecules as flows see them: internal coordinates about a reference.

   The shape is that of coords/internal.h, bonds, angles and torsions, but

     torsions    within pi of those of the reference; each is a line or a circle
     line        a torsion of one narrow peak; what is given outside +-pi is outside the domain
     circle      of period 2 pi; what is given may be any lift of it
     rotors      (coords/rotors.h) in place of the torsion of the first of n leaves stands
                 y = n chi + sum delta, n times the phase that they have in common; the others,
                 delta, are in (0, 2 pi), in ascending order

   Leaves of a rotor are named in the cyclic order in which the phase is nearest to that of the
   reference: this order is found like a placement, and kept like one.  Each order has all of
   the circle of y, so ln J is that of internal coordinates less ln n for each rotor.

   Outside the domain, too, is the other hand: a line between bonds of one atom, whose sine in the
   reference is above 1/2, has another sign of it; leaves stand in another order.

   Aligned atoms (coords/tree.h) are one body, whose placement is the first one, and whose
   displacements from the reference (coords/pose.h) are the last numbers of the shape: its domain
   is that of the pose as well, and ln J the sum of both. */
#ifndef BGEN_COORDS_CONFORMER_H
#define BGEN_COORDS_CONFORMER_H

#include "base/api.h"
#include "coords/pose.h"
#include "coords/rotors.h"

BGEN_API_BEGIN

typedef struct bgen_conformer bgen_conformer;

/* What does not depend on a reference; all of it is the caller's, and lives longer. */
typedef struct bgen_conformer_of {
  const bgen_tree *tree;
  const int *species; /* [n_atoms] of leaves that may be rotors; NULL: there are none */
} bgen_conformer_of;

/* circle[n_shape]: which torsions are circles, copied; NULL: none.  reference[n_atoms][3] */
bgen_status bgen_conformer_create(const bgen_conformer_of *of, const bool *circle,
                                  const double *reference, bgen_conformer **conformer);
void bgen_conformer_destroy(bgen_conformer *conformer); /* NULL is fine */

size_t bgen_conformer_n_rotors(const bgen_conformer *conformer);
const bgen_rotor *bgen_conformer_rotors(const bgen_conformer *conformer);

/* of the reference, [n_shape] */
void bgen_conformer_home_shape(const bgen_conformer *conformer, double *shape);
void bgen_conformer_home(const bgen_conformer *conformer, bgen_placement *at);

/* work[] of all functions below has 9 n_atoms numbers.

   How x[n_atoms][3] is seen: atom order[i] of x takes place i; at[n_molecules].  True if that
   leaves all atoms where they are. */
bool bgen_conformer_find(const bgen_conformer *conformer, const double *x, double *work,
                         size_t *order, bgen_placement *at);

/* Of x in its order, seen from where it is placed. */
void bgen_conformer_to_shape(const bgen_conformer *conformer, const bgen_placement *at,
                             const double *x, double *work, double *shape);
void bgen_conformer_from_shape(const bgen_conformer *conformer, const bgen_placement *at,
                               const double *shape, double *work, double *x);

/* ln J; -inf outside the domain. */
double bgen_conformer_log_jacobian(const bgen_conformer *conformer, const double *shape,
                                   double *work);
void bgen_conformer_add_jacobian_gradient(const bgen_conformer *conformer, const double *shape,
                                          double scale, double *work, double *grad_shape);

/* df/d(shape) at constant placements where x has the shape, from grad_x = df/dx of a function of x,
   which is overwritten. */
void bgen_conformer_gradient_to_shape(const bgen_conformer *conformer, const bgen_placement *at,
                                      const double *x, double *grad_x, double *work,
                                      double *grad_shape);

/* df/dx of a function of the shape alone, which x has at these placements, from grad_shape =
   df/d(shape), which is overwritten; inside the domain. */
void bgen_conformer_gradient_to_x(const bgen_conformer *conformer, const bgen_placement *at,
                                  const double *shape, const double *x, double *grad_shape,
                                  double *work, double *grad_x);

/* circle[n_shape] by shape[n][n_shape]: a torsion is a line if its circular standard deviation is
   below 20 degrees and none is farther than 90 degrees from the circular mean.  Where wanted[] is
   0 or 1 it is taken instead; NULL: nowhere.  Numbers that are no torsions, and those of sisters
   in a rotor, are never circles. */
void bgen_conformer_find_circles(const bgen_conformer *conformer, const signed char *wanted,
                                 size_t n, const double *shape, bool *circle);

/* reference[n_atoms][3] of n frames x: means of bonds, angles and displacements, circular means of
   torsions, where the first frame is. */
bgen_status bgen_conformer_mean(const bgen_conformer_of *of, size_t n, const double *x,
                                double *reference);

BGEN_API_END
#endif
