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

} // namespace bgen

#endif
