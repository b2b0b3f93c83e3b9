/* SPDX-License-Identifier: GPL-2.0-or-later */
/* training.h - one stage of training of the flow of one basin */

#ifndef BGEN_ACTIONS_TRAINING_H
#define BGEN_ACTIONS_TRAINING_H

#include "actions/owned.h"
#include "actions/train_options.h"
#include "report/file.h"
#include "report/training.h"
#include "train/explore.h"
#include "train/validation.h"

#include <chrono>
#include <vector>

namespace bgen {

/* Of the finite numbers since it was empty; NaN: there are none. */
class Mean {
public:
  void add(double number);
  double value() const { return sum_ / static_cast<double>(n_); } // NaN of none

private:
  double sum_ = 0.0;
  long long n_ = 0;
};

/* Within a session of the engine. */
class Training {
public:
  /* Makes the flow and the frames of basin k ready to learn, and evaluates its test frames. */
  Training(State &state, const TrainSettings &settings, int k, File &table);

  void run();

private:
  State &state_;
  const TrainSettings &settings_;
  const int k_;
  const double temperature_; // of training, at which energies are reduced
  File &table_;
  bgen_train_options options_;

  /* the basins as the core has them */
  std::vector<bgen_cv> cvs_;
  std::vector<bgen_cv_range> ranges_;
  bgen_basins basins_;

  Owned<bgen_trainer, bgen_trainer_destroy> trainer_;
  Owned<bgen_validation, bgen_validation_destroy> validation_;
  /* nullptr: the frames stay where they are */
  Owned<bgen_explore, bgen_explore_destroy> explore_;
  std::chrono::steady_clock::time_point started_;

  long long n_skipped_ = 0;        // steps without a finite gradient
  bool has_best_ = false;          // some line was the best so far
  long long n_worse_ = 0;          // lines since then
  std::vector<double> x_data_;     // [batch_data][dim]
  std::vector<double> u_, grad_u_; // [batch_flow], [batch_flow][dim]
  std::vector<double> s_, grad_s_; // the same of the cv
  bgen_train_report report_ = {};  // of the last step
  Mean ml_, kl_, rc_;              // since the last line

  void set_temperatures();
  void find_basins();
  void create_trainer();
  void create_validation();
  void create_explore();
  int explored_cv() const;
  TrainingHead head() const;

  void step();
  void explore();
  void evaluate(const bgen_wanted &wanted);
  void learn();

  bool add_line(long long step); // false if the stage is to end
  bgen_verdict validate();
  void follow_validation();
  double mixed(double ml, double kl, double rc) const;
  double effective_samples() const;
  TrainingLine line(long long step, const bgen_verdict &verdict) const;
  void print(const TrainingLine &line);
  ExploredFrames explored();

  void finish(long long step);
  bool learns_training_temperature() const;
};

} // namespace bgen

#endif
