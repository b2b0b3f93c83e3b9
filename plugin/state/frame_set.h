/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_set.h - frames of one use and one temperature, by basin */

#ifndef BGEN_STATE_FRAME_SET_H
#define BGEN_STATE_FRAME_SET_H

#include "state/model.h"
#include "state/repeats.h"
#include "train/frames.h"

#include <memory>
#include <vector>

namespace bgen {

class FrameSet {
public:
  FrameSet(size_t dim, int n_basins, double temperature);
  ~FrameSet();
  FrameSet(const FrameSet &) = delete;
  FrameSet &operator=(const FrameSet &) = delete;

  const double temperature;
  std::vector<bgen_frames> basins; // in the order in which they came
  std::vector<size_t> n_folded;    // the first so many of a basin are folded to its reference
  std::vector<size_t> n_learned;   // its flow has been trained on the first so many
  /* of each basin as bgen_runs.end: one run for each walker that has frames there, and which */
  std::vector<std::vector<size_t>> ends;
  std::vector<std::vector<int>> walkers;
  Repeats repeats; // of what has come, stored or not

  size_t n(int k) const { return basins[k].n; }
  size_t n() const; // of all basins
  int n_walkers() const;

  /* A frame x[dim] of basin k.  One walker comes after the other, each with a number of its own. */
  void add(int k, int walker, const double *x);
  /* x[n][dim], but behind the others of its walker if there are any: walkers may come in turns. */
  void insert(int k, int walker, const double *x, size_t n = 1);
  /* Of each run of basin k: its walker has others there. */
  std::unique_ptr<bool[]> parts(int k) const;
  void fold(int k, Model &model); // the frames that have come since the last time
  void move(int k, const std::vector<char> &moved, FrameSet &to); // frames where moved[n] is 1
  size_t learn(int k); // all are trained on from now on; returns how many are new
  void forget();       // of flows from a file nobody knows what they have seen
};

} // namespace bgen

#endif
