/* SPDX-License-Identifier: GPL-2.0-or-later */
/* training.h - the table that "bgen ID train" prints while it trains, and its file */

#ifndef BGEN_REPORT_TRAINING_H
#define BGEN_REPORT_TRAINING_H

#include <cstddef>
#include <string>

namespace bgen {

/* of one basin, before the first step */
struct TrainingHead {
  std::string fix_id, basin;
  size_t n_frames, n_test_frames, n_params;
  int n_threads;
};

/* NaN: not known */
struct TrainingLine {
  int basin; // from 0 on
  long long step, n_steps;
  double loss;                   // mix of the losses below
  double ml, kl, rc;             // means since the last line
  double ml_test;                // of held-out frames
  double ess;                    // of the last batch of samples, a fraction
  double outside;                // fraction of samples
  double acceptance;             // mean of jumps within the basin
  double bar_error;              // of the basin's free energy, kT
  size_t n_capped, n_not_finite; // samples of the last step
  double lr, grad_norm;
  long long energy_calls;
  double seconds; // since the first step
};

std::string training_head(const TrainingHead &head); // with the names of the columns
std::string training_line(const TrainingLine &line);
std::string training_file_head(const std::string &fix_id, const std::string &numbered_basins);
std::string training_file_line(const TrainingLine &line);

/* of the frames that moved while the flow was trained on them */
struct ExploredFrames {
  size_t n_moved, n_accepted; // since the last line
  double mean_energy;         // kT
  std::string cv;             // "": none
  double least, most;         // of the cv
};
std::string explored_line(const ExploredFrames &frames);

} // namespace bgen

#endif
