/* SPDX-License-Identifier: MIT
   constraints.h - rods: pairs of particles whose distances stay as they are while Langevin dynamics
   (sample/path.h) moves everything, as in MD with rigid bonds and rigid water.

     |x_i - x_j| = its value where bgen_constraints_hold() found it

   The dynamics is that of RATTLE (Andersen, J Comput Phys 52, 24, doi:10.1016/0021-9991(83)90014-1)
   within the splitting of Leimkuhler and Matthews (Proc R Soc A 472, 20160138,
   doi:10.1098/rspa.2016.0138): with d = x_i - x_j of every rod, one multiplier a rod,

     drift     x' = x + t v + sum over rods of lambda d/m, so that all lengths stay
               v' = (x' - x)/t, projected at x'
     project   v - sum of mu d/m, so that no length changes: of v where it is drawn, after a kick by
               forces, and after a drift

   Both have volume 1 on what constraints leave of phase space, and a drift from (x', -v') leads
   back to (x, -v) where the equations of lambda have their solution near lambda = 0 from both
   sides.  With long steps they need not: a drift is refused that has no solution, or whose way
   back finds another one (Zappa, Holmes-Cerfon and Goodman, doi:10.1002/cpa.21783; Lelievre,
   Rousset and Stoltz, doi:10.1007/s00211-019-01056-4).

   So what stays invariant is e^{-u} on the surface of constraints with velocities of the
   Maxwell-Boltzmann distribution on it: what MD with the same constraints samples.  Its density of
   positions has the factor |Z|^{1/2}, Z_kl = sum over particles of grad s_k . grad s_l / m, against
   that of bonds which are only stiff; no correction (Fixman's) belongs in the work. */
#ifndef BGEN_SAMPLE_CONSTRAINTS_H
#define BGEN_SAMPLE_CONSTRAINTS_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "base/status.h"
#include "coords/images.h"

BGEN_API_BEGIN

enum { BGEN_MOST_RODS = 6 }; /* that hang together: those of 4 particles, all pairs */

/* Members are to be read. */
typedef struct bgen_constraints {
  bgen_layout layout;
  size_t n, n_clusters;
  size_t *pair;  /* [n][2] particles, cluster by cluster */
  size_t *first; /* [n_clusters + 1] rods of cluster k: first[k] ... first[k + 1] - 1 */
  double *square, *image, *d; /* [n] of lengths; [n][n_space] of x_i - x_j, and memory */
} bgen_constraints;

/* n rods pair[n][2] between particles.  BGEN_BAD_INPUT where more than BGEN_MOST_RODS of them hang
   together, one has no two ends or an end that is no particle, or two have the same ends. */
bgen_status bgen_constraints_create(const bgen_layout *layout, size_t n, const size_t *pair,
                                    bgen_constraints **constraints);
void bgen_constraints_destroy(bgen_constraints *constraints); /* NULL is fine */

/* From now on lengths are those of x[dim], between nearest images in a cell (NULL: there is none),
   which stay the same ones wherever the path leads. */
void bgen_constraints_hold(bgen_constraints *constraints, const bgen_cell *cell, const double *x);

/* The largest relative change of a length since. */
double bgen_constraints_change(const bgen_constraints *constraints, const double *x);

/* v[dim] at x, of particles with this variance[dim] of velocities, kT/m. */
void bgen_constraints_project(const bgen_constraints *constraints, const double *variance,
                              const double *x, double *v);

/* x and v [dim] after the time t.  False: there is no such drift, and x and v are of no use. */
bool bgen_constraints_drift(bgen_constraints *constraints, const double *variance, double t,
                            double *x, double *v);

BGEN_API_END
#endif
