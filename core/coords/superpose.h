/* SPDX-License-Identifier: MIT
   superpose.h - the rotation that brings one body closest to another.

     R = argmin sum_i |y_i - R r_i|^2   over rotations, both bodies seen from their centres

   In space R comes from the quaternion that belongs to the greatest eigenvalue of a 4 x 4 matrix
   (Kearsley, Acta Cryst A45, 208; Horn, J Opt Soc Am A 4, 629). */
#ifndef BGEN_COORDS_SUPERPOSE_H
#define BGEN_COORDS_SUPERPOSE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* rotation[n_space][n_space] of determinant 1, from the correlation C = sum_i y_i r_i^T
   [n_space][n_space]; n_space 1 to 3.  Of equally good ones it is one of them; a correlation with a
   number that is not finite gives NaN. */
void bgen_superpose(size_t n_space, const double *correlation, double *rotation);

#ifdef __cplusplus
}
#endif
#endif
