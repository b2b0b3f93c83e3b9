/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/by_paths.h"

#include "actions/walkers.h"
#include "input/limits.h"
#include "input/text.h"
#include "state/state.h"

#include <algorithm>

using namespace bgen;

/* The first look, and the timestep of moves: the longest of which most are accepted. */
static constexpr size_t LOOK_WALKERS = 32, LOOK_STAGES = 50;
static constexpr int LOOK_STEPS = 4, MOST_LOOKS = 6;
static constexpr double LONGEST_DT = 0.6, SHORTER = 0.8, ACCEPTED = 0.7;
static constexpr int MOST_SHORTENED = 20;

static void set_stages(PopulationSettings &s, size_t n_walkers, size_t n_stages)
{
  s.n = (n_walkers + 1) / s.n_repeats;
  s.n_stages = s.ladder.n_stages = n_stages;
}

static PopulationSettings latent_paths(State &state, int n_steps)
{
  const double temperature = state.temperature();
  PopulationSettings settings = {};
  settings.state = &state;
  settings.n_repeats = 2;
  settings.langevin.n_steps = n_steps;
  settings.resamples = false;
  settings.latent = true;
  settings.ladder = {true, 1, temperature, temperature, 1.0};
  return settings;
}

static void find_timestep(State &state, int k, PopulationSettings &s)
{
  set_stages(s, LOOK_WALKERS, 1);
  s.langevin.dt = LONGEST_DT;
  for (int i = 0; i < MOST_SHORTENED; i++) {
    if (Walkers(state, s, k).acceptance_of_frames() >= ACCEPTED) return;
    s.langevin.dt *= SHORTER;
  }
}

static void go_both_ways(const State &state, int k, const PopulationSettings &s, Walkers &walkers)
{
  for (size_t repeat = 0; repeat < s.n_repeats; repeat++) walkers.anneal(repeat);
  walkers.go_back(std::max<size_t>(1, state.frames.test(k).n / (s.n_repeats * s.n)));
}

/* as many as the error needs (core/sample/ladder.h) */
static void plan(State &state, int k, double error, PopulationSettings &s)
{
  bgen_ladder_plan next = {LOOK_WALKERS, LOOK_STAGES};
  for (int look = 0; look < MOST_LOOKS; look++) {
    set_stages(s, LOOK_WALKERS, next.n_stages);
    Walkers walkers(state, s, k);
    go_both_ways(state, k, s, walkers);
    if (bgen_ladder_plan_paths(walkers.dissipated(), s.n_stages, error, state.frames.test(k).n,
                               MOST_STAGES, &next))
      break;
  }
  set_stages(s, next.n_walkers, next.n_stages);
  state.host.print(
      text("bgen %s free_energy: %zu paths each way of %zu stages of %d steps, some "
           "%.3g energies, for an error of %g kT in basin %s\n",
           state.id.c_str(), next.n_walkers, next.n_stages, s.langevin.n_steps,
           2.0 * static_cast<double>(next.n_walkers * next.n_stages) * s.langevin.n_steps, error,
           state.variables.basin_name(k).c_str()));
}

FreeEnergyByPaths bgen::free_energy_by_paths(State &state, int k, const AbsoluteSettings &of)
{
  const bool planned = of.by == AbsoluteSettings::AUTO;
  PopulationSettings settings = latent_paths(state, planned ? LOOK_STEPS : of.n_steps);
  find_timestep(state, k, settings);
  if (planned)
    plan(state, k, of.error, settings);
  else
    set_stages(settings, of.n_walkers, of.n_stages);
  Walkers walkers(state, settings, k);
  go_both_ways(state, k, settings, walkers);
  const PopulationOfBasin found = walkers.found(true);
  return {found.bar, text("BAR of %zu and %zu paths of %zu stages of %d steps",
                          settings.n_repeats * settings.n, found.n_frames, settings.n_stages,
                          settings.langevin.n_steps)};
}
