/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID train": one stage of training, one basin after the other */

#include "actions/actions.h"
#include "actions/placement.h"
#include "actions/session.h"
#include "actions/train_options.h"
#include "actions/train_points.h"
#include "actions/train_progress.h"
#include "actions/train_together.h"
#include "actions/whitening.h"
#include "input/text.h"
#include "report/file.h"
#include "report/training.h"
#include "state/energies.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

using namespace bgen;

namespace {

constexpr bgen_verdict UNKNOWN = {NAN, NAN, NAN, NAN, NAN, NAN};

/* One stage of the flow of one basin, within a session of the engine. */
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
  Owned<bgen_trainer, bgen_trainer_destroy> trainer_;
  Owned<bgen_validation, bgen_validation_destroy> validation_;
  Owned<bgen_explore, bgen_explore_destroy> explore_; // nullptr: the frames stay where they are
  std::chrono::steady_clock::time_point started_;

  std::unique_ptr<TrainProgress> progress_;
  long long n_skipped_ = 0; // steps without a finite gradient
  TrainPoints points_;
  bgen_train_report report_ = {}; // of the last step
  Mean ml_, kl_, rc_;             // since the last line

  void set_temperatures();
  void create_trainer();
  void create_validation();
  void create_explore();
  size_t n_params() const { return bgen_generator_n_params(state_.model.generator(), k_); }
  size_t n_lines() const; // of the table, if the stage does not end early
  bgen_validation_size validation_size() const;
  int explored_cv() const;
  void begin_table();

  void step();
  void explore();
  void evaluate(const bgen_wanted &wanted);
  void learn();

  void judge_start();
  bool add_line(long long step); // false if the stage is to end
  void write(const std::string &line);
  bgen_verdict validate();
  bool diverges() const;
  double mixed(double ml, double kl, double rc) const;
  double seconds() const; // since it began
  TrainingLine line(long long step, const bgen_verdict &verdict) const;

  void finish(long long step);
  bool learns_training_temperature() const;
  TrainingVerdict::Judged judged() const;
};

} // namespace

/* ---- what it begins with ---- */

Training::Training(State &state, const TrainSettings &settings, int k, File &table)
    : state_(state), settings_(settings), k_(k), temperature_(state.model.training_temperature()),
      table_(table), options_(settings.of_trainer), points_(state, k)
{
  prepare_flow(state, settings.refit, settings.whiten, k);
  set_temperatures();
  if (settings.cap_auto && settings.by_energy())
    options_.energy_high = points_.energy_cap(temperature_);
  create_trainer();
  create_validation();
  if (settings.explore_step > 0.0) create_explore();
  started_ = std::chrono::steady_clock::now();
  begin_table();
}

void Training::begin_table()
{
  const size_t n_test = state_.frames.n(FrameUse::TEST, k_);
  const bgen_validation_size size = validation_size();
  const std::string basin = state_.variables.basin_name(k_);
  progress_ =
      std::make_unique<TrainProgress>(options_, judged(), basin, std::min(n_test, size.n_frames),
                                      trainer_.get(), validation_.get());
  state_.host.print(training_head({state_.id, basin, state_.frames.n(FrameUse::TRAIN, k_), n_test,
                                   n_params(), state_.model.n_threads(), n_lines(), size}));
}

size_t Training::n_lines() const
{
  const size_t every = static_cast<size_t>(settings_.every);
  return (options_.n_steps + every - 1) / every;
}

/* by what the stage learns from */
bgen_validation_size Training::validation_size() const
{
  const size_t batch = (settings_.by_example() ? options_.batch_data : 0) +
                       (settings_.by_energy() ? options_.batch_flow : 0);
  return bgen_validation_size_for(options_.n_steps * batch, n_lines());
}

/* relative to that of training; energies are given to the trainer at the latter */
void Training::set_temperatures()
{
  std::vector<double> all = settings_.temperatures;
  if (all.empty()) all.push_back(state_.temperature());
  options_.n_tau = all.size();
  for (size_t i = 0; i < all.size(); i++) options_.tau[i] = all[i] / temperature_;
}

void Training::create_trainer()
{
  options_.seed = state_.meeting.seed();
  options_.n_threads = state_.model.n_threads();
  take_part(state_.pool, options_);
  options_.first_sample = state_.chain.count(BGEN_COUNT_TRAIN_SAMPLES);
  create(trainer_, bgen_trainer_create, bgen_generator_flow(state_.model.generator(), k_),
         &options_);
}

void Training::create_validation()
{
  const std::vector<size_t> &ends = state_.frames.set(FrameUse::TEST).ends[k_];
  const bgen_validation_options options = {state_.model.generator(), state_.model.workspace(),
                                           static_cast<size_t>(k_),  &state_.variables.basins(),
                                           state_.meeting.seed(),    options_.energy_high,
                                           validation_size(),        {ends.size(), ends.data()}};
  create(validation_, bgen_validation_create, &options, &state_.frames.test(k_));
  follow(state_, temperature_, validation_, bgen_validation_next, bgen_validation_arrive);
}

/* that along which samples are spread, or the first */
int Training::explored_cv() const
{
  return settings_.cv >= 0 || state_.variables.n_cvs() == 0 ? settings_.cv : 0;
}

void Training::create_explore()
{
  const bgen_explore_options options = {state_.model.generator(), state_.model.workspace(),
                                        static_cast<size_t>(k_),  &state_.variables.basins(),
                                        &state_.frames.train(k_), state_.meeting.seed(),
                                        settings_.explore_step,   explored_cv(),
                                        settings_.cv >= 0,        options_.rc_low,
                                        options_.rc_high};
  create(explore_, bgen_explore_create, &options);
}

/* ---- the steps ---- */

void Training::run()
{
  const long long n_steps = static_cast<long long>(options_.n_steps);
  LiveLine live(state_.host.terminal, state_.variables.basin_name(k_), n_steps);
  long long at = 0;
  judge_start();
  while (at < n_steps) {
    at++;
    step();
    live.show(at, seconds());
    if (at % settings_.every && at != n_steps) continue;
    if (!add_line(at)) break;
  }
  bgen_trainer_swap_mean(trainer_.get()); // for good
  finish(at);
}

void Training::step()
{
  if (explore_) explore();
  bgen_wanted wanted;
  check(bgen_trainer_next(trainer_.get(), &wanted));
  if (settings_.by_energy()) evaluate(wanted);
  learn();
}

void Training::explore()
{
  const size_t n = bgen_explore_begin(explore_.get(), options_.batch_data,
                                      state_.chain.count(BGEN_COUNT_EXPLORED));
  follow(state_, temperature_, explore_, bgen_explore_next, bgen_explore_arrive);
  state_.chain.count_up(BGEN_COUNT_EXPLORED, n);
}

/* of the samples of a step, and their cv */
void Training::evaluate(const bgen_wanted &wanted)
{
  points_.evaluate(wanted, temperature_, options_.weight_rc > 0.0 ? settings_.cv : -1);
  state_.chain.count_up(BGEN_COUNT_TRAIN_SAMPLES, options_.batch_flow);
  check(bgen_trainer_arrive(trainer_.get(), points_.u(), points_.grad_u()));
}

void Training::learn()
{
  const uint64_t at = state_.chain.count(BGEN_COUNT_TRAIN_STEPS);
  state_.chain.count_up(BGEN_COUNT_TRAIN_STEPS, 1);
  if (options_.weight_ml > 0.0) points_.take_frames(at, options_.batch_data);
  const bgen_train_batch batch = points_.batch();
  const bgen_status status = descend(state_.pool, trainer_.get(), n_params(), batch, report_);
  if (status == BGEN_NOT_FINITE)
    n_skipped_++;
  else
    check(status);
  ml_.add(report_.ml + points_.log_jacobian());
  if (!std::isfinite(report_.kl)) return;
  kl_.add(report_.kl);
  rc_.add(report_.rc);
}

/* ---- the table ---- */

/* a stage that makes the flow worse from its first line on is to be seen */
void Training::judge_start()
{
  const bgen_verdict verdict = validate();
  progress_->add(0, verdict, mixed(verdict.ml, verdict.kl, NAN), verdict.ml, true);
}

bool Training::add_line(long long step)
{
  const bool is_finite = !diverges();
  bgen_trainer_swap_mean(trainer_.get());
  const bgen_verdict verdict = is_finite ? validate() : UNKNOWN;
  progress_->add(step, verdict, mixed(verdict.ml, verdict.kl, rc_.value()), ml_.value(), is_finite);
  bgen_trainer_swap_mean(trainer_.get());
  const TrainingLine now = line(step, verdict);
  state_.host.print(training_line(now));
  write(training_file_line(now));
  if (explore_)
    state_.host.print(
        explored_line(bgen_explore_take_report(explore_.get()),
                      explored_cv() < 0 ? "" : state_.variables.cv_name(explored_cv())));
  ml_ = kl_ = rc_ = Mean();
  if (progress_->has_diverged()) return false;
  return settings_.patience == 0 || progress_->n_worse() < settings_.patience;
}

/* A disk that is full ends the file, not the training, which would be lost. */
void Training::write(const std::string &line)
{
  try {
    table_.print(line);
    table_.flush();
  } catch (const Error &error) {
    table_.abandon();
    state_.host.warn(std::string(error.what()) + "; the file ends here, the training goes on");
  }
}

/* frames have a density, whatever the energies of samples */
bool Training::diverges() const
{
  return !bgen_trainer_is_finite(trainer_.get()) ||
         (settings_.by_example() && !std::isfinite(ml_.value()));
}

bgen_verdict Training::validate()
{
  bgen_verdict verdict;
  check(bgen_validation_begin(validation_.get()));
  follow(state_, temperature_, validation_, bgen_validation_next, bgen_validation_arrive);
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

double Training::seconds() const
{
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

TrainingLine Training::line(long long step, const bgen_verdict &verdict) const
{
  const double ml = ml_.value(), kl = kl_.value(), rc = rc_.value();
  return {k_,
          step,
          static_cast<long long>(options_.n_steps),
          mixed(ml, kl, rc),
          ml,
          kl,
          rc,
          settings_.by_energy() ? effective_samples(state_.pool, trainer_.get(), options_) : NAN,
          verdict,
          report_,
          state_.meeting.n_energy_calls(),
          seconds()};
}

/* ---- what it ends with ---- */

/* only there can it be validated: frames are of that temperature */
bool Training::learns_training_temperature() const
{
  const double *end = options_.tau + options_.n_tau;
  return !settings_.by_energy() || std::find(options_.tau, end, 1.0) != end;
}

/* whether held-out points say anything of the loss */
TrainingVerdict::Judged Training::judged() const
{
  if (!learns_training_temperature()) return TrainingVerdict::OTHER_TEMPERATURE;
  if (options_.weight_rc > 0.0) return TrainingVerdict::SPREAD;
  if (settings_.by_example() && state_.frames.n(FrameUse::TEST, k_) == 0)
    return TrainingVerdict::NO_FRAMES;
  return TrainingVerdict::BY_TEST;
}

void Training::finish(long long step)
{
  const bool take_best = settings_.keep_best && learns_training_temperature();
  state_.host.print(training_verdict(progress_->end(take_best)));
  if (n_skipped_)
    state_.host.warn(text("bgen train: %lld of %lld steps were skipped because their gradients "
                          "were not finite; a lower ecap or lr may help",
                          n_skipped_, step));
}

/* ---- all basins ---- */

static void train_basin(State &state, const TrainSettings &settings, int k, File &table)
{
  choose_frames(state, k, settings.hold, settings.more);
  const size_t n_frames = state.frames.n(FrameUse::TRAIN, k);
  TrainSettings last = settings.for_basin(n_frames);
  if (settings.recipe) {
    const TrainSettings first = settings.first_stage(n_frames);
    Training(state, first, k, table).run();
    last.refit = Frames::KEEP; // it has been done
    last.whiten = WHITEN_AS_USUAL;
  }
  Training(state, last, k, table).run();
}

static void train(State &state, Line &line, Surroundings &)
{
  const TrainSettings settings = read_train_settings(line, state);
  File table(state.pool.to_write(settings.path), settings.append ? File::APPEND : File::NOW);
  table.print(training_file_head(state.id, state.variables.numbered_basins()));
  table.flush();
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (settings.trains(k) && !state.model.fitted(k)) {
      need_held(state, k, FrameUse::TRAIN);
      need_no_drift(state, k, settings.may_drift);
    }
  state.continued = false; // from here on the chain has another model
  {
    const CheckedSession session(state);
    for (int k = 0; k < state.variables.n_basins(); k++)
      if (settings.trains(k)) train_basin(state, settings, k, table);
  }
  state.model.changed();
  table.close();
}

ActionKind bgen::train_action()
{
  return {"train", "train the flows on frames and on the energy", train_help(), train};
}
