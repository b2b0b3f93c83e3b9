/* SPDX-License-Identifier: GPL-2.0-or-later */
/* train_progress.h - how a stage of training goes from line to line: which line is the best, which
   parameters the stage ends with, and what is to be said of it */

#ifndef BGEN_ACTIONS_TRAIN_PROGRESS_H
#define BGEN_ACTIONS_TRAIN_PROGRESS_H

#include "engine/terminal.h"
#include "report/training.h"

#include <cmath>
#include <string>

namespace bgen {

/* Of the finite numbers since it was empty; NaN: there are none. */
class Mean {
public:
  void add(double number)
  {
    if (!std::isfinite(number)) return;
    sum_ += number;
    n_++;
  }
  double value() const { return sum_ / static_cast<double>(n_); }

private:
  double sum_ = 0.0;
  long long n_ = 0;
};

/* The line on a terminal that tells how far a stage is, gone at its end. */
class LiveLine {
public:
  LiveLine(Terminal &terminal, const std::string &basin, long long n_steps);
  ~LiveLine() { terminal_.show(""); }
  LiveLine(const LiveLine &) = delete;
  LiveLine &operator=(const LiveLine &) = delete;

  void show(long long step, double seconds); // since the first step; not at every call

private:
  Terminal &terminal_;
  const std::string basin_;
  const long long n_steps_;
  double next_ = 1.0; // seconds: what ends before needs no line
};

class TrainProgress {
public:
  /* Trainer and validation are the caller's.  Held-out points tell nothing of the loss unless
     BY_TEST is why they are there. */
  TrainProgress(const bgen_train_options &options, TrainingVerdict::Judged judged,
                const std::string &basin, size_t n_test_frames, bgen_trainer *trainer,
                bgen_validation *validation);

  /* A line of the table, or step 0, before the first: its loss decides which is the best.  ml: of
     training frames, since the last line.  Not finite: it has diverged, and the verdict is of
     nothing. */
  void add(long long step, const bgen_verdict &verdict, double loss, double ml, bool is_finite);
  bool has_diverged() const { return !course_.is_finite; }
  /* how many lines without a break are worse than the best, if that was a line */
  long long n_worse() const { return n_worse_; }

  /* The parameters that stay: the best ones if they are wanted, the last, or what was good before
     it diverged. */
  TrainingVerdict end(bool take_best);

private:
  const double weight_ml_, weight_kl_;
  const long long n_steps_;
  bgen_trainer *const trainer_;
  bgen_validation *const validation_;
  long long n_worse_ = 0;
  bool has_best_ = false;
  double best_ml_ = NAN, best_lost_ = NAN, least_ml_ = NAN;
  bgen_course course_ = {true, 0, {NAN, NAN}, NAN, {NAN, NAN}};
  TrainingVerdict of_;

  bool find_best(const bgen_verdict &verdict, double loss, double ml);
  void compare(bool is_best, double ml);
  bool is_worse(bool is_best) const;
  void find_rise(long long step, double ml);
};

} // namespace bgen

#endif
