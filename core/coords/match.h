/* SPDX-License-Identifier: MIT
   match.h - identical particles of a body that drifts and turns: which of them is called which, and
   how the body is turned, found together.

     order, R = argmin sum_i |y[order[i]] - R r_i|^2

   over permutations of identical particles and over rotations, x and the reference r both seen from
   their centres.  It is sought from many starts: two particles of x take the places of two anchors
   of the reference (one in the plane), which turns the body; then assignment (coords/relabel.h) and
   superposition (coords/superpose.h) follow each other until nothing changes, and the least sum of
   all starts wins.

   The rule is equivariant: what it finds for x turned, moved or renumbered is turned, moved or
   renumbered with x, so all of them have one shape.  For starts are named by particles of x, taken
   in the order of a bound that depends on distances alone,

     sum of anchors |y - R r|^2 at its best rotation  <=  what can be found with this start,

   and left out once the bound exceeds the least sum so far.  So it needs no proof that the least
   sum of all is found: the shapes for which the rule returns the order and the rotation that they
   are made with are the domain, and a proposal outside is refused.  A shape in order is not turned
   either, since the best rotation of an order is one alone: where ln J is finite
   (coords/pose.h).

   A reference with a symmetry has as many equally good orders near it as rotations that bring it
   onto itself.  Noise of the reference, which is a mean of frames, decides between them; one
   that is symmetric to rounding would leave that to rounding. */
#ifndef BGEN_COORDS_MATCH_H
#define BGEN_COORDS_MATCH_H

#include "coords/pose.h"
#include "coords/relabel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Constant once created. */
typedef struct bgen_match bgen_match;

/* In the plane or in space, about a reference that has an orientation.  relabel is the caller's;
   NULL: all particles are distinct.  mirrored: a body may also be the mirror image of another, and
   its rotation is then of determinant -1. */
bgen_status bgen_match_create(const bgen_layout *layout, const bgen_relabel *relabel, bool mirrored,
                              const double *reference, bgen_match **match);
void bgen_match_destroy(bgen_match *match); /* NULL is fine */

/* Few particles are their own mirror image, turned: mirrored is then of no meaning. */
static inline bool bgen_body_has_hands(const bgen_layout *layout)
{
  return layout->n_particles > layout->n_space;
}

/* Doubles of memory that one thread needs, for any reference. */
size_t bgen_match_work_size(const bgen_layout *layout, const bgen_relabel *relabel);

/* Fills order[n_particles] (particle order[i] of x takes place i) and the placement; true if the
   particles are in their order, and not reflected.  A configuration with a number that is not
   finite gets the identity and false. */
bool bgen_match_find(const bgen_match *match, const double *x, double *work, size_t *order,
                     bgen_placement *at);

#ifdef __cplusplus
}
#endif
#endif
