/* SPDX-License-Identifier: MIT
   explore.h - frames that move while a flow learns from them: near moves in its latent space,
   accepted by the Metropolis test, replace the frames of a basin (adaptive sampling of Noe, Olsson,
   Koehler, Wu, Science 365, eaaw1147, doi:10.1126/science.aaw1147).

   A frame stays in its basin.  With `spread` the frames are driven over a range of a cv: each visit
   makes its bin more expensive (Wang and Landau, Phys. Rev. Lett. 86, 2050,
   doi:10.1103/PhysRevLett.86.2050). They follow no Boltzmann distribution then, until they have
   moved without it for a while.

   Energies are those at the temperature of training, by the protocol of base/wanted.h, without
   gradients:

     bgen_explore_begin(it, n, first)      one move of the next n frames
     next, arrive until it has ended */
#ifndef BGEN_TRAIN_EXPLORE_H
#define BGEN_TRAIN_EXPLORE_H

#include "base/api.h"
#include "base/wanted.h"
#include "coords/basin.h"
#include "model/generator.h"
#include "train/frames.h"

BGEN_API_BEGIN

typedef struct bgen_explore bgen_explore;

/* Everything but the numbers is the caller's, and outlives the exploration. */
typedef struct bgen_explore_options {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  size_t k; /* component, and basin of the frames */
  const bgen_basins *basins;
  bgen_frames *frames; /* to train by, whose x are replaced; their number stays */
  uint64_t seed;
  double step;      /* of the near moves, in latent space */
  int cv;           /* that is reported; -1: none */
  bool spread;      /* along cv, over */
  double low, high; /* this range: what lies outside counts as its end */
} bgen_explore_options;

bgen_status bgen_explore_create(const bgen_explore_options *options, bgen_explore **explore);
void bgen_explore_destroy(bgen_explore *explore); /* NULL is fine */

/* One move of the next n frames in turn, or of all if there are fewer: how many are moved.
   `first`: near moves of frames that were made before, since the streams EXPLORE and EXPLORE_ACCEPT
   go on from there. */
size_t bgen_explore_begin(bgen_explore *explore, size_t n, uint64_t first);
bgen_status bgen_explore_next(bgen_explore *explore, bgen_wanted *wanted);
bgen_status bgen_explore_arrive(bgen_explore *explore, const double *u, const double *grad_u);

typedef struct bgen_explore_report {
  size_t n_moved, n_accepted; /* since the last report */
  /* over all frames whose energy is known */
  double mean_energy; /* kT; NaN: there are none */
  double least, most; /* of cv; +inf and -inf where there is none */
} bgen_explore_report;

bgen_explore_report bgen_explore_take_report(bgen_explore *explore);

BGEN_API_END
#endif
