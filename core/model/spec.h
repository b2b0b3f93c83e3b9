/* SPDX-License-Identifier: MIT
   spec.h - a flow in one line of text:  "whiten; realnvp blocks 12 width 100 depth 2".

   Maps stand from data to latent, parted by semicolons; each is a name and its keywords.
     whiten zca|pca                 zero mean, unit covariance, fitted to the frames; zca (default):
                                    as near to the coordinates as can be, pca: principal components
     actnorm                        a scale and a shift for each coordinate, trained; first zero
                                    mean and unit variance, fitted to the frames
     linear permute yes|no          x = P L U z + b, all trained but P, a random permutation or none
                                    (default); first the identity, or P
     realnvp blocks B               B pairs of affine couplings, the second with the roles exchanged
             width W                neurons of a hidden layer, default 100
             depth D                hidden layers of each network, default 2
             masks mixed|axes|particles|coordinates|evenodd
                                    what one half is: axes = one component of all positions,
                                    particles / coordinates = a random half of them, drawn anew for
                                    each block; evenodd = every other coordinate; mixed (default) =
                                    axes and particles in turn, as far as there are two components
                                    and two particles
     nsf blocks B                   the same with spline couplings (neural spline flow), of one
                                    network each; the keywords of realnvp, and
             bins K                 pieces of a spline, 2 to 100, default 8
             bound X                splines act on [-X, X] and leave alone what lies outside,
                                    default 5: five standard deviations where the frames are
                                    whitened before
     circular blocks B              of torsions that turn around, among other coordinates: B pairs
                                    of couplings that move circles by splines and the others as
                                    realnvp does; the first, next to the data, all lines and then
                                    all circles, the others a random half of all coordinates each,
                                    with each two circles in different halves of some of them
                                    (layers/circle_coupling.h)
             width W, depth D       of the one network of a coupling, default 64 and 2
             bins K                 pieces of a spline, 2 to 100, default 8
             masks coordinates|evenodd    default coordinates, as above
     molecule                       whiten; circular blocks 4
     protein                        whiten; circular blocks 4 width 128
     local blocks B                 of a crystal: B times one affine coupling for each axis, of all
                                    sites by their neighbors (layers/local.h)
             neighbors K            of a site that its network sees, 1 to 64, default 18
             width W, depth D       of the one network, default 32 and 2
             classes C              of sites that no translation maps to each other, at most, 1 to
                                    64, default 4
     mixture modes M                the last clause: the prior is no standard normal but a mixture
                                    of M (2 to 64) normals, fitted to the frames in latent space */
#ifndef BGEN_MODEL_SPEC_H
#define BGEN_MODEL_SPEC_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"

BGEN_API_BEGIN

/* The map that text describes, and the modes of its prior, 0 for the standard normal; seed draws
   the random masks.  BGEN_BAD_INPUT names the word at fault. */
bgen_status bgen_spec_build(const char *text, const bgen_layout *layout, uint64_t seed,
                            bgen_bijection **map, size_t *n_modes);

/* The same of the first dim coordinates of the layout alone: those of a shape (coords/pose.h).
   circle[dim] says which of them are on circles, of period 2 pi; copied, NULL: none. */
bgen_status bgen_spec_build_shape(const char *text, const bgen_layout *layout, size_t dim,
                                  const bool *circle, uint64_t seed, bgen_bijection **map,
                                  size_t *n_modes);

BGEN_API_END
#endif
