/* SPDX-License-Identifier: MIT
   bgen.h - Boltzmann generators: all that libbgen gives to a program.

     program.c: #include <bgen/bgen.h>     cc program.c $(pkg-config --cflags --libs bgen)

   Begin with base/bijection.h (conventions), base/status.h (errors), base/wanted.h (energies) and
   model/generator.h; examples/library has a whole program.  Call bgen_blas_threads(1) first: bgen
   splits batches over its own threads. */
#ifndef BGEN_BGEN_H
#define BGEN_BGEN_H

#include "base/bijection.h"
#include "base/blas.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/neighbors.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/version.h"
#include "base/wanted.h"

#include "coords/basin.h"
#include "coords/conformer.h"
#include "coords/cv.h"
#include "coords/drift.h"
#include "coords/images.h"
#include "coords/internal.h"
#include "coords/lattice.h"
#include "coords/pose.h"
#include "coords/relabel.h"
#include "coords/rigid.h"
#include "coords/rotors.h"
#include "coords/site_images.h"
#include "coords/site_symmetry.h"
#include "coords/symmetry.h"
#include "coords/tree.h"

#include "model/flow.h"
#include "model/gaussian.h"
#include "model/generator.h"
#include "model/hessian.h"
#include "model/latent.h"
#include "model/line.h"
#include "model/model_file.h"
#include "model/prior.h"
#include "model/shapes.h"
#include "model/spec.h"

#include "train/course.h"
#include "train/explore.h"
#include "train/frames.h"
#include "train/loss.h"
#include "train/recipe.h"
#include "train/trainer.h"
#include "train/validation.h"
#include "train/wander.h"

#include "sample/annealed.h"
#include "sample/annealed_move.h"
#include "sample/chain.h"
#include "sample/chain_restart.h"
#include "sample/driven.h"
#include "sample/force_check.h"
#include "sample/ladder.h"
#include "sample/metropolis.h"
#include "sample/offsets.h"
#include "sample/path.h"
#include "sample/population.h"
#include "sample/proposal.h"
#include "sample/several.h"
#include "sample/tally.h"
#include "sample/weights.h"
#include "sample/work_lists.h"

#include "estimate/absolute.h"
#include "estimate/acceptance.h"
#include "estimate/averages.h"
#include "estimate/bootstrap.h"
#include "estimate/diagnosis.h"
#include "estimate/distribution.h"
#include "estimate/ensemble.h"
#include "estimate/free_energy.h"
#include "estimate/frozen.h"
#include "estimate/gibbs.h"
#include "estimate/lost_modes.h"
#include "estimate/mbar.h"
#include "estimate/overlap.h"
#include "estimate/profile.h"
#include "estimate/solution.h"
#include "estimate/split.h"
#include "estimate/uncertainty.h"
#include "estimate/visits.h"

#endif
