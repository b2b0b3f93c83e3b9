/* SPDX-License-Identifier: MIT
   pose.h - where a body is and how it is turned, apart from what shape it has.

   A body that drifts and turns has coordinates without a width, which no flow can learn.  So x is
   taken apart, exactly,

     x_i = centre + R (r_i + d_i),     d = B shape

   r is a reference, seen from its centre.  The placement (centre, R) is what a move keeps; the
   shape is what a flow sees: the displacements d in an orthonormal basis B of those that neither
   move the centre nor turn the body.

     coords     placement   conditions on d       n_shape            ln J
     cartesian  -           -                     d N                0
     crystal    centre      sum d = 0             d N - d            d/2 ln N
     aligned    centre, R   sum d = 0             3 N - 6            d/2 ln N + ln det A
                            and sum r x d = 0     (plane: 2 N - 3)   - ln det I / 2

   with dx = J(shape) d(centre) dR d(shape), the volume of all rotations being 8 pi^2 (2 pi in the
   plane).  A = tr(H) 1 - H with H = sum (r + d) r^T, which is symmetric there, and I = A at d = 0,
   the tensor of inertia of equal masses; in the plane A = sum r . (r + d).  J is what comes of the
   Eckart frame (Eckart, Phys Rev 47, 552; Louck and Galbraith, Rev Mod Phys 48, 69): a turn by dw
   moves a displacement against the slice by A dw.

   R is the rotation that superposes r on x best, and a shape lies in the domain if the identity is
   the best rotation of its own body, which is where A is positive definite.  Bodies are not
   reflected: the mirror image of a shape is another shape, or outside the domain.  coords/match.h
   finds placements where identical particles or mirror images have one shape. */
#ifndef BGEN_COORDS_POSE_H
#define BGEN_COORDS_POSE_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"

BGEN_API_BEGIN

/* internal: of molecules, whose placements are in coords/conformer.h; this file has the others */
typedef enum bgen_coords { BGEN_CARTESIAN, BGEN_CRYSTAL, BGEN_ALIGNED, BGEN_INTERNAL } bgen_coords;

const char *bgen_coords_name(bgen_coords coords); /* cartesian, crystal, aligned, internal */

/* x_i = centre + rotation (r_i + d_i); rotation[n_space][n_space], of determinant 1, or -1 where
   bodies may be mirrored: all placements are then twice as many.  Where the
   coordinates have no centre or no rotation, these are the reference's: its own centre, none. */
typedef struct bgen_placement {
  double centre[3], rotation[9];
} bgen_placement;

/* n_shape, of all but internal coordinates; 0 where there are too few particles.  Component j of a
   shape is nearly component j of x: B is the identity but for a reflection of low rank, so masks by
   particle and by axis keep their meaning.  That of a crystal does not mix axes; layers/local.h
   says what it is. */
size_t bgen_shape_size(const bgen_layout *layout, bgen_coords coords);

/* The coordinates about one reference; constant once created. */
typedef struct bgen_pose bgen_pose;

/* BGEN_BAD_INPUT where a reference has no orientation (a single particle, all on one line in space)
   or no shape. */
bgen_status bgen_pose_create(const bgen_layout *layout, bgen_coords coords, const double *reference,
                             bgen_pose **pose);
void bgen_pose_destroy(bgen_pose *pose); /* NULL is fine */

/* The placement of the reference itself. */
bgen_placement bgen_pose_home(const bgen_pose *pose);

/* The placement of x[dim]. */
bgen_placement bgen_pose_find(const bgen_pose *pose, const double *x);

/* shape[n_shape] of x[dim], seen from where it is placed; x and back is the identity for the
   placement of bgen_pose_find() alone.  work[dim] */
void bgen_pose_to_shape(const bgen_pose *pose, const bgen_placement *at, const double *x,
                        double *work, double *shape);
void bgen_pose_from_shape(const bgen_pose *pose, const bgen_placement *at, const double *shape,
                          double *work, double *x);

/* d[dim] = B shape, and shape = B^T d, of a displacement that is overwritten. */
void bgen_pose_embed(const bgen_pose *pose, const double *shape, double *d);
void bgen_pose_project(const bgen_pose *pose, double *d, double *shape);

/* ln J; -inf outside the domain.  work[dim] */
double bgen_pose_log_jacobian(const bgen_pose *pose, const double *shape, double *work);

/* Adds scale d(ln J)/d(shape) to grad_shape[n_shape]; inside the domain.
   work[2 dim] */
void bgen_pose_add_jacobian_gradient(const bgen_pose *pose, const double *shape, double scale,
                                     double *work, double *grad_shape);

/* df/d(shape) at a constant placement, from grad_x = df/dx[dim] of a function of x.  work[dim] */
void bgen_pose_gradient_to_shape(const bgen_pose *pose, const bgen_placement *at,
                                 const double *grad_x, double *work, double *grad_shape);

/* df/dx of a function of the shape alone, from grad_shape = df/d(shape): the placement follows x.
   Inside the domain.  work[2 dim] */
void bgen_pose_gradient_to_x(const bgen_pose *pose, const bgen_placement *at, const double *shape,
                             const double *grad_shape, double *work, double *grad_x);

BGEN_API_END
#endif
