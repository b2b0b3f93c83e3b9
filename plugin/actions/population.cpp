/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID population": walkers that go from the flow of a basin to the Boltzmann distribution, or
   from the temperature of frames to another one, and the free energies on their way */

#include "actions/actions.h"
#include "actions/placement.h"
#include "actions/point_dump.h"
#include "actions/session.h"
#include "actions/walkers.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* ---- differences: between the first basin and the others, where it is known what they have in
   common at the start ---- */

/* at stage t; k: the number of the other basin */
static bgen_estimate difference(const PopulationSettings &settings, const PopulationOfBasin &first,
                                const PopulationOfBasin &other, size_t k, size_t t)
{
  const bgen_estimate parts[] = {settings.at_start[0], first.stages[t].free_energy,
                                 settings.at_start[k], other.stages[t].free_energy};
  double variance = 0.0;
  for (const bgen_estimate &part : parts) variance += part.error * part.error;
  return {parts[0].value + parts[1].value - parts[2].value - parts[3].value, std::sqrt(variance)};
}

static void add_differences(const PopulationSettings &settings, PopulationReport &report)
{
  const bgen_ladder &ladder = settings.ladder;
  if (!ladder.from_flow && settings.start == PopulationSettings::NONE) return;
  for (size_t k = 1; k < report.basins.size(); k++) { // if there are several, all are there
    const PopulationOfBasin &first = report.basins[0], &other = report.basins[k];
    const auto add = [&](size_t t, const bgen_estimate &of, bool by_bar) {
      report.differences.push_back({first.name, other.name, of, bgen_ladder_temperature(&ladder, t),
                                    first.stages[t].kT, by_bar});
    };
    for (size_t t = ladder.from_flow ? ladder.n_stages : 0; t <= ladder.n_stages; t++)
      add(t, difference(settings, first, other, k, t), false);
    if (report.both_ways)
      add(ladder.n_stages, bgen_estimate_difference(&first.bar, &other.bar), true);
  }
}

/* ---- all basins ---- */

/* besides the population itself, which the core looks at: where walkers begin, what is recorded */
static void check_memory(const Line &line, const State &state, const PopulationSettings &settings)
{
  const double n = static_cast<double>(settings.n),
               dim = static_cast<double>(state.variables.dim());
  const double n_recorded = static_cast<double>(settings.n_repeats + sizeof(PopulationStage)) *
                            static_cast<double>(settings.n_stages) * state.variables.n_basins();
  line.need_memory(sizeof(double) * (n * (11.0 * dim + 17.0) + 2.0 * n_recorded),
                   text("%zu walkers at %zu stages", settings.n, settings.n_stages));
}

/* of each basin that goes from its flow, with a warning; "": none */
static std::vector<std::string> doubts_of(State &state, const PopulationSettings &settings)
{
  std::vector<std::string> all(state.variables.n_basins());
  for (int k = 0; k < state.variables.n_basins() && settings.from_flow(); k++) {
    if (settings.has(k)) all[k] = doubt_of(state, state.frames.train(k));
    if (!all[k].empty())
      state.host.warn("bgen: basin " + state.variables.basin_name(k) + ": " + all[k] +
                      ": its free energies have infinite errors");
  }
  return all;
}

static void forget_errors(PopulationOfBasin &of)
{
  of.bar.error = of.from_frames.error = INFINITY;
  for (PopulationStage &stage : of.stages) stage.free_energy.error = INFINITY;
}

static void population(State &state, Line &line, Surroundings &)
{
  const PopulationSettings settings = read_population_settings(line, state);
  check_memory(line, state, settings);
  PopulationReport report = {state.id,
                             settings.ladder,
                             state.engine.kT(settings.ladder.first),
                             settings.n_repeats,
                             settings.n,
                             settings.langevin.n_steps,
                             settings.resamples,
                             goes_both_ways(state, settings),
                             -state.meeting.n_energy_calls(),
                             {},
                             {}};
  File file(state.pool.to_write(settings.path));
  Dump dump(state.pool.to_write(settings.dump_path), dump_atoms(state), "u log_w");
  const std::vector<std::string> doubts = doubts_of(state, settings);
  {
    const CheckedSession session(state);
    for (int k = 0; k < state.variables.n_basins(); k++) {
      if (!settings.has(k)) continue;
      Walkers walkers(state, settings, k);
      for (size_t repeat = 0; repeat < settings.n_repeats; repeat++) walkers.anneal(repeat);
      walkers.dump(dump);
      if (report.both_ways) walkers.go_back();
      report.basins.push_back(walkers.found(report.both_ways));
      if (!doubts[k].empty()) forget_errors(report.basins.back());
    }
  }
  report.n_energy_calls += state.meeting.n_energy_calls();
  add_differences(settings, report);
  state.host.print(population_text(report));
  file.print(population_file(report));
  file.close();
  dump.close();
}

ActionKind bgen::population_action()
{
  return {"population", "free energies by population annealing", population_help(), population};
}
