/* SPDX-License-Identifier: MIT
   internal.h - bond lengths, angles and torsions of molecules, apart from where each molecule is.

     x  <->  placement of each molecule, shape

   The shape has, for one atom of the tree after the other (coords/tree.h), the length r of its
   bond, its angle t and its torsion p, as far as it has them; the placement of a molecule is the
   position of its root, the direction of the second atom (the third axis of its rotation) and the
   half plane of the third (the first axis).  The map is square and exact:

     dx = J d(placements) d(shape)
     ln J = sum over all bonds of 2 ln r + sum over all angles of ln sin t

   with the volume 8 pi^2 of all rotations (4 pi of all directions where a molecule has two atoms
   alone): the first bonds and the first angle count as well.  A shape lies in the domain if all
   lengths are above 0 and all angles between 0 and pi; torsions are in (-pi, pi] where they are
   found, and any number where they are given.

   Where a tree has aligned atoms, the first placement is theirs, and their displacements are the
   last numbers of the shape (coords/pose.h).  What is below counts them, but leaves them alone:
   the map begins with aligned atoms where they are, ln J has none of their own, and gradients
   have their share of what hangs from them.  coords/conformer.h adds the rest.

   Gradients take one sweep over the atoms: an atom moves with the frame of the atoms that place
   it, so the force on it is passed on as forces on these with the same sum and torque. */
#ifndef BGEN_COORDS_INTERNAL_H
#define BGEN_COORDS_INTERNAL_H

#include "base/api.h"
#include "coords/pose.h"
#include "coords/tree.h"

BGEN_API_BEGIN

typedef enum bgen_internal_kind {
  BGEN_BOND,
  BGEN_ANGLE,
  BGEN_TORSION,
  BGEN_DISPLACEMENT
} bgen_internal_kind;

/* Numbers of the shape that are bonds, angles and torsions: all but displacements. */
size_t bgen_internal_size(const bgen_tree *tree);

/* n_shape, and kind[n_shape] unless it is NULL */
size_t bgen_internal_kinds(const bgen_tree *tree, bgen_internal_kind *kind);

/* at[n_molecules] of x[n_atoms][3].  A molecule of two atoms has some rotation about its axis, one
   atom none. */
void bgen_internal_find(const bgen_tree *tree, const double *x, bgen_placement *at);

void bgen_internal_to_shape(const bgen_tree *tree, const double *x, double *shape);
void bgen_internal_from_shape(const bgen_tree *tree, const bgen_placement *at, const double *shape,
                              double *x);

/* ln J; -inf outside the domain. */
double bgen_internal_log_jacobian(const bgen_tree *tree, const double *shape);

/* Adds scale d(ln J)/d(shape) to grad_shape[n_shape]; inside the domain. */
void bgen_internal_add_jacobian_gradient(const bgen_tree *tree, const double *shape, double scale,
                                         double *grad_shape);

/* df/d(shape) at constant placements where x has the shape, from grad_x = df/dx of a function of x;
   force[n_atoms][3] becomes that on the atoms that place others, with what it is on these; it may
   be grad_x. */
void bgen_internal_gradient_to_shape(const bgen_tree *tree, const double *x, const double *grad_x,
                                     double *force, double *grad_shape);

/* df/dx of a function of the shape alone, from grad_shape = df/d(shape); inside the domain. */
void bgen_internal_gradient_to_x(const bgen_tree *tree, const double *x, const double *grad_shape,
                                 double *grad_x);

BGEN_API_END
#endif
