/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID info": settings, model and counts of a fix */

#include "actions/actions.h"
#include "base/version.h"
#include "input/text.h"
#include "model/shapes.h"
#include "report/jumps.h"
#include "report/tree.h"
#include "state/owned.h"
#include "state/state.h"
#include "state/visits.h"

using namespace bgen;

static std::string line_of(const char *name, const std::string &value)
{
  return text("  %-18s %s\n", name, value.c_str());
}

static std::string training_temperature(const State &state)
{
  const double temperature = state.model.training_temperature();
  return temperature > 0.0 ? text("%g", temperature) : "not known yet";
}

/* basins whose molecules have other circles have other flows */
static std::string n_params_text(const State &state)
{
  std::string all;
  bool same = true;
  const auto of = [&](int k) { return bgen_generator_n_params(state.model.generator(), k); };
  for (int k = 0; k < state.variables.n_basins(); k++) {
    all += text("%s%zu", k ? ", " : "", of(k));
    same = same && of(k) == of(0);
  }
  return same ? text("%zu for each basin", of(0)) : all + " for the basins in their order";
}

static std::string settings_lines(State &state)
{
  const Settings &settings = state.settings;
  const std::string cvs = state.variables.cvs_text();
  return line_of("particles", text("%zu, %zu coordinates", state.variables.layout().n_particles,
                                   state.variables.dim())) +
         line_of("coords", text("%s, %zu seen by flows", settings.coords_text().c_str(),
                                state.variables.n_shape())) +
         line_of("temperature",
                 text("%g, of training ", state.temperature()) + training_temperature(state)) +
         line_of("flow", settings.flow) + line_of("parameters", n_params_text(state)) +
         line_of("identical", settings.identical_as_typed()) +
         line_of("mirrors", settings.mirrors_text()) + line_of("cvs", cvs.empty() ? "none" : cvs) +
         line_of("basins", settings.basins_text());
}

/* ---- the tree of coords internal ---- */

static TreeOfBasin tree_of(const State &state, int k)
{
  const bgen_generator *generator = state.model.generator();
  const Molecules &molecules = state.variables.molecules;
  TreeOfBasin of = {state.variables.basin_name(k), std::vector<double>(molecules.n_shape()), {}};
  bgen_internal_to_shape(molecules.tree(), bgen_generator_reference(generator, k), of.shape.data());
  const bool *circle = bgen_generator_circles(generator, k);
  for (size_t j = 0; j < of.shape.size(); j++) of.kinds.push_back(circle[j] ? "circle" : "line");
  const bgen_conformer *conformer = bgen_generator_conformer(generator, k);
  for (size_t r = 0; r < bgen_conformer_n_rotors(conformer); r++) {
    const bgen_rotor &rotor = bgen_conformer_rotors(conformer)[r];
    of.kinds[rotor.torsion[0]] += ", rotor";
    for (size_t i = 1; i < rotor.n_leaves; i++) of.kinds[rotor.torsion[i]] = "of rotor";
  }
  return of;
}

/* where no basin is trained, as it was when the fix was defined */
static std::string tree_text(const State &state)
{
  const Molecules &molecules = state.variables.molecules;
  std::vector<TreeOfBasin> basins;
  if (!molecules.tree()) return "";
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (state.model.fitted(k)) basins.push_back(tree_of(state, k));
  if (basins.empty()) {
    basins.push_back({"", std::vector<double>(molecules.n_shape()), {}});
    bgen_internal_to_shape(molecules.tree(), molecules.first().data(), basins[0].shape.data());
  }
  return line_of("circles", state.settings.circles_text()) +
         tree_lines(*molecules.tree(), state.engine.body().tags, basins);
}

static std::string basin_line(const State &state, int k)
{
  return text("  basin %-12s %s, weight %.4g in the mixture, %zu frames to train, %zu to test\n",
              state.variables.basin_name(k).c_str(),
              state.model.fitted(k) ? "has a flow" : "not yet trained",
              bgen_generator_weight(state.model.generator(), k), state.frames.n(FrameUse::TRAIN, k),
              state.frames.n(FrameUse::TEST, k));
}

/* "driven 40 energy/distance^2, driven 2 0.01 energy/degree^2", a line; "" without springs */
static std::string springs(const Settings &settings)
{
  const std::vector<std::string> names = settings.move_names();
  std::string all;
  for (size_t k = 0; k < names.size(); k++) {
    const MoveSettings &move = settings.moves[k];
    if (move.kind == MoveSettings::DRIVEN)
      all += (all.empty() ? "" : ", ") + names[k] +
             text(" %.15g energy/%s^2", move.spring, settings.cvs[move.cv].unit());
  }
  return all.empty() ? "" : line_of("springs", all);
}

/* attempts of this partition, free energies of all */
static std::string pooled_report(State &state, const JumpNames &names)
{
  const PooledVisits visits(state);
  Owned<bgen_work_lists, bgen_work_lists_destroy> works;
  create(works, bgen_markov_all_works, static_cast<const bgen_markov_chain *>(state.chain));
  const PooledJumps pool = {works.get(), visits.of_chains()};
  state.meeting.warn_left_out("works", state.meeting.n_left_out(),
                              "of another model or temperature");
  state.meeting.warn_left_out("visits", visits.n_left_out(),
                              "at another temperature or under other offsets");
  return line_of("jumps",
                 "those" + state.meeting.whose_jumps() + "; free energies of all partitions") +
         jumps_report(state.chain, nullptr, names, &pool);
}

static std::string chain_lines(State &state)
{
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  return line_of("moves", state.settings.moves_text()) + springs(state.settings) +
         line_of("tuning", (bgen_markov_tuning(state.chain) ? "yes" : "no") +
                               tuned_text(state.chain, names)) +
         line_of("frames outside", text("%lld", state.frames.n_outside())) +
         line_of("threads", text("%d", state.model.n_threads())) +
         line_of("version", bgen_version()) +
         line_of("model checksum",
                 text("%016llx", static_cast<unsigned long long>(state.model.checksum()))) +
         line_of("energy calls", text("%lld", state.meeting.n_energy_calls())) +
         (state.pool.is_shared() ? pooled_report(state, names)
                                 : jumps_report(state.chain, nullptr, names));
}

static void info(State &state, Line &line, Surroundings &)
{
  line.end();
  std::string basins;
  for (int k = 0; k < state.variables.n_basins(); k++) basins += basin_line(state, k);
  state.host.print("bgen " + state.id + ":\n" + settings_lines(state) + tree_text(state) + basins +
                   state.frames.lines() + chain_lines(state));
}

ActionKind bgen::info_action()
{
  return {"info", "print the settings, the model and the counts", {"bgen ID info", {}}, info};
}
