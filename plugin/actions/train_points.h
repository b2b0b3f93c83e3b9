/* SPDX-License-Identifier: GPL-2.0-or-later */
/* train_points.h - what a stage of training learns from, as its flow sees it: shapes of frames, and
   energies of shapes (core/model/shapes.h) */

#ifndef BGEN_ACTIONS_TRAIN_POINTS_H
#define BGEN_ACTIONS_TRAIN_POINTS_H

#include "state/state.h"
#include "train/trainer.h"

#include <vector>

namespace bgen {

class TrainPoints {
public:
  TrainPoints(State &state, int k) : state_(state), k_(k) {} // of basin k

  /* The batch of this number of n frames to train by. */
  void take_frames(uint64_t number, size_t n);
  /* Where that of energies begins, by those of some frames to train by (train/recipe.h). */
  double energy_cap(double temperature);
  /* Energies of the samples, within a session of the engine, and their cv unless it is -1. */
  void evaluate(const bgen_wanted &wanted, double temperature, int cv);

  /* what ln J adds to -log q of the frames, which is a density of configurations */
  double log_jacobian() const { return log_jacobian_; }
  const double *u() const { return u_.data(); }           // [n]
  const double *grad_u() const { return grad_u_.data(); } // [n][n_shape]
  bgen_train_batch batch() const { return {frames_.data(), s_.data(), grad_s_.data()}; }

private:
  State &state_;
  const int k_;
  std::vector<double> frames_, grad_u_, grad_s_; // [n][n_shape]
  std::vector<double> u_, s_;                    // [n], s of all partitions
  std::vector<double> x_, grad_x_;               // [n][dim]

  double log_jacobian_ = 0.0;

  void find_cv(const bgen_wanted &wanted, int cv);
};

/* Before a stage: this fraction of the new frames of basin k is held out, and the others are
   learned from now on.  more: throws where they do not fit the flow. */
void choose_frames(State &state, int k, double hold, bool more);

} // namespace bgen

#endif
