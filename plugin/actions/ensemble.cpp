/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/ensemble.h"

#include "input/error.h"
#include "input/text.h"
#include "state/quantities.h"
#include "state/state.h"

#include <algorithm>

using namespace bgen;

/* ---- points ---- */

Ensemble::Ensemble(State &_state, const std::vector<double> &_temperatures, Quantities *quantities)
    : state(_state), temperature(_state.temperature()), temperatures(_temperatures),
      quantities_(quantities), samples_(_state.variables.n_basins()),
      frames_(_state.variables.n_basins()), doubts_(_state.variables.n_basins()),
      data_of_basins_(_state.variables.n_basins())
{
  for (int k = 0; k < state.variables.n_basins(); k++) {
    points_.emplace_back(state);
    points_[k].temperatures = temperatures;
    if (quantities_) points_[k].observe(quantities_);
  }
}

/* Frames at a temperature that is not wanted help all the same, as long as there are flows at
   several: through a single flow they would be reweighted from afar. */
void Ensemble::find_levels()
{
  levels_ = temperatures;
  if (temperatures.size() < 2) return;
  for (const auto &set : state.frames.test_sets())
    if (!std::count(levels_.begin(), levels_.end(), set->temperature))
      levels_.push_back(set->temperature);
}

/* as the core has them, whose arrays may have moved */
void Ensemble::describe(int k)
{
  const EvaluatedPoints &of = points_[k];
  data_of_basins_[k] = {state.variables.basin_name(k).c_str(),
                        of.n(),
                        of.u.data(),
                        of.log_q_at.data(),
                        of.basin.data(),
                        of.in_domain.data(),
                        again_.empty() ? nullptr : again_[k].u.data(),
                        samples_[k].data(),
                        frames_[k].data(),
                        doubts_[k].empty() ? nullptr : doubts_[k].c_str(),
                        sub_states_.empty() ? nullptr : sub_states_[k].data()};
  data_ = {data_of_basins_.size(), data_of_basins_.data(), temperature,  temperatures.size(),
           levels_.size(),         levels_.data(),         n_sub_states_};
}

/* solved are half of the points and all of them, and averaged these: a row of each state, twice,
   and a dozen of other numbers */
void Ensemble::check_memory(const Line &line, size_t n_samples, bool keep_x)
{
  find_levels();
  const double n_states = static_cast<double>(temperatures.size() + levels_.size()),
               n = static_cast<double>(n_samples) * static_cast<double>(temperatures.size()) *
                   static_cast<double>(points_.size());
  points_[0].keep_x = keep_x;
  line.need_memory(n * (points_[0].n_bytes_each() + sizeof(double) * (4.0 * n_states + 12.0)),
                   text("%.0f samples of all flows", n));
}

void Ensemble::evaluate(size_t n_samples, bool keep_x)
{
  find_levels();
  for (int k = 0; k < state.variables.n_basins(); k++) {
    points_[k].keep_x = keep_x;
    for (const double of_temperature : temperatures) add_samples(k, of_temperature, n_samples);
    for (const double of_temperature : levels_) add_frames(k, of_temperature);
    describe(k);
  }
}

/* quantities of a sample, and of its images, which the flow never makes */
void Ensemble::add_samples(int k, double of_temperature, size_t n)
{
  EvaluatedPoints &all = points_[k];
  samples_[k].push_back({all.n(), n, {0, nullptr}});
  all.add_samples_at(of_temperature, k, n);
  describe(k);
  if (bgen_ensemble_has_weight(&data_, k, all.n() - 1)) all.need_symmetric(all.n() - 1);
}

void Ensemble::add_frames(int k, double of_temperature)
{
  EvaluatedPoints &all = points_[k];
  const int set = state.frames.test_set(of_temperature);
  const size_t n = set < 0 ? 0 : state.frames.test_sets()[set]->n(k);
  frames_[k].push_back({all.n(), n, {0, nullptr}});
  if (n == 0) return;
  const std::vector<size_t> &ends = state.frames.test_sets()[set]->ends[k];
  frames_[k].back().walkers = {ends.size(), ends.data()};
  all.add_test_frames(set, k);
  describe(k);
  check_frames(k, of_temperature);
  all.need_symmetric(all.n() - 1);
}

/* a frame that the Boltzmann distribution cannot have made makes every estimate of its basin
   worthless, which the solution knows */
void Ensemble::check_frames(int k, double of_temperature) const
{
  const bgen_group &group = frames_[k].back();
  for (size_t i = group.first; i < group.first + group.n; i++)
    if (!bgen_ensemble_has_weight(&data_, k, i)) {
      state.host.warn(
          text("bgen: test frame %zu of basin %s at T = %g has the energy %g kT: is the "
               "force field that of its MD, or does the overlap of the fix reject it?",
               i - group.first + 1, state.variables.basin_name(k).c_str(), of_temperature,
               points_[k].u[i]));
      return;
    }
}

void Ensemble::split(const std::vector<bgen_cut> &cuts, const std::vector<int> &quantities)
{
  n_sub_states_ = bgen_cuts_n_sub_states(cuts.size(), cuts.data());
  sub_states_.resize(points_.size());
  std::vector<double> value(cuts.size());
  for (size_t k = 0; k < points_.size(); k++) {
    for (size_t i = 0; i < points_[k].n(); i++) {
      for (size_t c = 0; c < cuts.size(); c++)
        value[c] = points_[k].values[i * n_quantities() + quantities[c]];
      sub_states_[k].push_back(bgen_cuts_sub_state(cuts.size(), cuts.data(), value.data()));
    }
    describe(static_cast<int>(k));
  }
}

void Ensemble::evaluate_changed()
{
  for (EvaluatedPoints &of : points_) again_.push_back(of.again());
  for (int k = 0; k < state.variables.n_basins(); k++) {
    describe(k);
    if (bgen_ensemble_n_changed(&data_, k) == 0)
      state.host.warn("bgen: no sample or frame of basin " + state.variables.basin_name(k) +
                      " has a finite energy in the changed force field");
  }
}

/* ---- what is known of them ---- */

std::string Ensemble::row(size_t t, int k, size_t i) const
{
  const EvaluatedPoints &of = points_[k];
  return of.row(i, bgen_ensemble_u_at(&data_, temperatures[t], of.u[i]),
                of.log_q_at[i * temperatures.size() + t]);
}

const char *Ensemble::method(size_t t) const
{
  if (temperatures.size() > 1) return "MBAR";
  return bgen_ensemble_has_frames(&data_, t) ? "BAR" : "samples alone";
}

size_t Ensemble::n_quantities() const
{
  return quantities_ ? quantities_->size() : 0;
}

std::vector<const double *> Ensemble::values(int i, bgen_field field) const
{
  std::vector<const double *> of_basins;
  for (size_t k = 0; k < points_.size(); k++)
    of_basins.push_back(
        (field == BGEN_FIELD_CHANGED ? again_[k].values : points_[k].values).data() + i);
  return of_basins;
}

/* ---- what the core finds ---- */

Solution::Solution(const Ensemble &ensemble, double fraction, bool decorrelated)
    : ensemble_(ensemble)
{
  const bgen_part part = {fraction, decorrelated};
  create(solution_, bgen_solution_create, &ensemble.data(), &part);
}

std::vector<double> Solution::inside(size_t k) const
{
  std::vector<double> values(bgen_solution_n_points(*this));
  bgen_solution_inside(*this, k, values.data());
  return values;
}

std::vector<double> Solution::u(size_t t) const
{
  std::vector<double> values(bgen_solution_n_points(*this));
  bgen_solution_u(*this, t, values.data());
  return values;
}

std::vector<double> Solution::quantity(int i, bgen_field field) const
{
  std::vector<double> values(bgen_solution_n_points(*this));
  bgen_solution_pick(*this, ensemble_.values(i, field).data(), ensemble_.n_quantities(),
                     values.data());
  return values;
}
