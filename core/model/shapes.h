/* SPDX-License-Identifier: MIT
   shapes.h - what the flow of a component is trained on, and where its samples go: shapes and
   placements (coords/pose.h).  With cartesian coordinates a shape is the folded configuration. */
#ifndef BGEN_MODEL_SHAPES_H
#define BGEN_MODEL_SHAPES_H

#include "base/api.h"
#include "coords/lattice.h"
#include "model/generator.h"

BGEN_API_BEGIN

/* What flows that are local (model/spec.h) are fitted to besides frames: the lattice of the
   box, and kinds[n_particles] of particles that the energy does not tell apart; NULL: all are
   of one. */
bgen_status bgen_generator_set_crystal(bgen_generator *generator, const bgen_lattice *lattice,
                                       const int *kinds);

/* Of internal coordinates: circle[n_shape] as decided when component k was first fitted, and how it
   sees molecules; NULL before, and with other coordinates. */
const bool *bgen_generator_circles(const bgen_generator *generator, size_t k);
const bgen_conformer *bgen_generator_conformer(const bgen_generator *generator, size_t k);
/* and circle[n_shape] as it would be decided by n folded frames x[n][dim]; BGEN_NO_MEMORY */
bgen_status bgen_generator_find_circles(const bgen_generator *generator, bgen_workspace *workspace,
                                        size_t k, size_t n, const double *x, bool *circle);

/* sample[dim] of component l, as made, comes to where component k sees x[dim]: placement and order
   of particles are those of x.  out may not be x or sample.  With cartesian coordinates out is the
   sample. */
void bgen_generator_place(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                          const double *x, size_t l, const double *sample, double *out);

/* shape[n][n_shape] of folded x[n][dim], and back. */
void bgen_generator_to_shapes(const bgen_generator *generator, bgen_workspace *workspace, size_t k,
                              size_t n, const double *x, double *shape);
void bgen_generator_from_shapes(const bgen_generator *generator, bgen_workspace *workspace,
                                size_t k, size_t n, const double *shape, double *x);

/* The mean of ln J over shape[n][n_shape]: by so much the mean of log q(shape) is above that of
   log q(x); 0 with cartesian coordinates. */
double bgen_generator_mean_log_jacobian(const bgen_generator *generator, bgen_workspace *workspace,
                                        size_t k, size_t n, const double *shape);

/* Reduced energies of shapes, so that e^-u is their density: u[n] of bgen_generator_from_shapes()
   becomes u - ln J, grad_u[n][dim] its gradient grad_shape[n][n_shape]; +inf and NaN outside the
   domain. */
void bgen_generator_shape_energies(const bgen_generator *generator, bgen_workspace *workspace,
                                   size_t k, size_t n, const double *shape, double *u,
                                   const double *grad_u, double *grad_shape);
/* d/d(shape) of a function of x from grad_x, for one shape */
void bgen_generator_shape_gradient(const bgen_generator *generator, bgen_workspace *workspace,
                                   size_t k, const double *shape, const double *grad_x,
                                   double *grad_shape);

BGEN_API_END
#endif
