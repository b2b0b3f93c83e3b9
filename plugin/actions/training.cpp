/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/training.h"

#include "estimate/free_energy.h"
#include "input/error.h"
#include "input/text.h"
#include "state/energies.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

void Mean::add(double number)
{
  if (!std::isfinite(number)) return;
  sum_ += number;
  n_++;
}

/* ---- what it begins with ---- */

Training::Training(State &state, const TrainSettings &settings, int k, File &table)
    : state_(state), settings_(settings), k_(k), temperature_(state.model.training_temperature()),
      table_(table), options_(settings.of_trainer)
{
  state.frames.prepare(k, settings.refit);
  set_temperatures();
  find_basins();
  create_trainer();
  create_validation();
  if (settings.explore_step > 0.0) create_explore();
  x_data_.resize(options_.batch_data * state.variables.dim());
  started_ = std::chrono::steady_clock::now();
  state.host.print(training_head(head()));
}

/* relative to that of training; energies are given to the trainer at the latter */
void Training::set_temperatures()
{
  std::vector<double> all = settings_.temperatures;
  if (all.empty()) all.push_back(state_.temperature());
  options_.n_tau = all.size();
  for (size_t i = 0; i < all.size(); i++) options_.tau[i] = all[i] / temperature_;
}

void Training::find_basins()
{
  const Variables &variables = state_.variables;
  for (int cv = 0; cv < variables.n_cvs(); cv++) cvs_.push_back(variables.cv_of(cv));
  for (const BasinSettings &basin : state_.settings.basins)
    ranges_.insert(ranges_.end(), basin.ranges.begin(), basin.ranges.end());
  basins_ = {state_.settings.basins.size(), cvs_.size(), variables.layout(), cvs_.data(),
             ranges_.data()};
}

void Training::create_trainer()
{
  options_.seed = state_.chain.seed();
  options_.n_threads = state_.model.n_threads();
  options_.first_sample = state_.chain.count(BGEN_COUNT_TRAIN_SAMPLES);
  bgen_trainer *made = nullptr;
  check(bgen_trainer_create(bgen_generator_flow(state_.model.generator(), k_), &options_, &made));
  trainer_.reset(made);
}

void Training::create_validation()
{
  const bgen_validation_options options = {state_.model.generator(), state_.model.workspace(),
                                           static_cast<size_t>(k_),  &basins_,
                                           state_.chain.seed(),      options_.energy_high};
  bgen_validation *made = nullptr;
  check(bgen_validation_create(&options, &state_.frames.test(k_), &made));
  validation_.reset(made);
  follow_validation();
}

/* that along which samples are spread, or the first */
int Training::explored_cv() const
{
  return settings_.cv >= 0 || cvs_.empty() ? settings_.cv : 0;
}

void Training::create_explore()
{
  bgen_explore_options options = {};
  options.generator = state_.model.generator();
  options.workspace = state_.model.workspace();
  options.k = k_;
  options.basins = &basins_;
  options.frames = &state_.frames.train(k_);
  options.seed = state_.chain.seed();
  options.step = settings_.explore_step;
  options.cv = explored_cv();
  options.spread = settings_.cv >= 0;
  options.low = options_.rc_low;
  options.high = options_.rc_high;
  bgen_explore *made = nullptr;
  check(bgen_explore_create(&options, &made));
  explore_.reset(made);
}

TrainingHead Training::head() const
{
  return {state_.id,
          state_.variables.basin_name(k_),
          state_.frames.n(FrameUse::TRAIN, k_),
          state_.frames.n(FrameUse::TEST, k_),
          bgen_generator_n_params(state_.model.generator()),
          state_.model.n_threads()};
}

/* ---- the steps ---- */

void Training::run()
{
  const long long n_steps = static_cast<long long>(options_.n_steps);
  long long at = 0;
  while (at < n_steps) {
    at++;
    step();
    if (at % settings_.every && at != n_steps) continue;
    if (!add_line(at)) break;
  }
  finish(at);
}

void Training::step()
{
  if (explore_) explore();
  bgen_wanted wanted;
  check(bgen_trainer_next(trainer_.get(), &wanted));
  if (wanted.n) evaluate(wanted);
  learn();
}

void Training::explore()
{
  const size_t n = bgen_explore_begin(explore_.get(), options_.batch_data,
                                      state_.chain.count(BGEN_COUNT_EXPLORED));
  Followed followed;
  follow(
      state_.engine, temperature_,
      [&](bgen_wanted *wanted) { return bgen_explore_next(explore_.get(), wanted); },
      [&](const double *u, const double *grad_u) {
        return bgen_explore_arrive(explore_.get(), u, grad_u);
      },
      followed);
  state_.chain.count_up(BGEN_COUNT_EXPLORED, n);
}

/* of the samples of a step, and their cv */
void Training::evaluate(const bgen_wanted &wanted)
{
  const size_t n = wanted.n, dim = state_.variables.dim();
  for (auto *each : {&grad_u_, &grad_s_}) each->resize(n * dim);
  for (auto *each : {&u_, &s_}) each->resize(n);
  state_.reduced_energies(temperature_, n, wanted.x, u_.data(), grad_u_.data());
  state_.chain.count_up(BGEN_COUNT_TRAIN_SAMPLES, n);
  for (size_t i = 0; options_.weight_rc > 0.0 && i < n; i++) {
    s_[i] = state_.variables.cv(settings_.cv, wanted.x + i * dim);
    state_.variables.cv_gradient(settings_.cv, wanted.x + i * dim, &grad_s_[i * dim]);
  }
  check(bgen_trainer_arrive(trainer_.get(), u_.data(), grad_u_.data()));
}

void Training::learn()
{
  const uint64_t at = state_.chain.count(BGEN_COUNT_TRAIN_STEPS);
  state_.chain.count_up(BGEN_COUNT_TRAIN_STEPS, 1);
  if (options_.weight_ml > 0.0)
    bgen_frames_batch(&state_.frames.train(k_), options_.seed, at, options_.batch_data,
                      x_data_.data());
  const bgen_train_batch batch = {x_data_.data(), s_.data(), grad_s_.data()};
  const bgen_status status = bgen_trainer_step(trainer_.get(), &batch, &report_);
  if (status == BGEN_NOT_FINITE)
    n_skipped_++;
  else
    check(status);
  ml_.add(report_.ml);
  if (!std::isfinite(report_.kl)) return;
  kl_.add(report_.kl);
  rc_.add(report_.rc);
}

/* ---- the table ---- */

/* What counts as best are held-out frames, and samples from the same latent points in each line:
   those of the batches differ by more than the parameters make. */
bool Training::add_line(long long step)
{
  const bgen_verdict verdict = validate();
  const double loss = mixed(verdict.ml, verdict.kl, rc_.value());
  const bool best = bgen_trainer_keep_if_best(trainer_.get(), loss);
  has_best_ = has_best_ || best;
  n_worse_ = best || !has_best_ ? 0 : n_worse_ + 1;
  print(line(step, verdict));
  if (explore_) state_.host.print(explored_line(explored()));
  ml_ = kl_ = rc_ = Mean();
  return settings_.patience == 0 || n_worse_ < settings_.patience;
}

void Training::follow_validation()
{
  Followed followed;
  follow(
      state_.engine, temperature_,
      [&](bgen_wanted *wanted) { return bgen_validation_next(validation_.get(), wanted); },
      [&](const double *u, const double *grad_u) {
        return bgen_validation_arrive(validation_.get(), u, grad_u);
      },
      followed);
}

bgen_verdict Training::validate()
{
  bgen_verdict verdict;
  check(bgen_validation_begin(validation_.get()));
  follow_validation();
  check(bgen_validation_verdict(validation_.get(), &verdict));
  return verdict;
}

/* what has no weight may be NaN */
double Training::mixed(double ml, double kl, double rc) const
{
  return (options_.weight_ml > 0.0 ? options_.weight_ml * ml : 0.0) +
         (options_.weight_kl > 0.0 ? options_.weight_kl * kl : 0.0) +
         (options_.weight_rc > 0.0 ? options_.weight_rc * rc : 0.0);
}

/* of the last batch, of its samples at the first of the temperatures; a fraction */
double Training::effective_samples() const
{
  if (!settings_.by_energy()) return NAN;
  const double *all = bgen_trainer_log_weights(trainer_.get());
  std::vector<double> log_w;
  for (size_t i = 0; i < options_.batch_flow; i += options_.n_tau) log_w.push_back(all[i]);
  return bgen_kish_ess(log_w.size(), log_w.data()) / static_cast<double>(log_w.size());
}

TrainingLine Training::line(long long step, const bgen_verdict &verdict) const
{
  TrainingLine line = {};
  line.basin = k_;
  line.step = step;
  line.n_steps = static_cast<long long>(options_.n_steps);
  line.ml = ml_.value(), line.kl = kl_.value(), line.rc = rc_.value();
  line.loss = mixed(line.ml, line.kl, line.rc);
  line.ml_test = verdict.ml;
  line.ess = effective_samples();
  line.outside = verdict.outside;
  line.acceptance = verdict.acceptance;
  line.bar_error = verdict.bar_error;
  line.n_capped = report_.n_capped, line.n_not_finite = report_.n_not_finite;
  line.lr = report_.lr, line.grad_norm = report_.grad_norm;
  line.energy_calls = state_.n_energy_calls();
  line.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return line;
}

void Training::print(const TrainingLine &line)
{
  state_.host.print(training_line(line));
  table_.print(training_file_line(line));
  table_.flush();
}

ExploredFrames Training::explored()
{
  const bgen_explore_report r = bgen_explore_take_report(explore_.get());
  const int cv = explored_cv();
  return {r.n_moved, r.n_accepted, r.mean_energy, cv < 0 ? "" : state_.variables.cv_name(cv),
          r.least,   r.most};
}

/* ---- what it ends with ---- */

/* only there can it be validated: frames are of that temperature */
bool Training::learns_training_temperature() const
{
  const double *end = options_.tau + options_.n_tau;
  return !settings_.by_energy() || std::find(options_.tau, end, 1.0) != end;
}

void Training::finish(long long step)
{
  if (settings_.keep_best && learns_training_temperature()) bgen_trainer_take_best(trainer_.get());
  if (n_skipped_)
    state_.host.warn(text("bgen train: %lld of %lld steps were skipped because their gradients "
                          "were not finite; a lower ecap or lr may help",
                          n_skipped_, step));
}
