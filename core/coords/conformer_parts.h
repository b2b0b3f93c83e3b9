/* SPDX-License-Identifier: MIT
   conformer_parts.h - the members of a conformer; not installed. */
#ifndef BGEN_COORDS_CONFORMER_PARTS_H
#define BGEN_COORDS_CONFORMER_PARTS_H

#include "coords/conformer.h"

/* What a number of the shape is: of a bond or an angle, or a displacement; a torsion; one of a
   sister in a rotor. */
typedef enum bgen_role { BGEN_RIGID, BGEN_LINE, BGEN_CIRCLE, BGEN_LEAF } bgen_role;

struct bgen_conformer {
  const bgen_tree *tree;
  bgen_pose *pose;                      /* of the aligned atoms; NULL: there are none */
  size_t n_shape, n_internal, n_rotors; /* displacements are the numbers from n_internal on */
  bgen_rotor *rotor;  /* leaves in the order in which they stand in the reference */
  double *home;       /* [n_shape], of the reference */
  double log_n;       /* sum of ln n over all rotors */
  bgen_role *role;    /* [n_shape] */
  signed char *hand;  /* [n_shape], sign of the sine; 0: either */
  bgen_placement *at; /* [n_molecules] of the reference */
};

static inline bool bgen_conformer_is_torsion(const bgen_conformer *conformer, size_t j)
{
  return conformer->role[j] == BGEN_LINE || conformer->role[j] == BGEN_CIRCLE;
}

#endif
