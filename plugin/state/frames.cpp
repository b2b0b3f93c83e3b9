/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/frames.h"

#include "input/error.h"
#include "input/text.h"
#include "state/symmetries.h"
#include "train/held_out.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr double SAME_TEMPERATURE = 1e-9; // relative: formulas of an input script round

Frames::Frames(const Settings &settings, const Variables &variables, Model &model)
    : settings_(settings), variables_(variables), model_(model),
      training_(variables.dim(), variables.n_basins(), 0.0),
      none_(variables.dim(), variables.n_basins(), 0.0),
      visit_counts_(bgen_visits_words(variables.n_basins())),
      visits_(bgen_visits_begin(variables.n_basins(), visit_counts_.data()))
{
}

bool Frames::same_temperature(double a, double b)
{
  return std::fabs(a - b) <= SAME_TEMPERATURE * a;
}

void Frames::check_temperature(double temperature)
{
  if (model_.training_temperature() == 0.0) model_.train_at(temperature);
  if (!same_temperature(temperature, model_.training_temperature()))
    throw Error(text("fix bgen: a training frame is at temperature %g, but the other training "
                     "frames, or the model, are at %g: use one fix bgen for each temperature of "
                     "training frames",
                     temperature, model_.training_temperature()));
}

/* a flow has one density for a frame and its images */
void Frames::check_mirrors(const double *x, int basin) const
{
  if (variables_.has_computed()) return; // the host knows the present configuration alone
  for (const bgen_mirror &mirror : settings_.mirrors) {
    const std::vector<double> frame(x, x + variables_.dim());
    const std::vector<double> image = reflected(mirror, variables_.layout().n_space, frame);
    if (variables_.basin_of(image.data()) != basin)
      throw Error(text("fix bgen: mirror %c takes a frame to another basin: remove the mirror, or "
                       "the cv that it changes",
                       "xyz"[mirror.axis]));
  }
}

void Frames::add(FrameUse of, const double *x, double temperature, int walker)
{
  if (of == FrameUse::NONE) return;
  const bool trains = of == FrameUse::TRAIN;
  if (trains) check_temperature(temperature);
  const int k = variables_.basin_of(x);
  check_mirrors(x, k);
  FrameSet *to = k < 0 ? nullptr : trains ? &training_ : &set_to_test(temperature);
  if (to && repeats(*to, trains, k, walker, x)) return;
  if (trains && walker != visitor_) bgen_visits_other_chain(&visits_);
  if (trains) visitor_ = walker;
  if (trains) bgen_visits_add(&visits_, k < 0 ? variables_.n_basins() : k);
  if (!to)
    n_outside_++;
  else if (trains)
    to->add(k, walker, x);
  else
    to->insert(k, walker, x); // the errors of estimates are those of walkers
}

/* those before it in the set, and how many are in a set of the other use as well */
bool Frames::repeats(FrameSet &set, bool trains, int k, int walker, const double *x)
{
  const uint64_t hash = Repeats::hash(variables_.dim(), x);
  bool is_shared = !trains && training_.repeats.knows(hash);
  for (const auto &test : test_sets_)
    is_shared = is_shared || (trains && test->repeats.knows(hash));
  const bool is_repeated = set.repeats.add(k, walker, hash);
  repeat_counts.add(is_repeated, is_shared);
  return is_repeated;
}

/* ---- sets ---- */

int Frames::test_set(double temperature) const
{
  for (size_t set = 0; set < test_sets_.size(); set++)
    if (same_temperature(temperature, test_sets_[set]->temperature)) return static_cast<int>(set);
  return -1;
}

FrameSet &Frames::set_to_test(double temperature)
{
  const int set = test_set(temperature);
  if (set >= 0) return *test_sets_[set];
  test_sets_.push_back(
      std::make_unique<FrameSet>(variables_.dim(), variables_.n_basins(), temperature));
  return *test_sets_.back();
}

const FrameSet &Frames::set(FrameUse of) const
{
  if (of == FrameUse::TRAIN) return training_;
  const int set = test_set(model_.training_temperature());
  return set < 0 ? none_ : *test_sets_[set];
}

double Frames::known_temperature(double temperature) const
{
  const int set = test_set(temperature);
  if (set >= 0) return test_sets_[set]->temperature;
  const double trained_at = model_.training_temperature();
  return same_temperature(temperature, trained_at) ? trained_at : temperature;
}

static std::string line_of(const char *use, double temperature, const FrameSet &set)
{
  return text("  frames to %-8s T = %g, %zu of %d walker%s\n", use, temperature, set.n(),
              set.n_walkers(), set.n_walkers() == 1 ? "" : "s");
}

std::string Frames::lines() const
{
  std::string all;
  if (training_.n()) all += line_of("train", model_.training_temperature(), training_);
  for (const auto &set : test_sets_) all += line_of("test", set->temperature, *set);
  return all;
}

static size_t numbers_of(const FrameSet &set)
{
  size_t n = 0;
  for (const bgen_frames &frames : set.basins) n += frames.capacity * frames.dim;
  return n;
}

double Frames::memory_usage() const
{
  size_t n = numbers_of(training_) + visit_counts_.size();
  double of_repeats = training_.repeats.memory_usage();
  for (const auto &set : test_sets_) {
    n += numbers_of(*set);
    of_repeats += set->repeats.memory_usage();
  }
  return static_cast<double>(n * sizeof(double)) + of_repeats;
}

/* ---- what a flow learns from ---- */

bool Frames::prepare(int k, Refit refit)
{
  const bool fits = refit == ALL || !model_.fitted(k);
  if (fits) {
    model_.fit(k, training_.basins[k]);
    unfold(k);
    training_.n_folded[k] = training_.basins[k].n; // the fit has folded them
  }
  training_.fold(k, model_);
  for (const auto &set : test_sets_) set->fold(k, model_);
  if (refit == PRIOR) model_.fit_prior(k, training_.basins[k]);
  if (fits || refit == PRIOR) model_.changed();
  return fits;
}

void Frames::unfold(int k)
{
  training_.n_folded[k] = 0;
  for (const auto &set : test_sets_) set->n_folded[k] = 0;
}

/* ---- what judges it ---- */

HeldOut Frames::hold_out(int k, double fraction)
{
  const std::vector<size_t> &ends = training_.ends[k];
  const size_t n = training_.n(k);
  const bgen_runs walkers = {ends.size(), ends.data()};
  std::vector<char> held(n);
  const size_t n_walkers = bgen_hold_out(&walkers, training_.parts(k).get(), training_.n_learned[k],
                                         fraction, held.data());
  const auto first = std::find(held.begin(), held.end(), 1);
  if (first == held.end()) return {};
  training_.move(k, held, set_to_test(model_.training_temperature()));
  training_.n_folded[k] = std::min<size_t>(training_.n_folded[k], first - held.begin());
  return {n - training_.n(k), n_walkers};
}
