/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID population": walkers that go from the flow of a basin to the Boltzmann distribution, or
   from the temperature of frames to another one, and the free energies on their way */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "actions/walkers.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

namespace {
class Population : public Action {
public:
  Population(State &state, Line &line);
  void run() override;

private:
  State &state_;
  const PopulationSettings settings_;
  const bgen_ladder &ladder_;
  bool both_ways_ = true; // works of test frames, too
  PopulationReport report_ = {};

  void find_ways();
  void anneal(int k, Dump &dump);
  bgen_estimate difference(const PopulationOfBasin &other, size_t t) const;
  void add_difference(const PopulationOfBasin &other, const bgen_estimate &of, size_t t,
                      bool by_bar);
  void add_differences();
};
} // namespace

Population::Population(State &state, Line &line)
    : state_(state), settings_(read_population_settings(line, state)), ladder_(settings_.ladder)
{
  find_ways();
  report_.fix_id = state.id;
  report_.from_flow = ladder_.from_flow;
  report_.resampled = settings_.resamples;
  report_.temperature = ladder_.first;
  report_.kT = state.engine.kT(ladder_.first);
  report_.n_repeats = settings_.n_repeats;
  report_.n_walkers = settings_.n;
  report_.n_stages = ladder_.n_stages;
  report_.n_steps = settings_.langevin.n_steps;
  report_.both_ways = both_ways_;
}

/* works back to the flow need frames that it was not trained on */
void Population::find_ways()
{
  both_ways_ = ladder_.from_flow && !settings_.resamples &&
               ladder_.first == state_.model.training_temperature();
  for (int k = 0; k < state_.variables.n_basins(); k++)
    if (settings_.has(k) && state_.frames.n(FrameUse::TEST, k) == 0) both_ways_ = false;
}

void Population::run()
{
  File file(settings_.path);
  Dump dump(settings_.dump_path, dump_atoms(state_), "u log_w");
  report_.n_energy_calls = -state_.n_energy_calls();
  {
    const Session session(state_.engine);
    std::vector<double> x(state_.variables.dim());
    state_.symmetries.check(x);
    for (int k = 0; k < state_.variables.n_basins(); k++)
      if (settings_.has(k)) anneal(k, dump);
  }
  report_.n_energy_calls += state_.n_energy_calls();
  add_differences();
  state_.host.print(population_text(report_));
  file.print(population_file(report_));
  file.close();
  dump.close();
}

void Population::anneal(int k, Dump &dump)
{
  Walkers walkers(state_, settings_, k);
  for (size_t repeat = 0; repeat < settings_.n_repeats; repeat++) walkers.anneal(repeat);
  walkers.dump(dump);
  if (both_ways_) walkers.go_back();
  report_.basins.push_back(walkers.results(both_ways_));
}

/* ---- differences: between the first basin and the others, where it is known what they have in
   common at the start ---- */

bgen_estimate Population::difference(const PopulationOfBasin &other, size_t t) const
{
  const PopulationOfBasin &first = report_.basins[0];
  const size_t k = &other - report_.basins.data(); // all basins are there
  const bgen_estimate parts[] = {settings_.at_start[0], first.stages[t].free_energy,
                                 settings_.at_start[k], other.stages[t].free_energy};
  double variance = 0.0;
  for (const bgen_estimate &part : parts) variance += part.error * part.error;
  return {parts[0].value + parts[1].value - parts[2].value - parts[3].value, std::sqrt(variance)};
}

void Population::add_difference(const PopulationOfBasin &other, const bgen_estimate &of, size_t t,
                                bool by_bar)
{
  const double temperature = bgen_ladder_temperature(&ladder_, t);
  report_.differences.push_back(
      {report_.basins[0].name, other.name, of, temperature, state_.engine.kT(temperature), by_bar});
}

void Population::add_differences()
{
  if (!ladder_.from_flow && settings_.start == PopulationSettings::NONE) return;
  for (size_t b = 1; b < report_.basins.size(); b++) {
    const PopulationOfBasin &first = report_.basins[0], &other = report_.basins[b];
    for (size_t t = ladder_.from_flow ? ladder_.n_stages : 0; t <= ladder_.n_stages; t++)
      add_difference(other, difference(other, t), t, false);
    if (both_ways_)
      add_difference(other, bgen_estimate_difference(&first.bar, &other.bar), ladder_.n_stages,
                     true);
  }
}

std::unique_ptr<Action> bgen::create_population(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Population>(state, line);
}
