/* SPDX-License-Identifier: GPL-2.0-or-later */
/* actions.h - all actions of the command bgen */

#ifndef BGEN_ACTIONS_ACTIONS_H
#define BGEN_ACTIONS_ACTIONS_H

#include "actions/action.h"

#include <vector>

namespace bgen {

const std::vector<ActionKind> &actions();
const std::vector<OldWord> &old_actions();

/* The action that the line names next, which reads the rest of it. "help" instead of an action
   prints all of them; after the name of an action, its keywords; then there is nothing to run, and
   the answer is nullptr. */
std::unique_ptr<Action> read_action(State &state, Line &line, Surroundings &surroundings);

/* Reads and runs. */
void act(State &state, Line &line, Surroundings &surroundings);

/* ---- one for each file ---- */

CommandHelp train_help();
CommandHelp sample_help();
CommandHelp free_energy_help();
CommandHelp mixture_help();
CommandHelp population_help();
CommandHelp works_help();
CommandHelp interpolate_help();
CommandHelp save_help();
CommandHelp load_help();
CommandHelp dump_help();
CommandHelp info_help();

std::unique_ptr<Action> create_train(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_sample(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_free_energy(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_mixture(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_population(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_works(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_interpolate(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_save(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_load(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_dump(State &, Line &, Surroundings &);
std::unique_ptr<Action> create_info(State &, Line &, Surroundings &);

} // namespace bgen

#endif
