/* SPDX-License-Identifier: GPL-2.0-or-later
   rods.h - bodies with rods in a harmonic trap with a field, in three dimensions, and points of
   their exact distribution: that of dynamics with constraints. */
#ifndef BGEN_TESTS_RODS_H
#define BGEN_TESTS_RODS_H

#include <stddef.h>
#include <stdint.h>

enum { BODY_DIM = 9 };

typedef struct body {
  const char *name;
  size_t n, n_rods;
  size_t rods[6];
  double place[BODY_DIM]; /* about no particular center */
  double mass[3], charge[3];
} body;

/* The joint of the last one is light: its density is then far from that of stiff bonds. */
extern const body diatomic, water, jointed;

/* u = 1/2 sum of m |x|^2, so that the center is independent, + sum of q x; grad[3 n] */
double body_energy(const body *b, const double *x, double *grad);

void body_draw(const body *b, uint64_t point, double *x);

/* |Z| of two rods of length 1 with this cosine between them, of which particle 0 is the joint, see
   sample/constraints.h */
double z_of_joint(const body *b, double cosine);

/* of the square of the cosine, the mean, by quadrature; without a field */
double joint_moment(const body *b);

#endif
