/* SPDX-License-Identifier: GPL-2.0-or-later */
/* training.h - the table that "bgen ID train" prints while it trains, and its file */

#ifndef BGEN_REPORT_TRAINING_H
#define BGEN_REPORT_TRAINING_H

#include "model/gaussian.h"
#include "train/course.h"
#include "train/explore.h"
#include "train/trainer.h"
#include "train/validation.h"

#include <cmath>
#include <string>

namespace bgen {

/* of one basin, before the first step */
struct TrainingHead {
  std::string fix_id, basin;
  size_t n_frames, n_test_frames, n_params;
  int n_threads;
  size_t n_lines;            // of its table
  bgen_validation_size size; // of what judges them
};

/* What a stage learns from, of one basin; held out are whole walkers, or 0: blocks. */
struct TrainingFrames {
  std::string fix_id, basin;
  bool more, holds; // asked for
  size_t n_before, n_new, n_held, n_held_walkers;
};

/* NaN: not known */
struct TrainingLine {
  int basin; // from 0 on
  long long step, n_steps;
  double loss;            // mix of the losses below
  double ml, kl, rc;      // means since the last line
  double ess;             // of the last batch of samples, a fraction
  bgen_verdict verdict;   // of held-out frames and samples
  bgen_train_report last; // of the last step
  long long energy_calls;
  double seconds; // since the first step
};

/* What a stage ends with; step 0 is before the stage. */
struct TrainingVerdict {
  std::string basin;
  size_t n_test_frames = 0;
  long long best_step = 0, earlier_step = 0, compared_step = 0, last_step = 0;
  long long kept_step = 0;
  double lost = NAN; // fraction of the test frames in lost modes, at the step that is kept
  /* by held-out points, or why not */
  enum Judged { BY_TEST, NO_FRAMES, SPREAD, OTHER_TEMPERATURE } judged = BY_TEST;
  /* of the loss over training frames, from the line where it was least to the last one */
  double training_rise = NAN;
  long long least_training_step = 0;
  bgen_course course = {};
  bgen_outcome outcome = BGEN_OUTCOME_UNKNOWN;
};

/* of one basin, of what its flow whitens frames by */
std::string whitening_lines(const std::string &fix_id, const std::string &basin,
                            const bgen_gaussian_report &report, long long n_energies);

std::string frames_line(const TrainingFrames &frames); // "": nothing to be said
std::string training_head(const TrainingHead &head);   // with the names of the columns
std::string training_line(const TrainingLine &line);
/* while it waits for the next line of the table */
std::string training_now(const std::string &basin, long long step, long long n_steps,
                         double seconds);
std::string training_verdict(const TrainingVerdict &verdict);
std::string training_file_head(const std::string &fix_id, const std::string &numbered_basins);
std::string training_file_line(const TrainingLine &line);

/* of the frames that moved while the flow was trained on them; the name of the cv, "": none */
std::string explored_line(const bgen_explore_report &frames, const std::string &cv);

} // namespace bgen

#endif
