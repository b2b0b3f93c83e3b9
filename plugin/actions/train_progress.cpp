/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/train_progress.h"

using namespace bgen;

LiveLine::LiveLine(Terminal &terminal, const std::string &basin, long long n_steps)
    : terminal_(terminal), basin_(basin), n_steps_(n_steps)
{
}

void LiveLine::show(long long step, double seconds)
{
  if (seconds < next_) return;
  terminal_.show(training_now(basin_, step, n_steps_, seconds));
  next_ = seconds + 0.2;
}

TrainProgress::TrainProgress(const bgen_train_options &options, TrainingVerdict::Judged judged,
                             const std::string &basin, size_t n_test_frames, bgen_trainer *trainer,
                             bgen_validation *validation)
    : weight_ml_(options.weight_ml), weight_kl_(options.weight_kl),
      n_steps_(static_cast<long long>(options.n_steps)), trainer_(trainer), validation_(validation)
{
  of_.judged = judged;
  of_.basin = basin;
  of_.n_test_frames = n_test_frames;
}

void TrainProgress::add(long long step, const bgen_verdict &verdict, double loss, double ml,
                        bool is_finite)
{
  course_.is_finite = is_finite;
  of_.last_step = step;
  if (is_finite) {
    const bool is_best = find_best(verdict, loss, ml);
    compare(is_best, ml);
    n_worse_ = of_.best_step && is_worse(is_best) ? n_worse_ + 1 : 0;
  }
  if (step > 0) find_rise(step, ml);
}

/* NaN where the stage does not learn by example */
void TrainProgress::find_rise(long long step, double ml)
{
  if (!(ml >= least_ml_)) {
    least_ml_ = ml;
    of_.least_training_step = step;
  }
  of_.training_rise = ml - least_ml_;
}

/* What counts as best are held-out frames, and samples from the same latent points in each line:
   those of the batches differ by more than the parameters make. */
bool TrainProgress::find_best(const bgen_verdict &verdict, double loss, double ml)
{
  const bool best = bgen_trainer_keep_if_best(trainer_, loss);
  of_.lost = verdict.lost;
  if (!best) return false;
  has_best_ = true;
  of_.best_step = of_.last_step;
  best_ml_ = ml;
  best_lost_ = verdict.lost;
  return true;
}

/* with the best line, and with the last in the first three quarters of the stage */
void TrainProgress::compare(bool is_best, double ml)
{
  if (of_.judged != TrainingVerdict::BY_TEST) return;
  course_.n_lines++;
  if (is_best) bgen_validation_keep(validation_, BGEN_BEST_LINE);
  course_.since_best = bgen_validation_change(validation_, BGEN_BEST_LINE, weight_ml_, weight_kl_);
  course_.training_since_best = weight_ml_ / (weight_ml_ + weight_kl_) * (ml - best_ml_);
  course_.lately = bgen_validation_change(validation_, BGEN_EARLIER_LINE, weight_ml_, weight_kl_);
  of_.compared_step = of_.earlier_step;
  if (4 * of_.last_step > 3 * n_steps_) return;
  bgen_validation_keep(validation_, BGEN_EARLIER_LINE);
  of_.earlier_step = of_.last_step;
}

/* The loss falls with the rate at the end of a stage, so that many lines are hardly worse than one
   that was good by chance: held-out points tell, if there are any. */
bool TrainProgress::is_worse(bool is_best) const
{
  return of_.judged == TrainingVerdict::BY_TEST ? bgen_course_has_risen(&course_) : !is_best;
}

TrainingVerdict TrainProgress::end(bool take_best)
{
  const bool goes_back = has_diverged() || (take_best && has_best_);
  of_.kept_step = goes_back ? of_.best_step : of_.last_step;
  if (goes_back) bgen_trainer_go_back(trainer_);
  if (goes_back) of_.lost = best_lost_;
  of_.course = course_;
  of_.outcome = bgen_course_outcome(&course_);
  return of_;
}
