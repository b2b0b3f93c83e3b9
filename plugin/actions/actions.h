/* SPDX-License-Identifier: GPL-2.0-or-later */
/* actions.h - all actions of the command bgen: what a line "bgen ID action ..." does; serial code
   on the rank that leads

   An action reads the whole line, and throws where it cannot, before it does anything. */

#ifndef BGEN_ACTIONS_ACTIONS_H
#define BGEN_ACTIONS_ACTIONS_H

#include "input/options.h"

namespace bgen {

class State;

/* What an action may ask beyond the fix that it is of. */
class Surroundings {
public:
  virtual ~Surroundings() = default;
  virtual State *find(const std::string &fix_id) = 0; // nullptr: there is no such fix bgen
};

struct ActionKind {
  const char *word, *what; // what it does, in one line
  CommandHelp help;        // what may stand after it
  void (*act)(State &state, Line &line, Surroundings &surroundings);
};

const std::vector<ActionKind> &actions();

/* Does what the line names next, and reads the rest of it.  "help" instead of an action prints all
   of them, and after the name of an action its keywords. */
void act(State &state, Line &line, Surroundings &surroundings);

/* one for each file actions/NAME.cpp */
ActionKind train_action();
ActionKind sample_action();
ActionKind free_energy_action();
ActionKind gibbs_action();
ActionKind mixture_action();
ActionKind population_action();
ActionKind works_action();
ActionKind interpolate_action();
ActionKind save_action();
ActionKind load_action();
ActionKind dump_action();
ActionKind info_action();

} // namespace bgen

#endif
