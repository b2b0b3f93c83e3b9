/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/actions.h"

#include "state/state.h"

using namespace bgen;

const std::vector<ActionKind> &bgen::actions()
{
  static const std::vector<ActionKind> ALL = {
      {"train", "train the flows on frames and on the energy", train_help, create_train},
      {"sample", "draw samples and write their energies and weights", sample_help, create_sample},
      {"free_energy", "free energies, averages and profiles from samples and test frames",
       free_energy_help, create_free_energy},
      {"mixture", "set the weights of the flows in the mixture", mixture_help, create_mixture},
      {"population", "free energies by population annealing", population_help, create_population},
      {"works", "write the works of jumps, and free energies from them", works_help, create_works},
      {"interpolate", "a line between two frames in the latent space of a flow", interpolate_help,
       create_interpolate},
      {"save", "write the model to a file", save_help, create_save},
      {"load", "read the model from a file", load_help, create_load},
      {"dump", "write the training frames as a LAMMPS dump", dump_help, create_dump},
      {"info", "print the settings, the model and the counts", info_help, create_info}};
  return ALL;
}

const std::vector<OldWord> &bgen::old_actions()
{
  static const std::vector<OldWord> ALL = {
      {"frames", "use 'fix_modify ID frames train|test|none', or 'bgen ID dump FILE'"},
      {"tune", "use 'fix_modify ID tune no|yes'"},
      {"anneal", "use 'bgen ID population'"}};
  return ALL;
}

static CommandHelp all_help()
{
  CommandHelp help = {"bgen ID action ...", {}};
  for (const ActionKind &kind : actions()) help.keywords.push_back({kind.word, "", "-", kind.what});
  help.keywords.push_back({"ACTION help", "", "-", "print the arguments of an action"});
  return help;
}

static const ActionKind &read_kind(Line &line)
{
  const std::string word = line.text("an action");
  std::string all;
  for (const ActionKind &kind : actions()) {
    if (word == kind.word) return kind;
    all += (all.empty() ? "" : ", ") + std::string(kind.word);
  }
  for (const OldWord &old : old_actions())
    if (word == old.word) line.fail("action '" + word + "' no longer exists: " + old.instead);
  line.fail("unknown action '" + word + "': expected one of " + all);
}

std::unique_ptr<Action> bgen::read_action(State &state, Line &line, Surroundings &surroundings)
{
  if (line.next_is("help")) {
    state.host.print(all_help().text());
    return nullptr;
  }
  const ActionKind &kind = read_kind(line);
  if (line.next_is("help")) {
    state.host.print(kind.help().text());
    return nullptr;
  }
  line.set_subject("bgen " + std::string(kind.word));
  return kind.create(state, line, surroundings);
}

void bgen::act(State &state, Line &line, Surroundings &surroundings)
{
  const std::unique_ptr<Action> action = read_action(state, line, surroundings);
  if (action) action->run();
}
