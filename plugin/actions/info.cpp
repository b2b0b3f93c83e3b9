/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID info": settings, model and counts of a fix */

#include "report/info.h"

#include "actions/actions.h"
#include "report/jumps.h"
#include "state/state.h"

using namespace bgen;

namespace {
class InfoAction : public Action {
public:
  InfoAction(State &state, Line &line) : state_(state) { line.end(); }
  void run() override;

private:
  State &state_;

  void add_settings(Info &info) const;
  void add_model(Info &info) const;
  void add_basins(Info &info) const;
  void add_chain(Info &info) const;
};
} // namespace

void InfoAction::run()
{
  Info info = {};
  info.fix_id = state_.id;
  info.temperature = state_.temperature();
  add_settings(info);
  add_model(info);
  add_basins(info);
  add_chain(info);
  state_.host.print(info_text(info));
}

void InfoAction::add_settings(Info &info) const
{
  const Settings &settings = state_.settings;
  info.flow = settings.flow;
  info.identical = settings.identical_as_typed();
  info.mirrors = settings.mirrors_text();
  info.cvs = settings.cvs_text();
  info.basins = settings.basins_text();
  info.moves = settings.moves_text();
}

void InfoAction::add_model(Info &info) const
{
  const Model &model = state_.model;
  info.n_particles = state_.variables.layout().n_particles;
  info.n_coordinates = model.dim();
  info.training_temperature = model.training_temperature();
  info.n_params = bgen_generator_n_params(model.generator());
  info.n_threads = model.n_threads();
  info.checksum = model.checksum();
}

void InfoAction::add_basins(Info &info) const
{
  for (int k = 0; k < state_.variables.n_basins(); k++)
    info.each_basin.push_back({state_.variables.basin_name(k), state_.model.fitted(k),
                               bgen_generator_weight(state_.model.generator(), k),
                               state_.frames.n(FrameUse::TRAIN, k),
                               state_.frames.n(FrameUse::TEST, k)});
  info.frames = state_.frames.lines();
  info.n_outside = state_.frames.n_outside();
}

void InfoAction::add_chain(Info &info) const
{
  const JumpNames names = {state_.settings.move_names(), state_.settings.basin_names()};
  info.tuning = bgen_markov_tuning(state_.chain);
  info.tuned = tuned_text(state_.chain, names);
  info.n_energy_calls = state_.n_energy_calls();
  info.jumps = jumps_report(state_.chain, nullptr, names);
}

CommandHelp bgen::info_help()
{
  return {"bgen ID info", {}};
}

std::unique_ptr<Action> bgen::create_info(State &state, Line &line, Surroundings &)
{
  return std::make_unique<InfoAction>(state, line);
}
